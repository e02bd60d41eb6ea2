"""What somebody typed, or a keyboard scanner typed for them: a code, an identifier, or a number.

A scanner is a keyboard: caps lock, an input method in full-width mode or another layout change what it types. What it
meant is mended only where it cannot become another licence: a code is signed, so a text that was mended wrongly proves
nothing. Where that is not certain, somebody is asked to scan again.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier, NumberError, NumberKind, identify
from license_lib.identifiers.basics import clean_upper
from license_lib.qr import QrError, decode, is_presentation, is_proof

MOST: Final = 4096
"""Characters that are looked at."""
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_UNSEEN: Final = dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060))
_CODE_DIGITS: Final = 100
"""A licence's code has so many digits at least; no number that people type has half of them."""
_PROOF_TAIL: Final = re.compile(rf"https?\W.*?v\W?([0-9]{{{_CODE_DIGITS},}})", re.IGNORECASE | re.ASCII)
_PRESENTED_TAIL: Final = re.compile(r"https?\W.*?\Wp\W?([0-9]{39})", re.IGNORECASE | re.ASCII)
_OLD_PROOF: Final = re.compile(r"(https?://[^#\s]{1,200}/v#)([a-z2-7]+)", re.IGNORECASE | re.ASCII)
_LIKE_CODE: Final = re.compile(r"https?\b|[0-9]{40,}", re.IGNORECASE | re.ASCII)
_PEOPLE: Final = frozenset({NumberKind.CITIZEN_ID, NumberKind.HMT_RESIDENCE_PERMIT, NumberKind.FOREIGNER_CARD})
"""Whose numbers are never issued with a check character that does not fit; credit codes are, now and then."""
_HOST: Final = "HTTPS://SCANNED/"
"""Of a code whose address did not come through: it is not signed, and nobody asks it."""


class TypedKind(StrEnum):
    """What a text is."""

    CODE = "code"
    PRESENTATION = "presentation"
    IDENTIFIER = "identifier"
    NUMBER = "number"
    """Of a holder, or of a licence: as it was typed, for licences have numbers with full-width brackets."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A text as it is to be taken.

    Args:
        value: kept out of `repr`: it may be a person's number.
        mended: whether it is not as it was typed.
    """

    kind: TypedKind
    value: str = field(repr=False)
    mended: bool = False


def read_typed(text: str) -> Typed:
    """Say what a text is.

    Raises:
        InputError: `typed.empty`, `typed.too-long`; `typed.incomplete` for a code that did not come through whole,
            `typed.input-method` for one that an input method has rewritten.
        NumberError: `number.…`, a person's number or an identifier in which something is wrong; nothing was looked up.
    """
    if len(text) > MOST:
        raise InputError("typed.too-long", f"more than {MOST} characters", hint="scan one code at a time")
    plain = text.translate(_UNSEEN).translate(_FULL_WIDTH).strip()
    if not plain:
        raise InputError("typed.empty", "nothing was typed", hint="scan a code, or type a number")
    found = _code(plain, mended=plain != text.strip())
    if found is None:
        return _number(plain, text.translate(_UNSEEN).strip())
    if found.kind is TypedKind.CODE and not _is_whole(found.value):
        raise InputError("typed.incomplete", "the code did not come through whole", hint="scan it again, slowly")
    return found


def _is_whole(code: str) -> bool:
    """Whether a code can be read; one that lost a character on its way cannot, and is not false for that."""
    try:
        decode(code)
    except QrError as error:
        return error.code != "qr.malformed"
    return True


def _code(plain: str, *, mended: bool) -> Typed | None:
    if is_presentation(plain):
        return Typed(TypedKind.PRESENTATION, plain, mended)
    if old := _OLD_PROOF.fullmatch(plain):  # base32: its letters have one case, and caps lock the other
        whole = old[1] + old[2].upper()
        return Typed(TypedKind.CODE, whole, mended or whole != plain)
    if is_proof(plain):
        return Typed(TypedKind.CODE, plain, mended)
    joined = re.sub(r"\s", "", plain)
    digits = joined if joined.isascii() and joined.isdecimal() else ""
    if found := _PROOF_TAIL.fullmatch(joined):
        digits = found[1]
    if len(digits) >= _CODE_DIGITS and digits[0] != "0":
        return Typed(TypedKind.CODE, f"{_HOST}V#{digits}", mended=True)
    if presented := _PRESENTED_TAIL.fullmatch(joined):
        return Typed(TypedKind.PRESENTATION, f"{_HOST}P#{presented[1]}", mended=True)
    if _LIKE_CODE.search(joined):
        if not joined.isascii():
            hint = "switch the input method to English and scan again"
            raise InputError("typed.input-method", "an input method has rewritten the code", hint=hint)
        raise InputError("typed.incomplete", "the code did not come through whole", hint="scan it again, slowly")
    return None


def _number(plain: str, typed: str) -> Typed:
    upper = clean_upper(plain)
    seen = identify(upper)
    if seen.valid and seen.kind is NumberKind.LICENSE_IDENTIFIER:
        parse = LicenseIdentifier.parse if "." in upper else LicenseIdentifier.from_compact
        value = str(parse(upper))
        return Typed(TypedKind.IDENTIFIER, value, mended=value != typed)
    if seen.kind is NumberKind.LICENSE_IDENTIFIER or (seen.kind in _PEOPLE and not seen.valid):
        raise NumberError(seen.reason_code, seen.reason_en, seen.reason_zh, hint="compare it with the document")
    return Typed(TypedKind.NUMBER, typed)

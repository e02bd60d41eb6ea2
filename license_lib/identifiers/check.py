"""One front door: which kind of number is this text, is it right, and if not, why.

Validity decides first: the text is what it parses as. Only where nothing parses, its shape decides which kind the
writer most likely meant, so that the reason is one that helps. All judging of shapes is guessing and lives here.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from license_lib.identifiers.basics import (
    ALPHANUMERIC,
    DIGITS,
    UPPER,
    NumberError,
    NumberKind,
    clean,
    mask,
    read_date,
)
from license_lib.identifiers.citizen import CitizenId
from license_lib.identifiers.credit import LENGTH as CREDIT_LENGTH
from license_lib.identifiers.credit import CreditCode
from license_lib.identifiers.license_id import ROOT, TYPE_LENGTH, LicenseIdentifier, LicenseTypeCode
from license_lib.identifiers.regions import CITIZEN_PROVINCES, MAINLAND_PROVINCES, PERMIT_PREFIXES

# A longest part of this size makes a dotted text an attempt at a licence identifier, not a decimal or a host name.
_LONG_PART = 15
_COMPACT = range(48, 110)
_AROUND_CITIZEN = range(14, 21)
_AROUND_CREDIT = range(16, 21)
_AROUND_TYPE = range(20, 23)
_OLD_CARD, _AROUND_OLD_CARD = 15, range(13, 18)
# Letters among the digits of a citizen ID are typing mistakes (O for 0) while they are few.
_FEW = 2
_REGION_DIGITS = 4
# Registering authorities of GB 32100: 1 establishment 机构编制, 5 civil affairs 民政, 9 market regulation 市场监管, …
_AUTHORITIES = frozenset("123456789ANY")
_COMMON_BODIES = frozenset({"11", "12", "13", "19", "31", "51", "52", "53", "71", "81", "91", "92", "93"})
# 10 stands for the centre, as in the codes of ministries.
_BODY_PROVINCES = MAINLAND_PROVINCES | {"10"}

_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))

_Value = CitizenId | CreditCode | LicenseIdentifier | LicenseTypeCode


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What a text is and whether it is right. Holds nothing of the number but its first and last character.

    Args:
        kind: the kind it is, or was most likely meant to be.
        valid: whether it is well formed and its check characters fit.
        reason_code: `number.ok`, `number.unknown` or the code of the `NumberError` that parsing raises.
        reason_zh: the reason for people.
        reason_en: the same in English.
        masked: canonical form masked; empty for an unknown kind.
    """

    kind: NumberKind
    valid: bool
    reason_code: str
    reason_zh: str
    reason_en: str
    masked: str


def identify(text: str, on: date | None = None) -> NumberCheck:
    """Say which kind of number a text is and why it is wrong, if it is. Raises nothing, whatever the text.

    A text that is valid as two kinds is told as the person's number: that takes a possible birth date, while one in
    31 texts of 18 digits checks as a credit code.

    Args:
        text: anything; beyond 256 characters it is refused unread.
        on: the day to judge birth dates on.
    """
    try:
        number = clean(text)
    except NumberError as error:
        return _wrong(NumberKind.UNKNOWN, error, "")
    kind = _guess(number)
    errors = []
    for parse in _parsers(number, kind, on):
        try:
            return _right(parse())
        except NumberError as error:
            errors.append(error)
    if kind is NumberKind.UNKNOWN:
        unknown = NumberError("number.unknown", "no kind of number looks like this", "无法识别的号码类型")
        return _wrong(kind, unknown, "")
    return _wrong(kind, errors[-1] if kind is NumberKind.CREDIT_CODE else errors[0], mask(number))


def _parsers(number: str, kind: NumberKind, on: date | None) -> list[Callable[[], _Value]]:
    """What to try, in this order: only 18 characters have two readings that may both be valid."""

    def person() -> CitizenId:
        return CitizenId.parse(number, on=on)

    def body() -> CreditCode:
        return CreditCode.parse(number)

    match kind:
        case NumberKind.LICENSE_IDENTIFIER:
            read = LicenseIdentifier.parse if "." in number else LicenseIdentifier.from_compact
            return [lambda: read(number)]
        case NumberKind.LICENSE_TYPE_CODE:
            return [lambda: LicenseTypeCode.parse(number)]
        case _ if len(number) == CREDIT_LENGTH:
            # One citizen ID in 31 with a mistake checks as a credit code: it must not pass as a body that cannot be.
            surely_person = _is_date(number[6:14]) and _has_province(number) and not _may_be_body(number)
            return [person] if surely_person else [person, body]
        case NumberKind.CREDIT_CODE:
            return [body]
        case NumberKind.UNKNOWN:
            return []
        case _:
            return [person]


def _right(value: _Value) -> NumberCheck:
    note_zh = note_en = ""
    match value:
        case CitizenId():
            kind, masked = value.kind, value.masked()
            if value.from_fifteen:
                note_zh, note_en = "（由15位号码转换为18位）", " (converted from 15 digits to 18)"
        case CreditCode():
            kind, masked = NumberKind.CREDIT_CODE, value.masked()
        case LicenseIdentifier():
            kind, masked = NumberKind.LICENSE_IDENTIFIER, value.masked()
        case LicenseTypeCode():
            kind, masked = NumberKind.LICENSE_TYPE_CODE, mask(str(value))
    return NumberCheck(kind, True, "number.ok", f"号码有效{note_zh}", f"the number is well formed{note_en}", masked)  # noqa: FBT003  a field of the answer


def _wrong(kind: NumberKind, error: NumberError, masked: str) -> NumberCheck:
    return NumberCheck(kind, False, error.code, error.message_zh, str(error), masked)  # noqa: FBT003  a field of the answer


def _guess(number: str) -> NumberKind:
    """The kind that a text was most likely meant to be, from its shape alone."""
    if "." in number:
        return _guess_dotted(number)
    shape = _shape(number)
    length = len(shape)
    if not shape or not ALPHANUMERIC.issuperset(shape):
        return NumberKind.UNKNOWN
    letters = sum(character in UPPER for character in shape[:17])
    like_credit = shape[0] in _AUTHORITIES and sum(c in DIGITS for c in shape[2:8]) >= _REGION_DIGITS
    kind = NumberKind.UNKNOWN
    if length in _COMPACT and like_credit and DIGITS.issuperset(shape[2:8] + shape[18:21]):
        kind = NumberKind.LICENSE_IDENTIFIER
    elif length == TYPE_LENGTH and like_credit:
        kind = NumberKind.LICENSE_TYPE_CODE
    elif length in _AROUND_OLD_CARD and UPPER.issuperset(shape[:3]) and DIGITS.issuperset(shape[6:]):
        kind = NumberKind.FOREIGNER_CARD
    elif length in _AROUND_CITIZEN and letters <= _FEW and _like_person(shape):
        kind = _person(shape)
    elif length in _AROUND_TYPE and _is_credit_code(shape[:CREDIT_LENGTH]):
        kind = NumberKind.LICENSE_TYPE_CODE
    elif length in _AROUND_CREDIT and like_credit and _may_be_body(shape):
        kind = NumberKind.CREDIT_CODE
    elif length in {CREDIT_LENGTH, _OLD_CARD} and letters == 0:
        kind = _person(shape)
    return kind


def _guess_dotted(number: str) -> NumberKind:
    parts = number.split(".")
    if number.startswith(f"{ROOT}.") or (len(parts) > _FEW and max(map(len, parts)) >= _LONG_PART):
        return NumberKind.LICENSE_IDENTIFIER
    return NumberKind.UNKNOWN


def _shape(number: str) -> str:
    """The text as a hasty reader sees it: no separators, upper case, digits of other scripts as plain ones."""
    kept = (c for c in number if c.isalnum())
    return "".join(c if c.isascii() else str(unicodedata.decimal(c, "?")) for c in kept).upper()


def _like_person(shape: str) -> bool:
    """Whether a birth date and a province stand about where a person's number has them."""
    if len(shape) == CREDIT_LENGTH:
        year = shape[6:8] in {"18", "19", "20"} and _has_province(shape)
        return _is_date(shape[6:14]) or (year and not _like_body(shape))
    if len(shape) == _OLD_CARD:
        return _has_province(shape) or _is_date("19" + shape[6:12])
    return _has_province(shape) and any(_is_date(shape[start : start + 8]) for start in (5, 6, 7))


def _like_body(shape: str) -> bool:
    """Whether 18 characters without a birth date make sense as a credit code: a province, and no month of birth."""
    return shape[0] in _AUTHORITIES and shape[2:4] in _BODY_PROVINCES and shape[10:12] not in _MONTHS


def _may_be_body(shape: str) -> bool:
    """Whether a text that could be something else starts as credit codes do; letters within speak for it at once."""
    return not DIGITS.issuperset(shape[:17]) or (shape[:2] in _COMMON_BODIES and shape[2:4] in _BODY_PROVINCES)


def _has_province(shape: str) -> bool:
    return shape[:2] in CITIZEN_PROVINCES | PERMIT_PREFIXES or (shape[0] == "9" and shape[1:3] in MAINLAND_PROVINCES)


def _is_date(digits: str) -> bool:
    return DIGITS.issuperset(digits) and len(digits) == 8 and read_date(digits) is not None  # noqa: PLR2004  YYYYMMDD


def _person(shape: str) -> NumberKind:
    if len(shape) == _OLD_CARD:
        return NumberKind.CITIZEN_ID
    if shape[0] == "9":
        return NumberKind.FOREIGNER_CARD
    return NumberKind.HMT_RESIDENCE_PERMIT if shape[:2] in PERMIT_PREFIXES else NumberKind.CITIZEN_ID


def _is_credit_code(text: str) -> bool:
    try:
        CreditCode(text)
    except NumberError:
        return False
    return True

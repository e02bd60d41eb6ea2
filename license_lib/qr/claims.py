"""How the claims of a proof are spelt: short, and each value in one way only."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from license_lib.identifiers import LicenseIdentifier
from license_lib.identifiers.basics import NumberError
from license_lib.status import StatusRef

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAIRS: Final = tuple(first + second for first in _DIGITS for second in _DIGITS)
_PAIR, _FOUR = 36**2, 36**4
_MAX_IDENTIFIER: Final = 56  # bytes of the longest: 75 characters
_MAX_NAME: Final = 24
_NAME: Final = frozenset(_DIGITS + "_")
_DAY_SECONDS: Final = 86_400
_OFFSET: Final = 28_800
"""China is eight hours ahead of UTC, all year."""
_EPOCH: Final = date(1970, 1, 1).toordinal()


class ClaimError(ValueError):
    """A claim that is not the one spelling of its value; says in a few words why."""


def packed(identifier: LicenseIdentifier) -> bytes:
    """The identifier without root and dots, behind a 1, as a number in base 36: 39 bytes instead of 59."""
    number = int("1" + identifier.compact(), 36)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def unpacked(data: object) -> LicenseIdentifier:
    """Read `packed` back.

    Raises:
        ClaimError: not the bytes of an identifier.
    """
    if not isinstance(data, bytes) or not 0 < len(data) <= _MAX_IDENTIFIER or not data[0]:
        raise ClaimError("no licence identifier")
    number, text = int.from_bytes(data, "big"), ""
    while number:  # long numbers are slow to divide: four digits at once
        number, four = divmod(number, _FOUR)
        text = _PAIRS[four // _PAIR] + _PAIRS[four % _PAIR] + text
    text = text.lstrip("0")
    if not text.startswith("1"):
        raise ClaimError("no licence identifier")
    return compact(text[1:])


def compact(text: object) -> LicenseIdentifier:
    """An identifier without root and dots.

    Raises:
        ClaimError: any other value.
    """
    try:
        if isinstance(text, str):
            return LicenseIdentifier.from_compact(text)
    except NumberError:
        pass
    raise ClaimError("no licence identifier")


def seconds(day: date) -> int:
    """The first second of a day in China, as NumericDate (RFC 8392 §2)."""
    return (day.toordinal() - _EPOCH) * _DAY_SECONDS - _OFFSET


def day(value: object) -> date:
    """Read `seconds` back.

    Raises:
        ClaimError: not the start of a day, or one out of range.
    """
    if not isinstance(value, int):
        raise ClaimError("a date is not a number of seconds")
    days, rest = divmod(value + _OFFSET, _DAY_SECONDS)
    if rest:
        raise ClaimError("a date that is not the start of a day")
    try:
        return date.fromordinal(days + _EPOCH)
    except (ValueError, OverflowError):
        raise ClaimError("a date out of range") from None


def spelt(texts: Mapping[str, str]) -> dict[str, str | bytes]:
    """Public texts: each in UTF-8, or, where that can say it and is shorter, in GBK, which CBOR holds as bytes.

    A Chinese character then costs two bytes instead of three. GBK is the part of GB 18030 with one and two bytes, which
    means the same everywhere; the part with four has changed since.
    """
    return {name: _shorter(text) for name, text in texts.items()}


def texts(claim: object, *, short: bool) -> dict[str, str]:
    """Read `spelt` back.

    Args:
        short: may texts be in GBK?

    Raises:
        ClaimError: any other map, or a text in the longer spelling.
    """
    if not isinstance(claim, dict):
        raise ClaimError("public texts are not a map")
    found = {}
    for name, value in claim.items():
        if not isinstance(name, str) or not 0 < len(name) <= _MAX_NAME or not _NAME.issuperset(name):
            raise ClaimError("a public text without a code")
        found[name] = _read(value) if short else _plain(value)
    return found


def place(value: object) -> StatusRef:
    """A place in a status list, as list number and index.

    Raises:
        ClaimError: no such place.
    """
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, int) for part in value):  # noqa: PLR2004 -- list and index
        raise ClaimError("unexpected place in a status list")
    try:
        return StatusRef(*value)
    except ValueError as error:
        raise ClaimError(str(error)) from None


def _shorter(text: str) -> str | bytes:
    try:
        short = text.encode("gbk")
    except UnicodeEncodeError:
        return text
    return short if len(short) < len(text.encode()) else text


def _plain(value: object) -> str:
    if not isinstance(value, str):
        raise ClaimError("a public text is none")
    return value


def _read(value: object) -> str:
    try:
        text = value.decode("gbk") if isinstance(value, bytes) else _plain(value)
    except UnicodeDecodeError:
        raise ClaimError("not GBK") from None
    if _shorter(text) != value:
        raise ClaimError("a public text in its longer spelling")
    return text

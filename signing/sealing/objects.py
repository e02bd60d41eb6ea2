"""PDF values as bytes (ISO 32000-2 §7.3): what `signing.pdf_reading` reads, written so that it reads the same."""

import re
from decimal import Decimal
from typing import Final

from signing.pdf_reading import HexString, Name, Ref, Value

_IRREGULAR: Final = re.compile(rb"[^!-~]|[()<>\[\]{}/%#]")
_TO_ESCAPE: Final = re.compile(rb"[()\\]")
_PLAIN: Final = re.compile(rb"[ -~]*")
_DELIMITERS: Final = b"/(<["


def encoded(value: Value) -> bytes:  # noqa: PLR0911 -- one return for each kind of value
    """A value that is no stream, in one line.

    Raises:
        TypeError: it is none that a PDF file knows.
    """
    if isinstance(value, Ref):
        return b"%d %d R" % value
    if isinstance(value, dict):
        return b"<<%b>>" % b"".join(_entry(key, one) for key, one in value.items())
    if isinstance(value, list):
        return b"[%b]" % b" ".join(map(encoded, value))
    if isinstance(value, Name):
        return _name(value)
    if isinstance(value, bytes):
        return _string(value)
    if value is None or isinstance(value, bool):
        return b"null" if value is None else b"true" if value else b"false"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").encode("ascii")  # an exponent is no number of a PDF
    raise TypeError(f"no value of a PDF file: {type(value).__name__}")


def _entry(key: str, value: Value) -> bytes:
    text = encoded(value)
    return b"%b%b%b" % (_name(key), b"" if text[0] in _DELIMITERS else b" ", text)


def _name(name: str) -> bytes:
    return b"/" + _IRREGULAR.sub(lambda found: b"#%02X" % found[0][0], name.encode("latin-1"))


def _string(value: bytes) -> bytes:
    if isinstance(value, HexString) or not _PLAIN.fullmatch(value):
        return b"<%b>" % value.hex().upper().encode("ascii")
    return b"(%b)" % _TO_ESCAPE.sub(rb"\\\g<0>", value)

"""PDF values as bytes (ISO 32000-2 §7.3): what `signing.pdf_reading` reads, written so that it reads the same."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from signing.pdf_reading import HexString, Name, Ref, Value

_IRREGULAR: Final = re.compile(rb"[^!-~]|[()<>\[\]{}/%#]")
_TO_ESCAPE: Final = re.compile(rb"[()\\]")
_PLAIN: Final = re.compile(rb"[ -~]*")
_DELIMITERS: Final = b"/(<["


def encoded(value: Value) -> bytes:
    """A value that is no stream, in one line.

    Raises:
        KeyError: it is none that a PDF file knows.
    """
    return _ENCODERS[type(value)](value)


def _entry(key: str, value: Value) -> bytes:
    text = encoded(value)
    return b"%b%b%b" % (_name(key), b"" if text[0] in _DELIMITERS else b" ", text)


@lru_cache(maxsize=1024)
def _name(name: str) -> bytes:
    return b"/" + _IRREGULAR.sub(lambda found: b"#%02X" % found[0][0], name.encode("latin-1"))


def _string(value: bytes) -> bytes:
    return b"(%b)" % _TO_ESCAPE.sub(rb"\\\g<0>", value)


def _hex_string(value: bytes) -> bytes:
    return b"<%b>" % value.hex().upper().encode("ascii")


_ENCODERS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    Ref: lambda value: b"%d %d R" % value,
    dict: lambda value: b"<<%b>>" % b"".join([_entry(key, one) for key, one in value.items()]),
    list: lambda value: b"[%b]" % b" ".join([encoded(one) for one in value]),
    Name: _name,
    HexString: _hex_string,
    bytes: lambda value: _string(value) if _PLAIN.fullmatch(value) else _hex_string(value),
    int: lambda value: b"%d" % value,
    float: lambda value: format(Decimal(repr(value)), "f").encode("ascii"),  # an exponent is no number of a PDF
    bool: lambda value: b"true" if value else b"false",
    type(None): lambda _: b"null",
}

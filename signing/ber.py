"""BER (ITU-T X.690 §8) made DER, for signature containers of other people's software: lengths only.

Content is left as it is: a set keeps its order, for the order is what was signed.
"""

from typing import Final

from signing.der import DerError, tlv

_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = 0x80
_HIGH_TAG: Final = 0x1F
_OCTETS: Final = 0x24
_BITS: Final = 0x23
_DEEPEST: Final = 32
_HEADER: Final = 2
_LONGEST_LENGTH: Final = 8


def to_der(data: bytes) -> tuple[bytes, int]:
    """Give the first value with definite, minimal lengths, and how many octets it took.

    Raises:
        DerError: it is cut short, or nested beyond all measure.
    """
    return _value(data, 0, len(data), 0)


def _value(data: bytes, position: int, end: int, depth: int) -> tuple[bytes, int]:
    if end - position < _HEADER or depth > _DEEPEST:
        raise DerError("value is cut short, or nested too deep")
    tag = data[position]
    if tag & _HIGH_TAG == _HIGH_TAG:
        raise DerError("high tag number")
    start, length = _length(data, position + 1)
    stop = end if length is None else start + length
    if start > end or stop > end:
        raise DerError("value is cut short")
    if tag & _CONSTRUCTED:
        return _constructed(tag, data, start, stop, depth, is_definite=length is not None)
    if length is None:
        raise DerError("a primitive value of indefinite length")
    return tlv(tag, data[start:stop]), stop


def _length(data: bytes, position: int) -> tuple[int, int | None]:
    """Where the content begins, and its length; None if that is indefinite."""
    first = data[position]
    if first == _INDEFINITE:
        return position + 1, None
    if not first & _INDEFINITE:
        return position + 1, first
    start = position + 1 + (first & 0x7F)
    if start - position > _LONGEST_LENGTH:
        raise DerError("length is longer than any value")
    return start, int.from_bytes(data[position + 1 : start], "big")


def _constructed(tag: int, data: bytes, start: int, stop: int, depth: int, *, is_definite: bool) -> tuple[bytes, int]:
    parts: list[bytes] = []
    while start < stop:
        if not is_definite and data[start : start + 2] == b"\0\0":
            return _joined(tag, parts), start + 2
        part, start = _value(data, start, stop, depth + 1)
        parts.append(part)
    if not is_definite:
        raise DerError("a value of indefinite length has no end")
    return _joined(tag, parts), stop


def _joined(tag: int, parts: list[bytes]) -> bytes:
    """A constructed value; a string in parts is one string (§8.7.3)."""
    if tag == _OCTETS:
        return tlv(tag & ~_CONSTRUCTED, *(_content(part) for part in parts))
    if tag == _BITS:
        raise DerError("a bit string in parts")
    return tlv(tag, *parts)


def _content(encoded: bytes) -> bytes:
    first = encoded[1]
    return encoded[2 + (first & 0x7F if first & _INDEFINITE else 0) :]

"""Reading deterministic CBOR (RFC 8949 §4.2.1): whole numbers, bytes, texts, lists and maps, and nothing else.

What signed messages of ours hold needs no more. Floats, tags, `true`, `null` and indefinite lengths are refused here,
so that no rule above has to think of them, and no library turns a stranger's tag into an object. Every value has one
spelling: lengths and numbers are as short as can be, the keys of a map ascend, and nothing follows the value.
"""

from typing import Final

DEPTH: Final = 8
"""Levels of lists and maps; ours have four."""
LENGTH: Final = 4096
"""Members of one list or map; ours have a thousand at most. Each costs a reader far more than its one byte."""
_NUMBER, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP = range(6)
_AT_ONCE: Final = 24  # smaller numbers stand in the first byte (RFC 8949 §3)


class CborError(ValueError):
    """Bytes that are not the one spelling of such a value; says in a few words why."""


def read(data: bytes, depth: int = DEPTH) -> object:
    """Read one value: int, bytes, str, list or dict.

    Args:
        depth: levels of lists and maps.

    Raises:
        CborError: any other spelling or kind of value.
    """
    try:
        value, end = _item(data, 0, depth)
    except IndexError:
        raise CborError("the end is missing") from None
    if end != len(data):
        raise CborError("bytes behind the end")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[object, int]:
    first = data[at]
    kind, number, at = first >> 5, first & 31, at + 1
    if number >= _AT_ONCE:
        number, at = _long(data, at, number)
    if kind == _NUMBER:
        return number, at
    if kind == _NEGATIVE:
        return -1 - number, at
    if kind > _MAP:
        raise CborError("a tag, a float or a simple value")
    end = at + number
    if end > len(data):  # of a list or map, too: an item has one byte at least
        raise CborError("the end is missing")
    if kind == _BYTES:
        return data[at:end], end
    if kind == _TEXT:
        return _text(data[at:end]), end
    if not depth:
        raise CborError("too deep")
    if number > LENGTH:
        raise CborError("too long")
    return (_list if kind == _LIST else _map)(data, at, number, depth - 1)


def _long(data: bytes, at: int, code: int) -> tuple[int, int]:
    """A number in 1, 2, 4 or 8 bytes behind the first, which must need them."""
    if code > _AT_ONCE + 3:
        raise CborError("an indefinite length")
    size = 1 << (code - _AT_ONCE)
    end = at + size
    if end > len(data):
        raise CborError("the end is missing")
    number = int.from_bytes(data[at:end], "big")
    if number < _AT_ONCE if size == 1 else not number >> 4 * size:
        raise CborError("a number longer than it need be")
    return number, end


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise CborError("not UTF-8") from None


def _list(data: bytes, at: int, count: int, depth: int) -> tuple[list[object], int]:
    values: list[object] = []
    value: object
    for _ in range(count):
        if (first := data[at]) < _AT_ONCE:  # most of a code's, and a call less for each
            value, at = first, at + 1
        else:
            value, at = _item(data, at, depth)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[object, object], int]:
    values: dict[object, object] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _item(data, at, 0)  # no list or map can be a key
        if (spelt := data[start:at]) <= before:
            raise CborError("keys that do not ascend")
        before = spelt
        values[key], at = _item(data, at, depth)
    return values, at

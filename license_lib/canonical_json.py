"""Canonical JSON (RFC 8785): one spelling for each value, so that a digest of it means the value.

What we write is nearly always text, numbers of a usual size, lists and objects with keys in ASCII. For these the
encoder of the standard library, told to sort and not to escape, writes the canonical form in a fraction of the time
that `rfc8785` takes; whatever is anything else goes to `rfc8785`.
"""

import json
from typing import Any, Final

import rfc8785

CanonicalizationError = rfc8785.CanonicalizationError
"""A `ValueError`: no JSON, or text that is no Unicode."""
_EXACT: Final = 2**53
"""From here on, a number of JSON is not exact any more, and has no canonical form."""
_LEAST, _MOST = 1e-4, 1e15
"""Between these Python spells a broken number as JavaScript does: the fewest digits that mean it, and no exponent."""
_write: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def dumps(value: Any) -> bytes:
    """The canonical form of a value, UTF-8.

    Raises:
        CanonicalizationError: it has none.
    """
    if _is_usual(value):
        try:
            return _write(value).encode("utf-8")
        except UnicodeEncodeError:
            pass  # as for `rfc8785` to say
    return rfc8785.dumps(value)


def _is_usual(value: Any) -> bool:
    """Whether there is only one way to write it: nothing but these very types, keys whose order nobody disputes."""
    kind = type(value)
    if kind is str:
        return True
    if kind is dict:
        return all(map(_is_key, value)) and all(map(_is_usual, value.values()))
    if kind is list or kind is tuple:
        return all(map(_is_usual, value))
    if kind is float:  # 5.0 is spelt 5
        return _LEAST <= abs(value) < _MOST and not value.is_integer()
    return kind is bool or value is None or (kind is int and -_EXACT < value < _EXACT)


def _is_key(key: Any) -> bool:
    return type(key) is str and key.isascii()

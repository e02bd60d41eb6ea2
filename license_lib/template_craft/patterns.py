"""The longest text that a pattern takes, where that is cheaply found, and how short one may be."""

import re
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

WIDE = "样例内容最长文字"
"""Characters of a full em, as many texts of a licence are."""
_HALF_WIDE = "W8M0"
_PIECES = 4000  # characters of one trial: patterns that multiply are given up


class _TooHardError(Exception):
    """The pattern asks for what is not worked out here: look-around, references, or too much of it."""


def shortest_match(pattern: str) -> int:
    """How many characters a pattern asks for at least."""
    return int(import_module("re._parser").parse(pattern).getwidth()[0])


def longest_match(pattern: str, most: int) -> str | None:
    """The longest text, of wide characters where they are allowed, that matches a whole pattern.

    Args:
        pattern: a regular expression that compiles.
        most: the length that is allowed at all.

    Returns:
        None if none was found: it is then for the type's example to say what such a text looks like.
    """
    tree = import_module("re._parser").parse(pattern)  # the standard library's own reading of the pattern
    low, high, best = 0, most, None
    while low <= high:  # how often a piece that may repeat is repeated
        repeats = (low + high) // 2
        try:
            text = _pieces(tree, repeats)
        except _TooHardError:
            text = None  # more repeats are no easier
        if text is not None and len(text) <= most:
            best, low = text, repeats + 1
        else:
            high = repeats - 1
    return best if best is not None and re.fullmatch(pattern, best) else None


def _pieces(tree: Iterable[tuple[Any, Any]], repeats: int) -> str:
    text = ""
    for operation, value in tree:
        text += _piece(str(operation), value, repeats, len(text))
        if len(text) > _PIECES:
            raise _TooHardError
    return text


def _piece(operation: str, value: Any, repeats: int, at: int) -> str:
    if operation in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        least, most, inner = value
        count = max(least, min(int(most), repeats))
        if count > _PIECES:
            raise _TooHardError
        return _pieces([*inner] * count, repeats)
    pieces: Mapping[str, Callable[[], str]] = {
        "LITERAL": lambda: chr(value),
        "ANY": lambda: WIDE[at % len(WIDE)],
        "NOT_LITERAL": lambda: WIDE[at % len(WIDE)],
        "IN": lambda: _widest(value, at),
        "SUBPATTERN": lambda: _pieces(value[-1], repeats),
        "ATOMIC_GROUP": lambda: _pieces(value, repeats),
        "BRANCH": lambda: max((_pieces(one, repeats) for one in value[1]), key=len),
        "AT": str,
    }
    if operation not in pieces:
        raise _TooHardError
    return pieces[operation]()


def _widest(members: Iterable[tuple[Any, Any]], at: int) -> str:
    """One character of a set, a wide one if there is any."""
    found: list[str] = []
    wide = WIDE[at % len(WIDE)]
    for kind, value in members:
        match str(kind):
            case "LITERAL":
                found.append(chr(value))
            case "RANGE":
                low, high = value
                found += [one for one in (wide, *_HALF_WIDE) if low <= ord(one) <= high] or [chr(high)]
            case "CATEGORY":
                found += {"CATEGORY_DIGIT": ["8"], "CATEGORY_WORD": [wide]}.get(str(value), [])
            case "NEGATE":
                return wide
    if not found:
        raise _TooHardError
    return max(found, key=lambda one: (ord(one) > 0x2E7F, one in _HALF_WIDE))  # noqa: PLR2004 -- ideographs and signs

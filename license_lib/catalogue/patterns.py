"""Patterns that may take for ever: what a template asks of a text is matched against texts that anybody may send."""

import re
from collections.abc import Iterator
from typing import Any

_WAYS = 16
"""A repeat within a repeat is no danger if both together go round no more often."""
_MANY = 10**6
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


def may_take_for_ever(pattern: str) -> bool:
    """Whether a text can be divided among repeats in exponentially many ways.

    That is so where a repeat stands within a repeat, or branches within an unbounded one. `([0-9]{1,3}-){1,3}` is none,
    `([0-9]+-?)+` is one. Not every slow pattern is found, and some that are found are not slow; those can be written
    otherwise.
    """
    # Python's own parser has no public name; what it gives has been the same since 3.11.
    parser: Any = vars(re)["_parser"]
    return any(_nested(item, ways=1) for item in parser.parse(pattern))


def _nested(item: Any, *, ways: int) -> bool:
    """`ways`: how often the repeats around the item go round together."""
    operation, argument = item
    if str(operation) in _REPEATS:
        least, most, inner = argument
        around = ways * min(int(most), _MANY)
        return (ways > 1 and least != most and around > _WAYS) or any(_nested(one, ways=around) for one in inner)
    if str(operation) == "BRANCH" and ways >= _MANY:
        return True
    return any(_nested(one, ways=ways) for one in _inside(argument))


def _inside(argument: Any) -> Iterator[Any]:
    """The items of every group and branch in an operation's argument."""
    if type(argument).__name__ == "SubPattern":
        yield from argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _inside(one)

"""Patterns that may take for ever: what a template asks of a text is matched against texts that anybody may send."""

import re
from collections.abc import Iterator
from typing import Any

_OFTEN = 10
"""A repeat of fewer times is no danger, whatever it repeats."""
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


def may_take_for_ever(pattern: str) -> bool:
    """Whether a repeat stands within a repeat, so that a text can be divided in exponentially many ways.

    `([0-9]{1,3}-){1,3}` is none, `([0-9]+-?)+` is one. Not every slow pattern is found, and some that are found are
    not slow; those can be written without.
    """
    # Python's own parser has no public name; what it gives has been the same since 3.11.
    parser: Any = vars(re)["_parser"]
    return any(_nested(item, within=False) for item in parser.parse(pattern))


def _nested(item: Any, *, within: bool) -> bool:
    operation, argument = item
    if str(operation) in _REPEATS:
        least, most, inner = argument
        often = most > _OFTEN
        return (within and often and least != most) or any(_nested(one, within=within or often) for one in inner)
    return any(_nested(one, within=within) for one in _inside(argument))


def _inside(argument: Any) -> Iterator[Any]:
    """The items of every group and branch in an operation's argument."""
    if type(argument).__name__ == "SubPattern":
        yield from argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _inside(one)

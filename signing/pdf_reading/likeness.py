"""Do two values say the same, and what do they hold? Level by level; the rest is for the caller to compare."""

from collections.abc import Iterator

from signing.pdf_reading.values import Ref, Stream, Value


def alike(old: Value, new: Value) -> bool:
    """Whether two values are the same but for what they hold."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)
    if type(old) is not type(new):
        return isinstance(old, bytes) and isinstance(new, bytes) and bytes(old) == bytes(new)
    if isinstance(old, Stream):
        return bool(old.data == new.data and old.dictionary.keys() == new.dictionary.keys())
    if isinstance(old, dict):
        return bool(old.keys() == new.keys())
    if isinstance(old, list):
        return len(old) == len(new)
    return bool(old == new)


def members(old: Value, new: Value) -> Iterator[tuple[Value, Value]]:
    """What two values that are alike hold, side by side."""
    if isinstance(old, Stream):
        old, new = old.dictionary, new.dictionary
    if isinstance(old, dict):
        for key, value in old.items():
            yield value, new[key]
    elif isinstance(old, list):
        yield from zip(old, new, strict=True)


def links_of(value: Value) -> Iterator[tuple[Ref, tuple[str, ...]]]:
    """The references in a value, each with the keys above it."""
    pending: list[tuple[Value, tuple[str, ...]]] = [(value, ())]
    while pending:
        one, keys = pending.pop()
        if isinstance(one, Ref):
            yield one, keys
            continue
        if isinstance(one, Stream):
            one = one.dictionary
        if isinstance(one, dict):
            pending += [(inner, (*keys, key)) for key, inner in one.items() if isinstance(inner, dict | list | Ref)]
        elif isinstance(one, list):
            pending += [(inner, keys) for inner in one if isinstance(inner, dict | list | Ref)]

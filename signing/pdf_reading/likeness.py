"""Do two values say the same? Level by level: what they hold is for the caller to compare."""

from collections.abc import Iterator

from signing.pdf_reading.values import Stream, Value


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

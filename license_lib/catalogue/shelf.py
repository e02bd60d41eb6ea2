"""Licence types that are loaded when they are asked for, where all of them were found in order before.

That they are is known of one state of their files (names, sizes, times of change) and of the code that looked at them.
What the types are called is kept with that knowledge, so that a command about one licence loads one type.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from license_lib.made_once import MadeOnce, state_of

_NEIGHBOURS = ("code_size.py", "links.py", "toml_files.py")
"""Beside this room: what else decides whether a template is in order."""

Value = TypeVar("Value")
Names = tuple[tuple[str, ...], dict[str, str]]
"""The keys of all types, in order, and every name that a type is called by → its key."""


class Shelf(Mapping[str, Value]):
    """What is loaded when it is first asked for.

    Args:
        keys: of all that there is, in order.
        load: loads what has a key.
    """

    def __init__(self, keys: Iterable[str], load: Callable[[str], Value]) -> None:
        self._keys, self._load = dict.fromkeys(keys), cache(load)

    def __getitem__(self, key: str) -> Value:
        """What has this key; KeyError if nothing has."""
        if key not in self._keys:
            raise KeyError(key)
        return self._load(key)

    def __iter__(self) -> Iterator[str]:
        """The keys, in order."""
        return iter(self._keys)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)


def names_of(kept: MadeOnce, folders: Iterable[Path], find: Callable[[], Names]) -> Names:
    """What the types of these folders are called, from what was kept if nothing was changed since.

    Args:
        folders: everything that types are made of.
        find: loads them all.
    """
    here = Path(__file__).parent
    code = [*here.glob("*.py"), *(here.parent / name for name in _NEIGHBOURS)]
    parts = [state_of(code)]
    for folder in folders:
        parts += [bytes(folder), state_of(path for path in folder.rglob("*") if path.is_file())]
    keys, names = json.loads(kept.get("catalogue", parts, lambda: json.dumps(find()).encode()))
    return tuple(keys), names

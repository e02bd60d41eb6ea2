"""Layout files that build on shared parts: one document out of several files, which remembers where all of it stands.

`extends = ["certificate-landscape"]` takes over `_parts/certificate-landscape.toml`; a name that ends in `.toml` is
a file of the type's own folder, so that a 副本 can build on the 正本. Parts are taken over in order, the own file last:
tables are merged key by key, lists are joined. An entry of a list with the `id` of one that was there before says what
differs from it (or, with `remove = true`, takes it away); every other entry is a new one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from license_lib.catalogue.faults import Steps, listed, nearest, said
from license_lib.catalogue.layout import LISTS
from license_lib.catalogue.problems import TemplateProblem
from license_lib.links import leads_outside
from license_lib.toml_files import TomlError, path_of, read_toml

PARTS_FOLDER = "_parts"
_PART_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}(\.toml)?")
_ENTRY_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MOST_PARTS = 20
_MOST_DEEP = 8
_MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Merged:
    """One document made of several files.

    Attributes:
        document: what they say together.
        file: the file that all started from, which a fault of the whole is told of.
    """

    document: Mapping[str, Any]
    file: str
    origins: Mapping[Steps, tuple[str, Steps]] = field(default_factory=dict, repr=False)

    def locate(self, steps: Steps) -> tuple[str, str]:
        """The file that says what stands at a place of the document, and the path in it."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.origins:
                file, own = self.origins[steps[:length]]
                return file, path_of((*own, *steps[length:]))
        return self.file, path_of(steps)


def read_layout(path: Path, parts: Path, problems: list[TemplateProblem]) -> Merged:
    """Read a layout file with all that it extends; faults go to `problems`.

    Args:
        parts: the folder of shared parts.
    """
    return _Reader(parts, problems).merged(path)


@dataclass(slots=True)
class _Entry:
    """One entry of a list: what the files say about it, each value with its place."""

    origin: tuple[str, Steps]
    said: Any
    origins: dict[str, tuple[str, Steps]] = field(default_factory=dict)


class _Reader:
    """Reads files in the order in which they build on each other."""

    def __init__(self, parts: Path, problems: list[TemplateProblem]) -> None:
        self.document: dict[str, Any] = {}
        self.origins: dict[Steps, tuple[str, Steps]] = {}
        self.files: set[Path] = set()
        self._lists: dict[str, list[_Entry]] = {}
        self._named: dict[tuple[str, str], _Entry] = {}
        self._parts = parts
        self._problems = problems

    def merged(self, path: Path) -> Merged:
        """All files as one document."""
        self._add(path, ())
        for key, entries in self._lists.items():
            self.document[key] = [entry.said for entry in entries]
            for index, entry in enumerate(entries):
                self.origins[key, index] = entry.origin
                self.origins |= {(key, index, name): origin for name, origin in entry.origins.items()}
        return Merged(self.document, _shown(path), self.origins)

    def _add(self, path: Path, above: tuple[Path, ...]) -> None:
        """Take over a file after all that it extends; a part that several extend is taken over once."""
        self.files.add(path)
        if leads_outside(path):
            self._refuse(path, (), "file.outside")
            return
        try:
            document = read_toml(path)
        except FileNotFoundError:
            self._refuse(path, (), "file.missing")
            return
        except TomlError as error:
            self._problems.append(TemplateProblem.of(_shown(path), error.fault))
            return
        for index, name in enumerate(self._extended(path, document.pop("extends", []))):
            self._take_over(path, index, name, (*above, path))
        for key, value in document.items():
            if key in LISTS and isinstance(value, list):
                self._join(path, key, value)
                continue
            # Whatever it was before, it is no list of entries any more, and their names are gone with them.
            self._lists.pop(key, None)
            self._named = {one: entry for one, entry in self._named.items() if one[0] != key}
            if isinstance(value, dict):
                before = self.document.get(key)
                self.document[key] = {**(before if isinstance(before, dict) else {}), **value}
                self.origins |= {(key, name): (_shown(path), (key, name)) for name in value}
            else:
                self.document[key] = value
                self.origins[(key,)] = (_shown(path), (key,))

    def _extended(self, path: Path, names: object) -> list[str]:
        if (
            isinstance(names, list)
            and len(names) <= _MOST_PARTS
            and all(isinstance(name, str) and _PART_NAME.fullmatch(name) for name in names)
        ):
            return names
        self._refuse(path, ("extends",), "extends.form")
        return []

    def _take_over(self, path: Path, index: int, name: str, above: tuple[Path, ...]) -> None:
        own = name.endswith(".toml")
        part = path.parent / name if own else self._parts / f"{name}.toml"
        place = ("extends", index)
        if len(above) > _MOST_DEEP:
            self._refuse(path, place, "extends.deep", most=_MOST_DEEP)
        elif part in above:
            circle = " → ".join(one.name for one in (*above[above.index(part) :], part))
            self._refuse(path, place, "extends.circle", circle=circle)
        elif not part.is_file():
            known = sorted(one.name if own else one.stem for one in part.parent.glob("*.toml") if one.is_file())
            near = nearest(name, known)
            self._refuse(path, place, "extends.unknown", near=near, part=_shown(part), known=listed(known))
        elif part not in self.files:
            self._add(part, above)

    def _join(self, path: Path, key: str, entries: list[Any]) -> None:
        """Add a list's entries to those of the files before; those with a known `id` change one of them."""
        here = self._lists.setdefault(key, [])
        if len(entries) > _MOST_ENTRIES:
            self._refuse(path, (key,), "list.long", most=_MOST_ENTRIES)
            return
        known = {name for one, name in self._named if one == key}
        seen: set[str] = set()
        for index, given in enumerate(entries):
            origin = (_shown(path), (key, index))
            entry = _Entry(origin, given)
            if not isinstance(given, dict) or "id" not in given:
                here.append(entry)
                continue
            name, changes = given["id"], {one: value for one, value in given.items() if one != "id"}
            if not isinstance(name, str) or not _ENTRY_NAME.fullmatch(name) or name in seen:
                self._refuse(path, (key, index, "id"), "id.form")
            elif name not in known:
                self._introduce(path, key, index, name, known, _Entry(origin, changes), here)
            elif changes == {"remove": True}:
                here.remove(self._named.pop((key, name)))
            else:
                changed = self._named[key, name]
                changed.said = changed.said | changes
                changed.origins |= {one: (origin[0], (key, index, one)) for one in changes}
            seen |= {name} if isinstance(name, str) else set()

    def _introduce(
        self, path: Path, key: str, index: int, name: str, known: set[str], entry: _Entry, here: list[_Entry]
    ) -> None:
        if "remove" in entry.said:
            near, there = nearest(name, known), listed(sorted(known))
            self._refuse(path, (key, index, "id"), "id.unknown", near=near, name=name, known=there)
            return
        self._named[key, name] = entry
        here.append(entry)

    def _refuse(self, path: Path, steps: Steps, code: str, *, near: str = "", **values: Any) -> None:
        fault = said(code, near=near, path=path_of(steps), **values)
        self._problems.append(TemplateProblem.of(_shown(path), fault))


def _shown(path: Path) -> str:
    """The folder and the file, as problems name them."""
    return f"{path.parent.name}/{path.name}"

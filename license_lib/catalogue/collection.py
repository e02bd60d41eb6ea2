"""The catalogue: every licence type in every version that a licence may have been issued with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from license_lib.catalogue.faults import nearest, said
from license_lib.catalogue.loading import TYPE_FILE, LoadedType, load_type
from license_lib.catalogue.model import LicenseType
from license_lib.catalogue.problems import TemplateError, TemplateProblem
from license_lib.catalogue.releases import RELEASES_FOLDER, load_releases
from license_lib.catalogue.shelf import Names, Shelf, names_of
from license_lib.errors import InputError, MachineError
from license_lib.made_once import MadeOnce
from license_lib.resources import fonts_beside, resource_folder
from license_lib.toml_files import reasons

FONT_FOLDER, SCHEMA_FOLDER = "fonts", "schema"


class TemplateName(Protocol):
    """How a licence names the template that it was issued with."""

    @property
    def key(self) -> str:
        """The type's key."""
        ...

    @property
    def version(self) -> int:
        """The template's version."""
        ...

    @property
    def digest(self) -> str:
        """`LicenseType.digest` of that version."""
        ...


@dataclass(frozen=True, slots=True)
class TypeVersions:
    """One licence type in all its versions.

    Attributes:
        released: versions that were released, the oldest first; licences are issued and judged with these alone.
        draft: what the type folder says now, unless that has been released as it is.
    """

    released: tuple[LicenseType, ...]
    draft: LicenseType | None

    @property
    def newest(self) -> LicenseType:
        """The newest released version, or the draft of a type that has none."""
        newest = self.released[-1] if self.released else self.draft
        if newest is None:
            raise ValueError("a type has a version")
        return newest

    def all(self) -> tuple[LicenseType, ...]:
        """Every version, the draft last."""
        return (*self.released, *((self.draft,) if self.draft else ()))

    def in_effect(self, day: date) -> LicenseType | None:
        """The newest released version that is in effect for a day of issue."""
        in_effect = [kind for kind in self.released if kind.effective_from is None or kind.effective_from <= day]
        return in_effect[-1] if in_effect else None


class Catalogue:
    """All licence types, by key, by type code and by Chinese name, in all versions.

    Args:
        artwork: the pictures of all versions by SHA-256 (hex).
        fonts: the folder of the fonts that they are set in; the built-in one if None.

    Raises:
        TemplateError: two types have the same code or the same name.
    """

    def __init__(
        self, types: Iterable[TypeVersions], artwork: Mapping[str, bytes], *, fonts: Path | None = None
    ) -> None:
        self._fonts = fonts
        ordered = sorted(types, key=lambda one: one.newest.key)
        self._by_key: Mapping[str, TypeVersions] = {one.newest.key: one for one in ordered}
        self._artwork = dict(artwork)
        self._keys: dict[str, str] = {}
        problems = [problem for versions in ordered for problem in self._name(versions)]
        if problems:
            raise TemplateError(problems)

    @property
    def fonts(self) -> Path:
        """The folder of the fonts that its types are set in."""
        return self._fonts or fonts_beside(resource_folder("templates"))

    def __iter__(self) -> Iterator[LicenseType]:
        """The newest version of every type, in order of their keys."""
        return (versions.newest for versions in self._by_key.values())

    def __len__(self) -> int:
        """How many types there are."""
        return len(self._by_key)

    def versions(self, key_or_name: str) -> TypeVersions:
        """All versions of a type.

        Raises:
            InputError: `type.unknown`, with the nearest key or name as a hint.
        """
        key = self._keys.get(key_or_name)
        if key is None:
            near = nearest(key_or_name[:60], self._keys)
            raise InputError(
                "type.unknown",
                "the catalogue has no such licence type",
                hint=f"did you mean {near!r}?" if near else "`license catalogue list` shows all types",
            )
        return self._by_key[key]

    def get(self, key_or_name: str, on: date | None = None) -> LicenseType:
        """The type with this key, Chinese name or type code.

        Args:
            on: the day of issue, for the version to issue with; without it, the newest version is given.

        Raises:
            InputError: `type.unknown`; with `on`, also `template.draft` (nothing is released) and
                `template.not-in-effect` (nothing is in effect on that day).
        """
        versions = self.versions(key_or_name)
        if on is None:
            return versions.newest
        kind = versions.in_effect(date(on.year, on.month, on.day))
        if kind is not None:
            return kind
        key = versions.newest.key
        if not versions.released:
            problem = f"the template of {versions.newest.name} is a draft: no version has been released"
            raise InputError("template.draft", problem, hint=f"license template release {key}")
        first = min(kind.effective_from for kind in versions.released if kind.effective_from is not None)
        problem = f"no version of {versions.newest.name} is in effect on that day of issue"
        raise InputError("template.not-in-effect", problem, hint=f"the first is, from {first}")

    def find(self, key_or_name: str) -> LicenseType | None:
        """The newest version of the type with this key, Chinese name or type code, or None."""
        key = self._keys.get(key_or_name)
        return None if key is None else self._by_key[key].newest

    def drawn_by(self, template: TemplateName) -> LicenseType | None:
        """Exactly the released version that a licence names, or None."""
        versions = self._by_key.get(template.key)
        for kind in versions.released if versions else ():
            if (kind.version, kind.digest) == (template.version, template.digest):
                return kind
        return None

    def names(self) -> Names:
        """The keys of all types, and every name of a type → its key; nothing is loaded."""
        return tuple(self._by_key), dict(self._keys)

    def artwork(self, sha256: str) -> bytes:
        """The picture with this SHA-256 (hex), as a layout's `Artwork` names it.

        Raises:
            KeyError: no template of this catalogue shows such a picture.
        """
        if sha256 not in self._artwork:
            tuple(self._by_key.values())  # loads what nobody has asked for yet
        return self._artwork[sha256]

    @classmethod
    def load(cls, folder: Path, kept: MadeOnce | None = None) -> "Catalogue":
        """Load every type folder below `folder`; fonts, schemas and hidden folders are none.

        Args:
            kept: where it is kept that all of them are in order; each is then loaded when it is asked for, and one that
                was spoilt since is a MachineError `template.changed` of whoever asks.

        Raises:
            TemplateError: one or more templates are wrong; every fault of every template is listed.
        """
        if kept is None:
            return cls._all_of(folder)
        loaded: list[Catalogue] = []

        def find() -> Names:
            loaded.append(cls._all_of(folder))
            return loaded[0].names()

        try:
            parts = [path for path in sorted(folder.iterdir()) if path.name not in {FONT_FOLDER, SCHEMA_FOLDER}]
            keys, names = names_of(kept, parts, find)
        except OSError:
            return cls._all_of(folder)  # which says what is wrong
        return loaded[0] if loaded else cls._on_shelf(folder, keys, names)

    @classmethod
    def _on_shelf(cls, folder: Path, keys: tuple[str, ...], names: dict[str, str]) -> "Catalogue":
        catalogue = cls((), {}, fonts=fonts_beside(folder))

        def load(key: str) -> TypeVersions:
            try:
                loaded, versions = load_versions(folder / key)
            except TemplateError:
                hint = "see what `license catalogue check` says; then start anew what runs"
                problem = f"the template of {key} was changed, and is not in order any more"
                raise MachineError("template.changed", problem, hint=hint) from None
            for one in loaded:
                catalogue._artwork |= one.artwork
            return versions

        catalogue._by_key, catalogue._keys = Shelf(keys, load), names
        return catalogue

    @classmethod
    def _all_of(cls, folder: Path) -> "Catalogue":
        types: list[TypeVersions] = []
        artwork: dict[str, bytes] = {}
        problems: list[TemplateProblem] = []
        try:
            entries = sorted(path for path in folder.iterdir() if path.is_dir() and _may_be_type(path.name))
        except OSError as error:
            fault = said("folder.unreadable", **reasons(error))
            raise TemplateError([TemplateProblem.of(str(folder), fault)]) from None
        for entry in entries:
            try:
                loaded, versions = load_versions(entry)
            except TemplateError as error:
                problems.extend(error.problems)
                continue
            types.append(versions)
            for one in loaded:
                artwork |= one.artwork
        if not entries:
            problems.append(TemplateProblem.of(str(folder), said("folder.empty")))
        if problems:
            raise TemplateError(problems)
        return cls(types, artwork, fonts=fonts_beside(folder))

    def _name(self, versions: TypeVersions) -> Iterator[TemplateProblem]:
        """Make a type known by all its names; one that another type has is a fault."""
        key = versions.newest.key
        for kind in versions.all():
            for name, path, what in (
                (key, "key", "key"),
                (kind.code.value, "code.value", "code"),
                (kind.name, "name", "name"),
            ):
                other = self._keys.setdefault(name, key)
                if other != key:
                    file = TYPE_FILE if kind is versions.draft else f"{RELEASES_FOLDER}/{kind.version}.json"
                    yield TemplateProblem.of(f"{key}/{file}", said(f"same.{what}", path=path, other=other))


def load_versions(folder: Path) -> tuple[tuple[LoadedType, ...], TypeVersions]:
    """Load a type folder whole: what it says now, and what has been released of it.

    Raises:
        TemplateError: with every fault; also if a released version was changed without a new number.
    """
    problems: list[TemplateProblem] = []
    released: tuple[LoadedType, ...] = ()
    now: LoadedType | None = None
    try:
        now = load_type(folder)
    except TemplateError as error:
        problems += error.problems
    try:
        released = load_releases(folder)
    except TemplateError as error:
        problems += error.problems
    if problems or now is None:
        raise TemplateError(problems)
    versions = {one.kind.version: one.kind for one in released}
    newest = max(versions, default=0)
    same = versions.get(now.kind.version)
    shown = f"{folder.name}/{TYPE_FILE}"
    if same is not None and same.document() != now.kind.document():
        fault = said("version.changed", path="version", version=now.kind.version, next=newest + 1)
        raise TemplateError([TemplateProblem.of(shown, fault)])
    if now.kind.version < newest:
        fault = said("version.behind", path="version", version=newest, next=newest + 1)
        raise TemplateError([TemplateProblem.of(shown, fault)])
    draft = None if same is not None else now.kind
    return (*released, now), TypeVersions(tuple(one.kind for one in released), draft)


def _may_be_type(name: str) -> bool:
    return name not in {FONT_FOLDER, SCHEMA_FOLDER} and not name.startswith((".", "_"))

"""Template folders → catalogue. A wrong template never loads; its error names the file, the path in it and the mend."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from license_lib.catalogue.checks import contradictions
from license_lib.catalogue.model import LicenseType
from license_lib.catalogue.problems import TemplateError, TemplateProblem
from license_lib.errors import InputError
from license_lib.toml_files import TomlError, located, read_toml

FONT_FOLDER = "fonts"


class Catalogue:
    """All licence types, by key, by type code and by Chinese name.

    Raises:
        TemplateError: two types have the same code or the same name.
    """

    def __init__(self, types: Iterable[LicenseType]) -> None:
        ordered = tuple(sorted(types, key=lambda kind: kind.key))
        problems = [*_shared(ordered, "code.value", "code"), *_shared(ordered, "name", "name")]
        if problems:
            raise TemplateError(problems)
        self._by_key: Mapping[str, LicenseType] = MappingProxyType({kind.key: kind for kind in ordered})
        self._by_name: Mapping[str, LicenseType] = MappingProxyType(
            {name: kind for kind in ordered for name in (kind.name, kind.code.value, kind.key)}
        )

    def __iter__(self) -> Iterator[LicenseType]:
        """All types, in order of their keys."""
        return iter(self._by_key.values())

    def __len__(self) -> int:
        """How many types there are."""
        return len(self._by_key)

    def get(self, key_or_name: str) -> LicenseType:
        """The type with this key, Chinese name or type code.

        Raises:
            InputError: `type.unknown`, with the nearest key or name as a hint.
        """
        found = self.find(key_or_name)
        if found is None:
            near = difflib.get_close_matches(key_or_name[:60], self._by_name, 1)
            raise InputError(
                "type.unknown",
                "the catalogue has no such licence type",
                hint=f"did you mean {near[0]!r}?" if near else "`license catalogue list` shows all types",
            )
        return found

    def find(self, key_or_name: str) -> LicenseType | None:
        """The type with this key, Chinese name or type code, or None."""
        return self._by_name.get(key_or_name)

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Load every type folder below `folder`; the fonts and hidden folders are none.

        Raises:
            TemplateError: one or more templates are wrong; every fault of every template is listed.
        """
        types: list[LicenseType] = []
        problems: list[TemplateProblem] = []
        try:
            entries = sorted(path for path in folder.iterdir() if path.is_dir() and _may_be_type(path.name))
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
            raise TemplateError([TemplateProblem(str(folder), "", problem, "give the templates folder")]) from None
        for entry in entries:
            try:
                types.append(load_type(entry))
            except TemplateError as error:
                problems.extend(error.problems)
        if not entries:
            problems.append(TemplateProblem(str(folder), "", "holds no template", "add a folder with a type.toml"))
        if problems:
            raise TemplateError(problems)
        return cls(types)


def load_type(folder: Path) -> LicenseType:
    """Load one type folder (`type.toml` and `layout.toml`).

    Raises:
        TemplateError: with every fault found.
    """
    problems: list[TemplateProblem] = []
    document, layout = (_read(folder / file, problems) for file in ("type.toml", "layout.toml"))
    if "layout" in document:
        problem = "the layout has its own file"
        problems.append(TemplateProblem(f"{folder.name}/type.toml", "layout", problem, "move it to layout.toml"))
    if problems:
        raise TemplateError(problems)
    try:
        kind = LicenseType.model_validate({**document, "layout": layout})
    except ValidationError as error:
        raise TemplateError(_located(error, folder.name)) from None
    problems = list(contradictions(kind, folder.name))
    if problems:
        raise TemplateError(problems)
    return kind


def _may_be_type(name: str) -> bool:
    return name != FONT_FOLDER and not name.startswith((".", "_"))


def _read(path: Path, problems: list[TemplateProblem]) -> dict[str, Any]:
    """The file's content; a fault goes to `problems`, so that those of the other file are found, too."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        return read_toml(path)
    except FileNotFoundError:
        problems.append(TemplateProblem(shown, "", "is missing", "add it: every type folder needs it"))
    except TomlError as error:
        problems.append(TemplateProblem(shown, error.fault.path, error.fault.problem, error.fault.mend))
    return {}


def _located(error: ValidationError, folder: str) -> Iterator[TemplateProblem]:
    for steps, fault in located(error, LicenseType, elsewhere=frozenset({"layout"})):
        in_layout = steps[:1] == ("layout",)
        path = fault.path.removeprefix("layout").removeprefix(".") if in_layout else fault.path
        file = "layout.toml" if in_layout else "type.toml"
        yield TemplateProblem(f"{folder}/{file}", path, fault.problem, fault.mend)


def _shared(types: tuple[LicenseType, ...], path: str, what: str) -> Iterator[TemplateProblem]:
    """Faults of types that could not be told apart by code or by name."""
    values = [kind.code.value if what == "code" else kind.name for kind in types]
    twice = {value for value, count in Counter(values).items() if count > 1}
    for kind, value in zip(types, values, strict=True):
        if value in twice:
            others = ", ".join(o.key for o, v in zip(types, values, strict=True) if v == value and o is not kind)
            yield TemplateProblem(f"{kind.key}/type.toml", path, f"{others} has the same {what}", "make it unique")

"""Template folders → catalogue. A wrong template never loads; its error names the file, the path in it and the mend."""

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ValidationError

from license_lib.catalogue.model import BUILT_IN_FIELDS, Box, LicenseType, Square
from license_lib.errors import InputError

FONT_FOLDER = "fonts"


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One fault of a template: the file, the path in it (`fields[2].pattern`), what is wrong and how to mend it."""

    file: str
    path: str
    problem: str
    mend: str

    def __str__(self) -> str:
        """One line, as a template's author reads it."""
        place = f"{self.file}: {self.path}" if self.path else self.file
        return f"{place}: {self.problem}" + (f" → {self.mend}" if self.mend else "")


class TemplateError(InputError):
    """A template folder that cannot be loaded; `problems` holds every fault that was found, not only the first."""

    def __init__(self, problems: Iterable[TemplateProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("template.invalid", "\n".join(str(problem) for problem in self.problems))


class Catalogue:
    """All licence types, by key and by type code."""

    def __init__(self, types: Iterable[LicenseType]) -> None:
        ordered = tuple(sorted(types, key=lambda kind: kind.key))
        self._by_key: Mapping[str, LicenseType] = MappingProxyType({kind.key: kind for kind in ordered})
        self._by_code: Mapping[str, LicenseType] = MappingProxyType({kind.code.value: kind for kind in ordered})
        if len(self._by_code) < len(ordered):
            twice = [code for code, n in Counter(kind.code.value for kind in ordered).items() if n > 1]
            raise TemplateError(
                [
                    TemplateProblem(
                        f"{kind.key}/type.toml", "code.value", "another type has the same code", "correct it"
                    )
                    for kind in ordered
                    if kind.code.value in twice
                ]
            )

    def __iter__(self) -> Iterator[LicenseType]:
        """All types, in order of their keys."""
        return iter(self._by_key.values())

    def __len__(self) -> int:
        """How many types there are."""
        return len(self._by_key)

    def get(self, key_or_name: str) -> LicenseType:
        """The type with this key, name or code.

        Raises:
            InputError: `type.unknown`, with the nearest key as a hint.
        """
        found = self.find(key_or_name)
        if found is None:
            near = difflib.get_close_matches(key_or_name[:60], [*self._by_key, *(t.name for t in self)], 1)
            raise InputError(
                "type.unknown",
                "the catalogue has no such licence type",
                hint=f"did you mean {near[0]!r}?" if near else "`license catalogue list` shows all types",
            )
        return found

    def find(self, key_or_name: str) -> LicenseType | None:
        """The type with this key, name or type code, or None."""
        if key_or_name in self._by_key:
            return self._by_key[key_or_name]
        if key_or_name in self._by_code:
            return self._by_code[key_or_name]
        return next((kind for kind in self if kind.name == key_or_name), None)

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Load every type folder below `folder`.

        Raises:
            TemplateError: one or more templates are wrong; every fault of every template is listed.
        """
        types: list[LicenseType] = []
        problems: list[TemplateProblem] = []
        if not folder.is_dir():
            raise TemplateError([TemplateProblem(str(folder), "", "no such folder", "give the templates folder")])
        for entry in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != FONT_FOLDER):
            try:
                types.append(load_type(entry))
            except TemplateError as error:
                problems.extend(error.problems)
        if not types and not problems:
            problems.append(TemplateProblem(str(folder), "", "holds no template", "add a folder with a type.toml"))
        if problems:
            raise TemplateError(problems)
        return cls(types)


def load_type(folder: Path) -> LicenseType:
    """Load one type folder (`type.toml` and `layout.toml`).

    Raises:
        TemplateError: with every fault found.
    """
    name = folder.name
    document = _read_toml(folder / "type.toml", f"{name}/type.toml")
    layout = _read_toml(folder / "layout.toml", f"{name}/layout.toml")
    try:
        kind = LicenseType.model_validate({**document, "layout": layout})
    except ValidationError as error:
        raise TemplateError(_located(error, name)) from None
    problems = list(_contradictions(kind, name))
    if problems:
        raise TemplateError(problems)
    return kind


def _read_toml(path: Path, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TemplateError([TemplateProblem(shown, "", "the file is missing", "every type folder needs it")]) from None
    except UnicodeDecodeError as error:
        raise TemplateError([TemplateProblem(shown, f"byte {error.start}", "not UTF-8", "save it as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise TemplateError([TemplateProblem(shown, "", f"not TOML: {error}", "correct the syntax there")]) from None


def _located(error: ValidationError, name: str) -> Iterator[TemplateProblem]:
    for fault in error.errors(include_url=False, include_input=False):
        steps = list(fault["loc"])
        file = "type.toml"
        if steps and steps[0] == "layout":
            file, steps = "layout.toml", steps[1:]
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
        yield TemplateProblem(f"{name}/{file}", path, fault["msg"].removeprefix("Value error, "), _mend(fault))


def _mend(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        known = _known_names(fault["loc"][:-1])
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, 1)
        return f"did you mean `{near[0]}`?" if near else f"remove it, or use one of: {', '.join(known)}"
    if fault["type"] == "missing":
        return "add it"
    return ""


def _known_names(steps: tuple[int | str, ...]) -> list[str]:
    """Names allowed at a place of the model, found by walking the annotations down `steps`."""
    model: Any = LicenseType
    for step in steps:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        arguments = [annotation, *getattr(annotation, "__args__", ())]
        model = next(a for a in arguments if isinstance(a, type) and issubclass(a, BaseModel))
    return [field for field in model.model_fields if not (model is LicenseType and field == "layout")]


def _contradictions(kind: LicenseType, name: str) -> Iterator[TemplateProblem]:
    """Faults that no single value shows: duplicates, fields without a place, things beyond the page."""
    if kind.key != name:
        yield TemplateProblem(f"{name}/type.toml", "key", f"is {kind.key!r}", f"the folder's name: {name!r}")
    for attribute in ("key", "code", "label"):
        seen: set[str] = set()
        for index, field in enumerate(kind.fields):
            value = getattr(field, attribute)
            if value in seen:
                yield TemplateProblem(
                    f"{name}/type.toml", f"fields[{index}].{attribute}", f"{value!r} stands twice", "make it unique"
                )
            seen.add(value)
    known = [*BUILT_IN_FIELDS, *kind.by_key]
    placed = set()
    for index, box in enumerate(kind.layout.boxes):
        placed.add(box.field)
        if box.field not in known:
            near = difflib.get_close_matches(box.field, known, 1)
            yield TemplateProblem(
                f"{name}/layout.toml",
                f"boxes[{index}].field",
                f"the type has no field {box.field!r}",
                f"did you mean {near[0]!r}?" if near else "add the field to type.toml",
            )
        if box.min_size > box.size:
            yield TemplateProblem(
                f"{name}/layout.toml", f"boxes[{index}].min_size", "is larger than size", "make it smaller"
            )
    for key in ("holder_name", "license_number", "issued_on", "issuer_name"):
        if key not in placed:
            yield TemplateProblem(f"{name}/layout.toml", "boxes", f"{key!r} has no place", "add a box for it")
    for index, field in enumerate(kind.fields):
        if field.key not in placed:
            yield TemplateProblem(
                f"{name}/type.toml", f"fields[{index}]", f"{field.key!r} has no place on the face", "add a box for it"
            )
    if (kind.photo != "none") != (kind.layout.photo is not None):
        yield TemplateProblem(f"{name}/layout.toml", "photo", "does not fit `photo` of type.toml", "give both or none")
    yield from _beyond_the_page(kind, name)


def _beyond_the_page(kind: LicenseType, name: str) -> Iterator[TemplateProblem]:
    layout = kind.layout
    places: list[tuple[str, Box | Square]] = [("title", layout.title), ("qr", layout.qr), ("seal", layout.seal)]
    places += [(f"boxes[{index}]", box) for index, box in enumerate(layout.boxes)]
    places += [(f"texts[{index}]", text) for index, text in enumerate(layout.texts)]
    if layout.photo is not None:
        places.append(("photo", layout.photo))
    for path, place in places:
        right, bottom = (
            (place.x + place.size, place.y + place.size)
            if isinstance(place, Square)
            else (place.x + place.w, place.y + place.h)
        )
        if right > layout.page.width or bottom > layout.page.height:
            yield TemplateProblem(
                f"{name}/layout.toml",
                path,
                f"ends at {right:g} × {bottom:g} mm, beyond the page",
                f"stay within {layout.page.width:g} × {layout.page.height:g} mm",
            )

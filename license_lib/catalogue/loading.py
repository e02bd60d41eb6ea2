"""Type folders → licence types. A wrong template never loads; its error names the file, the path in it and the mend.

A type folder holds `type.toml`, `layout.toml`, `layout-<name>.toml` for each variant, artwork, and `releases/`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from license_lib.catalogue.artwork import ArtworkError, artwork_digest, read_artwork
from license_lib.catalogue.checks import contradictions, dangling
from license_lib.catalogue.faults import Fault, Steps, nearest, said
from license_lib.catalogue.layout import ARTWORK_NAME
from license_lib.catalogue.layout_checks import layout_contradictions
from license_lib.catalogue.merging import PARTS_FOLDER, Merged, read_layout
from license_lib.catalogue.model import LAYOUT_NAME, LicenseType
from license_lib.catalogue.problems import TemplateError, TemplateProblem
from license_lib.links import leads_outside
from license_lib.toml_files import TomlError, TomlFault, located, path_of, read_toml

TYPE_FILE, LAYOUT_FILE = "type.toml", "layout.toml"
_ELSEWHERE = {"layout": "layout.elsewhere", "variant_layouts": "variant-layouts.elsewhere"}


@dataclass(frozen=True, slots=True)
class LoadedType:
    """A licence type and the pictures that its layouts show, by SHA-256 (hex).

    `places` knows the files that say what the type is; of a release there are none.
    """

    kind: LicenseType
    artwork: Mapping[str, bytes] = field(repr=False)
    places: "Places | None" = field(default=None, repr=False, compare=False)


def load_type(folder: Path) -> LoadedType:
    """Load what a type folder says now, whatever has been released of it.

    Raises:
        TemplateError: with every fault found.
    """
    problems: list[TemplateProblem] = []
    document = _type_document(folder, problems)
    layouts = _layouts(folder, document, problems)
    artwork = {name: _artwork(folder, merged, problems) for name, merged in layouts.items()}
    if problems:
        raise TemplateError(problems)
    place = Places(folder.name, layouts)
    whole = {**document, "layout": layouts[""].document}
    if len(layouts) > 1:
        whole["variant_layouts"] = {name: merged.document for name, merged in layouts.items() if name}
    try:
        kind = LicenseType.model_validate(whole)
    except ValidationError as error:
        raise TemplateError(place.problems(located(error, LicenseType, elsewhere=frozenset(_ELSEWHERE)))) from None
    problems = [*place.problems(contradictions(kind, folder.name)), *place.problems(dangling(kind))]
    problems += place.problems(layout_contradictions(kind))
    if problems:
        raise TemplateError(problems)
    return LoadedType(kind, {digest: data for one in artwork.values() for digest, data in one.items()}, place)


class Places:
    """Where in the files the parts of a type stand."""

    def __init__(self, folder: str, layouts: Mapping[str, Merged]) -> None:
        self._folder = folder
        self._layouts = layouts

    def problems(self, faults: Iterable[Fault]) -> list[TemplateProblem]:
        """Faults of the type as problems of its files."""
        return [TemplateProblem.of(*self._placed(steps, fault)) for steps, fault in faults]

    def _placed(self, steps: Steps, fault: TomlFault) -> tuple[str, TomlFault]:
        if steps[:1] == ("layout",):
            file, path = self._layouts[""].locate(steps[1:])
        elif steps[:1] == ("variant_layouts",) and len(steps) > 1:
            file, path = self._layouts[str(steps[1])].locate(steps[2:])
        else:
            file, path = f"{self._folder}/{TYPE_FILE}", path_of(steps)
        return file, replace(fault, path=path)


def _type_document(folder: Path, problems: list[TemplateProblem]) -> dict[str, Any]:
    """The content of `type.toml`; a fault goes to `problems`, so that those of the other files are found, too."""
    shown = f"{folder.name}/{TYPE_FILE}"
    if leads_outside(folder / TYPE_FILE):
        problems.append(TemplateProblem.of(shown, said("file.outside")))
        return {}
    try:
        document = read_toml(folder / TYPE_FILE)
    except FileNotFoundError:
        problems.append(TemplateProblem.of(shown, said("file.missing")))
        return {}
    except TomlError as error:
        problems.append(TemplateProblem.of(shown, error.fault))
        return {}
    for name, code in _ELSEWHERE.items():
        if name in document:
            problems.append(TemplateProblem.of(shown, said(code, path=name)))
    return document


def _layouts(folder: Path, document: Mapping[str, Any], problems: list[TemplateProblem]) -> dict[str, Merged]:
    """The main layout, by "", and every layout that the variants name, by its name."""
    parts = folder.parent / PARTS_FOLDER
    layouts = {"": read_layout(folder / LAYOUT_FILE, parts, problems)}
    there = {path.stem.removeprefix("layout-"): path for path in sorted(folder.glob("layout-*.toml"))}
    variants = document.get("variants")
    named = variants.get("layouts") if isinstance(variants, dict) else None
    named = named if isinstance(named, dict) else {}
    for choice, name in named.items():
        if not isinstance(name, str) or not re.fullmatch(LAYOUT_NAME, name) or name in layouts:
            continue  # the model says what is wrong with it, or several choices have the same layout
        if name in there:
            layouts[name] = read_layout(there[name], parts, problems)
        else:
            fault = said("variants.file", near=nearest(name, there), path=f"variants.layouts.{choice}", name=name)
            problems.append(TemplateProblem.of(f"{folder.name}/{TYPE_FILE}", fault))
    unused = there.keys() - {name for name in named.values() if isinstance(name, str)}
    problems += [
        TemplateProblem.of(f"{folder.name}/layout-{name}.toml", said("variants.unused")) for name in sorted(unused)
    ]
    return layouts


def _artwork(folder: Path, merged: Merged, problems: list[TemplateProblem]) -> dict[str, bytes]:
    """The pictures of a layout by digest, which is filled in where each is named."""
    found: dict[str, bytes] = {}
    entries = merged.document.get("artwork")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        name = entry.get("file") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not re.fullmatch(ARTWORK_NAME, name):
            continue  # the model says what is wrong with it
        own, shared = folder / name, folder.parent / PARTS_FOLDER / name
        file, path = merged.locate(("artwork", index, "file"))
        try:
            data = read_artwork(shared if shared.is_file() and not own.is_file() else own)
        except ArtworkError as error:
            problems.append(TemplateProblem.of(file, replace(error.fault, path=path)))
            continue
        digest = artwork_digest(data)
        if entry.setdefault("sha256", digest) != digest:
            problems.append(TemplateProblem.of(file, said("artwork.other", path=path)))
        found[digest] = data
    return found

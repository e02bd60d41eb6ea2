"""What changed between two versions of a template: value by value, and as one picture of both faces."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from license_lib.catalogue import Catalogue, FieldType, LicenseType, TypeVersions, ValidityRule
from license_lib.errors import InputError
from license_lib.licenses.request import MAX_NUMBER
from license_lib.licenses.rules import FieldValue
from license_lib.rendering import Fonts
from license_lib.resources import fonts_beside
from license_lib.template_craft.longest import longest_text
from license_lib.template_craft.patterns import longest_match
from license_lib.template_craft.preview import drawn
from license_lib.template_craft.specimens import Specimen, examples, layout_named, of_layout, specimen
from license_lib.toml_files import path_of

NOW = "now"
"""Names what the type's folder says, released or not."""
_NAMES = ("key", "id", "field", "code", "file", "text")
"""What tells the entries of a list apart, the best first."""
_SHORT = 12
_LONGEST_SHOWN = 100
_DEEPER = 0.35
Steps = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its path, and the value on either side.

    Attributes:
        what: `order` says that the entries of a list stand in another order; it has no values.
    """

    path: str
    what: Literal["changed", "added", "removed", "order"]
    old: Any = None
    new: Any = None

    def value(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"path": self.path, "change": self.what, "old": self.old, "new": self.new}

    def text(self, language: Literal["zh", "en"]) -> str:
        """As one line: `layout.boxes[3].w: 40 → 50`."""
        if self.what == "changed":
            return f"{self.path}: {_shown(self.old)} → {_shown(self.new)}"
        words = {"added": ("新增", "added"), "removed": ("删去", "removed"), "order": ("顺序改变", "other order")}
        said = words[self.what][language == "en"]
        given = self.new if self.what == "added" else self.old
        return f"{self.path}: {said}" + ("" if self.what == "order" else f" {_shown(given)}")


@dataclass(frozen=True, slots=True)
class TwoVersions:
    """Two versions of a type, and the folder that they are kept in."""

    folder: Path
    catalogue: Catalogue
    old: LicenseType
    new: LicenseType

    def changes(self) -> tuple[Change, ...]:
        """Every difference, in the order of the new one."""
        return tuple(_changes(self.old.document(), self.new.document(), ()))

    def picture(self, *, fonts: Fonts, day: date, variant: str = "", page: int = 1, dpi: int = 110) -> bytes:
        """Both faces over each other as PNG: what is gone is red, what has come is green, the rest grey.

        Args:
            fonts: the faces to draw with.
            day: today.
            variant: which layout, by its name or choice.
            page: 1 is the first; a face without that page is blank.
            dpi: dots per inch.

        Raises:
            InputError: `template.variant`, `example.missing`, or what keeps an example from being drawn.
            MachineError: `font.unreadable`.
        """
        now = self.catalogue.versions(self.new.key).all()[-1]
        shown = of_layout(examples(self.folder / now.key, now, day), now, layout_named(now, variant))
        old, new = (
            drawn(_adapted(shown, kind, day), fonts, fonts_beside(self.folder), self.catalogue.artwork)
            for kind in (self.old, self.new)
        )
        return _overlaid(old, new, page - 1, dpi)


def two_versions(folder: Path, key: str, old: str = "", new: str = NOW) -> TwoVersions:
    """Two versions of a type, each by its number or as `now`.

    Args:
        old: the newest release if empty.

    Raises:
        TemplateError: the folder does not load.
        InputError: `type.unknown`; `template.version`, there is no such version, or nothing is released yet.
    """
    catalogue = Catalogue.load(folder)
    versions = catalogue.versions(key)
    if not old and not versions.released:
        raise InputError("template.version", f"no version of {versions.newest.name} has been released yet")
    return TwoVersions(
        folder, catalogue, _version(versions, old or str(versions.newest.version)), _version(versions, new)
    )


def _shown(value: object) -> str:
    """A value in one short line."""
    text = f"{value:g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _version(versions: TypeVersions, name: str) -> LicenseType:
    found = {str(kind.version): kind for kind in versions.released} | {NOW: versions.all()[-1]}
    if name not in found:
        raise InputError("template.version", "there is no such version", hint=f"there are: {', '.join(found)}")
    return found[name]


def _changes(old: Any, new: Any, steps: Steps) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*new, *old)):
            yield from _one(old, new, name, (*steps, name))
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str):
        yield from _entries(old, new, steps)
    else:
        yield Change(path_of(steps), "changed", old, new)


def _one(old: Mapping[Any, Any], new: Mapping[Any, Any], name: Any, steps: Steps) -> Iterator[Change]:
    if name not in old:
        yield Change(path_of(steps), "added", new=new[name])
    elif name not in new:
        yield Change(path_of(steps), "removed", old=old[name])
    else:
        yield from _changes(old[name], new[name], steps)


def _entries(old: Sequence[Any], new: Sequence[Any], steps: Steps) -> Iterator[Change]:
    """Lists entry by entry: an entry is known by its name, wherever it stands. Paths count as the new list does."""
    before, after = _named(old), _named(new)
    for name, (index, entry) in after.items():
        if name in before:
            yield from _changes(before[name][1], entry, (*steps, index))
        else:
            yield Change(path_of((*steps, index)), "added", new=entry)
    for name, (index, entry) in before.items():
        if name not in after:
            yield Change(path_of((*steps, index)), "removed", old=entry)
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change(path_of(steps), "order")


def _named(entries: Sequence[Any]) -> dict[tuple[str, int], tuple[int, Any]]:
    """Entries with their places, by their name and how often it was there before."""
    found: dict[tuple[str, int], tuple[int, Any]] = {}
    for index, entry in enumerate(entries):
        name = (
            next((str(entry[key]) for key in _NAMES if key in entry), "") if isinstance(entry, Mapping) else str(entry)
        )
        again = sum(name == one for one, _ in found)
        found[name, again] = (index, entry)
    return found


def _adapted(shown: Specimen, kind: LicenseType, day: date) -> Specimen:
    """A specimen of one version as one of another: what that does not know goes, what it asks for is made up."""
    if kind is shown.kind:
        return shown
    given = {shown.kind.by_code[code].key: text for code, text in shown.document.fields.items()}
    fields: dict[str, FieldValue] = {}
    for spec in kind.fields:
        text = given.get(spec.key, "")
        if spec.type is FieldType.ROWS:
            known = {column.key: column.code for column in spec.columns}
            rows = shown.document.tables.get(spec.code, ())
            fields[spec.key] = [{key: row[code] for key, code in known.items() if code in row} for row in rows]
        elif text or spec.required:
            legal = text and (not spec.choices or text in spec.choices)
            made_up = spec.model_copy(update={"max_length": min(spec.max_length, _SHORT)})
            fields[spec.key] = text if legal else longest_text(made_up, text)
    number = shown.document.number
    if not re.fullmatch(kind.number.pattern, number):
        number = longest_match(kind.number.pattern, MAX_NUMBER) or number
    request = replace(
        shown.request,
        fields=fields,
        number=number if kind.number.rule == "given" else None,
        valid_until=(shown.document.valid_until or "long-term") if kind.validity.rule is ValidityRule.GIVEN else None,
        photo=None if kind.photo == "none" else shown.request.photo,
    )
    return specimen(kind, request, day)


def _overlaid(old: bytes, new: bytes, page: int, dpi: int) -> bytes:
    from PIL import Image, ImageChops

    from license_lib.pdfium import PageError, opened, page_picture

    faces = []
    try:
        for pdf in (old, new):
            with opened(pdf) as document:
                faces.append(page_picture(document[page], dpi, grayscale=True) if page < len(document) else None)
    except PageError:
        raise InputError("preview.unreadable", "there is no such page, or it is too large at this resolution") from None
    there = [face for face in faces if face is not None]
    if not there or page < 0:
        raise InputError("preview.unreadable", "neither version has that page")
    size = (max(face.width for face in there), max(face.height for face in there))
    grey = []
    for face in faces:
        sheet = Image.new("L", size, 255)
        if face is not None:
            sheet.paste(face, (0, 0))
        grey.append(sheet)
    both = ImageChops.darker(*grey)
    green = ImageChops.darker(grey[0], Image.blend(grey[0], both, _DEEPER))  # pure green is hard to see on white
    picture = Image.merge("RGB", (grey[1], green, both))
    out = BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()

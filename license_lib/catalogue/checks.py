"""Faults of a licence type that no single value shows: duplicates, fields without a place, things beyond the page."""

import difflib
from collections.abc import Iterator

from license_lib.catalogue.fields import BUILT_IN_FIELDS, FieldType
from license_lib.catalogue.layout import Box, Square
from license_lib.catalogue.model import HolderKind, LicenseType, ValidityRule
from license_lib.catalogue.problems import TemplateProblem
from license_lib.identifiers import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS

_ALWAYS_PLACED = ("holder_name", "license_number", "issued_on", "issuer_name")
_END_OF_VALIDITY = frozenset({"valid_until", "validity"})


def contradictions(kind: LicenseType, folder: str) -> Iterator[TemplateProblem]:
    """Every fault of a type whose single values are all right."""
    yield from _rules(kind, folder)
    yield from _fields(kind, f"{folder}/type.toml")
    yield from _places(kind, f"{folder}/layout.toml")
    yield from _beyond_the_page(kind, f"{folder}/layout.toml")


def _rules(kind: LicenseType, folder: str) -> Iterator[TemplateProblem]:
    file = f"{folder}/type.toml"
    if kind.key != folder:
        yield TemplateProblem(file, "key", f"is {kind.key!r}", f"the folder's name: {folder!r}")
    allowed = {
        HolderKind.ORGANISATION: ORGANISATION_KINDS,
        HolderKind.PERSON: HOLDER_NUMBER_KINDS.keys() - ORGANISATION_KINDS,
        HolderKind.EITHER: HOLDER_NUMBER_KINDS.keys(),
    }[kind.holder.kind]
    for index, code in enumerate(kind.holder.number_kinds):
        if code not in allowed:
            problem = f"{code!r} is no kind of number (GB/T 36903 annex A) that such a holder has"
            mend = f"use {', '.join(sorted(allowed))}"
            yield TemplateProblem(file, f"holder.number_kinds[{index}]", problem, mend)
    if kind.number.rule == "holder":
        if kind.number.in_qr and kind.holder.kind is not HolderKind.ORGANISATION:
            problem = "a person's own number must never stand in the QR"
            yield TemplateProblem(file, "number.in_qr", problem, "in_qr = false")
        if kind.holder.several:
            problem = "with several holders, the number cannot be the holder's own"
            yield TemplateProblem(file, "number.rule", problem, 'rule = "given", or allow one holder only')


def _fields(kind: LicenseType, file: str) -> Iterator[TemplateProblem]:
    for attribute in ("key", "code", "label"):
        seen: set[str] = set()
        for index, field in enumerate(kind.fields):
            value = getattr(field, attribute)
            if value in seen:
                yield TemplateProblem(file, f"fields[{index}].{attribute}", f"{value!r} stands twice", "make it unique")
            seen.add(value)
    placed = {box.field for box in kind.layout.boxes}
    for index, field in enumerate(kind.fields):
        if field.key not in placed:
            problem = f"{field.key!r} has no place on the face"
            yield TemplateProblem(file, f"fields[{index}].key", problem, "add a box for it to layout.toml")
        if field.type is not FieldType.TEXT and (field.choices or field.pattern):
            problem = f"a field of type {field.type} has its own form"
            yield TemplateProblem(file, f"fields[{index}].type", problem, "remove its choices and pattern")
        for choice in field.choices:
            if choice != choice.strip() or not 1 <= len(choice) <= field.max_length:
                problem = f"{choice!r} could never be chosen"
                mend = f"1 to {field.max_length} characters, without white space around"
                yield TemplateProblem(file, f"fields[{index}].choices", problem, mend)


def _places(kind: LicenseType, file: str) -> Iterator[TemplateProblem]:
    known = [*BUILT_IN_FIELDS, *kind.by_key]
    placed = {box.field for box in kind.layout.boxes}
    for index, box in enumerate(kind.layout.boxes):
        if box.field not in known:
            near = difflib.get_close_matches(box.field, known, 1)
            mend = f"did you mean {near[0]!r}?" if near else "add the field to type.toml"
            yield TemplateProblem(file, f"boxes[{index}].field", f"the type has no field {box.field!r}", mend)
        if box.min_size > box.size:
            yield TemplateProblem(file, f"boxes[{index}].min_size", "is larger than size", "make it smaller")
        if box.label != "" and box.label_w >= box.w:
            problem = "leaves no room for the value"
            yield TemplateProblem(file, f"boxes[{index}].label_w", problem, 'make it smaller, or label = ""')
    for key in _ALWAYS_PLACED:
        if key not in placed:
            yield TemplateProblem(file, "boxes", f"{key!r} has no place", "add a box for it")
    if kind.validity.rule is not ValidityRule.LONG_TERM and not placed & _END_OF_VALIDITY:
        problem = "the end of validity has no place"
        yield TemplateProblem(file, "boxes", problem, "add a box for 'validity' or 'valid_until'")
    if kind.photo == "none" and kind.layout.photo is not None:
        yield TemplateProblem(file, "photo", "the type shows no photo", 'remove it, or photo = "required" in type.toml')
    if kind.photo != "none" and kind.layout.photo is None:
        yield TemplateProblem(file, "photo", "the type's photo has no place", 'add it, or photo = "none" in type.toml')


def _beyond_the_page(kind: LicenseType, file: str) -> Iterator[TemplateProblem]:
    layout = kind.layout
    places: list[tuple[str, Box | Square]] = [("title", layout.title), ("qr", layout.qr), ("seal", layout.seal)]
    places += [(f"boxes[{index}]", box) for index, box in enumerate(layout.boxes)]
    places += [(f"texts[{index}]", text) for index, text in enumerate(layout.texts)]
    if layout.photo is not None:
        places.append(("photo", layout.photo))
    width, height = layout.page.width, layout.page.height
    for path, place in places:
        wide, high = (place.size, place.size) if isinstance(place, Square) else (place.w, place.h)
        right, bottom = place.x + wide, place.y + high
        if right > width or bottom > height:
            problem = f"ends at {right:g} × {bottom:g} mm, beyond the page"
            yield TemplateProblem(file, path, problem, f"stay within {width:g} × {height:g} mm")

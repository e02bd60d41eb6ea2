"""Faults of a licence type that no single value shows: duplicates, names that lead nowhere, rules at odds.

`dangling` finds what could not be drawn at all; it holds for released templates, too. `contradictions` finds the rest:
it may become stricter, and must then leave alone what was released before. Those of the layouts are in `layout_checks`.
"""

from collections.abc import Iterator, Sequence

from license_lib.catalogue.faults import Fault, Steps, fault, listed, nearest
from license_lib.catalogue.fields import (
    BUILT_IN_FIELDS,
    HOLDER_COLUMNS,
    HOLDER_ROWS,
    REQUEST_COLUMNS,
    ColumnSpec,
    ComputedField,
    ComputedForm,
    FieldType,
)
from license_lib.catalogue.layout import Layout, Table
from license_lib.catalogue.model import HolderKind, LicenseType
from license_lib.catalogue.patterns import may_take_for_ever
from license_lib.identifiers import HOLDER_NUMBER_KINDS, ORGANISATION_KINDS

BUILT_IN_DATES = ("issued_on", "valid_from", "valid_until")


def all_layouts(kind: LicenseType) -> Iterator[tuple[Steps, Layout]]:
    """Every layout of a type with the steps that lead to it."""
    yield ("layout",), kind.layout
    for name, layout in kind.variant_layouts.items():
        yield ("variant_layouts", name), layout


def dangling(kind: LicenseType) -> Iterator[Fault]:
    """Every name that leads nowhere: of a field, a column, a source, a choice, a layout."""
    for index, computed in enumerate(kind.computed):
        yield from _source(kind, computed, ("computed", index))
    yield from _variants(kind)
    rows = [HOLDER_ROWS, *(field.key for field in kind.fields if field.type is FieldType.ROWS)]
    single = [key for key in (*BUILT_IN_FIELDS, *kind.by_key, *kind.computed_by_key) if key not in rows]
    for steps, layout in all_layouts(kind):
        for index, box in enumerate(layout.boxes):
            place = (*steps, "boxes", index, "field")
            if box.field in rows:
                yield fault(place, "box.rows", field=box.field)
            elif box.field not in single:
                yield fault(place, "box.unknown", near=nearest(box.field, single), field=box.field)
        for index, table in enumerate(layout.tables):
            place = (*steps, "tables", index)
            if table.field in rows:
                yield from _columns(kind, table, place)
            else:
                yield fault((*place, "field"), "table.unknown", near=nearest(table.field, rows), field=table.field)


def contradictions(kind: LicenseType, folder: str) -> Iterator[Fault]:
    """Every fault of `type.toml` whose single values are all right."""
    if kind.key != folder:
        yield fault(("key",), "key.folder", key=kind.key, folder=folder)
    yield from _rules(kind)
    yield from _names(kind)
    for index, field in enumerate(kind.fields):
        yield from _forms(("fields", index), field)
        for number, column in enumerate(field.columns):
            yield from _forms(("fields", index, "columns", number), column)


def _rules(kind: LicenseType) -> Iterator[Fault]:
    allowed = {
        HolderKind.ORGANISATION: ORGANISATION_KINDS,
        HolderKind.PERSON: HOLDER_NUMBER_KINDS.keys() - ORGANISATION_KINDS,
        HolderKind.EITHER: HOLDER_NUMBER_KINDS.keys(),
    }[kind.holder.kind]
    for index, code in enumerate(kind.holder.number_kinds):
        if code not in allowed:
            place = ("holder", "number_kinds", index)
            yield fault(place, "holder.number-kind", code=code, allowed=listed(sorted(allowed)))
    if may_take_for_ever(kind.number.pattern):
        yield fault(("number", "pattern"), "pattern.slow")
    if kind.number.rule == "holder":
        if kind.number.in_qr and kind.holder.kind is not HolderKind.ORGANISATION:
            yield fault(("number", "in_qr"), "number.in-qr")
        if kind.holder.several:
            yield fault(("number", "rule"), "number.several")


def _names(kind: LicenseType) -> Iterator[Fault]:
    """Names that must be told apart: of fields, of computed fields, and of the columns of one field."""
    yield from _twice(kind.fields, ("fields",))
    for number, field in enumerate(kind.fields):
        yield from _twice(field.columns, ("fields", number, "columns"))
    taken = {*BUILT_IN_FIELDS, *REQUEST_COLUMNS, *kind.by_key}
    for index, computed in enumerate(kind.computed):
        if computed.key in taken:
            yield fault(("computed", index, "key"), "name.taken", name=computed.key)
        taken.add(computed.key)


def _twice(specs: Sequence[ColumnSpec], steps: Steps) -> Iterator[Fault]:
    for attribute in ("key", "code", "label"):
        seen: set[str] = set()
        for index, spec in enumerate(specs):
            value = getattr(spec, attribute)
            if value in seen:
                yield fault((*steps, index, attribute), "name.twice", name=value)
            seen.add(value)


def _forms(steps: Steps, spec: ColumnSpec) -> Iterator[Fault]:
    if spec.type is not FieldType.TEXT and (spec.choices or spec.pattern):
        yield fault((*steps, "type"), "field.form", type=spec.type)
    if spec.pattern is not None and may_take_for_ever(spec.pattern):
        yield fault((*steps, "pattern"), "pattern.slow")
    for choice in spec.choices:
        if choice != choice.strip() or not 1 <= len(choice) <= spec.max_length:
            yield fault((*steps, "choices"), "choice.impossible", choice=choice, most=spec.max_length)
    if len(set(spec.choices)) < len(spec.choices):
        yield fault((*steps, "choices"), "choice.twice")


def _source(kind: LicenseType, computed: ComputedField, steps: Steps) -> Iterator[Fault]:
    of_type: dict[str, FieldType] = {field.key: field.type for field in kind.fields}
    of_type |= dict.fromkeys(BUILT_IN_DATES, FieldType.DATE)
    if computed.form is not ComputedForm.SUM:
        of_type[HOLDER_ROWS] = FieldType.ROWS
    wanted = {
        ComputedForm.AMOUNT: FieldType.DECIMAL,
        ComputedForm.NUMBER: FieldType.DECIMAL,
        ComputedForm.DATE: FieldType.DATE,
    }.get(computed.form, FieldType.ROWS)
    fitting = [key for key, found in of_type.items() if found is wanted]
    if computed.of not in of_type:
        near = nearest(computed.of, fitting)
        yield fault((*steps, "of"), "computed.unknown", near=near, of=computed.of, type=wanted, fitting=listed(fitting))
    elif of_type[computed.of] is not wanted:
        yield fault((*steps, "of"), "computed.type", form=computed.form, type=wanted, fitting=listed(fitting))
    elif computed.column is not None:
        columns = {column.key: column.type for column in kind.by_key[computed.of].columns}
        if columns.get(computed.column) is not FieldType.DECIMAL:
            near = nearest(computed.column, [key for key, found in columns.items() if found is FieldType.DECIMAL])
            yield fault((*steps, "column"), "computed.column", near=near, of=computed.of, column=computed.column)


def _variants(kind: LicenseType) -> Iterator[Fault]:
    variants = kind.variants
    if variants is None:
        return
    field = kind.by_key.get(variants.field)
    if field is None:
        choosing = [one.key for one in kind.fields if one.choices and one.required]
        near = nearest(variants.field, choosing)
        yield fault(("variants", "field"), "variants.unknown", near=near, field=variants.field)
        return
    if not field.choices or not field.required:
        yield fault(("variants", "field"), "variants.field", field=field.key)
        return
    for choice in variants.layouts:
        if choice not in field.choices:
            place, near = ("variants", "layouts", choice), nearest(choice, field.choices)
            yield fault(
                place, "variants.choice", near=near, choice=choice, field=field.key, known=listed(field.choices)
            )
    if set(field.choices) <= variants.layouts.keys():
        yield fault(("variants", "layouts"), "variants.all")


def _columns(kind: LicenseType, table: Table, place: Steps) -> Iterator[Fault]:
    spec = kind.by_key.get(table.field)
    known = list(spec.by_column) if spec else list(HOLDER_COLUMNS)
    for number, column in enumerate(table.columns):
        if column.field not in known:
            yield fault((*place, "columns", number, "field"), "column.unknown", near=nearest(column.field, known),
                        field=table.field, column=column.field, known=listed(known))  # fmt: skip

"""Faults of a type's layouts: what has no place, what stands beyond the page, what cannot be as it says."""

import math
from collections.abc import Iterator
from itertools import pairwise

from license_lib.catalogue.checks import all_layouts
from license_lib.catalogue.faults import Fault, Steps, fault
from license_lib.catalogue.fields import HOLDER_ROWS, ComputedForm, FieldType
from license_lib.catalogue.layout import LISTS, Box, Layout, Square, Table, TextBox
from license_lib.catalogue.model import LicenseType, ValidityRule
from license_lib.code_size import LEAST_SIZE

_ALWAYS_SHOWN = ("holder_name", "license_number", "issued_on", "issuer_name")
_END_OF_VALIDITY = frozenset({"valid_until", "validity"})
_FLOWING = frozenset({"holder_name", "holder_number"})
_LINE_HEIGHT = 1.3 * 25.4 / 72  # millimetres for each point of the type size
_FEWEST_LINES = 3  # of a text that goes on elsewhere
_ROUNDING = 0.01
_MOST_ARTWORK = 10


def layout_contradictions(kind: LicenseType) -> Iterator[Fault]:
    """Every fault of the layouts of a type whose names all lead somewhere."""
    for steps, layout in all_layouts(kind):
        yield from _shown(kind, layout, steps)
        yield from _photo(kind, layout, steps)
        if layout.qr.size < LEAST_SIZE:
            yield fault((*steps, "qr", "size"), "qr.small", least=math.ceil(LEAST_SIZE))
        yield from _pages(layout, steps)
        for index, box in enumerate(layout.boxes):
            yield from _box(kind, box, (*steps, "boxes", index))
        for index, table in enumerate(layout.tables):
            yield from _table(kind, layout, table, (*steps, "tables", index))
        yield from _beyond_the_page(layout, steps)
        if len(layout.artwork) > _MOST_ARTWORK:
            yield fault((*steps, "artwork"), "artwork.many", most=_MOST_ARTWORK)
    yield from _never_shown(kind)


def places(layout: Layout) -> Iterator[tuple[Steps, Box | Square]]:
    """Everything that a layout puts somewhere, with the steps that lead to it."""
    yield ("title",), layout.title
    yield ("qr",), layout.qr
    yield ("seal",), layout.seal
    if layout.photo is not None:
        yield ("photo",), layout.photo
    if layout.signatory is not None:
        yield ("signatory",), layout.signatory
    for name in LISTS:
        for index, part in enumerate(getattr(layout, name)):
            yield (name, index), part


def _shown_on(kind: LicenseType, layout: Layout) -> set[str]:
    """Keys of all fields that a layout shows, those that it shows in another form among them."""
    shown = {box.field for box in layout.boxes} | {table.field for table in layout.tables}
    shown |= _columns_on(layout, HOLDER_ROWS)
    computed = [kind.computed_by_key[key] for key in shown if key in kind.computed_by_key]
    return shown | {one.of for one in computed if one.form not in {ComputedForm.COUNT, ComputedForm.SUM}}


def _columns_on(layout: Layout, field: str) -> set[str]:
    return {column.field for table in layout.tables if table.field == field for column in table.columns}


def _shown(kind: LicenseType, layout: Layout, steps: Steps) -> Iterator[Fault]:
    """What every face must show."""
    shown = _shown_on(kind, layout)
    always = [*_ALWAYS_SHOWN, *(field.key for field in kind.fields if field.required and layout is not kind.layout)]
    for key in always:
        if key not in shown:
            yield fault((*steps, "boxes"), "shown.missing", key=key, label=kind.label_of(key))
    if kind.validity.rule is not ValidityRule.LONG_TERM and not shown & _END_OF_VALIDITY:
        yield fault((*steps, "boxes"), "shown.validity")


def _never_shown(kind: LicenseType) -> Iterator[Fault]:
    """Fields without which a face would not say all that its record says."""
    main = _shown_on(kind, kind.layout)
    anywhere = set[str]().union(*(_shown_on(kind, layout) for layout in kind.layouts))
    for index, field in enumerate(kind.fields):
        if field.key not in (main if field.required else anywhere):
            what, what_zh = ("table", "表格") if field.type is FieldType.ROWS else ("box", "框")
            yield fault(("fields", index, "key"), "field.nowhere", key=field.key, label=field.label, what=what,
                        what_zh=what_zh)  # fmt: skip
            continue
        columns = set[str]().union(*(_columns_on(layout, field.key) for layout in kind.layouts))
        for number, column in enumerate(field.columns):
            if column.key not in columns and not column.required:
                place = ("fields", index, "columns", number, "key")
                yield fault(place, "column.nowhere", key=column.key, label=column.label)
    for index, computed in enumerate(kind.computed):
        if computed.key not in anywhere:
            yield fault(("computed", index, "key"), "field.nowhere", key=computed.key, label=computed.label,
                        what="box", what_zh="框")  # fmt: skip


def _photo(kind: LicenseType, layout: Layout, steps: Steps) -> Iterator[Fault]:
    if kind.photo == "none" and layout.photo is not None:
        yield fault((*steps, "photo"), "photo.none")
    if kind.photo != "none" and layout.photo is None:
        yield fault((*steps, "photo"), "photo.nowhere")


def _pages(layout: Layout, steps: Steps) -> Iterator[Fault]:
    """The title is on page 1, and no page is empty."""
    if layout.title.page != 1:
        yield fault((*steps, "title", "page"), "page.title")
    numbered: dict[int, Steps] = {1: steps}
    for name in LISTS:
        for index, part in enumerate(getattr(layout, name)):
            numbered.setdefault(part.page, (*steps, name, index, "page"))
    for before, after in pairwise(sorted(numbered)):
        if after != before + 1:
            yield fault(numbered[after], "page.gap", before=before, after=after, next=before + 1)


def _box(kind: LicenseType, box: TextBox, place: Steps) -> Iterator[Fault]:
    if box.min_size > box.size:
        yield fault((*place, "min_size"), "size.order")
    if box.label != "" and box.label_w >= box.w:
        yield fault((*place, "label_w"), "label.wide")
    if box.overflow == "continue":
        spec = kind.by_key.get(box.field)
        flowing = box.field in _FLOWING if spec is None else spec.type is FieldType.TEXT and not spec.choices
        least = _FEWEST_LINES * _LINE_HEIGHT * box.min_size
        if not flowing:
            yield fault((*place, "overflow"), "overflow.form", field=box.field)
        elif box.h < least:
            yield fault((*place, "h"), "overflow.low", least=least)


def _table(kind: LicenseType, layout: Layout, table: Table, place: Steps) -> Iterator[Fault]:
    if table.min_size > table.size:
        yield fault((*place, "min_size"), "size.order")
    wide = sum(column.w for column in table.columns)
    if wide > table.w + _ROUNDING:
        yield fault((*place, "columns"), "table.wide", wide=wide, room=table.w)
    if table.h < 2 * table.row_h:
        yield fault((*place, "h"), "table.low", row=table.row_h)
    there = [column.field for column in table.columns]
    for number, key in enumerate(there):
        if key in there[:number]:
            yield fault((*place, "columns", number, "field"), "name.twice", name=key)
    spec = kind.by_key.get(table.field)
    must = [column.key for column in spec.columns if column.required] if spec else ["holder_name"]
    for key in must:
        if key not in _columns_on(layout, table.field):
            yield fault((*place, "columns"), "column.missing", key=key)


def _beyond_the_page(layout: Layout, steps: Steps) -> Iterator[Fault]:
    width, height = layout.page.width, layout.page.height
    for path, place in places(layout):
        wide, high = (place.size, place.size) if isinstance(place, Square) else (place.w, place.h)
        right, bottom = place.x + wide, place.y + high
        if right > width + _ROUNDING or bottom > height + _ROUNDING:
            yield fault((*steps, *path), "beyond.page", right=right, bottom=bottom, width=width, height=height)

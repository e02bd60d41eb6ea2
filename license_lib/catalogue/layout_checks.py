"""Faults of a type's layouts: what has no place, what stands beyond the page, what cannot be as it says."""

from collections.abc import Iterator
from itertools import pairwise

from license_lib.catalogue.checks import Fault, Steps, all_layouts, fault
from license_lib.catalogue.fields import HOLDER_ROWS, ComputedForm, FieldType
from license_lib.catalogue.layout import Box, Layout, Square, Table, TextBox
from license_lib.catalogue.model import LicenseType, ValidityRule

_ALWAYS_SHOWN = ("holder_name", "license_number", "issued_on", "issuer_name")
_END_OF_VALIDITY = frozenset({"valid_until", "validity"})
_FLOWING = frozenset({"holder_name", "holder_number"})
_LINE_HEIGHT = 1.3 * 25.4 / 72  # millimetres for each point of the type size
_ROUNDING = 0.01
_MOST_ARTWORK = 10


def layout_contradictions(kind: LicenseType) -> Iterator[Fault]:
    """Every fault of the layouts of a type whose names all lead somewhere."""
    for steps, layout in all_layouts(kind):
        yield from _shown(kind, layout, steps)
        yield from _columns(kind, layout, steps)
        yield from _photo(kind, layout, steps)
        yield from _pages(layout, steps)
        for index, box in enumerate(layout.boxes):
            yield from _box(kind, box, (*steps, "boxes", index))
        for index, table in enumerate(layout.tables):
            yield from _table(table, (*steps, "tables", index))
        yield from _beyond_the_page(layout, steps)
        if len(layout.artwork) > _MOST_ARTWORK:
            yield fault((*steps, "artwork"), f"holds more than {_MOST_ARTWORK} pictures", "join some of them",
                        f"超过{_MOST_ARTWORK}个图片", "合并部分图片")  # fmt: skip
    yield from _never_shown(kind)


def _shown_on(kind: LicenseType, layout: Layout) -> set[str]:
    """Keys of all fields that a layout shows, those that it shows in another form among them."""
    shown = {box.field for box in layout.boxes} | {table.field for table in layout.tables}
    for table in layout.tables:
        if table.field == HOLDER_ROWS:
            shown |= {column.field for column in table.columns}
    computed = [kind.computed_by_key[key] for key in shown if key in kind.computed_by_key]
    return shown | {one.of for one in computed if one.form not in {ComputedForm.COUNT, ComputedForm.SUM}}


def _shown(kind: LicenseType, layout: Layout, steps: Steps) -> Iterator[Fault]:
    """What every face must show."""
    shown = _shown_on(kind, layout)
    always = [*_ALWAYS_SHOWN, *(field.key for field in kind.fields if field.required and steps != ("layout",))]
    for key in always:
        if key not in shown:
            yield fault((*steps, "boxes"), f"{key!r} has no place", "add a box for it",
                        f"{key!r}（{kind.label_of(key)}）没有位置", "为其加一个框")  # fmt: skip
    if kind.validity.rule is not ValidityRule.LONG_TERM and not shown & _END_OF_VALIDITY:
        yield fault((*steps, "boxes"), "the end of validity has no place", "add a box for 'validity' or 'valid_until'",
                    "有效期截止没有位置", "加一个 'validity' 或 'valid_until' 的框")  # fmt: skip


def _columns(kind: LicenseType, layout: Layout, steps: Steps) -> Iterator[Fault]:
    """Columns that no table of a layout shows, though every row has them."""
    for index, table in enumerate(layout.tables):
        spec = kind.by_key.get(table.field)
        must = [column.key for column in spec.columns if column.required] if spec else ["holder_name"]
        for key in must:
            if key not in _columns_on(layout, table.field):
                yield fault((*steps, "tables", index, "columns"), f"{key!r} has no column", "add one for it",
                            f"{key!r} 没有对应的列", "为其加一列")  # fmt: skip


def _columns_on(layout: Layout, field: str) -> set[str]:
    return {column.field for table in layout.tables if table.field == field for column in table.columns}


def _never_shown(kind: LicenseType) -> Iterator[Fault]:
    """Fields that no layout, or the main one, leaves out."""
    main = _shown_on(kind, kind.layout)
    anywhere = set[str]().union(*(_shown_on(kind, layout) for layout in kind.layouts))
    for index, field in enumerate(kind.fields):
        if field.key not in (main if field.required else anywhere):
            what, what_zh = ("table", "表格") if field.type is FieldType.ROWS else ("box", "框")
            yield fault(("fields", index, "key"), f"{field.key!r} has no place on the face",
                        f"add a {what} for it to layout.toml",
                        f"{field.key!r}（{field.label}）在照面上没有位置",
                        f"在 layout.toml 中为其加一个{what_zh}")  # fmt: skip
            continue
        columns = set[str]().union(*(_columns_on(layout, field.key) for layout in kind.layouts))
        for number, column in enumerate(field.columns):
            if column.key not in columns and not column.required:
                yield fault(("fields", index, "columns", number, "key"), f"{column.key!r} has no place on the face",
                            "add a column for it to the table",
                            f"{column.key!r}（{column.label}）在照面上没有位置", "在表格中为其加一列")  # fmt: skip
    boxes = {box.field for layout in kind.layouts for box in layout.boxes}
    for index, computed in enumerate(kind.computed):
        if computed.key not in boxes:
            yield fault(("computed", index, "key"), f"{computed.key!r} has no place on the face",
                        "add a box for it to layout.toml",
                        f"{computed.key!r}（{computed.label}）在照面上没有位置",
                        "在 layout.toml 中为其加一个框")  # fmt: skip


def _photo(kind: LicenseType, layout: Layout, steps: Steps) -> Iterator[Fault]:
    if kind.photo == "none" and layout.photo is not None:
        yield fault((*steps, "photo"), "the type shows no photo", 'remove it, or photo = "required" in type.toml',
                    "此类证照没有照片", '删去，或在 type.toml 中写 photo = "required"')  # fmt: skip
    if kind.photo != "none" and layout.photo is None:
        yield fault((*steps, "photo"), "the type's photo has no place", 'add it, or photo = "none" in type.toml',
                    "照片没有位置", '加上 [photo]，或在 type.toml 中写 photo = "none"')  # fmt: skip


def _pages(layout: Layout, steps: Steps) -> Iterator[Fault]:
    """The title is on page 1, and no page is empty."""
    if layout.title.page != 1:
        yield fault((*steps, "title", "page"), "the title stands on the first page", "remove `page`",
                    "标题应在第1页", "删去 page")  # fmt: skip
    numbered: dict[int, Steps] = {1: steps}
    for name in ("boxes", "tables", "texts", "artwork"):
        for index, part in enumerate(getattr(layout, name)):
            numbered.setdefault(part.page, (*steps, name, index, "page"))
    for before, after in pairwise(sorted(numbered)):
        if after != before + 1:
            yield fault(numbered[after], f"page {after} follows page {before}", f"page = {before + 1}",
                        f"第{before}页之后是第{after}页", f"page = {before + 1}")  # fmt: skip


def _box(kind: LicenseType, box: TextBox, place: Steps) -> Iterator[Fault]:
    if box.min_size > box.size:
        yield fault((*place, "min_size"), "is larger than size", "make it smaller", "大于 size", "改小")
    if box.label != "" and box.label_w >= box.w:
        yield fault((*place, "label_w"), "leaves no room for the value", 'make it smaller, or label = ""',
                    "没有给内容留下位置", '改小，或 label = ""')  # fmt: skip
    if box.overflow == "continue":
        spec = kind.by_key.get(box.field)
        flowing = box.field in _FLOWING if spec is None else spec.type is FieldType.TEXT and not spec.choices
        if not flowing:
            yield fault((*place, "overflow"), f"{box.field!r} is no running text, it cannot go on on another page",
                        'overflow = "refuse"', f"{box.field!r} 不是可续页的文字", 'overflow = "refuse"')  # fmt: skip
        elif box.h < 3 * _LINE_HEIGHT * box.min_size:
            least = 3 * _LINE_HEIGHT * box.min_size
            yield fault((*place, "h"), "is too low to begin a text that goes on on another page",
                        f"at least {least:.1f} mm for its min_size",
                        "太矮，无法容纳续页文字的开头", f"按 min_size 至少 {least:.1f} 毫米")  # fmt: skip


def _table(table: Table, place: Steps) -> Iterator[Fault]:
    if table.min_size > table.size:
        yield fault((*place, "min_size"), "is larger than size", "make it smaller", "大于 size", "改小")
    wide = sum(column.w for column in table.columns)
    if wide > table.w + _ROUNDING:
        yield fault((*place, "columns"), f"are {wide:g} mm wide together, the table {table.w:g}",
                    "make columns narrower, or the table wider",
                    f"各列共宽 {wide:g} 毫米，表格宽 {table.w:g}", "缩窄各列，或加宽表格")  # fmt: skip
    if table.h < 2 * table.row_h:
        yield fault((*place, "h"), f"does not hold a head and one row of {table.row_h:g} mm", "make it higher",
                    f"容不下表头和一行（每行 {table.row_h:g} 毫米）", "加高")  # fmt: skip
    there = [column.field for column in table.columns]
    for number, key in enumerate(there):
        if key in there[:number]:
            yield fault((*place, "columns", number, "field"), f"{key!r} stands twice", "remove one",
                        f"{key!r} 重复", "删去其一")  # fmt: skip


def _beyond_the_page(layout: Layout, steps: Steps) -> Iterator[Fault]:
    places: list[tuple[Steps, Box | Square]] = [(("title",), layout.title), (("qr",), layout.qr)]
    places.append((("seal",), layout.seal))
    for name in ("boxes", "tables", "texts", "artwork"):
        places += [((name, index), part) for index, part in enumerate(getattr(layout, name))]
    if layout.photo is not None:
        places.append((("photo",), layout.photo))
    width, height = layout.page.width, layout.page.height
    for path, place in places:
        wide, high = (place.size, place.size) if isinstance(place, Square) else (place.w, place.h)
        right, bottom = place.x + wide, place.y + high
        if right > width + _ROUNDING or bottom > height + _ROUNDING:
            yield fault((*steps, *path), f"ends at {right:g} × {bottom:g} mm, beyond the page",
                        f"stay within {width:g} × {height:g} mm",
                        f"止于 {right:g}×{bottom:g} 毫米，超出页面", f"应在 {width:g}×{height:g} 毫米以内")  # fmt: skip

"""Repeated rows as a table: as many as the box holds, each as high as its texts need."""

from collections.abc import Mapping
from dataclasses import dataclass

from license_lib.catalogue.fields import BUILT_IN_ENGLISH, BUILT_IN_FIELDS
from license_lib.catalogue.layout import Layout, Table, TableColumn
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses.face import CONTINUED_BELOW
from license_lib.licenses.model import Rows
from license_lib.rendering.blocks import MM, Area, Block, Rule
from license_lib.rendering.colors import shade
from license_lib.rendering.fonts import HEI, Fonts
from license_lib.rendering.line_breaking import wrap
from license_lib.rendering.setting import ASCENT, DESCENT, LEADING, SIZE_STEP, fit, set_lines

HEAD_SIZE = 10.0
ENGLISH_SIZE = 5.5
PADDING = 1.4 * MM
NOTE_SIZE = 7.0
NOTE_HEIGHT = (ASCENT + DESCENT) * NOTE_SIZE
TEXT_COLOR = "#111111"
LEAST_ROW = 0.6  # of a row's height: less room than this is left outside the table
_MOST_LINES = 60  # of one cell


@dataclass(frozen=True, slots=True)
class TableRest:
    """Rows that found no room, to go on on a continuation page."""

    table: Table
    label: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A table in its box; `height` is what head and rows take."""

    blocks: tuple[Block, ...]
    rules: tuple[Rule, ...]
    height: float
    rest: TableRest | None


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[list[str], ...]
    height: float


def plan_table(license_type: LicenseType, layout: Layout, table: Table, rows: Rows, fonts: Fonts) -> PlannedTable:
    """Place a table in its own box; empty ruled rows fill what is left of it.

    Raises:
        InputError: `field.overflow`, rows do not fit and the template says that they must.
    """
    area = Area(table.x * MM, table.y * MM, table.w * MM, table.h * MM)
    label = table.label or license_type.label_of(table.field)
    return fill_table(license_type, layout, TableRest(table, label, rows), area, fonts)


def fill_table(
    license_type: LicenseType, layout: Layout, wanted: TableRest, area: Area, fonts: Fonts, *, to_the_end: bool = True
) -> PlannedTable:
    """Place head and rows in `area`; columns stretch to its width.

    Args:
        wanted: the table and its rows.
        to_the_end: the area is the table's own box: shrink the type before rows are left for the next page, say so if
            some are, and else rule the box down to its end.

    Raises:
        InputError: `field.overflow`.
    """
    table = wanted.table
    stretch = area.width / sum(column.w * MM for column in table.columns)
    widths = [column.w * MM * stretch for column in table.columns]
    blocks, head = _head(license_type, layout, table, widths, area, fonts)
    left = area.height - head
    size, rows = table.size, _fitting(table, wanted.rows, widths, table.size, left, fonts)
    while to_the_end and len(rows) < len(wanted.rows) and size > table.min_size:
        size = max(table.min_size, size - SIZE_STEP)
        rows = _fitting(table, wanted.rows, widths, size, left, fonts)
    if len(rows) < len(wanted.rows):
        if table.overflow == "refuse":
            raise InputError(
                "field.overflow",
                f"{table.field}: {len(wanted.rows)} rows do not fit their table even at {table.min_size:g} pt",
                hint=f"{len(rows)} rows fit",
            )
        if to_the_end:
            rows = _fitting(table, wanted.rows, widths, size, left - NOTE_HEIGHT, fonts)
    y = area.y + head
    edges = [area.y, y]
    for number, row in enumerate(rows, 1):
        x = area.x
        for index, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            blocks += _cell(table, column, row, (number, index), Area(x, y, width, row.height), size, fonts)
            x += width
        y += row.height
        edges.append(y)
    rest = TableRest(table, wanted.label, wanted.rows[len(rows) :]) if len(rows) < len(wanted.rows) else None
    if rest is not None and to_the_end:
        below = area._replace(y=area.y + area.height - NOTE_HEIGHT, height=NOTE_HEIGHT)
        blocks.append(note(CONTINUED_BELOW, below, fonts))
    bottom = area.y + area.height
    filled = to_the_end and rest is None
    while filled and edges[-1] + 1.5 * table.row_h * MM < bottom:
        edges.append(edges[-1] + table.row_h * MM)
    end = bottom if filled and bottom - edges[-1] > LEAST_ROW * table.row_h * MM else edges[-1]
    rules = [Rule(area.x, area.y, area.width, end - area.y, "cell")]
    rules += [Rule(area.x, edge, area.width, 0, "cell") for edge in edges[1:] if edge < end - 0.1]
    x = area.x
    for width in widths[:-1]:
        x += width
        rules.append(Rule(x, area.y, 0, end - area.y, "cell"))
    return PlannedTable(tuple(blocks), tuple(rules), end - area.y, rest)


def note(text: str, area: Area, fonts: Fonts) -> Block:
    """A small remark about the page itself, at the right."""
    advances = fonts.advances(text, HEI)
    lines = set_lines([text], advances, NOTE_SIZE, area, "right", area.y + ASCENT * NOTE_SIZE)
    return Block("", "note", lines, area, HEI, "#555555")


def column_labels(license_type: LicenseType, table: Table, column: TableColumn) -> tuple[str, str]:
    """Chinese and English head of a column."""
    spec = license_type.by_key.get(table.field)
    if spec is None:
        return column.label or BUILT_IN_FIELDS[column.field], BUILT_IN_ENGLISH[column.field]
    own = spec.by_column[column.field]
    return column.label or own.label, own.english


def _head(
    license_type: LicenseType, layout: Layout, table: Table, widths: list[float], area: Area, fonts: Fonts
) -> tuple[list[Block], float]:
    bilingual = layout.labels == "zh-en"
    height = table.row_h * MM * (1.35 if bilingual else 1.0)
    color = shade(layout.page.color)
    blocks: list[Block] = []
    x = area.x
    for index, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        chinese, english = column_labels(license_type, table, column)
        share = 0.62 if bilingual else 1.0
        parts = [(chinese, HEAD_SIZE, Area(x + PADDING, area.y, width - 2 * PADDING, height * share))]
        if bilingual:
            below = Area(x + PADDING, area.y + height * 0.58, width - 2 * PADDING, height * 0.4)
            parts.append((english, ENGLISH_SIZE, below))
        for text, size, cell in parts:
            advances = fonts.advances(text, HEI)
            fitted = fit(text, advances, cell, size, 3.5)
            if fitted is None:
                raise InputError(
                    "field.overflow", f"{table.field}: a column's head does not fit", hint="widen it in layout.toml"
                )
            lines = set_lines(fitted[1], advances, fitted[0], cell, "center", None)
            blocks.append(Block(table.field, "head", lines, cell, HEI, color, row=0, column=index))
        x += width
    return blocks, height


def _fitting(table: Table, rows: Rows, widths: list[float], size: float, height: float, fonts: Fonts) -> list[_Row]:
    """As many rows, from the first, as a height holds; those behind them are not looked at."""
    fitting: list[_Row] = []
    used = 0.0
    for row in rows:
        measured = _measured(table, row, widths, size, fonts)
        used += measured.height
        if used > height + 0.01:
            break
        fitting.append(measured)
    return fitting


def _measured(table: Table, row: Mapping[str, str], widths: list[float], size: float, fonts: Fonts) -> _Row:
    cells: list[list[str]] = []
    for column, width in zip(table.columns, widths, strict=True):
        text = row.get(column.field, "")
        advances = fonts.advances(text, table.font)
        wrapped = wrap(text, advances, (width - 2 * PADDING) / size * 1000, _MOST_LINES) if text else []
        if wrapped is None:
            raise InputError(
                "field.overflow",
                f"{table.field}: {len(text)} characters do not fit the column {column.field}",
                hint="shorten the text",
            )
        cells.append(wrapped)
    most = max(map(len, cells))
    needed = ((most - 1) * LEADING + ASCENT + DESCENT) * size + PADDING
    return _Row(tuple(cells), max(table.row_h * MM, needed))


def _cell(
    table: Table, column: TableColumn, row: _Row, place: tuple[int, int], area: Area, size: float, fonts: Fonts
) -> list[Block]:
    wrapped = row.cells[place[1]]
    if not wrapped:
        return []
    inner = Area(area.x + PADDING, area.y, area.width - 2 * PADDING, area.height)
    advances = fonts.advances("".join(wrapped), table.font)
    lines = set_lines(wrapped, advances, size, inner, column.align, None)
    return [Block(table.field, "cell", lines, inner, table.font, TEXT_COLOR, row=place[0], column=place[1])]

"""Where everything stands on a face 照面: the values behind `layout.toml`.

All lengths are millimetres from the page's top-left corner; type sizes are points. What one value can break is checked
here, what only several together can break in `checks`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Millimetres = Annotated[float, Field(ge=0, le=420)]
Length = Annotated[float, Field(gt=0, le=420)]
Points = Annotated[float, Field(gt=3, le=72)]
PageNumber = Annotated[int, Field(ge=1, le=4)]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
FontName = Literal["song", "hei", "kai", "fangsong"]
Align = Literal["left", "center", "right"]
Overflow = Literal["refuse", "continue"]
ARTWORK_NAME = r"^[a-z0-9][a-z0-9._-]{0,60}\.(png|svg)$"
LISTS = ("boxes", "tables", "texts", "artwork")
"""The lists of what stands on a layout; files that extend each other join them."""
MOST_CONTINUATION_PAGES = 20
_SIZES = {"A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0)}


class Frozen(BaseModel):
    """A value of a template: immutable, without unknown keys, without silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Box(Frozen):
    """A rectangle on the page, in millimetres from the top-left corner."""

    x: Millimetres
    y: Millimetres
    w: Length
    h: Length


class TextBox(Box):
    """Where one face value stands: it wraps within the box and shrinks from `size` to `min_size` points to fit.

    `label` and `english` default to the field's own labels; an empty one draws none. `label_w` is the label's column
    in millimetres.
    `frame` is a rule under the value (`line`) or a table cell around label and value (`cell`). What does not fit even
    at `min_size` is refused, or goes on on a continuation page 续页 (`overflow`).
    `empty` stands where there is no value.
    """

    field: Key
    page: PageNumber = 1
    label: str | None = None
    english: Annotated[str, Field(max_length=60)] | None = None
    label_w: Millimetres = 32
    size: Points = 13
    min_size: Points = 6
    font: FontName = "song"
    align: Align = "left"
    frame: Literal["none", "line", "cell"] = "none"
    overflow: Overflow = "refuse"
    empty: Annotated[str, Field(max_length=10)] = ""


class StaticText(Box):
    """Text that every licence of the type shows: headings, notes."""

    text: Annotated[str, Field(min_length=1, max_length=400)]
    page: PageNumber = 1
    size: Points = 9
    font: FontName = "song"
    align: Align = "left"
    color: Color = "#333333"
    bold: bool = False


class TableColumn(Frozen):
    """One column of a table: the key of the rows' column, its width, and how its cells stand."""

    field: Key
    w: Length
    label: str | None = None
    align: Align = "left"


class Table(Box):
    """A field of repeated rows as a table: a head, then one row for each entry, as high as its texts need.

    The rows fill the box; empty ruled rows fill the rest of it. Rows that find no room are refused, or go on on
    a continuation page 续页, under the same head; there, `label` (by default the field's own) names them.
    """

    field: Key
    columns: Annotated[tuple[TableColumn, ...], Field(min_length=1, max_length=12, strict=False)]
    page: PageNumber = 1
    label: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    size: Points = 10.5
    min_size: Points = 6
    font: FontName = "song"
    row_h: Annotated[float, Field(ge=4, le=60)] = 8
    overflow: Overflow = "refuse"


class Artwork(Box):
    """A picture of the department's own, PNG or SVG, such as an emblem; `alt` says what it shows.

    `sha256` is filled in when the template is loaded: an artwork that was exchanged is another template.
    """

    file: Annotated[str, Field(pattern=ARTWORK_NAME)]
    alt: Annotated[str, Field(min_length=1, max_length=100)]
    page: PageNumber = 1
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""


class Square(Frozen):
    """A square on the first page (QR or seal), in millimetres."""

    x: Millimetres
    y: Millimetres
    size: Annotated[float, Field(ge=15, le=80)]


class Page(Frozen):
    """Page size, border, and the security background, which is generated from `seed` (the type's key if empty)."""

    size: Literal["A3", "A4", "A5"] = "A4"
    orientation: Literal["portrait", "landscape"] = "landscape"
    border: Literal["double", "single", "ornate"] = "double"
    color: Color = "#9A7B3C"
    seed: Annotated[str, Field(max_length=40)] = ""

    @property
    def width(self) -> float:
        """Width in millimetres."""
        return _SIZES[self.size][self.orientation == "landscape"]

    @property
    def height(self) -> float:
        """Height in millimetres."""
        return _SIZES[self.size][self.orientation == "portrait"]

    @property
    def body(self) -> Box:
        """Where a continuation page 续页 of this size holds text."""
        return Box(x=26.0, y=42.0, w=self.width - 52, h=self.height - 42 - 24)


class Layout(Frozen):
    """One face 照面: a first page, further pages as numbered, and the area that continuation pages 续页 use.

    The seal has its own size; the middle of `seal` is its middle. `signatory` is where the name seal or signature of
    who issues 签发人 goes, if the issuing body has one. `labels` says whether labels stand in Chinese, or in Chinese
    with small English below.
    """

    page: Page
    title: StaticText
    boxes: Annotated[tuple[TextBox, ...], Field(min_length=1, strict=False)]
    tables: Annotated[tuple[Table, ...], Field(strict=False)] = ()
    texts: Annotated[tuple[StaticText, ...], Field(strict=False)] = ()
    artwork: Annotated[tuple[Artwork, ...], Field(strict=False)] = ()
    qr: Square
    seal: Square
    photo: Box | None = None
    signatory: Box | None = None
    labels: Literal["zh", "zh-en"] = "zh"

    @property
    def in_reading_order(self) -> tuple[TextBox | Table, ...]:
        """The boxes in their own order; a table stands before the first box that is wholly below it, or else last."""
        ordered: list[TextBox | Table] = []
        waiting = list(self.tables)
        for box in self.boxes:
            above = [table for table in waiting if table.page == box.page and table.y + table.h <= box.y]
            waiting = [table for table in waiting if table not in above]
            ordered += [*above, box]
        return (*ordered, *waiting)

    @property
    def pages(self) -> int:
        """How many pages the face has before any continuation."""
        numbers = [part.page for parts in (self.boxes, self.tables, self.texts, self.artwork) for part in parts]
        return max(numbers)

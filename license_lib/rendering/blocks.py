"""What a planned face is made of: lines of text, straight rules, pages. Lengths are points from the top-left corner."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

MM = 72 / 25.4
Part = Literal["title", "text", "label", "english", "value", "head", "cell", "note"]


class Area(NamedTuple):
    """A rectangle that a text keeps to."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: where its baseline starts, its type size and its extra letter spacing, all in points."""

    text: str
    x: float
    baseline: float
    width: float
    size: float
    spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """One text of the face, ready to draw.

    Attributes:
        field: the field's key; "" for the template's own text.
        part: what the text is: a `head` or `cell` belongs to a table, a `note` speaks of the page itself.
        box: the rectangle that the text keeps to.
        row: for `head` and `cell`, the 0-based row of the table on this page, heads being row 0.
        column: for `head` and `cell`, the 0-based column.
    """

    field: str
    part: Part
    lines: tuple[Line, ...]
    box: Area
    face: str
    color: str
    bold: bool = False
    row: int = 0
    column: int = 0


class Rule(NamedTuple):
    """A rectangle to stroke, or a straight line where width or height is 0; `kind` says how strong."""

    x: float
    y: float
    width: float
    height: float
    kind: Literal["line", "cell"]


@dataclass(frozen=True, slots=True)
class PagePlan:
    """Every text and rule of one page; the blocks stand in reading order."""

    blocks: tuple[Block, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class FacePlan:
    """Every text of one face 照面, placed: the layout's pages, then continuation pages 续页."""

    pages: tuple[PagePlan, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks of all pages."""
        return tuple(block for page in self.pages for block in page.blocks)

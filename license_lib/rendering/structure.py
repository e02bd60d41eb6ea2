"""The logical structure of a face (ISO 32000-1, 14.7 and 14.8): what a screen reader says, and in which order.

Every text of the plan is real content and belongs to one element; a remark about the page itself, and everything that
is only drawn, is an artifact (ISO 14289-1, 7.1). Labels and values are a list as in a dictionary: the label is what
distinguishes an item, the value is its body.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from license_lib.rendering.blocks import Block, Part

ENGLISH = "en"
_KINDS: dict[Part, str] = {
    "title": "H1",
    "text": "P",
    "label": "Lbl",
    "english": "Lbl",
    "value": "LBody",
    "head": "TH",
    "cell": "TD",
}


class Mark(NamedTuple):
    """A marked-content sequence: the 0-based page that it stands on, and its number there (MCID)."""

    page: int
    number: int


class Edges(NamedTuple):
    """A rectangle in the page's own space, in points from the bottom left."""

    left: float
    bottom: float
    right: float
    top: float


Marked = tuple[Block, Mark]


@dataclass(slots=True)
class Element:
    """A structure element.

    Attributes:
        kind: its standard structure type (ISO 32000-1, 14.8.4), such as `P`.
        kids: what it holds, in reading order.
        alt: what a picture shows, for those who do not see it.
        box: where a picture stands.
        language: of its text, where that is not Chinese.
    """

    kind: str
    kids: list["Element | Mark"] = field(default_factory=list)
    alt: str = ""
    box: Edges | None = None
    language: str = ""


def kind_of(block: Block) -> str | None:
    """The structure type of the element that holds a block; None for a note, which speaks of the page itself."""
    return _KINDS.get(block.part)


def arranged(marked: Iterable[Marked], *, heading: str = "H1") -> list[Element]:
    """The elements of one page's texts in reading order: headings, paragraphs, lists of labels and values, tables."""
    elements: list[Element] = []
    for (group, _), run in groupby(marked, _group):
        if group == "list":
            elements.append(_list(run))
        elif group == "table":
            elements.append(_table(list(run)))
        else:
            for block, mark in run:
                kind = heading if block.part == "title" else _KINDS[block.part]
                elements.append(Element(kind, [_spoken(block, mark)]))
    return elements


def _group(one: Marked) -> tuple[str, str]:
    """What stands together: labels and values that follow each other; the cells of one table."""
    block, _ = one
    kind = _KINDS[block.part]
    if kind in ("TH", "TD"):
        return "table", block.field
    return ("list" if kind in ("Lbl", "LBody") else "text"), ""


def _list(run: Iterable[Marked]) -> Element:
    """One item for each field. Behind a value, the next label begins another item."""
    items: list[tuple[str, dict[str, Element]]] = []
    for block, mark in run:
        kind = _KINDS[block.part]
        if not items or items[-1][0] != block.field or (kind == "Lbl" and "LBody" in items[-1][1]):
            items.append((block.field, {}))
        items[-1][1].setdefault(kind, Element(kind)).kids.append(_spoken(block, mark))
    return Element("L", [Element("LI", list(parts.values())) for _, parts in items])


def _table(run: Sequence[Marked]) -> Element:
    """Rows of cells, as many in each row; where nothing is printed, the cell is empty."""
    columns = 1 + max(block.column for block, _ in run)
    rows: list[list[Element | Mark]] = []
    for _, cells in groupby(run, lambda one: one[0].row):
        row: list[Element] = []
        for block, mark in cells:
            row += [Element("TD") for _ in range(len(row), block.column)]
            if len(row) == block.column:
                row.append(Element(_KINDS[block.part]))
            row[-1].kids.append(_spoken(block, mark))
        rows.append([*row, *(Element("TD") for _ in range(len(row), columns))])
    return Element("Table", [Element("TR", row) for row in rows])


def foreign(block: Block) -> bool:
    """Whether a text is English; a value is what it is."""
    if block.part == "value" or not all(line.text.isascii() for line in block.lines):
        return False
    return any(character.isalpha() for line in block.lines for character in line.text)


def _spoken(block: Block, mark: Mark) -> Element | Mark:
    """The text itself, or within an element that names its language."""
    return Element("Span", [mark], language=ENGLISH) if foreign(block) else mark

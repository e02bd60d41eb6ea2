"""Setting the report: texts go down a page, and on to the next. Lengths are points from the top-left corner."""

from collections.abc import Callable
from dataclasses import dataclass, field

from license_lib.rendering.blocks import MM, Area, Block, Part
from license_lib.rendering.colors import fill, stroke
from license_lib.rendering.fonts import HEI, Fonts
from license_lib.rendering.line_breaking import wrap
from license_lib.rendering.setting import ASCENT, DESCENT, LEADING, set_lines
from license_lib.verification_reports.shapes import Shape

WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 20 * MM, 190 * MM
TOP, BOTTOM = 15 * MM, 280 * MM
INK, QUIET = "#1A1A1A", "#5F6670"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks, and what it is."""

    part: Part = "text"
    size: float = 9.5
    face: str = HEI
    color: str = INK
    bold: bool = False
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a text belongs: the field of a list's item or of a table, and the row and column of a table."""

    field: str = ""
    row: int = 0
    column: int = 0


NOWHERE = Cell()


@dataclass(slots=True)
class Page:
    """A page in the making: groups of blocks in reading order, each begun by its heading, and the ink below them."""

    groups: list[list[Block]] = field(default_factory=list)
    ink: list[str] = field(default_factory=list)
    figure: tuple[Shape, Area, str] | None = None

    def begin(self) -> None:
        """Begin another group."""
        self.groups.append([])

    def rule(self, y: float, *, color: str, width: float = 0.6, left: float = LEFT, right: float = RIGHT) -> None:
        """A straight line across."""
        self.ink.append(
            f"q {stroke(color)} {width:g} w {left:.2f} {HEIGHT - y:.2f} m {right:.2f} {HEIGHT - y:.2f} l S Q"
        )

    def panel(self, area: Area, color: str) -> None:
        """A filled rectangle."""
        below = HEIGHT - area.y - area.height
        self.ink.append(f"q {fill(color)} {area.x:.2f} {below:.2f} {area.width:.2f} {area.height:.2f} re f Q")

    def shape(self, shape: Shape, x: float, y: float, side: float) -> None:
        """A shape that repeats what a text beside it says."""
        self.ink.append(shape.operators(x, HEIGHT - y, side))


class Setter:
    """Sets texts, and knows how far down the last page is filled.

    Args:
        fonts: the faces to set in.
        head: what every page after the first begins with; gives where its texts begin.
    """

    def __init__(self, fonts: Fonts, head: Callable[[Page], float]) -> None:
        self.fonts = fonts
        self._head = head
        self.pages = [Page()]
        self.y = TOP
        self.bottom = BOTTOM

    @property
    def page(self) -> Page:
        """The last page."""
        return self.pages[-1]

    def lines(self, text: str, width: float, style: Style) -> list[str]:
        """A text in lines; a word that is too long for one is cut."""
        advances = self.fonts.advances(text, style.face)
        return wrap(text, advances, width / style.size * 1000, len(text)) or [text]

    def height(self, text: str, width: float, style: Style) -> float:
        """How high a text will stand."""
        return _height(len(self.lines(text, width, style)), style.size)

    def width(self, text: str, style: Style) -> float:
        """How wide a text is in one line."""
        return sum(self.fonts.advances(text, style.face)) * style.size / 1000

    def put(self, text: str, area: Area, style: Style, cell: Cell = NOWHERE) -> float:
        """Set a text at the top of an area of the last page, and give its height."""
        lines = self.lines(text, area.width, style)
        height = _height(len(lines), style.size)
        advances = self.fonts.advances(text, style.face)
        box = area._replace(height=height + 0.01)
        placed = set_lines(lines, advances, style.size, box, style.align, area.y + ASCENT * style.size)
        block = Block(
            cell.field,
            style.part,
            placed,
            box,
            style.face,
            style.color,
            bold=style.bold,
            row=cell.row,
            column=cell.column,
        )
        self.page.groups[-1].append(block)
        return height

    def room_for(self, height: float) -> bool:
        """Make room: begin another page where the last one has not so much left. Says whether it did."""
        if self.y + height <= self.bottom:
            return False
        self.pages.append(Page())
        self.y, self.bottom = self._head(self.page), BOTTOM
        return True


def _height(lines: int, size: float) -> float:
    return ((lines - 1) * LEADING + ASCENT + DESCENT) * size

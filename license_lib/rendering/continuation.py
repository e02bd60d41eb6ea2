"""Continuation pages 续页: what found no room on the face goes on there, under its label."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from license_lib.catalogue.layout import MOST_CONTINUATION_PAGES, Page
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses.face import CONTINUED, FaceContent
from license_lib.rendering.blocks import MM, Area, Block, Line, PagePlan, Rule
from license_lib.rendering.colors import shade
from license_lib.rendering.fonts import HEI, SONG, Fonts
from license_lib.rendering.line_breaking import wrap
from license_lib.rendering.setting import ASCENT, DESCENT, ROOMY_LEADING, fit, set_lines
from license_lib.rendering.tables import NOTE_HEIGHT, NOTE_SIZE, TEXT_COLOR, TableRest, fill_table

TITLE_SIZE, TITLE_TOP = 20.0, 23 * MM
IDENTIFIER_TOP = 34 * MM
REST_SIZE, LABEL_SIZE = 10.5, 11.0
SMALLEST_HEADING = 4.0
LABEL_HEIGHT = 2.0 * LABEL_SIZE
GAP = 4 * MM
PAGE_NUMBER_BOTTOM = 3.2 * MM


@dataclass(frozen=True, slots=True)
class TextRest:
    """The rest of a text that its box did not hold."""

    field: str
    label: str
    text: str
    font: str


def continued(
    license_type: LicenseType, content: FaceContent, rests: Sequence[TextRest | TableRest], fonts: Fonts
) -> list[PagePlan]:
    """The continuation pages that hold all `rests`, in order.

    Raises:
        InputError: `field.overflow`, they would be more than 20 pages, or one row is higher than a page.
    """
    flow = _Flow(license_type, content, fonts)
    for rest in rests:
        if isinstance(rest, TextRest):
            flow.text(rest)
        else:
            flow.table(rest)
    return flow.pages()


def page_number(page: Page, number: int, count: int, fonts: Fonts) -> Block:
    """`第 1 页 共 2 页`, below the border."""
    text = f"第{number}页 共{count}页"
    top = page.height * MM - PAGE_NUMBER_BOTTOM - NOTE_HEIGHT
    area = Area(0, top, page.width * MM, NOTE_HEIGHT)
    lines = set_lines([text], fonts.advances(text, HEI), NOTE_SIZE, area, "center", top + ASCENT * NOTE_SIZE)
    return Block("", "note", lines, area, HEI, "#555555")


class _Flow:
    """Pages in the making: the last of them, and how far it is filled."""

    def __init__(self, license_type: LicenseType, content: FaceContent, fonts: Fonts) -> None:
        self._type = license_type
        self._content = content
        self._fonts = fonts
        page = content.layout.page
        body = page.body
        self._body = Area(body.x * MM, body.y * MM, body.w * MM, body.h * MM)
        self._color = shade(page.color)
        self._pages: list[tuple[list[Block], list[Rule]]] = []
        self._y = self._end = self._body.y + self._body.height

    def pages(self) -> list[PagePlan]:
        return [PagePlan(tuple(blocks), tuple(rules)) for blocks, rules in self._pages]

    def text(self, rest: TextRest) -> None:
        advances = self._fonts.advances(rest.text, rest.font)
        lines = wrap(rest.text, advances, self._body.width / REST_SIZE * 1000, len(rest.text)) or [rest.text]
        leading = ROOMY_LEADING * REST_SIZE
        at = 0
        while lines:
            self._label(rest.field, rest.label, room=LABEL_HEIGHT + 2 * leading)
            count = min(len(lines), int((self._end - self._y) / leading))
            area = Area(self._body.x, self._y, self._body.width, count * leading)
            length = sum(map(len, lines[:count]))
            own = advances[at : at + length]
            set_ = _evenly(lines[:count], own, area, leading)
            self._pages[-1][0].append(Block(rest.field, "value", set_, area, rest.font, TEXT_COLOR))
            lines, at = lines[count:], at + length
            self._y += count * leading + GAP

    def table(self, rest: TableRest) -> None:
        wanted: TableRest | None = rest
        while wanted is not None:
            self._label(wanted.table.field, wanted.label, room=LABEL_HEIGHT + 3 * wanted.table.row_h * MM)
            area = Area(self._body.x, self._y, self._body.width, self._end - self._y)
            planned = fill_table(self._type, self._content.layout, wanted, area, self._fonts, to_the_end=False)
            blocks, rules = self._pages[-1]
            blocks += planned.blocks
            rules += planned.rules
            if planned.rest is not None and len(planned.rest.rows) == len(wanted.rows) and self._fresh(area):
                raise InputError("field.overflow", f"{wanted.table.field}: one row does not fit a page")
            wanted = planned.rest
            self._y = self._end if wanted else self._y + planned.height + GAP

    def _fresh(self, area: Area) -> bool:
        """Whether an area is all that a page has to give."""
        return area.y <= self._body.y + LABEL_HEIGHT + 1

    def _label(self, field: str, label: str, room: float) -> None:
        if self._end - self._y < room:
            self._new_page()
        area = Area(self._body.x, self._y, self._body.width, LABEL_HEIGHT)
        lines = self._set(label + CONTINUED, HEI, LABEL_SIZE, area, "left")
        self._pages[-1][0].append(Block(field, "label", lines, area, HEI, self._color))
        self._y += LABEL_HEIGHT

    def _new_page(self) -> None:
        if len(self._pages) == MOST_CONTINUATION_PAGES:
            raise InputError(
                "field.overflow", f"the face would need more than {MOST_CONTINUATION_PAGES} continuation pages"
            )
        heading = self._centred(f"{self._type.name}续页", TITLE_TOP, TITLE_SIZE, SONG, "#1A1A1A")
        blocks = [replace(heading, part="title", bold=True)]
        identifier = self._content.texts.get("identifier", "")
        if identifier:
            blocks.append(self._centred(f"证照标识 {identifier}", IDENTIFIER_TOP, 8.0, HEI, "#555555"))
        self._pages.append((blocks, []))
        self._y = self._body.y

    def _centred(self, text: str, top: float, size: float, font: str, color: str) -> Block:
        area = Area(self._body.x, top, self._body.width, (ASCENT + DESCENT) * size)
        return Block("", "text", self._set(text, font, size, area, "center"), area, font, color)

    def _set(self, text: str, font: str, size: float, area: Area, align: str) -> tuple[Line, ...]:
        """A heading from the top of its area; smaller where the page is too narrow for it."""
        advances = self._fonts.advances(text, font)
        size, lines = fit(text, advances, area, size, SMALLEST_HEADING) or (size, [text])
        return set_lines(lines, advances, size, area, align, area.y + ASCENT * size)


def _evenly(lines: list[str], advances: list[float], area: Area, leading: float) -> tuple[Line, ...]:
    """Lines at the leading of running text, from the area's top."""
    inner = area._replace(height=(len(lines) - 1) * leading + (ASCENT + DESCENT) * REST_SIZE)
    return set_lines(lines, advances, REST_SIZE, inner, "left", area.y + ASCENT * REST_SIZE, flush=True)

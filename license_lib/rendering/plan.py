"""What goes where on a face: every text wrapped and sized for its box, before anything is drawn.

Planning needs no PDF library, so issuing can refuse an unprintable licence before it reserves an identifier.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from license_lib.catalogue.layout import Layout, StaticText, Table, TextBox
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.licenses.face import CONTINUED_BELOW, FaceContent
from license_lib.rendering.blocks import MM, Area, Block, FacePlan, PagePlan, Rule
from license_lib.rendering.colors import shade
from license_lib.rendering.continuation import TextRest, continued, page_number
from license_lib.rendering.fonts import HEI, Fonts
from license_lib.rendering.same import Same
from license_lib.rendering.setting import ASCENT, DESCENT, fit, poured, set_lines
from license_lib.rendering.tables import NOTE_HEIGHT, TableRest, note, plan_table

LABEL_SIZE = 11.0
ONE_LINE_LABEL = 8.5  # a label shrinks to this before it breaks
ENGLISH_SHARE = 0.52  # of the label's size
LABEL_GAP = 5 * MM
CELL_PADDING = 2 * MM
LINE_PADDING = 0.9 * MM
TITLE_SPACING = 0.3  # of the type size, between the characters of the title
TEXT_COLOR = "#111111"
_LAYOUTS_REMEMBERED = 256


@dataclass(slots=True)
class _Page:
    blocks: list[Block] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


class Planner:
    """Plans the faces of one layout. The texts of the template are placed once, and are the same objects in each plan.

    Attributes:
        layout: the layout.
        fixed: the texts that every face of it shows.

    Raises:
        InputError: `glyph.missing` or `field.overflow`, of the template's own texts.
    """

    def __init__(self, license_type: LicenseType, layout: Layout, fonts: Fonts) -> None:
        self.layout = layout
        self._type = license_type
        self._fonts = fonts
        self._title = _static(layout.title, fonts, TITLE_SPACING, title=True)
        self._parts: list[tuple[TextBox | Table, list[Block], list[Rule]]] = [
            (part, [], [])
            if isinstance(part, Table)
            else (part, _labels(license_type, layout, part, fonts), _frame(part))
            for part in layout.in_reading_order
        ]
        self._texts = [(own.page, _static(own, fonts, 0)) for own in layout.texts]
        self.fixed = (
            self._title,
            *(block for _, labels, _ in self._parts for block in labels),
            *(block for _, block in self._texts),
        )

    def plan(self, content: FaceContent) -> FacePlan:
        """Place everything in `content` that has a box; without a value, a box stays blank.

        Raises:
            InputError: `glyph.missing` or `field.overflow`.
        """
        check_glyphs(content, self._fonts)
        pages = [_Page() for _ in range(self.layout.pages)]
        rests: list[TextRest | TableRest] = []
        pages[0].blocks.append(self._title)
        for part, labels, frame in self._parts:
            page = pages[part.page - 1]
            rest: TextRest | TableRest | None = None
            page.blocks += labels
            page.rules += frame
            if isinstance(part, Table):
                planned = plan_table(self._type, self.layout, part, content.rows[part.field], self._fonts)
                page.blocks += planned.blocks
                page.rules += planned.rules
                rest = planned.rest
            elif text := content.texts[part.field] or part.empty:
                blocks, rest = _value(self._type, part, text, self._fonts)
                page.blocks += blocks
            rests += [rest] if rest else []
        for number, block in self._texts:
            pages[number - 1].blocks.append(block)
        planned_pages = [PagePlan(tuple(page.blocks), tuple(page.rules)) for page in pages]
        planned_pages += continued(self._type, content, rests, self._fonts)
        if len(planned_pages) > 1:
            planned_pages = [
                PagePlan(
                    (*page.blocks, page_number(self.layout.page, number, len(planned_pages), self._fonts)), page.rules
                )
                for number, page in enumerate(planned_pages, 1)
            ]
        return FacePlan(tuple(planned_pages))


def planner(license_type: LicenseType, layout: Layout, fonts: Fonts) -> Planner:
    """The planner of a layout, made once as long as few others are asked for.

    Raises:
        InputError: as `Planner`.
    """
    return _planner(Same(license_type), Same(layout), Same(fonts))


@lru_cache(maxsize=_LAYOUTS_REMEMBERED)
def _planner(license_type: Same[LicenseType], layout: Same[Layout], fonts: Same[Fonts]) -> Planner:
    return Planner(license_type.it, layout.it, fonts.it)


def plan_face(license_type: LicenseType, content: FaceContent, fonts: Fonts) -> FacePlan:
    """Place the template's texts and everything in `content` that has a box.

    Raises:
        InputError: `glyph.missing` or `field.overflow`.
    """
    return planner(license_type, content.layout, fonts).plan(content)


def check_glyphs(content: FaceContent, fonts: Fonts) -> None:
    """Refuse texts that hold a character which cannot be printed.

    Raises:
        InputError: `glyph.missing`, naming field, character and position.
    """
    for box in content.layout.boxes:
        fonts.check(box.field, content.texts.get(box.field, ""), box.font)
    for table in content.layout.tables:
        for number, row in enumerate(content.rows.get(table.field, ())):
            for column in table.columns:
                fonts.check(f"{table.field}[{number}].{column.field}", row.get(column.field, ""), table.font)


def check_fit(license_type: LicenseType, content: FaceContent, fonts: Fonts) -> None:
    """Refuse texts that do not fit where they belong.

    Raises:
        InputError: `field.overflow`, naming the field, its box and how many characters fit; or `glyph.missing`.
    """
    plan_face(license_type, content, fonts)


def _rectangle(box: TextBox | StaticText) -> Area:
    return Area(box.x * MM, box.y * MM, box.w * MM, box.h * MM)


def _frame(box: TextBox) -> list[Rule]:
    x, y, width, height = _rectangle(box)
    if box.frame == "line":
        return [Rule(x, y + height, width, 0, "line")]
    if box.frame == "none":
        return []
    rules = [Rule(x, y, width, height, "cell")]
    if box.label != "" and box.label_w:
        rules.append(Rule(x + box.label_w * MM, y, 0, height, "cell"))
    return rules


def _value(license_type: LicenseType, box: TextBox, text: str, fonts: Fonts) -> tuple[list[Block], TextRest | None]:
    x, y, width, height = _rectangle(box)
    indent = 0.0 if box.label == "" else box.label_w * MM
    beside, above = _padding(box)
    area = Area(x + indent + beside, y + above, width - indent - 2 * beside, height - 2 * above)
    advances = fonts.advances(text, box.font)
    fitted = fit(text, advances, area, box.size, box.min_size)
    first = y + ASCENT * box.size if box.frame == "none" else None
    if fitted is not None:
        size, wrapped = fitted
        lines = set_lines(wrapped, advances, size, area, box.align, first, flush=True)
        return [Block(box.field, "value", lines, area, box.font, TEXT_COLOR)], None
    if box.overflow == "refuse":
        raise _overflow(box, text, advances, area)
    area = area._replace(height=area.height - NOTE_HEIGHT)
    wrapped, rest = poured(text, advances, area, box.min_size)
    if not wrapped:
        raise _overflow(box, text, advances, area)
    lines = set_lines(
        [*wrapped], advances, box.min_size, area, box.align, y + above + ASCENT * box.min_size, flush=True
    )
    below = Area(area.x, area.y + area.height, area.width, NOTE_HEIGHT)
    label = license_type.label_of(box.field) if not box.label else box.label
    return [
        Block(box.field, "value", lines, area, box.font, TEXT_COLOR),
        note(CONTINUED_BELOW, below, fonts),
    ], TextRest(box.field, label, rest, box.font)


def _labels(license_type: LicenseType, layout: Layout, box: TextBox, fonts: Fonts) -> list[Block]:
    label = license_type.label_of(box.field) if box.label is None else box.label
    if not label:
        return []
    color = shade(layout.page.color)
    english = license_type.english_of(box.field) if box.english is None else box.english
    if layout.labels == "zh" or not english:
        return [_label(box, label, fonts, color)]
    x, y, _, height = _rectangle(box)
    size = min(box.size, LABEL_SIZE) * ENGLISH_SHARE
    beside, above = _padding(box)
    chinese = _label(box, label, fonts, color, below=(ASCENT + DESCENT) * size)
    last = chinese.lines[-1]
    top = last.baseline + DESCENT * last.size
    area = Area(x + beside, top, box.label_w * MM - 2 * max(beside, 0.5 * MM), y + height - above - top)
    advances = fonts.advances(english, HEI)
    fitted = fit(english, advances, area, size, 3.5)
    if fitted is None:
        raise _overflow(box, english, advances, area, what="English label of ")
    align = "center" if box.frame == "cell" else "left"
    lines = set_lines(fitted[1], advances, fitted[0], area, align, top + ASCENT * fitted[0])
    return [chinese, Block(box.field, "english", lines, area, HEI, color)]


def _label(box: TextBox, label: str, fonts: Fonts, color: str, below: float = 0.0) -> Block:
    """The Chinese label; `below` points stay free under it."""
    x, y, _, height = _rectangle(box)
    cell = box.frame == "cell"
    beside, above = _padding(box)
    space = box.label_w * MM - (2 * beside if cell else LABEL_GAP)
    area = Area(x + beside, y + above, space, height - 2 * above - below)
    advances = fonts.advances(label, HEI)
    size = min(box.size, LABEL_SIZE)
    one_line = area._replace(height=min(area.height, (ASCENT + DESCENT) * size * 1.1))
    fitted = fit(label, advances, one_line, size, min(size, ONE_LINE_LABEL)) or fit(label, advances, area, size, 6.0)
    if fitted is None:
        raise _overflow(box, label, advances, area, what="label of ")
    size, wrapped = fitted
    first = y + ASCENT * box.size if box.frame == "none" else None
    spread = 0.0
    if len(wrapped) == 1 and len(label) > 1 and not cell:
        spread = (space - sum(advances) * size / 1000) / (len(label) - 1)  # all labels end at one edge
    align = "center" if cell else "left"
    return Block(box.field, "label", set_lines(wrapped, advances, size, area, align, first, spread), area, HEI, color)


def _padding(box: TextBox) -> tuple[float, float]:
    """Room kept free beside and above the text, so that it does not touch the lines around it."""
    return (CELL_PADDING if box.frame == "cell" else 0.0), (0.0 if box.frame == "none" else LINE_PADDING)


def _static(text: StaticText, fonts: Fonts, spacing: float, *, title: bool = False) -> Block:
    fonts.check("template text", text.text, text.font)
    area = _rectangle(text)
    advances = fonts.advances(text.text, text.font)
    stretched = [advance + spacing * 1000 for advance in advances]
    fitted = fit(text.text, stretched, area, text.size, min(text.size, 5.0))
    if fitted is None:
        raise InputError(
            "field.overflow", "a text of the template does not fit its box", hint="enlarge it in layout.toml"
        )
    size, wrapped = fitted
    lines = set_lines(wrapped, advances, size, area, text.align, None, spacing * size)
    return Block("", "title" if title else "text", lines, area, text.font, text.color, title or text.bold)


def _overflow(box: TextBox, text: str, advances: list[float], area: Area, what: str = "") -> InputError:
    _, rest = poured(text, advances, area, box.min_size)
    return InputError(
        "field.overflow",
        f"{what}{box.field}: {len(text)} characters do not fit its box of {area.width / MM:.0f} × {box.h:g} mm"
        f" even at {box.min_size:g} pt",
        hint=f"about {len(text) - len(rest)} characters fit",
    )

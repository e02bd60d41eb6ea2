"""Where everything stands on the report's pages: A4, Chinese first, all about who checked at the foot of the first."""

from license_lib.rendering.blocks import MM, Area
from license_lib.rendering.colors import tint
from license_lib.rendering.fonts import SONG, Fonts
from license_lib.verification_reports import shapes, words
from license_lib.verification_reports.content import Content, Fact, Found
from license_lib.verification_reports.setting import (
    BOTTOM,
    HEIGHT,
    INK,
    LEFT,
    QUIET,
    RIGHT,
    TOP,
    Cell,
    Page,
    Setter,
    Style,
)
from license_lib.verification_reports.words import Words

ACCENT = "#24405E"
SEAL_ROOM = 46 * MM
_LABEL_WIDTH, _GUTTER = 35 * MM, 4 * MM
_SHAPE, _MARK = 15 * MM, 3.2 * MM
_COLUMNS = (LEFT, LEFT + 14 * MM, LEFT + 118 * MM)  # of the table of steps
_ROW_GAP, _FINDING_GAP = 2.6, 4.0
_ROW = 13.2  # of the table of steps

_TITLE = Style("title", 22, SONG, bold=True, align="center")
_UNDER_TITLE = Style(size=9, color=QUIET, align="center")
_HEADING = Style("title", 11, color=ACCENT, bold=True)
_HEADING_ENGLISH = Style(size=8, color=QUIET)
_LABEL = Style("label", 9, color=QUIET)
_LABEL_ENGLISH = Style("english", 6.5, color=QUIET)
_VALUE = Style("value", 9.5)
_HEAD, _CELL = Style("head", 8.5, color=QUIET), Style("cell", 9.5)
_ENGLISH = Style(size=8, color=QUIET)
_NOTE = Style("note", 7.5, color=QUIET)


def laid_out(content: Content, fonts: Fonts) -> tuple[list[Page], Area]:
    """The pages, and the room for the seal on the first."""

    def head(page: Page) -> float:
        page.rule(TOP + 4 * MM, color=ACCENT)
        return TOP + 7 * MM

    setter = Setter(fonts, head)
    _opening(setter, content)
    room = _checked(setter, content)
    _heading(setter, words.SUBJECT)
    _facts(setter, content.facts, "subject")
    if content.caution:
        _sentence(setter, content.caution)
    _heading(setter, words.EVIDENCE)
    _facts(setter, content.evidence, "evidence")
    _steps(setter, content)
    _findings(setter, content)
    _reading_order(setter.pages[0])
    _feet(setter, content)
    return setter.pages, room


def _opening(setter: Setter, content: Content) -> None:
    """Title, and the outcome as a shape and in words."""
    page = setter.page
    page.begin()
    wide = Area(LEFT, setter.y, RIGHT - LEFT, 0)
    setter.y += setter.put(words.TITLE.zh, wide, _TITLE)
    setter.y += setter.put(words.TITLE.en, wide._replace(y=setter.y + 1), _UNDER_TITLE) + 4 * MM
    shape = shapes.OF_OUTCOME[content.outcome]
    zh, en = _outcome_words(content)
    band = Area(LEFT, setter.y, RIGHT - LEFT, 21 * MM)
    page.panel(band, tint(shape.color, 0.09))
    page.panel(band._replace(width=1.2 * MM), shape.color)
    side = Area(LEFT + 6 * MM, band.y + (band.height - _SHAPE) / 2, _SHAPE, _SHAPE)
    named = words.SHAPES[content.outcome]
    page.figure = (shape, side, f"{named.zh}：{zh}")
    x = side.x + _SHAPE + 6 * MM
    text = Area(x, band.y + 2.2 * MM, RIGHT - x - 3 * MM, 0)
    large = Style(size=18, color=shape.color, bold=True)
    height = setter.put(zh, text, large)
    setter.put(
        en,
        text._replace(x=x + setter.width(zh, large) + 3 * MM, y=text.y + 7, width=70 * MM),
        Style(size=10, color=shape.color),
    )
    below = text._replace(y=text.y + height + 1.5)
    height = setter.put(content.meaning.zh, below, Style(size=10))
    setter.put(content.meaning.en, below._replace(y=below.y + height), _ENGLISH)
    setter.y += band.height + 4 * MM


def _outcome_words(content: Content) -> Words:
    from license_lib.verification import OUTCOME_TEXTS

    return Words(*OUTCOME_TEXTS[content.outcome])


def _heading(setter: Setter, text: Words, *, more: bool = False, room: float = 12 * MM) -> None:
    """A heading with room for what follows it."""
    setter.room_for(room)
    setter.page.begin()
    zh = text.zh + (words.CONTINUED.zh if more else "")
    en = text.en + (f" {words.CONTINUED.en}" if more else "")
    area = Area(LEFT, setter.y, RIGHT - LEFT, 0)
    height = setter.put(zh, area, _HEADING)
    x = LEFT + setter.width(zh, _HEADING) + 2.5 * MM
    setter.put(en, Area(x, setter.y + 2.8, RIGHT - x, 0), _HEADING_ENGLISH)
    setter.page.rule(setter.y + height + 1.5, color=tint(ACCENT, 0.45), width=0.5)
    setter.y += height + 4.5


def _facts(setter: Setter, facts: tuple[Fact, ...], name: str, right: float = RIGHT) -> None:
    """Labels and values; two narrow ones that follow each other share a row if they fit it."""
    waiting = list(enumerate(facts))
    half = (right - LEFT - _GUTTER) / 2
    while waiting:
        row = [waiting.pop(0)]
        if row[0][1].narrow and waiting and waiting[0][1].narrow and _fits(setter, (row[0][1], waiting[0][1]), half):
            row.append(waiting.pop(0))
        width = half if len(row) == 2 else right - LEFT  # noqa: PLR2004 - two stand side by side
        style = _value_style(row[0][1])
        height = max(setter.height(fact.value, width - _LABEL_WIDTH, style) for _, fact in row)
        if setter.room_for(height):
            setter.page.begin()
        for place, (number, fact) in enumerate(row):
            x = LEFT + place * (half + _GUTTER)
            _label(setter, fact.label, x, f"{name}{number}")
            setter.put(
                fact.value,
                Area(x + _LABEL_WIDTH, setter.y, width - _LABEL_WIDTH, 0),
                style,
                Cell(f"{name}{number}"),
            )
        setter.y += height + _ROW_GAP
    setter.y += 2 * MM


def _fits(setter: Setter, facts: tuple[Fact, ...], half: float) -> bool:
    return all(setter.width(fact.value, _VALUE) <= half - _LABEL_WIDTH for fact in facts)


def _value_style(fact: Fact) -> Style:
    """Digest and identifier stand in one line each."""
    return Style("value", 8.4) if fact.label in (words.SHA256, words.IDENTIFIER) else _VALUE


def _label(setter: Setter, label: Words, x: float, name: str) -> None:
    setter.put(label.zh, Area(x, setter.y + 0.4, _LABEL_WIDTH, 0), _LABEL, Cell(name))
    beside = x + setter.width(label.zh, _LABEL) + 3
    setter.put(label.en, Area(beside, setter.y + 2.6, _LABEL_WIDTH, 0), _LABEL_ENGLISH, Cell(name))


def _sentence(setter: Setter, text: Words) -> None:
    """A sentence in both languages, one below the other."""
    area = Area(LEFT, setter.y, RIGHT - LEFT, 0)
    height = setter.height(text.zh, area.width, Style()) + setter.height(text.en, area.width, _ENGLISH)
    if setter.room_for(height):
        setter.page.begin()
    setter.y += setter.put(text.zh, area._replace(y=setter.y), Style())
    setter.y += setter.put(text.en, area._replace(y=setter.y), _ENGLISH) + 3 * MM


def _steps(setter: Setter, content: Content) -> None:
    _heading(setter, words.STEPS, room=58 * MM)
    for column, (x, head) in enumerate(zip(_COLUMNS, words.STEP_HEADS, strict=True)):
        setter.put(f"{head.zh} {head.en}", Area(x, setter.y, RIGHT - x, 0), _HEAD, Cell("steps", 0, column))
    setter.y += _ROW
    for row, step in enumerate(content.steps, 1):
        number, name, result = _COLUMNS
        setter.put(str(step.number), Area(number, setter.y, 20, 0), _CELL, Cell("steps", row, 0))
        _both(setter, step.name, name, Cell("steps", row, 1), INK)
        shape = shapes.OF_RESULT[step.result]
        setter.page.shape(shape, result, setter.y + 1.2, _MARK)
        _both(setter, step.words, result + _MARK + 4, Cell("steps", row, 2), shape.color)
        setter.y += _ROW
        setter.page.rule(setter.y - 1.2, color="#D9DEE5", width=0.35)
    setter.y += 3 * MM


def _both(setter: Setter, text: Words, x: float, cell: Cell, color: str) -> None:
    """Chinese and, behind it, English in one line."""
    setter.put(text.zh, Area(x, setter.y, RIGHT - x, 0), Style("cell", 9.5, color=color), cell)
    beside = x + setter.width(text.zh, _CELL) + 5
    setter.put(text.en, Area(beside, setter.y + 1.6, RIGHT - beside, 0), Style("cell", 8, color=QUIET), cell)


def _findings(setter: Setter, content: Content) -> None:
    first = content.findings[0] if content.findings else None
    _heading(setter, words.FINDINGS, room=10 * MM + (_finding_height(setter, first) if first else 10 * MM))
    if first is None:
        _sentence(setter, words.NO_FINDINGS)
    for found in content.findings:
        if setter.room_for(_finding_height(setter, found)):
            _heading(setter, words.FINDINGS, more=True)
        _finding(setter, found)
    if content.more:
        _sentence(setter, Words(*(text.format(count=content.more) for text in words.MORE_FINDINGS)))


_INDENT = _MARK + 5
_CODE_WIDTH = 52 * MM
_CODE = Style(size=7.5, color=QUIET, align="right")
_WHAT, _REMEDY = Style(size=10), Style(size=9, color=ACCENT)


def _finding_lines(found: Found) -> list[tuple[str, float, Style]]:
    """The texts of a finding, each with its width and style. Beside the first stands its code."""
    width = RIGHT - LEFT - _INDENT
    lines = [(found.text.zh, width - _CODE_WIDTH, _WHAT), (found.text.en, width - _CODE_WIDTH, _ENGLISH)]
    if found.remedy.zh:
        lines.append((f"{words.REMEDY.zh}：{found.remedy.zh}", width, _REMEDY))
        lines.append((f"{words.REMEDY.en}: {found.remedy.en}", width, _ENGLISH))
    return lines


def _finding_height(setter: Setter, found: Found) -> float:
    return sum(setter.height(*line) for line in _finding_lines(found)) + _FINDING_GAP


def _finding(setter: Setter, found: Found) -> None:
    severity = words.SEVERITIES[found.severity]
    setter.page.shape(shapes.OF_SEVERITY[found.severity], LEFT, setter.y + 1.4, _MARK)
    code = f"{severity.zh} {severity.en} · {found.code}"
    setter.put(code, Area(RIGHT - _CODE_WIDTH, setter.y + 2, _CODE_WIDTH, 0), _CODE)
    for text, width, style in _finding_lines(found):
        setter.y += setter.put(text, Area(LEFT + _INDENT, setter.y, width, 0), style)
    setter.y += _FINDING_GAP


def _checked(setter: Setter, content: Content) -> Area:
    """Who checked, at the foot of the first page beside the seal. The texts above keep clear of it."""
    right = RIGHT - SEAL_ROOM - 4 * MM
    width = right - LEFT - _LABEL_WIDTH
    height = 9 * MM + sum(setter.height(fact.value, width, _VALUE) + _ROW_GAP for fact in content.checked)
    top = BOTTOM - max(height, SEAL_ROOM + 2 * MM)
    begun, setter.y = setter.y, top
    _heading(setter, words.CHECKED, room=0)
    _facts(setter, content.checked, "checked", right)
    setter.y, setter.bottom = begun, top - 3 * MM
    middle = (top + 8 * MM + BOTTOM) / 2
    return Area(RIGHT - SEAL_ROOM, middle - SEAL_ROOM / 2 + 2, SEAL_ROOM, SEAL_ROOM)


def _reading_order(page: Page) -> None:
    """Who checked was set first, and is read last."""
    page.groups.append(page.groups.pop(1))


def _feet(setter: Setter, content: Content) -> None:
    """The page's number, which file this is about, and what made it."""
    pages = setter.pages
    y = HEIGHT - 11 * MM
    for number, page in enumerate(list(pages), 1):
        page.rule(y - 3, color="#C8CED6", width=0.4)
        setter.pages = [page]
        for text, align in (
            (f"{words.TITLE.zh} · SHA-256 {content.sha256[:16]}…", "left"),
            (f"第{number}页 共{len(pages)}页", "center"),
            (f"{content.program} · {words.BEIJING.zh}", "right"),
        ):
            style = Style(_NOTE.part, _NOTE.size, color=_NOTE.color, align=align)
            setter.put(text, Area(LEFT, y, RIGHT - LEFT, 0), style)
    setter.pages = pages

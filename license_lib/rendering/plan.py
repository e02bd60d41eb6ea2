"""What goes where on a face: every text wrapped and sized for its box, before anything is drawn.

Planning needs no PDF library, so issuing can refuse an unprintable licence before it reserves an identifier.
Lengths are points from the page's top-left corner.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from license_lib.catalogue.layout import StaticText, TextBox
from license_lib.catalogue.model import LicenseType
from license_lib.errors import InputError
from license_lib.rendering.colors import shade
from license_lib.rendering.fonts import HEI, Fonts
from license_lib.rendering.line_breaking import wrap

MM = 72 / 25.4
ASCENT, DESCENT = 0.92, 0.26  # ink above and below the baseline, in ems, of every glyph that licences use
LEADING, ROOMY_LEADING = 1.3, 1.55
SIZE_STEP = 0.5
LABEL_SIZE = 11.0
ONE_LINE_SHARE = 0.75
WIDOW = 2  # so few characters do not stand on a line of their own if slightly smaller type avoids it
ONE_LINE_LABEL = 8.5  # a label shrinks to this before it breaks
LABEL_GAP = 5 * MM
CELL_PADDING = 2 * MM
LINE_PADDING = 0.9 * MM
MOST_FLUSH = 0.12  # of the type size: extra letter spacing that nobody notices
TITLE_SPACING = 0.3  # of the type size, between the characters of the title


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
        part: `value`, `label` or `text`.
        box: the rectangle that the text keeps to (x, y, width, height).
    """

    field: str
    part: str
    lines: tuple[Line, ...]
    box: tuple[float, float, float, float]
    face: str
    color: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class FacePlan:
    """Every text of one face 照面, placed."""

    blocks: tuple[Block, ...]


def plan_face(license_type: LicenseType, values: Mapping[str, str], fonts: Fonts) -> FacePlan:
    """Place the template's texts and all `values` that have a box; without a value, a box stays blank.

    Raises:
        InputError: `glyph.missing` or `field.overflow`.
    """
    check_glyphs(license_type, values, fonts)
    layout = license_type.layout
    blocks = [_static(layout.title, fonts, TITLE_SPACING, bold=True)]
    blocks += [_static(text, fonts, 0, bold=text.bold) for text in layout.texts]
    for box in layout.boxes:
        label = license_type.label_of(box.field) if box.label is None else box.label
        if label:
            blocks.append(_label(box, label, fonts, shade(layout.page.color)))
        if values.get(box.field):
            blocks.append(_value(box, values[box.field], fonts))
    return FacePlan(tuple(blocks))


def check_glyphs(license_type: LicenseType, values: Mapping[str, str], fonts: Fonts) -> None:
    """Refuse values that hold a character which cannot be printed.

    Raises:
        InputError: `glyph.missing`, naming field, character and position.
    """
    for box in license_type.layout.boxes:
        fonts.check(box.field, values.get(box.field, ""), box.font)


def check_fit(license_type: LicenseType, values: Mapping[str, str], fonts: Fonts) -> None:
    """Refuse values that do not fit their boxes. Values that are not known yet (the identifier) may be absent.

    Raises:
        InputError: `field.overflow`, naming the field, its box and how many characters fit; or `glyph.missing`.
    """
    plan_face(license_type, values, fonts)


def _rectangle(box: TextBox | StaticText) -> tuple[float, float, float, float]:
    return box.x * MM, box.y * MM, box.w * MM, box.h * MM


def _value(box: TextBox, text: str, fonts: Fonts) -> Block:
    x, y, width, height = _rectangle(box)
    indent = 0.0 if box.label == "" else box.label_w * MM
    beside, above = _padding(box)
    area = (x + indent + beside, y + above, width - indent - 2 * beside, height - 2 * above)
    advances = fonts.advances(text, box.font)
    fitted = _fit(text, advances, area, box.size, box.min_size)
    if fitted is None:
        raise _overflow(box, text, advances, area)
    size, wrapped = fitted
    first = y + ASCENT * box.size if box.frame == "none" else None
    lines = _set(wrapped, advances, size, area, box.align, first, flush=True)
    return Block(box.field, "value", lines, area, box.font, "#111111")


def _label(box: TextBox, label: str, fonts: Fonts, color: str) -> Block:
    x, y, _, height = _rectangle(box)
    cell = box.frame == "cell"
    beside, above = _padding(box)
    room = box.label_w * MM - (2 * beside if cell else LABEL_GAP)
    area = (x + beside, y + above, room, height - 2 * above)
    advances = fonts.advances(label, HEI)
    size = min(box.size, LABEL_SIZE)
    one_line = (*area[:3], min(area[3], (ASCENT + DESCENT) * size * 1.1))
    fitted = _fit(label, advances, one_line, size, min(size, ONE_LINE_LABEL)) or _fit(label, advances, area, size, 6.0)
    if fitted is None:
        raise _overflow(box, label, advances, area, what="label of ")
    size, wrapped = fitted
    first = y + ASCENT * box.size if box.frame == "none" else None
    spread = 0.0
    if len(wrapped) == 1 and len(label) > 1 and not cell:
        spread = (room - sum(advances) * size / 1000) / (len(label) - 1)  # all labels end at one edge
    align = "center" if cell else "left"
    return Block(box.field, "label", _set(wrapped, advances, size, area, align, first, spread), area, HEI, color)


def _padding(box: TextBox) -> tuple[float, float]:
    """Room kept free beside and above the text, so that it does not touch the lines around it."""
    return (CELL_PADDING if box.frame == "cell" else 0.0), (0.0 if box.frame == "none" else LINE_PADDING)


def _static(text: StaticText, fonts: Fonts, spacing: float, *, bold: bool) -> Block:
    fonts.check("template text", text.text, text.font)
    area = _rectangle(text)
    advances = fonts.advances(text.text, text.font)
    stretched = [advance + spacing * 1000 for advance in advances]
    fitted = _fit(text.text, stretched, area, text.size, min(text.size, 5.0))
    if fitted is None:
        raise InputError(
            "field.overflow", "a text of the template does not fit its box", hint="enlarge it in layout.toml"
        )
    size, wrapped = fitted
    lines = _set(wrapped, advances, size, area, text.align, None, spacing * size)
    return Block("", "text", lines, area, text.font, text.color, bold)


def _fit(
    text: str, advances: list[float], area: tuple[float, float, float, float], size: float, smallest: float
) -> tuple[float, list[str]] | None:
    """The largest type size from `size` down to `smallest` at which `text` fits `area`, and its lines."""
    steps = [smallest + SIZE_STEP * n for n in range(int((size - smallest) / SIZE_STEP) + 1)]
    if steps[-1] < size:
        steps.append(size)
    best: tuple[float, list[str]] | None = None
    low, high = 0, len(steps) - 1
    trial = high  # most texts fit at once
    while low <= high:
        lines = wrap(text, advances, area[2] / steps[trial] * 1000, _room(area[3], steps[trial]))
        if lines is None:
            high = trial - 1
        else:
            best, low = (steps[trial], lines), trial + 1
        trial = (low + high) // 2
    if best is None or len(best[1]) == 1:
        return best
    if len(best[1]) == 2:  # noqa: PLR2004 - two lines; one line of slightly smaller type reads better
        least = best[0] * ONE_LINE_SHARE
    elif len(best[1][-1]) <= WIDOW:
        least = best[0] - 3 * SIZE_STEP
    else:
        return best
    for smaller in reversed(steps[:low]):
        if least <= smaller < best[0]:
            lines = wrap(text, advances, area[2] / smaller * 1000, len(best[1]) - 1)
            if lines is not None:
                return smaller, lines
    return best


def _room(height: float, size: float) -> int:
    """How many lines of a type size a height holds."""
    return max(0, int((height - (ASCENT + DESCENT) * size) / (LEADING * size) + 1.0001))


def _set(
    wrapped: list[str],
    advances: list[float],
    size: float,
    area: tuple[float, float, float, float],
    align: str,
    first: float | None,
    spacing: float = 0.0,
    *,
    flush: bool = False,
) -> tuple[Line, ...]:
    """Place lines in `area`: on the baseline `first` if the text fits below it, else at the top; centred for None.

    `flush` sets all lines but the last from edge to edge, as Chinese text is set.
    """
    x, y, width, height = area
    gaps = len(wrapped) - 1
    leading = LEADING * size
    if gaps and flush:
        leading = min(ROOMY_LEADING * size, (height - (ASCENT + DESCENT) * size) / gaps)
    extent = gaps * leading + (ASCENT + DESCENT) * size
    top = y + ASCENT * size
    if first is None:
        baseline = top + (height - extent) / 2
    elif first + gaps * leading + DESCENT * size <= y + height:
        baseline = first
    else:
        baseline = top
    lines: list[Line] = []
    at = 0
    for number, text in enumerate(wrapped):
        inked = len(text.rstrip())
        natural = sum(advances[at : at + inked]) * size / 1000
        at += len(text)
        extra = spacing
        slack = width - natural
        if flush and number < gaps and align == "left" and inked > 1 and slack / (inked - 1) <= MOST_FLUSH * size:
            extra = slack / (inked - 1)
        natural += extra * (inked - 1)
        offset = {"left": 0.0, "center": (width - natural) / 2, "right": width - natural}[align]
        lines.append(Line(text, x + offset, baseline + number * leading, natural, size, extra))
    return tuple(lines)


def _overflow(
    box: TextBox,
    text: str,
    advances: list[float],
    area: tuple[float, float, float, float],
    what: str = "",
) -> InputError:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _fit(text[:middle], advances[:middle], area, box.min_size, box.min_size)
        low, high = (middle, high) if fits else (low, middle - 1)
    return InputError(
        "field.overflow",
        f"{what}{box.field}: {len(text)} characters do not fit its box of {area[2] / MM:.0f} × {box.h:g} mm"
        f" even at {box.min_size:g} pt",
        hint=f"about {low} characters fit",
    )

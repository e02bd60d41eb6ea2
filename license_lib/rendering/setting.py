"""Setting text into areas: the largest type that fits, and where each line then stands."""

from collections.abc import Sequence
from functools import lru_cache

from license_lib.rendering.blocks import Area, Line
from license_lib.rendering.line_breaking import wrap

ASCENT, DESCENT = 0.92, 0.26  # ink above and below the baseline, in ems, of every glyph that licences use
LEADING, ROOMY_LEADING = 1.3, 1.55
SIZE_STEP = 0.5
ONE_LINE_SHARE = 0.75
WIDOW = 2  # so few characters do not stand on a line of their own if slightly smaller type avoids it
MOST_FLUSH = 0.12  # of the type size: extra letter spacing that nobody notices


def poured(text: str, advances: list[float], area: Area, size: float) -> tuple[list[str], str]:
    """Fill an area with as many lines as it holds.

    Returns:
        Those lines, none if a character is wider than the area, and the rest of the text.
    """
    lines = wrap(text, advances, area.width / size * 1000, len(text)) or []
    if not lines:
        return [], text
    most = room(area.height, size)
    return lines[:most], "".join(lines[most:])


def fit(text: str, advances: list[float], area: Area, size: float, smallest: float) -> tuple[float, list[str]] | None:
    """The largest type size from `size` down to `smallest` at which `text` fits `area`, and its lines."""
    steps = _steps(size, smallest)
    best: tuple[float, list[str]] | None = None
    low, high = 0, len(steps) - 1
    trial = high  # most texts fit at once
    while low <= high:
        lines = wrap(text, advances, area.width / steps[trial] * 1000, room(area.height, steps[trial]))
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
            lines = wrap(text, advances, area.width / smaller * 1000, len(best[1]) - 1)
            if lines is not None:
                return smaller, lines
    return best


@lru_cache(maxsize=256)  # templates have a few
def _steps(size: float, smallest: float) -> Sequence[float]:
    """The sizes to try, upwards."""
    steps = [smallest + SIZE_STEP * n for n in range(int((size - smallest) / SIZE_STEP) + 1)]
    return [*steps, size] if steps[-1] < size else steps


def room(height: float, size: float) -> int:
    """How many lines of a type size a height holds."""
    return max(0, int((height - (ASCENT + DESCENT) * size) / (LEADING * size) + 1.0001))


def set_lines(
    wrapped: list[str],
    advances: list[float],
    size: float,
    area: Area,
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

"""Border and background of a face: the same for every licence of a template, so made once per process."""

import math
from functools import lru_cache

from license_lib.catalogue.layout import Page
from license_lib.rendering.blocks import MM
from license_lib.rendering.colors import faint, fill, stroke, tint, turned
from license_lib.rendering.drawings import Drawing
from license_lib.rendering.guilloche import UNIT, Point, Ring, ring, rosette, smooth, waves
from license_lib.rendering.latent import latent
from license_lib.rendering.microtext import run
from license_lib.rendering.press.objects import packed

OUTER = 8.5 * MM
BAND = 6.4 * MM  # width of the patterned band between the border's lines
CORNER = 11 * MM
INNER = OUTER + 1.4 * MM + BAND
FIELD = INNER + 0.5 * MM
"""From the page's edge to the field within the border."""
ROSETTE = 0.36  # radius, of the page's shorter side
MICRO, MICRO_START = INNER - 0.4 * MM + 0.3, 19 * MM
"""Where the micro-text stands: from the page's edge to its lines, and from a corner to its beginning."""
GROUND, MICROTEXT = "Ground", "Micro"
"""The names of background and micro-text among the resources of every page."""


@lru_cache(maxsize=64)
def background(page: Page, seed: str) -> Drawing:
    """The background of a page: another seed, another drawing."""
    width, height = page.width * MM, page.height * MM
    operators = [_ground(page, width, height), _security(page, seed, width, height)]
    if page.border == "ornate":
        operators.append(_braid_border(page, width, height))
    elif page.border == "double":
        operators.append(_meander_border(page, width, height))
    else:
        operators.append(_frame(width, height, OUTER, 1.2, page.color))
    return Drawing.of("\n".join(operators), width, height)


def microtext(page: Page, text: str) -> tuple[Drawing, str]:
    """Micro-text along the four sides, between the border's inner lines.

    Returns:
        One run of it, and the operators that repeat it as the form `MICROTEXT`.
    """
    operators, length, high = run(text)
    width, height = page.width * MM, page.height * MM
    inset = OUTER + 0.8 * MM if page.border == "single" else MICRO  # just within the border's innermost line
    parts = [stroke(tint(page.color, 0.75))]
    for side, turn, x, y in (
        (width, "1 0 0 1", 0.0, inset),
        (width, "1 0 0 1", 0.0, height - inset - high),
        (height, "0 1 -1 0", inset + high, 0.0),
        (height, "0 -1 1 0", width - inset - high, height),
    ):
        room = side - 2 * MICRO_START
        count = max(1, int(room / length))
        begin = MICRO_START + (room / count - length) / 2
        runs = f"/{MICROTEXT} Do 1 0 0 1 {room / count:.3f} 0 cm " * count
        parts.append(f"q {turn} {x:.2f} {y:.2f} cm 1 0 0 1 {begin:.2f} 0 cm {runs}Q")
    return Drawing(packed(operators.encode("ascii")), length, high), " ".join(parts)


def _ground(page: Page, width: float, height: float) -> str:
    """A tint below the border, with white paper within it for the screens."""
    parts = [fill(tint(page.color, 0.035)), _rectangle(width, height, OUTER), "f"]
    if page.border != "single":
        parts += ["1 g", _rectangle(width, height, FIELD), "f"]
    return " ".join(parts)


def _security(page: Page, seed: str, width: float, height: float) -> str:
    """Screens with the latent word, waves over them, and a rosette in the middle: faint enough to read over."""
    other = turned(page.color, 40)
    inset = OUTER if page.border == "single" else FIELD
    field = (inset, inset, width - 2 * inset, height - 2 * inset)
    outside, middle, inside = rosette(seed, width / 2, height / 2, ROSETTE * min(width, height))
    return " ".join(
        (
            latent(*field, faint(page.color, 0.13)),
            stroke(faint(other, 0.1)),
            waves(seed, *field),
            stroke(faint(page.color, 0.14)),
            outside,
            stroke(faint(other, 0.14)),
            middle,
            stroke(faint(page.color, 0.14)),
            inside,
        )
    )


def _rectangle(width: float, height: float, inset: float) -> str:
    return f"{inset:.2f} {inset:.2f} {width - 2 * inset:.2f} {height - 2 * inset:.2f} re"


def _frame(width: float, height: float, inset: float, line: float, color: str) -> str:
    return f"{stroke(color)} {line:g} w {_rectangle(width, height, inset)} S"


def _braid_border(page: Page, width: float, height: float) -> str:
    """Two lines outside, one inside, a braid of sine waves between them, a rosette in each corner."""
    middle = OUTER + 0.7 * MM + BAND / 2
    parts = [_lines(page, width, height), f"{stroke(tint(page.color, 0.8))} 0.35 w"]
    for length, placements in _sides(width, height, middle):
        count = round(length / (7 * MM))
        period = length / count
        cell = " ".join(_wave(period, BAND * 0.42, 2 * math.pi * phase / 6) for phase in range(6))
        copies = "\n".join([f"{cell} S 1 0 0 1 {period / UNIT:.2f} 0 cm"] * count)
        parts += [f"q {place} cm {UNIT} 0 0 {UNIT} 0 0 cm {0.35 / UNIT:g} w {copies} Q" for place in placements]
    size = BAND / 2 + 0.7 * MM + 1.1 * MM
    corner = " ".join(
        (
            f"{fill(tint(page.color, 0.05))} {-size:.2f} {-size:.2f} {2 * size:.2f} {2 * size:.2f} re B",
            ring(Ring(0.32, 1.0, 8, 1, 3), 0, 0, size * 0.88),
            ring(Ring(0.25, 1.0, 6, 1, 2), 0, 0, size * 0.32),
        )
    )
    for x in (middle, width - middle):
        parts += [f"q 1 0 0 1 {x:.2f} {y:.2f} cm {corner} Q" for y in (middle, height - middle)]
    return "\n".join(parts)


def _meander_border(page: Page, width: float, height: float) -> str:
    """Fret pattern 回纹 between lines, with square spirals in the corners."""
    middle = OUTER + 0.7 * MM + BAND / 2
    parts = [_lines(page, width, height), f"{stroke(page.color)} 0.75 w 0 j"]
    fret = ((0, 0), (0, 4), (4, 4), (4, 1), (2, 1), (2, 2), (3, 2), (3, 3), (1, 3), (1, 0), (5, 0))
    unit = BAND * 0.62 / 4
    for length, placements in _sides(width, height, middle):
        count = round(length / (5 * unit))
        period = length / count
        stretched = [(x * period / 5, (y - 2) * unit) for x, y in fret]
        cell = " ".join(f"{x:.2f} {y:.2f} {'l' if n else 'm'}" for n, (x, y) in enumerate(stretched))
        for place in placements:
            copies = "\n".join([f"{cell} S 1 0 0 1 {period:.3f} 0 cm"] * count)
            parts.append(f"q {place} cm {copies} Q")
    size = BAND / 2 + 0.7 * MM + 1.1 * MM
    spiral = ((5, -5), (5, 5), (-5, 5), (-5, -3), (3, -3), (3, 3), (-3, 3), (-3, -1), (1, -1), (1, 1), (-1, 1))
    for x, mirror_x in ((middle, 1), (width - middle, -1)):
        for y, mirror_y in ((middle, -1), (height - middle, 1)):
            scale = size * 0.8 / 5
            path = " ".join(f"{a * scale:.2f} {b * scale:.2f} {'l' if n else 'm'}" for n, (a, b) in enumerate(spiral))
            parts.append(
                f"q {mirror_x} 0 0 {mirror_y} {x:.2f} {y:.2f} cm {fill(tint(page.color, 0.05))}"
                f" {-size:.2f} {-size:.2f} {2 * size:.2f} {2 * size:.2f} re B 1 w {path} S Q"
            )
    return "\n".join(parts)


def _lines(page: Page, width: float, height: float) -> str:
    return " ".join(
        (
            _frame(width, height, OUTER, 2.0, page.color),
            _frame(width, height, OUTER + 0.9 * MM, 0.4, page.color),
            _frame(width, height, INNER - 0.4 * MM, 0.4, page.color),
            _frame(width, height, FIELD, 0.9, page.color),
        )
    )


def _sides(width: float, height: float, middle: float) -> tuple[tuple[float, tuple[str, str]], ...]:
    """Length of the horizontal and the vertical sides between the corners, and the matrix at each side's start."""
    start = middle + CORNER / 2
    across, up = width - 2 * start, height - 2 * start
    return (
        (across, (f"1 0 0 -1 {start:.2f} {height - middle:.2f}", f"1 0 0 1 {start:.2f} {middle:.2f}")),
        (up, (f"0 1 -1 0 {width - middle:.2f} {start:.2f}", f"0 1 1 0 {middle:.2f} {start:.2f}")),
    )


def _wave(period: float, swing: float, shift: float) -> str:
    curve: list[Point] = [
        (period * step / 6, swing * math.sin(2 * math.pi * step / 6 + shift)) for step in range(-1, 8)
    ]
    return smooth(curve, UNIT)

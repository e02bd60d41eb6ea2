"""Border and background of a face: lines only, the same for every licence of a template, so made once per process."""

import math
import zlib
from functools import lru_cache
from typing import NamedTuple

from license_lib.catalogue.layout import Page
from license_lib.rendering.blocks import MM
from license_lib.rendering.colors import fill, stroke, tint

OUTER = 8.5 * MM
BAND = 6.4 * MM  # width of the patterned band between the border's lines
CORNER = 11 * MM
INNER = OUTER + 1.4 * MM + BAND
GROUND = "Ground"
"""The background's name among the resources of every page."""
Point = tuple[float, float]


class Ground(NamedTuple):
    """A background: deflated operators for a form of this size in points."""

    operators: bytes
    width: float
    height: float


@lru_cache(maxsize=64)
def background(page: Page) -> Ground:
    """The background of a page."""
    width, height = page.width * MM, page.height * MM
    operators = ["q", _ground(page, width, height), _rosette(page, width, height)]
    if page.border == "ornate":
        operators.append(_braid_border(page, width, height))
    elif page.border == "double":
        operators.append(_meander_border(page, width, height))
    else:
        operators.append(_frame(width, height, OUTER, 1.2, page.color))
    operators.append("Q")
    return Ground(zlib.compress("\n".join(operators).encode("ascii"), 9), width, height)


def _ground(page: Page, width: float, height: float) -> str:
    inset = OUTER
    return (
        f"{fill(tint(page.color, 0.035))} {inset:.2f} {inset:.2f} {width - 2 * inset:.2f} {height - 2 * inset:.2f} re f"
    )


def _frame(width: float, height: float, inset: float, line: float, color: str) -> str:
    return f"{stroke(color)} {line:g} w {inset:.2f} {inset:.2f} {width - 2 * inset:.2f} {height - 2 * inset:.2f} re S"


def _rosette(page: Page, width: float, height: float) -> str:
    """A guilloche in the middle, faint enough to read over: rings of waves, each drawn from one turned petal."""
    unit = min(width, height)
    parts = [f"{stroke(tint(page.color, 0.13))} 0.3 w"]
    for radius, swing, petals, phases in ((0.285, 0.045, 36, 6), (0.2, 0.05, 24, 6), (0.105, 0.06, 18, 6)):
        parts.append(_ring(width / 2, height / 2, (radius * unit, swing * unit), petals, phases))
    return " ".join(parts)


def _ring(x: float, y: float, size: tuple[float, float], petals: int, phases: int) -> str:
    """A ring of `phases` interlaced waves around (x, y); `size` is its radius and the waves' swing."""
    radius, swing = size
    turn = 2 * math.pi / petals
    petal = []
    for phase in range(phases):
        shift = 2 * math.pi * phase / phases
        curve = [
            _polar(radius + swing * math.sin(2 * math.pi * step / 8 + shift), turn * step / 8) for step in range(-1, 10)
        ]
        petal.append(_smooth(curve))
    path = " ".join(petal)
    parts = []
    for number in range(petals):
        cosine, sine = math.cos(turn * number), math.sin(turn * number)
        parts.append(f"q {cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {x:.2f} {y:.2f} cm {path} S Q")
    return "\n".join(parts)


def _braid_border(page: Page, width: float, height: float) -> str:
    """Two lines outside, one inside, a braid of sine waves between them, a rosette in each corner."""
    middle = OUTER + 0.7 * MM + BAND / 2
    parts = [_lines(page, width, height), f"{stroke(tint(page.color, 0.8))} 0.35 w"]
    for length, placements in _sides(width, height, middle):
        count = round(length / (7 * MM))
        period = length / count
        cell = " ".join(_wave(period, BAND * 0.42, 2 * math.pi * phase / 6) for phase in range(6))
        for place in placements:
            copies = "\n".join(f"{cell} S 1 0 0 1 {period:.3f} 0 cm" for _ in range(count))
            parts.append(f"q {place} cm {copies} Q")
    size = BAND / 2 + 0.7 * MM + 1.1 * MM
    for x in (middle, width - middle):
        for y in (middle, height - middle):
            parts.append(
                f"q {fill(tint(page.color, 0.05))} {x - size:.2f} {y - size:.2f} {2 * size:.2f} {2 * size:.2f} re B Q"
            )
            parts.append(_ring(x, y, (size * 0.58, size * 0.3), 8, 3))
            parts.append(_ring(x, y, (size * 0.2, size * 0.12), 6, 2))
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
            copies = "\n".join(f"{cell} S 1 0 0 1 {period:.3f} 0 cm" for _ in range(count))
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
    inner = OUTER + 1.4 * MM + BAND
    return " ".join(
        (
            _frame(width, height, OUTER, 2.0, page.color),
            _frame(width, height, OUTER + 0.9 * MM, 0.4, page.color),
            _frame(width, height, inner - 0.4 * MM, 0.4, page.color),
            _frame(width, height, inner + 0.5 * MM, 0.9, page.color),
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
    curve = [(period * step / 8, swing * math.sin(2 * math.pi * step / 8 + shift)) for step in range(-1, 10)]
    return _smooth(curve)


def _smooth(points: list[Point]) -> str:
    """A curve through all points but the first and last, which only give its direction (Catmull-Rom as Béziers)."""
    parts = [f"{points[1][0]:.2f} {points[1][1]:.2f} m"]
    for before, start, end, after in zip(points, points[1:], points[2:], points[3:], strict=False):
        parts.append(
            f"{start[0] + (end[0] - before[0]) / 6:.2f} {start[1] + (end[1] - before[1]) / 6:.2f}"
            f" {end[0] - (after[0] - start[0]) / 6:.2f} {end[1] - (after[1] - start[1]) / 6:.2f}"
            f" {end[0]:.2f} {end[1]:.2f} c"
        )
    return " ".join(parts)


def _polar(radius: float, angle: float) -> Point:
    return radius * math.cos(angle), radius * math.sin(angle)

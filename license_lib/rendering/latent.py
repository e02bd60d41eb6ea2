"""The copy-evident word 复印件: of the same tint as the lines around it, but wider spaced.

Two screens of horizontal lines lie on the page, both with the same share of ink: a fine one everywhere, a coarse one
within the letters. The eye sees one tint. A copier does not resolve the fine lines and takes their mean for paper; of
the coarse ones enough is left to print, and the word comes out.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

from license_lib.rendering.blocks import MM
from license_lib.rendering.colors import fill
from license_lib.rendering.guilloche import Point

INK = 0.3
"""How much of the area the lines cover, in both screens."""
FINE, COARSE = 0.2 * MM, 0.5 * MM
"""From line to line, points."""
AT_ONCE = 12
"""Lines in one area of a screen."""
LETTER = 27 * MM
GRID = 20
"""A letter's height in the units of its strokes."""
WEIGHT = 2.3
ADVANCE = 23.5
ROW_ADVANCE = 1.95
"""From row to row of words, in heights of a letter."""
_WORD: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (
        ((6, 20), (2, 15)), ((4.5, 17.5), (19, 17.5)), ((5, 15), (5, 8.5)), ((5, 15), (16, 15), (16, 8.5)),
        ((5, 11.8), (16, 11.8)), ((5, 8.5), (16, 8.5)), ((8, 8.5), (2, 3.5)),
        ((7.5, 6.5), (16, 6.5), (11, 2.5), (2, 0.3)), ((6.5, 5.5), (11.5, 2), (19, 0.3)),
    ),
    (
        ((8, 19), (2.5, 17), (2.5, 4), (9, 5)), ((2.5, 11), (8.5, 11)),
        ((11.5, 0), (11.5, 17.5), (18.5, 17.5), (18.5, 5), (15.5, 5)),
    ),
    (
        ((6, 20), (1, 12)), ((4, 15.5), (4, 0)), ((10, 18.5), (7.5, 12.5)), ((9, 15), (19, 15)),
        ((7, 9), (19.5, 9)), ((14, 20), (14, 0)),
    ),
)  # fmt: skip
"""Strokes of 复印件, as polylines from the lower-left corner of each letter's square."""


def latent(left: float, bottom: float, width: float, height: float, color: str) -> str:
    """PDF operators for the screens in a rectangle, with rows of the word in the coarse one."""
    scale = LETTER / GRID
    coarse = _screen(-2, -2, len(_WORD) * ADVANCE + 4, GRID + 4, COARSE / scale)
    word = f"1 g {word_path()} W f {fill(color)} {coarse}"
    parts = [f"q {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re W n {fill(color)}"]
    parts.append(_screen(left, bottom, width, height, FINE))
    parts += [
        f"q {scale:.4f} 0 0 {scale:.4f} {x:.2f} {y:.2f} cm {word} Q"
        for x, y in word_places(left, bottom, width, height)
    ]
    return " ".join([*parts, "Q"])


def word_places(left: float, bottom: float, width: float, height: float) -> Iterator[Point]:
    """The lower-left corners of the words: rows that are shifted against each other."""
    word = (len(_WORD) * ADVANCE - ADVANCE + GRID) * LETTER / GRID
    rows = max(1, math.floor((height / LETTER - 1) / ROW_ADVANCE))
    columns = max(1, math.floor((width / word + 0.3) / 1.3))
    cell = width / columns
    for row in range(rows):
        aside = (row % 2 - 0.5) * (cell - word) / 4
        for column in range(columns):
            yield left + (column + 0.5) * cell - word / 2 + aside, bottom + (row + 0.5) * height / rows - LETTER / 2


def _screen(left: float, bottom: float, width: float, height: float, pitch: float) -> str:
    """Horizontal lines across a rectangle, as areas: a renderer widens thin strokes to a pixel, and the tint is gone.

    Always several at once: an area that is one lone rectangle is widened too, by poppler.
    """
    lines = " ".join(f"0 {number * pitch:.4f} {width:.2f} {INK * pitch:.4f} re" for number in range(AT_ONCE))
    step = f"{lines} f 1 0 0 1 0 {AT_ONCE * pitch:.4f} cm "
    return f"q 1 0 0 1 {left:.2f} {bottom:.2f} cm {step * math.ceil(height / pitch / AT_ONCE)}Q"


def word_path() -> str:
    """The word as areas, in units of the grid: every stretch of a stroke a parallelogram, all turned the same way."""
    parts = []
    for number, strokes in enumerate(_WORD):
        for line in strokes:
            for (x, y), (to_x, to_y) in pairwise(line):
                along = math.hypot(to_x - x, to_y - y)
                dx, dy = (to_x - x) / along * WEIGHT / 2, (to_y - y) / along * WEIGHT / 2
                shift = number * ADVANCE
                corners = (
                    (x - dx - dy, y - dy + dx), (to_x + dx - dy, to_y + dy + dx),
                    (to_x + dx + dy, to_y + dy - dx), (x - dx + dy, y - dy - dx),
                )  # fmt: skip
                points = [f"{shift + a:.2f} {b:.2f}" for a, b in corners]
                parts.append(f"{points[0]} m {points[1]} l {points[2]} l {points[3]} l h")
    return " ".join(parts)

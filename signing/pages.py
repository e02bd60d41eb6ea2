"""Places on a page as a reader sees it: turned by /Rotate, cut by its crop box (ISO 32000-1, 7.7.3.3)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from signing.errors import SealingError

POINTS_PER_MM: Final = 72 / 25.4
_QUARTERS: Final = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
MAX_BYTES: Final = 31 * 1024 * 1024
MAX_PAGES: Final = 2000
"""Of a document that is sealed or searched; sealed, it stays below what validation reads."""
_MOST_PAGES_A_SEAL: Final = 8
"""Of a cross-page seal: each page's part of a seal of 40 mm is 5 mm wide then."""
_ROUNDING: Final = 0.01
"""Points by which a seal may leave the page: sizes in millimetres are no round numbers of points."""
Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the middle of a seal goes.

    Attributes:
        page_index: page of the document, from 0.
        x_mm: millimetres from the left edge of the page as a reader sees it.
        y_mm: millimetres from its top edge.
    """

    page_index: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What of a page is seen, and how it is turned.

    Attributes:
        box: what is seen, in the page's own coordinates, points.
        turn: how far a viewer turns the page clockwise: 0, 90, 180 or 270 degrees.
    """

    box: Rectangle
    turn: int

    @classmethod
    def of(cls, look_up: Callable[[str], Any]) -> "SeenPage":
        """The page whose attributes, inherited ones too, `look_up` gives by name (`/MediaBox`), or None.

        Raises:
            ValueError, TypeError: boxes or rotation are none, nothing is seen, or a unit is no 72nd of an inch.
        """
        if float(look_up("/UserUnit") or 1) != 1:
            raise ValueError("the page has units of its own")
        left, bottom, right, top = edges(look_up("/MediaBox"))
        crop = look_up("/CropBox")
        if crop is not None:
            inner = edges(crop)
            left, bottom = max(left, inner[0]), max(bottom, inner[1])
            right, top = min(right, inner[2]), min(top, inner[3])
        if not (left < right and bottom < top):
            raise ValueError("nothing of the page is seen")
        turn = int(look_up("/Rotate") or 0) % 360
        if turn not in _QUARTERS:
            raise ValueError("pages are turned by quarters")
        return cls((left, bottom, right, top), turn)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as seen, points."""
        left, bottom, right, top = self.box
        wide, high = right - left, top - bottom
        return (high, wide) if self.turn % 180 else (wide, high)

    @property
    def matrix(self) -> tuple[float, float, float, float, float, float]:
        """From coordinates as seen (points from the lower-left corner) to the page's own."""
        left, bottom, right, top = self.box
        x, y = {0: (left, bottom), 90: (right, bottom), 180: (right, top), 270: (left, top)}[self.turn]
        return (*_QUARTERS[self.turn], x, y)

    def own(self, x: float, y: float) -> tuple[float, float]:
        """A point as seen in the page's own coordinates."""
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f

    def seen(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page's own coordinates as it is seen; the other way round than `own`."""
        a, b, c, d, e, f = self.matrix
        return a * (x - e) + b * (y - f), c * (x - e) + d * (y - f)

    def around(self, spot: Spot, wide: float, high: float) -> Rectangle | None:
        """The rectangle around a spot in the page's own coordinates; None if it leaves the page.

        Args:
            spot: its middle.
            wide: width as seen, points.
            high: height as seen, points.
        """
        width, height = self.size
        x, y = spot.x_mm * POINTS_PER_MM, height - spot.y_mm * POINTS_PER_MM
        left, bottom, right, top = x - wide / 2, y - high / 2, x + wide / 2, y + high / 2
        # Written so that a number that is none fails too.
        low, wide_end, high_end = -_ROUNDING, width + _ROUNDING, height + _ROUNDING
        if not (left >= low and bottom >= low and right <= wide_end and top <= high_end):
            return None
        return edges((*self.own(left, bottom), *self.own(right, top)))


def edges(box: Any) -> Rectangle:
    """A rectangle of a PDF (two opposite corners), put in order."""
    x1, y1, x2, y2 = (float(value) for value in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


class Strip(NamedTuple):
    """The part of a cross-page seal that one page shows, in coordinates as seen.

    Attributes:
        clip: operators that cut it out.
        left: where the whole seal's lower-left corner goes.
        bottom: the same.
    """

    clip: str
    left: float
    bottom: float


def strips(pages: Sequence[tuple[float, float]], width: float, height: float) -> list[Strip]:
    """Fan a seal out over pages 骑缝章: their right edges show one seal; more pages show several.

    Args:
        pages: width and height of each, points.
        width: of the seal, points.
        height: the same.

    Raises:
        SealingError: `seal.appearance`, a page is too small.
    """
    count = len(pages)
    seals = math.ceil(count / _MOST_PAGES_A_SEAL)
    shown: list[Strip] = []
    for number in range(seals):
        first, end = number * count // seals, (number + 1) * count // seals
        strip = width / (end - first)
        for index, (wide, high) in enumerate(pages[first:end], 1):
            foot = (high - height) / 2
            if foot < 0 or strip > wide:
                raise SealingError("seal.appearance", "The cross-page seal does not fit the page", hint="leave it out")
            clip = f"{wide - strip:.3f} {foot:.3f} {strip:.3f} {height:.3f} re W n"
            shown.append(Strip(clip, wide - index * strip, foot))
    return shown

"""Where a code lies, to a hundredth of a module: what it says is known, so every module of it is a mark to fit to.

A reader tells four corners, each wrong by up to half a module. That is enough to read, and not enough to find a text
twenty centimetres away: the error grows with the distance, and with perspective by its square.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from license_lib.qr.places import Corners, Mapping, Point, quadrilateral, scaled
from license_lib.rendering.qr_drawing import qr_matrix

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

EXACT: Final = 0.55
"""From this correlation on, the modules that are seen are those that are expected."""
_DOTS: Final = 3
"""Of the comparison, for each module and direction."""
_FIRST_STEP, _LAST_STEP = 0.6, 0.012  # modules
_FINDER: Final = 7
_FLAT: Final = 0.004
"""Perspective across the code below which a picture is a scan: the far edge looks smaller by that part."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A code in a picture.

    Args:
        way: from the symbol, whose corners are (0, 0) and (1, 1), upright as it is printed, to the picture's pixels.
        likeness: correlation of the modules that are seen with those that are expected, -1 to 1.
        modules: of a side.
    """

    way: Mapping
    likeness: float
    modules: int

    @property
    def exact(self) -> bool:
        """Whether the place is known much better than the reader told it."""
        return self.likeness >= EXACT

    @property
    def flat(self) -> bool:
        """Whether it is seen from straight above, as a scanner does."""
        return abs(self.way.g) < _FLAT and abs(self.way.h) < _FLAT

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Pixels, from the symbol's own upper left corner on, clockwise as it is printed."""
        upper_left, upper_right, lower_right, lower_left = (self.way.of(corner) for corner in _SQUARE)
        return upper_left, upper_right, lower_right, lower_left


_SQUARE: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def fitted(picture: "Picture", text: str, corners: Corners) -> Fit:
    """Find the place of a code that was read.

    Args:
        picture: greyscale. corners: as the reader told them; which of them is the symbol's first is not known.

    Raises:
        InputError: `qr.unencodable`, no code of ours says such a text.
        ValueError: no square has such corners.
    """
    pattern = _Pattern(qr_matrix(text))
    turned: list[Corners] = [corners[turn:] + corners[:turn] for turn in range(4)]  # type: ignore[misc]  # four of four
    best = max(turned, key=lambda one: pattern.likeness(picture, one))
    refined, likeness = _refined(picture, pattern, best)
    if likeness >= EXACT:
        return Fit(quadrilateral(1, refined), likeness, pattern.count)
    # Another program drew it, with other modules; the finder patterns are the same in each.
    finders = _Pattern(qr_matrix(text), finders_only=True)
    best = max(turned, key=lambda one: finders.likeness(picture, one))
    return Fit(quadrilateral(1, best), likeness, pattern.count)


def similar(fit: Fit) -> Mapping:
    """The way of a code that is seen from straight above, without perspective: least squares over its corners.

    What is left of the corners' errors then grows with the distance alone.
    """
    seen = fit.corners
    x, y = sum(one for one, _ in seen) / 4, sum(one for _, one in seen) / 4
    across = along = 0.0
    for (u, v), (seen_x, seen_y) in zip(_SQUARE, seen, strict=True):
        across += (u - 0.5) * (seen_x - x) + (v - 0.5) * (seen_y - y)
        along += (u - 0.5) * (seen_y - y) - (v - 0.5) * (seen_x - x)
    a, b = across / 2, along / 2  # the squares of the distances from the middle add up to 2
    return Mapping(a=a, b=-b, c=x - (a - b) / 2, d=b, e=a, f=y - (a + b) / 2)


class _Pattern:
    """The modules that a code should have, as masks to compare a picture with."""

    def __init__(self, matrix: list[bytes], *, finders_only: bool = False) -> None:
        self.count = len(matrix)
        self.side = self.count * _DOTS
        self._matrix = matrix
        self._finders_only = finders_only

    @cached_property
    def _masks(self) -> "tuple[Picture, Picture]":
        """Where it is light, and where it is dark."""
        from PIL import Image

        light = bytearray()
        dark = bytearray()
        for y, row in enumerate(self._matrix):
            for x, module in enumerate(row):
                counts = not self._finders_only or self._in_finder(x, y)
                light.append(255 * (counts and not module))
                dark.append(255 * (counts and bool(module)))
        size = (self.count, self.count)
        both = [Image.frombytes("L", size, bytes(one)) for one in (light, dark)]
        large = [one.resize((self.side, self.side), Image.Resampling.NEAREST) for one in both]
        return large[0], large[1]

    def _in_finder(self, x: int, y: int) -> bool:
        low, high = _FINDER + 1, self.count - _FINDER - 1
        return (x < low and y < low) or (x >= high and y < low) or (x < low and y >= high)

    def likeness(self, picture: "Picture", corners: Corners) -> float:
        """Correlation of what lies between four corners with what should."""
        from PIL import Image, ImageStat

        way = quadrilateral(1, corners).after(scaled(1 / self.side))
        seen = picture.transform(
            (self.side, self.side),
            Image.Transform.PERSPECTIVE,
            (way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h),
            Image.Resampling.BILINEAR,
            fillcolor=128,
        )
        light, dark = (ImageStat.Stat(seen, mask) for mask in self._masks)
        count = light.count[0] + dark.count[0]
        if not light.count[0] or not dark.count[0]:
            return 0.0
        mean = (light.sum[0] + dark.sum[0]) / count
        variance = (light.sum2[0] + dark.sum2[0]) / count - mean**2
        share = light.count[0] / count
        if variance <= 1:
            return 0.0
        return float((light.mean[0] - dark.mean[0]) * (share * (1 - share) / variance) ** 0.5)


def _refined(picture: "Picture", pattern: _Pattern, corners: Corners) -> tuple[Corners, float]:
    """Move the corners, one at a time, for as long as the modules look more alike."""
    numbers = [axis for corner in corners for axis in corner]
    best = pattern.likeness(picture, corners)
    width = sum(abs(corners[1][axis] - corners[0][axis]) for axis in (0, 1)) / pattern.count
    step = _FIRST_STEP
    while step > _LAST_STEP:
        better = False
        for index in range(len(numbers)):
            for change in (step * width, -step * width):
                tried = [*numbers]
                tried[index] += change
                try:
                    likeness = pattern.likeness(picture, _corners(tried))
                except (ValueError, ZeroDivisionError):  # corners that no square has
                    continue
                if likeness > best:
                    numbers, best, better = tried, likeness, True
                    break
        if not better:
            step /= 2
    return _corners(numbers), best


def _corners(numbers: list[float]) -> Corners:
    x0, y0, x1, y1, x2, y2, x3, y3 = numbers
    return (x0, y0), (x1, y1), (x2, y2), (x3, y3)

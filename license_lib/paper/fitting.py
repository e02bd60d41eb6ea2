"""Where a code lies, to a hundredth of a module: what it says is known, so every module of it is a mark to fit to.

A reader tells four corners, each wrong by up to half a module. That is enough to read, and not enough to find a text
twenty centimetres away: the error grows with the distance, and with perspective by its square.
"""

from dataclasses import dataclass
from functools import cache, cached_property
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
_ANY: Final = 2
_LIGHT: Final = [255, *[0] * 255]
_DARK: Final = [0, 255, *[0] * 254]
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
    # Another program drew it, with other modules; but three corners have finder patterns in each.
    likely = [(finders.likeness(picture, one), finders.count, one) for finders in _finders() for one in turned]
    _, count, best = max(likely, key=lambda one: one[0])
    return Fit(quadrilateral(1, best), likeness, count)


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


@cache
def _finders() -> "tuple[_Pattern, ...]":
    """The finder patterns and nothing else of every version that a licence's code may have."""
    return tuple(_Pattern(_finder_matrix(count)) for count in range(21, 122, 4))


def _finder_matrix(count: int) -> list[bytes]:
    rings = [bytes(max(abs(x - 3), abs(y - 3)) not in {2, 4} for x in range(_FINDER + 1)) for y in range(_FINDER + 1)]
    free = bytes([_ANY]) * (count - 2 * len(rings))
    beside = [row + free + row[::-1] for row in rings]
    below = [row + bytes([_ANY]) * (count - len(row)) for row in reversed(rings)]
    return [*beside, *[bytes([_ANY]) * count] * (count - 2 * len(rings)), *below]


class _Pattern:
    """The modules that a code should have, as masks to compare a picture with.

    Args:
        matrix: rows; 1 for dark, 0 for light, `_ANY` for what is not compared.
    """

    def __init__(self, matrix: list[bytes]) -> None:
        self.count = len(matrix)
        self.side = self.count * _DOTS
        self._matrix = matrix

    @cached_property
    def _masks(self) -> "tuple[Picture, Picture]":
        """Where it is light, and where it is dark."""
        from PIL import Image

        modules = Image.frombytes("L", (self.count, self.count), b"".join(self._matrix))
        large = modules.resize((self.side, self.side), Image.Resampling.NEAREST)
        return large.point(_LIGHT), large.point(_DARK)

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

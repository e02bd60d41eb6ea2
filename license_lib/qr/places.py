"""Where a code is: four corners, and the way back to the picture from a version of it that was turned or scaled."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_NESTED = 1.7
"""How much longer the sides of a code are, at least, than those of one within it."""

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Clockwise as one sees them, from the one next to the picture's upper left corner; x to the right, y downwards."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read.

    Args:
        text: what it says. corners: where it is, in pixels.
    """

    text: str
    corners: Corners


@dataclass(frozen=True, slots=True)
class Mapping:
    """A projective map of the plane: x' = (a·x + b·y + c) / w, y' = (d·x + e·y + f) / w, w = g·x + h·y + 1."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 0
    e: float = 1
    f: float = 0
    g: float = 0
    h: float = 0

    def of(self, point: Point) -> Point:
        """Where a point goes."""
        x, y = point
        w = self.g * x + self.h * y + 1
        return (self.a * x + self.b * y + self.c) / w, (self.d * x + self.e * y + self.f) / w

    def of_code(self, code: Code) -> Code:
        """Where a code goes."""
        return Code(code.text, in_order(self.of(corner) for corner in code.corners))

    def after(self, first: "Mapping") -> "Mapping":
        """The map that does `first`, then this one."""
        rows = ((self.a, self.b, self.c), (self.d, self.e, self.f), (self.g, self.h, 1.0))
        columns = ((first.a, first.d, first.g), (first.b, first.e, first.h), (first.c, first.f, 1.0))
        product = [sum(x * y for x, y in zip(row, column, strict=True)) for row in rows for column in columns]
        return Mapping(*(number / product[8] for number in product[:8]))


IDENTITY = Mapping()


def scaled(x: float, y: float | None = None) -> Mapping:
    """Everything so many times as far from the upper left corner."""
    return Mapping(a=x, e=x if y is None else y)


def moved(x: float, y: float) -> Mapping:
    """Everything further to the right and down."""
    return Mapping(c=x, f=y)


def turned(degrees: float, size: tuple[float, float], around: tuple[float, float]) -> Mapping:
    """Undo what Pillow does with `rotate(degrees, expand=True)`: from the turned picture back.

    Args:
        size: of the turned picture. around: size of the picture before.
    """
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = size[0] / 2, size[1] / 2
    return Mapping(
        cos, -sin, around[0] / 2 - cos * x + sin * y, sin, cos, around[1] / 2 - sin * x - cos * y
    )  # y grows downwards, and Pillow turns against the clock


def quadrilateral(side: float, corners: Corners) -> Mapping:
    """The map of the square (0, 0)-(side, side) onto four corners: Heckbert's (1989) closed form.

    Raises:
        ValueError: three of them lie on one line.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    if not area:
        raise ValueError("three corners on one line")
    g, h = (sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area
    unit = Mapping(x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h)
    return unit.after(scaled(1 / side))


def in_order(corners: Iterable[Point]) -> Corners:
    """Four corners as `Corners` has them; a reader may count from the code's own first corner, or against the clock.

    Raises:
        ValueError: they are not four.
    """
    points = tuple(corners)
    x, y = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
    around = sorted(points, key=lambda point: math.atan2(point[1] - y, point[0] - x))
    first = min(range(len(around)), key=lambda index: sum(around[index]))
    upper_left, upper_right, lower_right, lower_left = around[first:] + around[:first]
    return upper_left, upper_right, lower_right, lower_left


def middle(corners: Corners) -> Point:
    """The point between the corners."""
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def side(corners: Corners) -> float:
    """Length of the longest side."""
    return max(math.dist(corners[index - 1], corners[index]) for index in range(4))


def same_place(one: Corners, other: Corners) -> bool:
    """Whether two readers mean the same print: codes lie beside each other, or a much smaller one within another."""
    smaller, larger = sorted((side(one), side(other)))
    return math.dist(middle(one), middle(other)) < larger / 2 and larger < _NESTED * smaller

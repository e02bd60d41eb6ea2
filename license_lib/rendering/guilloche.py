"""Guilloche 扭索纹: a field of waves and a rosette of interlaced curves, drawn from a seed.

The same seed gives the same drawing, another one another drawing of the same family. Everything repeats one short path
that is moved or turned on, so that it deflates to a few hundred bytes.
"""

import hashlib
import math
from dataclasses import dataclass

UNIT = 0.05
"""Points in a unit of the waves' paths: whole numbers are short."""
LINE = 0.3
"""Width of all lines, points."""
UNITS = 1000
"""Units in the radius of a rosette."""
SAMPLES, WAVE_SAMPLES = 8, 6
"""Points in one wave of a ring, and of a line of the field."""
Point = tuple[float, float]


class Choices:
    """Numbers that follow from a seed, the same on every machine and for ever."""

    def __init__(self, seed: str) -> None:
        self._stream = hashlib.shake_256(b"guilloche:" + seed.encode()).digest(256)
        self._at = 0

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        self._at += 2
        return low + (high - low) * int.from_bytes(self._stream[self._at - 2 : self._at], "big") / 0xFFFF

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        return min(high, int(self.between(low, high + 1)))


@dataclass(frozen=True, slots=True)
class Ring:
    """One band of a rosette, with interlaced curves between an inner and an outer edge.

    Attributes:
        inner: radius of the inner edge, points.
        outer: radius of the outer edge, points.
        petals: how often the drawing repeats around the middle.
        waves: how often a curve goes to and fro within a petal; a multiple of 1 / `curves`, so that curves join.
        curves: how many curves are interlaced.
        scallop: how far the outer edge swings with every petal, as a share of the band's width; the inner by `dent`.
        dent: the same of the inner edge.
    """

    inner: float
    outer: float
    petals: int
    waves: float
    curves: int
    scallop: float = 0.0
    dent: float = 0.0

    def path(self) -> str:
        """All curves of one petal, around the origin, in units."""
        turn = 2 * math.pi / self.petals
        steps = max(6, round(self.waves * SAMPLES))
        return " ".join(
            smooth(
                [self._point(turn * step / steps, 2 * math.pi * curve / self.curves) for step in range(-1, steps + 2)],
                1 / UNITS,
            )
            for curve in range(self.curves)
        )

    def _point(self, angle: float, phase: float) -> Point:
        width = self.outer - self.inner
        swell = (1 + math.cos(self.petals * angle)) / 2
        outer = self.outer - self.scallop * width * (1 - swell)
        inner = self.inner + self.dent * width * swell
        wave = math.sin(self.waves * self.petals * angle + phase)
        radius = ((outer + inner) + (outer - inner) * wave) / 2
        return radius * math.cos(angle), radius * math.sin(angle)

    def operators(self) -> str:
        """The whole band: a petal, stroked and turned on, as often as there are petals."""
        turn = 2 * math.pi / self.petals
        cosine, sine = math.cos(turn), math.sin(turn)
        petal = f"{self.path()} S {cosine:.6f} {sine:.6f} {-sine:.6f} {cosine:.6f} 0 0 cm"
        return "\n".join([petal] * self.petals)


def rosette(seed: str, x: float, y: float, radius: float) -> tuple[str, str, str]:
    """Three bands around (x, y), the outermost first: operators without colour."""
    choices = Choices("rosette:" + seed)
    petals = choices.whole(8, 12)
    rings = (
        Ring(0.66, 1.0, 2 * petals, choices.whole(5, 8) / 8, 8, choices.between(0.15, 0.4), choices.between(0, 0.2)),
        Ring(0.26, 0.7, petals, choices.whole(8, 13) / 9, 9, choices.between(0.25, 0.5), choices.between(0.1, 0.3)),
        Ring(0.1, 0.34, petals, choices.whole(3, 5) / 6, 6, choices.between(0.1, 0.4)),
    )
    outside, middle, inside = (ring(one, x, y, radius) for one in rings)
    return outside, middle, inside


def ring(band: Ring, x: float, y: float, radius: float) -> str:
    """One band around (x, y), as operators without colour."""
    scale = radius / UNITS
    return f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {y:.2f} cm {LINE / scale:.3g} w {band.operators()} Q"


def waves(seed: str, left: float, bottom: float, width: float, height: float) -> str:
    """A field of parallel waves over a rectangle: operators without colour."""
    choices = Choices("waves:" + seed)
    length, swing = choices.between(90, 130), choices.between(9, 14)
    share, shift = choices.between(0.2, 0.45), choices.between(0, 2 * math.pi)
    pitch, turns, direction = choices.between(9, 11), choices.whole(9, 15), 2 * choices.whole(0, 1) - 1
    steps = math.ceil((width / length + 1) * WAVE_SAMPLES)
    count = math.ceil((height + 4 * swing) / pitch)

    def point(step: int) -> Point:
        angle = 2 * math.pi * step / WAVE_SAMPLES
        return length * step / WAVE_SAMPLES, swing * (math.sin(angle) + share * math.sin(2 * angle + shift))

    line = smooth([point(step) for step in range(-1, steps + 2)], UNIT)
    aside, up = length / turns / UNIT, pitch / UNIT
    rows = [f"{line} S 1 0 0 1 {direction * aside:.2f} {up:.1f} cm"] * turns
    back = f"1 0 0 1 {-direction * aside * turns:.1f} 0 cm"  # a wave's length: the next row goes on where it belongs
    field = "\n".join(([*rows, back] * (count // turns + 1))[: count + count // turns])
    area = f"{left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re W n"
    begin = left - (length if direction > 0 else 0)
    return f"q {area} {UNIT} 0 0 {UNIT} {begin:.2f} {bottom - 2 * swing:.2f} cm {LINE / UNIT:g} w {field} Q"


def smooth(points: list[Point], unit: float) -> str:
    """A curve through all points but the first and last, which only give its direction (Catmull-Rom as Béziers)."""
    scaled = [(x / unit, y / unit) for x, y in points]
    parts = [f"{scaled[1][0]:.0f} {scaled[1][1]:.0f} m"]
    for before, start, end, after in zip(scaled, scaled[1:], scaled[2:], scaled[3:], strict=False):
        parts.append(
            f"{start[0] + (end[0] - before[0]) / 6:.0f} {start[1] + (end[1] - before[1]) / 6:.0f}"
            f" {end[0] - (after[0] - start[0]) / 6:.0f} {end[1] - (after[1] - start[1]) / 6:.0f}"
            f" {end[0]:.0f} {end[1]:.0f} c"
        )
    return " ".join(parts)

"""Drawings that pages show by name, as PDF forms (ISO 32000-1, 8.10)."""

from typing import NamedTuple

from license_lib.rendering.press.objects import packed


class Raster(NamedTuple):
    """A picture of pixels within a drawing, 8 bits each; all bytes are deflated.

    Attributes:
        width: pixels.
        height: pixels.
        grey: one channel, not three.
        pixels: the colours, row by row.
        alpha: how opaque each pixel is; None for all of them wholly.
    """

    width: int
    height: int
    grey: bool
    pixels: bytes
    alpha: bytes | None


class Drawing(NamedTuple):
    """Operators for a form, deflated, and its size in its own units.

    Attributes:
        raster: a picture that the operators draw as `Raster`, if they do.
    """

    operators: bytes
    width: float
    height: float
    raster: Raster | None = None

    @classmethod
    def of(cls, operators: str, width: float, height: float, raster: Raster | None = None) -> "Drawing":
        """Deflate operators that are kept."""
        return cls(packed(operators.encode("ascii"), once=True), width, height, raster)

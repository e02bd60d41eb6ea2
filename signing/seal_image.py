"""The picture of a seal 印章, as a one-page vector PDF: round, oval or square, exactly as large as its design says.

Glyphs are drawn as outlines: no font is embedded and no text operator used, so the picture looks the same everywhere
and keeps PDF/A. Its ink is transparent (blend mode Multiply): the seal darkens what is printed below it, and hides no
text.
"""

import math
import zlib
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final, NamedTuple

from signing.pages import POINTS_PER_MM
from signing.seal_design import SealDesign, SealShape
from signing.seal_outlines import GRID, Outlines

__all__ = ["SealDesign", "SealShape", "draw_seal"]

_RED: Final = "0.804 0.118 0.188"
"""sRGB (205, 30, 48): red as a press prints it (tests/conformance/test_print_colors.py), not as a screen glows."""

# Proportions of half the seal's height, measured on pictures of real seals.
_RING_WIDTH: Final = 0.062
_MARGIN: Final = 0.115
"""From the edge to the heads of the name, and to the feet of what stands on the lower arc."""
_NAME_HEIGHT: Final = 0.285
_STAR: Final = 0.355
_CODE_HEIGHT: Final = 0.088
_LOWER_HEIGHT: Final = 0.17
_LINE_GAP: Final = 0.05
_CAPTION_BASE: Final = -0.6
_CAPTION_HEIGHT: Final = 0.185
_OVAL_CAPTION_HEIGHT: Final = 0.26
_FRAME_MARGIN: Final = 0.16

_WIDEST_ARC: Final = 256 / 360
_WIDEST_ARC_OVER_CAPTION: Final = 226 / 360
_WIDEST_PITCH: Final = 34 / 360
_BESIDE_CODE: Final = 17 / 360
_CODE_PITCH: Final = 0.082
_LOWER_ARC: Final = 80 / 360
_WIDEST: Final = 0.9
"""A character is always higher than wide; a long name makes characters narrow, as seal makers do."""
_CAPTION_LINE: Final = 1.1
_IDEOGRAPHIC_DROP: Final = 0.12
"""The ideographic em box reaches this far below the base line (OpenType `BASE` table of the common fonts)."""
_DIGIT_HEIGHT: Final = 0.73
_EMBOLDEN: Final = 0.012
"""A cut seal prints fuller than type: the width of the stroke around every outline, in em."""
_HIGHEST: Final = 1.5
"""In a square a character is at most this much higher than wide."""
_ONE_LINE: Final = 1.6
"""A rectangle that is longer than this for its other side holds its name in one line."""
_ARC_STEPS: Final = 720


def draw_seal(design: SealDesign, font_path: Path | Sequence[Path]) -> bytes:
    """Draw a seal. The same arguments give the same bytes.

    Args:
        design: what stands in it.
        font_path: a TrueType or OpenType font, or several: the first that has a character draws it.

    Returns:
        A PDF of one page, exactly `width_mm` × `height_mm`, with nothing behind the red.

    Raises:
        SealingError: `seal.glyph` if no font has a character, `seal.font` if a font cannot be read.
    """
    paths = [font_path] if isinstance(font_path, Path) else list(font_path)
    with Outlines(paths) as outlines:
        drawn = _square(design) if design.shape is SealShape.SQUARE else _round(design)
        operators = [_operators(one, outlines) if isinstance(one, _Glyph) else one for one in drawn]
    return _one_page(operators, design.width_mm * POINTS_PER_MM, design.height_mm * POINTS_PER_MM)


class _Glyph(NamedTuple):
    """A character and where it goes, millimetres from the seal's centre.

    Attributes:
        x: the middle of its foot, to the right.
        y: its foot, upwards.
        turn: radians, counter-clockwise.
        width: millimetres per em, horizontally.
        height: millimetres per em, vertically.
        drop: how far its foot lies below the base line, em.
    """

    character: str
    x: float
    y: float
    turn: float
    width: float
    height: float
    drop: float = _IDEOGRAPHIC_DROP


class _Arc:
    """An ellipse around the seal's centre, measured by its own length."""

    def __init__(self, across: float, up: float) -> None:
        self._across, self._up = across, up
        points = [self._point(2 * math.pi * step / _ARC_STEPS) for step in range(_ARC_STEPS + 1)]
        self._lengths = list(accumulate((math.dist(a, b) for a, b in pairwise(points)), initial=0.0))

    @property
    def length(self) -> float:
        """All around, millimetres."""
        return self._lengths[-1]

    def at(self, way: float) -> tuple[float, float, float]:
        """The point `way` millimetres clockwise from the top, and the turn of what stands on it there."""
        way %= self.length
        step = min(bisect(self._lengths, way) - 1, _ARC_STEPS - 1)
        share = (way - self._lengths[step]) / (self._lengths[step + 1] - self._lengths[step])
        angle = 2 * math.pi * (step + share) / _ARC_STEPS
        x, y = self._point(angle)
        return x, y, math.atan2(-math.sin(angle) / self._across, math.cos(angle) / self._up)

    def _point(self, angle: float) -> tuple[float, float]:
        return self._across * math.sin(angle), self._up * math.cos(angle)


def _round(design: SealDesign) -> Iterator[str | _Glyph]:
    """A ring with the name on its upper arc, and what stands within."""
    across, up = design.width_mm / 2, design.height_mm / 2
    line = up * _RING_WIDTH
    yield _ellipse(across - line / 2, up - line / 2, line)
    if design.shape is SealShape.ROUND:
        yield _star(up * _STAR)
    yield from _name(design, across, up)
    feet = up * _MARGIN
    if design.code:
        pitch, size = up * _CODE_PITCH, up * _CODE_HEIGHT / _DIGIT_HEIGHT
        yield from _on_lower_arc(design.code, _Arc(across - feet, up - feet), pitch, (size, size), 0.0)
        feet += up * (_CODE_HEIGHT + _LINE_GAP)
    if design.lower:
        arc, height = _Arc(across - feet, up - feet), up * _LOWER_HEIGHT
        pitch = min(height, arc.length * _LOWER_ARC / len(design.lower))
        yield from _on_lower_arc(design.lower, arc, pitch, (pitch * _WIDEST, height), _IDEOGRAPHIC_DROP)
    if design.caption:
        oval = design.shape is SealShape.OVAL
        height = up * (_OVAL_CAPTION_HEIGHT if oval else _CAPTION_HEIGHT)
        foot = -height / 2 if oval else up * _CAPTION_BASE
        width = min(height, across * _CAPTION_LINE / len(design.caption))
        yield from _in_line(design.caption, foot, width, height)


def _name(design: SealDesign, across: float, up: float) -> Iterator[_Glyph]:
    """The name on the upper arc, symmetric to the vertical, feet towards the middle."""
    height = up * _NAME_HEIGHT
    inset = up * _MARGIN + height
    arc = _Arc(across - inset, up - inset)
    free = arc.length * (1 - 2 * _BESIDE_CODE) - _below(design, arc, up)
    widest = _WIDEST_ARC_OVER_CAPTION if design.caption and design.shape is SealShape.ROUND else _WIDEST_ARC
    pitch = min(arc.length * _WIDEST_PITCH, min(arc.length * widest, free) / (len(design.name) - 1))
    # Neighbours come closest at their feet; a little overlap of the empty margins there looks right.
    width = min(height * _WIDEST, pitch * (1 + height * 0.25 * 2 * math.pi / arc.length))
    for index, character in enumerate(design.name):
        x, y, turn = arc.at((index - (len(design.name) - 1) / 2) * pitch)
        yield _Glyph(character, x, y, turn, width, height)


def _below(design: SealDesign, arc: _Arc, up: float) -> float:
    """How much of the name's arc is taken by what stands on the lower one."""
    code = _CODE_PITCH * len(design.code) * arc.length / (2 * math.pi)
    lower = min(_LOWER_HEIGHT * up * len(design.lower), arc.length * _LOWER_ARC)
    return max(code, lower)


def _on_lower_arc(text: str, arc: _Arc, pitch: float, size: tuple[float, float], drop: float) -> Iterator[_Glyph]:
    """A text on the lower arc, readable from left to right, heads towards the middle."""
    for index, character in enumerate(text):
        x, y, turn = arc.at(arc.length / 2 - (index - (len(text) - 1) / 2) * pitch)
        yield _Glyph(character, x, y, turn + math.pi, *size, drop)


def _in_line(text: str, foot: float, width: float, height: float) -> Iterator[_Glyph]:
    for index, character in enumerate(text):
        yield _Glyph(character, (index - (len(text) - 1) / 2) * width, foot, 0.0, width, height)


def _square(design: SealDesign) -> Iterator[str | _Glyph]:
    """A frame with the name in columns from the right, the last ones fullest; in one line if it is low or narrow."""
    wide, high = design.width_mm, design.height_mm
    line = min(wide, high) / 2 * _RING_WIDTH
    yield f"{_n(line)} w {_n(line / 2 - wide / 2)} {_n(line / 2 - high / 2)} {_n(wide - line)} {_n(high - line)} re s"
    margin = min(wide, high) / 2 * _FRAME_MARGIN
    across, up = wide - 2 * margin, high - 2 * margin
    if wide > _ONE_LINE * high:
        width = min(across / len(design.name), up)
        height = min(up, width / _WIDEST)
        yield from _in_line(design.name, -height / 2, width, height)
        return
    columns = 1 if high > _ONE_LINE * wide else math.ceil(math.sqrt(len(design.name)))
    begin = 0
    for column in range(columns):
        end = (column + 1) * len(design.name) // columns
        cell = up / (end - begin)
        height = min(cell, across / columns * _HIGHEST)
        for row, character in enumerate(design.name[begin:end]):
            x = across / 2 - (column + 0.5) * across / columns
            foot = up / 2 - (row + 0.5) * cell - height / 2
            yield _Glyph(character, x, foot, 0.0, across / columns, height)
        begin = end


def _operators(glyph: _Glyph, outlines: Outlines) -> str:
    """An outline where it belongs, filled, its edge stroked thinly."""
    outline = outlines.find(glyph.character)
    if not outline.path:  # a blank: painting nothing is an error to strict readers
        return ""
    cosine, sine = math.cos(glyph.turn), math.sin(glyph.turn)
    x_scale, y_scale = glyph.width / GRID, glyph.height / GRID
    right, up = -x_scale * outline.advance / 2, glyph.height * glyph.drop
    matrix = (x_scale * cosine, x_scale * sine, -y_scale * sine, y_scale * cosine)
    moved = (glyph.x + right * cosine - up * sine, glyph.y + right * sine + up * cosine)
    place = " ".join([*(_n(value, 6) for value in matrix), *(_n(value) for value in moved)])
    return f"q {place} cm\n{outline.path}\nB Q"


def _ellipse(across: float, up: float, width: float) -> str:
    """Stroke an ellipse (four Bézier arcs, off by less than 0.03 %)."""
    k = 4 / 3 * (math.sqrt(2) - 1)
    a, b = across, up
    curves = (
        (a, b * k, a * k, b, 0, b), (-a * k, b, -a, b * k, -a, 0),
        (-a, -b * k, -a * k, -b, 0, -b), (a * k, -b, a, -b * k, a, 0),
    )  # fmt: skip
    return f"{_n(width)} w {_n(a)} 0 m " + " ".join(" ".join(map(_n, curve)) + " c" for curve in curves) + " s"


def _star(radius: float) -> str:
    """Fill a regular five-pointed star, one point up."""
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
    points = []
    for index in range(10):
        length, turn = (inner if index % 2 else radius), math.radians(90 + 36 * index)
        points.append(f"{_n(length * math.cos(turn))} {_n(length * math.sin(turn))} {'l' if index else 'm'}")
    return " ".join((*points, "h f"))


def _n(value: float, digits: int = 3) -> str:
    """Write a number: a thousandth of a millimetre is finer than any printer."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _one_page(operators: Sequence[str], width: float, height: float) -> bytes:
    """Wrap operators, in millimetres around the centre, into a PDF of one page; its ink hides nothing below it."""
    scale = _n(POINTS_PER_MM, 6)
    head = f"q /Ink gs {_RED} rg {_RED} RG 1 j {scale} 0 0 {scale} {_n(width / 2, 4)} {_n(height / 2, 4)} cm"
    # The line width of the frame is in millimetres, that of the glyphs in their own units.
    frame, *others = operators
    content = "\n".join((head, frame, f"{_n(_EMBOLDEN * GRID)} w", *filter(None, others), "Q")).encode("ascii")
    packed = zlib.compress(content, 9)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_n(width, 4)} {_n(height, 4)}] "
        "/Resources << /ExtGState << /Ink << /BM /Multiply >> >> >> /Contents 4 0 R >>".encode("ascii"),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    )
    pdf = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(pdf)

"""The picture of a round official seal 公章, as a one-page vector PDF.

Form after the State Council's rules on official seals (国发〔1999〕25号): a red ring, a five-pointed star, the name of
the body from left to right around the upper arc; below, the registration code of the seal. Glyphs are drawn as
outlines: no font is embedded and no text operator used, so the picture looks the same everywhere and keeps PDF/A.
"""

import math
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from signing.errors import SealingError

_POINTS_PER_MM: Final = 72 / 25.4
_RED: Final = "0.843 0.067 0.098"
_FEWEST: Final = 4
_MOST: Final = 30
_MOST_CODE: Final = 18
_MOST_CAPTION: Final = 10

# Proportions of the radius, measured on pictures of real seals.
_RING_WIDTH: Final = 0.062
_NAME_TOP: Final = 0.885
_NAME_HEIGHT: Final = 0.285
_STAR: Final = 0.355
_CODE_BOTTOM: Final = 0.885
_CODE_HEIGHT: Final = 0.088
_CAPTION_BASE: Final = -0.6
_CAPTION_HEIGHT: Final = 0.185
_EMBOLDEN: Final = 0.012

_WIDEST_NAME_ARC: Final = math.radians(256)
_WIDEST_PITCH: Final = math.radians(34)
_BETWEEN_NAME_AND_CODE: Final = math.radians(17)
_CODE_PITCH: Final = math.radians(4.7)
_WIDEST: Final = 0.9
"""A character is always higher than wide; a long name makes characters narrow, as seal makers do."""
_CAPTION_LINE: Final = 1.1
_IDEOGRAPHIC_DROP: Final = 0.12
"""The ideographic em box reaches this far below the base line (OpenType `BASE` table of the common fonts)."""
_DIGIT_HEIGHT: Final = 0.73


@dataclass(frozen=True, slots=True)
class SealDesign:
    """What stands in a seal.

    Attributes:
        name: the body's name, 4 to 30 characters.
        code: registration code on the lower arc, up to 18 characters; empty for none.
        caption: a line below the star, e.g. `专用章`; up to 10 characters, empty for none.
        diameter_mm: outer diameter, millimetres.
    """

    name: str
    code: str = ""
    caption: str = ""
    diameter_mm: float = 40.0


def draw_round_seal(design: SealDesign, font_path: Path | Sequence[Path]) -> bytes:
    """Draw a seal. The same arguments give the same bytes.

    Args:
        design: what stands in it.
        font_path: a TrueType or OpenType font, or several: the first that has a character draws it.

    Returns:
        A PDF of one page, exactly `diameter_mm` square, with nothing behind the red.

    Raises:
        SealingError: `seal.design` for texts or sizes out of bounds, `seal.glyph` if no font has a character,
            `seal.font` if a font cannot be read.
    """
    _check(design)
    paths = [font_path] if isinstance(font_path, Path) else list(font_path)
    with _Outlines(paths) as outlines:
        radius = design.diameter_mm / 2
        canvas = _Canvas()
        canvas.ring(radius * (1 - _RING_WIDTH / 2), radius * _RING_WIDTH)
        canvas.star(radius * _STAR)
        free_arc = 2 * math.pi - _CODE_PITCH * len(design.code) - 2 * _BETWEEN_NAME_AND_CODE
        _name(canvas, outlines, design.name, radius, min(_WIDEST_NAME_ARC, free_arc))
        if design.code:
            _code(canvas, outlines, design.code, radius)
        if design.caption:
            _caption(canvas, outlines, design.caption, radius)
    return _one_page(canvas.content(radius), design.diameter_mm * _POINTS_PER_MM)


def _check(design: SealDesign) -> None:
    if not _FEWEST <= len(design.name) <= _MOST:
        raise SealingError("seal.design", f"The name of a seal has {_FEWEST} to {_MOST} characters")
    if len(design.code) > _MOST_CODE or len(design.caption) > _MOST_CAPTION:
        raise SealingError("seal.design", f"Code or caption is longer than {_MOST_CODE} or {_MOST_CAPTION} characters")
    if not 10 <= design.diameter_mm <= 100:  # noqa: PLR2004 - what a seal can be
        raise SealingError("seal.design", "The diameter of a seal is 10 to 100 mm")


def _name(canvas: "_Canvas", outlines: "_Outlines", name: str, radius: float, arc: float) -> None:
    """Set the name around the upper arc, symmetric to the vertical, feet towards the star."""
    height = radius * _NAME_HEIGHT
    foot = radius * _NAME_TOP - height
    pitch = min(_WIDEST_PITCH, arc / (len(name) - 1))
    # Neighbours come closest at their feet; a little overlap of the empty margins there looks right.
    width = min(height * _WIDEST, pitch * (foot + height * 0.25))
    for index, character in enumerate(name):
        angle = ((len(name) - 1) / 2 - index) * pitch
        canvas.glyph(outlines.find(character), _Place(angle, foot, width, height, drop=_IDEOGRAPHIC_DROP))


def _code(canvas: "_Canvas", outlines: "_Outlines", code: str, radius: float) -> None:
    """Set the code around the lower arc, readable from left to right, heads towards the star."""
    size = radius * _CODE_HEIGHT / _DIGIT_HEIGHT
    for index, character in enumerate(code):
        angle = (index - (len(code) - 1) / 2) * _CODE_PITCH
        canvas.glyph(outlines.find(character), _Place(angle, -radius * _CODE_BOTTOM, size, size))


def _caption(canvas: "_Canvas", outlines: "_Outlines", caption: str, radius: float) -> None:
    """Set a straight line below the star."""
    height = radius * _CAPTION_HEIGHT
    width = min(height, radius * _CAPTION_LINE / len(caption))
    for index, character in enumerate(caption):
        shift = (index - (len(caption) - 1) / 2) * width
        place = _Place(0.0, radius * _CAPTION_BASE, width, height, drop=_IDEOGRAPHIC_DROP, shift=shift)
        canvas.glyph(outlines.find(character), place)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a glyph goes, the seal's centre being the origin.

    Attributes:
        angle: turn about the centre, radians, counter-clockwise.
        foot: distance of the glyph's foot from the centre before the turn, millimetres.
        width: millimetres per em, horizontally.
        height: millimetres per em, vertically.
        drop: how far the glyph's foot lies below the base line, em.
        shift: to the right, millimetres, before the turn.
    """

    angle: float
    foot: float
    width: float
    height: float
    drop: float = 0.0
    shift: float = 0.0

    def matrix(self, advance: float, units_per_em: int) -> tuple[float, float, float, float, float, float]:
        """Map font units to millimetres; the glyph is centred by its advance width."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        right = self.shift - self.width * advance / units_per_em / 2
        up = self.foot + self.height * self.drop
        x_scale, y_scale = self.width / units_per_em, self.height / units_per_em
        return (
            x_scale * cosine,
            x_scale * sine,
            -y_scale * sine,
            y_scale * cosine,
            right * cosine - up * sine,
            right * sine + up * cosine,
        )


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A character's outline in its font."""

    outline: Any
    glyph_set: Any
    advance: float
    units_per_em: int


class _Outlines:
    """Finds the outlines of characters in fonts, which stay open meanwhile."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._stack = ExitStack()
        self._fonts: list[Any] = []
        self._maps: list[dict[int, str]] = []

    def __enter__(self) -> Self:
        try:
            for path in self._paths:
                font = TTFont(self._stack.enter_context(path.open("rb")), lazy=True, fontNumber=0)
                self._fonts.append(font)
                self._maps.append(font.getBestCmap())
        except Exception as error:  # fontTools raises many types for a damaged font
            self._stack.close()
            raise SealingError(
                "seal.font", "A font for the seal cannot be read", hint="check the font files"
            ) from error

        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def find(self, character: str) -> _Glyph:
        for font, characters in zip(self._fonts, self._maps, strict=True):
            name = characters.get(ord(character))
            if name is not None:
                glyph_set = font.getGlyphSet()
                glyph = glyph_set[name]
                return _Glyph(glyph, glyph_set, glyph.width, font["head"].unitsPerEm)
        raise SealingError(
            "seal.glyph", f"No font has the character U+{ord(character):04X}", hint="give a font that has it"
        )


class _Canvas:
    """A content stream in the making; millimetres, origin in the centre."""

    def __init__(self) -> None:
        self._operators: list[str] = []

    def ring(self, radius: float, width: float) -> None:
        """Stroke a circle (four Bézier arcs, off by less than 0.03 %)."""
        k = radius * 4 / 3 * (math.sqrt(2) - 1)
        r = radius
        self._operators.append(f"{_n(width)} w {_n(r)} 0 m")
        for curve in ((r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0)):
            self._operators.append(" ".join(map(_n, curve)) + " c")
        self._operators.append("s")

    def star(self, radius: float) -> None:
        """Fill a regular five-pointed star, one point up."""
        inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(54))
        points = []
        for index in range(10):
            length, turn = (inner if index % 2 else radius), math.radians(90 + 36 * index)
            points.append(f"{_n(length * math.cos(turn))} {_n(length * math.sin(turn))} {'l' if index else 'm'}")
        self._operators.extend((*points, "h f"))

    def glyph(self, glyph: _Glyph, place: _Place) -> None:
        """Fill an outline and stroke its edge thinly, as a cut seal prints fuller than type."""
        pen = _PathPen(glyph.glyph_set, self._operators)
        glyph.outline.draw(TransformPen(pen, place.matrix(glyph.advance, glyph.units_per_em)))
        # A blank has no outline, and painting nothing is an error to strict readers.
        if pen.has_drawn:
            self._operators.append(f"{_n(abs(place.height) * _EMBOLDEN)} w B")

    def content(self, radius: float) -> bytes:
        """Return the stream, with the origin moved to the centre of the page."""
        head = f"q /Ink gs {_RED} rg {_RED} RG 1 j {_n(_POINTS_PER_MM, 6)} 0 0 {_n(_POINTS_PER_MM, 6)}"
        origin = _n(radius * _POINTS_PER_MM, 4)
        return "\n".join((f"{head} {origin} {origin} cm", *self._operators, "Q")).encode("ascii")


class _PathPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes an outline as path operators; the base class turns quadratic curves into cubic ones."""

    def __init__(self, glyph_set: Any, operators: list[str]) -> None:
        super().__init__(glyph_set)
        self._operators = operators
        self.has_drawn = False

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the name is fontTools'
        self.has_drawn = True
        self._write("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - as above
        self._write("l", point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 - as above
        self._write("c", *points)

    def _closePath(self) -> None:  # noqa: N802 - as above
        self._operators.append("h")

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        self._operators.append(" ".join(f"{_n(x)} {_n(y)}" for x, y in points) + " " + operator)


def _n(value: float, digits: int = 3) -> str:
    """Write a number: a thousandth of a millimetre is finer than any printer."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _one_page(content: bytes, side: float) -> bytes:
    """Wrap a content stream into a PDF of one square page; its ink darkens what it lies on and hides nothing."""
    packed = zlib.compress(content, 9)
    size = _n(side, 4)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size} {size}] "
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

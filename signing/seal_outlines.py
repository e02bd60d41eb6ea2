"""Outlines of characters for seals, on a coarse grid, so that a seal stays small in every file that it is put on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from fontTools.pens.basePen import BasePen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.ttLib import TTFont

from signing.errors import SealingError

GRID: Final = 400
"""Units in an em: in a seal of 42 mm a hundredth and a half of a millimetre."""
_TOLERANCE: Final = 0.001
"""How far, in em, a curve may leave the font's own where quadratic pieces are joined into cubic ones."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A character's outline.

    Attributes:
        path: path operators in units of `GRID`; empty for a blank.
        advance: its advance width, in the same units.
    """

    path: str
    advance: float


class Outlines:
    """Finds the outlines of characters in fonts, which stay open meanwhile; a font is read when it is asked.

    Args:
        paths: TrueType or OpenType fonts; the first that has a character draws it.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._waiting = list(paths)
        self._stack = ExitStack()
        self._fonts: list[_Font] = []

    def __enter__(self) -> Self:
        """Keep the fonts open."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close the fonts."""
        self._stack.close()

    def find(self, character: str) -> Outline:
        """A character's outline.

        Raises:
            SealingError: `seal.glyph`, no font has it; `seal.font`, one that was asked cannot be read.
        """
        for font in self._opened():
            name = font.characters.get(ord(character))
            if name is not None:
                return font.outline(name)
        raise SealingError(
            "seal.glyph", f"No font has the character U+{ord(character):04X}", hint="give a font that has it"
        )

    def _opened(self) -> Iterator["_Font"]:
        yield from self._fonts
        while self._waiting:
            self._fonts.append(_Font.read(self._stack, self._waiting.pop(0)))
            yield self._fonts[-1]


@dataclass(frozen=True, slots=True)
class _Font:
    """A font with its character map, and its glyphs by name."""

    characters: Mapping[int, str]
    glyphs: Any
    units: int

    @classmethod
    def read(cls, stack: ExitStack, path: Path) -> Self:
        try:
            font = TTFont(stack.enter_context(path.open("rb")), lazy=True, fontNumber=0)
            return cls(font.getBestCmap(), font.getGlyphSet(), font["head"].unitsPerEm)
        except Exception as error:  # fontTools raises many types for a damaged font
            raise SealingError(
                "seal.font", "A font for the seal cannot be read", hint="check the font files"
            ) from error

    def outline(self, name: str) -> Outline:
        pen = _GridPen(self.glyphs, GRID / self.units)
        self.glyphs[name].draw(Qu2CuPen(pen, _TOLERANCE * self.units, all_cubic=True))
        return Outline("\n".join(pen.operators), self.glyphs[name].width * GRID / self.units)


class _GridPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Writes an outline as path operators in whole units."""

    def __init__(self, glyph_set: Any, scale: float) -> None:
        super().__init__(glyph_set)
        self._scale = scale
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - the name is fontTools'
        self._write("m", point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802 - as above
        self._write("l", point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802 - as above
        self._write("c", *points)

    def _closePath(self) -> None:  # noqa: N802 - as above
        self.operators.append("h")

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        units = (f"{round(x * self._scale)} {round(y * self._scale)}" for x, y in points)
        self.operators.append(" ".join(units) + " " + operator)

"""Words as shapes: marks that stand on a page without being text of it."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from license_lib.errors import MachineError

EM = 1000


class Outlines(NamedTuple):
    """PDF operators of a word's path from the left end of its baseline, and its width; both in 1/1000 of its size."""

    path: str
    width: float


@lru_cache(maxsize=16)
def outlines(text: str, font: Path) -> Outlines:
    """The shapes of a short word; the caller paints them (`f`), they are the path alone.

    Args:
        font: a TrueType file that has all its characters.

    Raises:
        MachineError: `font.unreadable`.
    """
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont, TTLibError

    from license_lib.rendering.svg import OperatorPen

    pen = OperatorPen(None)
    try:
        with font.open("rb") as file, TTFont(file, lazy=True) as opened:
            glyphs, names = opened.getGlyphSet(), opened.getBestCmap()
            scale, at = EM / opened["head"].unitsPerEm, 0.0
            for character in text:
                glyph = glyphs[names[ord(character)]]
                glyph.draw(TransformPen(pen, (scale, 0, 0, scale, at, 0)))
                at += glyph.width * scale
    except (OSError, TTLibError, KeyError) as error:
        raise MachineError("font.unreadable", f"{font.name}: cannot be read", hint="see docs/fonts.md") from error
    return Outlines(" ".join(pen.operators), at)

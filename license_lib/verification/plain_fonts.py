"""Fonts of a plain file that are ours: then a code shows the character that it is said to mean.

What a reader extracts, it takes from `ToUnicode`; what a person sees are outlines. Both are compared with what our
press embeds for the same characters.
"""

import unicodedata
from functools import lru_cache
from typing import Final

from license_lib.rendering.press.fonts import FontObjects
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.verification.plain_objects import need, references, unpacked
from license_lib.verification.plain_texts import HIGHEST, LOWEST, WIDEST
from signing.pdf_reading.plain import PlainFile

_REMEMBERED: Final = 1 << 15
_LEFT_TO_RIGHT: Final = frozenset(["L", "EN", "ES", "ET", "CS", "B", "S", "WS", "ON"])
"""Bidirectional classes (UAX #9) of characters that no reader puts in another order."""
_LONGEST: Final = 2000.0
"""Advance, thousandths of a type size: what stands less than half of it below, PDFium takes for the same line."""
_TAKEN_APART: Final = range(0xFB00, 0xFE00)
"""Presentation forms: PDFium reads the letters of a ligature."""
MOSAIC: Final = (range(0x2500, 0x2C00), range(0x4DC0, 0x4E00), range(0x1D300, 0x1D380), range(0x1F000, 0x1FC00))
"""Box drawing, blocks, shapes, Braille, hexagrams, tiles: squares of a picture, one or several each."""


embedded_again: Final = lru_cache(maxsize=256)(FontObjects.of)
"""For characters that come again and again, those of templates."""


def need_font(file: PlainFile, number: int, ours: FontObjects) -> None:
    """Go on only if a font is what our press embeds, to the last byte.

    Raises:
        OtherwiseSpelledError, LookupError, ValueError: it is not.
    """
    descendant, meaning = references(file.text(number))
    (descriptor,) = references(file.text(descendant))
    (program,) = references(file.text(descriptor))
    need(file.text(number) == ours.font(descendant, meaning))
    need(file.text(descendant) == ours.descendant(descriptor))
    need(file.text(descriptor) == ours.descriptor(program))
    need(unpacked(file, meaning, len(ours.to_unicode)) == ours.to_unicode)
    need(unpacked(file, program, len(ours.program)) == ours.program)


@lru_cache(maxsize=_REMEMBERED)
def is_read_as_written(face: TrueTypeFont, character: str) -> bool:
    """Whether every reader takes a character for itself, once, and in its place."""
    code = ord(character)
    glyph = face.glyph(code)
    advance = face.advance(glyph)
    # A mark is drawn on the character before it.
    if not glyph or not 0 < advance <= _LONGEST or unicodedata.bidirectional(character) not in _LEFT_TO_RIGHT:
        return False
    if code in _TAKEN_APART or any(code in blocks for blocks in MOSAIC):
        return False
    left, bottom, right, top = face.bounds(glyph)
    return max(-left, right - advance) <= 1000 * WIDEST and top <= 1000 * HIGHEST and -bottom <= 1000 * LOWEST

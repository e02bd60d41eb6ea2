"""Fonts of a plain file that are ours, glyph by glyph: then a code shows the character that it is said to mean.

What a reader extracts, it takes from `ToUnicode`; what a person sees are outlines. Here both are compared with what our
press embeds for the same characters, so that they cannot differ.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from license_lib.rendering.fonts import Fonts
from license_lib.rendering.press.fonts import FontObjects
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.rendering.typeset import font_name
from license_lib.verification.plain_objects import need, references, unpacked
from license_lib.verification.plain_pages import ASCENT, DESCENT, LEAST_BEARING
from signing.pdf_reading.plain import PlainFile

_MOST_CHARACTERS: Final = 10_000
_LARGEST_PROGRAM: Final = 8 * 1024 * 1024
_LARGEST_MAP: Final = 1024 * 1024
_MEANINGS: Final = b" beginbfchar\n"
_MEANING: Final = re.compile(rb"^<[0-9A-F]{4}> <((?:[0-9A-F]{4}){1,2})>$", re.MULTILINE)
_REMEMBERED: Final = 1 << 15
_LEFT_TO_RIGHT: Final = frozenset(["L", "EN", "ES", "ET", "CS", "B", "S", "WS", "ON"])
"""Bidirectional classes (UAX #9) of characters that no reader puts in another order."""
_TAKEN_APART: Final = range(0xFB00, 0xFE00)
"""Presentation forms: PDFium reads the letters of a ligature."""
_HIGHER: Final = 65 / 64
"""PDFium takes the characters of composite fonts for so much higher than they are."""
_MOSAIC: Final = (range(0x2500, 0x2C00), range(0x4DC0, 0x4E00), range(0x1D300, 0x1D380), range(0x1F000, 0x1FC00))
"""Box drawing, blocks, shapes, Braille, hexagrams, tiles: squares of a picture, one or several each."""


class Overhang(NamedTuple):
    """How far a character reaches beyond its advance, `ASCENT` and `DESCENT`; thousandths of an em.

    Negative where it ends before.
    """

    left: float
    bottom: float
    right: float
    top: float


_BLANK: Final = Overhang(-1000, -1000, -1000, -1000)


class ShownFont(NamedTuple):
    """A font of a page, by its codes from 1; there is nothing at 0.

    Attributes:
        face: ours that it is of.
        characters: what they mean.
        advances: how far they go, thousandths of an em.
        overhangs: of the few that reach so far, or nearly (`LEAST_BEARING`).
    """

    face: TrueTypeFont
    characters: str
    advances: Sequence[float]
    overhangs: Mapping[int, Overhang]


def shown_fonts(file: PlainFile, named: Mapping[str, int], fonts: Fonts) -> dict[str, ShownFont]:
    """The fonts of a page, by the names that it gives them.

    Args:
        file: the file.
        named: their objects, by name.
        fonts: ours.

    Raises:
        OtherwiseSpelledError: one is not ours to the last byte.
        MachineError: `font.unreadable`.
    """
    faces = {font_name(face): face for face in fonts.faces}
    need(faces.keys() >= named.keys())
    return {name: _shown(file, number, fonts.faces[faces[name]]) for name, number in named.items()}


def _shown(file: PlainFile, number: int, face: TrueTypeFont) -> ShownFont:
    descendant, meaning = references(file.text(number))
    (descriptor,) = references(file.text(descendant))
    (program,) = references(file.text(descriptor))
    said = unpacked(file, meaning, _LARGEST_MAP)
    meant = b"".join(_MEANING.findall(said.partition(_MEANINGS)[2])).decode("ascii")
    characters = bytes.fromhex(meant).decode("utf-16-be")
    need(len(characters) <= _MOST_CHARACTERS)
    ours = FontObjects.of(face, characters)
    need(said == ours.to_unicode)
    need(file.text(number) == ours.font(descendant, meaning))
    need(file.text(descendant) == ours.descendant(descriptor))
    need(file.text(descriptor) == ours.descriptor(program))
    need(unpacked(file, program, _LARGEST_PROGRAM) == ours.program)
    overhangs = enumerate([_overhang(face, character) for character in characters], start=1)
    far = {code: one for code, one in overhangs if max(one) > -LEAST_BEARING}
    return ShownFont(face, "\0" + characters, ours.advances, far)


@lru_cache(maxsize=_REMEMBERED)
def _overhang(face: TrueTypeFont, character: str) -> Overhang:
    """How far a character reaches.

    Raises:
        OtherwiseSpelledError: the face does not have it, it is drawn on the one before it, or it is read otherwise.
    """
    code = ord(character)
    glyph = face.glyph(code)
    advance = face.advance(glyph)
    need(glyph and advance > 0)
    # Readers see a mark once that is drawn twice in one place.
    need(unicodedata.bidirectional(character) in _LEFT_TO_RIGHT and code not in _TAKEN_APART)
    need(not any(code in blocks for blocks in _MOSAIC))
    left, bottom, right, top = face.bounds(glyph)
    if left == right:
        return _BLANK
    return Overhang(-left, -DESCENT - bottom, right - advance, top * _HIGHER - ASCENT)

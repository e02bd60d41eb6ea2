"""Fonts of a plain file that are ours, glyph by glyph: then a code shows the character that it is said to mean.

What a reader extracts, it takes from `ToUnicode`; what a person sees are outlines. Here both are compared with what our
press embeds for the same characters, so that they cannot differ.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from license_lib.rendering.fonts import Fonts
from license_lib.rendering.press.fonts import FontObjects
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.rendering.typeset import font_name
from license_lib.verification.plain_objects import need, references, unpacked
from signing.pdf_reading.plain import PlainFile

_MOST_CHARACTERS: Final = 10_000
_LARGEST_PROGRAM: Final = 8 * 1024 * 1024
_LARGEST_MAP: Final = 1024 * 1024
_MEANINGS: Final = b" beginbfchar\n"
_MEANING: Final = re.compile(rb"^<[0-9A-F]{4}> <((?:[0-9A-F]{4}){1,2})>$", re.MULTILINE)


class ShownFont(NamedTuple):
    """A font of a page, by its codes from 1; there is nothing at 0.

    Attributes:
        characters: what they mean.
        advances: how far they go, thousandths of an em.
    """

    characters: str
    advances: Sequence[float]


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
    return ShownFont("\0" + characters, ours.advances)

"""Fonts in the file: one composite font (Type 0, Identity-H) for each face, of exactly the characters used.

ISO 32000-1, 9.7. Codes have two bytes and count the characters in the order in which they were met, those of the plate
first; `ToUnicode` is UTF-16. What a reader copies or searches is what was issued.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from license_lib.rendering.press.writer import FileWriter
from license_lib.rendering.truetype import TrueTypeFont

_CHARACTERS_REMEMBERED: Final = 1 << 15
_DEFAULT_WIDTH: Final = 1000
_CODES: Final = [f"{code:04x}" for code in range(1 << 10)]
"""The usual ones."""
_MAP_BLOCK: Final = 100  # a CMap block holds at most 100 entries (Adobe technical note 5014)
_SYSTEM: Final = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
_MAP_BEGINS: Final = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange"""
_MAP_ENDS: Final = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


class Codes(dict[str, str]):
    """The code that shows each character of one face, four hexadecimal digits; a new character gets the next one."""

    def __missing__(self, character: str) -> str:
        """Give the next code away."""
        count = len(self) + 1
        code = self[character] = _CODES[count] if count < len(_CODES) else f"{count:04x}"
        return code

    def shown(self, text: str) -> str:
        """A text as a string of codes."""
        return "".join(map(self.__getitem__, text))


class FontObjects(NamedTuple):
    """What a font of a file consists of; its objects name each other by their numbers.

    Attributes:
        name: with the tag of the subset.
        program: the font file.
        to_unicode: the characters that its codes mean.
        box: of all glyphs, thousandths of an em.
        advances: of its codes from 0, thousandths of an em.
    """

    name: bytes
    program: bytes
    to_unicode: bytes
    box: bytes
    advances: Sequence[float]

    @classmethod
    def of(cls, face: TrueTypeFont, characters: Sequence[str]) -> "FontObjects":
        """A face with these characters, whose codes count from 1."""
        known = [_known(face, character) for character in characters]
        scale = 1000 / face.units
        return cls(
            f"{_tag(characters)}+{face.name}".encode("ascii"),
            face.subset([0, *[one.glyph for one in known]]),
            to_unicode([one.utf16 for one in known]),
            " ".join(str(round(edge * scale)) for edge in face.bbox).encode("ascii"),
            [face.advance(0), *[one.advance for one in known]],
        )

    def descriptor(self, program: int) -> bytes:
        """The font's descriptor (9.8)."""
        return (
            b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[%b]/ItalicAngle 0/Ascent 880/Descent -120"
            b"/CapHeight 733/StemV 80/FontFile2 %d 0 R>>" % (self.name, self.box, program)
        )

    def descendant(self, descriptor: int) -> bytes:
        """The font that the codes choose from (9.7.4)."""
        return (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b%b/CIDToGIDMap/Identity/DW %d/W[%b]/FontDescriptor %d 0 R>>"
            % (self.name, _SYSTEM, _DEFAULT_WIDTH, _widths(self.advances), descriptor)
        )

    def font(self, descendant: int, to_unicode: int) -> bytes:
        """The composite font (9.7.6)."""
        return (
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (self.name, descendant, to_unicode)
        )


def write_font(writer: FileWriter, face: TrueTypeFont, codes: Iterable[str]) -> int:
    """Write a face with the characters that were used, in the order of their codes.

    Returns:
        The number of the font.
    """
    objects = FontObjects.of(face, list(codes))
    program = writer.deflated(b"/Length1 %d" % len(objects.program), objects.program)
    descendant = writer.object(objects.descendant(writer.object(objects.descriptor(program))))
    return writer.object(objects.font(descendant, writer.deflated(b"", objects.to_unicode)))


def resources_of(fonts: Mapping[str, int]) -> bytes:
    """A dictionary of fonts by the names that pages give them."""
    return b"<<%b>>" % b"".join(b"/%b %d 0 R" % (name.encode("ascii"), number) for name, number in fonts.items())


class _Known(NamedTuple):
    """What a font's objects say of a character."""

    glyph: int
    advance: float
    utf16: str


@lru_cache(maxsize=_CHARACTERS_REMEMBERED)
def _known(face: TrueTypeFont, character: str) -> _Known:
    glyph = face.glyph(ord(character))
    return _Known(glyph, face.advance(glyph), character.encode("utf-16-be").hex().upper())


def to_unicode(characters: list[str]) -> bytes:
    """A ToUnicode CMap (9.10.3).

    Args:
        characters: in UTF-16, hexadecimal; code 1 is the first of them, and so on.
    """
    blocks = [_MAP_BEGINS]
    for start in range(0, len(characters), _MAP_BLOCK):
        block = characters[start : start + _MAP_BLOCK]
        lines = [f"<{code:04X}> <{one}>" for code, one in enumerate(block, start=start + 1)]
        blocks.append("\n".join([f"{len(block)} beginbfchar", *lines, "endbfchar"]))
    return "\n".join([*blocks, _MAP_ENDS]).encode("ascii")


def _widths(advances: Sequence[float]) -> bytes:
    """The `W` array: runs of widths that differ from the default."""
    entries: list[str] = []
    run: list[str] = []
    for code, advance in enumerate([*advances, _DEFAULT_WIDTH]):
        if advance != _DEFAULT_WIDTH:
            run.append(f"{advance:g}")
        elif run:
            entries.append(f"{code - len(run)}[{' '.join(run)}]")
            run = []
    return "".join(entries).encode("ascii")


def _tag(characters: Sequence[str]) -> str:
    """Six capitals that name a subset (9.6.4), the same for the same characters."""
    return "".join(chr(65 + byte % 26) for byte in hashlib.sha256("".join(characters).encode()).digest()[:6])

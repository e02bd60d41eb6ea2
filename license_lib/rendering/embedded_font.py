"""A font in the PDF: one composite font (Type 0, Identity-H) of exactly the characters used (ISO 32000-1, 9.7).

reportlab's own TrueType support splits a font into one-byte subsets and writes a ToUnicode map that is wrong beyond the
basic multilingual plane. This class follows reportlab's protocol for dynamic fonts instead: two-byte codes, every code
point its own code, UTF-16 in ToUnicode. What a reader copies or searches is what was issued.
"""

import hashlib
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from license_lib.rendering.truetype import TrueTypeFont

_DEFAULT_WIDTH = 1000
_SYMBOLIC = 4
_MAP_BLOCK = 100  # a CMap block holds at most 100 entries (Adobe technical note 5014)


class EmbeddedFont:
    """One face as reportlab sees it: `splitString`, `getSubsetInternalName` and `addObjects` are its protocol."""

    _dynamicFont = 1  # noqa: N815 - reportlab's protocol
    _multiByte = 1  # noqa: N815 - the same
    shapable = False

    def __init__(self, font_name: str, font: TrueTypeFont) -> None:
        self.fontName = font_name
        self.face = font
        self._codes: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()

    def encode(self, text: str, document: Any) -> bytes:
        """The two-byte codes that show `text` in `document`."""
        codes = self._codes.setdefault(document, {})
        return b"".join(codes.setdefault(character, len(codes) + 1).to_bytes(2, "big") for character in text)

    def splitString(self, text: str, doc: Any) -> list[tuple[int, bytes]]:  # noqa: N802 - reportlab's protocol
        """One chunk: a composite font has no subsets."""
        return [(0, self.encode(text, doc))]

    def getSubsetInternalName(self, _subset: int, doc: Any) -> str:  # noqa: N802 - reportlab's protocol
        """The font's resource name; asking for it puts the font into the document."""
        if self.fontName not in doc.fontMapping:
            doc.fontMapping[self.fontName] = f"/F{len(doc.fontMapping) + 1}"
            doc.delayedFonts.append(self)
        name: str = doc.fontMapping[self.fontName]
        return name

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's protocol
        """Write the font, its subset and its maps into the document."""
        characters = list(self._codes.pop(doc))
        glyphs = [0, *(self.face.glyph(ord(character)) for character in characters)]
        program = self.face.subset(glyphs)
        name = PDFName(f"{_tag(program)}+{self.face.name}")
        key = doc.fontMapping[self.fontName][1:]
        scale = 1000 / self.face.units
        descriptor = {
            "Type": PDFName("FontDescriptor"),
            "FontName": name,
            "Flags": _SYMBOLIC,
            "FontBBox": PDFArray([round(edge * scale) for edge in self.face.bbox]),
            "ItalicAngle": 0,
            "Ascent": 880,
            "Descent": -120,
            "CapHeight": 733,
            "StemV": 80,
            "FontFile2": doc.Reference(_stream(program, Length1=len(program)), f"program:{key}"),
        }
        descendant = {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType2"),
            "BaseFont": name,
            "CIDSystemInfo": PDFDictionary(
                {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
            ),
            "CIDToGIDMap": PDFName("Identity"),
            "DW": _DEFAULT_WIDTH,
            "W": _widths([self.face.advance(glyph) for glyph in glyphs]),
            "FontDescriptor": doc.Reference(PDFDictionary(descriptor), f"descriptor:{key}"),
        }
        font = {
            "Type": PDFName("Font"),
            "Subtype": PDFName("Type0"),
            "BaseFont": name,
            "Encoding": PDFName("Identity-H"),
            "DescendantFonts": PDFArray([doc.Reference(PDFDictionary(descendant), f"descendant:{key}")]),
            "ToUnicode": doc.Reference(_stream(to_unicode(characters)), f"unicode:{key}"),
        }
        doc.idToObject["BasicFonts"].dict[key] = doc.Reference(PDFDictionary(font), f"font:{key}")


def to_unicode(characters: list[str]) -> bytes:
    """A ToUnicode CMap: code 1 is the first character, and so on (ISO 32000-1, 9.10.3)."""
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<0000> <FFFF>",
        "endcodespacerange",
    ]
    for start in range(0, len(characters), _MAP_BLOCK):
        block = characters[start : start + _MAP_BLOCK]
        lines.append(f"{len(block)} beginbfchar")
        lines += [
            f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>"
            for code, character in enumerate(block, start=start + 1)
        ]
        lines.append("endbfchar")
    lines += ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(lines).encode("ascii")


def _widths(advances: list[float]) -> PDFArray:
    """The `W` array: runs of widths that differ from the default."""
    entries: list[Any] = []
    run: list[str] = []
    for code, advance in enumerate([*advances, _DEFAULT_WIDTH]):
        if advance != _DEFAULT_WIDTH:
            run.append(f"{advance:g}")
        elif run:
            entries += [code - len(run), PDFArray(run)]
            run = []
    return PDFArray(entries)


def _stream(content: bytes, **entries: int) -> PDFStream:
    return PDFStream(PDFDictionary(entries), content, [PDFZCompress])


def _tag(program: bytes) -> str:
    """Six capitals that name a subset (ISO 32000-1, 9.6.4), the same for the same subset."""
    return "".join(chr(65 + byte % 26) for byte in hashlib.sha256(program).digest()[:6])

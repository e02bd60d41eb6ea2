"""Rebuild the committed fonts that are subsets of others: Kai 楷体, FangSong 仿宋 and the rare characters' Song 宋体.

    build_fonts.py build OUT [--root FOLDER]     write the three fonts, byte for byte those of templates/fonts
    build_fonts.py convert IN.otf OUT.ttf        turn a CFF font into a TrueType font, as optional fonts must be

The sources are files of Debian 12 packages, each known by its SHA-256: fonts-lxgw-wenkai, texlive-lang-chinese
(Fandol), fonts-hanazono and unicode-data. `--root` is where they are unpacked; the system itself by default.
Song and Hei are not built: they stand in templates/fonts as their makers publish them.
"""
# ruff: noqa: INP001, T201 - a script, which prints

import argparse
import bz2
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.basePen import AbstractPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

FONTS = Path("usr/share/fonts/truetype")
FANDOL = Path("usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf")
SHA256 = {
    FONTS / "lxgw-wenkai/LXGWWenKai-Regular.ttf": "bbf534b0ca093928f94d1782855e65a19a32cde82b075d495d072025521953c8",
    FONTS / "hanazono/HanaMinA.ttf": "7ca87559414474848fc513a8d8eb42d5b0f8194c30c2abdfbfedff5398ec88d7",
    FONTS / "hanazono/HanaMinB.ttf": "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c",
    FANDOL: "d838ad32ce2244d8144f408c37fe71065aba6fbbc80759a4d2aa2033948d5bc9",
}
LXGW, HANA_A, HANA_B = list(SHA256)[:3]
UNIHAN = Path("usr/share/unicode")
SONG = Path(__file__).resolve().parents[2] / "templates" / "fonts" / "NotoSerifSC-Regular.ttf"

MADE = 3_878_323_200  # 2026-11-24, seconds since 1904: the same bytes on every day
CURVE_ERROR = 1.5  # thousandths of an em: a hundredth of a millimetre in the largest title
FANG_RISE = 65  # Fandol's characters sit lower in the em than all others; a line holds several faces

# What the faces draw besides ideographs. Kai's quotes and name separator are Latin ones: Song's stand in for them.
KAI_TEXT = [
    *range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0xB7), *range(0xB8, 0x180), *range(0x1CD, 0x1DD), 0x1F9, 0x251,
    0x261, 0x1E3F, 0x2013, 0x2014, 0x2026, 0x2030, 0x2103, 0x2116, *range(0x2160, 0x217C), *range(0x2460, 0x249C),
    *range(0x3001, 0x3012), *range(0x3014, 0x3020), 0x338E, 0x338F, 0x339C, 0x339D, 0x339E, 0x33A1, 0x33C4,
    *range(0xFF01, 0xFF5F), *range(0xFFE0, 0xFFE6),
]  # fmt: skip
# Fandol's letters and digits are far heavier than its characters, and its yuan sign is a dollar's: Song's stand in.
FANG_TEXT = [
    0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, *range(0x3001, 0x3012), *range(0x3014, 0x3018),
    0xFF01, 0xFF08, 0xFF09, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF1F,
]  # fmt: skip
IDEOGRAPHS = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFD)]
COMPATIBILITY = [(0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
# Sources of the mainland (UAX #38, kIRG_GSource) whose characters stand in names, places and living words: population
# registers, maps, dictionaries of the modern language and its dialects, terms, newspapers, encyclopaedias.
LIVING = [
    "GIDC", "GXM", "GDM", "GRM", "GKJ", "GGFZ", "GXC", "GXH", "GXHZ", "GFC", "GHC", "GCE", "GDZ", "GU", "G4K", "GFZ",
    "GHF", "GBK", "GCH", "GGH", "GJZ", "GCY", "GCYY", "GZA", "GOCD", "GLGYJ", "GZFY",
]  # fmt: skip
# Hanazono draws another character here than BabelStone Han, TW-Sung or the character's own decomposition do.
DISPUTED = {0x27D52, 0x2BF5E, 0x2D0C2, 0x2F994}


@dataclass(frozen=True)
class Make:
    """What a built font says about itself."""

    family: str
    version: str
    copyright: str
    license: str
    license_url: str
    changes: str


OFL = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
OFL_URL = "https://scripts.sil.org/OFL"
KAI = Make(
    "License Kai",
    "1.250",
    "Copyright 2021-2023 LXGW (https://github.com/lxgw/LxgwWenKai)\n"
    "Copyright 2020 The Klee Project Authors (https://github.com/fontworks-fonts/Klee)",
    OFL,
    OFL_URL,
    "A subset of LXGW WenKai Regular 1.250 without layout tables, renamed because its names are reserved.",
)
FANG = Make(
    "License FangSong",
    "1.300",
    "Copyright © 2012-2013, the Fandol team.",
    "GNU General Public License, version 3, with the font exception: a document that embeds this font or portions of it"
    " is not by that covered by the licence. The exception is extended to this version.",
    "https://www.gnu.org/licenses/gpl-3.0.html",
    "Modified 2026-11-24: a subset of FandolFang-Regular 1.300, its outlines turned into quadratic curves and raised by"
    " 65 units, without layout tables.",
)
RARE = Make(
    "License Song Rare",
    "2017.904",
    "Copyright (c) 2008-2017, GlyphWiki Project (https://glyphwiki.org/)",
    OFL,
    OFL_URL,
    "A subset of two fonts of the GlyphWiki Project of 2017-09-04, joined and without layout tables, renamed because"
    " their names are reserved.",
)


class Source:
    """A font to take glyphs from."""

    def __init__(self, path: Path, rise: int = 0) -> None:
        self.font: Any = TTFont(path, lazy=True)
        self.characters: dict[int, str] = self.font.getBestCmap()
        self._glyphs: Any = self.font.getGlyphSet()
        self._rise = rise

    def glyph(self, code: int) -> tuple[Any, int]:
        """The TrueType outline of a character, composite ones taken apart, and its advance."""
        glyph = self._glyphs[self.characters[code]]
        pen = TTGlyphPen(None)
        to: AbstractPen = Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True) if "CFF " in self.font else pen
        glyph.draw(DecomposingFilterPen(TransformPen(to, (1, 0, 0, 1, 0, self._rise)), self._glyphs))
        return pen.glyph(dropImpliedOnCurves=True), round(glyph.width)


def write(path: Path, make: Make, glyphs: Iterable[tuple[int, tuple[Any, int]]], units: int) -> None:
    """A static TrueType font of `glyphs` (code point, (outline, advance)); nothing else that a PDF has no use for."""
    outlines, advances, names = {".notdef": _box(units)}, {".notdef": units}, {}
    for code, (outline, advance) in glyphs:
        names[code] = f"u{code:05X}"
        outlines[names[code]], advances[names[code]] = outline, advance
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap(names)
    builder.setupGlyf(outlines)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (width, getattr(table[name], "xMin", 0)) for name, width in advances.items()})
    builder.setupHorizontalHeader(ascent=round(0.88 * units), descent=-round(0.12 * units))
    post_script = make.family.replace(" ", "") + "-Regular"
    builder.setupNameTable(
        {
            "copyright": make.copyright,
            "familyName": make.family,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{make.version};{post_script}",
            "fullName": make.family,
            "version": f"Version {make.version}",
            "psName": post_script,
            "description": make.changes,
            "licenseDescription": make.license,
            "licenseInfoURL": make.license_url,
        },
        mac=False,
    )
    builder.setupOS2(
        fsType=0, sTypoAscender=round(0.88 * units), sTypoDescender=-round(0.12 * units),
        usWinAscent=round(1.1 * units), usWinDescent=round(0.3 * units),
    )  # fmt: skip
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = MADE
    builder.save(path)
    print(f"{path.name}: {len(names)} characters, {path.stat().st_size} bytes")


def build(out: Path, root: Path) -> None:
    """Write the three fonts into `out`."""
    for path, digest in SHA256.items():
        if hashlib.sha256((root / path).read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{path.name} is not the file that the fonts were built from")
    sources = _g_sources(root)
    general = {code for code, _ in _unihan(root, "OtherMappings", "kTGH")}
    song = set(Source(SONG).characters)

    lxgw = Source(root / LXGW)
    national = general | sources["G0"] | sources["G1"] | sources["G8"]
    chosen = {
        code
        for code in _among(lxgw.characters, IDEOGRAPHS)
        if not 0x4E00 <= code <= 0x9FFF or code in national  # noqa: PLR2004 - the unified repertoire
    }
    chosen |= set(_among(lxgw.characters, COMPATIBILITY)) | lxgw.characters.keys() & set(KAI_TEXT)
    write(out / "LicenseKai-Regular.ttf", KAI, _drawn(chosen, lxgw), lxgw.font["head"].unitsPerEm)

    # Fandol draws some traditional characters in their simplified form: only what the general table holds is taken.
    fandol = Source(root / FANDOL, FANG_RISE)
    chosen = fandol.characters.keys() & (general | set(FANG_TEXT))
    write(out / "LicenseFangSong-Regular.ttf", FANG, _drawn(chosen, fandol), fandol.font["head"].unitsPerEm)

    a, b = Source(root / HANA_A), Source(root / HANA_B)
    living = set().union(*(sources[source] for source in LIVING))
    wanted = set(_among(living | lxgw.characters.keys(), IDEOGRAPHS)) | {
        code for first, last in COMPATIBILITY for code in range(first, last + 1)
    }
    wanted -= song | DISPUTED
    glyphs = (
        (code, (a if code in a.characters else b).glyph(code))
        for code in sorted(wanted & (a.characters.keys() | b.characters.keys()))
    )
    write(out / "LicenseSongRare-Regular.ttf", RARE, glyphs, a.font["head"].unitsPerEm)


def convert(source: Path, target: Path) -> None:
    """Turn a CFF font into a TrueType font with the same characters, widths and name."""
    font = Source(source)
    debug = font.font["name"].getDebugName
    make = Make(debug(1) or target.stem, "1.000", debug(0) or "", debug(13) or "", debug(14) or "", "Quadratic curves.")
    write(target, make, _drawn(set(font.characters), font), font.font["head"].unitsPerEm)


def _drawn(codes: set[int], source: Source) -> Iterator[tuple[int, tuple[Any, int]]]:
    return ((code, source.glyph(code)) for code in sorted(codes))


def _among(codes: Iterable[int], blocks: list[tuple[int, int]]) -> Iterator[int]:
    return (code for code in codes if any(first <= code <= last for first, last in blocks))


def _box(units: int) -> Any:
    """The glyph of what is missing. The product never draws it."""
    pen = TTGlyphPen(None)
    for inset, turn in ((0.05, 1), (0.1, -1)):
        low, high = round(inset * units), round((0.95 - inset) * units)
        corners = [(low, low), (low, high), (high, high), (high, low)][::turn]
        pen.moveTo(corners[0])
        for corner in corners[1:]:
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()


def _unihan(root: Path, file: str, key: str) -> Iterator[tuple[int, str]]:
    with bz2.open(root / UNIHAN / f"Unihan_{file}.txt.bz2", "rt", encoding="utf-8") as lines:
        for line in lines:
            found = re.match(rf"U\+([0-9A-F]+)\t{key}\t(.*)", line)
            if found:
                yield int(found[1], 16), found[2]


def _g_sources(root: Path) -> dict[str, set[int]]:
    sources: dict[str, set[int]] = {name: set() for name in LIVING}
    for code, value in _unihan(root, "IRGSources", "kIRG_GSource"):
        sources.setdefault(value.partition("-")[0], set()).add(code)
    return sources


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    building = commands.add_parser("build")
    building.add_argument("out", type=Path)
    building.add_argument("--root", type=Path, default=Path("/"))
    converting = commands.add_parser("convert")
    converting.add_argument("source", type=Path)
    converting.add_argument("target", type=Path)
    given = parser.parse_args()
    if given.command == "build":
        build(given.out, given.root)
    else:
        convert(given.source, given.target)


if __name__ == "__main__":
    main()

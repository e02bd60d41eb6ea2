"""Our TrueType reader against fontTools: the same characters, widths and outlines, in the font and in its subsets."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.ttProgram import Program

from license_lib.errors import MachineError
from license_lib.rendering import Fonts
from license_lib.rendering.fonts import FILES
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.resources import resource_folder

FOLDER = resource_folder("templates") / "fonts"
TEXT = "白银市ABÅéǘ½·（）㛃䶮龑𠅤𫖯０1𬎆𠮷"


def outline(font: TTFont, glyph: str) -> list[tuple[str, tuple[tuple[float, float] | None, ...]]]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return list(pen.value)


def is_drawn_alike(font: TTFont, glyph: str, judge: TTFont, other: str) -> bool:
    """Whether two glyphs have the same points, each within half a line of the grid."""
    ours, theirs = outline(font, glyph), outline(judge, other)
    off = max(1, judge["head"].unitsPerEm // 330) / 2
    return [name for name, _ in ours] == [name for name, _ in theirs] and all(
        (one is None and two is None) or (one and two and max(abs(one[0] - two[0]), abs(one[1] - two[1])) <= off)
        for (_, points), (_, others) in zip(ours, theirs, strict=True)
        for one, two in zip(points, others, strict=True)
    )


@pytest.fixture(scope="module", params=FILES.values())
def path(request: pytest.FixtureRequest) -> Path:
    return FOLDER / str(request.param)


@pytest.fixture(scope="module")
def judge(path: Path) -> TTFont:
    return TTFont(BytesIO(path.read_bytes()), lazy=True)


@pytest.fixture(scope="module")
def text(judge: TTFont) -> str:
    """What of the text this font has."""
    return "".join(character for character in TEXT if ord(character) in judge.getBestCmap())


def test_characters_and_widths_agree_with_fonttools(path: Path, judge: TTFont) -> None:
    ours, cmap, metrics = TrueTypeFont(path), judge.getBestCmap(), judge["hmtx"].metrics
    assert ours.name == judge["name"].getDebugName(6)
    for code in [*range(0x20, 0x3000), *range(0x4E00, 0x5000), 0xE000, 0x20164, 0x20BB7, 0x10FFFF]:
        expected = cmap.get(code)
        assert ours.glyph(code) == (judge.getGlyphID(expected) if expected else 0), hex(code)
        if expected:
            assert ours.advance(ours.glyph(code)) == metrics[expected][0] * 1000 / ours.units


def test_a_subset_holds_the_same_outlines(path: Path, judge: TTFont, text: str) -> None:
    ours, cmap = TrueTypeFont(path), judge.getBestCmap()
    glyphs = [0, *(ours.glyph(ord(character)) for character in text)]
    subset = TTFont(BytesIO(ours.subset(glyphs)), checkChecksums=2)
    order = subset.getGlyphOrder()
    assert len(order) >= len(glyphs)
    for position, character in enumerate(text, start=1):
        assert is_drawn_alike(subset, order[position], judge, cmap[ord(character)]), character
        advance, bearing = judge["hmtx"].metrics[cmap[ord(character)]]
        assert subset["hmtx"].metrics[order[position]] == (advance, pytest.approx(bearing, abs=1.5))


def test_a_subset_is_small_and_always_the_same(path: Path, text: str) -> None:
    ours = TrueTypeFont(path)
    glyphs = [0, *(ours.glyph(ord(character)) for character in text)]
    subset = ours.subset(glyphs)
    assert subset == TrueTypeFont(path).subset(glyphs)
    assert len(subset) < 300 + 900 * len(glyphs)
    assert set(TTFont(BytesIO(subset)).keys()) == {"GlyphOrder", "glyf", "head", "hhea", "hmtx", "loca", "maxp"}
    assert TTFont(BytesIO(subset))["head"].indexToLocFormat == 0


def test_a_glyph_used_twice_is_drawn_twice(path: Path, judge: TTFont) -> None:
    ours = TrueTypeFont(path)
    code = next(code for code in (ord("白"), ord("𬎆")) if code in judge.getBestCmap())
    glyph = ours.glyph(code)
    subset = TTFont(BytesIO(ours.subset([0, glyph, glyph])))
    first, second = subset.getGlyphOrder()[1:3]
    assert outline(subset, first) == outline(subset, second)
    assert is_drawn_alike(subset, first, judge, judge.getBestCmap()[code])


def test_a_large_subset_has_long_offsets(judge: TTFont, path: Path) -> None:
    ours, order = TrueTypeFont(path), judge.getGlyphOrder()
    glyphs = [0, *range(len(order) - 1000, len(order))]
    subset = TTFont(BytesIO(ours.subset(glyphs)))
    assert subset["head"].indexToLocFormat == 1
    for number in (1, 500, 1000):
        assert is_drawn_alike(subset, subset.getGlyphOrder()[number], judge, order[glyphs[number]])


def square(size: int, at: int = 0) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((at, at))
    for corner in ((at, at + size), (at + size, at + size), (at + size, at)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def test_parts_come_along_and_hints_do_not(tmp_path: Path) -> None:
    pen = TTGlyphPen({"part": None})
    pen.addComponent("part", (1, 0, 0, 1, 300, 0))
    pen.addComponent("part", (0.5, 0, 0, 0.5, 0, 0))
    whole = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "part", "whole"])
    builder.setupCharacterMap({0x4E00: "whole"})
    builder.setupGlyf({".notdef": square(900), "part": square(200), "whole": whole})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "part", "whole"), (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"psName": "Parts-Regular"}, mac=False)
    builder.setupPost(keepGlyphNames=False)
    table = builder.font["glyf"]
    for name in ("part", "whole"):
        table[name].program = Program()
        table[name].program.fromBytecode([0x4F] * 9)
    builder.save(tmp_path / "parts.ttf")
    font = TrueTypeFont(tmp_path / "parts.ttf")
    subset = TTFont(BytesIO(font.subset([0, font.glyph(0x4E00)])))
    order = subset.getGlyphOrder()
    assert len(order) == 3
    original = TTFont(tmp_path / "parts.ttf")
    assert is_drawn_alike(subset, order[1], original, original.getGlyphOrder()[2])
    for name in order:
        glyph = subset["glyf"][name]
        glyph.expand(subset["glyf"])
        assert not getattr(glyph, "program", Program()).getBytecode()


@pytest.mark.parametrize("data", [b"", b"no font", b"\x00\x01\x00\x00" + b"\xff" * 200])
def test_what_is_no_font_is_a_machine_error(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "broken.ttf"
    file.write_bytes(data)
    with pytest.raises(MachineError) as error:
        TrueTypeFont(file)
    assert error.value.code == "font.unreadable"


def test_a_truncated_font_is_a_machine_error(tmp_path: Path, path: Path) -> None:
    file = tmp_path / "short.ttf"
    file.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(MachineError):
        TrueTypeFont(file)


def test_missing_fonts_are_a_machine_error(tmp_path: Path) -> None:
    with pytest.raises(MachineError) as error:
        Fonts.load(tmp_path)
    assert error.value.code == "font.unreadable"
    assert str(tmp_path) not in str(error.value)

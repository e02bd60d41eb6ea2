"""Our TrueType reader against fontTools: the same characters, widths and outlines, in the font and in its subsets."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from license_lib.errors import MachineError
from license_lib.rendering import Fonts
from license_lib.rendering.truetype import TrueTypeFont
from license_lib.resources import resource_folder

FOLDER = resource_folder("templates") / "fonts"
TEXT = "白银市ABÅéǘ½·（）㛃䶮龑𠅤𫖯０1"


def outline(font: TTFont, glyph: str) -> object:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return pen.value


@pytest.fixture(scope="module", params=["NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf"])
def path(request: pytest.FixtureRequest) -> Path:
    return FOLDER / str(request.param)


@pytest.fixture(scope="module")
def judge(path: Path) -> TTFont:
    return TTFont(BytesIO(path.read_bytes()), lazy=True)


def test_the_font_files_are_the_ones_described() -> None:
    for line in (FOLDER / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_characters_and_widths_agree_with_fonttools(path: Path, judge: TTFont) -> None:
    ours, cmap, metrics = TrueTypeFont(path), judge.getBestCmap(), judge["hmtx"].metrics
    assert ours.name == judge["name"].getDebugName(6)
    for code in [*range(0x20, 0x3000), *range(0x4E00, 0x5000), 0xE000, 0x20164, 0x20BB7, 0x10FFFF]:
        expected = cmap.get(code)
        assert ours.glyph(code) == (judge.getGlyphID(expected) if expected else 0), hex(code)
        if expected:
            assert ours.advance(ours.glyph(code)) == metrics[expected][0] * 1000 / ours.units


def test_a_subset_holds_the_same_outlines(path: Path, judge: TTFont) -> None:
    ours, cmap = TrueTypeFont(path), judge.getBestCmap()
    glyphs = [0, *(ours.glyph(ord(character)) for character in TEXT)]
    subset = TTFont(BytesIO(ours.subset(glyphs)), checkChecksums=2)
    order = subset.getGlyphOrder()
    assert len(order) >= len(glyphs)
    for position, character in enumerate(TEXT, start=1):
        assert outline(subset, order[position]) == outline(judge, cmap[ord(character)]), character
        assert subset["hmtx"].metrics[order[position]] == judge["hmtx"].metrics[cmap[ord(character)]]


def test_a_subset_is_small_and_always_the_same(path: Path) -> None:
    ours = TrueTypeFont(path)
    glyphs = [0, *(ours.glyph(ord(character)) for character in TEXT)]
    assert ours.subset(glyphs) == TrueTypeFont(path).subset(glyphs)
    assert len(ours.subset(glyphs)) < 20_000


def test_a_glyph_used_twice_is_drawn_twice(path: Path, judge: TTFont) -> None:
    ours = TrueTypeFont(path)
    glyph = ours.glyph(ord("白"))
    subset = TTFont(BytesIO(ours.subset([0, glyph, glyph])))
    first, second = subset.getGlyphOrder()[1:3]
    assert outline(subset, first) == outline(subset, second) == outline(judge, judge.getBestCmap()[ord("白")])


@pytest.mark.parametrize("data", [b"", b"no font", b"OTTO" + bytes(100), b"\x00\x01\x00\x00" + b"\xff" * 200])
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

"""Fonts that a department adds: they help out last, and no box of theirs is ever taken for a character."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from faces import Face
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen

from license_lib.errors import InputError, MachineError
from license_lib.rendering import Fonts
from license_lib.rendering.fonts import FILES
from license_lib.resources import resource_folder

FOLDER = resource_folder("templates") / "fonts"
LACKED = [0x20000 + step for step in range(64) if step not in {0x87, 0x89}]  # 𠀀 …: in no committed font but a few


def box(size: int, at: int = 0) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((at, at))
    for corner in ((at, at + size), (at + size, at + size), (at + size, at)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def part(*names: str, moved: int = 0) -> Any:
    pen = TTGlyphPen(dict.fromkeys(names))
    for name in names:
        pen.addComponent(name, (1, 0, 0, 1, moved, 0))
    return pen.glyph()


def font(path: Path, glyphs: Mapping[str, Any], characters: Mapping[int, str]) -> Path:
    outlines = {".notdef": box(700), **glyphs}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(outlines))
    builder.setupCharacterMap(dict(characters))
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(dict.fromkeys(outlines, (900, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"psName": path.stem}, mac=False)
    builder.setupPost(keepGlyphNames=False)
    builder.save(path)
    return path


def cff(path: Path) -> Path:
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "a"])
    builder.setupCharacterMap({LACKED[0]: "a"})
    pen = T2CharStringPen(900, None)
    builder.setupCFF(path.stem, {}, {".notdef": pen.getCharString(), "a": pen.getCharString()}, {})
    builder.setupHorizontalMetrics({".notdef": (900, 0), "a": (900, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"psName": path.stem}, mac=False)
    builder.setupPost()
    builder.save(path)
    return path


def drawn(path: Path, *codes: int) -> list[bool]:
    fonts = Fonts(FOLDER, [path])
    return [fonts.face_for(chr(code), "song") is not None for code in codes]


def test_what_the_committed_fonts_lack_is_drawn_by_an_added_one(fonts: Fonts, tmp_path: Path) -> None:
    code = LACKED[0]
    with pytest.raises(InputError):
        fonts.check("name", chr(code))
    added = font(tmp_path / "More-Regular.ttf", {"a": box(500)}, {code: "a", ord("白"): "a"})
    helped = Fonts(FOLDER, [added])
    helped.check("name", f"白{chr(code)}")
    faces = [run.face for run in helped.runs(f"白{chr(code)}", "song")]
    assert faces == ["song", "extra 1"], "an added font changes nothing that could be drawn without it"
    assert helped.faces["extra 1"].name == "More-Regular"
    assert helped.advances(chr(code), "song") == [900]


def test_a_font_with_an_illegal_name_is_embedded_under_a_legal_one(business_face: Face, tmp_path: Path) -> None:
    added = font(tmp_path / "备用 Song(GB)#2.ttf", {"a": box(500)}, {LACKED[0]: "a"})
    pdf = business_face.with_holders(f"样例{chr(LACKED[0])}").pdf(Fonts(FOLDER, [added]))
    with pikepdf.open(BytesIO(pdf)) as opened:
        names = [str(one.BaseFont) for one in opened.pages[0].resources.Font.values()]
    assert "SongGB2" in {name.partition("+")[2] for name in names}


def test_fonts_in_the_folder_extra_come_before_those_of_the_settings(tmp_path: Path) -> None:
    for file in FILES.values():
        (tmp_path / file).symlink_to(FOLDER / file)
    (tmp_path / "extra").mkdir()
    first, second = LACKED[:2]
    font(tmp_path / "extra" / "B.ttf", {"a": box(400)}, {first: "a"})
    font(tmp_path / "extra" / "A.TTF", {"a": box(500)}, {first: "a"})
    (tmp_path / "extra" / "README.md").write_text("why these")
    other = font(tmp_path / "Other.ttf", {"a": box(600)}, {first: "a", second: "a"})
    fonts = Fonts.load(tmp_path, [other])
    assert [fonts.faces[f"extra {number}"].name for number in (1, 2, 3)] == ["A", "B", "Other"]
    assert [fonts.face_for(chr(code), "kai") for code in (first, second)] == ["extra 1", "extra 3"]


def test_no_outline_is_no_character(tmp_path: Path) -> None:
    empty, nothing, hair, parts, sound = LACKED[:5]
    line = TTGlyphPen(None)
    line.moveTo((0, 0))
    line.lineTo((0, 500))
    line.closePath()
    glyphs = {
        "empty": TTGlyphPen(None).glyph(),
        "hair": line.glyph(),
        "of nothing": part("empty", "empty"),
        "sound": box(300),
    }
    characters = {empty: "empty", hair: "hair", parts: "of nothing", nothing: ".notdef", sound: "sound"}
    path = font(tmp_path / "Empty.ttf", glyphs, characters)
    assert drawn(path, *characters) == [False, False, False, False, True]


def test_a_space_must_be_empty(tmp_path: Path) -> None:
    path = font(
        tmp_path / "Space.ttf", {"thin": TTGlyphPen(None).glyph(), "box": box(99)}, {0x2009: "thin", 0x200A: "box"}
    )
    assert drawn(path, 0x2009, 0x200A) == [True, False]


@pytest.mark.parametrize("kind", ["copied", "named", "moved"])
def test_the_box_of_missing_glyphs_is_no_character_under_any_number(tmp_path: Path, kind: str) -> None:
    boxes = {"copied": box(700), "named": part(".notdef"), "moved": part(".notdef", moved=10)}
    missing, sound = LACKED[:2]
    glyphs = {"box": boxes[kind], "sound": box(300)}
    path = font(tmp_path / "Boxes.ttf", glyphs, {missing: "box", sound: "sound"})
    assert drawn(path, missing, sound) == [False, True]


@pytest.mark.parametrize("boxes", [1, 3])
def test_one_picture_for_many_characters_is_no_character(tmp_path: Path, boxes: int) -> None:
    shared, sound = LACKED[:3], LACKED[3:5]
    glyphs = {f"box {number}": box(600) for number in range(boxes)}
    characters = {code: f"box {number % boxes}" for number, code in enumerate(shared)}
    path = font(tmp_path / "Shared.ttf", {**glyphs, "sound": box(300)}, {**characters, **dict.fromkeys(sound, "sound")})
    assert drawn(path, *shared, *sound) == [False, False, False, True, True], "two variants may look alike"


def test_a_font_that_cannot_be_embedded_is_refused_when_it_is_added(tmp_path: Path) -> None:
    for path, what in ((cff(tmp_path / "Post.otf"), "CFF"), (tmp_path / "Many.ttc", "collection")):
        if what == "collection":
            path.write_bytes(b"ttcf" + bytes(100))
        with pytest.raises(MachineError) as error:
            Fonts(FOLDER, [path])
        assert error.value.code == "font.format"
        assert what in error.value.message
        assert path.name in error.value.message
        assert str(tmp_path) not in str(error.value)
        assert "docs/fonts.md" in (error.value.hint or "")


def test_an_added_font_that_is_missing_is_a_machine_error(tmp_path: Path) -> None:
    with pytest.raises(MachineError) as error:
        Fonts.load(FOLDER, [tmp_path / "None.ttf"])
    assert error.value.code == "font.unreadable"
    assert "None.ttf" in error.value.message

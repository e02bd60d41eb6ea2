"""What can be printed is printed; what cannot is refused by place and code point, never by value."""

import shutil
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from faces import Face
from flowing import fleet_license, fleet_type
from fontTools.ttLib import TTFont
from pypdfium2 import PdfDocument

from license_lib.characters import mended
from license_lib.errors import InputError, MachineError
from license_lib.rendering import Fonts, check_fit, check_glyphs, render
from license_lib.rendering.fonts import FILES, RARE, SONG
from license_lib.resources import resource_folder


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        ("\n", "control"),
        ("\x00", "control"),
        ("\u200b", "invisible format"),
        ("\u202e", "invisible format"),
        ("\u00ad", "invisible format"),
        ("\ue000", "private use"),
        ("\U000f0000", "private use"),
        ("\ud83d", "surrogate"),
        ("\u2028", "line separator"),
        ("\u0378", "unassigned"),
        ("\U00020000", "no font has it"),
        ("\u3164", "no font has it"),
        ("\ufe00", "variation selector"),
        ("\U000e0101", "variation selector"),
        ("\u0301", "combining mark"),
        ("⻊", "radical"),
        ("ﬁ", "presentation form"),
        ("⿰", "describes a character instead of being one"),
        ("□", "stands for a lost character"),
        ("\ufffd", "stands for a lost character"),
        ("\U0001f600", "no font has it"),
    ],
)
def test_unprintable_characters_are_named_by_code_and_position(fonts: Fonts, character: str, kind: str) -> None:
    with pytest.raises(InputError) as error:
        fonts.check("address", f"秘密{character}{character}地址")
    assert error.value.code == "glyph.missing"
    assert f"character 3, U+{ord(character):04X} ({kind})" in error.value.message
    assert "address" in error.value.message
    assert "秘密" not in str(error.value)
    assert error.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "㛃䶮龑𠅤𫖯𬎆𠮷", "买买提·艾力", "É ǘ ḿ ½ ㎡ Ⅳ ①", "鿍鿎鿏鿫鿿", "甲\u3000乙\u00a0丙", "\uf900\U0002f81a"],
)
def test_rare_characters_and_spaces_are_printable(fonts: Fonts, text: str) -> None:
    fonts.check("name", text)


def test_every_sign_that_is_printed_is_read_again_as_itself(fonts: Fonts) -> None:
    """All but ideographs, of which tests of random licences have their share."""
    signs = [
        chr(code)
        for code in (*range(0x21, 0x3400), *range(0xFB00, 0x20000))
        if mended(chr(code)) == (chr(code), ()) and not chr(code).isspace() and fonts.face_for(chr(code), SONG)
    ]
    assert len(signs) > 2000
    read: set[str] = set()
    for start in range(0, len(signs), 1500):
        document = fleet_license("".join(signs[start : start + 1500]))
        pdf = render(fleet_type(), document, qr_text="HTTPS://ZZ.EXAMPLE.COM/V#A", fonts=fonts)
        with PdfDocument(pdf) as opened:
            read |= {character for page in opened for character in page.get_textpage().get_text_range()}
    assert set(signs) <= read


def test_the_first_bad_character_is_named(fonts: Fonts) -> None:
    with pytest.raises(InputError, match=r"character 2, U\+E001"):
        fonts.check("name", "甲\ue001\ue000\ue001")


@pytest.mark.parametrize(
    ("wanted", "lacked", "lender"),
    [("song", "𬎆", "rare"), ("hei", "𠮷", "rare"), ("kai", "㐀", "song"), ("fangsong", "龑", "song")],
)
def test_every_face_draws_its_own_and_borrows_the_rest(fonts: Fonts, wanted: str, lacked: str, lender: str) -> None:
    runs = [(run.face, run.text) for run in fonts.runs(f"甲{lacked}乙", wanted)]
    assert runs == [(wanted, "甲"), (lender, lacked), (wanted, "乙")]


def test_a_borrowed_character_has_the_width_of_the_face_that_draws_it(fonts: Fonts) -> None:
    assert fonts.face_for("·", "fangsong") == "song"
    assert fonts.advances("甲·", "fangsong") == [1000, fonts.advances("·", "song")[0]]
    assert fonts.advances("·", "song") != fonts.advances("·", "hei")


@pytest.mark.parametrize("wanted", ["song", "hei", "kai", "fangsong"])
def test_two_dashes_make_one_line(fonts: Fonts, wanted: str) -> None:
    face = fonts.faces[fonts.face_for("—", wanted) or ""]
    subset = TTFont(BytesIO(face.subset([0, face.glyph(ord("—"))])))
    table = subset["glyf"]
    dash = table[subset.getGlyphOrder()[1]]
    assert face.advance(face.glyph(ord("—"))) == 1000
    assert dash.xMax - dash.xMin >= 990


def test_a_font_is_opened_when_it_is_needed(tmp_path: Path) -> None:
    for file in FILES.values():
        (tmp_path / file).write_bytes(b"\0\1\0\0 and nothing more")
    for needed in (SONG, RARE):
        shutil.copy(resource_folder("templates") / "fonts" / FILES[needed], tmp_path)
    some = Fonts(tmp_path)
    some.check("name", "白银市𬎆", "song")
    with pytest.raises(MachineError):
        some.check("name", "白银市", "kai")


def test_a_face_with_an_unprintable_value_is_refused_before_anything_is_drawn(
    fonts: Fonts, business_face: Face
) -> None:
    face = business_face.with_fields(address="甘肃省\ue123白银市")
    for check in (partial(check_glyphs, face.content()), partial(check_fit, face.license_type, face.content())):
        with pytest.raises(InputError) as error:
            check(fonts)
        assert error.value.code == "glyph.missing"
        assert "address: character 4, U+E123" in error.value.message
    with pytest.raises(InputError):
        face.pdf(fonts)

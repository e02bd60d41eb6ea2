"""What can be printed is printed; what cannot is refused by place and code point, never by value."""

from functools import partial
from io import BytesIO

import pytest
from faces import Face
from fontTools.ttLib import TTFont

from license_lib.errors import InputError
from license_lib.rendering import Fonts, check_fit, check_glyphs
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
        ("\u2028", "no font has it"),
        ("\u0378", "unassigned"),
        ("\U00020bb7", "no font has it"),
        ("\u3164", "no font has it"),
        ("\ufe00", "no font has it"),
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


@pytest.mark.parametrize("text", ["", "㛃䶮龑𠅤𫖯", "买买提·艾力", "É ǘ ½ ㎡ Ⅳ ①", "鿍鿎鿏鿫", "甲\u3000乙\u00a0丙"])
def test_rare_characters_and_spaces_are_printable(fonts: Fonts, text: str) -> None:
    fonts.check("name", text)


def test_the_first_bad_character_is_named(fonts: Fonts) -> None:
    with pytest.raises(InputError, match=r"character 2, U\+E001"):
        fonts.check("name", "甲\ue001\ue000\ue001")


def test_a_character_that_one_face_lacks_comes_from_the_other(fonts: Fonts) -> None:
    song, hei = (
        set(TTFont(BytesIO((resource_folder("templates") / "fonts" / name).read_bytes()), lazy=True).getBestCmap())
        for name in ("NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf")
    )
    only_hei = next(chr(code) for code in sorted(hei - song) if fonts.face_for(chr(code), "hei"))
    assert fonts.face_for(only_hei, "song") == "hei"
    assert [(run.face, run.text) for run in fonts.runs(f"甲{only_hei}乙", "song")] == [
        ("song", "甲"),
        ("hei", only_hei),
        ("song", "乙"),
    ]


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

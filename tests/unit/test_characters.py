"""Leftovers of older encodings are mended by published mappings, and what cannot be mended is told by kind."""

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from license_lib.characters import fault, mended
from license_lib.resources import resource_folder

GENERAL = Path(__file__).resolve().parents[1] / "data" / "general_standard_characters.txt"
# Recommendation of the Unicode Technical Committee, L2/23-003R, as browsers decode since: bytes and character.
CHANGED_2022 = {
    **dict(zip(("A6D9", "A6DA", "A6DB", "A6DC", "A6DD", "A6DE", "A6DF"), "︐︒︑︓︔︕︖", strict=True)),
    **dict(zip(("A6EC", "A6ED", "A6F3"), "︗︘︙", strict=True)),
    **dict(zip(("FE59", "FE61", "FE66", "FE67", "FE6D", "FE7E", "FE90", "FEA0"), "龴龵龶龷龸龹龺龻", strict=True)),
}
# Characters of GB 18030-2005 that stay private there because Unicode has them beyond the basic plane.
DOUBLED = {"FE51": "𠂇", "FE52": "𠂉", "FE53": "𠃌", "FE6C": "𡗗", "FE76": "𢦏", "FE91": "𤇾"}


def decoded(code: str) -> str:
    return bytes.fromhex(code).decode("gb18030")


@pytest.mark.parametrize(("code", "character"), {**CHANGED_2022, **DOUBLED, "A8BC": "ḿ", "A3A0": "\u3000"}.items())
def test_what_python_decodes_to_private_use_is_mended(code: str, character: str) -> None:
    left_over = decoded(code)
    assert unicodedata.category(left_over) == "Co"
    if character == "\u3000":
        assert mended(f"张{left_over}三") == ("张\u3000三", (2,))
    else:
        assert mended(f"张{left_over}") == (f"张{character}", (2,))


def test_the_private_rows_of_gbk_are_those_of_gb_18030() -> None:
    codes = [f"FE{low:02X}" for low in range(0x50, 0xA1) if low != 0x7F]
    assert len(codes) == 80
    for number, code in enumerate(codes):
        python = decoded(code)
        expected = {**CHANGED_2022, **DOUBLED}.get(code, python)
        text, positions = mended(chr(0xE815 + number))
        assert positions == (1,)
        assert text == expected or fault(expected) is not None, code
        assert python in (expected, chr(0xE815 + number)), code


@pytest.mark.parametrize(("private", "code"), [(0xE76C, "A2E3"), (0xE7C8, "A8BF")])
def test_signs_that_gb_18030_gave_a_place_are_mended(private: int, code: str) -> None:
    assert mended(chr(private)) == (decoded(code), (1,))


@pytest.mark.parametrize("number", range(13))
def test_descriptions_are_not_mistaken_for_characters(number: int) -> None:
    text, positions = mended(chr(0xE7E7 + number))
    assert (text, positions) == (decoded(f"A9{0x89 + number:02X}"), (1,))
    assert fault(text) is not None


def test_radicals_become_the_ideographs_that_unicode_gives_them() -> None:
    for code in range(0x2F00, 0x2FD6):
        ideograph = unicodedata.normalize("NFKC", chr(code))
        assert mended(f"甲{chr(code)}乙") == (f"甲{ideograph}乙", (2,))
        assert fault(ideograph) is None


def test_radicals_of_the_supplement_are_mended_where_song_draws_one_glyph_for_both() -> None:
    path = resource_folder("templates") / "fonts" / "NotoSerifSC-Regular.ttf"
    with TTFont(path, lazy=True) as font:
        glyphs = font.getBestCmap()
    some = {code: mended(chr(code))[0] for code in range(0x2E80, 0x2EF4)}
    changed = {code: text for code, text in some.items() if text != chr(code)}
    assert len(changed) == 75
    assert {glyphs[code] for code in changed} == {glyphs[ord(text)] for text in changed.values()}
    assert all(glyphs[code] == glyphs[ord(text)] for code, text in changed.items())
    assert [chr(code) for code in some if code not in changed and fault(chr(code)) is None] == []


@pytest.mark.parametrize(
    ("apart", "together", "positions"),
    [
        ("Jose\u0301 Mu\u0308ller", "José Müller", (4, 7)),
        ("u\u0308\u030c", "ǚ", (1,)),
        ("か\u3099", "が", (1,)),
        ("甲\ue81ee\u0301", "甲龴é", (2, 3)),
    ],
)
def test_letters_and_their_accents_are_put_together(apart: str, together: str, positions: tuple[int, ...]) -> None:
    assert mended(apart) == (together, positions)


@pytest.mark.parametrize("text", ["白\u0301", "\uf900\u0301", "\u0301"])
def test_an_accent_without_a_letter_stays_and_is_refused(text: str) -> None:
    assert mended(text) == (text, ())
    found = fault("\u0301")
    assert found is not None
    assert found.kind == "combining mark"


def test_compatibility_ideographs_are_not_normalised() -> None:
    text = "\uf900\ufa0e\ufad9\U0002f800\U0002fa1d"
    assert mended(text) == (text, ())
    assert not any(map(fault, text))


def test_nothing_of_the_general_table_is_touched() -> None:
    text = GENERAL.read_text(encoding="utf-8").replace("\n", "")
    assert mended(text) == (text, ())
    assert [character for character in text if fault(character)] == []


@pytest.mark.parametrize("form", "ﬀﬁﬂﬃﬄ\ufb4f\ufdfa\ufe70\ufefc")
def test_what_readers_of_a_page_take_apart_is_refused(form: str) -> None:
    found = fault(form)
    assert found is not None
    assert found.kind == "presentation form"


@pytest.mark.parametrize("private", ["\ue000", "\ue765", "\ue766", "\uf8ff", "\U000f0000"])
def test_private_use_without_a_published_meaning_is_refused(private: str) -> None:
    assert mended(private) == (private, ())
    found = fault(private)
    assert found is not None
    assert found.kind == "private use"
    assert "GB 18030-2022" in found.advice


@pytest.mark.parametrize("code", [0x20000, 0x2EE5D, 0x323AF, 0x323B0, 0x3347B])
def test_ideographs_newer_than_python_are_left_to_the_fonts(code: int) -> None:
    assert fault(chr(code)) is None


@given(st.text())
def test_mending_again_changes_nothing_and_positions_are_true(text: str) -> None:
    new, positions = mended(text)
    assert mended(new) == (new, ())
    assert list(positions) == sorted(set(positions))
    assert all(1 <= position <= len(new) for position in positions)
    assert bool(positions) == (new != text)
    if len(new) == len(text):
        assert positions == tuple(at for at, (old, now) in enumerate(zip(text, new, strict=True), 1) if old != now)


@given(st.text("ae\u0301\u0308\ue81e⼀⻢白\uf900\u3099か"))
def test_the_same_for_what_is_mended(text: str) -> None:
    new, positions = mended(text)
    assert mended(new) == (new, ())
    assert bool(positions) == (new != text)

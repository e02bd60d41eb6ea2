"""The fonts that every installation has: the files described, with their licences, and enough for every name."""

import hashlib
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from license_lib.rendering import Fonts
from license_lib.rendering.fonts import FANGSONG, FILES, HEI, KAI, RARE, SONG
from license_lib.resources import resource_folder

FOLDER = resource_folder("templates") / "fonts"
GENERAL = Path(__file__).resolve().parents[2] / "data" / "general_standard_characters.txt"
RESERVED = ("Source", "LXGW", "霞鹜", "Hanazono", "HanaMin", "花園")
DRAWN_ALIKE = {  # variants that their makers draw alike, and pairs that differ by a hair
    *(
        "㖈䎛",
        "㘽㦳",
        "㶷𤈎",
        "瑨𤨁",
        "郎郞",
        "㫚曶",
        "㬵胶",
        "㬺幐",
        "㬻䐠",
        "㮣槩",
        "墫壿",
        "卉𠦄",
        "杞𣏌",
        "𤠔𪻅",
        "﨣𧺯",
    ),
}
UNIFIED = range(0x4E00, 0xA000)
EXTENSION_A = range(0x3400, 0x4DC0)


def general() -> str:
    return "".join(GENERAL.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module", params=FILES)
def judge(request: pytest.FixtureRequest) -> TTFont:
    return TTFont(BytesIO((FOLDER / FILES[str(request.param)]).read_bytes()), lazy=True)


def test_the_files_are_the_ones_described() -> None:
    lines = (FOLDER / "SHA256SUMS").read_text().splitlines()
    described = {name: digest for digest, name in map(str.split, lines)}
    assert (
        set(described)
        == set(FILES.values())
        == {path.name for path in FOLDER.glob("*.?t?")} - {"README.md"} - {path.name for path in FOLDER.glob("*.txt")}
    )
    for name, digest in described.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("file", FILES.values())
def test_a_licence_stands_beside_each(file: str) -> None:
    (license_file,) = FOLDER.glob(f"{file.partition('-')[0]}-*.txt")
    text = license_file.read_text(encoding="utf-8")
    assert "Copyright" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text or "with the font exception" in text
    assert file in (FOLDER / "README.md").read_text(encoding="utf-8")
    assert license_file.name in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_no_modified_font_bears_a_reserved_name(judge: TTFont) -> None:
    names = [judge["name"].getDebugName(number) or "" for number in (1, 3, 4, 6)]
    assert all(names)
    assert [name for name in names for reserved in RESERVED if reserved.lower() in name.lower()] == []
    assert "Copyright" in judge["name"].getDebugName(0) or "(c)" in judge["name"].getDebugName(0)
    assert judge["name"].getDebugName(13)


@pytest.mark.parametrize("wanted", [SONG, HEI, KAI, FANGSONG])
def test_every_name_of_the_general_table_is_drawn_and_all_of_the_unified_repertoire(fonts: Fonts, wanted: str) -> None:
    assert len(set(general())) == 8105
    for text in (general(), "".join(map(chr, UNIFIED)), "".join(map(chr, EXTENSION_A))):
        fonts.check("text", text, wanted)


def test_song_hei_and_kai_draw_the_general_table_themselves(fonts: Fonts) -> None:
    for wanted in (SONG, HEI, KAI):
        assert {fonts.face_for(character, wanted) for character in general()} == {wanted}
    assert sum(fonts.face_for(character, FANGSONG) == FANGSONG for character in general()) == 6638


def test_song_draws_the_common_characters_alone(fonts: Fonts) -> None:
    assert {fonts.face_for(chr(code), SONG) for code in (*UNIFIED, *EXTENSION_A)} == {SONG}


def ideographs(judge: TTFont) -> Iterator[tuple[int, bytes, int]]:
    """Code point, outline and advance of every ideograph."""
    data, places, order, metrics = (
        judge.reader["glyf"],
        judge["loca"],
        judge.getReverseGlyphMap(),
        judge["hmtx"].metrics,
    )
    for code, name in judge.getBestCmap().items():
        if 0x3400 <= code < 0xA000 or code >= 0x20000:
            yield code, data[places[order[name]] : places[order[name] + 1]], metrics[name][0]


def test_no_two_ideographs_of_different_meaning_share_a_picture(judge: TTFont) -> None:
    known = defaultdict[bytes, set[str]](set)
    for code, outline, _ in ideographs(judge):
        known[outline].add(unicodedata.normalize("NFC", chr(code)))
    assert b"" not in known
    assert {"".join(sorted(some)) for some in known.values() if len(some) > 1} <= DRAWN_ALIKE


def test_every_picture_of_an_ideograph_keeps_to_its_em(judge: TTFont) -> None:
    units = judge["head"].unitsPerEm
    for code, outline, advance in ideographs(judge):
        contours, *edges = struct.unpack_from(">5h", outline)
        left, bottom, right, top = (edge / units for edge in edges)
        assert contours > 0, hex(code)
        assert advance == units, hex(code)
        assert -0.05 < left < right < 1.05, hex(code)
        assert -0.26 < bottom < top < 0.95, hex(code)


def test_the_supplement_is_no_face_to_choose(fonts: Fonts) -> None:
    assert RARE in fonts.faces
    with pytest.raises(KeyError):
        fonts.face_for("甲", RARE)

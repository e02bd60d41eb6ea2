"""The QR as a drawing: exactly the symbol's modules, in few rectangles, in a small version."""

from math import isqrt
from random import Random
from typing import Any

import pytest
import qrcode
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from license_lib.code_size import QUIET_ZONE
from license_lib.errors import InputError
from license_lib.rendering.qr_drawing import qr_matrix, qr_path, qr_rectangles
from license_lib.rendering.qr_frame import MARGIN
from license_lib.rendering.qr_symbol import data_bytes, is_symbol_of, symbol

URL = "HTTPS://ZZ.BAIYIN.EXAMPLE/V#" + "MZXW6YTBOI2A7Q" * 30


def test_rectangles_cover_every_dark_module_once_and_nothing_else() -> None:
    matrix = qr_matrix(URL[:330])
    covered = [bytearray(len(matrix)) for _ in matrix]
    rectangles = qr_rectangles(matrix)
    for left, top, wide, high in rectangles:
        for y in range(top, top + high):
            for x in range(left, left + wide):
                assert covered[y][x] == 0
                covered[y][x] = 1
    assert [bytes(row) for row in covered] == matrix
    assert len(rectangles) < sum(map(sum, matrix)) / 2


@given(st.lists(st.lists(st.integers(0, 1), min_size=7, max_size=7), min_size=7, max_size=7))
@settings(max_examples=50)
def test_any_pattern_is_covered_exactly(pattern: list[list[int]]) -> None:
    matrix = [bytes(row) for row in pattern]
    area = sum(wide * high for _, _, wide, high in qr_rectangles(matrix))
    assert area == sum(map(sum, matrix))


@pytest.mark.parametrize(("length", "version"), [(500, 11), (640, 12), (655, 12), (670, 13)])
def test_digits_take_the_least_room(length: int, version: int) -> None:
    assert len(qr_matrix(("HTTPS://LICENSE.EXAMPLE.GOV.CN/V#" + "1999302248" * 70)[:length])) == 17 + 4 * version


@pytest.mark.parametrize(("length", "version"), [(330, 11), (400, 12)])
def test_a_url_with_a_base32_fragment_stays_in_a_small_version(length: int, version: int) -> None:
    assert len(qr_matrix(URL[:length])) == 17 + 4 * version


def test_the_drawing_keeps_its_quiet_zone() -> None:
    assert QUIET_ZONE == 4  # ISO/IEC 18004
    count = len(qr_matrix(URL[:330])) + 2 * QUIET_ZONE
    path = qr_path(URL[:330], 10, 20, 100)
    assert path.startswith(
        f"q {100 / count:.5f} 0 0 {100 / count:.5f} 10.000 20.000 cm 1 1 1 rg 0 0 {count} {count} re f"
    )
    for rectangle in path.split(" rg ")[2].removesuffix(" f Q").split(" re")[:-1]:
        left, bottom, wide, high = map(int, rectangle.split())
        assert left >= QUIET_ZONE
        assert bottom >= QUIET_ZONE
        assert max(left + wide, bottom + high) <= count - QUIET_ZONE


def test_the_same_text_gives_the_same_drawing() -> None:
    assert qr_path(URL, 0, 0, 100) == qr_path(URL, 0, 0, 100)


def symbol_of_zxing(text: str) -> list[bytes]:
    image: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(
        scale=1, add_quiet_zones=False
    )
    pixels = bytes(1 - min(one, 1) for one in bytes(image))
    side = isqrt(len(pixels))
    return [pixels[start : start + side] for start in range(0, len(pixels), side)]


@given(st.integers(30, 2200), st.integers(0, 10**9))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_third_encoder_makes_the_very_same_symbol_of_a_licence(length: int, seed: int) -> None:
    """zxing-cpp chooses segments, version and mask by itself."""
    digits = "".join(Random(seed).choices("0123456789", k=length))  # noqa: S311 -- a test's text
    text = f"HTTPS://LICENSE.BAIYIN.GOV.CN/V#1{digits}"
    assert qr_matrix(text) == symbol_of_zxing(text)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=1200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_from_a_symbol_that_is_no_larger_than_another_encoders(text: str) -> None:
    matrix = qr_matrix(text)
    assert len(matrix) <= len(symbol_of_zxing(text))
    side = len(matrix) + 2 * QUIET_ZONE
    picture = Image.new("L", (side, side), 255)
    pixels = b"".join(matrix).translate(bytes((255, 0)) + bytes(254))
    picture.paste(Image.frombytes("L", (len(matrix), len(matrix)), pixels), (QUIET_ZONE, QUIET_ZONE))
    (read,) = zxingcpp.read_barcodes(picture.resize((side * 3, side * 3), Image.Resampling.NEAREST))
    assert read.text == text
    assert read.ec_level == "M"


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_is_the_other_encoders(version: int) -> None:
    bits = 8 * data_bytes(version) - 4 - 16
    text = "".join(Random(version).choices("abcdefghijklmnopqrstuvwxyz", k=bits // 8))  # noqa: S311 -- a test's text
    matrix = symbol(text)
    assert len(matrix) == 17 + 4 * version
    assert matrix == symbol_of_zxing(text)


@pytest.mark.parametrize("text", ["", "A" * 2301, "HTTPS://例/"])
def test_what_a_code_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        qr_matrix(text)
    assert error.value.code == "qr.unencodable"


@pytest.mark.parametrize("repeats", [1, 9, 18, 30])
@pytest.mark.parametrize(
    ("piece", "kind"), [("MZXW6YTBOIQGE5DFON2A7", MODE_ALPHA_NUM), ("199930224859015153481", MODE_NUMBER)]
)
def test_a_second_encoder_makes_the_very_same_symbol(piece: str, kind: int, repeats: int) -> None:
    """`qrcode` is an encoder of its own: with the same segments, one of its eight masks is our symbol, bit for bit."""
    head, fragment = "HTTP://127.0.0.1:8000/V", piece * repeats
    matrix = qr_matrix(f"{head}#{fragment}")
    symbols = []
    for mask in range(8):
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
        for part, mode in ((head, MODE_ALPHA_NUM), ("#", MODE_8BIT_BYTE), (fragment, kind)):
            code.add_data(QRData(part.encode(), mode=mode), optimize=0)
        code.make(fit=True)
        symbols.append([bytes(map(int, row)) for row in code.modules])
    assert matrix in symbols


def numbered(rows: list[bytes]) -> int:
    """A symbol as one number."""
    light = b"0" * (len(rows) + MARGIN) * MARGIN
    digits = [row.translate(bytes.maketrans(b"\0\1", b"01")) + b"0" * MARGIN for row in rows]
    return int(b"".join([light, *digits, light]), 2)


@pytest.mark.parametrize("mask", range(8))
def test_a_symbol_is_of_its_text_under_every_mask_and_of_no_other(mask: int) -> None:
    text = "1234567890" * 30
    other: Any = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
    other.add_data(QRData(text.encode(), mode=MODE_NUMBER))
    other.make()
    number = numbered([bytes(map(int, row)) for row in other.get_matrix()])
    assert is_symbol_of(text, number)
    assert not any(is_symbol_of(wrong, number) for wrong in ("", text[:-1] + "1", text * 30))
    assert not any(is_symbol_of(text, number ^ (1 << place)) for place in range(number.bit_length()))

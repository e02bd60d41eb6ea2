"""The QR as a drawing: exactly the symbol's modules, in few rectangles, in a small version."""

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from license_lib.code_size import QUIET_ZONE
from license_lib.errors import InputError
from license_lib.rendering.qr_drawing import qr_matrix, qr_path, qr_rectangles

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

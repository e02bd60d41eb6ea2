"""The round seal: exact size, evenly spread characters, outlines only, the same bytes every time."""

import math
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from signing.errors import SealingError
from signing.seal_image import SealDesign, draw_round_seal
from signing.sealing import SealAppearance, seal

FONTS = Path(__file__).resolve().parents[3] / "templates" / "fonts"
FONT = FONTS / "NotoSerifSC-Regular.ttf"
SCALE = 4.0


NAMES = [
    "白银公安",
    "白银市公安局",
    "白银市市场监督管理局（样例）",
    "甘肃省白银市高新技术产业开发区管理委员会",
    "甘肃省白银市白银区人民政府行政审批服务局政务服务中心样例三",
]


def red_pixels(pdf: bytes) -> tuple[int, list[tuple[float, float]]]:
    """Render and return the picture's side and the red points relative to its centre, y up, in units of the radius."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=SCALE).to_pil().convert("RGB")
    side = image.size[0]
    data = image.tobytes()
    half = side / 2
    points = []
    for index in range(0, len(data), 3):
        red, green, blue = data[index : index + 3]
        if red > 150 and green < 120 and blue < 120:
            y, x = divmod(index // 3, side)
            points.append(((x + 0.5 - half) / half, (half - y - 0.5) / half))
    return side, points


def test_the_page_is_exactly_the_seal() -> None:
    with pikepdf.open(
        BytesIO(draw_round_seal(SealDesign(NAMES[2], "6204000000002", diameter_mm=42), FONT))
    ) as document:
        (page,) = document.pages
        width = 42 * 72 / 25.4
        assert [float(value) for value in page.MediaBox] == pytest.approx([0, 0, width, width], abs=0.001)


def test_nothing_but_paths_is_drawn() -> None:
    pdf = draw_round_seal(SealDesign(NAMES[2], "6204000000002", caption="专用章"), FONT)
    with pikepdf.open(BytesIO(pdf)) as document:
        page = document.pages[0]
        assert list(page.Resources) == ["/ExtGState"]
        operators = {str(instruction.operator) for instruction in pikepdf.parse_content_stream(page)}
    assert operators <= {"q", "Q", "cm", "gs", "rg", "RG", "j", "w", "m", "l", "c", "h", "f", "s", "B"}
    assert b"/Font" not in pdf


def test_the_same_design_gives_the_same_bytes() -> None:
    design = SealDesign(NAMES[1], "6204000000001")
    assert draw_round_seal(design, FONT) == draw_round_seal(design, FONT)


def test_ring_and_star_are_where_they_belong() -> None:
    _, points = red_pixels(draw_round_seal(SealDesign(NAMES[1]), FONT))
    distances = [math.hypot(x, y) for x, y in points]
    assert max(distances) == pytest.approx(1.0, abs=0.01)
    assert any(distance < 0.02 for distance in distances), "the star's centre is filled"
    assert not [distance for distance in distances if 0.895 < distance < 0.93], "the name keeps clear of the ring"
    # The star points up: its tip is on the vertical, and nothing of it is as far down.
    inner = [(x, y) for (x, y), distance in zip(points, distances, strict=True) if distance < 0.37]
    assert max(inner, key=lambda point: point[1])[0] == pytest.approx(0, abs=0.02)
    assert min(y for _, y in inner) > -0.32


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_spread_symmetrically_over_the_upper_arc(name: str) -> None:
    _, points = red_pixels(draw_round_seal(SealDesign(name, "6204000000001"), FONT))
    angles = [
        math.degrees(math.atan2(x, y))
        for x, y in points
        if 0.59 < math.hypot(x, y) < 0.89 and (y > -0.55 or abs(x) > 0.5)
    ]
    left, right = min(angles), max(angles)
    # Characters do not fill their boxes evenly, so symmetry is that of the boxes.
    assert left == pytest.approx(-right, abs=12)
    assert right - left < 275
    assert right - left > min(100, len(name) * 20)


def test_long_names_leave_gaps_between_characters() -> None:
    """Characters may come close but do not merge into one band."""
    _, points = red_pixels(draw_round_seal(SealDesign(NAMES[3]), FONT))
    inked = {round(math.degrees(math.atan2(x, y)) * 2) for x, y in points if 0.75 < math.hypot(x, y) < 0.89}
    span = range(min(inked), max(inked) + 1)
    free = sum(1 for angle in span if angle not in inked)
    assert free >= len(NAMES[3]) - 1


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (SealDesign("白银市"), "seal.design"),
        (SealDesign("白" * 31), "seal.design"),
        (SealDesign("白银市公安局", "6" * 19), "seal.design"),
        (SealDesign("白银市公安局", caption="专" * 11), "seal.design"),
        (SealDesign("白银市公安局", diameter_mm=5), "seal.design"),
        (SealDesign("白银市公安局", diameter_mm=math.nan), "seal.design"),
        (SealDesign("白银市\U000f0000局"), "seal.glyph"),
    ],
)
def test_impossible_designs_are_refused(design: SealDesign, code: str) -> None:
    with pytest.raises(SealingError) as caught:
        draw_round_seal(design, FONT)
    assert caught.value.code == code


def test_a_second_font_helps_out() -> None:
    other = FONTS / "NotoSansSC-Regular.ttf"
    assert draw_round_seal(SealDesign(NAMES[1]), [FONT, other]) == draw_round_seal(SealDesign(NAMES[1]), FONT)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(b"no font")
    with pytest.raises(SealingError) as caught:
        draw_round_seal(SealDesign(NAMES[1]), path)
    assert caught.value.code == "seal.font"


def test_a_blank_in_the_name_draws_nothing() -> None:
    pdf = draw_round_seal(SealDesign("白银市 公安局"), FONT)
    assert red_pixels(pdf)[1]


def test_the_drawn_seal_can_be_the_appearance_of_a_seal(pki: Any, plain_pdf: bytes) -> None:
    picture = draw_round_seal(SealDesign(NAMES[2], "6204000000002"), FONT)
    sealed = seal(
        plain_pdf,
        credential=pki.credential(),
        timestamper=None,
        appearance=SealAppearance(picture, 0, 100, 100, 40),
        at=pki.now,
        nonce=lambda: 1,
    )
    document = pypdfium2.PdfDocument(sealed)
    document.init_forms()
    page = document[0].render(scale=2, may_draw_forms=True).to_pil().convert("RGB")
    centre = page.getpixel((int(120 * 72 / 25.4 * 2), int(120 * 72 / 25.4 * 2)))
    assert isinstance(centre, tuple)
    assert centre[0] > 200
    assert centre[1] < 60

"""The round seal: exact size, evenly spread characters, outlines only, the same bytes every time."""

import math
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from signing.errors import SealingError
from signing.seal_image import SealDesign, SealShape, draw_seal
from signing.sealing import SealAppearance, Spot, seal

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
        BytesIO(draw_seal(SealDesign(NAMES[2], code="6204000000002", width_mm=42, height_mm=42), FONT))
    ) as document:
        (page,) = document.pages
        width = 42 * 72 / 25.4
        assert [float(value) for value in page.MediaBox] == pytest.approx([0, 0, width, width], abs=0.001)


def test_nothing_but_paths_is_drawn() -> None:
    pdf = draw_seal(SealDesign(NAMES[2], code="6204000000002", caption="专用章"), FONT)
    with pikepdf.open(BytesIO(pdf)) as document:
        page = document.pages[0]
        assert list(page.Resources) == ["/ExtGState"]
        operators = {str(instruction.operator) for instruction in pikepdf.parse_content_stream(page)}
    assert operators <= {"q", "Q", "cm", "gs", "rg", "RG", "j", "w", "m", "l", "c", "h", "f", "s", "B"}
    assert b"/Font" not in pdf


def test_the_same_design_gives_the_same_bytes() -> None:
    design = SealDesign(NAMES[1], code="6204000000001")
    assert draw_seal(design, FONT) == draw_seal(design, FONT)


def test_ring_and_star_are_where_they_belong() -> None:
    _, points = red_pixels(draw_seal(SealDesign(NAMES[1]), FONT))
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
    _, points = red_pixels(draw_seal(SealDesign(name, code="6204000000001"), FONT))
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
    _, points = red_pixels(draw_seal(SealDesign(NAMES[3]), FONT))
    inked = {round(math.degrees(math.atan2(x, y)) * 2) for x, y in points if 0.75 < math.hypot(x, y) < 0.89}
    span = range(min(inked), max(inked) + 1)
    free = sum(1 for angle in span if angle not in inked)
    assert free >= len(NAMES[3]) - 1


@pytest.mark.parametrize(
    "design",
    [
        {"name": "白银市"},
        {"name": "    "},
        {"name": "白银市\n公安局"},
        {"name": "白银市\u202e公安局"},
        {"name": "白" * 31},
        {"name": "印", "shape": SealShape.SQUARE},
        {"name": "印" * 17, "shape": SealShape.SQUARE},
        {"name": "张三之印", "shape": SealShape.SQUARE, "code": "6204000000001"},
        {"name": "白银市公安局", "code": "6" * 19},
        {"name": "白银市公安局", "caption": "专" * 13},
        {"name": "白银市公安局", "lower": "专" * 13},
        {"name": "白银市公安局", "caption": "专用章", "lower": "（1）"},
        {"name": "白银市公安局", "width_mm": 5.0, "height_mm": 5.0},
        {"name": "白银市公安局", "width_mm": 42.0},
        {"name": "白银市公安局", "shape": SealShape.OVAL, "width_mm": 20.0, "height_mm": 60.0},
        {"name": "白银市公安局", "shape": SealShape.OVAL, "width_mm": 60.0, "height_mm": 20.0},
        {"name": "行政审批", "shape": SealShape.SQUARE, "width_mm": 100.0, "height_mm": 10.0},
        {"name": "白银市公安局", "width_mm": math.nan, "height_mm": math.nan},
    ],
)
def test_impossible_designs_are_refused(design: dict[str, Any]) -> None:
    with pytest.raises(SealingError) as caught:
        SealDesign(**design)
    assert caught.value.code == "seal.design"


def test_a_character_that_no_font_has_is_refused() -> None:
    with pytest.raises(SealingError) as caught:
        draw_seal(SealDesign("白银市\U00030edd局"), FONT)
    assert caught.value.code == "seal.glyph"


OVAL = SealDesign("白银样例中外合资有限公司", SealShape.OVAL, 45, 30, "6204000000002", "合同专用章")
SQUARE = SealDesign("李四之印", SealShape.SQUARE, 20, 20)
STAMP = SealDesign("行政审批专用章", SealShape.SQUARE, 50, 12)
UPRIGHT = SealDesign("行政审批专用章", SealShape.SQUARE, 12, 50)


@pytest.mark.parametrize("design", [OVAL, SQUARE, STAMP, UPRIGHT])
def test_every_shape_is_exactly_as_large_as_it_says(design: SealDesign) -> None:
    pdf = draw_seal(design, FONT)
    with pikepdf.open(BytesIO(pdf)) as document:
        box = [float(value) * 25.4 / 72 for value in document.pages[0].MediaBox]
    assert box == pytest.approx([0, 0, design.width_mm, design.height_mm], abs=0.001)
    left, top, right, bottom = ink(pdf)
    assert (right - left, bottom - top) == pytest.approx((design.width_mm, design.height_mm), abs=0.2)


def ink(pdf: bytes) -> tuple[float, float, float, float]:
    """Where there is red: left, top, right, bottom in millimetres."""
    scale = 4
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("L").point([255] * 200 + [0] * 56)
    box = picture.getbbox()
    assert box is not None
    left, top, right, bottom = (edge / scale * 25.4 / 72 for edge in box)
    return left, top, right, bottom


def red_shares(design: SealDesign, columns: int, rows: int) -> list[list[float]]:
    """How much of each cell of the seal's inner area is red."""
    picture = pypdfium2.PdfDocument(draw_seal(design, FONT))[0].render(scale=8).to_pil().convert("L")
    side = picture.size
    margin = side[1] * 0.08
    wide, high = (side[0] - 2 * margin) / columns, (side[1] - 2 * margin) / rows
    shares = []
    for row in range(rows):
        edges = [int(margin + column * wide) for column in range(columns + 1)]
        top, bottom = int(margin + row * high), int(margin + (row + 1) * high)
        cells = [picture.crop((left, top, right, bottom)).tobytes() for left, right in pairwise(edges)]
        shares.append([sum(level < 200 for level in cell) / len(cell) for cell in cells])
    return shares


def test_a_square_is_filled_in_columns_from_the_right() -> None:
    """The second character stands below the first, on the right; the last at the lower left."""
    spread = SealDesign("一㠭一一", SealShape.SQUARE, 20, 20)
    (upper_left, upper_right), (lower_left, lower_right) = red_shares(spread, 2, 2)
    assert lower_right > 2 * max(upper_left, upper_right, lower_left)


def test_an_uneven_name_leaves_the_first_column_to_fewer() -> None:
    shares = red_shares(SealDesign("一㠭㠭", SealShape.SQUARE, 20, 20), 2, 2)
    assert min(shares[0][0], shares[1][0]) > 2 * max(shares[0][1], shares[1][1])


def test_the_caption_of_a_round_seal_keeps_clear_of_a_long_name() -> None:
    design = SealDesign(NAMES[4], caption="电子证照专用章", code="6204000000002")
    _, points = red_pixels(draw_seal(design, FONT))
    ends = [x for x, y in points if -0.6 < y < -0.42 and 0.56 < abs(x) < 0.6]
    assert not ends


def test_a_text_on_the_lower_arc_stands_between_star_and_number() -> None:
    name = SealDesign(NAMES[1], code="6204000000002")
    _, bare = red_pixels(draw_seal(name, FONT))
    _, more = red_pixels(draw_seal(replace(name, lower="（白银区）"), FONT))
    added = set(more) - set(bare)
    radii = [math.hypot(x, y) for x, y in added]
    assert added
    assert min(radii) > 0.5
    assert max(radii) < 0.8
    assert all(y < -0.4 for _, y in added)


def test_the_picture_is_small() -> None:
    """A seal is in every file: 14 characters and 13 digits in less than 7 KB."""
    assert len(draw_seal(SealDesign(NAMES[2], code="6204000000002"), FONT)) < 7000


def test_a_second_font_helps_out() -> None:
    rare = FONTS / "LicenseSongRare-Regular.ttf"
    with pytest.raises(SealingError):
        draw_seal(SealDesign("白银市𠮷公司"), FONT)
    outlined = draw_seal(SealDesign("白银市𠮷公司"), [FONT, rare])
    assert painted(outlined) == 6
    assert draw_seal(SealDesign(NAMES[1]), [FONT, rare]) == draw_seal(SealDesign(NAMES[1]), FONT)


def painted(pdf: bytes) -> int:
    """How many characters a seal shows."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return sum(str(one.operator) == "B" for one in pikepdf.parse_content_stream(document.pages[0]))


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(b"no font")
    with pytest.raises(SealingError) as caught:
        draw_seal(SealDesign(NAMES[1]), path)
    assert caught.value.code == "seal.font"


def test_a_blank_in_the_name_draws_nothing() -> None:
    assert painted(draw_seal(SealDesign("白银市 公安局"), FONT)) == 6


def test_the_drawn_seal_can_be_the_appearance_of_a_seal(pki: Any, plain_pdf: bytes) -> None:
    picture = draw_seal(SealDesign(NAMES[2], code="6204000000002"), FONT)
    sealed = seal(
        plain_pdf,
        credential=pki.credential(),
        timestamper=None,
        appearance=SealAppearance(picture, Spot(0, 120, 120)),
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

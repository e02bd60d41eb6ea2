"""Where a code lies, from corners that a reader told badly: judged by where the code was put."""

import math

import pytest
import qrcode
from papers import inverse, photographed
from PIL import Image

from license_lib.paper.fitting import Fit, fitted, similar
from license_lib.qr.places import Corners, Mapping, quadrilateral, scaled
from license_lib.rendering.qr_drawing import qr_matrix

TEXT = "HTTPS://LICENSE.EXAMPLE/V#" + "19993022485901" * 40
MODULE = 6


def symbol() -> Image.Image:
    """As we draw it, without its quiet zone."""
    matrix = qr_matrix(TEXT)
    rows = b"".join(bytes(255 * (not module) for module in row) for row in matrix)
    picture = Image.frombytes("L", (len(matrix), len(matrix)), rows)
    return picture.resize((len(matrix) * MODULE,) * 2, Image.Resampling.NEAREST)


def on_white(picture: Image.Image, margin: int = 60) -> Image.Image:
    page = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 255)
    page.paste(picture, (margin, margin))
    return page


def worst(fit: Fit, corners: Corners, way: Mapping | None = None) -> float:
    """Greatest distance, in modules, of what is six codes away from where it should be."""
    true, seen = quadrilateral(1, corners), way or fit.way
    module = math.dist(corners[0], corners[1]) / fit.modules
    return max(math.dist(true.of(point), seen.of(point)) / module for point in ((-5, 0), (-5, 3), (0, 3)))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
@pytest.mark.parametrize("off", [0.0, 0.8])
def test_corners_that_are_off_by_half_a_module_are_mended_whichever_way_it_is_turned(turn: int, off: float) -> None:
    page = on_white(symbol())
    low, high = 60.0, float(page.width - 60)
    true: Corners = ((low, low), (high, low), (high, high), (low, high))
    told = tuple(
        (x + off * MODULE * sign, y - off * MODULE * sign) for (x, y), sign in zip(true, (1, -1, -1, 1), strict=True)
    )
    start: Corners = told[turn:] + told[:turn]  # type: ignore[assignment]  # four of four
    fit = fitted(page, TEXT, start)
    assert fit.exact
    assert fit.flat
    assert worst(fit, true, similar(fit)) < 0.5


def test_a_code_seen_at_an_angle_tells_where_the_paper_is() -> None:
    corners: Corners = ((210.0, 150.0), (640.0, 120.0), (690.0, 560.0), (180.0, 500.0))
    photo = photographed(symbol(), corners, (800, 700))
    told: Corners = ((212.0, 147.0), (637.0, 122.0), (692.0, 557.0), (183.0, 503.0))
    fit = fitted(photo, TEXT, told)
    assert fit.exact
    assert not fit.flat
    rough = Fit(quadrilateral(1, told), 0, fit.modules)
    assert worst(fit, corners) < worst(rough, corners) / 5


def test_a_code_that_another_program_drew_is_turned_right_by_its_finder_patterns() -> None:
    code = qrcode.QRCode(box_size=MODULE, border=10, mask_pattern=3, error_correction=qrcode.ERROR_CORRECT_H)
    code.add_data(TEXT)
    picture = code.make_image().get_image().convert("L").rotate(-90)
    low, high = 60.0, float(picture.width - 60)
    fit = fitted(picture, TEXT, ((low, low), (high, low), (high, high), (low, high)))
    assert not fit.exact
    assert fit.corners[0] == pytest.approx((high, low))


def test_corners_on_one_line_are_no_code() -> None:
    with pytest.raises(ValueError, match="line"):
        fitted(on_white(symbol()), TEXT, ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)))


def test_the_way_back_of_the_helper_is_one() -> None:
    way = quadrilateral(1, ((210.0, 150.0), (640.0, 120.0), (690.0, 560.0), (180.0, 500.0))).after(scaled(0.5))
    assert inverse(way).of(way.of((0.3, 0.8))) == pytest.approx((0.3, 0.8))

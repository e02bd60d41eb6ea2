"""Codes of pictures that are turned, slanted, dark, stamped or torn: what they say, and where they are."""

import io
import itertools
import math
import random

import pytest
import qrcode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from license_lib.qr import scan
from license_lib.qr.places import Corners, Mapping, Point, in_order, middle, moved, quadrilateral, scaled, turned
from license_lib.qr.readers import ask_zbar, ask_zxing
from license_lib.qr.retries import Patience, find_codes
from license_lib.qr.views import close_ups, overview, whole_views

TEXT = "HTTPS://LICENSE.EXAMPLE/V#" + "2KCE3IQBEYCEQ3EKG65C7KPI4OQFRPFE" * 6
MUCH_TIME = Patience(60, lambda: 0.0)  # a clock that stands still: nothing depends on how fast the machine is


def drawn(text: str = TEXT, module: int = 4) -> Image.Image:
    code = qrcode.QRCode(box_size=module, border=4)
    code.add_data(text)
    picture: Image.Image = code.make_image().get_image().convert("L")
    return picture


def on_page(code: Image.Image, at: tuple[int, int] = (150, 260), size: tuple[int, int] = (800, 1000)) -> Image.Image:
    page = Image.new("L", size, 255)
    page.paste(code, at)
    return page


def corners_of(code: Image.Image, at: tuple[int, int] = (150, 260), module: int = 4) -> Corners:
    left, top = at[0] + 4 * module, at[1] + 4 * module
    right, bottom = at[0] + code.width - 4 * module, at[1] + code.height - 4 * module
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def near(found: Corners, expected: Corners, tolerance: float = 8) -> bool:
    return all(math.dist(one, other) < tolerance for one, other in zip(found, expected, strict=True))


def noisy(picture: Image.Image, strength: float) -> Image.Image:
    grain = Image.frombytes("L", picture.size, random.Random(7).randbytes(picture.width * picture.height))  # noqa: S311
    return Image.blend(picture, grain, strength)


def test_a_page_says_its_texts_in_reading_order_with_their_places() -> None:
    upper, lower = drawn("first"), drawn("second")
    page = on_page(upper, (400, 100))
    page.paste(lower, (100, 600))
    codes = find_codes(page)
    assert [code.text for code in codes] == ["first", "second"]
    assert near(codes[0].corners, corners_of(upper, (400, 100)))
    assert near(codes[1].corners, corners_of(lower, (100, 600)))


def test_a_text_printed_twice_has_two_places() -> None:
    page = on_page(drawn("twin"), (50, 50))
    page.paste(drawn("twin"), (500, 600))
    first, second = find_codes(page, MUCH_TIME)
    assert first.text == second.text == "twin"
    assert math.dist(middle(first.corners), middle(second.corners)) > 400


@pytest.mark.parametrize("reader", [ask_zxing, ask_zbar])
def test_both_readers_say_the_same_place(reader: object) -> None:
    code = drawn()
    assert callable(reader)
    (found,) = reader(on_page(code)).codes
    assert found.text == TEXT
    assert near(found.corners, corners_of(code))


def test_zbar_is_not_believed_about_other_texts_than_ascii() -> None:
    """It says U+5EE6 for é."""
    seen = ask_zbar(on_page(drawn("équipe")))
    assert (seen.codes, len(seen.unread)) == ((), 1)
    assert [code.text for code in find_codes(on_page(drawn("équipe 营业执照")))] == ["équipe 营业执照"]


def test_control_characters_are_read_as_they_are() -> None:
    assert [code.text for code in find_codes(on_page(drawn("\x01\x10AD;;")))] == ["\x01\x10AD;;"]


def hard_pictures() -> dict[str, Image.Image]:
    code = on_page(drawn())
    return {
        "noise": noisy(code, 0.6),
        "out of focus": on_page(drawn(module=3)).filter(ImageFilter.GaussianBlur(1.8)),
    }


@pytest.mark.parametrize("name", list(hard_pictures()))
def test_a_retry_reads_what_one_look_does_not(name: str) -> None:
    picture = hard_pictures()[name]
    assert find_codes(picture) == (), "too easy to show anything"
    (code,) = find_codes(picture, MUCH_TIME)
    module = 3 if name == "out of focus" else 4
    assert code.text == TEXT
    assert near(code.corners, corners_of(drawn(module=module), module=module), 12), "the way back is wrong"


def test_a_red_stamp_is_read_through() -> None:
    picture = on_page(drawn()).convert("RGB")
    ImageDraw.Draw(picture).ellipse((120, 240, 330, 450), fill=(215, 40, 40))
    code = on_page(drawn()).convert("RGB")
    stamped = Image.composite(code, picture, code.convert("L").point(lambda value: 255 * (value < 128)))
    dark = stamped.point([round(value * 0.6) for value in range(256)] * 3)
    out = io.BytesIO()
    dark.save(out, "PNG")
    assert scan(out.getvalue(), MUCH_TIME) == (TEXT,)
    assert ask_zxing(dark.convert("L")).codes == (), "too easy to show anything"


def test_no_retry_begins_after_the_time_is_over() -> None:
    picture = hard_pictures()["noise"]
    asked = itertools.count()
    assert find_codes(picture, Patience(0, lambda: float(next(asked)))) == ()
    assert next(asked) < 8, "it went on"
    seconds = itertools.count()
    white = Image.new("L", (300, 300), 255)
    assert find_codes(white, Patience(5, lambda: float(next(seconds)))) == ()
    assert next(seconds) < 12, "it asked for the time less often than it looked"


def test_an_easy_picture_is_looked_at_once() -> None:
    def nobody_asks() -> float:
        pytest.fail("somebody wanted to know the time, so that a retry was to begin")

    assert len(find_codes(on_page(drawn()), Patience(2, nobody_asks))) == 1


@pytest.mark.parametrize("shape", ["white", "stripes", "noise"])
def test_nothing_is_read_where_there_is_nothing(shape: str) -> None:
    picture = Image.new("L", (300, 200), 255)
    if shape == "stripes":
        picture = Image.linear_gradient("L").point(lambda value: 255 * (value % 8 < 4))
    if shape == "noise":
        picture = noisy(picture, 1)
    assert find_codes(picture, MUCH_TIME) == ()


@given(size=st.tuples(st.integers(1, 40), st.integers(1, 40)), data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tiny_pictures_are_no_trouble(size: tuple[int, int], data: st.DataObject) -> None:
    pixels = data.draw(st.binary(min_size=size[0] * size[1], max_size=size[0] * size[1]))
    assert find_codes(Image.frombytes("L", size, pixels), MUCH_TIME) == ()


@given(degrees=st.floats(-180, 180), at=st.tuples(st.integers(20, 370), st.integers(20, 270)))
@settings(max_examples=60, deadline=None)
def test_the_way_back_from_a_turned_picture(degrees: float, at: tuple[int, int]) -> None:
    picture = Image.new("L", (400, 300))
    picture.paste(255, (at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3))
    there = picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    left, top, right, bottom = there.getbbox() or (0, 0, 0, 0)
    back = turned(degrees, there.size, picture.size).of(((left + right) / 2, (top + bottom) / 2))
    assert math.dist(back, at) < 3


corner = st.floats(-80, 80)


@given(shifts=st.lists(st.tuples(corner, corner), min_size=4, max_size=4))
def test_a_square_goes_onto_any_four_corners(shifts: list[Point]) -> None:
    square: Corners = ((0, 0), (600, 0), (600, 600), (0, 600))
    wanted = in_order((x + dx, y + dy) for (x, y), (dx, dy) in zip(square, shifts, strict=True))
    there = quadrilateral(600, wanted)
    assert near(in_order(there.of(one) for one in square), wanted, 0.01)


@given(points=st.permutations([(10.0, 20.0), (110.0, 24.0), (104.0, 131.0), (3.0, 118.0)]))
def test_corners_have_one_order(points: list[Point]) -> None:
    assert in_order(points) == ((10.0, 20.0), (110.0, 24.0), (104.0, 131.0), (3.0, 118.0))


def test_maps_follow_each_other() -> None:
    first, then = quadrilateral(2, ((0, 0), (9, 1), (8, 8), (1, 7))), moved(3, -4).after(scaled(2, 3))
    for point in ((0.0, 0.0), (1.0, 0.5), (2.0, 2.0)):
        assert then.after(first).of(point) == pytest.approx(then.of(first.of(point)))
    assert Mapping().of((3, 4)) == (3, 4)


def test_every_version_knows_the_way_back() -> None:
    code = drawn()
    page, expected = on_page(code), corners_of(code)
    views = [*whole_views(page), overview(page), *close_ups(page, expected)]
    read = [view.back.of_code(found) for view in views for found in ask_zxing(view.picture).codes]
    assert len(read) > len(views) / 2
    assert all(near(found.corners, expected, 16) for found in read)


def test_corners_that_no_square_has_are_left_alone() -> None:
    assert list(close_ups(Image.new("L", (50, 50)), ((0, 0), (30, 0), (30, 0), (0, 0)))) == []

"""The camera and photos: what a printed licence's code says, read by the decoder that comes with the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.film import DARK, SIZE, film, jpeg, photographed
from browser.opened import Opened, browsing, opened
from browser.served_city import ServedCity
from PIL import Image

CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


@pytest.fixture
def page(chromium: str, city: ServedCity, tmp_path: Path) -> Iterator[Opened]:
    """A telephone whose camera first sees a desk, and then a licence on it."""
    pictures = [Image.new("RGB", SIZE, DARK), photographed(city.pdf)]
    camera = f"--use-file-for-fake-video-capture={film(tmp_path / 'seen.mjpeg', pictures)}"
    with browsing(chromium, *CAMERA, camera) as browser, opened(browser, city.url, permissions=["camera"]) as one:
        yield one


def test_the_camera_reads_a_printed_licence(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.page.click("#camera")
    assert page.outcome()[0] == "IN_FORCE"
    assert "白银市样例商贸有限公司" in page.seen("#result")
    assert not page.page.is_visible("#video")
    assert page.page.evaluate("document.getElementById('video').srcObject") is None, "the camera is off again"
    secret = city.codes["good"].partition("#")[2]
    assert not any(secret[:20] in request.whole or request.method != "GET" for request in page.requests)


def test_the_reader_is_loaded_only_when_it_is_used(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["good"])
    page.outcome()
    assert not any("/scanner/" in request.url for request in page.requests)
    page.choose("#photo", "photo.jpg", "image/jpeg", jpeg(photographed(city.pdf)))
    page.outcome()
    page.page.click("#camera")
    page.outcome()
    loaded = [request.url.rpartition("/")[2] for request in page.requests if "/scanner/" in request.url]
    assert set(loaded) <= {"worker.js", "zxing_reader.js", "zxing_reader.wasm"}
    assert "worker.js" in loaded


def test_a_photo_is_read_on_the_telephone(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.choose("#photo", "photo.jpg", "image/jpeg", jpeg(photographed(city.pdf, angle=-12, blur=1.0), quality=55))
    assert page.outcome()[0] == "IN_FORCE"
    assert all(request.method == "GET" for request in page.requests)


def test_a_photo_of_nothing_or_of_two_licences_is_told(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.choose("#photo", "photo.jpg", "image/jpeg", jpeg(Image.new("RGB", SIZE, DARK)))
    assert page.outcome() == ("UNDETERMINED", {"qr.none"})
    page.page.goto(page.url)
    two = Image.new("RGB", (SIZE[0] * 2, SIZE[1]), DARK)
    two.paste(photographed(city.pdf), (0, 0))
    two.paste(photographed(city.other_pdf), (SIZE[0], 0))
    page.choose("#photo", "photo.jpg", "image/jpeg", jpeg(two))
    assert page.outcome() == ("NOT_GENUINE", {"qr.several"})
    page.page.goto(page.url)
    page.choose("#photo", "photo.jpg", "image/jpeg", b"this is no picture")
    assert page.outcome() == ("UNDETERMINED", {"qr.none"})


def test_scanning_can_be_stopped(chromium: str, city: ServedCity, tmp_path: Path) -> None:
    camera = f"--use-file-for-fake-video-capture={film(tmp_path / 'desk.mjpeg', [Image.new('RGB', SIZE, DARK)])}"
    with browsing(chromium, *CAMERA, camera) as browser, opened(browser, city.url, permissions=["camera"]) as page:
        page.page.goto(page.url)
        page.page.click("#camera")
        page.wait("#scan-words", "置于画面中央")
        page.page.click("#stop")
        assert page.page.is_visible("#camera")
        assert not page.page.is_visible("#video")
        assert page.page.query_selector("[data-outcome]") is None


def test_without_a_camera_the_page_says_so(chromium: str, city: ServedCity) -> None:
    none = "--use-fake-device-for-media-stream=device-count=0"
    with browsing(chromium, none) as browser, opened(browser, city.url) as page:
        page.page.goto(page.url)
        page.page.click("#camera")
        page.wait("#scan-words", "可改用拍照")

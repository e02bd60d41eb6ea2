"""Pictures of strangers: every form that a camera, scanner or forger may give them, within bounds."""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pikepdf
import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from license_lib.pdfium import MAX_PIXELS
from license_lib.qr import PictureError, scan, scan_file
from license_lib.qr.pictures import MAX_PAGES, MAX_PICTURE_BYTES, frames, looks_like_pdf
from license_lib.qr.scanning import scan_pages

TEXT = "HTTPS://LICENSE.EXAMPLE/V#MFRGG"


def drawn(text: str = TEXT) -> Image.Image:
    code = qrcode.QRCode(box_size=4, border=4)
    code.add_data(text)
    picture: Image.Image = code.make_image().get_image().convert("L")
    return picture


def saved(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def refused(data: bytes, read: Callable[[bytes], object] = scan) -> str:
    with pytest.raises(PictureError) as caught:
        read(data)
    assert caught.value.hint, "who is refused wants to know what to do"
    return caught.value.code


def in_modes() -> dict[str, bytes]:
    code = drawn()
    inverted = code.point(lambda value: 255 - value)
    black, white = Image.new("L", code.size, 0), Image.new("L", code.size, 255)
    return {
        "one bit": saved(code.convert("1")),
        "palette": saved(code.convert("RGB").quantize(4)),
        "palette with a transparent colour": saved(code.convert("P"), transparency=255),
        "colour": saved(code.convert("RGB"), "JPEG"),
        "CMYK": saved(code.convert("CMYK"), "JPEG"),
        "CMYK in TIFF": saved(code.convert("CMYK"), "TIFF"),
        "sixteen bits": saved(code.convert("I").point(lambda value: value * 150 + 20_000).convert("I;16")),
        "thirty-two bits": saved(code.convert("I").point(lambda value: value * 70000), "TIFF"),
        "floating point": saved(code.convert("F").point(lambda value: value / 255), "TIFF"),
        "dark ink on nothing": saved(Image.merge("LA", (black, inverted))),
        "light ink on nothing": saved(Image.merge("LA", (white, inverted))),
        "all transparent, and black": saved(Image.merge("RGBA", (black, black, black, inverted))),
        "light on dark": saved(inverted),
        "WebP": saved(code.convert("RGB"), "WEBP"),
        "GIF": saved(code, "GIF"),
        "BMP": saved(code, "BMP"),
    }


@pytest.mark.parametrize("mode", list(in_modes()))
def test_every_kind_of_pixel_is_read(mode: str) -> None:
    assert scan(in_modes()[mode]) == (TEXT,)


def test_heic_is_read() -> None:
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(drawn().convert("RGB")).save(out, quality=80)
    assert out.getvalue()[4:8] == b"ftyp"
    assert scan(out.getvalue()) == (TEXT,)
    assert refused(out.getvalue()[: len(out.getvalue()) // 2]) == "picture.malformed"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_places_are_those_of_the_upright_picture(orientation: int, form: str) -> None:
    page = Image.new("L", (400, 600), 255)
    page.paste(drawn(), (200, 30))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what turns the upright picture into what the camera stored
    stored = page.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else page
    exif = Image.Exif()
    exif[0x0112] = orientation
    (found,) = scan_pages(saved(stored.convert("RGB"), form, exif=exif.tobytes()))
    (code,) = found.codes
    assert code.corners[0] == pytest.approx((216, 46), abs=6)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def bmp_that_claims(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IHHI", 100, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, *[0] * 6)


@pytest.mark.parametrize("claim", [(2**31 - 1, 2**31 - 1), (32_001, 10), (10, 32_001), (8000, 8000), (12_000, 9_000)])
@pytest.mark.parametrize("form", [png_that_claims, bmp_that_claims])
def test_sizes_are_refused_before_anything_is_decoded(
    claim: tuple[int, int], form: Callable[[int, int], bytes]
) -> None:
    assert refused(form(*claim)) in {"picture.too-large", "picture.malformed"}
    if claim[0] < 2**20:
        assert refused(form(*claim)) == "picture.too-large"


SMALLEST: dict[str, dict[str, Any]] = {
    "PNG": {},
    "TIFF": {"compression": "tiff_adobe_deflate"},
    "WEBP": {"lossless": True, "method": 0},
    "GIF": {},
}


@pytest.mark.parametrize("form", list(SMALLEST))
def test_decompression_bombs_are_refused(form: str) -> None:
    side = 9000
    assert side * side > MAX_PIXELS
    bomb = saved(Image.new("L", (side, side)), form, **SMALLEST[form])
    assert len(bomb) < 1_000_000
    assert refused(bomb) == "picture.too-large"


def test_a_later_frame_is_measured_too() -> None:
    small, large = drawn(), Image.new("1", (9000, 9000))
    data = saved(small.convert("1"), "TIFF", save_all=True, append_images=[large], compression="group4")
    pages = scan_pages(data)
    assert [code.text for code in next(pages).codes] == [TEXT]
    with pytest.raises(PictureError) as caught:
        next(pages)
    assert caught.value.code == "picture.too-large"


def test_a_file_beyond_the_bound_is_not_looked_at() -> None:
    assert refused(saved(drawn()) + bytes(MAX_PICTURE_BYTES)) == "picture.too-large"


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP", "PNG"])
def test_frames_are_read_up_to_a_bound(form: str) -> None:
    def data(count: int) -> bytes:
        shown = [drawn(f"page {number}").convert("RGB") for number in range(count)]
        return saved(shown[0], form, save_all=True, append_images=shown[1:])

    assert scan(data(3)) == ("page 0", "page 1", "page 2")
    several = scan_pages(data(MAX_PAGES + 2))
    read = [next(several).page for _ in range(MAX_PAGES)]
    assert read == list(range(1, MAX_PAGES + 1))
    with pytest.raises(PictureError) as caught:
        next(several)
    assert caught.value.code == "picture.more-pages"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "BMP"])
def test_a_truncated_picture_is_refused(form: str) -> None:
    whole = saved(drawn().convert("RGB"), form)
    for share in (0.05, 0.5, 0.9):
        assert refused(whole[: int(len(whole) * share)]) == "picture.malformed"


@given(data=st.binary(max_size=200), beginning=st.sampled_from([b"", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"RIFF"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_picture_or_refused(data: bytes, beginning: bytes) -> None:
    with suppress(PictureError):
        list(frames(beginning + data))


@given(
    at=st.integers(0, 10_000), value=st.integers(0, 255), form=st.sampled_from(["PNG", "TIFF", "GIF", "JPEG", "WEBP"])
)
@settings(max_examples=100, deadline=None)
def test_a_changed_byte_never_makes_another_text(at: int, value: int, form: str) -> None:
    data = bytearray(saved(drawn().convert("RGB"), form))
    data[at % len(data)] = value
    try:
        texts = scan(bytes(data))
    except PictureError:
        return
    assert set(texts) <= {TEXT}


# -- PDF ---------------------------------------------------------------------------------------------------------------


def pdf_of(*pages: tuple[Image.Image, float, float]) -> bytes:
    """Pages that show a picture over all of them; sizes in points."""
    document = pikepdf.new()
    for picture, width, height in pages:
        image = document.make_stream(
            zlib.compress(picture.tobytes()),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )
        document.add_blank_page(page_size=(width, height))
        page = document.pages[-1]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page.Contents = document.make_stream(f"q {width} 0 0 {height} 0 0 cm /I Do Q".encode())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_places_on_a_pdf_are_told_with_page_and_resolution() -> None:
    code = drawn()
    blank = (Image.new("L", (10, 10), 255), 300.0, 300.0)
    (found,) = (scan for scan in scan_pages(pdf_of(blank, (code, 144.0, 144.0))) if scan.codes)
    assert (found.page, found.dots_per_inch) == (2, 150)
    modules = code.width / 4
    assert found.codes[0].corners[0] == pytest.approx((300 * 4 / modules, 300 * 4 / modules), abs=4)


def test_a_page_as_large_as_a_wall_is_drawn_smaller() -> None:
    (found,) = scan_pages(pdf_of((drawn(), 14_000.0, 14_000.0)))
    assert found.dots_per_inch is not None
    assert found.dots_per_inch < 50
    assert [code.text for code in found.codes] == [TEXT]


def test_pages_of_a_pdf_are_read_up_to_a_bound() -> None:
    page = (drawn(), 144.0, 144.0)
    assert scan_file(pdf_of(*[page] * MAX_PAGES)) == (TEXT,)
    assert refused(pdf_of(*[page] * (MAX_PAGES + 1)), scan_file) == "picture.more-pages"


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_broken_pdf_is_refused(share: float) -> None:
    whole = pdf_of((drawn(), 144.0, 144.0))
    assert refused(b"%PDF-1.7\n" + whole[9 : int(len(whole) * share)], scan_file) == "picture.malformed"


def test_what_a_picture_says_of_pdf_does_not_make_it_one() -> None:
    assert looks_like_pdf(b"junk\n%PDF-1.7")
    for beginning in (b"\xff\xd8\xff", b"\0\0\0\x18ftypheic"):
        assert not looks_like_pdf(beginning + b"%PDF-1.7")

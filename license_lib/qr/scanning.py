"""Pictures and PDF pages → the texts of their QR codes, by two independent readers (zxing-cpp and zbar).

Pictures are untrusted: their size is bounded before they are decoded.
"""

import io
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.pdfium import MAX_PIXELS, PageError, opened, page_picture

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_SIDE = 32_000
"""Pixels; the readers take no more than 65,535."""
MAX_PAGES = 20
PAGE_DPI = 150


_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")


class PictureError(InputError):
    """Bytes that cannot be read as a picture: `picture.malformed`, or too large: `picture.too-large`."""


def scan(picture: bytes) -> tuple[str, ...]:
    """Texts of all QR codes in a JPEG, PNG, WebP, TIFF, BMP or GIF picture, in reading order, each once.

    Raises:
        PictureError: not a picture, or larger than the bounds above.
    """
    return read_codes(open_picture(picture))


def scan_file(data: bytes) -> tuple[str, ...]:
    """Texts of all QR codes in a picture, or on the first pages of a PDF, each once.

    Raises:
        PictureError: neither a picture nor a PDF that can be drawn, or larger than the bounds above.
    """
    if not looks_like_pdf(data):
        return scan(data)
    texts: dict[str, None] = {}
    try:
        with opened(data) as document:
            for index in range(min(len(document), MAX_PAGES)):
                texts |= dict.fromkeys(read_codes(page_picture(document[index], PAGE_DPI, grayscale=True)))
    except PageError as error:
        raise PictureError("picture.malformed", "this PDF cannot be drawn") from error
    return tuple(texts)


def looks_like_pdf(data: bytes) -> bool:
    """A PDF may begin with other bytes, but a picture that only speaks of PDF in a comment is a picture."""
    return b"%PDF-" in data[:1024] and not data.startswith(_PICTURES)


def open_picture(data: bytes) -> "Picture":
    """Decode a picture within bounds to greyscale, turned upright as its EXIF data says.

    Raises:
        PictureError: not a picture, or larger than the bounds above.
    """
    from PIL import Image, ImageOps

    if len(data) > MAX_PICTURE_BYTES:
        raise PictureError("picture.too-large", f"the picture has more than {MAX_PICTURE_BYTES // 2**20} MiB")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")) as picture:
            if picture.width * picture.height <= MAX_PIXELS and max(picture.size) <= MAX_SIDE:
                return ImageOps.exif_transpose(picture).convert("L")
    except Image.DecompressionBombError:
        pass  # far beyond the bound: said below
    except Exception as error:
        raise PictureError("picture.malformed", "this is not a picture that can be read") from error
    raise PictureError(
        "picture.too-large", f"the picture has more than {MAX_PIXELS // 10**6} million pixels, or {MAX_SIDE} on a side"
    )


def read_codes(picture: "Picture") -> tuple[str, ...]:
    """Texts of all QR codes in a greyscale picture; zbar is asked only where zxing-cpp finds nothing."""
    import zxingcpp

    found = [
        (code.position.top_left.y, code.position.top_left.x, code.text)
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        if code.text
    ]
    if not found:
        from pyzbar import pyzbar

        found = [
            (code.rect.top, code.rect.left, code.data.decode("utf-8", "replace"))
            for code in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        ]
    return tuple(dict.fromkeys(text for _, _, text in sorted(found)))

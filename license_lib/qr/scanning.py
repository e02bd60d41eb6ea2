"""Pictures and PDF pages → the texts of their QR codes, by two independent readers (zxing-cpp and zbar).

Pictures are untrusted: their size is bounded before they are decoded.
"""

import io
from typing import TYPE_CHECKING

from license_lib.errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 60_000_000
PAGE_DPI = 150


class PictureError(InputError):
    """Bytes that cannot be read as a picture: `picture.malformed`, or too large: `picture.too-large`."""


def scan(picture: bytes) -> tuple[str, ...]:
    """Texts of all QR codes in a JPEG, PNG, WebP, TIFF, BMP or GIF picture, in reading order, each once.

    Raises:
        PictureError: not a picture, or larger than the bounds above.
    """
    return read_codes(open_picture(picture))


def open_picture(data: bytes) -> "Image":
    """Decode a picture within bounds to greyscale, turned upright as its EXIF data says.

    Raises:
        PictureError: not a picture, or larger than the bounds above.
    """
    from PIL import Image as images
    from PIL import ImageOps

    if len(data) > MAX_PICTURE_BYTES:
        raise PictureError("picture.too-large", f"the picture has more than {MAX_PICTURE_BYTES // 2**20} MiB")
    try:
        with images.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureError(
                    "picture.too-large", f"the picture has more than {MAX_PIXELS // 10**6} million pixels"
                )
            return ImageOps.exif_transpose(picture).convert("L")
    except PictureError:
        raise
    except Exception as error:
        raise PictureError("picture.malformed", "this is not a picture that can be read") from error


def read_codes(picture: "Image") -> tuple[str, ...]:
    """Texts of all QR codes in a greyscale picture; zbar is asked only where zxing-cpp finds nothing."""
    import zxingcpp

    found = [
        (code.position.top_left.y, code.position.top_left.x, code.text)
        for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        if code.text
    ]
    if not found:
        from pyzbar import pyzbar

        found = [
            (code.rect.top, code.rect.left, code.data.decode("utf-8", "replace"))
            for code in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
        ]
    return tuple(dict.fromkeys(text for _, _, text in sorted(found)))

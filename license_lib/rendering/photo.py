"""The holder's photograph: checked before it is trusted, embedded as it came."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from license_lib.errors import InputError
from license_lib.licenses.photo import MAX_PHOTO_BYTES

MOST_PIXELS = 12_000_000
SMALLEST_SIDE = 100
_ORIENTATION = 0x0112  # EXIF tag


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph that may be printed.

    Attributes:
        data: the JPEG file's bytes, which a PDF holds as they are.
        width: pixels.
        height: pixels.
        grey: one channel, not three.
    """

    data: bytes
    width: int
    height: int
    grey: bool


def check_photo(data: bytes) -> Picture:
    """Decode a photograph once, within bounds.

    Raises:
        InputError: `photo.invalid`, it is no JPEG, is damaged, too small or too large, or not grey or RGB.
    """
    if len(data) > MAX_PHOTO_BYTES:
        raise _invalid(f"it has more than {MAX_PHOTO_BYTES:,} bytes")
    try:
        picture, mode, turned = _decode(data)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything on a hostile file; all of it means "no"
        raise _invalid(f"it cannot be decoded ({type(error).__name__})") from None
    if mode not in ("L", "RGB"):
        raise _invalid(f"its colours are {mode}, not grey or RGB")
    if turned:
        raise _invalid("it is stored turned, with a note to turn it back")
    return picture


def _decode(data: bytes) -> tuple[Picture, str, bool]:
    """The picture, its colour mode, and whether its metadata asks for it to be turned."""
    from PIL import Image  # loads native libraries; most licences show no photograph

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow warns of decompression bombs and of broken metadata
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or min(width, height) < SMALLEST_SIDE:
                raise _invalid(f"it has {width} × {height} pixels")
            turned = image.getexif().get(_ORIENTATION, 1) not in (0, 1)
            image.load()
            return Picture(data, width, height, image.mode == "L"), image.mode, turned


def _invalid(reason: str) -> InputError:
    return InputError(
        "photo.invalid",
        f"the photograph cannot be used: {reason}",
        hint=f"a JPEG, grey or RGB, at least {SMALLEST_SIDE} pixels a side and at most 12 megapixels",
    )

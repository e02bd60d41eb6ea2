"""Pictures of strangers → greyscale, upright as their EXIF data says; bounds are checked before anything is decoded."""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from license_lib.errors import InputError
from license_lib.pdfium import MAX_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PICTURE_BYTES = 32 * 1024 * 1024
MAX_SIDE = 32_000
"""Pixels; the readers take no more than 65,535."""
MAX_PAGES = 20
"""Frames of a picture, or pages of a PDF, that are looked at."""
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF")
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"RIFF", b"II*\x00", b"MM\x00*")
_WITHOUT_COLOR = {"1", "L", "LA", "I", "F", "I;16", "I;16B", "I;16L"}
_MIDDLE = 128
_HEIF_FILE = b"ftyp"


class PictureError(InputError):
    """Bytes that cannot be read as a picture: `picture.malformed`, or too large: `picture.too-large`."""


class MorePagesError(PictureError):
    """Only the first pages were looked at: `picture.more-pages`. What was read of them is sound."""


def looks_like_pdf(data: bytes) -> bool:
    """A PDF may begin with other bytes, but a picture that only speaks of PDF in a comment is a picture."""
    return b"%PDF-" in data[:1024] and not data.startswith(_BEGINNINGS) and data[4:8] != _HEIF_FILE


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture, or one of several in a file.

    Args:
        picture: greyscale. red: its red light alone, decoded when it is asked for; None if all of it is grey.
    """

    picture: "Picture"
    red: "Callable[[], Picture | None]"


def frames(data: bytes) -> Iterator[Frame]:
    """Decode a picture; the pages of a TIFF and the frames of an animation one after the other.

    Raises:
        PictureError: see there; what was yielded before is sound.
        MorePagesError: after MAX_PAGES frames.
    """
    if len(data) > MAX_PICTURE_BYTES:
        raise PictureError(
            "picture.too-large", f"the file has more than {MAX_PICTURE_BYTES // 2**20} MiB", hint="scan it again"
        )
    if data[4:8] == _HEIF_FILE:
        from pillow_heif import register_heif_opener

        register_heif_opener()
    with _opened(data) as picture:
        for number in range(MAX_PAGES + 1):
            try:
                picture.seek(number)
            except EOFError:
                return
            if number == MAX_PAGES:
                raise more_pages()
            if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
                raise _too_large()
            yield Frame(_grey(picture), partial(_red, data, number))


def in_color(data: bytes, number: int) -> "Picture":
    """A picture in colour, upright as `frames` gives it.

    Args:
        number: of the frame, from 1.

    Raises:
        PictureError: not a picture, or beyond the bounds.
    """
    for index, frame in enumerate(frames(data), 1):  # their bounds are checked there
        if index == number:
            with _opened(data) as picture:
                picture.seek(number - 1)
                upright = _upright(picture)
                return frame.picture.convert("RGB") if upright.mode in _WITHOUT_COLOR else upright.convert("RGB")
    raise PictureError("picture.malformed", "there is no such frame", hint="was it downloaded whole?")


def more_pages() -> MorePagesError:
    """What is said of a file with more than MAX_PAGES."""
    return MorePagesError(
        "picture.more-pages", f"only the first {MAX_PAGES} pages were read", hint="split the file into smaller ones"
    )


def _formats(data: bytes) -> tuple[str, ...]:
    return ("HEIF",) if data[4:8] == _HEIF_FILE else _FORMATS[:-1]


@contextmanager
def _opened(data: bytes) -> "Iterator[Picture]":
    """Whatever a decoder makes of a strange file means the same; a machine out of memory does not."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strange metadata, and of sizes: these are checked against our bounds
            with Image.open(io.BytesIO(data), formats=_formats(data)) as picture:
                yield picture
    except (PictureError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise _too_large() from None
    except Exception as error:
        raise PictureError(
            "picture.malformed", "this is not a picture that can be read", hint="was it downloaded whole?"
        ) from error


def _too_large() -> PictureError:
    return PictureError(
        "picture.too-large",
        f"the picture has more than {MAX_PIXELS // 10**6} million pixels, or {MAX_SIDE} on a side",
        hint="scan it again, with fewer dots per inch",
    )


def _red(data: bytes, number: int) -> "Picture | None":
    with _opened(data) as picture:
        picture.seek(number)
        return None if picture.mode in _WITHOUT_COLOR else _upright(picture).convert("RGB").getchannel("R")


def _upright(picture: "Picture") -> "Picture":
    from PIL import ExifTags, ImageOps

    picture.load()
    turned = picture.getexif().get(ExifTags.Base.Orientation, 1) != 1
    return ImageOps.exif_transpose(picture) if turned else picture


def _grey(file: "Picture") -> "Picture":
    file.draft("L", file.size)  # a JPEG need not be decoded in colour
    picture = _upright(file)
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in {"I", "F"}:
        low, high = (float(edge) for edge in picture.getextrema())  # type: ignore[arg-type]  # of one band
        scale = 255 / max(high - low, 1e-9)
        return picture.point(lambda value: value * scale - low * scale).convert("L")
    return _on_paper(picture) if picture.has_transparency_data else picture.convert("L")


def _on_paper(picture: "Picture") -> "Picture":
    """What is transparent has the colour that the ink stands out from: light ink is meant for a dark page."""
    from PIL import Image, ImageStat

    ink = picture.convert("LA")
    values, opacity = ink.split()
    light = ImageStat.Stat(values, mask=opacity).mean[0] if opacity.getbbox() else 0
    paper = Image.new("L", picture.size, 0 if light > _MIDDLE else 255)
    paper.paste(values, mask=opacity)
    return paper

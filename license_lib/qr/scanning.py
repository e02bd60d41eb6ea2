"""Pictures and PDF pages → their QR codes, each with its place, by two independent readers (zxing-cpp and zbar).

Files are untrusted: what is decoded is bounded, and so is the time, if a `Patience` is given. What a decoder may take
beyond that, only a worker process bounds (`license_lib.verification.scans`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from license_lib.pdfium import MAX_PIXELS, PageError, opened, page_picture
from license_lib.qr.pictures import MAX_PAGES, PictureError, frames, looks_like_pdf, more_pages
from license_lib.qr.places import Code
from license_lib.qr.retries import Patience, find_codes

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

PAGE_DPI = 150
_FINE_DPI = 300
"""For pages on which nothing was read at PAGE_DPI."""
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Scan:
    """The codes of one page of a file.

    Args:
        page: from 1. codes: in reading order; a text that was printed twice, twice.
        dots_per_inch: of the pixels that the places count, if the page has a size on paper: pages of a PDF.
    """

    page: int
    codes: tuple[Code, ...]
    dots_per_inch: float | None = None


def scan(picture: bytes, patience: Patience | None = None) -> tuple[str, ...]:
    """Texts of all QR codes in a JPEG, PNG, WebP, TIFF, BMP, GIF or HEIC picture, in reading order, each once.

    Raises:
        PictureError: not a picture, or larger than the bounds of `license_lib.qr.pictures`.
    """
    return _texts(_scan_picture(picture, patience))


def scan_file(data: bytes) -> tuple[str, ...]:
    """Texts of all QR codes in a picture, or on the pages of a PDF, each once.

    Raises:
        PictureError: neither a picture nor a PDF that can be drawn, or beyond the bounds.
    """
    return _texts(scan_pages(data))


def scan_pages(data: bytes, patience: Patience | None = None) -> Iterator[Scan]:
    """Scan the pages of a PDF, or of a picture, one after the other.

    Args:
        patience: for the whole file.

    Raises:
        PictureError: neither a picture nor a PDF that can be drawn, or beyond the bounds; what was yielded before is
            sound.
    """
    return (_scan_document if looks_like_pdf(data) else _scan_picture)(data, patience)


def read_codes(picture: "Picture") -> tuple[str, ...]:
    """Texts of all QR codes in a greyscale picture that is no photo, each once."""
    return tuple(dict.fromkeys(code.text for code in find_codes(picture)))


def _scan_picture(data: bytes, patience: Patience | None) -> Iterator[Scan]:
    deadline = patience.started() if patience else None
    for number, frame in enumerate(frames(data), 1):
        rest = deadline.share(1) if deadline else None
        yield Scan(number, find_codes(frame.picture, rest, red=frame.red))


def _scan_document(data: bytes, patience: Patience | None) -> Iterator[Scan]:
    """Every page quickly; only if there is no code in the whole file, what is left of the time is shared by all."""
    deadline = patience.started() if patience else None
    nothing = True
    try:
        with opened(data) as document:
            count = min(len(document), MAX_PAGES)
            for index in range(count):
                picture, dpi = _drawn(document[index], PAGE_DPI)
                rest = deadline.share(count - index) if deadline else None
                codes = find_codes(picture, rest, briefly=True)
                nothing &= not codes
                if codes:
                    yield Scan(index + 1, codes, dpi)
            for index in range(count):
                if not (deadline and nothing and deadline.left()):
                    break
                picture, dpi = _drawn(document[index], _FINE_DPI)
                red = partial(_red, document[index], dpi)
                yield Scan(index + 1, find_codes(picture, deadline.share(count - index), red=red), dpi)
            if len(document) > count:
                raise more_pages()
    except PageError as error:
        raise PictureError("picture.malformed", "this PDF cannot be drawn", hint="was it downloaded whole?") from error


def _drawn(page: Any, dpi: float) -> "tuple[Picture, float]":
    """A page, and its dots per inch: less than wanted, if the page is as large as a wall."""
    size = page.get_width() * page.get_height() / _POINTS_PER_INCH**2
    dpi = min(dpi, (0.99 * MAX_PIXELS / size) ** 0.5)
    return page_picture(page, dpi, grayscale=True), dpi


def _red(page: Any, dpi: float) -> "Picture":
    return page_picture(page, dpi, grayscale=False).getchannel("R")


def _texts(scans: Iterator[Scan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.text for scan in scans for code in scan.codes))

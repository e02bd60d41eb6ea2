"""What a sealed file says, read from verified bytes only: the attached record, the face's texts, photo and codes."""

import hashlib
import io
from dataclasses import dataclass

from license_lib.catalogue import Layout
from license_lib.pdfium import PageError, opened, page_picture
from license_lib.qr.scanning import PAGE_DPI, read_codes

RECORD_NAME = "license-record.json"
_POINTS_PER_MM = 72 / 25.4
_MAX_RECORD = 256 * 1024


class UnreadableError(Exception):
    """The verified bytes cannot be read as the page they should be."""


def attached_record(pdf: bytes) -> bytes | None:
    """The one attachment named `license-record.json`; None if there is none, or anything else is attached."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if list(document.attachments) != [RECORD_NAME]:
                return None
            data = document.attachments[RECORD_NAME].get_file().read_bytes()
    except Exception as error:
        raise UnreadableError("attachment") from error
    return data if len(data) <= _MAX_RECORD else None


def picture_digests(pdf: bytes) -> tuple[str, ...]:
    """SHA-256 (hex) of every picture on the page, as it is embedded; a photograph is embedded byte for byte.

    Raises:
        UnreadableError: the page cannot be read.
    """
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            pictures = document.pages[0].get_images().values()
            return tuple(hashlib.sha256(picture.read_raw_bytes()).hexdigest() for picture in pictures)
    except Exception as error:
        raise UnreadableError("photo") from error


@dataclass(frozen=True, slots=True)
class Face:
    """A face as a renderer sees it: number of pages, the text within each box of the layout, and all QR texts."""

    pages: int
    boxes: tuple[str, ...]
    codes: tuple[str, ...]


def read_face(pdf: bytes, layout: Layout) -> Face:
    """Extract texts box by box and read the codes from the rasterised page.

    Raises:
        UnreadableError: the page cannot be rendered.
    """
    try:
        with opened(pdf) as document:
            page = document[0]
            text = page.get_textpage()
            height = page.get_height()
            boxes = tuple(
                text.get_text_bounded(
                    left=box.x * _POINTS_PER_MM,
                    bottom=height - (box.y + box.h) * _POINTS_PER_MM,
                    right=(box.x + box.w) * _POINTS_PER_MM,
                    top=height - box.y * _POINTS_PER_MM,
                )
                for box in layout.boxes
            )
            picture = page_picture(page, PAGE_DPI, grayscale=True)
            pages = len(document)
    except PageError as error:
        raise UnreadableError("face") from error
    return Face(pages, tuple(squeezed(text) for text in boxes), read_codes(picture))


def squeezed(text: str) -> str:
    """Text without white space, and with PDFium's mark for a hyphen at a line's end undone."""
    return "".join(text.replace("\ufffe", "-").replace("\x02", "-").split())

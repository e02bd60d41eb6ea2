"""What a sealed file says, read from verified bytes only: the attached record, the face's texts, photo and codes."""

import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from license_lib.catalogue import Layout
from license_lib.licenses.record import MAX_RECORD_BYTES, RECORD_NAME
from license_lib.pdfium import PageError, opened, page_picture
from license_lib.qr.scanning import PAGE_DPI, read_codes

_POINTS_PER_MM = 72 / 25.4


class UnreadableError(Exception):
    """The verified bytes cannot be read as the page they should be."""


def attached_record(pdf: bytes) -> bytes | None:
    """The one attachment, named `license-record.json`; None if there is none, another, or more than one.

    The file may be a stranger's: no more is unpacked than a record may have.

    Raises:
        UnreadableError: the file cannot be parsed, or the attachment is not stored as we store it.
    """
    import pikepdf

    with _reading("attachment"), pikepdf.open(io.BytesIO(pdf)) as document:
        if list(document.attachments) != [RECORD_NAME]:
            return None
        stream = document.attachments[RECORD_NAME].obj.EF.F
        packed = stream.read_raw_bytes()
        if stream.get("/Filter") is None:
            return packed[: MAX_RECORD_BYTES + 1]
        if stream.get("/Filter") != pikepdf.Name.FlateDecode or "/DecodeParms" in stream:
            raise UnreadableError("attachment")
        return zlib.decompressobj().decompress(packed, MAX_RECORD_BYTES + 1)


def picture_digests(pdf: bytes) -> tuple[str, ...]:
    """SHA-256 (hex) of every picture on the page, as it is embedded; a photograph is embedded byte for byte.

    Raises:
        UnreadableError: the page cannot be read.
    """
    import pikepdf

    with _reading("photo"), pikepdf.open(io.BytesIO(pdf)) as document:
        pictures = document.pages[0].get_images().values()
        return tuple(hashlib.sha256(picture.read_raw_bytes()).hexdigest() for picture in pictures)


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Whatever a parser makes of a strange file means the same; a machine out of memory does not."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        raise UnreadableError(what) from error


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

"""What a sealed file says, read from verified bytes only: the attached record, the face's texts, photo and codes."""

import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from license_lib.catalogue import Layout
from license_lib.catalogue.layout import MOST_CONTINUATION_PAGES, Box
from license_lib.licenses.record import MAX_RECORD_BYTES, RECORD_NAME
from license_lib.pdfium import PageError, opened, page_picture
from license_lib.qr import proofs_among
from license_lib.qr.scanning import PAGE_DPI, read_codes
from license_lib.verification.plain_objects import plain_pictures
from signing.pdf_reading.plain import PlainFile

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

POINTS_PER_MM: Final = 72 / 25.4


class UnreadableError(Exception):
    """The verified bytes cannot be read as the page they should be."""


def attached_record(pdf: bytes) -> bytes | None:
    """The one attachment, named `license-record.json`; None if there is none, another, or more than one.

    The file may be a stranger's: no more is unpacked than a record may have.

    Raises:
        UnreadableError: the file cannot be parsed, or the attachment is not stored as we store it.
    """
    import pikepdf

    with _reading("attachment"), pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
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
    """SHA-256 (hex) of every picture on the pages, as it is embedded; a photograph is embedded byte for byte.

    Artwork of the template stands in forms (`rendering.finishing`) and is no such picture.

    Raises:
        UnreadableError: the page cannot be read.
    """
    import pikepdf

    with _reading("photo"), pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
        pictures = [picture for page in document.pages for picture in page.get_images(recursive=False).values()]
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
    """A face as a renderer sees it; all texts without white space.

    Attributes:
        pages: how many there are.
        boxes: the text within each box of the layout.
        tables: the text within each table of the layout.
        continuation: the text on each page after those of the layout, without its heading.
        codes: all QR texts of the first page.
        pictures: SHA-256 (hex) of every picture on the pages; a photograph is embedded byte for byte.
    """

    pages: int
    boxes: tuple[str, ...]
    tables: tuple[str, ...]
    continuation: tuple[str, ...]
    codes: tuple[str, ...]
    pictures: tuple[str, ...]


def read_face(pdf: bytes, layout: Layout, plain: PlainFile | None = None) -> Face:
    """Extract texts place by place and read the codes from the rasterised first page.

    Args:
        pdf: the file.
        layout: where everything stands.
        plain: the same as it was read, if it is a plain one.

    Raises:
        UnreadableError: a page cannot be rendered, is missing, or there are more than a licence can have.
    """
    try:
        with opened(pdf) as document:
            count = len(document)
            if not layout.pages <= count <= layout.pages + MOST_CONTINUATION_PAGES:
                raise UnreadableError("pages")
            pages = [_Page(page) for page in document]
            return Face(
                count,
                tuple(pages[box.page - 1].text_in(box) for box in layout.boxes),
                tuple(pages[table.page - 1].text_in(table) for table in layout.tables),
                tuple(page.text_in(layout.page.body) for page in pages[layout.pages :]),
                codes_on(page_picture(pages[0].page, PAGE_DPI, grayscale=True), layout),
                picture_digests(pdf) if plain is None else plain_pictures(plain),
            )
    except PageError as error:
        raise UnreadableError("face") from error


def codes_on(page: "Picture", layout: Layout) -> tuple[str, ...]:
    """Texts of all codes on the first page, each once.

    Characters around a code may keep readers from it, and keep nobody who holds a phone over it: where no text that was
    read may be a proof, they are asked about its place alone.

    Args:
        page: drawn at PAGE_DPI, grey.
        layout: where its code stands.
    """
    codes, box, pixels = read_codes(page), layout.qr, PAGE_DPI / 25.4
    if proofs_among(codes):
        return codes
    left, top, side = round(box.x * pixels), round(box.y * pixels), round(box.size * pixels)
    place = page.crop((left, top, left + side, top + side))
    return tuple(dict.fromkeys((*codes, *read_codes(place))))


class _Page:
    """A page and its texts, extracted once."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self._text = page.get_textpage()
        self._height = page.get_height()

    def text_in(self, box: Box) -> str:
        return squeezed(
            self._text.get_text_bounded(
                left=box.x * POINTS_PER_MM,
                bottom=self._height - (box.y + box.h) * POINTS_PER_MM,
                right=(box.x + box.w) * POINTS_PER_MM,
                top=self._height - box.y * POINTS_PER_MM,
            )
        )


def squeezed(text: str) -> str:
    """Text without white space, and with PDFium's mark for a hyphen at a line's end undone."""
    return "".join(text.replace("\ufffe", "-").replace("\x02", "-").split())

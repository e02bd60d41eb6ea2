"""Looking at PDF pages through PDFium: bounded, and one at a time, because PDFium is not thread-safe."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 60_000_000


class PageError(Exception):
    """The file or the page cannot be drawn, or is larger than the bound."""


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """A `pypdfium2.PdfDocument`; nobody else uses PDFium until it is closed.

    Raises:
        PageError: whatever PDFium finds wrong with the file, here or inside the block.
    """
    import pypdfium2

    # The lock lives on the library's module, where `signing.placement` finds it, too: neither room knows the other.
    with vars(pypdfium2).setdefault("one_at_a_time", RLock()):
        try:
            with pypdfium2.PdfDocument(pdf) as document:
                document.init_forms()  # or the seal's appearance, which people see, would not be drawn
                yield document
        except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
            raise PageError(str(error)) from error


def page_picture(page: Any, dpi: float, *, grayscale: bool) -> "Image":
    """Draw a page.

    Raises:
        PageError: the page has more than MAX_PIXELS at this resolution.
    """
    if page.get_width() * page.get_height() * (dpi / 72) ** 2 > MAX_PIXELS:
        raise PageError(f"more than {MAX_PIXELS} pixels")
    picture: Image = page.render(scale=dpi / 72, grayscale=grayscale).to_pil()
    return picture

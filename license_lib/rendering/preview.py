"""A page as an image, for people to look at."""

from io import BytesIO

from license_lib.errors import InputError
from license_lib.pdfium import PageError, opened, page_picture

MOST_DPI = 600


def page_png(pdf: bytes, page: int = 0, dpi: int = 150) -> bytes:
    """Rasterise one page to PNG, in colour.

    Args:
        pdf: a PDF; it may come from anywhere.
        page: 0-based page number.
        dpi: dots per inch, 1 to 600.

    Raises:
        InputError: `preview.unreadable`, no PDF, no such page, or a page too large for the resolution.
    """
    if page < 0 or not 1 <= dpi <= MOST_DPI:
        raise InputError("preview.unreadable", f"page {page} at {dpi} dpi cannot be drawn")
    try:
        with opened(pdf) as document:
            picture = page_picture(document[page], dpi, grayscale=False)
    except PageError:
        raise InputError(
            "preview.unreadable", "the bytes are no PDF, have no such page, or are too large at this resolution"
        ) from None
    out = BytesIO()
    picture.save(out, "PNG", compress_level=4)
    return out.getvalue()

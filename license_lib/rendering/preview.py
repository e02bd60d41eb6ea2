"""A page as an image, for previews."""

from io import BytesIO

from license_lib.errors import InputError
from license_lib.pdfium import PageError, opened, page_picture

MOST_DPI = 600


def page_png(pdf: bytes, page: int = 0, dpi: int = 150) -> bytes:
    """Rasterise one page to PNG, with its seal.

    Args:
        pdf: a PDF, not trusted.
        page: 0-based page number.
        dpi: dots per inch, at most 600.

    Raises:
        InputError: `preview.unreadable`, no PDF, no such page, or a page too large for the resolution.
    """
    if not 1 <= dpi <= MOST_DPI:
        raise InputError("preview.unreadable", f"{dpi} dpi is not between 1 and {MOST_DPI}")
    try:
        with opened(pdf) as document:
            if not 0 <= page < len(document):
                raise InputError("preview.unreadable", f"the file has no page {page + 1}")
            document.init_forms()
            image = page_picture(document[page], dpi, grayscale=False)
    except PageError as error:
        raise InputError("preview.unreadable", f"page {page + 1} cannot be drawn: {error}") from None
    out = BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()

"""A page as an image, for previews and for reading a QR code from a file."""

from io import BytesIO

from license_lib.errors import InputError
from license_lib.pdfium import PDFIUM_LOCK

MOST_PIXELS = 30_000_000
MOST_DPI = 600


def page_png(pdf: bytes, page: int = 0, dpi: int = 150) -> bytes:
    """Rasterise one page to PNG.

    Args:
        pdf: a PDF, not trusted.
        page: 0-based page number.
        dpi: dots per inch, at most 600.

    Raises:
        InputError: `preview.unreadable`, no PDF, no such page, or a page too large for the resolution.
    """
    import pypdfium2  # noqa: PLC0415 - loads a native library; only previews need it

    if not 1 <= dpi <= MOST_DPI:
        raise InputError("preview.unreadable", f"{dpi} dpi is not between 1 and {MOST_DPI}")
    scale = dpi / 72
    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            raise InputError("preview.unreadable", "the bytes are no PDF that can be opened") from None
        try:
            if not 0 <= page < len(document):
                raise InputError("preview.unreadable", f"the file has no page {page + 1}")
            sheet = document[page]
            width, height = sheet.get_size()
            if width * height * scale * scale > MOST_PIXELS:
                raise InputError(
                    "preview.unreadable", f"the page is too large for {dpi} dpi", hint="lower the resolution"
                )
            image = sheet.render(scale=scale, may_draw_forms=True).to_pil()
        except pypdfium2.PdfiumError:
            raise InputError("preview.unreadable", f"page {page + 1} cannot be drawn") from None
        finally:
            document.close()
    out = BytesIO()
    image.save(out, "PNG", compress_level=4)
    return out.getvalue()

"""Grounds 底 of plain files: what they may draw, so that no other licence's code on them is seen otherwise.

That a renderer sees a code once proves little of a ground: what covers the code, or stands beside it, may be that very
code once more, and is still there when the next licence has another.
"""

import io
import math
import re
from collections.abc import Sequence
from typing import Final

from license_lib.pdfium import PageError, opened, page_picture
from license_lib.qr.readers import ask_zbar, ask_zxing
from license_lib.qr.scanning import PAGE_DPI
from license_lib.verification.plain_objects import LARGEST_PAGE, OtherwiseSpelledError, inflated, need, unpacked
from license_lib.verification.plain_pages import Edges, with_a_square
from signing.pdf_reading.plain import PlainFile

_FILTER, _PACKED, _PREDICTED = b"/Filter", b"/Filter/FlateDecode", b"/DecodeParms"
_KIND, _PICTURE, _PATTERN = b"/Subtype", b"/Subtype/Image", b"/PatternType"
_SHOWS_TEXT: Final = re.compile(rb"T[jJ]|['\"]")
"""Renderers show a text outside of `BT` and `ET`, too."""
_DRAWS_A_FORM: Final = re.compile(rb"Do(?![A-Za-z0-9])")
_FORMS: Final = b"/XObject<<"
_BLACK, _WHITE = 0, 255


def speaks_for_itself(file: PlainFile, numbers: Sequence[int]) -> bool:
    """Whether none of these objects draws by what a licence's page has: its texts' fonts, its forms.

    Args:
        file: the file.
        numbers: the objects that the ground draws, and all that they need.
    """
    objects = [(file.text(number).replace(b" ", b""), file.encoded(number)) for number in numbers]
    contents = [
        (text, data)
        for text, data in objects
        if _PATTERN in text or (_KIND in text and not (_PICTURE in text and text.count(_KIND) == 1))
    ]
    try:
        return not any(_borrows(text, _content(text, data)) for text, data in contents)
    except OtherwiseSpelledError:
        return False


def _borrows(text: bytes, content: bytes) -> bool:
    """Whether a text would be set in the font of the last one, or a form is looked for among those of the page."""
    return bool(_SHOWS_TEXT.search(content) or (_FORMS not in text and _DRAWS_A_FORM.search(content)))


def _content(text: bytes, data: bytes) -> bytes:
    if _FILTER not in text:
        return data
    need(text.count(_FILTER) == 1 and _PACKED in text and _PREDICTED not in text)
    return inflated(data, LARGEST_PAGE)


def leaves_the_code_alone(file: PlainFile, contents: int, place: Edges) -> bool:
    """Whether nothing covers the code on the first page, and nothing else on it is a code, or nearly one.

    A black square in its place must be drawn black, a white one white, and no code be seen then.

    Args:
        file: the file.
        contents: object number of the first page's operators.
        place: the code's, with its quiet zone.
    """
    import pikepdf

    operators = unpacked(file, contents, LARGEST_PAGE).decode("ascii")
    try:
        with pikepdf.open(io.BytesIO(file.data), suppress_warnings=True) as document:
            for shade in (_BLACK, _WHITE):
                out = io.BytesIO()
                document.pages[0].obj.Contents = document.make_stream(
                    with_a_square(operators, shade / _WHITE).encode("ascii")
                )
                document.save(out)
                if not _shows_the_square(out.getvalue(), place, shade):
                    return False
    except (pikepdf.PdfError, PageError):
        return False
    return True


def _shows_the_square(pdf: bytes, place: Edges, shade: int) -> bool:
    """Whether a square of one shade is drawn as it is, and no code beside it."""
    scale = PAGE_DPI / 72
    with opened(pdf) as document:
        page = document[0]
        height = page.get_height()
        picture = page_picture(page, PAGE_DPI, grayscale=True)
    # Pixels at its edges show something of what is beside it.
    left, top = (math.ceil(edge * scale) + 1 for edge in (place.left, height - place.top))
    right, bottom = (math.floor(edge * scale) - 1 for edge in (place.right, height - place.bottom))
    inside = picture.crop((left, top, right, bottom))
    if left >= right or top >= bottom or inside.getextrema() != (shade, shade):
        return False
    seen = [ask_zxing(picture), ask_zbar(picture)]
    return not any(one.codes or one.unread for one in seen)

"""The texts of a PDF's page that somebody sees who looks at it: not those that are white, covered, or not drawn.

A file's text and its picture are two things, and whoever makes the file makes both. A character counts only if it is
the darkest thing where it stands: if that goes as soon as all texts are taken away. Red light is looked at, in which
the ink of a seal is as white as paper. Whether it *looks* like what it says, a machine
without eyes cannot tell: a font may draw one character and call it another.
"""

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from license_lib.pdfium import page_picture
from license_lib.qr.places import Point

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_LETTERS: Final = 20_000
UNREAD: Final = "\ufffd"
"""Stands for a glyph that says no character."""
_DPI: Final = 144
_POINTS_PER_INCH: Final = 72
_STRONG: Final = 60
"""How much darker a text is than all else around it, of 255; less than that nobody is sure to see."""
_DARK: Final = 90
_CELL: Final = 4
"""Dots of the squares in which ink that is no text is looked for: two points."""
_COVERED: Final = 50
"""Of 255: part of such a square that is dark, so that a thin stroke counts."""
_FINE: Final = 64
"""Parts of a point in which places are told."""
_DEEPEST: Final = 8
_MOST_OBJECTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A character on the page.

    Args:
        text: it, or UNREAD. middle: points from the page's upper left corner as it is shown. height: points.
        visible: whether it changes the picture.
    """

    text: str
    middle: Point
    height: float
    visible: bool
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, and what else is dark on it.

    Args:
        letters: in the order of the file, hidden ones too. ink: points where a picture or a drawing is dark.
    """

    letters: tuple[Letter, ...] = ()
    ink: tuple[Point, ...] = ()


NO_TEXT: Final = PageText()
"""Of a picture, or of a page with more characters than anybody would read."""


def page_text(page: Any) -> PageText:
    """All characters of a page; none at all if there are too many.

    Args:
        page: a `pypdfium2.PdfPage`. Its text objects are switched off and on again.

    Raises:
        PageError: it cannot be drawn.
    """
    import pypdfium2.raw as pdfium

    texts = page.get_textpage()
    count = texts.count_chars()
    if not 0 < count <= MOST_LETTERS:
        return NO_TEXT
    objects = list(_text_objects(page))
    if len(objects) > _MOST_OBJECTS:
        return NO_TEXT
    pictures = _pictures(page, objects)
    spoken: set[int] = set()
    found = []
    for index in range(count):
        said_by = pdfium.FPDFText_GetTextObject(texts, index)
        spoken.add(_address(said_by))
        text = _character(pdfium.FPDFText_GetUnicode(texts, index))
        if text.isspace():
            continue
        corners = _corners(page, texts.get_charbox(index))
        if corners is not None:
            actual = bool(said_by) and _says_otherwise(said_by)
            found.append(_letter(UNREAD if actual else text, corners, pictures))
    for one in objects:
        if _address(one) not in spoken:
            corners = _corners(page, _bounds(one))
            if corners is not None:
                found.append(_letter(UNREAD, corners, pictures))
    return PageText(tuple(found), tuple(_ink(pictures[1])))


def _letter(text: str, corners: tuple[float, float, float, float], pictures: "tuple[Picture, Picture]") -> Letter:
    left, top, right, bottom = corners
    scale = _DPI / _POINTS_PER_INCH
    box = (int(left * scale), int(top * scale), int(right * scale) + 1, int(bottom * scale) + 1)
    whole, ground = (_darkest(picture, box) for picture in pictures)
    return Letter(text, ((left + right) / 2, (top + bottom) / 2), bottom - top, ground - whole >= _STRONG, right - left)


def _darkest(picture: "Picture", box: tuple[int, int, int, int]) -> int:
    """The darkest dot of a place; outside the page there is only paper."""
    left, top, right, bottom = max(0, box[0]), max(0, box[1]), min(picture.width, box[2]), min(picture.height, box[3])
    if left >= right or top >= bottom:
        return 255
    extrema: Any = picture.crop((left, top, right, bottom)).getextrema()
    return int(extrema[0])


def _ink(ground: "Picture") -> Iterator[Point]:
    """Where something is dark that is no text: middles of squares, in points."""
    dark = ground.point(lambda value: 255 * (value < _DARK)).reduce(_CELL)
    scale = _CELL * _POINTS_PER_INCH / _DPI
    for index, covered in enumerate(dark.tobytes()):
        if covered >= _COVERED:
            yield (index % dark.width + 0.5) * scale, (index // dark.width + 0.5) * scale


def _pictures(page: Any, objects: list[Any]) -> "tuple[Picture, Picture]":
    """The page in red light, whole and without its texts."""
    import pypdfium2.raw as pdfium

    whole = _red(page)
    for one in objects:
        pdfium.FPDFPageObj_SetIsActive(one, 0)
    try:
        return whole, _red(page)
    finally:
        for one in objects:
            pdfium.FPDFPageObj_SetIsActive(one, 1)


def _red(page: Any) -> "Picture":
    return page_picture(page, _DPI, grayscale=False).convert("RGB").getchannel("R")


def _text_objects(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as pdfium

    def within(count: int, get: Any, depth: int) -> Iterator[Any]:
        for index in range(min(count, _MOST_OBJECTS)):
            one = get(index)
            kind = pdfium.FPDFPageObj_GetType(one)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                yield one
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                inner = pdfium.FPDFFormObj_CountObjects(one)
                yield from within(inner, lambda number, form=one: pdfium.FPDFFormObj_GetObject(form, number), depth + 1)

    yield from within(pdfium.FPDFPage_CountObjects(page), lambda number: pdfium.FPDFPage_GetObject(page, number), 0)


def _says_otherwise(one: Any) -> bool:
    """Whether the file gives other words for a text than its characters: `ActualText` (ISO 32000-1, 14.9.4)."""
    import pypdfium2.raw as pdfium

    return any(
        pdfium.FPDFPageObjMark_GetParamValueType(pdfium.FPDFPageObj_GetMark(one, index), b"ActualText")
        for index in range(max(0, pdfium.FPDFPageObj_CountMarks(one)))
    )


def _character(number: int) -> str:
    try:
        text = chr(number)
    except (ValueError, OverflowError):
        return UNREAD
    if text in {"\ufffe", "\x02"}:  # PDFium's marks for a hyphen at a line's end
        return "-"
    return UNREAD if unicodedata.category(text) in {"Cn", "Co", "Cs"} or not number else text


def _bounds(one: Any) -> tuple[float, float, float, float]:
    import pypdfium2.raw as pdfium

    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(one, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _corners(page: Any, box: tuple[float, float, float, float]) -> tuple[float, float, float, float] | None:
    """A rectangle of the page's own space as one sees it: left, top, right, bottom, in points; None if it is empty."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = box
    width, height = (round(side * _FINE) for side in (page.get_width(), page.get_height()))
    seen = []
    for x, y in ((left, top), (right, bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
        seen.append((across.value / _FINE, down.value / _FINE))
    (x0, y0), (x1, y1) = seen
    edges = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return edges if edges[2] > edges[0] and edges[3] > edges[1] else None


def _address(one: Any) -> int:
    return ctypes.cast(one, ctypes.c_void_p).value or 0

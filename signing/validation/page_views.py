"""Pages as a person sees them: drawn by PDFium, with the annotations that belong to them."""

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page."""
_DPI: Final = 108
_MOST_POINTS: Final = 4000
_EDGE: Final = 64
_EDGE_STILL: Final = 24
_FEW_EDGES: Final = 8
_LOST: Final = 0.1
"""How much of the edges may be lost: they are drawn a little otherwise each time."""


class PageView:
    """One page of a document, everything on it drawn into it.

    Args:
        document: of pypdfium2; it is changed by this.
        index: of the page.
        without: indices of annotations that are to be left out.
    """

    def __init__(self, document: Any, index: int, without: Iterable[int] = ()) -> None:
        from pypdfium2 import raw

        page = document[index]
        for one in sorted(without, reverse=True):
            raw.FPDFPage_RemoveAnnot(page.raw, one)
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
        self._page = document[index]
        self._text = self._page.get_textpage()
        scale = min(_DPI / 72, _MOST_POINTS / max(*self._page.get_size(), 1))
        self.picture = self._page.render(scale=scale, grayscale=True).to_pil()

    def text(self, rectangle: Rectangle) -> str:
        """What a person reads within a rectangle, without white space."""
        return "".join(self._text.get_text_bounded(*rectangle).split())

    def box(self, rectangle: Rectangle) -> tuple[int, int, int, int]:
        """Where a rectangle is in the picture: left, top, right, bottom; however the page is turned or cut."""
        from ctypes import byref, c_int

        from pypdfium2 import raw

        width, height = self.picture.size
        corners = []
        for x, y in (rectangle[:2], rectangle[2:]):
            across, down = c_int(), c_int()
            raw.FPDF_PageToDevice(self._page.raw, 0, 0, width, height, 0, x, y, byref(across), byref(down))
            corners.append((across.value, down.value))
        (a, b), (c, d) = corners
        left, top, right, bottom = min(a, c) - 1, min(b, d) - 1, max(a, c) + 1, max(b, d) + 1
        return max(left, 0), max(top, 0), min(right, width), min(bottom, height)


class PagePair:
    """A page as it was, and as it is.

    Attributes:
        before: the one.
        after: the other.
    """

    def __init__(self, before: PageView, after: PageView) -> None:
        from PIL import ImageChops

        self.before, self.after = before, after
        self._has_same_size = before.picture.size == after.picture.size
        # Everything once for the whole page: a form may have a thousand fields.
        self._was, self._is = _edges(before.picture, _EDGE), _edges(after.picture, _EDGE_STILL)
        self._lost = [ImageChops.subtract(one, other) for one, other in zip(self._was, self._is, strict=True)]
        self._anything = _edges(before.picture, _EDGE_STILL)
        self._differs = _dark_from(ImageChops.difference(before.picture, after.picture), _EDGE_STILL)

    def is_legible_still(self, rectangle: Rectangle) -> bool:
        """Whether what was drawn in a place can be seen still: drawn around or beside, but not over.

        Looked at are edges between light and dark, so that it does not matter which of them the writing is.
        """
        total = self._count(self._was, rectangle)
        return self._has_same_size and (total < _FEW_EDGES or self._count(self._lost, rectangle) <= _LOST * total)

    def is_drawn_on(self, rectangle: Rectangle) -> bool:
        """Whether anything was added in a place that a person can see."""
        return not self._has_same_size or self._count([self._differs], rectangle) > 0

    def was_blank(self, rectangle: Rectangle) -> bool:
        """Whether nothing could be seen in a place."""
        return not self.before.text(rectangle) and self._count(self._anything, rectangle) < _FEW_EDGES

    def is_same_elsewhere(self, rectangles: Iterable[Rectangle]) -> bool:
        """Whether a page is as it was but for some places."""
        differs = self._differs.copy()
        for rectangle in rectangles:
            left, top, right, bottom = self.before.box(rectangle)
            differs.paste(0, (left - 1, top - 1, right + 1, bottom + 1))
        return self._has_same_size and differs.getbbox() is None

    def _count(self, pictures: list[Any], rectangle: Rectangle) -> int:
        left, top, right, bottom = self.before.box(rectangle)
        if left >= right or top >= bottom:
            return 0  # beside the page
        return sum(one.crop((left, top, right, bottom)).histogram()[255] for one in pictures)


def _edges(picture: Any, threshold: int) -> list[Any]:
    """Where it becomes lighter and darker, across and down."""
    from PIL import ImageChops

    found = []
    for across, down in ((1, 0), (0, 1)):
        moved = ImageChops.offset(picture, across, down)
        for one, other in ((picture, moved), (moved, picture)):
            found.append(_dark_from(ImageChops.subtract(one, other), threshold))
    return found


def _dark_from(picture: Any, threshold: int) -> Any:
    return picture.point([0] * threshold + [255] * (256 - threshold))

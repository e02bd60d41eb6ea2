"""The page that a code was found on: its picture in colour, its texts, and which layout's face it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from license_lib.catalogue import Layout, LicenseType
from license_lib.paper.comparing import (
    Answer,
    Placed,
    Result,
    Why,
    compare_anywhere,
    compare_in_place,
    is_placed,
    normal,
    share_in_place,
)
from license_lib.paper.fitting import Fit
from license_lib.paper.page_text import page_text
from license_lib.paper.sheets import Placement, Sheet, best_by_picture, placements, sheet_size
from license_lib.paper.signed import SignedField, known_labels
from license_lib.pdfium import MAX_PIXELS, PageError, opened, page_picture
from license_lib.qr.pictures import in_color, looks_like_pdf
from license_lib.qr.places import Corners, Mapping, Point
from license_lib.verification.scans import Place

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_DPI: Final = 200
_MM_PER_INCH: Final = 25.4
_POINTS_PER_INCH: Final = 72


class SheetError(Exception):
    """The page cannot be drawn a second time."""


def sheet_of(data: bytes, number: int) -> Sheet:
    """A page of a PDF, or a frame of a picture; numbers are from 1.

    Raises:
        SheetError: a PDF's page cannot be drawn. PictureError: a picture cannot be decoded.
    """
    if not looks_like_pdf(data):
        return Sheet(in_color(data, number), number)
    try:
        with opened(data) as document:
            page = document[number - 1]
            width, height = page.get_width(), page.get_height()
            dots = min(_DPI, (0.9 * MAX_PIXELS / (width * height / _POINTS_PER_INCH**2)) ** 0.5)
            picture = page_picture(page, dots, grayscale=False).convert("RGB")
            found = page_text(page)
    except PageError as error:
        raise SheetError(str(error)) from None
    millimetre = _MM_PER_INCH / _POINTS_PER_INCH
    return Sheet(picture, number, (width * millimetre, height * millimetre), found, dots / _POINTS_PER_INCH)


def corners_in(sheet: Sheet, place: Place) -> Corners:
    """The corners of a code as they were read, in pixels of its sheet's picture."""
    if place.millimetres is None:
        return _four(place.pixels, 1.0)
    return _four(place.millimetres, sheet.points * _POINTS_PER_INCH / _MM_PER_INCH)


def grey_of(sheet: Sheet) -> "Picture":
    """The picture without colour."""
    return sheet.picture.convert("L")


def _four(corners: Sequence[tuple[float, float]], scale: float) -> Corners:
    upper_left, upper_right, lower_right, lower_left = ((x * scale, y * scale) for x, y in corners)
    return upper_left, upper_right, lower_right, lower_left


@dataclass(frozen=True)
class Match:
    """A layout and where it lies on the page.

    Args:
        placed: the page's characters, where they stand on that face. ink: what else is dark there.
        share: which part of the layout's labels can be read where it puts them.
    """

    kind: LicenseType
    placement: Placement
    placed: tuple[Placed, ...] = ()
    ink: tuple[Point, ...] = ()
    share: float = 0.0

    @property
    def by_machine(self) -> bool:
        """Whether there are texts that one sees, and that make sense: a label or the title of the type is one."""
        known = [normal(label) for label, _, _ in known_labels(self.kind, self.placement.layout)]
        return any(label in self.page for label in known)

    @cached_property
    def page(self) -> str:
        """All that one can read on the page, in normal form."""
        return normal("".join(one.letter.text for one in self.placed if one.letter.visible))

    def answer(self, field: SignedField) -> Answer:
        """What a machine can tell about a field."""
        if not self.placed:
            return Answer(Result.NOT_COMPARED, Why.PICTURE)
        if not self.page:
            return Answer(Result.NOT_COMPARED, Why.HIDDEN)
        if field.page != 1:
            return Answer(Result.NOT_COMPARED, Why.OTHER_PAGE)
        if is_placed(self.share):
            return compare_in_place(field, self.placed, self.page, self.ink)
        return compare_anywhere(field, self.page)


def matching(sheet: Sheet, fit: Fit, layouts: Sequence[tuple[LicenseType, Layout]]) -> Match:
    """Of the layouts that a licence may have been drawn by, the one that its page shows, and where it lies.

    Args:
        layouts: at least one, the likeliest first.
    """
    tried: list[Match] = []
    for kind, layout in layouts:
        page = (layout.page.width, layout.page.height)
        sized = sheet if sheet.size else replace(sheet, size=sheet_size(sheet.picture, fit, page))
        tried += [Match(kind, one) for one in placements(sized, fit, layout)]
    if sheet.text.letters:
        tried = [_read(match, sheet) for match in tried]
        best = max(tried, key=lambda match: (round(match.share, 2), -len(match.placement.misplaced)))
        if is_placed(best.share):
            return best
    placement = best_by_picture(tuple(match.placement for match in tried), sheet)
    return next(match for match in tried if match.placement is placement)


def _read(match: Match, sheet: Sheet) -> Match:
    """The page's characters where they would stand on the face."""
    back = _inverse(match.placement.way)
    unit = 1 / match.placement.scale
    placed = []
    for letter in sheet.text.letters:
        x, y = back.of((letter.middle[0] * sheet.points, letter.middle[1] * sheet.points))
        placed.append(Placed(letter, x, y, letter.height * sheet.points * unit))
    labels = [(label, box) for label, box, page in known_labels(match.kind, match.placement.layout) if page == 1]
    ink = tuple(back.of((x * sheet.points, y * sheet.points)) for x, y in sheet.text.ink)
    return replace(match, placed=tuple(placed), ink=ink, share=share_in_place(placed, labels))


def _inverse(way: Mapping) -> Mapping:
    """The way back: the adjugate of the matrix."""
    a, b, c, d, e, f, g, h = way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h
    last = a * e - b * d
    numbers = (e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f, d * h - e * g, b * g - a * h)
    return Mapping(*(number / last for number in numbers))

"""Where the face lies in a picture: by its code, whose place on the layout is known, or by the edges of the sheet."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from license_lib.catalogue import Layout
from license_lib.catalogue.layout import Box
from license_lib.code_size import QUIET_ZONE
from license_lib.paper.fitting import Fit, similar
from license_lib.paper.page_text import NO_TEXT, PageText
from license_lib.qr.places import Mapping, Point, moved, quadrilateral, scaled

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_ALIKE: Final = 20.0
"""Millimetres by which a sheet may be larger or smaller than the layout's: Letter for A4."""
_AWAY: Final = 12.0
"""Millimetres by which a printer that fits a page to its sheet, and a scanner, may move a code."""
_SMALLEST, _LARGEST = 0.88, 1.08
_TILT: Final = 3.0  # degrees
_ISO: Final = math.sqrt(2)
_ISO_ERROR: Final = 0.012
_MARGIN: Final = 1.5  # millimetres
_GUESS: Final = 0.012
"""Millimetres more for each one from the code, where the place is told by the code alone."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page, or a picture, that a code was found on.

    Args:
        picture: in colour. page: from 1. size: millimetres, where it is a whole sheet of paper; None for a photo.
        text: of a PDF's page; its places in points. points: pixels of the picture for each of them.
    """

    picture: "Picture"
    page: int
    size: tuple[float, float] | None = None
    text: PageText = NO_TEXT
    points: float = 1.0


def sheet_size(picture: "Picture", fit: Fit, page: tuple[float, float]) -> tuple[float, float] | None:
    """Millimetres of a picture that looks like a scan of a whole sheet; None for any other.

    A scanner looks from straight above, and ISO paper is √2 as long as wide; cameras' pictures are not.

    Args:
        page: width and height of the layout's.
    """
    width, height = picture.size
    if not fit.flat or abs(max(width, height) / min(width, height) / _ISO - 1) > _ISO_ERROR:
        return None
    longer, shorter = max(page), min(page)
    return (longer, shorter) if width > height else (shorter, longer)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a face lies in a picture.

    Args:
        way: from the face's millimetres to pixels. guessed: by a code on a photo, where the paper may be bent.
        misplaced: how the code stands otherwise than the layout puts it: `sheet`, `place`, `size`, `turned`.
    """

    layout: Layout
    way: Mapping
    guessed: bool
    misplaced: tuple[str, ...] = ()

    @property
    def scale(self) -> float:
        """Pixels of a millimetre, around the code."""
        x, y = self.layout.qr.x, self.layout.qr.y
        return math.dist(self.way.of((x, y)), self.way.of((x + 10, y))) / 10

    def margin(self, box: Box) -> float:
        """Millimetres to be shown around a place, so that it is sure to be in."""
        if not self.guessed:
            return _MARGIN
        qr = self.layout.qr
        away = math.dist((box.x + box.w / 2, box.y + box.h / 2), (qr.x + qr.size / 2, qr.y + qr.size / 2))
        return _MARGIN + _GUESS * away


def placements(sheet: Sheet, fit: Fit, layout: Layout) -> tuple[Placement, ...]:
    """Where the face may lie, the likeliest place first."""
    side = _side(layout, fit)
    edge = layout.qr.size - side
    left, top = layout.qr.x + edge / 2, layout.qr.y + edge / 2
    seen = similar(fit) if fit.flat else fit.way
    by_code = seen.after(scaled(1 / side)).after(moved(-left, -top))
    if sheet.size is None:
        return (Placement(layout, by_code, guessed=True),)
    by_sheet = _by_sheet(sheet, fit, layout)
    if by_sheet is None:
        return (Placement(layout, by_code, guessed=False, misplaced=("sheet",)),)
    misplaced = _misplaced(fit, by_sheet, Box(x=left, y=top, w=side, h=side))
    code, paper = (Placement(layout, way, guessed=False, misplaced=misplaced) for way in (by_code, by_sheet))
    return (paper, code) if misplaced else (code, paper)


def best_by_picture(candidates: tuple[Placement, ...], sheet: Sheet) -> Placement:
    """Of several layouts, the one whose code stands right, and whose face is in the picture."""

    def fits(placement: Placement) -> tuple[int, float]:
        page = placement.layout.page
        inside = sum(
            _within(placement.way, (page.width * across / 4, page.height * down / 4), sheet.picture.size)
            for across in range(5)
            for down in range(5)
        )
        return -len(placement.misplaced), inside

    return max(candidates, key=fits)


def is_in(placement: Placement, box: Box, size: tuple[int, int]) -> bool:
    """Whether most of a place is in a picture of this size, in pixels."""
    inside = [
        _within(placement.way, (box.x + box.w * across / 4, box.y + box.h * down / 2), size)
        for across in range(5)
        for down in range(3)
    ]
    return sum(inside) > len(inside) * 0.6


def corners_of(placement: Placement, box: Box, margin: float = 0.0) -> tuple[Point, Point, Point, Point]:
    """A place of the face in pixels, clockwise from its upper left corner."""
    left, top, right, bottom = box.x - margin, box.y - margin, box.x + box.w + margin, box.y + box.h + margin
    at = placement.way.of
    return at((left, top)), at((right, top)), at((right, bottom)), at((left, bottom))


def _within(way: Mapping, point: Point, size: tuple[int, int]) -> bool:
    if way.g * point[0] + way.h * point[1] + 1 <= 0:  # behind the camera
        return False
    x, y = way.of(point)
    return 0 <= x <= size[0] and 0 <= y <= size[1]


def _side(layout: Layout, fit: Fit) -> float:
    """Millimetres of the symbol without its quiet zone."""
    return layout.qr.size * fit.modules / (fit.modules + 2 * QUIET_ZONE)


def _by_sheet(sheet: Sheet, fit: Fit, layout: Layout) -> Mapping | None:
    """The face over the whole sheet, turned as the code is; None if it is another kind of sheet."""
    if sheet.size is None:
        return None
    turns = _quarter(fit)
    width, height = sheet.size if turns % 2 == 0 else (sheet.size[1], sheet.size[0])
    page = layout.page
    if abs(width - page.width) > _ALIKE or abs(height - page.height) > _ALIKE:
        return None
    right, bottom = sheet.picture.size
    corners = ((0.0, 0.0), (float(right), 0.0), (float(right), float(bottom)), (0.0, float(bottom)))
    turned = corners[turns:] + corners[:turns]
    upper_left, upper_right, lower_right, lower_left = turned
    square = quadrilateral(1, (upper_left, upper_right, lower_right, lower_left))
    around_x, around_y = (width - page.width) / 2, (height - page.height) / 2
    return square.after(scaled(1 / width, 1 / height)).after(moved(around_x, around_y))


def _quarter(fit: Fit) -> int:
    """By how many quarters of a circle, clockwise, the code is turned."""
    return round(_angle(fit) / 90) % 4


def _angle(fit: Fit) -> float:
    (x0, y0), (x1, y1) = fit.corners[:2]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def _misplaced(fit: Fit, by_sheet: Mapping, where: Box) -> tuple[str, ...]:
    """What is wrong with the code's place, if the sheet is taken for the page."""
    unit = math.dist(by_sheet.of((0, 0)), by_sheet.of((100, 0))) / 100  # pixels of a millimetre
    middle = by_sheet.of((where.x + where.w / 2, where.y + where.h / 2))
    seen = tuple(sum(corner[axis] for corner in fit.corners) / 4 for axis in (0, 1))
    sides = [math.dist(fit.corners[index - 1], fit.corners[index]) for index in range(4)]
    size = sum(sides) / 4 / unit / where.w
    tilt = (_angle(fit) + 45) % 90 - 45
    wrong = {
        "place": math.dist(middle, seen) / unit > _AWAY,
        "size": not _SMALLEST <= size <= _LARGEST,
        "turned": abs(tilt) > _TILT,
    }
    return tuple(name for name, is_so in wrong.items() if is_so)

"""One picture → its codes: the easy way first; then, while time lasts, other versions of the picture.

Every retry works on a version of the picture (`View`) that knows the way back, so that corners are those of the picture
as it was given. The order was measured: docs/scanning.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from license_lib.qr.places import IDENTITY, Code, Corners, Mapping, in_order, same_place, side
from license_lib.qr.readers import Seen, ask_zbar, ask_zxing
from license_lib.qr.views import View, close_ups, overview, whole_views

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MOST_PLACES = 8
"""Of codes that were seen and not read, in one picture: each costs several looks."""
_SMALLEST_SIDE = 32
"""Pixels: a code of 21 modules a side, of one and a half pixels each."""
_SHADES = 16
_PAPER_SHARE = 0.5
_SAMPLE = (256, 256)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a picture may be looked at.

    Args:
        seconds: after which no further retry begins; a retry itself is bounded by the size of its picture.
        clock: seconds from any beginning, as `time.monotonic` counts them.
    """

    seconds: float
    clock: Callable[[], float]

    def started(self) -> "Deadline":
        """Begin now."""
        return Deadline(self.clock() + self.seconds, self.clock)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of a clock, by which all pages of a file have been looked at."""

    end: float
    clock: Callable[[], float]

    def left(self) -> bool:
        """Whether it is to come."""
        return self.clock() < self.end

    def share(self, pages: int) -> Patience:
        """What each of the pages to come may take, of the time that is left."""
        return Patience(max(0.0, self.end - self.clock()) / pages, self.clock)


class _Findings:
    """Codes, each place once, and places of codes that nobody has read yet."""

    def __init__(self) -> None:
        self.codes: list[Code] = []
        self.unread: list[Corners] = []
        self._seen: list[Corners] = []

    def take(self, seen: Seen, back: Mapping = IDENTITY) -> None:
        """Add what a reader saw in a version of the picture."""
        for code in (back.of_code(one) for one in seen.codes):
            if not any(code.text == known.text and same_place(code.corners, known.corners) for known in self.codes):
                self.codes.append(code)
        for place in (in_order(back.of(corner) for corner in corners) for corners in seen.unread):
            if side(place) < _SMALLEST_SIDE:
                continue
            if len(self._seen) < _MOST_PLACES and not any(same_place(place, known) for known in self._seen):
                self._seen.append(place)
                self.unread.append(place)
        self.unread = [
            place for place in self.unread if not any(same_place(place, code.corners) for code in self.codes)
        ]

    def in_order(self) -> tuple[Code, ...]:
        """As one reads a page."""
        return tuple(sorted(self.codes, key=lambda code: (code.corners[0][::-1], code.text)))


def find_codes(
    picture: "Picture",
    patience: Patience | None = None,
    *,
    briefly: bool = False,
    red: "Callable[[], Picture | None] | None" = None,
) -> tuple[Code, ...]:
    """All codes of a greyscale picture, from top to bottom.

    Of a drawn page zxing-cpp reads what there is, and nobody else is asked.

    Args:
        patience: how long to go on where no code was read, or not each that was seen; if None, each reader looks once.
        briefly: where no code was seen at all, do not look for one in other versions of the picture.
        red: gives the picture's red light, in which a red stamp is as white as the paper; None where all is grey.
    """
    found = _Findings()
    found.take(ask_zxing(picture))
    if found.codes and (patience is None or not (found.unread or _is_photo(picture))):
        return found.in_order()
    if found.codes:
        smaller = overview(picture)  # there are codes, and large ones that zxing-cpp does not see are rare
        found.take(ask_zbar(smaller.picture), smaller.back)
    else:
        found.take(ask_zbar(picture))
    if patience is None:
        return found.in_order()
    time_left = patience.started().left
    _look_closer(picture, found, time_left)
    if not (found.codes or briefly):
        _look_again(picture, found, time_left, red)
    return found.in_order()


def _look_closer(picture: "Picture", found: _Findings, time_left: Callable[[], bool]) -> None:
    """At each place where a code was seen and not read."""
    while found.unread:
        place = found.unread.pop()
        for view in close_ups(picture, place):
            if not time_left():
                return
            seen = ask_zxing(view.picture)
            found.take(Seen(seen.codes), view.back)
            if seen.codes:
                break


def _look_again(
    picture: "Picture",
    found: _Findings,
    time_left: Callable[[], bool],
    red: "Callable[[], Picture | None] | None",
) -> None:
    """At other versions of the whole picture, until one shows a code."""
    for view in chain(_red_views(red), whole_views(picture)):
        for one_threshold in (False, True):
            if not time_left():
                return
            found.take(ask_zxing(view.picture, one_threshold=one_threshold), view.back)
        _look_closer(picture, found, time_left)
        if view.for_zbar and not found.codes and time_left():
            found.take(ask_zbar(view.picture), view.back)
        if found.codes:
            return


def _red_views(red: "Callable[[], Picture | None] | None") -> Iterator[View]:
    seen = red() if red is not None else None
    if seen is not None:
        yield View(seen)


def _is_photo(picture: "Picture") -> bool:
    """Paper that was drawn, or scanned, is nearly of one shade; under a lamp it has many."""
    from PIL import Image

    counts = picture.resize(_SAMPLE, Image.Resampling.NEAREST).histogram()
    paper = max(sum(counts[shade : shade + _SHADES]) for shade in range(len(counts) - _SHADES + 1))
    return paper < _PAPER_SHARE * sum(counts)

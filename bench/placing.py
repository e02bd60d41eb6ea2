"""How far from its true place a text is looked for, on photos of a 营业执照: the table of docs/paper.md.

    python bench/placing.py [--photos 9]

The camera of `bench/scan_composites.py` knows where each point of the paper went. Every field of the face that stands
75 to 190 mm from the code is a mark; the worst of them tells of a photo. Median and worst photo, in millimetres on the
paper, by the code's corners as zxing-cpp told them and by the code fitted.
"""

import argparse
import math
import random
import statistics
import sys
from pathlib import Path
from typing import Final

from license_lib.catalogue import Catalogue, Layout
from license_lib.paper.fitting import Fit, fitted
from license_lib.paper.sheets import Sheet, placements
from license_lib.qr.places import Corners, Mapping, Point, quadrilateral
from license_lib.qr.readers import ask_zxing
from license_lib.resources import resource_folder

sys.path.append(str(Path(__file__).parent))
from scan_composites import EFFECTS, PRINT_DPI, Page, Picture, printed_pages

TYPE: Final = "business-license"
KINDS: Final = ("perspective", "phone", "rotation", "shadow", "blur", "moire", "low-light", "jpeg-20")
NEAR, FAR = 75, 190  # millimetres
_PIXELS: Final = PRINT_DPI / 25.4
"""Of the printed page for each millimetre."""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--photos", type=int, default=9, help="of each kind")
    photos = options.parse_args().photos
    layout = Catalogue.load(resource_folder("templates")).get(TYPE).layout
    (page,) = printed_pages(TYPE)
    print(f"| of {photos} photos each | read | corners as read: median, worst | fitted: median, worst |")
    print("|---|---|---|---|")
    for kind in KINDS:
        errors = []
        for seed in range(photos):
            photo = EFFECTS[kind](page, random.Random(f"{seed}:{kind}"))  # noqa: S311 — reproducible
            errors.append(_errors(page, photo, page.views.pop(), layout))
        read = [one for one in errors if one is not None]
        columns = (f"{statistics.median(both):.1f}, {max(both):.1f}" for both in zip(*read, strict=True))
        print(f"| {kind} | {len(read)} | {' | '.join(columns)} |")


def _errors(page: Page, photo: Picture, view: Mapping, layout: Layout) -> tuple[float, float] | None:
    """The worst distance by the corners as they were read, and by the code fitted; None if it was not read."""
    codes = ask_zxing(photo).codes
    if not codes:
        return None
    fit = fitted(photo, page.text, codes[0].corners)
    read = Fit(quadrilateral(1, _turned(codes[0].corners, fit.corners[0])), fit.likeness, fit.modules)
    by_corners, by_fit = (placements(Sheet(photo, 1), one, layout)[0].way for one in (read, fit))
    return _worst(by_corners, view, layout), _worst(by_fit, view, layout)


def _turned(corners: Corners, first: Point) -> Corners:
    """The same corners, from the symbol's own upper left one on."""
    turn = min(range(4), key=lambda index: math.dist(corners[index], first))
    one, two, three, four = corners[turn:] + corners[:turn]
    return one, two, three, four


def _worst(way: Mapping, view: Mapping, layout: Layout) -> float:
    code = (layout.qr.x + layout.qr.size / 2, layout.qr.y + layout.qr.size / 2)
    middles = [(box.x + box.w / 2, box.y + box.h / 2) for box in layout.boxes]
    marks = [one for one in middles if NEAR <= math.dist(one, code) <= FAR]
    found = [tuple(axis / _PIXELS for axis in view.of(way.of(mark))) for mark in marks]
    return max(map(math.dist, marks, found))


if __name__ == "__main__":
    main()

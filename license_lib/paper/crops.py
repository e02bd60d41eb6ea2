"""What a picture shows where a field should be, seen from straight above, large enough to read; and the whole of it."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from license_lib.catalogue.layout import Box
from license_lib.paper.sheets import Placement, Sheet, corners_of, is_in
from license_lib.qr.places import Point, moved, scaled

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_DOTS: Final = 9.0
"""Of a crop, for each millimetre, if the picture has so many: 230 dpi."""
_LEAST_DOTS: Final = 4.0
_WIDEST, _HIGHEST = 1000, 900
_OVERVIEW: Final = 900
_QUALITY: Final = 82
_LINE = (179, 38, 30)


def crop(sheet: Sheet, placement: Placement, box: Box) -> bytes | None:
    """A place of the face as a JPEG; None if it is not in the picture."""
    from PIL import Image

    if not is_in(placement, box, sheet.picture.size):
        return None
    margin = placement.margin(box)
    left, top = box.x - margin, box.y - margin
    width, height = box.w + 2 * margin, box.h + 2 * margin
    dots = min(max(_LEAST_DOTS, min(_DOTS, _resolution(placement, box))), _WIDEST / width, _HIGHEST / height)
    way = placement.way.after(moved(left, top)).after(scaled(1 / dots))
    size = (max(1, round(width * dots)), max(1, round(height * dots)))
    numbers = (way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h)
    cut = sheet.picture.transform(
        size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC, fillcolor=(200, 200, 200)
    )
    return _jpeg(cut)


def overview(sheet: Sheet, placement: Placement | None, boxes: Sequence[Box]) -> bytes:
    """The whole picture, small, with each place outlined and numbered from 1."""
    from PIL import ImageDraw, ImageFont

    small = sheet.picture.copy()
    small.thumbnail((_OVERVIEW, _OVERVIEW))
    if placement is None:
        return _jpeg(small)
    scale = small.width / sheet.picture.width
    draw, font = ImageDraw.Draw(small), ImageFont.load_default(16)
    for number, box in enumerate(boxes, 1):
        if is_in(placement, box, sheet.picture.size):
            outline: list[Point] = [(x * scale, y * scale) for x, y in corners_of(placement, box)]
            draw.line([*outline, outline[0]], fill=_LINE, width=2)
            draw.text(outline[0], str(number), fill="white", font=font, stroke_width=2, stroke_fill=_LINE)
    return _jpeg(small)


def _resolution(placement: Placement, box: Box) -> float:
    """Pixels of a millimetre around a place."""
    x, y = box.x + box.w / 2, box.y + box.h / 2
    (x0, y0), (x1, y1) = placement.way.of((x - 0.5, y - 0.5)), placement.way.of((x + 0.5, y + 0.5))
    return float(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5) / 2**0.5


def _jpeg(picture: "Picture") -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()

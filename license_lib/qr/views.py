"""Other versions of a picture, in which a reader may see what it did not see in the picture itself."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from license_lib.qr.places import IDENTITY, Corners, Mapping, moved, quadrilateral, scaled, turned

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MAX_PIXELS = 16_000_000
"""Of a version that is larger than its picture."""
_OVERVIEW_PIXELS = 2_000_000
_MARGIN = 0.12
"""Of a close-up, in sides of the code: its quiet zone."""
_CLOSE_UPS = (450, 900)
_PAPER = 255


@dataclass(frozen=True, slots=True)
class View:
    """A version of a picture.

    Args:
        picture: greyscale. back: from its points to those of the picture that it was made of.
        for_zbar: whether zbar, which takes much longer, reads such ones where zxing-cpp does not.
    """

    picture: "Picture"
    back: Mapping = IDENTITY
    for_zbar: bool = False


def whole_views(picture: "Picture") -> Iterator[View]:
    """Versions of a whole picture, the most fruitful for their cost first: each is made when it is asked for."""
    from PIL import Image, ImageFilter

    yield View(picture)  # for the other threshold
    yield View(picture.filter(ImageFilter.GaussianBlur(1)), for_zbar=True)  # noise, moiré
    larger = None
    if 4 * picture.width * picture.height <= _MAX_PIXELS:  # modules of less than two pixels, or out of focus
        larger = picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.BICUBIC)
        yield View(larger.filter(ImageFilter.UnsharpMask(4, 200, 0)), scaled(0.5), for_zbar=True)
        yield View(larger.filter(ImageFilter.GaussianBlur(1.5)), scaled(0.5))
    yield _smaller(picture, 2)  # ink that spread, much noise
    yield View(picture.filter(ImageFilter.UnsharpMask(3, 200, 0)))
    yield View(picture.filter(ImageFilter.UnsharpMask(10, 400, 0)))  # large modules, out of focus
    yield View(evened(picture, max(picture.size) // 40))  # shadow, glare, little light
    if larger is not None:
        yield View(larger, scaled(0.5))
        yield View(larger.filter(ImageFilter.UnsharpMask(5, 300, 0)), scaled(0.5))
    yield _smaller(picture, 3)
    yield View(picture.filter(ImageFilter.MedianFilter(3)), for_zbar=True)  # specks
    yield _smaller(picture, 4)
    slanting = picture.rotate(45, Image.Resampling.BICUBIC, expand=True, fillcolor=_PAPER)
    yield View(slanting, turned(45, slanting.size, picture.size))


def overview(picture: "Picture") -> View:
    """The picture with few enough pixels that even zbar takes little time."""
    return _smaller(picture, math.ceil(math.sqrt(picture.width * picture.height / _OVERVIEW_PIXELS)))


def close_ups(picture: "Picture", corners: Corners) -> Iterator[View]:
    """What lies between four corners, seen from straight above, in several sizes and degrees of sharpness."""
    from PIL import ImageFilter

    for size in _CLOSE_UPS:
        try:
            seen = _rectified(picture, corners, size)
        except (ValueError, ZeroDivisionError):  # corners that no square has
            return
        yield seen
        yield View(seen.picture.filter(ImageFilter.UnsharpMask(size / 100, 300, 0)), seen.back)
        yield View(seen.picture.filter(ImageFilter.GaussianBlur(size / 400)), seen.back)
        yield View(evened(seen.picture, size // 10), seen.back)


def evened(picture: "Picture", radius: int) -> "Picture":
    """Each point as it differs from what surrounds it: light and shadow go, ink stays."""
    from PIL import ImageChops, ImageFilter

    return ImageChops.subtract(picture, picture.filter(ImageFilter.BoxBlur(radius)), scale=0.5, offset=128)


def _smaller(picture: "Picture", factor: int) -> View:
    smaller = picture.reduce(factor)
    return View(smaller, scaled(picture.width / smaller.width, picture.height / smaller.height))


def _rectified(picture: "Picture", corners: Corners, size: int) -> View:
    from PIL import Image

    square = quadrilateral(1, corners)
    way = square.after(moved(-_MARGIN, -_MARGIN)).after(scaled((1 + 2 * _MARGIN) / size))
    return View(
        picture.transform(
            (size, size),
            Image.Transform.PERSPECTIVE,
            (way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h),
            Image.Resampling.BICUBIC,
            fillcolor=_PAPER,
        ),
        way,
    )

"""A department's own picture on the face 图案, PNG or SVG, as a drawing that pages show."""

import zlib
from functools import lru_cache
from io import BytesIO

from license_lib.errors import InputError
from license_lib.rendering.drawings import Drawing, Raster

_PNG = b"\x89PNG\r\n\x1a\n"


@lru_cache(maxsize=64)
def artwork_drawing(data: bytes) -> Drawing:
    """Make a drawing of a picture's file; made once per process, every licence of a template shows the same.

    Args:
        data: a PNG or SVG file that the catalogue has taken.

    Raises:
        InputError: `artwork.unsupported`, it holds what cannot be drawn.
    """
    if data.startswith(_PNG):
        return _png_drawing(data)
    from license_lib.rendering.svg import svg_drawing  # loads fontTools; most licences show no vector artwork

    return svg_drawing(data)


def _png_drawing(data: bytes) -> Drawing:
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything on a damaged file; all of it means "no"
        raise InputError(
            "artwork.unsupported", f"the PNG cannot be decoded ({type(error).__name__})", hint="save it again as PNG"
        ) from None
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colors = picture.convert("RGB")
    red, green, blue = colors.split()
    grey = red.tobytes() == green.tobytes() == blue.tobytes()
    raster = Raster(
        width=picture.width,
        height=picture.height,
        grey=grey,
        pixels=zlib.compress(red.tobytes() if grey else colors.tobytes(), 9),
        alpha=None if alpha is None else zlib.compress(alpha.tobytes(), 9),
    )
    return Drawing.of(f"{picture.width} 0 0 {picture.height} 0 0 cm /Raster Do", picture.width, picture.height, raster)

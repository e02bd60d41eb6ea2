"""A department's own picture on the face 图案, PNG or SVG, as a drawing that pages show."""

import zlib
from functools import lru_cache
from io import BytesIO

from license_lib.errors import InputError
from license_lib.rendering.blocks import MM
from license_lib.rendering.drawings import Drawing, Raster
from license_lib.rendering.press.objects import numbers
from license_lib.rendering.press.stock import write_drawing
from license_lib.rendering.press.writer import FileWriter

_DISTORTION = 0.02
_LOOK_DPI, _PAPER = 100, 224
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


def artwork_page(data: bytes, width_mm: float, height_mm: float) -> bytes:
    """A picture's file as a one-page PDF whose ink darkens what it lies on and hides nothing: a seal's picture.

    Args:
        data: a PNG or SVG file that the catalogue has taken; what is white or transparent in it leaves no mark.
        width_mm: of the page, millimetres; the picture fills it.
        height_mm: the same.

    Raises:
        InputError: `artwork.unsupported`, it holds what cannot be drawn, has other proportions, or nothing to be seen.
    """
    drawing = artwork_drawing(data)
    if not 1 - _DISTORTION < drawing.width / drawing.height * height_mm / width_mm < 1 + _DISTORTION:
        problem = f"it is {drawing.width:g} × {drawing.height:g}, which is no {width_mm:g} × {height_mm:g} mm"
        raise InputError("artwork.unsupported", problem, hint="give its size in its own proportions")
    width, height = width_mm * MM, height_mm * MM
    writer = FileWriter()
    root, pages, info = (writer.reserve() for _ in range(3))
    scale = f"{width / drawing.width:.6f} 0 0 {height / drawing.height:.6f} 0 0 cm"
    contents = writer.deflated(b"", f"q /Ink gs {scale} /Artwork Do Q".encode("ascii"))
    resources = b"<</XObject<</Artwork %d 0 R>>/ExtGState<</Ink<</BM/Multiply>>>>>>" % write_drawing(writer, drawing)
    page = writer.object(
        b"<</Type/Page/Parent %d 0 R/MediaBox%b/Resources%b/Contents %d 0 R>>"
        % (pages, numbers((0, 0, width, height)), resources, contents)
    )
    writer.object(b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % page, number=pages)
    writer.object(b"<</Type/Catalog/Pages %d 0 R>>" % pages, number=root)
    writer.object(b"<<>>", number=info)
    made = bytes(writer.finish(root, info)[0])
    if not _is_seen(made):
        raise InputError("artwork.unsupported", "nothing of it is seen on white paper", hint="give a picture in colour")
    return made


def _is_seen(page: bytes) -> bool:
    """Whether a hundredth of a picture's pixels at least are no paper."""
    from license_lib.pdfium import opened, page_picture

    with opened(page) as document:
        pixels = page_picture(document[0], _LOOK_DPI, grayscale=True).tobytes()
    return sum(level < _PAPER for level in pixels) * 100 > len(pixels)


def _png_drawing(data: bytes) -> Drawing:
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            deep = image.mode.startswith("I")  # 16 bits of grey, which Pillow would cut off instead of scale
            picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything on a damaged file; all of it means "no"
        raise InputError(
            "artwork.unsupported", f"the PNG cannot be decoded ({type(error).__name__})", hint="save it again as PNG"
        ) from None
    if deep:
        raise InputError("artwork.unsupported", "a grey PNG of 16 bits cannot be drawn", hint="save it with 8 bits")
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

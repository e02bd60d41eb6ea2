"""What a face is drawn with can be printed: its colours are in reach of a press, as Ghostscript's profile has one.

The distance is that of CIE 1976 between a colour and what becomes of it on the press (relative colorimetric).
"""

import math
import re
from functools import cache
from pathlib import Path

import pytest
from faces import templates
from PIL import Image, ImageCms

from license_lib.resources import resource_folder
from signing.seal_image import SealDesign, draw_seal

PRESS = Path("/usr/share/color/icc/ghostscript/default_cmyk.icc")
IN_REACH = 8.5
"""As far as anybody sees it beside the other; the corners of sRGB are 27 to 80 away."""
Color = tuple[int, int, int]


@cache
def transforms() -> tuple[ImageCms.ImageCmsTransform, ...]:
    screen, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return (
        ImageCms.buildTransform(screen, lab, "RGB", "LAB", ImageCms.Intent.RELATIVE_COLORIMETRIC),
        ImageCms.buildTransform(screen, str(PRESS), "RGB", "CMYK", ImageCms.Intent.RELATIVE_COLORIMETRIC),
        ImageCms.buildTransform(str(PRESS), lab, "CMYK", "LAB", ImageCms.Intent.RELATIVE_COLORIMETRIC),
    )


def lost_in_print(color: Color) -> float:
    """How far a colour moves when it is printed."""
    on_screen, separate, on_paper = transforms()
    seen = Image.new("RGB", (1, 1), color)
    light, a, b = applied(on_screen, seen).tobytes()
    printed_light, printed_a, printed_b = applied(on_paper, applied(separate, seen)).tobytes()
    return math.dist((light * 100 / 255, a, b), (printed_light * 100 / 255, printed_a, printed_b))


def applied(transform: ImageCms.ImageCmsTransform, picture: Image.Image) -> Image.Image:
    changed = ImageCms.applyTransform(picture, transform)
    assert changed is not None, "only a change in place gives nothing"
    return changed


def of_hex(text: str) -> Color:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def seal_red() -> Color:
    from io import BytesIO

    import pikepdf

    font = resource_folder("templates") / "fonts" / "NotoSerifSC-Regular.ttf"
    with pikepdf.open(BytesIO(draw_seal(SealDesign("白银样例"), font))) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    (found,) = set(re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", content))
    red, green, blue = (round(float(part) * 255) for part in found)
    return red, green, blue


@pytest.mark.parametrize("corner", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255)])
def test_the_judge_says_no(corner: Color) -> None:
    assert lost_in_print(corner) > 3 * IN_REACH


def test_the_red_of_seals_can_be_printed() -> None:
    assert lost_in_print(seal_red()) < IN_REACH


def test_every_colour_of_the_layouts_can_be_printed() -> None:
    colors = {layout.page.color for kind in templates() for layout in kind.layouts}
    assert len(colors) > 8
    assert {color: lost for color in colors if (lost := lost_in_print(of_hex(color))) >= IN_REACH} == {}

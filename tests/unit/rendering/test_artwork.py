"""A department's own pictures on the face: drawn as their files say, described, and refused where they cannot be."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from faces import QR_TEXT, Face
from PIL import Image, ImageDraw, ImageStat

from license_lib.catalogue.layout import Artwork
from license_lib.errors import InputError
from license_lib.rendering import Fonts, render
from license_lib.rendering.artwork import artwork_drawing

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 220 120">'
EMBLEM = f"""<?xml version="1.0"?>
{HEAD}<title>样例</title>
<g transform="translate(50 50) rotate(90)" fill="#c00" stroke="none">
  <circle r="40"/>
  <path d="M -20 0 A 20 20 0 0 1 20 0 Q 20 20 0 20 T -20 0 z" fill="white"/>
</g>
<rect x="110" y="10" width="80" height="80" rx="10" style="fill: #ffffff; stroke: rgb(0,0,255); stroke-width: 6"/>
<polygon points="130,30 170,30 150,70" fill="none" stroke="green" stroke-width="4" stroke-linejoin="round"/>
<path fill-rule="evenodd" transform="matrix(1 0 0 1 0 0) scale(2)" d="M70 20h10v10h-10z M72 22h6v6h-6z"/>
</svg>""".encode()


def with_artwork(face: Face, data: bytes, name: str) -> tuple[Face, Callable[[str], bytes]]:
    digest = hashlib.sha256(data).hexdigest()
    box = Artwork(x=30.0, y=30.0, w=40.0, h=20.0, file=name, alt="徽标：样例", sha256=digest)
    layout = face.license_type.layout.model_copy(update={"artwork": (box,)})
    changed = face.license_type.model_copy(update={"layout": layout})
    return replace(face, license_type=changed), {digest: data}.__getitem__


def drawn(face: Face, fonts: Fonts, data: bytes, name: str) -> bytes:
    changed, read = with_artwork(face, data, name)
    return render(changed.license_type, changed.document, qr_text=QR_TEXT, fonts=fonts, photo=face.photo, artwork=read)


def png(mode: str = "RGBA") -> bytes:
    picture = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((50, 0, 149, 99), fill=(200, 0, 0, 255))
    out = BytesIO()
    flat = Image.new("RGBA", picture.size, "white")
    flat.alpha_composite(picture)
    (picture if mode == "RGBA" else flat.convert(mode)).save(out, "PNG")
    return out.getvalue()


def shown(pdf: bytes) -> Image.Image:
    """The box of the artwork, 40 × 20 mm, at 10 pixels a millimetre."""
    with pypdfium2.PdfDocument(pdf) as document:
        page: Image.Image = document[0].render(scale=254 / 72).to_pil()
    return page.crop((300, 300, 700, 500))


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "I;16"])
def test_a_png_stands_in_the_middle_of_its_box(fonts: Fonts, business_face: Face, mode: str) -> None:
    data = png(mode if mode != "I;16" else "L")
    picture = shown(drawn(business_face, fonts, data, "emblem.png"))
    red, green, blue = (int(part) for part in picture.getpixel((200, 100)))  # type: ignore[union-attr]
    assert (red, green, blue) == ((200, 0, 0) if mode in ("RGBA", "RGB", "P") else (red, red, red))
    assert red < 210
    corner = picture.crop((0, 0, 60, 60))
    covered = ImageStat.Stat(corner).extrema == [(255, 255)] * 3
    assert covered is (mode != "RGBA"), "what is transparent shows the background"


def test_an_svg_is_drawn_as_it_says(fonts: Fonts, business_face: Face) -> None:
    picture = shown(drawn(business_face, fonts, EMBLEM, "emblem.svg")).convert("RGB")
    assert picture.size == (400, 200)
    scale = 200 / 120  # of the box's height; the drawing is 220 wide and stands in the middle
    aside = (400 - 220 * scale) / 2

    def at(x: float, y: float) -> tuple[int, ...]:
        found = picture.getpixel((round(aside + (x + 10) * scale), round((y + 10) * scale)))
        return tuple(255 if part > 127 else 0 for part in found)  # type: ignore[union-attr]

    white, red, blue, green, black = (255, 255, 255), (255, 0, 0), (0, 0, 255), (0, 128, 0), (0, 0, 0)
    assert at(50, 15) == at(50, 85) == at(15, 50) == red
    assert at(60, 50) == at(44, 50) == white, "the arc and the curves, turned by a quarter"
    assert at(76, 50) == red
    assert at(110, 50) == at(190, 50) == at(150, 10) == at(150, 90) == blue
    assert at(150, 50) == white
    assert at(150, 30)[0] == green[0]
    assert at(142, 42) == black, "a black square"
    assert at(150, 55) == white
    assert at(205, 105) == white


def test_a_picture_is_described_and_its_words_are_read(fonts: Fonts, business_face: Face) -> None:
    with pikepdf.open(BytesIO(drawn(business_face, fonts, EMBLEM, "emblem.svg"))) as pdf:
        first = pdf.Root.StructTreeRoot.K.K[0]
        assert (str(first.S), str(first.Alt)) == ("/Figure", "徽标：样例")
        left, bottom, right, top = (float(edge) * 25.4 / 72 for edge in first.A.BBox)
        assert (left, 210 - top, right, 210 - bottom) == pytest.approx((31.67, 30, 68.33, 50), abs=0.02)


def test_no_picture_of_a_template_passes_for_the_holders_photograph(fonts: Fonts, residence_face: Face) -> None:
    with pikepdf.open(BytesIO(drawn(residence_face, fonts, png(), "emblem.png"))) as pdf:
        (image,) = pdf.pages[0].get_images(recursive=False).values()
        assert image.read_raw_bytes() == residence_face.photo


def test_the_same_artwork_gives_the_same_bytes(fonts: Fonts, business_face: Face) -> None:
    for data, name in ((png(), "emblem.png"), (EMBLEM, "emblem.svg")):
        first = drawn(business_face, fonts, data, name)
        artwork_drawing.cache_clear()
        assert drawn(business_face, fonts, data, name) == first


def test_a_layout_with_artwork_needs_its_files(fonts: Fonts, business_face: Face) -> None:
    changed, _ = with_artwork(business_face, png(), "emblem.png")
    with pytest.raises(ValueError, match="where its files are"):
        render(changed.license_type, changed.document, qr_text=QR_TEXT, fonts=fonts)


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<text>样例</text>", "<text>"),
        ('<linearGradient id="a"/>', "<linearGradient>"),
        ('<circle r="9" fill="url(#a)"/>', "url(#a)"),
        ('<circle r="9" opacity="0.5"/>', "opacity of <circle>"),
        ('<g style="opacity:.5"><circle r="9"/></g>', "opacity of <g>"),
        ('<circle r="9" stroke="red" stroke-dasharray="1 2"/>', "stroke-dasharray"),
        ('<circle r="9" stroke="red" stroke-dasharray="1"/>', "stroke-dasharray"),
        ('<circle r="9" clip-path="url(#clip1)"/>', "clip-path"),
        ('<circle r="9" fill="#ff000080"/>', "#ff000080"),
        ('<circle r="9" stroke="rgba(255,0,0,0)"/>', "rgba(255,0,0,0)"),
        ('<circle r="9" stroke="red" stroke-width="inf"/>', "ValueError"),
        ('<circle r="9" transform="scale(1e999)"/>', "ValueError"),
        ('<g><svg viewBox="0 0 1 1"><circle r="9"/></svg></g>', "<svg> within <g>"),
        ('<use href="#a"/>', "<use>"),
        ('<defs><path id="a" d="M0 0"/></defs>', "<defs>"),
        ('<path transform="skewX(9)" d="M0 0h9"/>', "skewX"),
        ('<path d="M 0 0 X 9"/>', "cannot be"),
        ('<circle r="many"/>', "ValueError"),
        ('<circle r="9" fill="reddish"/>', "reddish"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(inside: str, named: str) -> None:
    with pytest.raises(InputError) as error:
        artwork_drawing(f"{HEAD}{inside}</svg>".encode())
    assert error.value.code == "artwork.unsupported"
    assert named in error.value.message


def test_a_grey_png_of_16_bits_is_refused() -> None:
    with pytest.raises(InputError) as error:
        artwork_drawing(png("I;16"))
    assert error.value.code == "artwork.unsupported"


def test_a_line_without_width_is_not_drawn() -> None:
    line = '<path fill="none" stroke="red" stroke-width="{}" d="M0 0h9"/>'
    thin, none = (artwork_drawing(f"{HEAD}{line.format(width)}</svg>".encode()).operators for width in ("0.1", "0"))
    assert zlib.decompress(thin).split()[-3] == b"S"
    assert zlib.decompress(none).split()[-3] == b"n"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", png()[:200], b"<svg", b"", HEAD.replace("220", "0").encode() + b"</svg>"]
)
def test_damaged_files_are_refused(data: bytes) -> None:
    with pytest.raises(InputError) as error:
        artwork_drawing(data)
    assert error.value.code == "artwork.unsupported"

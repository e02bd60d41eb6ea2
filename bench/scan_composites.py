"""Photo-like pictures of our own printed licences, by a seeded script: what cameras, copiers and screens do to a code.

Each effect draws its strength at random, from harmless to beyond what anybody could read, so that a rate below one is
no fault. The licences are of every type, issued for this run with development keys.
"""

import math
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.pdfium import opened, page_picture
from license_lib.qr.places import Mapping, Point, middle, moved, quadrilateral, scaled
from license_lib.qr.readers import ask_zxing
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise

PASSPHRASE = b"only for this benchmark"
PRINT_DPI = 300
DARK = 128
Picture = Image.Image


@dataclass(frozen=True, slots=True)
class Page:
    """The first page of a licence, as a printer prints it.

    Args:
        picture: greyscale, 300 dpi. text: of its code. middle: of the code. module: width of a module. Pixels.
        views: of each photo that was taken of it, the way from the photo's pixels to those of `picture`.
    """

    key: str
    picture: Picture
    text: str
    middle: Point
    module: float
    views: list[Mapping] = field(default_factory=list)


def printed_pages(*keys: str) -> list[Page]:
    """Issue a licence of some types, or of each if none is named, and print it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = initialise(Path(folder))
        create_development_keys(settings, PASSPHRASE, at=now())
        with Authority(settings, passphrase=PASSPHRASE) as authority:
            wanted = keys or [kind.key for kind in authority.catalogue]
            return [_printed(key, _issued(authority, key)) for key in wanted]


def _issued(authority: Authority, key: str) -> bytes:
    issuer = next(body for body in authority.issuers if key in body.types)
    path = resource_folder("templates") / key / "example.toml"
    return authority.issue(read_request(path, {"type": key, "issuer": issuer.issuer.code})).pdf


def _printed(key: str, pdf: bytes) -> Page:
    with opened(pdf) as document:
        picture = page_picture(document[0], PRINT_DPI, grayscale=True)
    (code,) = ask_zxing(picture).codes
    return Page(key, picture, code.text, middle(code.corners), _module(picture, code.corners[0]))


def _module(picture: Picture, corner: Point) -> float:
    """Width of a module: a finder pattern's edge is seven of them dark in a row."""
    x, y = (round(axis) + 2 for axis in corner)
    width = 0
    while picture.getpixel((x + width, y)) < DARK:  # type: ignore[operator]  # of one band
        width += 1
    return (width + 2) / 7


def composites(pages: list[Page], seed: int) -> Iterator[tuple[str, str, Picture]]:
    """Each effect on each page: name of the effect, text of the code, the picture."""
    for name, effect in EFFECTS.items():
        for page in pages:
            yield name, page.text, effect(page, random.Random(f"{seed}:{name}:{page.key}"))  # noqa: S311 — reproducible


def _photographed(  # one camera for all
    page: Page,
    rng: random.Random,
    *,
    module: float,
    size: tuple[int, int] = (1200, 900),
    angle: float = 0,
    tilt: float = 0,
) -> Picture:
    """Look at a page from above.

    Args:
        module: pixels of the photo that a module is to have. angle: degrees. tilt: how much smaller the far edge looks.
    """
    scale = page.module / module
    factor = max(1, int(scale))
    paper = page.picture.reduce(factor)
    width, height = (side * scale / factor for side in size)
    x, y = (axis / factor + rng.uniform(-0.15, 0.15) * width for axis in page.middle)
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    corners = []
    for right, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        grown = 1 + (tilt if down < 0 else 0)
        across, along = right * width / 2 * grown, down * height / 2 * grown
        corners.append((x + across * cos - along * sin, y + across * sin + along * cos))
    upper_left, upper_right, lower_right, lower_left = corners
    there = quadrilateral(1, (upper_left, upper_right, lower_right, lower_left)).after(scaled(1 / size[0], 1 / size[1]))
    page.views.append(scaled(factor).after(there))
    table = rng.randrange(60, 220)
    return _warped(paper, size, there, table)


def _warped(paper: Picture, size: tuple[int, int], there: Mapping, ground: int) -> Picture:
    edge = 4
    framed = Image.new("L", (paper.width + 2 * edge, paper.height + 2 * edge), ground)
    framed.paste(paper, (edge, edge))
    way = moved(edge, edge).after(there)
    return framed.transform(
        size,
        Image.Transform.PERSPECTIVE,
        (way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h),
        Image.Resampling.BICUBIC,
        fillcolor=ground,
    )


def _grain(size: tuple[int, int], rng: random.Random, strength: float) -> Picture:
    """Noise around 128, nearly normal: the mean of three even ones; `strength` is its standard deviation."""
    count = size[0] * size[1]
    first, second, third = (Image.frombytes("L", size, rng.randbytes(count)) for _ in range(3))
    mean = Image.blend(Image.blend(first, second, 0.5), third, 1 / 3)
    spread = strength / 42.5  # of the mean of three
    return mean.point(lambda value: round(128 + (value - 127.5) * spread))


def _noisy(picture: Picture, rng: random.Random, strength: float) -> Picture:
    return ImageChops.add(picture, _grain(picture.size, rng, strength), offset=-128)


def _light(picture: Picture, black: float, white: float) -> Picture:
    return picture.point(lambda value: round(black + (white - black) * value / 255))


def _jpeg(picture: Picture, quality: int) -> Picture:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert(picture.mode)


def _ramp(size: tuple[int, int], rng: random.Random, dark: float) -> Picture:
    """Light that falls off across the picture, turned at random."""
    ramp = Image.linear_gradient("L").rotate(rng.uniform(0, 360), Image.Resampling.BICUBIC).crop((40, 40, 216, 216))
    return _light(ramp.resize(size, Image.Resampling.BICUBIC), 255 * dark, 255)


def _print(page: Page, rng: random.Random) -> Picture:
    """A cheap printer's ink spreads, then a scanner of 100 to 200 dpi."""
    inked = page.picture.filter(ImageFilter.MinFilter(rng.choice((3, 5))))
    factor = PRINT_DPI / rng.choice((100, 120, 150, 200))
    size = (round(inked.width / factor), round(inked.height / factor))
    return _noisy(_light(inked.resize(size, Image.Resampling.BOX), 40, 235), rng, 8)


def _blur(page: Page, rng: random.Random) -> Picture:
    module = rng.uniform(3, 7)
    photo = _photographed(page, rng, module=module)
    return _noisy(photo.filter(ImageFilter.GaussianBlur(module * rng.uniform(0.3, 0.9))), rng, 4)


def _motion(page: Page, rng: random.Random) -> Picture:
    module = rng.uniform(3, 7)
    photo = _photographed(page, rng, module=module, angle=rng.uniform(-20, 20))
    steps = round(module * rng.uniform(0.5, 1.6))
    mean = photo
    for step in range(1, steps + 1):
        mean = Image.blend(mean, ImageChops.offset(photo, step, 0), 1 / (step + 1))
    return _noisy(mean, rng, 4)


def _perspective(page: Page, rng: random.Random) -> Picture:
    photo = _photographed(page, rng, module=rng.uniform(2.5, 6), angle=rng.uniform(-40, 40), tilt=rng.uniform(0.4, 1.6))
    return _noisy(photo.filter(ImageFilter.GaussianBlur(0.7)), rng, 5)


def _rotation(page: Page, rng: random.Random) -> Picture:
    photo = _photographed(page, rng, module=rng.uniform(1.6, 3), angle=rng.uniform(0, 360))
    return _noisy(photo.filter(ImageFilter.GaussianBlur(0.5)), rng, 5)


def _shadow(page: Page, rng: random.Random) -> Picture:
    photo = _photographed(page, rng, module=rng.uniform(2.5, 5), angle=rng.uniform(-10, 10))
    mask = Image.new("L", photo.size, 255)
    x = photo.width * rng.uniform(0.35, 0.65)
    slope = rng.uniform(-300, 300)
    edges = [(x - slope, 0), (x + slope, photo.height), (0, photo.height), (0, 0)]
    ImageDraw.Draw(mask).polygon(edges, fill=round(255 * rng.uniform(0.1, 0.5)))
    mask = mask.filter(ImageFilter.GaussianBlur(rng.uniform(1, 12)))
    return _noisy(ImageChops.multiply(ImageChops.multiply(photo, mask), _ramp(photo.size, rng, 0.4)), rng, 4)


def _crease(page: Page, rng: random.Random) -> Picture:
    """Folded: two lines cross the code; beyond them the paper lies elsewhere, and there is less light on it."""
    module = rng.uniform(3, 6)
    photo = _photographed(page, rng, module=module, angle=rng.uniform(-8, 8))
    for _ in range(2):
        x = round(photo.width * rng.uniform(0.3, 0.7))
        beyond = photo.crop((x, 0, photo.width, photo.height))
        shift = round(module * rng.uniform(-0.8, 0.8))
        photo.paste(_light(ImageChops.offset(beyond, 0, shift), 0, 255 * rng.uniform(0.6, 1)), (x, 0))
        width = round(module * rng.uniform(0.5, 2.5))
        ImageDraw.Draw(photo).line([(x, 0), (x, photo.height)], fill=rng.choice((70, 245)), width=width)
        photo = photo.rotate(90 if photo.width >= photo.height else -90, expand=True)
    return _noisy(photo.filter(ImageFilter.GaussianBlur(0.8)), rng, 4)


def _stamp(page: Page, rng: random.Random) -> Picture:
    """A red stamp whose ring and star lie over a corner of the code; in colour, because that is what may be undone."""
    scale = rng.uniform(2.5, 4.5) / page.module
    reach = 130 * page.module / 2
    x, y = page.middle
    paper = page.picture.crop((round(x - reach), round(y - reach), round(x + reach), round(y + reach)))
    paper = paper.resize((round(paper.width * scale),) * 2, Image.Resampling.BOX).convert("RGB")
    ink = Image.new("RGB", paper.size, "white")
    draw = ImageDraw.Draw(ink)
    half = paper.width / 2
    away = half * rng.uniform(0.35, 0.75)
    angle = rng.uniform(0, 2 * math.pi)
    mx, my = half + away * math.cos(angle), half + away * math.sin(angle)
    radius = half * rng.uniform(0.3, 0.5)
    red = (rng.randrange(170, 225), rng.randrange(20, 60), rng.randrange(20, 60))
    draw.ellipse((mx - radius, my - radius, mx + radius, my + radius), outline=red, width=round(radius / 7))
    points = [
        (mx + radius * reach_ * math.sin(math.pi / 5 * step), my - radius * reach_ * math.cos(math.pi / 5 * step))
        for step, reach_ in enumerate((0.5, 0.2) * 5)
    ]
    draw.polygon(points, fill=red)
    for step in range(14):  # the characters of the ring
        turn = 2 * math.pi * step / 14
        cx, cy = mx + radius * 0.76 * math.cos(turn), my + radius * 0.76 * math.sin(turn)
        draw.rectangle((cx - radius / 14, cy - radius / 14, cx + radius / 14, cy + radius / 14), fill=red)
    return ImageChops.multiply(paper, ink.filter(ImageFilter.GaussianBlur(0.6))).filter(ImageFilter.GaussianBlur(0.6))


def _jpeg_20(page: Page, rng: random.Random) -> Picture:
    photo = _photographed(page, rng, module=rng.uniform(2, 4), angle=rng.uniform(-10, 10))
    return _jpeg(_noisy(photo.filter(ImageFilter.GaussianBlur(0.6)), rng, 6), 20)


def _fax(page: Page, rng: random.Random) -> Picture:
    """Of 72 to 200 dpi, black or white, with specks."""
    factor = PRINT_DPI / rng.choice((72, 100, 100, 120, 150, 200))
    size = (round(page.picture.width / factor), round(page.picture.height / factor))
    paper = page.picture.rotate(rng.uniform(-2, 2), Image.Resampling.BICUBIC, fillcolor=255)
    threshold = rng.randrange(110, 170)
    noisy = _noisy(paper.resize(size, Image.Resampling.BOX), rng, 25)
    return noisy.point(lambda value: 255 * (value > threshold))


def _moire(page: Page, rng: random.Random) -> Picture:
    """A photo of a screen: the grid of its pixels beats with that of the camera."""
    module = rng.uniform(3, 5)
    photo = _photographed(page, rng, module=module, angle=rng.uniform(-6, 6))
    pitch, strength = rng.uniform(2.1, 3.4), rng.uniform(0.3, 0.7)
    turn = math.radians(rng.uniform(2, 20))
    cos, sin = math.cos(turn), math.sin(turn)
    row = bytes(
        round(255 * (1 - strength * (0.5 + 0.5 * math.sin(2 * math.pi * step / (8 * pitch))))) for step in range(32768)
    )
    lines = Image.frombytes("L", (32768, 1), row)
    for across, along in ((cos, sin), (-sin, cos)):
        way = (8 * across, 8 * along, 12000.0, 0, 0, 0.5)
        photo = ImageChops.multiply(
            photo, lines.transform(photo.size, Image.Transform.AFFINE, way, Image.Resampling.BILINEAR)
        )
    return _noisy(photo.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 0.9))), rng, 6)


def _low_light(page: Page, rng: random.Random) -> Picture:
    photo = _photographed(page, rng, module=rng.uniform(3, 6), angle=rng.uniform(-15, 15))
    dim = _light(photo.filter(ImageFilter.GaussianBlur(0.8)), 12, rng.uniform(40, 80))
    return _jpeg(_noisy(dim, rng, rng.uniform(4, 14)), 80)


def _small(page: Page, rng: random.Random) -> Picture:
    """A photo of twelve megapixels in which the licence is far away."""
    photo = _photographed(
        page, rng, module=rng.uniform(1.6, 3.2), size=(4000, 3000), angle=rng.uniform(-30, 30), tilt=rng.uniform(0, 0.3)
    )
    return _jpeg(_noisy(photo.filter(ImageFilter.GaussianBlur(0.6)), rng, 5), 85)


def _large(page: Page, rng: random.Random) -> Picture:
    """So near that a module has thirty pixels, full of noise, and not in focus."""
    module = rng.uniform(14, 30)
    photo = _photographed(page, rng, module=module, size=(3000, 3000), angle=rng.uniform(-20, 20))
    return _noisy(photo.filter(ImageFilter.GaussianBlur(module * rng.uniform(0.1, 0.5))), rng, rng.uniform(20, 60))


def _glare(page: Page, rng: random.Random) -> Picture:
    """A lamp mirrored in the lamination."""
    photo = _photographed(page, rng, module=rng.uniform(3, 6), angle=rng.uniform(-15, 15), tilt=rng.uniform(0, 0.3))
    spot = Image.radial_gradient("L").resize([round(photo.width * rng.uniform(0.4, 1.1))] * 2)
    glow = Image.new("L", photo.size, 0)
    x, y = (round(axis * rng.uniform(0.3, 0.7) - spot.width / 2) for axis in photo.size)
    glow.paste(ImageChops.invert(spot), (x, y))
    return _noisy(ImageChops.add(_light(photo, 20, 170), _light(glow, 0, rng.uniform(120, 230))), rng, 4)


def _phone(page: Page, rng: random.Random) -> Picture:
    """A hasty photo: everything a little."""
    module = rng.uniform(2.2, 4.5)
    photo = _photographed(
        page, rng, module=module, size=(2000, 1500), angle=rng.uniform(-180, 180), tilt=rng.uniform(0.1, 0.7)
    )
    photo = photo.filter(ImageFilter.GaussianBlur(module * rng.uniform(0.15, 0.45)))
    photo = ImageChops.multiply(_light(photo, 30, 230), _ramp(photo.size, rng, 0.35))
    return _jpeg(_noisy(photo, rng, rng.uniform(3, 14)), rng.randrange(30, 80))


EFFECTS: dict[str, Callable[[Page, random.Random], Picture]] = {
    "print": _print,
    "blur": _blur,
    "motion": _motion,
    "perspective": _perspective,
    "rotation": _rotation,
    "shadow": _shadow,
    "crease": _crease,
    "stamp": _stamp,
    "jpeg-20": _jpeg_20,
    "fax": _fax,
    "moire": _moire,
    "low-light": _low_light,
    "small": _small,
    "large": _large,
    "glare": _glare,
    "phone": _phone,
}

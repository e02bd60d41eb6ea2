"""What a camera sees that somebody holds over a printed licence: a film of JPEG pictures, as Chromium plays it."""

import io
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

from license_lib.rendering import page_png

SIZE = (1280, 960)
FRAMES = 8
DARK = (92, 86, 78)
"""A desk."""


def photographed(pdf: bytes, *, angle: float = 5.0, blur: float = 0.8, light: float = 0.8) -> Image.Image:
    """The first page, printed and seen from above: a little turned, blurred, dim."""
    page = Image.open(io.BytesIO(page_png(pdf, dpi=110))).convert("RGB")
    scale = min(SIZE[0] / page.width, SIZE[1] / page.height) * 0.98
    page = page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.BICUBIC)
    desk = Image.new("RGB", SIZE, DARK)
    desk.paste(page, ((SIZE[0] - page.width) // 2, (SIZE[1] - page.height) // 2))
    turned = desk.rotate(angle, Image.Resampling.BICUBIC, fillcolor=DARK)
    return ImageEnhance.Brightness(turned.filter(ImageFilter.GaussianBlur(blur))).enhance(light)


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=quality)
    return held.getvalue()


def film(path: Path, pictures: list[Image.Image]) -> Path:
    """A file that Chromium's false camera plays again and again."""
    path.write_bytes(b"".join(jpeg(picture) for picture in pictures for _ in range(FRAMES)))
    return path

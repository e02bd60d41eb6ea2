"""Prints of licences, honest and forged: what a clerk is handed on paper, as a scan, or as somebody's PDF."""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pikepdf
from PIL import Image, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from license_lib.authority import Authority
from license_lib.catalogue import LicenseType
from license_lib.issuing import Issued
from license_lib.licenses import License
from license_lib.pdfium import opened, page_picture
from license_lib.qr.places import Corners, Mapping, moved, quadrilateral, scaled
from license_lib.qr.scanning import scan_file
from license_lib.rendering import Fonts, render
from license_lib.resources import resource_folder

TABLE = 150
"""Grey of what a photographed paper lies on."""


@dataclass(frozen=True)
class Print:
    """A licence that was issued, to be printed in honest and other ways."""

    authority: Authority
    issued: Issued

    @property
    def document(self) -> License:
        return self.issued.license

    @cached_property
    def kind(self) -> LicenseType:
        kind = self.authority.catalogue.drawn_by(self.document.template)
        assert kind is not None
        return kind

    @cached_property
    def code(self) -> str:
        """The text of its code."""
        (text,) = scan_file(self.issued.pdf)
        return text

    def pdf(self, code: str | None = None, **changed: Any) -> bytes:
        """Its face without seal and record, as another program prints it: with another code, or altered.

        Args:
            code: another licence's. changed: of the `License`.
        """
        document = replace(self.document, photo=None, **changed)
        return render(self.kind, document, qr_text=code or self.code, fonts=fonts())

    def picture(self, dpi: float = 150, code: str | None = None, **changed: Any) -> Image.Image:
        """A scan of it, as flat and as clean as could be."""
        return drawn(self.pdf(code, **changed), dpi)


def fonts() -> Fonts:
    return Fonts.load(resource_folder("templates") / "fonts")


def drawn(pdf: bytes, dpi: float = 150) -> Image.Image:
    with opened(pdf) as document:
        return page_picture(document[0], dpi, grayscale=True)


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def photographed(paper: Image.Image, corners: Corners, size: tuple[int, int]) -> Image.Image:
    """A photo in which the paper's corners lie at these places, in pixels of the photo."""
    back = quadrilateral(1, corners)
    there = inverse(back)
    way = moved(4, 4).after(scaled(paper.width, paper.height)).after(there)
    framed = Image.new("L", (paper.width + 8, paper.height + 8), TABLE)
    framed.paste(paper, (4, 4))
    numbers = (way.a, way.b, way.c, way.d, way.e, way.f, way.g, way.h)
    photo = framed.transform(size, Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC, fillcolor=TABLE)
    return photo.filter(ImageFilter.GaussianBlur(0.7))


def inverse(way: Mapping) -> Mapping:
    """The way back, written down once more, by Cramer's rule."""
    rows = ((way.a, way.b, way.c), (way.d, way.e, way.f), (way.g, way.h, 1.0))

    def minor(row: int, column: int) -> float:
        (a, b), (c, d) = ([rows[r][k] for k in range(3) if k != column] for r in range(3) if r != row)
        return (a * d - b * c) * (-1 if (row + column) % 2 else 1)

    numbers = [minor(row, column) for column in range(3) for row in range(3)]
    return Mapping(*(number / numbers[8] for number in numbers[:8]))


def likeness(one: Image.Image, other: Image.Image) -> float:
    """Correlation of two pictures of the same place, -1 to 1, after both were made equally small and soft."""
    size = (max(8, min(one.width, other.width) // 2), max(8, min(one.height, other.height) // 2))
    first, second = (
        list(picture.convert("L").resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1)).tobytes())
        for picture in (one, other)
    )
    mean_one, mean_other = sum(first) / len(first), sum(second) / len(second)
    product = sum((a - mean_one) * (b - mean_other) for a, b in zip(first, second, strict=True))
    squares = sum((a - mean_one) ** 2 for a in first) * sum((b - mean_other) ** 2 for b in second)
    return product / math.sqrt(squares) if squares else 0.0


def with_content(pdf: bytes, add: Callable[[Canvas, float, float], None]) -> bytes:
    """A PDF with something drawn over its first page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        width, height = (float(page.mediabox[index]) for index in (2, 3))
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=(width, height))
        add(canvas, width, height)
        canvas.save()
        with pikepdf.open(io.BytesIO(out.getvalue())) as drawn_on:
            page.add_overlay(drawn_on.pages[0], None)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()


def image_page(picture: Image.Image, width: float, height: float) -> bytes:
    """A PDF of one page that is a picture, as scanners make it; points."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height))
    canvas.drawImage(ImageReader(picture), 0, 0, width, height)
    canvas.save()
    return out.getvalue()

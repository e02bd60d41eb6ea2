"""Marks of a preview: 样例 across every page, and where the seals will stand.

They are shapes, not text: what a program reads from a preview is what the licence would say, and nothing else.
"""

import math
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from license_lib.catalogue import Layout
from license_lib.rendering.blocks import MM
from license_lib.rendering.colors import fill, stroke
from license_lib.rendering.fonts import FILES, HEI
from license_lib.rendering.metadata import describe, read_description
from license_lib.rendering.outlines import EM, outlines

SPECIMEN, SEAL, SIGNATORY = "样例", "印章", "签章"
_COLOR, _SEAL_COLOR = "#C0504D", "#C8322B"
_DEPTH = 0.22  # opacity of the mark: what stands below stays readable
_SHARE = 0.22  # of the page's diagonal: the width of one mark
_SLANT = math.radians(30)
_PLACES = ((0.5, 0.5), (0.26, 0.24), (0.74, 0.24), (0.26, 0.76), (0.74, 0.76))
"""The middles of the marks, in shares of the page: a cut-out shows one, too."""
_MIDDLE = 0.38  # of the type size: from the baseline to the middle of an ideograph
_SEAL_SHARE = 0.42  # of the seal's width: its word
_ARC = 0.5523  # of the radius: how far the control points of a quarter circle lie


def marked(pdf: bytes, layout: Layout, fonts: Path) -> bytes:
    """A drawn face as a preview: nobody can take it for a licence, on paper or as a file.

    Args:
        pdf: what `render` gave.
        layout: the layout that it was drawn with, for the seal's place.
        fonts: the folder of the committed fonts.

    Raises:
        MachineError: `font.unreadable`.
    """
    import pikepdf

    font = fonts / FILES[HEI]
    width, height = layout.page.width * MM, layout.page.height * MM
    with pikepdf.open(BytesIO(pdf)) as opened:
        ink = opened.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.ExtGState, ca=_DEPTH, BM=pikepdf.Name.Multiply, AIS=False)
        )
        for number, page in enumerate(opened.pages):
            name = page.add_resource(ink, pikepdf.Name.ExtGState, name=pikepdf.Name.SpecimenInk)
            parts = [] if number else [_seal_place(layout, font), _signatory_place(layout, font)]
            parts.append(f"q {name} gs {_words(width, height, font)} Q")
            page.contents_add(b"q", prepend=True)
            page.contents_add(f"Q /Artifact BMC {' '.join(parts)} EMC".encode())
        about = read_description(opened)
        describe(opened, replace(about, title=f"{SPECIMEN}：{about.title}", subject=f"{SPECIMEN}，不具法律效力"))
        out = BytesIO()
        opened.save(
            out,
            deterministic_id=True,
            fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return out.getvalue()


def _words(width: float, height: float, font: Path) -> str:
    """The word several times, slanted."""
    word = outlines(SPECIMEN, font)
    scale = _SHARE * math.hypot(width, height) / word.width
    along, up = math.cos(_SLANT), math.sin(_SLANT)
    left, down = word.width * scale / 2, _MIDDLE * EM * scale
    parts = [fill(_COLOR)]
    for across, above in _PLACES:
        x = across * width - left * along + down * up
        y = above * height - left * up - down * along
        matrix = f"{scale * along:.5f} {scale * up:.5f} {-scale * up:.5f} {scale * along:.5f} {x:.2f} {y:.2f} cm"
        parts.append(f"q {matrix} {word.path} f Q")
    return " ".join(parts)


def _seal_place(layout: Layout, font: Path) -> str:
    """A dashed circle with the word 印章 in it."""
    radius = layout.seal.size * MM / 2
    x, y = layout.seal.x * MM + radius, (layout.page.height - layout.seal.y) * MM - radius
    bend = radius * _ARC
    circle = f"{radius:.2f} 0 m " + " ".join(
        f"{a:.2f} {b:.2f} {c:.2f} {d:.2f} {e:.2f} {f:.2f} c"
        for a, b, c, d, e, f in (
            (radius, bend, bend, radius, 0, radius),
            (-bend, radius, -radius, bend, -radius, 0),
            (-radius, -bend, -bend, -radius, 0, -radius),
            (bend, -radius, radius, -bend, radius, 0),
        )
    )
    return _dashed(SEAL, circle, (x, y), 2 * radius * _SEAL_SHARE, font)


def _signatory_place(layout: Layout, font: Path) -> str:
    """A dashed rectangle with the word 签章 in it, where the layout has room for the mark of who issues."""
    place = layout.signatory
    if place is None:
        return ""
    width, height = place.w * MM, place.h * MM
    x, y = place.x * MM + width / 2, (layout.page.height - place.y) * MM - height / 2
    rectangle = f"{-width / 2:.2f} {-height / 2:.2f} {width:.2f} {height:.2f} re"
    return _dashed(SIGNATORY, rectangle, (x, y), min(width, 2 * height) * _SEAL_SHARE, font)


def _dashed(text: str, path: str, middle: tuple[float, float], wide: float, font: Path) -> str:
    """A path around a word of that width, both about their middle."""
    word = outlines(text, font)
    scale = wide / word.width
    shift = f"{scale:.5f} 0 0 {scale:.5f} {-wide / 2:.2f} {-_MIDDLE * EM * scale:.2f} cm"
    return (
        f"q 1 0 0 1 {middle[0]:.2f} {middle[1]:.2f} cm {stroke(_SEAL_COLOR)} {fill(_SEAL_COLOR)} 0.9 w [4 3] 0 d"
        f" {path} S {shift} {word.path} f Q"
    )

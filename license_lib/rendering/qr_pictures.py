"""A QR code by itself, for a screen: as PNG, as SVG, or in the characters of a terminal."""

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from license_lib.code_size import QUIET_ZONE
from license_lib.errors import InputError
from license_lib.rendering.qr_drawing import qr_matrix, qr_rectangles

_PIXELS: Final = 12
"""Of a module of a PNG: large enough that no screen shows it smaller than its own dots."""
_BLOCKS: Final = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
"""An upper and a lower module, 1 for dark: terminals are dark, so what is light is drawn."""


def qr_painter(name: Path) -> Callable[[str], bytes]:
    """What draws a code as a picture of the kind that a file's name asks for.

    Raises:
        InputError: `output.kind` unless it ends in .png or .svg.
    """
    painters: Mapping[str, Callable[[str], bytes]] = {".png": qr_png, ".svg": lambda text: qr_svg(text).encode()}
    painter = painters.get(name.suffix.lower())
    if painter is None:
        raise InputError("output.kind", f"{name}: a code is drawn as .png or .svg", hint="name it so")
    return painter


def qr_png(text: str) -> bytes:
    """Black and white, with its quiet zone."""
    from PIL import Image

    rows = _framed(text)
    picture = Image.frombytes("L", (len(rows), len(rows)), bytes(0 if dark else 255 for row in rows for dark in row))
    picture = picture.resize((len(rows) * _PIXELS,) * 2, Image.Resampling.NEAREST).convert("1")
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def qr_svg(text: str) -> str:
    """One path on white, a unit a module."""
    matrix = qr_matrix(text)
    size = len(matrix) + 2 * QUIET_ZONE
    path = "".join(
        f"M{left + QUIET_ZONE} {top + QUIET_ZONE}h{wide}v{high}h-{wide}z"
        for left, top, wide, high in qr_rectangles(matrix)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>\n'
    )


def qr_lines(text: str) -> str:
    """For a terminal with light letters on dark ground: two rows of modules a line."""
    rows = _framed(text)
    rows += [bytes(len(rows))] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(_BLOCKS[both] for both in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _framed(text: str) -> list[bytes]:
    """The symbol's rows with its quiet zone."""
    matrix, side = qr_matrix(text), bytes(QUIET_ZONE)
    width = len(matrix) + 2 * QUIET_ZONE
    return [bytes(width)] * QUIET_ZONE + [side + row + side for row in matrix] + [bytes(width)] * QUIET_ZONE

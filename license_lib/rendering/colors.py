"""Colours: #RRGGBB in layouts, DeviceRGB operators in the page (sRGB by the file's output intent)."""

from collections.abc import Iterable
from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache


def fill(color: str) -> str:
    """The operator that sets the fill colour."""
    return f"{_operands(color)} rg"


def stroke(color: str) -> str:
    """The operator that sets the stroke colour."""
    return f"{_operands(color)} RG"


@lru_cache(maxsize=256)  # templates have a few
def tint(color: str, share: float) -> str:
    """`color` thinned with white; a share of 0 is white, of 1 the colour."""
    return _joined(255 - (255 - part) * share for part in _parts(color))


def shade(color: str, share: float = 0.68) -> str:
    """`color` darkened; a share of 0 is black, of 1 the colour."""
    return _joined(part * share for part in _parts(color))


def faint(color: str, depth: float) -> str:
    """`color` thinned until it is darker than white by `depth`: light and dark colours come out alike."""
    red, green, blue = (part / 255 for part in _parts(color))
    darkness = 1 - (0.299 * red + 0.587 * green + 0.114 * blue)
    return tint(color, min(1.0, depth / max(darkness, 0.01)))


def turned(color: str, degrees: float) -> str:
    """`color` with its hue turned on."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in _parts(color)))
    return _joined(part * 255 for part in hls_to_rgb((hue + degrees / 360) % 1, lightness, saturation))


def _parts(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def _joined(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02X}" for part in parts)


@lru_cache(maxsize=256)  # templates have a few
def _operands(color: str) -> str:
    return " ".join(f"{part / 255:.3g}" for part in _parts(color))

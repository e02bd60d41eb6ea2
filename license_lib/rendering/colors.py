"""Colours: #RRGGBB in layouts, DeviceRGB operators in the page (sRGB by the file's output intent)."""

from collections.abc import Iterable


def fill(color: str) -> str:
    """The operator that sets the fill colour."""
    return f"{_operands(color)} rg"


def stroke(color: str) -> str:
    """The operator that sets the stroke colour."""
    return f"{_operands(color)} RG"


def tint(color: str, share: float) -> str:
    """`color` thinned with white; a share of 0 is white, of 1 the colour."""
    return _joined(255 - (255 - part) * share for part in _parts(color))


def shade(color: str, share: float = 0.68) -> str:
    """`color` darkened; a share of 0 is black, of 1 the colour."""
    return _joined(part * share for part in _parts(color))


def _parts(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def _joined(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02X}" for part in parts)


def _operands(color: str) -> str:
    return " ".join(f"{part / 255:.3g}" for part in _parts(color))

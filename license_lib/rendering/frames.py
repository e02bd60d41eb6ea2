"""Lines of a page: cells, rules under fields, and the photograph's edge."""

from collections.abc import Sequence

from license_lib.catalogue.layout import Box
from license_lib.rendering.blocks import MM, Rule
from license_lib.rendering.colors import stroke, tint


def frames(rules: Sequence[Rule], photo: Box | None, height: float, color: str) -> str:
    """PDF operators for the rules of a page of `height` points, and for the edge of the photograph on it."""
    paths: dict[str, list[str]] = {"line": [], "cell": []}
    for rule in rules:
        left, top = rule.x, height - rule.y
        if rule.width and rule.height:
            paths[rule.kind].append(f"{left:.2f} {top - rule.height:.2f} {rule.width:.2f} {rule.height:.2f} re")
        else:
            paths[rule.kind].append(f"{left:.2f} {top:.2f} m {left + rule.width:.2f} {top - rule.height:.2f} l")
    if photo is not None:
        left, bottom = photo.x * MM, height - (photo.y + photo.h) * MM
        paths["cell"].append(f"{left:.2f} {bottom:.2f} {photo.w * MM:.2f} {photo.h * MM:.2f} re")
    parts = []
    if paths["line"]:
        parts.append(f"{stroke(tint(color, 0.45))} 0.4 w {' '.join(paths['line'])} S")
    if paths["cell"]:
        parts.append(f"{stroke(tint(color, 0.85))} 0.6 w {' '.join(paths['cell'])} S")
    return " ".join(parts)

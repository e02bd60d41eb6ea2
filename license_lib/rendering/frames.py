"""Lines of a layout: cells, rules under fields, and the photograph's edge."""

from license_lib.catalogue.layout import Layout
from license_lib.rendering.colors import stroke, tint
from license_lib.rendering.plan import MM


def frames(layout: Layout) -> str:
    """PDF operators for all lines of a layout."""
    height = layout.page.height * MM
    color = layout.page.color
    lines: list[str] = []
    cells: list[str] = []
    for box in layout.boxes:
        left, top, wide, high = box.x * MM, height - box.y * MM, box.w * MM, box.h * MM
        if box.frame == "cell":
            cells.append(f"{left:.2f} {top - high:.2f} {wide:.2f} {high:.2f} re")
            if box.label != "" and box.label_w:
                at = left + box.label_w * MM
                cells.append(f"{at:.2f} {top:.2f} m {at:.2f} {top - high:.2f} l")
        elif box.frame == "line":
            lines.append(f"{left:.2f} {top - high:.2f} m {left + wide:.2f} {top - high:.2f} l")
    if layout.photo is not None:
        box_ = layout.photo
        cells.append(f"{box_.x * MM:.2f} {height - (box_.y + box_.h) * MM:.2f} {box_.w * MM:.2f} {box_.h * MM:.2f} re")
    parts = []
    if lines:
        parts.append(f"{stroke(tint(color, 0.45))} 0.4 w {' '.join(lines)} S")
    if cells:
        parts.append(f"{stroke(tint(color, 0.85))} 0.6 w {' '.join(cells)} S")
    return " ".join(parts)

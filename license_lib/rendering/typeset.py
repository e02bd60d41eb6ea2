"""A placed text as operators of a page (ISO 32000-1, 9.4)."""

from collections.abc import Mapping

from license_lib.rendering.blocks import Block
from license_lib.rendering.colors import fill, stroke
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.press.fonts import Codes

BOLD_STROKE = 0.03  # of the type size: a regular face made bold by its own outline


def typeset(block: Block, height: float, fonts: Fonts, codes: Mapping[str, Codes]) -> str:
    """The operators that show a text on a page of `height` points.

    Args:
        block: the text.
        height: of the page.
        fonts: which face draws what.
        codes: by face; characters that are new get codes.
    """
    parts = [f"BT {fill(block.color)}"]
    if block.bold:
        parts.append(f"2 Tr {stroke(block.color)} {block.lines[0].size * BOLD_STROKE:.2f} w")
    for line in block.lines:
        parts.append(f"1 0 0 1 {line.x:.2f} {height - line.baseline:.2f} Tm {line.spacing:.3f} Tc")
        for face, text in fonts.runs(line.text, block.face):
            parts.append(f"/{font_name(face)} {line.size:g} Tf <{codes[face].shown(text)}> Tj")
    parts.append("0 Tr ET" if block.bold else "ET")
    return " ".join(parts)


def font_name(face: str) -> str:
    """The name of a face among the resources of a page."""
    return face.replace(" ", "")

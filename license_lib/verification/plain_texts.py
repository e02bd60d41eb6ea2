"""The texts of a planned face, place by place, as a renderer would extract them: nothing is drawn (ADR 26).

Our press prints any record, and not every record could have been issued: rows without a text, texts that say that they
go on. What is read where is for `faces.differing_fields` to judge, of a planned face as of a drawn one.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from license_lib.catalogue import Layout
from license_lib.catalogue.layout import Box
from license_lib.verification.reading import POINTS_PER_MM, Face, squeezed

if TYPE_CHECKING:
    from license_lib.rendering.blocks import FacePlan, PagePlan

HIGHEST, LOWEST, WIDEST = 1.0, 0.29, 0.1
"""How far a character may reach above and below its baseline, and beside its place: letters do. Type sizes.

Lines of a text stand 1.3 apart: of two equal ones that touch each other, PDFium reads one.
"""
Inked = tuple[float, float, float, float, str]
"""Left, top, right and bottom edge of all that the characters of a line may reach, points; and the line."""


def planned_face(plan: "FacePlan", layout: Layout) -> Face:
    """A face as it is planned, without its codes and pictures.

    A line belongs to each place that one of its characters may reach into, as it does for a renderer: who reaches into
    another's place makes that one say something else.

    Args:
        plan: where the texts stand.
        layout: where the places are.
    """
    pages = list(map(_inked, plan.pages))
    return Face(
        len(pages),
        tuple(_text_in(box, pages[box.page - 1]) for box in layout.boxes),
        tuple(_text_in(table, pages[table.page - 1]) for table in layout.tables),
        tuple(_text_in(layout.page.body, page) for page in pages[layout.pages :]),
        (),
        (),
    )


def _inked(page: "PagePlan") -> Sequence[Inked]:
    return [
        (
            line.x - WIDEST * line.size,
            line.baseline - HIGHEST * line.size,
            line.x + line.width + WIDEST * line.size,
            line.baseline + LOWEST * line.size,
            line.text,
        )
        for block in page.blocks
        for line in block.lines
    ]


def _text_in(box: Box, lines: Sequence[Inked]) -> str:
    left, top = box.x * POINTS_PER_MM, box.y * POINTS_PER_MM
    right, bottom = left + box.w * POINTS_PER_MM, top + box.h * POINTS_PER_MM
    return squeezed(
        "".join([text for x, y, end, foot, text in lines if x < right and end > left and y < bottom and foot > top])
    )

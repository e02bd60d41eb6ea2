"""Pages to draw on: points from the top-left corner, colours as #RRGGBB, operators collected as text."""

from collections.abc import Hashable

from license_lib.rendering.blocks import Block
from license_lib.rendering.ornament import GROUND
from license_lib.rendering.photo import Picture
from license_lib.rendering.press.fonts import Codes
from license_lib.rendering.press.plate import Plate
from license_lib.rendering.structure import Edges, Mark, foreign, kind_of
from license_lib.rendering.typeset import typeset

PHOTO, SEAL, MARK = "Photo", "Seal", "Mark"
"""Names of the photograph and of the seal's pictures among the resources of every page."""


class Sheet:
    """The pages of a document in the making.

    Args:
        plate: what they are printed from.

    Attributes:
        plate: the same.
        pages: the operators of each page.
        codes: of the characters used, by face.
        photo: the photograph, once there is one.
        kind: what decides how the texts' structure looks, beside the texts themselves.
    """

    def __init__(self, plate: Plate) -> None:
        self.plate = plate
        self.pages: list[list[str]] = []
        self.codes = {face: Codes(codes) for face, codes in plate.codes.items()}
        self.photo: Picture | None = None
        self.kind: list[Hashable] = []
        self._marks = 0
        self.next_page()

    def draw(self, operators: str) -> None:
        """Add PDF operators in the page's own space (origin at the bottom left) that mean nothing: an artifact."""
        if operators:
            self.pages[-1].append(f"/Artifact BMC {operators} EMC")

    def figure(self, operators: str) -> Mark:
        """Add PDF operators in the page's own space that draw a picture with a meaning."""
        return self._mark("Figure", operators)

    def text(self, block: Block) -> Mark | None:
        """Draw a placed text; None if it is an artifact."""
        operators = self.plate.texts.get(id(block)) or typeset(block, self.plate.height, self.plate.fonts, self.codes)
        kind = kind_of(block)
        if kind is None:
            self.pages[-1].append(f"/Artifact <</Type/Pagination>> BDC {operators} EMC")
            return None
        self.kind.append((block.field, block.part, block.row, block.column, foreign(block)))
        return self._mark(kind, operators)

    def picture(self, picture: Picture, edges: Edges) -> Mark:
        """Draw the photograph."""
        self.photo = picture
        left, bottom, right, top = edges
        return self.figure(f"q {right - left:.2f} 0 0 {top - bottom:.2f} {left:.2f} {bottom:.2f} cm /{PHOTO} Do Q")

    def stamp(self) -> None:
        """Draw, over the pages, what sealing shows beside the seal itself; readers aloud pass over it."""
        plate = self.plate
        for index, (mark, x, y) in enumerate(plate.marks):
            left, bottom = x - mark.width / 2 - mark.left, plate.height - y - mark.height / 2 - mark.bottom
            self.pages[0].append(f"/Artifact BMC q 1 0 0 1 {left:.3f} {bottom:.3f} cm /{MARK}{index} Do Q EMC")
        seal = plate.stock.seal
        if seal and plate.across and len(self.pages) > 1:
            strips = plate.across(len(self.pages), plate.width, plate.height)
            for page, (clip, left, bottom) in zip(self.pages, strips, strict=True):
                place = f"1 0 0 1 {left - seal.left:.3f} {bottom - seal.bottom:.3f} cm"
                page.append(f"/Artifact BMC q {clip} {place} /{SEAL} Do Q EMC")

    def next_page(self) -> None:
        """Begin another page."""
        self.pages.append([f"/Artifact BMC /{GROUND} Do EMC"] if GROUND in self.plate.stock.forms else [])
        self.kind.append(None)
        self._marks = 0

    def _mark(self, kind: str, operators: str) -> Mark:
        """Add content that an element of the structure will hold."""
        mark = Mark(len(self.pages) - 1, self._marks)
        self._marks += 1
        self.pages[-1].append(f"/{kind} <</MCID {mark.number}>> BDC {operators} EMC")
        return mark

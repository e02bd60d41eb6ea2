"""The plate 版: what does not change from one document of a template to the next.

Its stock is the beginning of the file; beside it, the plate holds the template's own texts as operators, the codes of
their characters, and the structure trees met so far.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from license_lib.rendering.blocks import MM, Block
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.press.engraving import Engraving
from license_lib.rendering.press.fonts import Codes
from license_lib.rendering.press.stock import Ink, Stock, Strip
from license_lib.rendering.press.tree import Tree
from license_lib.rendering.typeset import typeset

_TREES_KEPT: Final = 256
_LARGEST_KEPT: Final = 500
"""Objects. Long tables differ from one document to the next, and 256 of them would take some hundred megabytes."""


@dataclass(frozen=True, slots=True)
class Plate:
    """What documents of a template are printed from.

    Attributes:
        width: of its pages, points.
        height: the same.
        fonts: what its texts are set in.
        stock: what it prints on.
        codes: of the characters of its texts, by face.
        texts: the operators of its texts, by the identity of the block.
        blocks: those blocks, kept alive for their identity.
        marks: further pictures of sealing, each with the place of its middle, points from the top-left corner.
        across: see `Ink`.
        trees: structure trees by what they hold.
    """

    width: float
    height: float
    fonts: Fonts
    stock: Stock
    codes: Mapping[str, Codes]
    texts: Mapping[int, str]
    blocks: Sequence[Block]
    marks: Sequence[tuple[Engraving, float, float]] = ()
    across: Callable[[int, float, float], Sequence[Strip]] | None = None
    trees: dict[object, Tree] = field(default_factory=dict)

    @classmethod
    def made(
        cls,
        width: float,
        height: float,
        fonts: Fonts,
        stock: Stock,
        *,
        blocks: Sequence[Block] = (),
        ink: Ink | None = None,
    ) -> "Plate":
        """Make a plate.

        Args:
            width: points.
            height: points.
            fonts: what the texts are set in.
            stock: what it prints on.
            blocks: texts that every document shows.
            ink: what sealing shows, where the document is sealed as it is printed; the stock has its pictures.
        """
        codes = {face: Codes() for face in fonts.faces}
        places = [(x * MM, y * MM) for _, x, y in ink.marks] if ink else []
        return cls(
            width,
            height,
            fonts,
            stock,
            codes=codes,
            texts={id(block): typeset(block, height, fonts, codes) for block in blocks},
            blocks=blocks,
            marks=[(mark, *place) for mark, place in zip(stock.marks, places, strict=True)],
            across=ink.across if ink else None,
        )

    def tree(self, key: object, grow: Callable[[], Tree]) -> Tree:
        """The structure tree of a kind of document; grown when its kind is first met."""
        tree = self.trees.get(key)
        if tree is None:
            tree = grow()
            if len(self.trees) >= _TREES_KEPT:
                self.trees.clear()
            if tree.bundle.size <= _LARGEST_KEPT:
                self.trees[key] = tree
        return tree

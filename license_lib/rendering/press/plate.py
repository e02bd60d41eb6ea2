"""The plate 版: what does not change from one document of a template to the next, written once.

It is the beginning of a file (colour profile, background, the department's pictures, the seal) and what the rest needs
of it: the template's own texts as operators, the codes of their characters, and the structure trees met so far.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from license_lib.rendering.blocks import MM, Block
from license_lib.rendering.drawings import Drawing, Raster
from license_lib.rendering.fonts import Fonts
from license_lib.rendering.metadata import srgb_profile
from license_lib.rendering.press.engraving import Engraving, engraved
from license_lib.rendering.press.fonts import Codes
from license_lib.rendering.press.objects import numbers
from license_lib.rendering.press.tree import Tree
from license_lib.rendering.press.writer import Beginning, FileWriter
from license_lib.rendering.typeset import typeset

_TREES_KEPT: Final = 256


class Strip(NamedTuple):
    """The part of a cross-page seal that one page shows: clipping operators, and where the seal's corner goes."""

    clip: str
    left: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Ink:
    """What sealing shows, as pictures: one-page PDFs.

    Attributes:
        seal: the seal's.
        marks: others, each with the place of its middle on the first page, millimetres from its top-left corner.
        across: number of pages, and their width and height in points → the strip that each shows 骑缝章.
    """

    seal: bytes = field(repr=False)
    marks: tuple[tuple[bytes, float, float], ...] = field(repr=False, default=())
    across: Callable[[int, float, float], Sequence[Strip]] | None = field(repr=False, compare=False, default=None)


@dataclass(frozen=True, slots=True)
class Plate:
    """What every document of a template begins with.

    Attributes:
        width: of its pages, points.
        height: the same.
        fonts: what its texts are set in.
        begun: the file's beginning.
        profile: number of the colour profile.
        forms: numbers of the drawings that pages show by name.
        codes: of the characters of its texts, by face.
        texts: the operators of its texts, by the identity of the block.
        blocks: those blocks, kept alive for their identity.
        seal: the seal's picture.
        marks: further pictures of sealing, each with the place of its middle, points from the top-left corner.
        across: see `Ink`.
        trees: structure trees by what they hold.
    """

    width: float
    height: float
    fonts: Fonts
    begun: Beginning
    profile: int
    forms: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    blocks: Sequence[Block] = ()
    seal: Engraving | None = None
    marks: Sequence[tuple[Engraving, float, float]] = ()
    across: Callable[[int, float, float], Sequence[Strip]] | None = None
    trees: dict[object, Tree] = field(default_factory=dict)

    @classmethod
    def made(
        cls,
        width: float,
        height: float,
        fonts: Fonts,
        *,
        forms: Mapping[str, Drawing] | None = None,
        blocks: Sequence[Block] = (),
        ink: Ink | None = None,
    ) -> "Plate":
        """Make a plate.

        Args:
            width: points.
            height: points.
            fonts: what the texts are set in.
            forms: what every page may show by name.
            blocks: texts that most documents show.
            ink: what sealing shows, where the document is sealed as it is printed.

        Raises:
            ValueError: a picture of the ink cannot be read.
        """
        writer = FileWriter()
        profile = writer.deflated(b"/N 3", srgb_profile(), once=True)
        written = {name: write_drawing(writer, drawing) for name, drawing in (forms or {}).items()}
        seal = engraved(writer, ink.seal) if ink else None
        marks = [(engraved(writer, mark), x * MM, y * MM) for mark, x, y in ink.marks] if ink else []
        codes = {face: Codes() for face in fonts.faces}
        return cls(
            width,
            height,
            fonts,
            begun=writer.begun(),
            profile=profile,
            forms=written,
            codes=codes,
            texts={id(block): typeset(block, height, fonts, codes) for block in blocks},
            blocks=blocks,
            seal=seal,
            marks=marks,
            across=ink.across if ink else None,
        )

    def tree(self, key: object, grow: Callable[[], Tree]) -> Tree:
        """The structure tree of a kind of document; grown when its kind is first met."""
        tree = self.trees.get(key)
        if tree is None:
            if len(self.trees) >= _TREES_KEPT:
                self.trees.clear()
            tree = self.trees[key] = grow()
        return tree


def write_drawing(writer: FileWriter, drawing: Drawing) -> int:
    """Write a drawing as a form (ISO 32000-1, 8.10).

    Returns:
        Its number.
    """
    raster = (
        b"" if drawing.raster is None else b"/Resources<</XObject<</Raster %d 0 R>>>>" % _image(writer, drawing.raster)
    )
    entries = b"/Type/XObject/Subtype/Form/BBox%b%b/Filter/FlateDecode" % (
        numbers((0, 0, drawing.width, drawing.height)),
        raster,
    )
    return writer.stream(entries, drawing.operators)


def _image(writer: FileWriter, raster: Raster) -> int:
    def channel(data: bytes, more: bytes, *, grey: bool) -> int:
        space = b"DeviceGray" if grey else b"DeviceRGB"
        return writer.stream(
            b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/%b%b/Filter/FlateDecode"
            % (raster.width, raster.height, space, more),
            data,
        )

    mask = b"" if raster.alpha is None else b"/SMask %d 0 R" % channel(raster.alpha, b"", grey=True)
    return channel(raster.pixels, mask, grey=raster.grey)

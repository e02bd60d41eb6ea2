"""Preprinted stock 底纸: what every page of a template shows, as the beginning of a file that others go on with.

It holds the colour profile, the background, the department's own pictures and those of the seal. Making it draws and
parses; read back from bytes, it costs nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from license_lib.rendering.drawings import Drawing, Raster
from license_lib.rendering.metadata import srgb_profile
from license_lib.rendering.press.engraving import Engraving, engraved
from license_lib.rendering.press.objects import numbers
from license_lib.rendering.press.writer import ENTRY, Beginning, FileWriter

_HEAD: Final = 8
"""Bytes that say how long the description in front of the file's beginning is."""


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


class Form(NamedTuple):
    """A drawing in the file (ISO 32000-1, 8.10): its number, and its size in its own units."""

    number: int
    width: float
    height: float


class Stock(NamedTuple):
    """What every document of a template begins with.

    Attributes:
        begun: the file's beginning.
        profile: number of the colour profile.
        forms: drawings that pages show by name.
        seal: the seal's picture.
        marks: further pictures of sealing.
    """

    begun: Beginning
    profile: int
    forms: Mapping[str, Form]
    seal: Engraving | None
    marks: Sequence[Engraving]

    @classmethod
    def made(cls, forms: Mapping[str, Drawing], ink: Ink | None = None) -> Self:
        """Make it.

        Raises:
            ValueError: a picture of the ink cannot be read.
        """
        writer = FileWriter()
        profile = writer.deflated(b"/N 3", srgb_profile(), once=True)
        drawn = {
            name: Form(write_drawing(writer, drawing), drawing.width, drawing.height) for name, drawing in forms.items()
        }
        seal = engraved(writer, ink.seal) if ink else None
        marks = [engraved(writer, mark) for mark, _, _ in ink.marks] if ink else []
        return cls(writer.begun(), profile, drawn, seal, marks)

    def to_bytes(self) -> bytes:
        """The same as bytes."""
        head = json.dumps([self.profile, self.forms, self.seal, self.marks, len(self.begun.entries)]).encode("ascii")
        return b"".join((len(head).to_bytes(_HEAD, "big"), head, *self.begun.entries, self.begun.data))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` wrote."""
        at = _HEAD + int.from_bytes(data[:_HEAD], "big")
        profile, forms, seal, marks, count = json.loads(data[_HEAD:at])
        entries = tuple(data[at + ENTRY * index : at + ENTRY * (index + 1)] for index in range(count))
        return cls(
            Beginning(data[at + ENTRY * count :], entries),
            profile,
            {name: Form(*form) for name, form in forms.items()},
            Engraving(*seal) if seal else None,
            [Engraving(*mark) for mark in marks],
        )


def write_drawing(writer: FileWriter, drawing: Drawing) -> int:
    """Write a drawing as a form.

    Returns:
        Its number.
    """
    raster = b""
    if drawing.raster is not None:
        raster = b"/Resources<</XObject<</Raster %d 0 R>>>>" % _image(writer, drawing.raster)
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

"""Does the appearance of a filled field show text, and as itself (ISO 32000-2 §12.7.4.3)? Anything else it could show.

Lines may draw a digit, a clip may cut off a nought, white ink may hide one. What the makers of forms write is plain: a
background, a border, and words in one font, size and colour. A font that draws a B for an A is taken at its word.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from signing.pdf_reading import Name, PdfError, Revision, Stream, Value
from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.values import Reader

_LARGEST: Final = 256 * 1024
_WORD: Final = re.compile(rb"[A-Za-z*'\"][A-Za-z0-9*]*")
_OPERANDS: Final = b"/<([+-.0123456789"
_SHOWING: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
_PAINTING: Final = frozenset({b"f", b"F", b"f*", b"S", b"s", b"B", b"b"})
_COLOURS: Final = frozenset({b"g", b"rg", b"k", b"sc"})
_SETTING: Final = frozenset({b"Tf", b"Tz", b"Ts"})
_HARMLESS: Final = frozenset(
    {b"BMC", b"BDC", b"EMC", b"W", b"W*", b"n", b"m", b"BT", b"ET", b"Tc", b"Tw", b"TL", b"Td", b"TD", b"T*"}
    | {b"q", b"Q", b"G", b"RG", b"K", b"w", b"j", b"J", b"d", b"M", b"i"}
)
_DEVICES: Final = frozenset({Name("DeviceGray"), Name("DeviceRGB"), Name("DeviceCMYK")})
_UPRIGHT: Final = [1, 0, 0, 1]
_INSET: Final = 5
"""Points by which a background, a border or a clip may be smaller than the field."""


def is_plain_text(revision: Revision, look: Value) -> bool:
    """Tell whether an appearance stream is text alone.

    Args:
        revision: the revision of the appearance.
        look: the stream.
    """
    resources = revision.entry(look, "Resources") or {}
    if not isinstance(look, Stream) or not isinstance(resources, dict) or resources.keys() - {"Font", "ProcSet"}:
        return False
    fonts = revision.entry(resources, "Font") or {}
    if not isinstance(fonts, dict) or any(revision.entry(one, "Subtype") == Name("Type3") for one in fonts.values()):
        return False  # whose letters are drawings
    box = revision.entry(look, "BBox")
    if not is_box(box):
        return False
    try:
        return _Looks(box).are_plain(unpacked(look, _LARGEST))
    except PdfError:
        return False


def is_box(value: Value) -> bool:
    """Tell whether a value is four numbers."""
    return isinstance(value, list) and len(value) == 4 and all(isinstance(one, int | float) for one in value)  # noqa: PLR2004 -- corners


@dataclass(slots=True)
class _Looks:
    """An appearance, operator by operator.

    Attributes:
        box: its `/BBox`.
        origin: where 0 0 is. above: that of the states that were put by.
        setting: what the next words look like. shown: what those before did.
    """

    box: list[float]
    origin: tuple[float, float] = (0, 0)
    above: list[tuple[float, float]] = field(default_factory=list)
    setting: dict[bytes, Value] = field(default_factory=dict)
    shown: list[dict[bytes, Value]] = field(default_factory=list)

    def are_plain(self, content: bytes) -> bool:
        """Tell whether all operators are."""
        reader = Reader(content)
        operands: list[Value] = []
        while True:
            reader.skip_space()
            if reader.position >= len(content):
                return all(one == self.shown[0] for one in self.shown)
            if content[reader.position] in _OPERANDS:
                operands.append(reader.value())
                continue
            word = _WORD.match(content, reader.position)
            if word is None or not self._is_plain(word[0], operands):
                return False
            reader.position = word.end()
            self._remember(word[0], operands)
            operands = []

    def _is_plain(self, operator: bytes, operands: list[Value]) -> bool:
        if operator == b"re":
            return self._fills(operands)
        if operator in {b"Tm", b"cm"}:
            return len(operands) == 6 and operands[:4] == _UPRIGHT  # noqa: PLR2004 -- a matrix
        if operator == b"Tr":
            return operands == [0]
        if operator == b"cs":
            return operands[:1] != [] and operands[0] in _DEVICES
        if operator in _PAINTING:
            return not self.shown
        return operator in _HARMLESS | _COLOURS | _SETTING | _SHOWING

    def _remember(self, operator: bytes, operands: list[Value]) -> None:
        if operator == b"q":
            self.above.append(self.origin)
        elif operator == b"Q" and self.above:
            self.origin = self.above.pop()
        elif operator == b"cm":
            self.origin = (self.origin[0] + operands[4], self.origin[1] + operands[5])
        elif operator in _COLOURS:
            self.setting = self.setting | {b"colour": (operator, operands)}
        elif operator in _SETTING:
            self.setting = self.setting | {operator: operands}
        elif operator in _SHOWING:
            self.shown.append(self.setting)

    def _fills(self, operands: list[Value]) -> bool:
        """Tell whether a rectangle is all of the box, or nearly: a background, a border, or a clip."""
        if not is_box(operands):
            return False
        x, y = operands[0] + self.origin[0], operands[1] + self.origin[1]
        width, height = operands[2:]
        left, bottom, right, top = min(self.box[::2]), min(self.box[1::2]), max(self.box[::2]), max(self.box[1::2])
        return bool(
            min(x, x + width) <= left + _INSET
            and min(y, y + height) <= bottom + _INSET
            and max(x, x + width) >= right - _INSET
            and max(y, y + height) >= top - _INSET
        )

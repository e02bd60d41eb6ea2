"""The character map of a font file: runs of code points that have consecutive glyphs (ISO/IEC 14496-22, `cmap`)."""

import struct
from bisect import bisect_right
from mmap import mmap

_BASIC, _FULL = 4, 12  # the format for the basic multilingual plane, and the one that reaches beyond


class CharacterMap:
    """Glyph numbers by code point.

    Args:
        data: the font file.
        start: where its `cmap` table starts.

    Raises:
        ValueError: there is no Unicode map of a known format.
        struct.error: the table is cut off.
    """

    def __init__(self, data: mmap, start: int) -> None:
        self.groups = _groups(data, start)
        self._starts = [group[0] for group in self.groups]

    def glyph(self, code: int) -> int:
        """Glyph number for a code point; 0 if the font has none."""
        group = bisect_right(self._starts, code) - 1
        first, last, glyph = self.groups[group] if group >= 0 else (1, 0, 0)
        return glyph + code - first if first <= code <= last else 0


def _groups(data: mmap, start: int) -> list[tuple[int, int, int]]:
    """(first code point, last code point, glyph of the first), in order."""
    (count,) = struct.unpack_from(">H", data, start + 2)
    places: dict[int, int] = {}
    for platform, encoding, offset in struct.iter_unpack(">HHL", data[start + 4 : start + 4 + 8 * count]):
        if platform == 0 or (platform == 3 and encoding in {1, 10}):  # noqa: PLR2004 - Unicode, and Windows' names for it
            places[struct.unpack_from(">H", data, start + offset)[0]] = start + offset
    if _FULL in places:
        at = places[_FULL]
        (number,) = struct.unpack_from(">L", data, at + 12)
        return list(struct.iter_unpack(">LLL", data[at + 16 : at + 16 + 12 * number]))
    if _BASIC in places:
        return _basic_groups(data, places[_BASIC])
    raise ValueError("no Unicode character map")


def _basic_groups(data: mmap, at: int) -> list[tuple[int, int, int]]:
    size, _, twice = struct.unpack_from(">HHH", data, at + 2)
    number = twice // 2
    if 16 + 8 * number > size:
        raise ValueError("a character map longer than its table")
    lasts, firsts, deltas, offsets = (
        struct.unpack_from(f">{number}H", data, at + 14 + part * twice + (2 if part else 0)) for part in range(4)
    )
    groups: list[tuple[int, int, int]] = []
    for segment, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True)):
        place = at + 16 + 3 * twice + 2 * segment + offset
        for code in range(first, last + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, place + 2 * (code - first))
                if not glyph:
                    continue
            glyph = (glyph + delta) & 0xFFFF
            if glyph and groups and groups[-1][1] == code - 1 and groups[-1][2] + code - groups[-1][0] == glyph:
                groups[-1] = (groups[-1][0], code, groups[-1][2])
            elif glyph:
                groups.append((code, code, glyph))
    return groups

"""TrueType fonts, read in place: the character map, the advances, and subsets to embed (ISO/IEC 14496-22).

A licence needs a few hundred glyphs of a 15 MB font. reportlab would read all of it into Python objects, in 100 ms and
tens of megabytes; this reader maps the file and looks up only what is asked for.
"""

import mmap
import struct
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from license_lib.errors import MachineError

_MORE_COMPONENTS = 0x0020
_WORD_ARGUMENTS = 0x0001
_SCALES = ((0x0008, 2), (0x0040, 4), (0x0080, 8))
_UNICODE_FULL = 12  # the cmap format that reaches beyond the basic multilingual plane


class TrueTypeFont:
    """One font file, mapped read-only.

    Attributes:
        name: PostScript name, as a PDF names the font.
        units: font units per em.
        bbox: bounding box of all glyphs, font units (left, bottom, right, top).

    Args:
        path: a static TrueType font (`glyf` outlines) with a full Unicode character map.

    Raises:
        MachineError: `font.unreadable`, the file is missing or is not such a font.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._tables = self._read_directory()
            self._read_headers()
        except (OSError, ValueError, KeyError, IndexError, struct.error, UnicodeDecodeError) as error:
            raise MachineError(
                "font.unreadable",
                f"{path.name} is missing or is no static TrueType font",
                hint="restore templates/fonts (its README says where the files come from)",
            ) from error
        self._glyphs: dict[int, int] = {}

    def glyph(self, code: int) -> int:
        """Glyph number for a code point; 0 if the font has none, or only an empty one where ink is due."""
        found = self._glyphs.get(code)
        if found is None:
            group = bisect_right(self._starts, code) - 1
            first, last, glyph = self._groups[group] if group >= 0 else (1, 0, 0)
            found = glyph + code - first if first <= code <= last else 0
            self._glyphs[code] = found
        return found

    def has_ink(self, glyph: int) -> bool:
        """Whether a glyph leaves a mark on paper."""
        start, end = self._outline(glyph)
        return end > start

    def advance(self, glyph: int) -> float:
        """Advance width in thousandths of an em."""
        index = min(glyph, self._long_metrics - 1)
        units: int = struct.unpack_from(">H", self._data, self._tables["hmtx"][0] + 4 * index)[0]
        return units if self.units == 1000 else units * 1000 / self.units  # noqa: PLR2004 - PDF's own scale

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """A font file whose glyph n draws `glyphs[n]` of this one; parts of composite glyphs are appended.

        It has the tables that a CIDFontType2 font program needs (ISO 32000-1, 9.9) and no character map.
        """
        chosen = list(glyphs)
        position = {glyph: index for index, glyph in reversed(list(enumerate(chosen)))}
        outlines: list[bytes] = []
        for glyph in chosen:  # grows while composite glyphs name their parts
            start, end = self._outline(glyph)
            outline = self._data[start:end]
            if outline[:1] >= b"\x80":  # a negative contour count: a composite glyph
                outline = self._renumbered(outline, chosen, position)
            outlines.append(outline + b"\0" * (-len(outline) % 4))
        offsets = [0]
        for outline in outlines:
            offsets.append(offsets[-1] + len(outline))
        metrics = b"".join(self._metric(glyph) for glyph in chosen)
        head = bytearray(self._table("head"))
        head[8:12] = bytes(4)  # the whole-file checksum, filled in by _assemble
        struct.pack_into(">h", head, 50, 1)  # long offsets in loca
        hhea = bytearray(self._table("hhea"))
        struct.pack_into(">H", hhea, 34, len(chosen))
        maxp = bytearray(self._table("maxp"))
        struct.pack_into(">H", maxp, 4, len(chosen))
        tables = {
            "glyf": b"".join(outlines),
            "head": bytes(head),
            "hhea": bytes(hhea),
            "hmtx": metrics,
            "loca": struct.pack(f">{len(offsets)}L", *offsets),
            "maxp": bytes(maxp),
        }
        tables |= {tag: self._table(tag) for tag in ("cvt ", "fpgm", "prep") if tag in self._tables}
        return _assemble(tables)

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        version, count = struct.unpack_from(">LH", self._data)
        if version not in (0x00010000, 0x74727565):
            raise ValueError("not TrueType outlines")
        records = struct.iter_unpack(">4sLLL", self._data[12 : 12 + 16 * count])
        return {tag.decode("ascii"): (offset, length) for tag, _, offset, length in records}

    def _read_headers(self) -> None:
        head = self._tables["head"][0]
        self.units: int = struct.unpack_from(">H", self._data, head + 18)[0]
        self.bbox: tuple[int, int, int, int] = struct.unpack_from(">4h", self._data, head + 36)
        self._long_offsets = bool(struct.unpack_from(">h", self._data, head + 50)[0])
        self._long_metrics: int = struct.unpack_from(">H", self._data, self._tables["hhea"][0] + 34)[0]
        self.name = self._read_name()
        self._groups = self._read_character_map()
        self._starts = [group[0] for group in self._groups]
        self._outline(0)

    def _read_character_map(self) -> list[tuple[int, int, int]]:
        cmap = self._tables["cmap"][0]
        (count,) = struct.unpack_from(">H", self._data, cmap + 2)
        for _, _, offset in struct.iter_unpack(">HHL", self._data[cmap + 4 : cmap + 4 + 8 * count]):
            at = cmap + offset
            if struct.unpack_from(">H", self._data, at)[0] == _UNICODE_FULL:
                (groups,) = struct.unpack_from(">L", self._data, at + 12)
                return list(struct.iter_unpack(">LLL", self._data[at + 16 : at + 16 + 12 * groups]))
        raise ValueError("no full Unicode character map")

    def _read_name(self) -> str:
        start = self._tables["name"][0]
        count, strings = struct.unpack_from(">HH", self._data, start + 2)
        records = struct.iter_unpack(">6H", self._data[start + 6 : start + 6 + 12 * count])
        for platform, _, _, name, length, offset in records:
            if (platform, name) == (3, 6):
                at = start + strings + offset
                return self._data[at : at + length].decode("utf-16-be")
        raise ValueError("no PostScript name")

    def _table(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _outline(self, glyph: int) -> tuple[int, int]:
        """Where a glyph's outline starts and ends in the file."""
        loca, glyf = self._tables["loca"][0], self._tables["glyf"][0]
        start: int
        end: int
        if self._long_offsets:
            start, end = struct.unpack_from(">LL", self._data, loca + 4 * glyph)
        else:
            start, end = (2 * half for half in struct.unpack_from(">HH", self._data, loca + 2 * glyph))
        return glyf + start, glyf + end

    def _metric(self, glyph: int) -> bytes:
        """Advance and left side bearing of a glyph, as `hmtx` stores them."""
        hmtx, long = self._tables["hmtx"][0], self._long_metrics
        if glyph < long:
            return self._data[hmtx + 4 * glyph : hmtx + 4 * glyph + 4]
        advance = self._data[hmtx + 4 * long - 4 : hmtx + 4 * long - 2]
        bearing = hmtx + 4 * long + 2 * (glyph - long)
        return advance + self._data[bearing : bearing + 2]

    @staticmethod
    def _renumbered(outline: bytes, chosen: list[int], position: dict[int, int]) -> bytes:
        """A composite glyph with its parts' numbers in the subset; unseen parts are appended to `chosen`."""
        mended, at = bytearray(outline), 10
        while True:
            flags, part = struct.unpack_from(">HH", mended, at)
            if part not in position:
                position[part] = len(chosen)
                chosen.append(part)
            struct.pack_into(">H", mended, at + 2, position[part])
            if not flags & _MORE_COMPONENTS:
                return bytes(mended)
            at += 8 if flags & _WORD_ARGUMENTS else 6
            at += next((size for flag, size in _SCALES if flags & flag), 0)


def _assemble(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = [struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)]
    body: list[bytes] = []
    at, head = 12 + 16 * count, 0
    for tag, data in sorted(tables.items()):
        head = at if tag == "head" else head
        padded = data + b"\0" * (-len(data) % 4)
        directory.append(struct.pack(">4sLLL", tag.encode(), _checksum(padded), at, len(data)))
        body.append(padded)
        at += len(padded)
    font = bytearray(b"".join(directory + body))
    struct.pack_into(">L", font, head + 8, (0xB1B0AFBA - _checksum(font)) & 0xFFFFFFFF)
    return bytes(font)


def _checksum(padded: bytes | bytearray) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}L", padded)
    return sum(words) & 0xFFFFFFFF

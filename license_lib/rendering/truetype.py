"""TrueType fonts, read in place: the character map, the advances, and subsets to embed (ISO/IEC 14496-22).

A licence needs a few hundred glyphs of a 15 MB font. reportlab would read all of it into Python objects, in 100 ms and
tens of megabytes; this reader maps the file and looks up only what is asked for.
"""

import mmap
import re
import struct
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from license_lib.errors import MachineError
from license_lib.rendering.character_map import CharacterMap
from license_lib.rendering.font_file import assembled, summed, word_sum
from license_lib.rendering.glyph_grid import UNITS_IN_EM, on_grid

_MORE_COMPONENTS = 0x0020
_HAS_INSTRUCTIONS = 0x0100
_WORD_ARGUMENTS = 0x0001
_SCALES = ((0x0008, 2), (0x0040, 4), (0x0080, 8))
_SCALED = sum(flag for flag, _ in _SCALES)
_REMEMBERED = 8192  # glyphs, with some 300 bytes each
_DEEPEST = 8  # composite glyphs of composite glyphs
_SHORT_END = 0x1FFFE  # the last place that a short offset can name
_IRREGULAR = re.compile(r"[^!-~]|[\[\](){}<>/%#]")
"""What the name of a font must not have (OpenType, `name` 6), and some have; no name of a PDF has it as it is."""
_CFF, _COLLECTION = b"OTTO", b"ttcf"
_SHARED_IDEOGRAPHS, _SHARED_CHARACTERS = 3, 12  # so many characters have no outline in common, unless it is a stand-in


class _Piece(NamedTuple):
    """A glyph as a subset holds it.

    Attributes:
        outline: filled up to whole words.
        metric: advance and left side bearing.
        sums: of the words of both (OpenType, checksums), so that a subset's need not be counted again.
        composite: its parts are glyphs of the font, not yet of a subset.
    """

    outline: bytes
    metric: bytes
    sums: tuple[int, int]
    composite: bool = False

    @classmethod
    def of(cls, outline: bytes, metric: bytes, *, composite: bool = False) -> "_Piece":
        outline += bytes(-len(outline) % 4)
        return cls(outline, metric, (word_sum(outline), word_sum(metric)), composite)


class TrueTypeFont:
    """One font file, mapped read-only.

    Attributes:
        name: PostScript name, as a PDF names the font.
        units: font units per em.
        bbox: bounding box of all glyphs, font units (left, bottom, right, top).

    Args:
        path: a static TrueType font (`glyf` outlines) with a Unicode character map.
        instead: code points that are drawn by the glyph of another one.
        strange: nobody has looked at this font, so that a stand-in glyph shared by many characters is looked for.

    Raises:
        MachineError: `font.unreadable`, the file is missing or is not such a font.
    """

    def __init__(self, path: Path, *, instead: Mapping[int, int] | None = None, strange: bool = False) -> None:
        check_format(path)
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._tables = self._read_directory()
            self._read_headers()
            self._stand_ins = self._find_stand_ins() if strange else frozenset()
        except (OSError, ValueError, KeyError, IndexError, struct.error, UnicodeDecodeError) as error:
            raise _unreadable(path) from error
        self._instead = dict(instead or {})
        self._glyphs: dict[int, int] = {}
        self._pieces: dict[int, _Piece] = {}

    def glyph(self, code: int) -> int:
        """Glyph number for a code point; 0 if the font has none."""
        found = self._glyphs.get(code)
        if found is None:
            found = self._glyphs[code] = self._map.glyph(self._instead.get(code, code))
        return found

    def draws(self, code: int) -> bool:
        """Whether the font has a picture of its own for a code point.

        No picture is an empty outline, a copy of the box for missing glyphs under another number, or one outline that
        stands for many characters (looked for in strange fonts only). A space is drawn if it leaves no mark.
        """
        glyph = self.glyph(code)
        if not glyph:
            return False
        if unicodedata.category(chr(code)) == "Zs":
            return not self.has_ink(glyph)
        flat = self._flat(glyph)
        return flat != b"" and flat != self._flat(0) and flat not in self._stand_ins

    def has_ink(self, glyph: int) -> bool:
        """Whether a glyph leaves a mark on paper."""
        return self._flat(glyph) != b""

    def advance(self, glyph: int) -> float:
        """Advance width in thousandths of an em."""
        index = min(glyph, self._long_metrics - 1)
        units: int = struct.unpack_from(">H", self._data, self._tables["hmtx"][0] + 4 * index)[0]
        return units if self.units == 1000 else units * 1000 / self.units  # noqa: PLR2004 - PDF's own scale

    def bounds(self, glyph: int) -> tuple[float, float, float, float]:
        """What a glyph paints lies within: left, bottom, right, top in thousandths of an em from its origin."""
        outline = self._outline(glyph)
        if not outline:
            return 0.0, 0.0, 0.0, 0.0
        left, bottom, right, top = (edge * 1000 / self.units for edge in struct.unpack_from(">4h", outline, 2))
        return left, bottom, right, top

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """A font file whose glyph n draws `glyphs[n]` of this one; parts of composite glyphs are appended.

        It has the tables that a CIDFontType2 font program needs (ISO 32000-1, 9.9), no character map and no hints, and
        its outlines lie on a coarser grid: at the sizes and resolutions of paper that changes nothing.
        """
        chosen = list(glyphs)
        pieces: list[_Piece] = []
        position: dict[int, int] = {}
        for glyph in chosen:  # grows while composite glyphs name their parts
            piece = self._pieces.get(glyph) or self._piece(glyph)
            if piece.composite:
                position = position or {glyph: index for index, glyph in reversed(list(enumerate(chosen)))}
                piece = _Piece.of(self._renumbered(piece.outline, chosen, position), piece.metric)
            pieces.append(piece)
        offsets = list(accumulate((len(piece.outline) for piece in pieces), initial=0))
        long = offsets[-1] > _SHORT_END
        count = len(pieces)
        return assembled(
            {
                "glyf": (b"".join([piece.outline for piece in pieces]), sum([piece.sums[0] for piece in pieces])),
                "head": self._head[long],
                "hhea": summed(self._hhea[:34] + count.to_bytes(2, "big")),
                "hmtx": (b"".join([piece.metric for piece in pieces]), sum([piece.sums[1] for piece in pieces])),
                "loca": summed(
                    struct.pack(f">{count + 1}L", *offsets)
                    if long
                    else struct.pack(f">{count + 1}H", *[at // 2 for at in offsets])
                ),
                "maxp": summed(self._maxp[:4] + count.to_bytes(2, "big") + self._maxp[6:]),
            }
        )

    def _piece(self, glyph: int) -> "_Piece":
        """A glyph as subsets hold it, made once."""
        outline = self._outline(glyph)
        left = outline[2:4]
        composite = _is_composite(outline)
        if outline and not composite:
            outline = on_grid(_without_hints(outline), max(1, self.units // UNITS_IN_EM))
        piece = _Piece.of(outline, self._metric(glyph, left, outline[2:4]), composite=composite)
        if len(self._pieces) < _REMEMBERED:
            self._pieces[glyph] = piece
        return piece

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
        self._map = CharacterMap(self._data, self._tables["cmap"][0])
        self._outline(0)
        table = self._table("head")
        begin = table[:8] + bytes(4) + table[12:50]  # the sum of the whole file is none yet
        self._head = [summed(begin + form + table[52:]) for form in (b"\0\0", b"\0\1")]  # of offsets: short, long
        self._hhea = self._table("hhea")
        maxp = self._table("maxp")
        # One zone; no twilight points, storage, functions, stack and instructions, which are of hints.
        self._maxp = maxp[:14] + b"\0\1" + bytes(12) + maxp[28:]

    def _read_name(self) -> str:
        start = self._tables["name"][0]
        count, strings = struct.unpack_from(">HH", self._data, start + 2)
        records = struct.iter_unpack(">6H", self._data[start + 6 : start + 6 + 12 * count])
        for platform, _, _, name, length, offset in records:
            if (platform, name) == (3, 6):
                at = start + strings + offset
                return _IRREGULAR.sub("", self._data[at : at + length].decode("utf-16-be")) or "Font"
        raise ValueError("no PostScript name")

    def _table(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _outline(self, glyph: int) -> bytes:
        """A glyph's outline as the file holds it."""
        loca, glyf = self._tables["loca"][0], self._tables["glyf"][0]
        start: int
        end: int
        if self._long_offsets:
            start, end = struct.unpack_from(">LL", self._data, loca + 4 * glyph)
        else:
            start, end = (2 * half for half in struct.unpack_from(">HH", self._data, loca + 2 * glyph))
        return self._data[glyf + start : glyf + end]

    def _flat(self, glyph: int, depth: int = 0) -> bytes:
        """What a glyph paints, as bytes that are equal for equal pictures; empty for nothing."""
        outline = self._outline(glyph)
        if not _is_composite(outline):
            return outline if outline[:2] > b"\0\0" and _has_area(outline) else b""
        if depth == _DEEPEST:
            return b""
        parts = [
            (flat, outline[at:end])
            for at, end in _components(outline)
            if (flat := self._flat(struct.unpack_from(">H", outline, at + 2)[0], depth + 1))
        ]
        if len(parts) == 1 and not struct.unpack_from(">H", parts[0][1])[0] & _SCALED:
            return parts[0][0]  # another glyph, at most moved
        return b"".join(flat + place for flat, place in parts)

    def _find_stand_ins(self) -> frozenset[bytes]:
        """Outlines that cannot be the picture of every character that has them."""
        shared: dict[bytes, set[str]] = defaultdict(set)
        for first, last, glyph in self._map.groups:
            for code in range(first, last + 1):
                shared[self._flat(glyph + code - first)].add(unicodedata.normalize("NFKC", chr(code)))
        return frozenset(
            flat
            for flat, characters in shared.items()
            if len(characters) >= _SHARED_CHARACTERS or sum(map(_is_ideograph, characters)) >= _SHARED_IDEOGRAPHS
        )

    def _metric(self, glyph: int, left: bytes, now_left: bytes) -> bytes:
        """Advance and left side bearing of a glyph, as `hmtx` stores them; the bearing moves with the left edge."""
        hmtx, long = self._tables["hmtx"][0], self._long_metrics
        at = hmtx + 4 * min(glyph, long - 1)
        advance = self._data[at : at + 2]
        at = at + 2 if glyph < long else hmtx + 4 * long + 2 * (glyph - long)
        bearing, before, now = (_short(edge) for edge in (self._data[at : at + 2], left, now_left))
        return advance + (bearing + now - before).to_bytes(2, "big", signed=True)

    @staticmethod
    def _renumbered(outline: bytes, chosen: list[int], position: dict[int, int]) -> bytes:
        """A composite glyph with its parts' numbers in the subset; unseen parts are appended to `chosen`."""
        mended, end = bytearray(outline), 10
        for at, end in _components(outline):  # noqa: B007 - where the last one ends counts
            flags, part = struct.unpack_from(">HH", outline, at)
            if part not in position:
                position[part] = len(chosen)
                chosen.append(part)
            struct.pack_into(">HH", mended, at, flags & ~_HAS_INSTRUCTIONS, position[part])
        return bytes(mended[:end])


def _short(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


def check_format(path: Path) -> None:
    """Refuse a font file of the wrong kind by its first bytes, without reading more.

    Raises:
        MachineError: `font.unreadable` for a missing file, `font.format` for CFF outlines or a collection.
    """
    try:
        with path.open("rb") as file:
            signature = file.read(4)
    except OSError as error:
        raise _unreadable(path) from error
    if signature in {_CFF, _COLLECTION}:
        what = "has PostScript (CFF) outlines" if signature == _CFF else "is a collection of several fonts"
        raise MachineError(
            "font.format",
            f"{path.name} {what}; only single TrueType fonts can be embedded",
            hint="convert it: docs/fonts.md says how",
        )


def _unreadable(path: Path) -> MachineError:
    return MachineError(
        "font.unreadable",
        f"{path.name} is missing or is no static TrueType font",
        hint="restore templates/fonts (its README says where the files come from)",
    )


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def _is_composite(outline: bytes) -> bool:
    return outline[:1] >= b"\x80"  # a negative contour count


def _has_area(outline: bytes) -> bool:
    left, bottom, right, top = struct.unpack_from(">4h", outline, 2)
    return bool(left < right and bottom < top)


def _components(outline: bytes) -> Iterator[tuple[int, int]]:
    """Where each part of a composite glyph starts and ends."""
    at, more = 10, True
    while more:
        (flags,) = struct.unpack_from(">H", outline, at)
        end = at + (8 if flags & _WORD_ARGUMENTS else 6) + next((size for flag, size in _SCALES if flags & flag), 0)
        yield at, end
        at, more = end, bool(flags & _MORE_COMPONENTS)


def _without_hints(outline: bytes) -> bytes:
    """A simple glyph without its instructions."""
    contours: int = struct.unpack_from(">h", outline)[0]
    at = 10 + 2 * contours
    length: int = struct.unpack_from(">H", outline, at)[0]
    return outline if not length else outline[:at] + b"\0\0" + outline[at + 2 + length :]

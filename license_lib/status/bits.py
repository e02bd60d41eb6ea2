"""The states of a whole list, packed: Token Status List §4.1."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from license_lib.status.errors import StatusListError
from license_lib.status.references import LIST_SIZE
from license_lib.status.values import BITS

WIDTHS: Final = (1, 2, 4, 8)
"""Bits of an entry that the standard allows; ours have `BITS`."""
_BYTE: Final = 8
_LEVEL: Final = 9
_MEMORY: Final = 9


@dataclass(frozen=True, slots=True)
class StatusBits:
    """The states of a list's entries: `bits` of each, the first entry in the lowest bits of the first byte.

    Args:
        packed: all entries, whole bytes.
        bits: one of `WIDTHS`.

    Raises:
        ValueError: another width, or no entries.
    """

    packed: bytes = field(repr=False)
    bits: int = BITS

    def __post_init__(self) -> None:
        """Check the width."""
        if self.bits not in WIDTHS or not self.packed:
            raise ValueError("no states of a status list")

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self.packed) * _BYTE // self.bits

    def __getitem__(self, index: int) -> int:
        """The value of an entry.

        Raises:
            IndexError: there is no such entry.
        """
        if not 0 <= index < len(self):
            raise IndexError("no entry of this status list")
        byte, place = divmod(index * self.bits, _BYTE)
        return self.packed[byte] >> place & (1 << self.bits) - 1

    def changed(self, other: "StatusBits") -> tuple[int, ...]:
        """The indices at which another list of the same kind says something else."""
        if (self.bits, len(self)) != (other.bits, len(other)):
            raise ValueError("lists of two kinds")
        if self.packed == other.packed:
            return ()
        each = _BYTE // self.bits
        bytes_of_both = enumerate(zip(self.packed, other.packed, strict=True))
        return tuple(
            index
            for place, (mine, others) in bytes_of_both
            if mine != others
            for index in range(place * each, (place + 1) * each)
            if self[index] != other[index]
        )

    @classmethod
    def of(cls, states: Mapping[int, int], *, size: int = LIST_SIZE, bits: int = BITS) -> "StatusBits":
        """A list in which all entries are 0 but these; the work is that of these only.

        Args:
            states: value by index; in a list of licences those that are not in force.
            size: entries of the list. bits: of an entry.

        Raises:
            ValueError: an index or a value out of range.
        """
        packed = bytearray(size * bits // _BYTE)
        for index, state in states.items():
            if not 0 <= index < size or not 0 <= state < 1 << bits:
                raise ValueError("no place or no state of this status list")
            byte, place = divmod(index * bits, _BYTE)
            packed[byte] |= state << place
        return cls(bytes(packed), bits)

    def compressed(self) -> bytes:
        """ZLIB (RFC 1950) at the highest level, as the standard recommends."""
        deflating = zlib.compressobj(_LEVEL, memLevel=_MEMORY)
        return deflating.compress(self.packed) + deflating.flush()

    @classmethod
    def read(cls, compressed: bytes, *, bits: int, size: int = LIST_SIZE) -> "StatusBits":
        """Unpack a list, and never more than it may hold: what would grow larger is refused half-way.

        Args:
            compressed: ZLIB data.
            bits: of an entry. size: entries that the list must have, no more and no less.

        Raises:
            StatusListError: `status.list-malformed`.
        """
        if bits not in WIDTHS:
            raise StatusListError("status.list-malformed", "entries of a width that the standard does not know")
        length = size * bits // _BYTE
        inflating = zlib.decompressobj()
        try:
            packed = inflating.decompress(compressed, length + 1)
        except zlib.error:
            raise StatusListError("status.list-malformed", "the entries are not ZLIB data") from None
        if len(packed) != length or not inflating.eof:
            raise StatusListError("status.list-malformed", f"not {size} entries")
        if inflating.unused_data:
            raise StatusListError("status.list-malformed", "something follows the entries")
        return cls(packed, bits)

"""The arithmetic of a PDF signature's `/ByteRange` (ISO 32000-2 §12.8.1), strict: everything but exactly one gap.

Needs no parser. The gap must be one hexadecimal string and nothing else, zero behind its DER value.
"""

import hashlib
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from signing import der

_HEX: Final = re.compile(rb"(?:[0-9A-F]*|[0-9a-f]*)\Z")
_BYTE_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}0\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,64}\]"
)
_RANGES_LOOKED_AT: Final = 8
_LARGEST_GAP: Final = 4 * 1024 * 1024


class CoverageError(ValueError):
    """The signature does not cover what it must cover."""


@dataclass(frozen=True, slots=True)
class Range:
    """A checked `/ByteRange`: everything from the start of the file to `end`, but for one gap.

    Attributes:
        gap_start: offset of the gap's `<`.
        gap_end: offset behind the gap's `>`.
        end: offset behind the signed revision.
        container: the DER value in the gap.
    """

    gap_start: int
    gap_end: int
    end: int
    container: bytes

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """The `/ByteRange` itself."""
        return 0, self.gap_start, self.gap_end, self.end - self.gap_end

    def signed_parts(self, pdf: bytes) -> tuple[memoryview, memoryview]:
        """Return what was hashed, without copying."""
        view = memoryview(pdf)
        return view[: self.gap_start], view[self.gap_end : self.end]


def check_range(pdf: bytes, numbers: Sequence[Any]) -> Range:
    """Check the arithmetic of a `/ByteRange` and read the gap.

    Raises:
        CoverageError: not `[0 a b c]` with a gap of one hexadecimal string that is zero behind its DER value.
    """
    if len(numbers) != 4 or not all(isinstance(number, int) for number in numbers):  # noqa: PLR2004 - two pairs
        raise CoverageError("/ByteRange is not four numbers")
    start, first, second, length = (int(number) for number in numbers)
    end = second + length
    if start != 0 or not 0 < first < second < end <= len(pdf):
        raise CoverageError("/ByteRange does not start at 0, overlaps, or leaves the file")
    if second - first > _LARGEST_GAP:
        raise CoverageError("the gap is larger than any signature")
    content = read_gap(pdf, first, second)
    try:
        used = der.encoded_length(content)
    except der.DerError:
        used = len(content)  # not DER: the reader of the container will say so
    if content[used:].strip(b"\0"):
        raise CoverageError("something hides behind the signature value")
    return Range(first, second, end, content[:used])


def read_gap(pdf: bytes, start: int, end: int) -> bytes:
    """Decode a gap, which must be one hexadecimal string in one letter case and nothing else.

    Raises:
        CoverageError: it is anything else.
    """
    text = pdf[start + 1 : end - 1]
    if pdf[start : start + 1] != b"<" or pdf[end - 1 : end] != b">" or len(text) % 2 or not _HEX.match(text):
        raise CoverageError("the gap is not exactly one hexadecimal string")
    return bytes.fromhex(text.decode("ascii"))


@dataclass(frozen=True, slots=True)
class Shortened:
    """A document whose gaps hold a short marker each.

    Attributes:
        pdf: the document; every offset is as it was.
        markers: the markers by where their gap starts.
    """

    pdf: bytes
    markers: Mapping[int, bytes]


def shorten(pdf: bytes) -> Shortened:
    """Put a digest and blanks in the place of each signature value.

    The parser reads long hexadecimal strings digit by digit: most of the time of a validation. Everything that
    is signed stays as it is, and a `/Contents` that comes back as the marker proves that it is the gap.
    """
    short = bytearray(pdf)
    markers: dict[int, bytes] = {}
    for found in scan(pdf):
        size = found.gap_end - found.gap_start
        marker = hashlib.sha256(pdf[found.gap_start : found.gap_end]).digest()
        text = b"<" + marker.hex().encode("ascii") + b">"
        if len(text) < size:
            short[found.gap_start : found.gap_end] = text.ljust(size)
            markers[found.gap_start] = marker
    return Shortened(bytes(short), markers)


def scan(pdf: bytes) -> list[Range]:
    """Find byte ranges by their look, in the order of the file, without a parser.

    Only the last few are looked at: a hostile file may hold a million.
    """
    found = []
    for match in deque(_BYTE_RANGE.finditer(pdf), maxlen=_RANGES_LOOKED_AT):
        try:
            found.append(check_range(pdf, [0, *map(int, match.groups())]))
        except CoverageError:
            continue
    return found

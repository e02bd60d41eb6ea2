"""Cross-reference sections (ISO 32000-2 §7.5.4, §7.5.8): where a file says that its objects are."""

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.values import Name, PdfError, Reader, Stream

MOST_OBJECTS: Final = 200_000
_LENGTHS: Final = 3
_SLACK: Final = 1024
_ROW: Final = re.compile(rb"(\d{10}) (\d{5}) ([fn])[ \r\n]{1,3}")
_STRUCT: Final[Mapping[int, str]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
_WHITE: Final = rb"[\0\t\n\f\r ]"
_HEADER: Final = re.compile(
    rb"%b{0,256}(\d{1,10})%b{1,256}(\d{1,5})%b{1,256}obj(?![A-Za-z])" % (_WHITE, _WHITE, _WHITE)
)
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n)")
_ENDSTREAM: Final = re.compile(rb"[\r\n \t]*endstream(?![A-Za-z])")


class Place(NamedTuple):
    """Where an object is: at an offset of the file; or, with the number of an object stream, at an index of that."""

    generation: int
    offset: int
    container: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One cross-reference section.

    Attributes:
        start: its offset. end: behind its trailer dictionary or its stream object.
        trailer: the trailer dictionary.
        entries: by object number: a place, or None for one that is free.
        is_stream: it is a cross-reference stream.
    """

    start: int
    end: int
    trailer: dict[str, Any]
    entries: dict[int, Place | None]
    is_stream: bool


def read_section(data: bytes, start: int) -> Section:
    """Read the section at an offset.

    Raises:
        PdfError: there is none, or it is malformed.
    """
    reader = Reader(data, start)
    reader.skip_space()
    if reader.take(b"xref"):
        return _table(reader, start)
    return _stream(data, start)


def _table(reader: Reader, start: int) -> Section:
    entries: dict[int, Place | None] = {}
    while True:
        reader.skip_space()
        if reader.take(b"trailer"):
            break
        first, count = reader.integer(), reader.integer()
        reader.skip_space()
        for number in range(first, first + count):
            row = _ROW.match(reader.data, reader.position)
            if row is None or number > MOST_OBJECTS or number in entries:
                raise PdfError("a cross-reference table is malformed")
            reader.position = row.end()
            entries[number] = Place(int(row[2]), int(row[1])) if row[3] == b"n" else None
    trailer = reader.value()
    if not isinstance(trailer, dict):
        raise PdfError("a trailer is no dictionary")
    return Section(start, reader.position, trailer, entries, is_stream=False)


def _stream(data: bytes, start: int) -> Section:
    _, stream, end = read_object(data, start, None)
    if not isinstance(stream, Stream) or stream.dictionary.get("Type") != Name("XRef"):
        raise PdfError("no cross-reference section stands where one should")
    trailer = stream.dictionary
    widths, size = trailer.get("W"), trailer.get("Size")
    index = trailer.get("Index", [0, size])
    if not isinstance(widths, list) or len(widths) != _LENGTHS or not isinstance(index, list) or len(index) % 2:
        raise PdfError("a cross-reference stream is malformed")
    if not all(isinstance(one, int) and 0 <= one <= 8 for one in widths):  # noqa: PLR2004 -- bytes
        raise PdfError("a cross-reference stream is malformed")
    if not all(isinstance(one, int) and 0 <= one <= MOST_OBJECTS for one in index):
        raise PdfError("a cross-reference stream is malformed")
    ranges = [range(a, a + n) for a, n in zip(index[::2], index[1::2], strict=True)]
    most = 2 * sum(widths) * sum(map(len, ranges)) + _SLACK  # twice, for the rows of a predictor may be a byte long
    entries = _rows(unpacked(stream, most), widths, ranges)
    return Section(start, end, trailer, entries, is_stream=True)


def _rows(data: bytes, widths: list[int], ranges: list[range]) -> dict[int, Place | None]:
    width = sum(widths)
    if not width or len(data) < width * sum(map(len, ranges)):
        raise PdfError("a cross-reference stream is shorter than it says")
    entries: dict[int, Place | None] = {}
    numbers = [number for part in ranges for number in part]
    for number, (kind, middle, last) in zip(numbers, _split(data[: width * len(numbers)], widths), strict=True):
        if number in entries or kind > 2:  # noqa: PLR2004 -- §7.5.8.3: 0 free, 1 at an offset, 2 in an object stream
            raise PdfError("a cross-reference stream is malformed")
        entries[number] = None if not kind else Place(last, middle) if kind == 1 else Place(0, last, middle)
    return entries


def _split(data: bytes, widths: list[int]) -> Iterator[tuple[int, int, int]]:
    """The fields of each row; a type that has no width is 1 (§7.5.8.2)."""
    if all(one in _STRUCT for one in widths):
        yield from struct.iter_unpack(">" + "".join(_STRUCT[one] for one in widths), data)
        return
    first, second, width = widths[0], widths[0] + widths[1], sum(widths)
    for position in range(0, len(data), width):
        row = data[position : position + width]
        kind = int.from_bytes(row[:first], "big") if first else 1
        yield kind, int.from_bytes(row[first:second], "big"), int.from_bytes(row[second:], "big")


def read_object(data: bytes, start: int, lengths: "dict[int, Place | None] | None") -> tuple[tuple[int, int], Any, int]:
    """Read an indirect object at an offset (§7.3.10).

    Args:
        lengths: where the lengths of streams are, if they are objects of their own.

    Returns:
        Its number and generation, its value, and the offset behind its `endobj`.

    Raises:
        PdfError: none stands there, or it is malformed.
    """
    header = _HEADER.match(data, start)
    if header is None:
        raise PdfError("no object stands where one should")
    reader = Reader(data, header.end())
    value = reader.value()
    reader.skip_space()
    if isinstance(value, dict):
        begin = _STREAM.match(data, reader.position)
        if begin is not None:
            length = _length(data, value.get("Length"), lengths)
            end = begin.end() + length
            closing = _ENDSTREAM.match(data, end)
            if length < 0 or closing is None:
                raise PdfError("a stream has another length than it says")
            reader.position = closing.end()
            value = Stream(value, data[begin.end() : end])
            reader.skip_space()
    reader.expect(b"endobj")
    return (int(header[1]), int(header[2])), value, reader.position


def _length(data: bytes, length: Any, places: "dict[int, Place | None] | None") -> int:
    if isinstance(length, tuple) and places is not None:
        place = places.get(length[0])
        if place is not None and place.container is None:
            header = _HEADER.match(data, place.offset)
            if header is not None and int(header[1]) == length[0]:
                return Reader(data, header.end()).integer()
    if not isinstance(length, int) or isinstance(length, bool):
        raise PdfError("a stream does not say its length")
    return length

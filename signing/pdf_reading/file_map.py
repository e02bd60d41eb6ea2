"""What every byte of a file is for: objects, cross-reference sections, revisions, and what is none of these."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.likeness import links_of
from signing.pdf_reading.sections import MOST_OBJECTS, Place, Section, read_object, read_section
from signing.pdf_reading.values import Name, PdfError, Reader, Ref, Stream, Value

_MOST_SECTIONS: Final = 256
_MOST_IN_OBJECT_STREAMS: Final = 200_000
_MOST_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of all object streams of a file, unpacked."""
_END: Final = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF[\0\t\n\f\r ]{0,8}\Z")
_TAIL: Final = 64
_BETWEEN: Final = re.compile(  # possessive, so that there is one way only to match
    rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+|startxref[\0\t\n\f\r ]++\d{1,10}(?=[\0\t\n\f\r ]+%%EOF))*+\Z"
)
_WHITE: Final = re.compile(rb"[\0\t\n\f\r ]{0,256}+")
_PART: Final = re.compile(rb"%%EOF[\0\t\n\f\r ]{0,2}")
_STARTXREF: Final = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})")
_MOST_PARSED: Final = 4
"""How often the bytes of a file may be read as objects: of an honest one, each is read once."""
_OBJECT: Final = re.compile(rb"\d[\0\t\n\f\r ]+obj")
_HEADER: Final = re.compile(rb"%PDF-\d\.\d")


class Oddity(StrEnum):
    """What no honest writer leaves in a file, and where readers part ways."""

    LEADING = "bytes before the file's header"
    STRAY = "bytes that belong to no revision"
    UNLISTED = "an object that no cross-reference lists"
    MISPLACED = "a cross-reference that leads to no object"
    OVERLAP = "objects that overlap"
    HYBRID = "a hybrid cross-reference"


@dataclass(frozen=True, slots=True)
class Found:
    """An oddity and where it begins."""

    oddity: Oddity
    offset: int


@dataclass(frozen=True, slots=True)
class _Object:
    ref: Ref
    value: Value
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Revision:
    """The file as it was at one of its ends.

    Attributes:
        end: length of the file then.
        trailer: the newest trailer.
        places: by object number: where it is; None for one that is free.
        sections: offsets of the cross-reference sections, the newest first.
    """

    end: int
    trailer: dict[str, Value] = field(repr=False)
    places: dict[int, Place | None] = field(repr=False)
    sections: tuple[int, ...]
    _file: "FileMap" = field(repr=False)

    def get(self, ref: Ref) -> Value:
        """The object that is meant; None if there is none, as the standard has it (§7.3.10)."""
        place = self.places.get(ref.number)
        if place is None or place.generation != ref.generation:
            return None
        return self._file.at(ref, place, self)

    def links(self, ref: Ref) -> tuple[tuple[Ref, tuple[str, ...]], ...]:
        """What an object refers to, each with the keys above it."""
        return self._file.links(self.get(ref))

    def resolve(self, value: Value) -> Value:
        """The value, or what it refers to.

        Raises:
            PdfError: references lead in a circle.
        """
        for _ in range(16):
            if not isinstance(value, Ref):
                return value
            value = self.get(value)
        raise PdfError("references lead in a circle")

    def entry(self, dictionary: Value, key: str) -> Value:
        """What stands for a key, through references; None if it is absent, or the dictionary is none."""
        if isinstance(dictionary, Stream):
            dictionary = dictionary.dictionary
        return self.resolve(dictionary.get(key)) if isinstance(dictionary, dict) else None

    def objects(self) -> Iterator[tuple[Ref, Value]]:
        """All objects."""
        for number, place in self.places.items():
            if place is not None:
                ref = Ref(number, place.generation)
                yield ref, self.get(ref)


class FileMap:
    """A file that was read.

    Attributes:
        data: its bytes.
        oddities: what is strange about it, in the order of the file.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._sections: dict[int, Section] = {}
        self._objects: dict[int, _Object | None] = {}
        self._containers: dict[int, dict[int, tuple[int, Value]]] = {}
        self._revisions: dict[int, Revision] = {}
        self._places: dict[int, dict[int, Place | None]] = {}
        self._packed = self._unpacked = self._parsed = 0
        self._links: dict[int, tuple[tuple[Ref, tuple[str, ...]], ...]] = {}
        self.oddities: list[Found] = []
        self._map()

    def at(self, ref: Ref, place: Place, revision: Revision) -> Value:
        """The object at a place; None if another one stands there."""
        if place.container is not None:
            number, value = self._unpack(place.container, revision).get(place.offset, (None, None))
            return value if number == ref.number else None
        found = self._objects.get(place.offset)
        return found.value if found is not None and found.ref == ref else None

    def revision(self, end: int) -> Revision:
        """The file as it was when it had so many bytes.

        Raises:
            PdfError: no revision ends there.
        """
        if end not in self._revisions:
            found = _END.search(self.data[max(0, end - _TAIL) : end])
            if found is None:
                raise PdfError("no revision ends there")
            sections = self._chain(int(found[1]))
            if max(section.end for section in sections) > end:
                raise PdfError("a revision refers to what comes after it")
            offsets = tuple(section.start for section in sections)
            self._revisions[end] = Revision(end, sections[0].trailer, self._merged(sections), offsets, self)
        return self._revisions[end]

    def links(self, value: Value) -> tuple[tuple[Ref, tuple[str, ...]], ...]:
        """What an object of this file refers to, each with the keys above it; looked for once."""
        if id(value) not in self._links:  # objects live as long as their file
            self._links[id(value)] = tuple(links_of(value))
        return self._links[id(value)]

    @property
    def last(self) -> Revision:
        """The file as it is."""
        return self.revision(len(self.data))

    # -- reading ------------------------------------------------------------------------------------------------------

    def _map(self) -> None:
        if not _HEADER.match(self.data):
            at = self.data.find(b"%PDF-", 0, 1024)
            if at < 0:
                raise PdfError("no PDF header")
            self.oddities.append(Found(Oddity.LEADING, 0))
        sections = self._chain(self._start())
        places = self._merged(sections)
        spans = {self._digits(section.start): (section.start, section.end) for section in sections}
        for section in sections:
            for number, place in section.entries.items():
                if place is not None and place.container is None:
                    self._read(number, place, places, spans, section.start)
        self._judge_gaps(spans)
        self.oddities.sort(key=lambda found: found.offset)

    def _start(self) -> int:
        found = _END.search(self.data[-_TAIL:])
        if found is not None:
            return int(found[1])
        every = deque(_STARTXREF.finditer(self.data), maxlen=1)
        if not every:
            raise PdfError("no startxref at the end")
        return int(every[0][1])

    def _chain(self, start: int) -> list[Section]:
        """A section and those before it, the newest first."""
        chain: list[Section] = []
        seen: set[int] = set()
        following: Value = start
        while following is not None:
            if not isinstance(following, int) or following in seen or len(seen) > _MOST_SECTIONS:
                raise PdfError("the chain of cross-references has no end")
            seen.add(following)
            chain.append(self._section(following))
            following = chain[-1].trailer.get("Prev")
        return chain

    def _merged(self, sections: list[Section]) -> dict[int, Place | None]:
        """Where the objects are after some sections, the newest first; the same value for the same sections."""
        newest = sections[0].start
        if newest not in self._places:
            places: dict[int, Place | None] = {}
            for section in reversed(sections):
                places.update(section.entries)
            self._places[newest] = places
        return self._places[newest]

    def _section(self, start: int) -> Section:
        if start not in self._sections:
            section = read_section(self.data, start)
            hidden = section.trailer.get("XRefStm") if not section.is_stream else None
            if hidden is not None:
                self.oddities.append(Found(Oddity.HYBRID, start))
                more = read_section(self.data, hidden) if isinstance(hidden, int) else None
                if more is None or not more.is_stream:
                    raise PdfError("a hybrid cross-reference is malformed")
                self._read(None, Place(0, hidden), {}, {}, start)
                for number, place in more.entries.items():  # what the table calls free, the stream may show (§7.5.8.4)
                    if section.entries.get(number) is None:
                        section.entries[number] = place
            self._sections[start] = section
            if sum(len(one.entries) for one in self._sections.values()) > 2 * MOST_OBJECTS:
                raise PdfError("more objects than any honest file has")
        return self._sections[start]

    def _digits(self, offset: int) -> int:
        """Where the first thing behind white space begins."""
        reader = Reader(self.data, offset)
        reader.skip_space()
        return reader.position

    def _read(
        self,
        number: int | None,
        place: Place,
        places: dict[int, Place | None],
        spans: dict[int, tuple[int, int]],
        listed_at: int,
    ) -> None:
        offset = place.offset
        if offset not in self._objects:
            start = _WHITE.match(self.data, offset).end()  # type: ignore[union-attr]  # matches nothing, too
            if start in self._objects:
                self._objects[offset] = self._objects[start]
        if offset not in self._objects:
            try:
                numbers, value, end = read_object(self.data, offset, places)
            except PdfError as error:
                if offset < len(self.data) and "no object" not in str(error):
                    raise
                self._objects[offset] = None
            else:
                found = _Object(Ref(*numbers), value, start, end)
                self._parsed += end - offset
                if self._parsed > _MOST_PARSED * len(self.data):  # one within the other, a thousand deep
                    raise PdfError("objects overlap beyond all measure")
                self._objects[offset] = self._objects[start] = found
                spans[start] = (start, end)
        known = self._objects[offset]
        if number is not None and offset and (known is None or known.ref != Ref(number, place.generation)):
            self.oddities.append(Found(Oddity.MISPLACED, listed_at))

    def _judge_gaps(self, spans: dict[int, tuple[int, int]]) -> None:
        """Everything between objects and sections must be white space, comments, or the end of a revision."""
        position = 0
        for start, end in [*sorted(spans.values()), (len(self.data), len(self.data))]:
            if start < position:
                self.oddities.append(Found(Oddity.OVERLAP, start))
            elif start > position:
                self._judge_gap(position, start)
            position = max(position, end)

    def _judge_gap(self, start: int, end: int) -> None:
        """Judge it end of file by end of file: what one revision holds is nothing that the next one answers for."""
        start = start or max(0, self.data.find(b"%PDF-", 0, end))  # what stands before it is an oddity already
        for part in [*_PART.finditer(self.data, start, end), None]:
            stop = part.end() if part else end
            oddity = self._oddity(self.data[start:stop], is_last=stop == len(self.data))
            if oddity is not None:
                self.oddities.append(Found(oddity, self._digits(start)))
            start = stop

    def _oddity(self, gap: bytes, *, is_last: bool) -> Oddity | None:
        if not gap.strip():
            return None
        if _OBJECT.search(gap) or b"trailer" in gap:
            return Oddity.UNLISTED
        if not _BETWEEN.match(gap):
            return Oddity.STRAY
        # A linearized file's first section says 0 (Annex F.3.4).
        if any(int(one[1]) and int(one[1]) not in self._sections for one in _STARTXREF.finditer(gap)):
            return Oddity.UNLISTED
        return Oddity.STRAY if is_last and not _END.search(self.data[-_TAIL:]) else None

    def _unpack(self, number: int, revision: Revision) -> dict[int, tuple[int, Value]]:
        """The objects of an object stream by their index (§7.5.7), with their numbers."""
        place = revision.places.get(number)
        if place is None or place.container is not None:
            return {}
        if place.offset not in self._containers:
            stream = self.at(Ref(number, place.generation), place, revision)
            if not isinstance(stream, Stream) or stream.dictionary.get("Type") != Name("ObjStm"):
                raise PdfError("an object stream is none")
            self._containers[place.offset] = self._contents(stream)
        return self._containers[place.offset]

    def _contents(self, stream: Stream) -> dict[int, tuple[int, Value]]:
        count, first = stream.dictionary.get("N"), stream.dictionary.get("First")
        if not isinstance(count, int) or not isinstance(first, int) or count < 0 or first < 0:
            raise PdfError("an object stream does not say what it holds")
        self._packed += count
        if self._packed > _MOST_IN_OBJECT_STREAMS:
            raise PdfError("more objects than any honest file has")
        data = unpacked(stream)
        self._unpacked += len(data)
        if self._unpacked > _MOST_UNPACKED:
            raise PdfError("object streams are larger than those of any honest file")
        head = Reader(data[:first])
        numbers = [(head.integer(), head.integer()) for _ in range(count)]
        if len(dict(numbers)) < count:
            raise PdfError("an object stream has an object twice")
        values = {}
        for start, following in pairwise([*sorted({first + at for _, at in numbers}), len(data)]):
            reader = Reader(data, start, is_packed=True)
            values[start] = reader.value()
            if reader.position > following:
                raise PdfError("objects of an object stream overlap")
        return {index: (number, values[first + at]) for index, (number, at) in enumerate(numbers)}


def map_file(data: bytes) -> FileMap:
    """Read a file.

    Raises:
        PdfError: it cannot be read. What can be read, and is strange all the same, is among the map's oddities.
    """
    return FileMap(data)

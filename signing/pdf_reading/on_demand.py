"""A file of which only those objects are read that somebody asks for: for who writes behind a file, and judges nothing.

What nobody asks for may be anything. Whoever wants to know what a file holds reads it with `map_file`.
"""

from functools import lru_cache
from itertools import pairwise
from typing import Final

from signing.pdf_reading.file_map import FileMap, Revision
from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.sections import MOST_OBJECTS, Place, read_object
from signing.pdf_reading.values import Name, PdfError, Reader, Ref, Stream, Value

_MOST_DIGITS: Final = 10
_LONGEST_REMEMBERED: Final = 4096


class OnDemandFile(FileMap):
    """A file whose cross-references were read, and nothing else yet.

    Raises:
        PdfError: it has none that could be read.
    """

    def _map(self) -> None:
        self._values: dict[tuple[Ref, Place], Value] = {}
        self._bundles: dict[int, tuple[bytes, dict[int, tuple[int, int, int]]]] = {}
        if not self.data.startswith(b"%PDF-"):
            raise PdfError("no PDF header")
        self.revision(len(self.data))

    def at(self, ref: Ref, place: Place, revision: Revision) -> Value:
        """The object at a place; None if another one stands there."""
        if (ref, place) not in self._values:
            self._values[ref, place] = self._value(ref, place, revision)
        return self._values[ref, place]

    def _value(self, ref: Ref, place: Place, revision: Revision) -> Value:
        if place.container is None:
            numbers, value, _ = read_object(self.data, place.offset, revision.places)
            return value if numbers == ref else None
        data, starts = self._bundle(place.container, revision)
        number, start, end = starts.get(place.offset, (-1, 0, 0))
        if number != ref.number:
            return None
        text = data[start:end]
        return _value_again(text) if len(text) <= _LONGEST_REMEMBERED else _value(text)

    def _bundle(self, number: int, revision: Revision) -> tuple[bytes, dict[int, tuple[int, int, int]]]:
        """An object stream (§7.5.7): its data, and by index an object's number, where it begins and ends."""
        if number not in self._bundles:
            place = revision.places.get(number)
            stream = revision.get(Ref(number, 0)) if place is not None and place.container is None else None
            if not isinstance(stream, Stream) or stream.dictionary.get("Type") != Name("ObjStm"):
                raise PdfError("an object stream is none")
            count, first = stream.dictionary.get("N"), stream.dictionary.get("First")
            if type(count) is not int or type(first) is not int or not 0 <= count <= MOST_OBJECTS or first < 0:
                raise PdfError("an object stream does not say what it holds")
            data = unpacked(stream)
            self._bundles[number] = data, _starts(data, first, count)
        return self._bundles[number]


def _starts(data: bytes, first: int, count: int) -> dict[int, tuple[int, int, int]]:
    words = data[:first].split()
    if len(words) != 2 * count or not all(map(bytes.isdigit, words)) or max(map(len, words), default=0) > _MOST_DIGITS:
        raise PdfError("an object stream does not say what it holds")
    starts = [first + int(word) for word in words[1::2]]
    following = dict(pairwise([*sorted(set(starts)), len(data)]))
    return {
        index: (int(word), start, following.get(start, start))
        for index, (word, start) in enumerate(zip(words[::2], starts, strict=True))
    }


def _value(text: bytes) -> Value:
    return Reader(text, is_packed=True).value()


_value_again: Final = lru_cache(maxsize=256)(_value)
"""The same for texts that come again and again, as a template's catalog does; nobody changes what was read."""

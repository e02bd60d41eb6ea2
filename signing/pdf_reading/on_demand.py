"""A file of which only those objects are read that somebody asks for: for who writes behind a file, and judges nothing.

What nobody asks for may be anything. Whoever wants to know what a file holds reads it with `map_file`.
"""

from signing.pdf_reading.file_map import FileMap, Revision
from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.sections import MOST_OBJECTS, Place, read_object
from signing.pdf_reading.values import Name, PdfError, Reader, Ref, Stream, Value


class OnDemandFile(FileMap):
    """A file whose cross-references were read, and nothing else yet.

    Raises:
        PdfError: it has none that could be read.
    """

    def _map(self) -> None:
        self._values: dict[tuple[Ref, Place], Value] = {}
        self._bundles: dict[int, tuple[bytes, dict[int, tuple[int, int]]]] = {}
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
        number, start = starts.get(place.offset, (-1, 0))
        return Reader(data, start, is_packed=True).value() if number == ref.number else None

    def _bundle(self, number: int, revision: Revision) -> tuple[bytes, dict[int, tuple[int, int]]]:
        """An object stream (§7.5.7): its data, and by index the number of an object and where it begins."""
        if number not in self._bundles:
            place = revision.places.get(number)
            stream = revision.get(Ref(number, 0)) if place is not None and place.container is None else None
            if not isinstance(stream, Stream) or stream.dictionary.get("Type") != Name("ObjStm"):
                raise PdfError("an object stream is none")
            count, first = stream.dictionary.get("N"), stream.dictionary.get("First")
            if type(count) is not int or type(first) is not int or not 0 <= count <= MOST_OBJECTS or first < 0:
                raise PdfError("an object stream does not say what it holds")
            data = unpacked(stream)
            head = Reader(data[:first])
            starts = {index: (head.integer(), first + head.integer()) for index in range(count)}
            self._bundles[number] = data, starts
        return self._bundles[number]

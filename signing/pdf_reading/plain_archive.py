"""Plain files with one archive update of ours behind them: what that says follows from the file before it.

Of the update (docs/seals.md) only evidence, time-stamp and the new identifier of the file are free; all else is
compared with what our writer makes of the file before, to the last byte. A file that differs in the least, or that was
archived again, is read by `file_map`, and other readers are asked, too (ADR 25).
"""

import re
import struct
import zlib
from itertools import groupby
from typing import Final, NamedTuple

from signing import der
from signing.evidence import MOST_EVIDENCE
from signing.pdf_reading.file_map import FileMap, Revision
from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.plain import NotPlainError, PlainFile, whole
from signing.pdf_reading.sections import Place
from signing.pdf_reading.values import HexString, PdfError, Ref, Stream, Value

_TAIL: Final = re.compile(rb"startxref\n([1-9]\d{0,7})\n%%EOF\n\Z")
_LONGEST_TAIL: Final = 40
_TABLE: Final = re.compile(
    rb"(?P<number>[1-9]\d{0,4}) 0 obj\n(?P<said><</Type/XRef/Size \d{1,5}/W\[1 4 2\]/Index\[[\d ]{3,200}\]"
    rb"/Root \d{1,5} 0 R/Info \d{1,5} 0 R/Prev \d{1,8}/ID\[<[0-9A-F]{32}> <(?P<id>[0-9A-F]{32})>\]"
    rb"/Length (?P<length>[1-9]\d{0,3})>>)\nstream\n"
)
_END_OF_STREAM: Final = b"\nendstream\nendobj\n"
_ENTRY: Final = re.compile(rb"([1-9]\d{0,4}) 0 obj\n(<<(?:/Filter/FlateDecode)?/Length ([1-9]\d{0,6})>>)\nstream\n")
_OBJECT: Final = re.compile(rb"([1-9]\d{0,4}) 0 obj\n(<<[^\n]{1,65536}>>)\nendobj\n")
_STAMP: Final = re.compile(
    rb"(<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange \[0(?: [1-9]\d{0,7}){3}\]) *+"
    rb"/Contents (<((?:[0-9A-Fa-f]{2})*+)>)>>"
)
_LIST: Final = rb"\[[1-9]\d* 0 R(?: [1-9]\d* 0 R)*\]"
_STORE: Final = re.compile(rb"<</Type/DSS(?:/Certs%b)?(?:/OCSPs%b)?(?:/CRLs%b)?>>" % (_LIST, _LIST, _LIST))
_REFERENCE: Final = re.compile(rb"(\d+) 0 R")
_FIELD: Final = (
    b"<</FT/Sig/T(Archive1)/Type/Annot/Subtype/Widget/F 132/Rect[-9999 -9999 -9999 -9999]/P %d 0 R/V %d 0 R>>"
)
_ROW: Final = struct.Struct(">BIH")


class _Written(NamedTuple):
    """An object of the update.

    Attributes:
        offset: where it begins.
        text: itself, or of a stream its dictionary.
        text_at: where that begins.
        data: of a stream; None for any other object.
    """

    offset: int
    text: bytes
    text_at: int
    data: bytes | None


class ArchivedFile(FileMap):
    """A plain file that was archived once.

    Attributes:
        sealed: the file before.

    Raises:
        PdfError: it is none (`NotPlainError`), or cannot be read.
    """

    sealed: PlainFile

    def _map(self) -> None:
        size = len(self.data)
        tail = _TAIL.search(self.data, max(0, size - _LONGEST_TAIL))
        table = tail and _TABLE.match(self.data, int(tail[1]))
        if not tail or not table:
            raise NotPlainError
        start, rows_end = int(tail[1]), table.end() + int(table["length"])
        rows = self.data[table.end() : rows_end]
        if rows_end + len(_END_OF_STREAM) != tail.start() or not self.data.startswith(_END_OF_STREAM, rows_end):
            raise NotPlainError
        end = min((offset for _, offset, _ in _ROW.iter_unpack(rows)), default=0)
        self.sealed = PlainFile(self.data[:end])
        written = self._written(end, start)
        self._values = self._judged(written)
        offsets = {**{number: one.offset for number, one in written.items()}, int(table["number"]): start}
        about = self._table(offsets, table["id"])
        if int(table["number"]) != max(written) + 1 or table["said"] != about % len(rows):
            raise NotPlainError
        if rows != b"".join(_ROW.pack(1, at, 0) for at in offsets.values()):
            raise NotPlainError
        before = self.sealed.last
        trailer = whole(table["said"])
        self._values[start] = Stream(trailer, rows)
        places = {**before.places, **{number: Place(0, at) for number, at in offsets.items()}}
        self._revisions[end] = before
        self._revisions[size] = Revision(size, trailer, places, (start, *before.sections), self)

    def at(self, ref: Ref, place: Place, revision: Revision) -> Value:
        """The object at a place."""
        if place.container is None and place.offset in self._values:
            return self._values[place.offset]
        return self.sealed.at(ref, place, revision)

    def revision(self, end: int) -> Revision:
        """The file as it was sealed, or as it is.

        Raises:
            PdfError: no revision ends there.
        """
        if end not in self._revisions:
            raise PdfError("no revision ends there")
        return self._revisions[end]

    def _written(self, at: int, end: int) -> dict[int, _Written]:
        """The objects from one offset to another, back to back, in the order of their numbers."""
        found: dict[int, _Written] = {}
        while at < end:
            entry = _ENTRY.match(self.data, at)
            one = entry or _OBJECT.match(self.data, at)
            if one is None or int(one[1]) <= max(found, default=0):
                raise NotPlainError
            data, following = None, one.end()
            if entry is not None:
                following += int(entry[3]) + len(_END_OF_STREAM)
                data = self.data[entry.end() : entry.end() + int(entry[3])]
                if not self.data.startswith(_END_OF_STREAM, entry.end() + len(data)):
                    raise NotPlainError
            found[int(one[1])] = _Written(at, one[2], one.start(2), data)
            at = following
        if at != end or not found:
            raise NotPlainError
        return found

    def _judged(self, written: dict[int, _Written]) -> dict[int, Value]:
        """The values of the objects by their offsets; each is what our writer makes of the file before."""
        sealed, before = self.sealed, self.sealed.last
        size = int(before.trailer["Size"])
        root = before.resolve(before.trailer["Root"])
        page, form = before.entry(before.entry(root, "Pages"), "Kids")[0].number, root["AcroForm"].number
        entries = [number for number, one in written.items() if one.data is not None]
        store = size + len(entries)
        field, stamp = store + 1, store + 2
        (seal,) = before.resolve(root["AcroForm"])["Fields"]
        both = b"[%d 0 R %d 0 R]" % (seal.number, field)
        alone = b"[%d 0 R]" % seal.number
        expected = {
            before.trailer["Root"].number: sealed.text(before.trailer["Root"].number)[:-2] + b"/DSS %d 0 R>>" % store,
            page: _with(sealed.text(page), b"/Annots", alone, both),
            form: _with(sealed.text(form), b"/Fields", alone, both),
            field: _FIELD % (page, stamp),
        }
        known = _STORE.fullmatch(written[store].text)
        signed = _STAMP.fullmatch(written[stamp].text)
        listed = [int(number) for number in _REFERENCE.findall(written[store].text)]
        if not known or not signed or listed != entries or entries != list(range(size, store)):
            raise NotPlainError
        if written.keys() != expected.keys() | {*entries, store, stamp} or any(
            written[number].text != text for number, text in expected.items()
        ):
            raise NotPlainError
        values: dict[int, Value] = {
            written[number].offset: whole(written[number].text) for number in (*expected, store)
        }
        contents = HexString(bytes.fromhex(signed[3].decode("ascii")))
        at = written[stamp].text_at
        contents.span = at + signed.start(2), at + signed.end(2)
        values[written[stamp].offset] = {**whole(signed[1] + b">>"), "Contents": contents}
        room = MOST_EVIDENCE
        for number in entries:
            stream = Stream(whole(written[number].text), written[number].data or b"")
            data = unpacked(stream, room)
            room -= len(data)
            if data[:1] != bytes((der.SEQUENCE,)) or der.encoded_length(data) != len(data):
                raise NotPlainError
            values[written[number].offset] = stream
        return values

    def _table(self, offsets: dict[int, int], identity: bytes) -> bytes:
        """The dictionary of the cross-references, but for its length."""
        trailer, start = self.sealed.last.trailer, self.sealed.last.sections[0]
        runs = [[number for _, number in run] for _, run in groupby(enumerate(offsets), lambda one: one[1] - one[0])]
        index = b" ".join(b"%d %d" % (run[0], len(run)) for run in runs)
        first = trailer["ID"][0].hex().upper().encode("ascii")
        return b"<</Type/XRef/Size %d/W[1 4 2]/Index[%b]/Root %d 0 R/Info %d 0 R/Prev %d/ID[<%b> <%b>]/Length %%d>>" % (
            max(offsets) + 1,
            index,
            trailer["Root"].number,
            trailer["Info"].number,
            start,
            first,
            identity,
        )


def _with(text: bytes, key: bytes, old: bytes, new: bytes) -> bytes:
    """A text with another value for a key, which it must have once, and as ours is spelt."""
    if text.count(key) != 1 or key + old not in text:
        raise NotPlainError
    return text.replace(key + old, key + new)


def read_archived(data: bytes) -> ArchivedFile | None:
    """Read a file that is a plain one with one archive update of ours; None if it is none."""
    try:
        return ArchivedFile(data)
    except (PdfError, LookupError, AttributeError, TypeError, ValueError, zlib.error, der.DerError):
        return None

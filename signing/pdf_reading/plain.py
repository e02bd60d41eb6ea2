"""Plain files: one revision, written front to back in a form so narrow that every reader reads the same.

docs/file-format.md has the grammar. What differs from it in the least is no plain file, and is read by `file_map`, which
asks other readers, too (ADR 25). Nothing is judged here: a file is plain, or it is not.
"""

import re
import struct
import zlib
from functools import lru_cache
from itertools import accumulate
from typing import Final

from signing.pdf_reading.content import has_nothing_suspicious
from signing.pdf_reading.file_map import FileMap, Revision
from signing.pdf_reading.sections import Place
from signing.pdf_reading.values import HexString, Name, PdfError, Reader, Ref, Stream, Value

_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_TAIL: Final = re.compile(rb"startxref\n([1-9]\d{0,7})\n%%EOF\n\Z")
_LONGEST_TAIL: Final = 40
_TABLE: Final = re.compile(
    rb"([1-9]\d{0,4}) 0 obj\n(<</Type/XRef/Size ([1-9]\d{0,4})/W\[1 4 2\]/Root [1-9]\d{0,4} 0 R/Info [1-9]\d{0,4} 0 R"
    rb"/ID\[<([0-9a-f]{32})><\4>\]/Filter/FlateDecode/Length ([1-9]\d{0,5})>>)\nstream\n"
)
_STREAM: Final = re.compile(rb"([1-9]\d{0,4}) 0 obj\n(<<[^\n]{0,4000}?/Length (0|[1-9]\d{0,7})>>)\nstream\n")
_END_OF_STREAM: Final = b"\nendstream\nendobj\n"
_BUNDLE: Final = re.compile(
    rb"<</Type/ObjStm/N ([1-9]\d{0,4})/First ([1-9]\d{0,6})/Filter/FlateDecode/Length [1-9]\d{0,7}>>"
)
_SIGNATURE: Final = re.compile(
    rb"([1-9]\d{0,4}) 0 obj\n(<</Type/Sig/[^\n]{0,4000}?/ByteRange \[0 \d{1,8} \d{1,8} \d{1,8}\]) *+/Contents (<([0-9A-F]*+)>)>>\nendobj\n"
)
_HEAD: Final = re.compile(rb"\d{1,5} \d{1,7}(?: \d{1,5} \d{1,7})*+\n\Z")
_ROW: Final = struct.Struct(">BIH")
_FREE: Final = (0, 0, 0xFFFF)
_MOST_UNPACKED: Final = 1024 * 1024
_MOST_PAGES: Final = 64
_DEEPEST: Final = 16

_UNREADABLE: Final = bytes(set(range(256)) - set(b"\n") - set(range(0x20, 0x7F)))
_DOUBTFUL: Final = (
    b"%", b"\\", b"#", b"{", b"}", b"  ", b"null", b"/Linearized", b"/Encrypt", b"/Extends", b"/XRef", b"/ObjStm",
    b"/ ", b"//", b"/<", b"/>", b"/[", b"/]", b"/(", b"/)", b"0" * 15,
)  # fmt: skip
"""What may be read in two ways, outside of strings: comments, escapes, empty names, nothing as a value, numbers of many
digits, parts of other files; and of the names that act, those with a digit."""
_MEDIA_TYPE: Final = b"/Subtype/application#2Fjson"
"""The one name that needs an escape."""
_STRING: Final = re.compile(rb"(?<!<)<[0-9A-Fa-f]{1,8000}>|\([^()\\\r\n]{0,8000}\)")
_NUMBERS: Final = re.compile(rb"\[-?\d{1,5}(?:\.\d{1,5})?(?: -?\d{1,5}(?:\.\d{1,5})?){0,2000}\]")
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_LONGEST_SHAPE: Final = 4096
_FROM_DEPTH: Final = 64 - _DEEPEST


class PlainFile(FileMap):
    """A plain file that was read; objects are parsed when somebody asks for them.

    Raises:
        PdfError: it is no plain file.
    """

    def _map(self) -> None:
        self._texts: dict[int, bytes] = {}
        self._packed_data: dict[int, bytes] = {}
        self._values: dict[int, Value] = {}
        size = len(self.data)
        tail = _TAIL.search(self.data, max(0, size - _LONGEST_TAIL))
        table = tail and _TABLE.match(self.data, int(tail[1]))
        if not tail or not table or not self.data.startswith(_HEADER):
            raise PdfError("not plain")
        rows = self._rows(int(table[3]), table.end(), int(table[5]), tail.start())
        places = self._places_of(rows)
        trailer = Reader(table[2]).value()
        self._revisions[size] = Revision(size, trailer, places, (int(tail[1]),), self)
        self._walk(rows, int(table[1]), int(tail[1]))
        self._judge()

    def at(self, ref: Ref, place: Place, revision: Revision) -> Value:
        """The object of a number."""
        if ref.number not in self._values:
            value, data = _whole(self._texts[ref.number]), self._packed_data.get(ref.number)
            self._values[ref.number] = value if data is None else Stream(value, data)
        return self._values[ref.number]

    def revision(self, end: int) -> Revision:
        """The only one.

        Raises:
            PdfError: no revision ends there.
        """
        if end not in self._revisions:
            raise PdfError("no revision ends there")
        return self._revisions[end]

    def _rows(self, size: int, start: int, length: int, end: int) -> list[tuple[int, int, int]]:
        """The cross-references: type, offset or object stream, index; by object number."""
        if start + length + len(_END_OF_STREAM) != end or not self.data.startswith(_END_OF_STREAM, start + length):
            raise PdfError("not plain")
        data = _inflated(self.data[start : start + length], size * _ROW.size)
        if len(data) != size * _ROW.size:
            raise PdfError("not plain")
        rows = list(_ROW.iter_unpack(data))
        if rows[0] != _FREE:
            raise PdfError("not plain")
        return rows

    @staticmethod
    def _places_of(rows: list[tuple[int, int, int]]) -> dict[int, Place | None]:
        places: dict[int, Place | None] = {0: None}
        for number, (kind, where, index) in enumerate(rows[1:], 1):
            if kind == 1 and index == 0:
                places[number] = Place(0, where)
            elif kind == 2:  # noqa: PLR2004 -- §7.5.8.3: in an object stream
                places[number] = Place(0, index, where)
            else:
                raise PdfError("not plain")
        return places

    def _walk(self, rows: list[tuple[int, int, int]], table: int, end: int) -> None:
        """Go from object to object: each begins where the one before it ends, and is what it is listed as."""
        by_offset = sorted((where, number) for number, (kind, where, _) in enumerate(rows) if kind == 1)
        if by_offset.pop() != (end, table) or table != len(rows) - 1:
            raise PdfError("not plain")
        position, packed, signatures = len(_HEADER), 0, 0
        for where, number in by_offset:
            found = _STREAM.match(self.data, where)
            if where != position:
                raise PdfError("not plain")
            if found is None:
                position = self._signature(where, number)
                signatures += 1
                continue
            data_end = found.end() + int(found[3])
            position = data_end + len(_END_OF_STREAM)
            if int(found[1]) != number or not self.data.startswith(_END_OF_STREAM, data_end):
                raise PdfError("not plain")
            data = self.data[found.end() : data_end]
            bundle = _BUNDLE.fullmatch(found[2])
            if bundle:
                packed += self._unbundle(number, rows, data, int(bundle[1]), int(bundle[2]))
                self._values[number] = Stream({"Type": Name("ObjStm")}, data)
            else:
                shape = _shape(found[2].replace(_MEDIA_TYPE, b""))
                if not _is_harmless(shape, is_stream=True):
                    raise PdfError("not plain")
                self._texts[number], self._packed_data[number] = found[2], data
        if position != end or signatures != 1 or packed + len(by_offset) + 2 != len(rows):
            raise PdfError("not plain")
        self._values[table] = Stream(self.last.trailer, b"")

    def _signature(self, where: int, number: int) -> int:
        found = _SIGNATURE.match(self.data, where)
        if found is None or int(found[1]) != number or len(found[4]) % 2:
            raise PdfError("not plain")
        _shape(found[2])
        value = _whole(found[2] + b">>")
        contents = HexString(bytes.fromhex(found[4].decode("ascii")))
        contents.span = found.span(3)
        value["Contents"] = contents
        if not has_nothing_suspicious(value):
            raise PdfError("not plain")
        self._values[number] = value
        return found.end()

    def _unbundle(self, holder: int, rows: list[tuple[int, int, int]], data: bytes, count: int, first: int) -> int:
        """Read an object stream: one line an object, in the order of its head."""
        content = _inflated(data, _MOST_UNPACKED)
        head, body = content[:first], content[first:]
        if not _HEAD.match(head):
            raise PdfError("not plain")
        shapes = _shape(body).split(b"\n")
        numbers = list(map(int, head.split()))
        lines = body.split(b"\n")
        starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
        if len(lines) != count or numbers[1::2] != starts:
            raise PdfError("not plain")
        for index, (number, line, shape) in enumerate(zip(numbers[::2], lines, shapes, strict=True)):
            if number >= len(rows) or rows[number] != (2, holder, index):
                raise PdfError("not plain")
            self._texts[number] = line
            if not _is_harmless(shape):
                self._values[number] = value = _whole(line)
                if not has_nothing_suspicious(value):
                    raise PdfError("not plain")
        return count

    def _judge(self) -> None:
        """What readers count by their own means must come out the same: pages, and signatures."""
        revision = self.last
        root = revision.entry(revision.trailer, "Root")
        pages = revision.entry(root, "Pages")
        kids, count = revision.entry(pages, "Kids"), revision.entry(pages, "Count")
        if not isinstance(kids, list) or len(kids) != count or not 1 <= len(kids) <= _MOST_PAGES:
            raise PdfError("not plain")
        if len(set(kids)) != count or any(not self._is_page(one, root["Pages"]) for one in kids):
            raise PdfError("not plain")
        form = revision.entry(root, "AcroForm")
        fields = revision.entry(form, "Fields")
        field = revision.resolve(fields[0]) if isinstance(fields, list) and len(fields) == 1 else None
        if not isinstance(field, dict) or "Kids" in field or not isinstance(fields[0], Ref):
            raise PdfError("not plain")
        value = revision.entry(field, "V")
        if field.get("FT") != Name("Sig") or not isinstance(field.get("V"), Ref) or not isinstance(value, dict):
            raise PdfError("not plain")
        if "Contents" not in value or {"XFA", "NeedAppearances"} & set(form):
            raise PdfError("not plain")
        if {"OpenAction", "Collection", "OCProperties", "DSS", "Type"} & set(root) != {"Type"}:
            raise PdfError("not plain")

    def _is_page(self, one: Value, parent: Value) -> bool:
        page = self.last.resolve(one)
        return (
            isinstance(one, Ref)
            and isinstance(page, dict)
            and page.get("Type") == Name("Page")
            and page.get("Parent") == parent
            and "Kids" not in page
        )


def read_plain(data: bytes) -> PlainFile | None:
    """Read a file that is a plain one; None if it is none."""
    try:
        return PlainFile(data)
    except (PdfError, KeyError, zlib.error):
        return None


def _inflated(data: bytes, most: int) -> bytes:
    engine = zlib.decompressobj()
    content = engine.decompress(data, most + 1)
    if len(content) > most or not engine.eof or engine.unused_data:
        raise PdfError("not plain")
    return content


def _shape(text: bytes) -> bytes:
    """A text whose strings are empty, arrays of numbers too, and digits zeroes; each line is a value if it was one.

    Raises:
        PdfError: two readers might read it in two ways.
    """
    if b"\\" in text:
        raise PdfError("not plain")
    plain = _STRING.sub(b"()", text)
    shape = _NUMBERS.sub(b"[]", plain).translate(_DIGITS)
    if (
        len(plain.translate(None, _UNREADABLE)) != len(plain)
        or b"3D" in plain
        or any(map(shape.__contains__, _DOUBTFUL))
        or plain.count(b" R") != plain.count(b" 0 R")  # of another generation
    ):
        raise PdfError("not plain")
    return shape


def _whole(text: bytes) -> Value:
    """The one value that a text is."""
    reader = Reader(text, is_packed=True)
    value = reader.value(_FROM_DEPTH)
    if reader.position != len(text) or not isinstance(value, dict):
        raise PdfError("not plain")
    return value


@lru_cache(maxsize=1024)
def _harmless(shape: bytes, *, is_stream: bool) -> bool:
    try:
        value = _whole(shape)
        return has_nothing_suspicious(Stream(value, b"") if is_stream else value)
    except PdfError:
        return False


def _is_harmless(shape: bytes, *, is_stream: bool = False) -> bool:
    """Whether every object of this shape can be read, and is nothing to worry about.

    Two names that differ by their digits look like one: then it is not. Flags of annotations are numbers, so none but
    that of a signature, for which they do not matter, ever is.
    """
    return len(shape) <= _LONGEST_SHAPE and _harmless(shape, is_stream=is_stream)

"""Plain files: one revision, written front to back in a form so narrow that every reader reads the same.

docs/file-format.md has the grammar. What differs from it in the least is no plain file: it is read by `file_map`, and
other readers are asked, too (ADR 25). Nothing is judged here: a file is plain, or it is not.
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
    rb"(?P<number>[1-9]\d{0,4}) 0 obj\n<</Type/XRef/Size (?P<size>[1-9]\d{0,4})/W\[1 4 2\]"
    rb"/Root (?P<root>[1-9]\d{0,4}) 0 R/Info (?P<info>[1-9]\d{0,4}) 0 R/ID\[<(?P<id>[0-9a-f]{32})><(?P=id)>\]"
    rb"/Filter/FlateDecode/Length (?P<length>[1-9]\d{0,5})>>\nstream\n"
)
_STREAM: Final = re.compile(rb"([1-9]\d{0,4}) 0 obj\n(<<[^\n]{0,4000}?/Length (0|[1-9]\d{0,7})>>)\nstream\n")
_END_OF_STREAM: Final = b"\nendstream\nendobj\n"
_BUNDLE: Final = re.compile(
    rb"<</Type/ObjStm/N ([1-9]\d{0,4})/First ([1-9]\d{0,6})/Filter/FlateDecode/Length [1-9]\d{0,7}>>"
)
_SIGNATURE: Final = re.compile(
    rb"([1-9]\d{0,4}) 0 obj\n(<</Type/Sig/[^\n]{0,4000}?/ByteRange \[0 \d{1,8} \d{1,8} \d{1,8}\])"
    rb" *+/Contents (<([0-9A-F]*+)>)>>\nendobj\n"
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
_STRING: Final = re.compile(rb"\([^()\\\r\n]{0,8000}\)")
_HEX_STRING: Final = re.compile(rb"<(?<!<<)[0-9A-Fa-f]{1,8000}>")
_NUMBERS: Final = re.compile(rb"\[-?\d{1,5}(?:\.\d{1,5})?(?: -?\d{1,5}(?:\.\d{1,5})?){0,2000}\]")
_NOBODY: Final = tuple(bytes((one,)) + zeros for one in b" [])>\n" for zeros in (b"0 0 R", b"00", b"01"))
"""A reference to object 0, or a number with zeros before it."""
_ONES: Final = bytes.maketrans(b"23456789", b"1" * 8)
_DIGITS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_LONGEST_SHAPE: Final = 4096
_FROM_DEPTH: Final = 64 - _DEEPEST


class NotPlainError(PdfError):
    """The file is to be read by `file_map`."""


class PlainFile(FileMap):
    """A plain file that was read; objects are parsed when somebody asks for them.

    Raises:
        PdfError: it is no plain file (`NotPlainError`), or cannot be read.
    """

    def _map(self) -> None:
        self._texts: dict[int, bytes] = {}
        self._encoded: dict[int, bytes] = {}
        self._values: dict[int, Value] = {}
        size = len(self.data)
        tail = _TAIL.search(self.data, max(0, size - _LONGEST_TAIL))
        table = tail and _TABLE.match(self.data, int(tail[1]))
        if not tail or not table or not self.data.startswith(_HEADER):
            raise NotPlainError
        rows = self._rows(int(table["size"]), table.end(), int(table["length"]), tail.start())
        trailer = _trailer(table)
        self._revisions[size] = Revision(size, trailer, _places(rows), (int(tail[1]),), self)
        self._values[int(table["number"])] = Stream(trailer, b"")
        self._walk(rows, int(table["number"]), int(tail[1]))
        self._judge_objects()
        self._judge()

    def at(self, ref: Ref, place: Place, revision: Revision) -> Value:  # noqa: ARG002 -- one place for each
        """The object of a number."""
        if ref.number not in self._values:
            self._values[ref.number] = self._read_whole(ref.number)
        return self._values[ref.number]

    def text(self, number: int) -> bytes:
        """An object as it is written, of a stream its dictionary.

        Raises:
            KeyError: there is none, or it belongs to the file and not to the document.
        """
        return self._texts[number]

    def encoded(self, number: int) -> bytes:
        """The bytes of a stream as they stand in the file; empty for any other object."""
        return self._encoded.get(number, b"")

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
            raise NotPlainError
        data = _inflated(self.data[start : start + length], size * _ROW.size)
        if len(data) != size * _ROW.size:
            raise NotPlainError
        rows = list(_ROW.iter_unpack(data))
        if rows[0] != _FREE:
            raise NotPlainError
        return rows

    def _walk(self, rows: list[tuple[int, int, int]], table: int, end: int) -> None:
        """Go from object to object: each begins where the one before it ends, and is what it is listed as."""
        by_offset = sorted((where, number) for number, (kind, where, _) in enumerate(rows) if kind == 1)
        if by_offset.pop() != (end, table) or table != len(rows) - 1:
            raise NotPlainError
        position, signatures = len(_HEADER), 0
        for where, number in by_offset:
            if where != position:
                raise NotPlainError
            found = _STREAM.match(self.data, where)
            if found is None:
                position = self._signature(where, number)
                signatures += 1
                continue
            data_end = found.end() + int(found[3])
            position = data_end + len(_END_OF_STREAM)
            if int(found[1]) != number or not self.data.startswith(_END_OF_STREAM, data_end):
                raise NotPlainError
            data = self.data[found.end() : data_end]
            bundle = _BUNDLE.fullmatch(found[2])
            if bundle:
                self._unbundle(number, rows, data, int(bundle[1]), int(bundle[2]))
                self._values[number] = Stream({"Type": Name("ObjStm")}, data)
            else:
                self._texts[number], self._encoded[number] = found[2], data
        # Every number but 0 is that of one object: in the file, or in a stream.
        if position != end or signatures != 1 or len(self._texts.keys() | self._values.keys()) + 1 != len(rows):
            raise NotPlainError

    def _signature(self, where: int, number: int) -> int:
        """Read the signature dictionary.

        Returns:
            The offset behind it.
        """
        found = _SIGNATURE.match(self.data, where)
        if found is None or int(found[1]) != number or len(found[4]) % 2:
            raise NotPlainError
        contents = HexString(bytes.fromhex(found[4].decode("ascii")))
        contents.span = found.span(3)
        self._texts[number] = found[2] + b">>"
        self._values[number] = {**self._read_whole(number), "Contents": contents}
        return found.end()

    def _unbundle(self, holder: int, rows: list[tuple[int, int, int]], data: bytes, count: int, first: int) -> None:
        """Read an object stream: one line an object, in the order of its head."""
        content = _inflated(data, _MOST_UNPACKED)
        head, lines = content[:first], content[first:].split(b"\n")
        if not _HEAD.match(head):
            raise NotPlainError
        said = list(map(int, head.split()))
        numbers, starts = said[::2], said[1::2]
        if len(lines) != count or starts != [0, *accumulate(len(line) + 1 for line in lines[:-1])]:
            raise NotPlainError
        if max(numbers) >= len(rows) or [rows[one] for one in numbers] != [(2, holder, at) for at in range(count)]:
            raise NotPlainError
        self._texts.update(zip(numbers, lines, strict=True))

    def _judge_objects(self) -> None:
        """Every object can be read, in one way, and is nothing to worry about (`content`)."""
        text = b"\n".join(self._texts.values())
        shapes = _shape(text.replace(_MEDIA_TYPE, b"")).split(b"\n")
        harmless = {shape for shape in set(shapes) if len(shape) <= _LONGEST_SHAPE and _is_harmless(shape)}
        for number, shape in zip(self._texts, shapes, strict=True):
            if shape in harmless:
                continue
            if not has_nothing_suspicious(self.at(Ref(number, 0), Place(0, 0), self.last)):
                raise NotPlainError

    def _read_whole(self, number: int) -> Value:
        text, data = self._texts[number], self._encoded.get(number)
        value = _whole_again(text) if len(text) <= _LONGEST_SHAPE else whole(text)
        return value if data is None else Stream(value, data)

    def _judge(self) -> None:
        """What readers count by their own means must come out the same: pages, and signatures."""
        revision = self.last
        root = revision.entry(revision.trailer, "Root")
        if not isinstance(root, dict) or not all(isinstance(root.get(key), Ref) for key in ("Pages", "AcroForm")):
            raise NotPlainError
        pages, form = revision.entry(root, "Pages"), revision.entry(root, "AcroForm")
        if not isinstance(pages, dict) or not isinstance(form, dict):  # a stream has entries, too
            raise NotPlainError
        kids, count = revision.entry(pages, "Kids"), revision.entry(pages, "Count")
        if not isinstance(kids, list) or type(count) is not int or not 1 <= len(kids) == count <= _MOST_PAGES:
            raise NotPlainError
        if not all(self._is_page(one, root["Pages"]) for one in kids) or len(set(kids)) != count:
            raise NotPlainError
        fields = revision.entry(form, "Fields")
        field = revision.resolve(fields[0]) if isinstance(fields, list) and len(fields) == 1 else None
        if not isinstance(field, dict) or "Kids" in field or not isinstance(fields[0], Ref):
            raise NotPlainError
        value = revision.entry(field, "V")
        if field.get("FT") != Name("Sig") or not isinstance(field.get("V"), Ref) or not isinstance(value, dict):
            raise NotPlainError
        if "Contents" not in value or {"XFA", "NeedAppearances"} & set(form):
            raise NotPlainError
        if {"OpenAction", "Collection", "OCProperties", "DSS"} & set(root):
            raise NotPlainError
        if (root.get("Type"), pages.get("Type")) != (Name("Catalog"), Name("Pages")):  # which qpdf would mend
            raise NotPlainError

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
        raise NotPlainError
    return content


def _shape(text: bytes) -> bytes:
    """A text whose strings are empty, arrays of numbers too, and digits zeroes; each line is a value if it was one.

    Raises:
        PdfError: two readers might read it in two ways.
    """
    if b"\\" in text:
        raise NotPlainError
    plain = _HEX_STRING.sub(b"()", _STRING.sub(b"()", text))
    shape = _NUMBERS.sub(b"[]", plain).translate(_DIGITS)
    if (
        len(plain.translate(None, _UNREADABLE)) != len(plain)
        or b"3D" in plain
        or any(map(shape.__contains__, _DOUBTFUL))
        or plain.count(b" R") != plain.count(b" 0 R")  # of another generation
        or any(map(plain.translate(_ONES).__contains__, _NOBODY))
    ):
        raise NotPlainError
    return shape


def whole(text: bytes) -> Value:
    """The dictionary that a text is.

    Raises:
        PdfError: it is none, or more than one.
    """
    reader = Reader(text, is_packed=True)
    value = reader.value(_FROM_DEPTH)
    if reader.position != len(text) or not isinstance(value, dict):
        raise NotPlainError
    return value


_whole_again: Final = lru_cache(maxsize=256)(whole)
"""The same for texts that come again and again; nobody changes what was read."""


@lru_cache(maxsize=1024)
def _is_harmless(shape: bytes) -> bool:
    """Whether every object of this shape can be read, and is nothing to worry about, stream or not.

    Two names that differ by their digits look like one: then it is not. Flags of annotations are numbers, so none but
    that of a signature, for which they do not matter, ever is.
    """
    try:
        return has_nothing_suspicious(Stream(whole(shape), b""))
    except PdfError:
        return False


def _places(rows: list[tuple[int, int, int]]) -> dict[int, Place | None]:
    places: dict[int, Place | None] = {
        number: Place(0, where) if kind == 1 else Place(0, index, where)
        for number, (kind, where, index) in enumerate(rows)
        if (kind == 1 and index == 0) or kind == 2  # noqa: PLR2004 -- §7.5.8.3: in an object stream
    }
    if len(places) != len(rows) - 1:
        raise NotPlainError
    return {0: None, **places}


def _trailer(table: re.Match[bytes]) -> dict[str, Value]:
    identity = HexString(bytes.fromhex(table["id"].decode("ascii")))
    return {
        "Type": Name("XRef"),
        "Size": int(table["size"]),
        "W": [1, 4, 2],
        "Root": Ref(int(table["root"]), 0),
        "Info": Ref(int(table["info"]), 0),
        "ID": [identity, identity],
        "Filter": Name("FlateDecode"),
        "Length": int(table["length"]),
    }

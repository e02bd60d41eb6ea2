"""Writing PDF by hand, well or badly: incremental updates, cross-references that lie, and objects of any shape."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal

import pikepdf

Change = Callable[[pikepdf.Pdf], object]

_MOST_ADDED: Final = 64
_LAST_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a revision is written.

    Attributes:
        kind: cross-reference stream, classic table, or a table that points to a stream (hybrid).
        listed: which of the objects the cross-reference lists; all if None.
        moved: what it says instead of an object's true offset.
        freed: objects that it declares free.
        previous: `/Prev`; the last section of the file if None, no such entry if negative.
        root: object number of the catalogue.
        extra: further trailer entries.
        start: what `startxref` says, if not the truth.
    """

    kind: Literal["stream", "table", "hybrid"] = "stream"
    listed: Collection[int] | None = None
    moved: Mapping[int, int] | None = None
    freed: Collection[int] = ()
    previous: int | None = None
    root: int | None = None
    extra: bytes = b""
    start: int | None = None


def opened(pdf: bytes) -> pikepdf.Pdf:
    """Open a file from memory; for `with`."""
    return pikepdf.open(BytesIO(pdf))


def last_start(pdf: bytes) -> int:
    """Where the last cross-reference section begins, as the file says."""
    found = _LAST_START.search(pdf)
    assert found, "no startxref at the end"
    return int(found[1])


def size_of(pdf: bytes) -> int:
    """`/Size` of the file: the next free object number."""
    with opened(pdf) as document:
        return int(document.trailer.Size)


def root_of(pdf: bytes) -> int:
    """Object number of the catalogue."""
    with opened(pdf) as document:
        return int(document.Root.objgen[0])


def body(value: Any) -> bytes:
    """An object as it stands in a file, without its header."""
    if isinstance(value, pikepdf.Stream):
        raw = value.read_raw_bytes()
        dictionary = pikepdf.Dictionary(dict(value.items()))
        dictionary.Length = len(raw)
        return dictionary.unparse(resolved=True) + b"\nstream\n" + raw + b"\nendstream"
    if isinstance(value, pikepdf.Object):
        return bytes(value.unparse(resolved=True))
    return str(value).encode("ascii")  # pikepdf gives numbers as Python has them


def bodies(document: pikepdf.Pdf) -> dict[int, bytes]:
    """All objects of a document by number; streams with their data."""
    found = {number: document.get_object(number, 0) for number in range(1, int(document.trailer.Size) + _MOST_ADDED)}
    return {number: body(value) for number, value in found.items() if value is not None}


def as_written(pdf: bytes, number: int) -> tuple[int, int]:
    """Where the text of an object stands that is not packed: its last occurrence, without header and end."""
    header = b"\n%d 0 obj\n" % number
    start = pdf.rindex(header) + len(header)
    return start, pdf.index(b"\nendobj", start)


def changed(pdf: bytes, change: Change) -> dict[int, bytes]:
    """The objects that a change changes or adds."""
    with opened(pdf) as document:
        before = bodies(document)
        change(document)
        return {number: text for number, text in bodies(document).items() if before.get(number) != text}


def updated(pdf: bytes, change: Change, style: Style | None = None) -> bytes:
    """Append what a change changes as a revision of its own: what an editor's "save" does."""
    return append(pdf, changed(pdf, change), style)


def append(pdf: bytes, objects: Mapping[int, bytes], style: Style | None = None) -> bytes:
    """Append objects and a cross-reference section."""
    style = style or Style()
    out = bytearray(pdf)
    if not out.endswith(b"\n"):
        out += b"\n"
    offsets = {}
    for number, text in objects.items():
        offsets[number] = len(out)
        out += wrapped(number, text)
    entries = {number: offset for number, offset in offsets.items() if style.listed is None or number in style.listed}
    return bytes(out) + section(pdf, len(out), entries | dict(style.moved or {}), style)


def wrapped(number: int, text: bytes, generation: int = 0) -> bytes:
    """An object with header and end."""
    return b"%d %d obj\n%s\nendobj\n" % (number, generation, text)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def section(pdf: bytes, position: int, entries: Mapping[int, int], style: Style) -> bytes:
    """A cross-reference section that stands at a position, `startxref` and the end marker."""
    size = max([size_of(pdf), *(number + 1 for number in entries)])
    start = position if style.start is None else style.start
    ending = b"startxref\n%d\n%%%%EOF\n" % start
    lines = {number: (1, offset) for number, offset in entries.items()} | dict.fromkeys(style.freed, (0, 0))
    if style.kind == "stream":
        trailer = _trailer(pdf, size + 1, style)
        return xref_stream(size, position, lines, trailer) + ending
    if style.kind == "hybrid":  # the stream lists the objects, the table nothing
        hidden = xref_stream(size, position, lines, _trailer(pdf, size + 1, style))
        extra = b"/XRefStm %d " % position
        table = xref_table({0: (0, 65535)}) + b"trailer\n<< %s%s>>\n" % (_trailer(pdf, size + 1, style), extra)
        return hidden + table + b"startxref\n%d\n%%%%EOF\n" % (position + len(hidden))
    return xref_table(lines) + b"trailer\n<< %s>>\n" % _trailer(pdf, size, style) + ending


def xref_stream(number: int, position: int, lines: Mapping[int, tuple[int, int]], trailer: bytes) -> bytes:
    """A cross-reference stream, uncompressed, with itself in it."""
    lines = {**lines, number: (1, position)}
    index = b" ".join(b"%d 1" % one for one in sorted(lines))
    entries = [entry for _, entry in sorted(lines.items())]
    data = b"".join(bytes([kind]) + offset.to_bytes(4, "big") + b"\0" for kind, offset in entries)
    return wrapped(number, stream(data, b"/Type /XRef /W [1 4 1] /Index [%s] %s" % (index, trailer)))


def xref_table(lines: Mapping[int, tuple[int, int]]) -> bytes:
    """A classic table, one subsection an object."""
    out = b"xref\n"
    for number in sorted(lines):
        kind, offset = lines[number]
        out += b"%d 1\n%010d %05d %s \n" % (number, offset, 0 if kind else 65535, b"n" if kind else b"f")
    return out


def _trailer(pdf: bytes, size: int, style: Style) -> bytes:
    with opened(pdf) as document:
        identity = document.trailer.ID.unparse()
        info = document.trailer.Info.objgen[0]
    previous = last_start(pdf) if style.previous is None else style.previous
    prev = b"/Prev %d " % previous if previous >= 0 else b""
    root = root_of(pdf) if style.root is None else style.root
    return b"/Size %d /Root %d 0 R /Info %d 0 R /ID %s %s%s " % (size, root, info, identity, prev, style.extra)

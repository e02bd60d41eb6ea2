"""Plain files taken apart and put together again, so that tests can change what is in them and seal the result."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from signing.keys import SealCredential
from signing.sealing.containers import template_of
from signing.sealing.prepared import Prepared

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_OBJECT: Final = re.compile(rb"(\d+) 0 obj\n(<<[^\n]*?)(?:/Length (\d+)>>\nstream\n|/ByteRange )")
_RANGE: Final = 40


@dataclass(frozen=True)
class Part:
    """One object of a file.

    Attributes:
        number: its own.
        entries: its dictionary, without brackets at the end, `/Length`, `/ByteRange` and `/Contents`.
        data: of a stream, as the file holds it; None for the signature.
        lines: of an object stream: numbers and texts of what it holds.
    """

    number: int
    entries: bytes
    data: bytes | None
    lines: tuple[tuple[int, bytes], ...] = ()


def taken_apart(pdf: bytes) -> list[Part]:
    """The objects of a plain file in the order of their offsets, without the cross-references."""
    parts, at = [], len(HEADER)
    while (found := _OBJECT.match(pdf, at)) is not None and b"/Type/XRef" not in found[2]:
        number, entries = int(found[1]), found[2]
        if found[3] is None:
            parts.append(Part(number, entries, None))
            at = pdf.index(b"endobj\n", found.end()) + 7
            continue
        data = pdf[found.end() : found.end() + int(found[3])]
        at = found.end() + len(data) + len(b"\nendstream\nendobj\n")
        held = re.match(rb"<</Type/ObjStm/N (\d+)/First (\d+)/", entries)
        if held is None:
            parts.append(Part(number, entries, data))
            continue
        content = zlib.decompress(data)
        numbers = content[: int(held[2])].split()[::2]
        lines = content[int(held[2]) :].split(b"\n")
        parts.append(Part(number, entries, data, tuple(zip(map(int, numbers), lines, strict=True))))
    return parts


def with_line(parts: Sequence[Part], number: int, line: bytes) -> list[Part]:
    """The same with another text for one object of an object stream."""
    return [
        replace(part, lines=tuple((held, line if held == number else old) for held, old in part.lines))
        for part in parts
    ]


def put_together(parts: Sequence[Part], trailer: bytes, reserved: int) -> Prepared:
    """Write the objects as a plain file is written, with a gap for its signature.

    Args:
        trailer: entries of the cross-references: `/Root`, `/Info`, `/ID`.
        reserved: bytes of the gap.
    """
    rows: dict[int, bytes] = {0: b"\0\0\0\0\0\xff\xff"}
    out, start = bytearray(HEADER), 0
    for part in parts:
        rows[part.number] = b"\1%b\0\0" % len(out).to_bytes(4, "big")
        entries, data = part.entries, part.data
        if part.lines:
            places, at = [], 0
            for index, (number, line) in enumerate(part.lines):
                rows[number] = b"\2" + part.number.to_bytes(4, "big") + index.to_bytes(2, "big")
                places.append(b"%d %d" % (number, at))
                at += len(line) + 1
            head = b" ".join(places) + b"\n"
            entries = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(places), len(head))
            data = zlib.compress(head + b"\n".join(line for _, line in part.lines))
        if data is None:
            out += b"%d 0 obj\n%b/ByteRange %b/Contents " % (part.number, entries, b" " * _RANGE)
            start = len(out)
            out += b"<%b>>>\nendobj\n" % (b"0" * (2 * reserved))
        else:
            out += b"%d 0 obj\n%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (part.number, entries, len(data), data)
    table, place = max(rows) + 1, len(out)
    rows[table] = b"\1%b\0\0" % place.to_bytes(4, "big")
    packed = zlib.compress(b"".join(rows.get(number, rows[0]) for number in range(table + 1)))
    out += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]%b/Filter/FlateDecode" % (table, table + 1, trailer)
    out += b"/Length %d>>\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(packed), packed, place)
    end = start + 2 * reserved + 2
    at = start - len(b"/Contents ") - _RANGE
    out[at : at + _RANGE] = (b"[0 %d %d %d]" % (start, end, len(out) - end)).ljust(_RANGE)
    return Prepared(out, start, end)


def sealed(document: Prepared, credential: SealCredential) -> bytes:
    """Fill the gap, whatever the document has become since."""
    import hashlib

    data = bytes(document.data)
    digest = hashlib.sha256(data[: document.start] + data[document.end :]).digest()
    container = template_of(credential).sign(digest).finish(None).hex().upper().encode("ascii")
    return data[: document.start + 1] + container.ljust(document.end - document.start - 2, b"0") + data[document.end - 1 :]

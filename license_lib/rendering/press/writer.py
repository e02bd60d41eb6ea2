"""A PDF file of one revision, written front to back (ISO 32000-1, 7.5).

Streams lie in the file as objects of their own, everything else in object streams (7.5.7), the cross-references in a
stream behind it all (7.5.8). Objects lie back to back: each byte belongs to the header, to one object or to the end.
docs/file-format.md has the grammar.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from license_lib.rendering.press.objects import packed

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_FREE: Final = b"\0\0\0\0\0\xff\xff"
_WIDTHS: Final = b"[1 4 2]"
"""Of an entry of the cross-references: its type, an offset or the number of an object stream, an index."""
ENTRY: Final = 7
"""Bytes of an entry."""
_BYTE_RANGE: Final = 40
"""Characters that the byte range may take."""


class Bundle(NamedTuple):
    """Objects packed into one object stream, ready to be written again and again.

    Attributes:
        size: how many there are.
        first: where the first begins in the unpacked data.
        data: deflated.
    """

    size: int
    first: int
    data: bytes


def bundled(start: int, bodies: Sequence[bytes]) -> Bundle:
    """Pack objects whose numbers begin with `start`."""
    return _bundled(range(start, start + len(bodies)), bodies)


class SignatureGap(NamedTuple):
    """Where a signature's container goes: the hexadecimal string `/Contents`, with its angle brackets."""

    start: int
    end: int


class Beginning(NamedTuple):
    """What many files begin with: streams, and the cross-references to them."""

    data: bytes
    entries: Sequence[bytes]


_EMPTY: Final = Beginning(HEADER, (_FREE,))


class FileWriter:
    """Writes one file.

    Args:
        begun: what it begins with.
    """

    def __init__(self, begun: Beginning = _EMPTY) -> None:
        self._parts = [begun.data]
        self._at = len(begun.data)
        self._entries = [*begun.entries]
        self._loose: list[tuple[int, bytes]] = []
        self._gap: SignatureGap | None = None

    def begun(self) -> Beginning:
        """The streams written so far, for other files to begin with."""
        return Beginning(b"".join(self._parts), tuple(self._entries))

    def reserve(self, count: int = 1) -> int:
        """Numbers for objects that are written later.

        Returns:
            The first of them.
        """
        first = len(self._entries)
        self._entries += [_FREE] * count
        return first

    def stream(self, entries: bytes, data: bytes, *, number: int = 0) -> int:
        """Write a stream.

        Args:
            entries: its dictionary but `/Length`.
            data: as the file holds it.
            number: a reserved one, or 0.

        Returns:
            Its number.
        """
        number = number or self.reserve()
        self._write(
            number, b"%d 0 obj\n<<%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, entries, len(data), data)
        )
        return number

    def deflated(self, entries: bytes, data: bytes, *, number: int = 0, once: bool = False) -> int:
        """Deflate data, and write it as a stream."""
        return self.stream(entries + b"/Filter/FlateDecode", packed(data, once=once), number=number)

    def object(self, body: bytes, *, number: int = 0) -> int:
        """Put an object into the object stream that is written last.

        Returns:
            Its number.
        """
        number = number or self.reserve()
        self._loose.append((number, body))
        return number

    def bundle(self, start: int, bundle: Bundle) -> None:
        """Write objects that were packed before.

        Args:
            start: the number of the first; all are reserved.
            bundle: the objects.
        """
        self._bundle(range(start, start + bundle.size), bundle)

    def signature(self, number: int, entries: bytes, reserved: int) -> None:
        """Write a signature dictionary (12.8.1) whose byte range covers everything but its container.

        Args:
            number: a reserved one.
            entries: its entries but `/ByteRange` and `/Contents`.
            reserved: bytes of the container.
        """
        head = b"%d 0 obj\n<<%b/ByteRange %b/Contents " % (number, entries, b" " * _BYTE_RANGE)
        start = self._at + len(head)
        self._gap = SignatureGap(start, start + 2 * reserved + 2)
        self._write(number, b"%b<%b>>>\nendobj\n" % (head, b"0" * (2 * reserved)))

    def finish(self, root: int, info: int) -> tuple[bytearray, SignatureGap | None]:
        """Write the objects that were kept, the cross-references and the end.

        Args:
            root: number of the catalog.
            info: number of the document information.

        Returns:
            The file, and where its signature goes. The same calls give the same bytes.
        """
        if self._loose:
            self._loose.sort()
            held = [number for number, _ in self._loose]
            self._bundle(held, _bundled(held, [body for _, body in self._loose]))
        table = self.reserve()
        start = self._at
        self._entries[table] = _plain(start)
        digest = hashlib.sha256()
        for part in self._parts:
            digest.update(part)
        identity = digest.hexdigest()[:32].encode("ascii")
        entries = b"/Type/XRef/Size %d/W%b/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/Filter/FlateDecode" % (
            (table + 1, _WIDTHS, root, info, identity, identity)
        )
        self.stream(entries, packed(b"".join(self._entries)), number=table)
        self._parts.append(b"startxref\n%d\n%%%%EOF\n" % start)
        data = bytearray(b"".join(self._parts))
        if self._gap:  # everything has its place now
            before, behind = self._gap
            covered = b"[0 %d %d %d]" % (before, behind, len(data) - behind)
            at = before - len(b"/Contents ") - _BYTE_RANGE
            data[at : at + _BYTE_RANGE] = covered.ljust(_BYTE_RANGE)
        return data, self._gap

    def _write(self, number: int, data: bytes) -> None:
        self._entries[number] = _plain(self._at)
        self._parts.append(data)
        self._at += len(data)

    def _bundle(self, numbers: Sequence[int], bundle: Bundle) -> None:
        entries = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (bundle.size, bundle.first)
        holder = self.stream(entries, bundle.data).to_bytes(4, "big")
        for index, number in enumerate(numbers):
            self._entries[number] = b"\2" + holder + index.to_bytes(2, "big")


def _plain(offset: int) -> bytes:
    return b"\1" + offset.to_bytes(4, "big") + b"\0\0"


def _bundled(held: Sequence[int], bodies: Sequence[bytes]) -> Bundle:
    places: list[str] = []
    at = 0
    for number, body in zip(held, bodies, strict=True):
        places.append(f"{number} {at}")
        at += len(body) + 1
    head = (" ".join(places) + "\n").encode("ascii")
    return Bundle(len(bodies), len(head), packed(head + b"\n".join(bodies)))

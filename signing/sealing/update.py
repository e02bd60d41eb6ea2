"""An incremental update (ISO 32000-2 §7.5.6): what it changes and adds, written behind a file that stays as it is.

Objects stand in the order of their numbers, back to back, none in an object stream; the cross-references are of the
file's own kind and list what was written, nothing else. docs/seals.md has the grammar.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from signing.pdf_reading import HexString, Name, PdfError, Ref, Revision, Stream, Value
from signing.sealing.objects import encoded
from signing.sealing.prepared import Prepared

_OF_THE_SECTION: Final = frozenset(
    {"Size", "Prev", "ID", "XRefStm", "Type", "W", "Index", "Filter", "DecodeParms", "DL", "Length", "DocChecksum"}
)
"""Entries of a trailer that speak of a section or of the file's bytes, not of the document."""
_BYTE_RANGE: Final = 40
"""Characters that a byte range may take."""
_MOST_REFERENCES: Final = 16


class Update:
    """An update in the making. It asks neither the clock nor the random generator.

    Args:
        pdf: the file.
        revision: the same as it was read, as it is at its end.
        at: now; part of the file's new identifier.

    Raises:
        PdfError: it has no catalog of its own, or is encrypted.
    """

    def __init__(self, pdf: bytes, revision: Revision, at: datetime) -> None:
        self.revision = revision
        self._before = hashlib.sha256(pdf)
        self._pdf = pdf
        self._at = at
        self._written: dict[Ref, Value] = {}
        self._signature: tuple[Ref, int] | None = None
        size = revision.trailer.get("Size")
        if type(size) is not int or "Encrypt" in revision.trailer:
            raise PdfError("a trailer does not say how many objects there are, or the file is encrypted")
        self._next = max(size, max(revision.places, default=0) + 1)
        root = revision.trailer.get("Root")
        if not isinstance(root, Ref) or not isinstance(revision.get(root), dict):
            raise PdfError("the document has no catalog")
        self.root = root

    def get(self, ref: Ref) -> Value:
        """An object as it will be."""
        return self._written[ref] if ref in self._written else self.revision.get(ref)

    def add(self, value: Value) -> Ref:
        """Write a new object."""
        ref = Ref(self._next, 0)
        self._next += 1
        self._written[ref] = value
        return ref

    def add_signature(self, entries: Mapping[str, Value], reserved: int) -> Ref:
        """Write a signature dictionary (§12.8.1) whose byte range covers everything but its container.

        Args:
            entries: all but `/ByteRange` and `/Contents`.
            reserved: bytes to keep free for the container.
        """
        ref = self.add(dict(entries))
        self._signature = ref, reserved
        return ref

    def value(self, owner: Ref, *keys: str) -> Value:
        """What stands at a path below an object, through references; None if there is nothing."""
        holder, path = self._place(owner, keys)
        return _below(self.get(holder), path)

    def set(self, owner: Ref, keys: Sequence[str], value: Value) -> None:
        """Put a value at a path below an object; of all on the way, the one object that holds it is written anew.

        Raises:
            PdfError: something on the way is no dictionary.
        """
        holder, path = self._place(owner, keys)
        self._written[holder] = _with(self.get(holder), path, value)

    def _place(self, owner: Ref, keys: Sequence[str]) -> tuple[Ref, tuple[str, ...]]:
        """The object that holds what stands at a path, and the rest of the path within it."""
        holder, path = owner, tuple(keys)
        for _ in range(_MOST_REFERENCES):
            for depth in range(len(path) + 1):
                value = _below(self.get(holder), path[:depth])
                if isinstance(value, Ref):
                    holder, path = value, path[depth:]
                    break
            else:
                return holder, path
        raise PdfError("references lead in a circle")

    def finish(self) -> tuple[Prepared, bytes]:
        """Write it.

        Returns:
            The file with the gap for the signature, and the SHA-256 of what the signature covers.

        Raises:
            PdfError: there is no signature in it, or something that no file can hold.
        """
        if self._signature is None:
            raise PdfError("an update without a signature")
        parts, at = [self._pdf], len(self._pdf)
        if not self._pdf.endswith(b"\n"):
            parts, at = [*parts, b"\n"], at + 1
        offsets: dict[Ref, int] = {}
        gap = 0
        for ref in sorted(self._written):
            offsets[ref] = at
            head, text = b"%d %d obj\n" % ref, self._text(ref)
            if ref == self._signature[0]:
                gap = at + len(head) + len(text) - len("<>>>") - 2 * self._signature[1]
            parts += head, text, b"\nendobj\n"
            at += len(head) + len(text) + len("\nendobj\n")
        parts.append(self._section(offsets, at))
        data = bytearray(b"".join(parts))
        end = gap + 2 * self._signature[1] + 2
        covered = b"[0 %d %d %d]" % (gap, end, len(data) - end)
        start = gap - len("/Contents ") - _BYTE_RANGE
        data[start : start + _BYTE_RANGE] = covered.ljust(_BYTE_RANGE)
        digest = self._before.copy()
        with memoryview(data) as view:
            digest.update(view[len(self._pdf) : gap])
            digest.update(view[end:])
        return Prepared(data, gap, end), digest.digest()

    def _text(self, ref: Ref) -> bytes:
        value = self._written[ref]
        if isinstance(value, Stream):
            return _stream(value)
        text = encoded(value)
        if self._signature is None or ref != self._signature[0]:
            return text
        gap = b"0" * (2 * self._signature[1])
        return b"%b/ByteRange %b/Contents <%b>>>" % (text[:-2], b" " * _BYTE_RANGE, gap)

    def _section(self, offsets: Mapping[Ref, int], start: int) -> bytes:
        """The cross-references to what was written, and the end (§7.5.4, §7.5.8)."""
        revision = self.revision
        was = revision.trailer
        is_stream = was.get("Type") == Name("XRef")
        kept = {key: value for key, value in was.items() if key not in _OF_THE_SECTION}
        following = {**kept, "Prev": revision.sections[0], "ID": self._identity(was.get("ID"))}
        end = b"startxref\n%d\n%%%%EOF\n" % start
        if not is_stream:
            rows = b"".join(
                b"%d %d\n%b"
                % (refs[0].number, len(refs), b"".join(b"%010d %05d n \n" % (offsets[r], r.generation) for r in refs))
                for refs in _runs(offsets)
            )
            return b"xref\n%btrailer\n%b\n%b" % (rows, encoded({"Size": self._next, **following}), end)
        table = Ref(self._next, 0)
        listed = {**offsets, table: start}
        index = [number for refs in _runs(listed) for number in (refs[0].number, len(refs))]
        about = {"Type": Name("XRef"), "Size": self._next + 1, "W": [1, 4, 2], "Index": index, **following}
        rows = b"".join(
            b"\1" + offset.to_bytes(4, "big") + ref.generation.to_bytes(2, "big") for ref, offset in listed.items()
        )
        return b"%d 0 obj\n%b\nendobj\n%b" % (table.number, _stream(Stream(about, rows)), end)

    def _identity(self, was: Value) -> list[HexString]:
        """A new identifier of the file (§14.4), whose first part stays."""
        digest = self._before.copy()
        digest.update(self._at.isoformat().encode("ascii"))
        new = HexString(digest.digest()[:16])
        first = self.revision.resolve(was)
        known = first[0] if isinstance(first, list) and first and isinstance(first[0], bytes) else new
        return [HexString(known), new]


def _runs(offsets: Mapping[Ref, int]) -> list[list[Ref]]:
    """The objects in the order of their numbers, those together whose numbers follow on each other."""
    numbered = enumerate(offsets)  # in this order already
    return [[ref for _, ref in run] for _, run in groupby(numbered, key=lambda one: one[1].number - one[0])]


def _stream(stream: Stream) -> bytes:
    head = encoded({**stream.dictionary, "Length": len(stream.data)})
    return b"%b\nstream\n%b\nendstream" % (head, stream.data)


def _below(value: Value, path: Sequence[str]) -> Value:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _with(holder: Value, path: Sequence[str], value: Value) -> Value:
    """A copy that has another value at a path."""
    if not path:
        return value
    if not isinstance(holder, dict | None):
        raise PdfError("a dictionary was expected")
    key, *rest = path
    return {**(holder or {}), key: _with((holder or {}).get(key), rest, value)}

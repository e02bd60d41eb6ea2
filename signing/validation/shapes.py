"""What long-term evidence looks like in a document, and nothing else does (ISO 32000-2 §12.8.4.3, §7.12)."""

import re
from typing import Final

from signing import der
from signing.pdf_reading import Name, PdfError, Ref, Revision, Stream, Value
from signing.pdf_reading.filters import unpacked

_MOST_ITEMS: Final = 4096
_LARGEST: Final = 16 * 1024 * 1024
_STORE: Final = {"Certs": "Cert", "CRLs": "CRL", "OCSPs": "OCSP"}
_RELATED: Final = frozenset({*_STORE.values(), "TU", "TS", "Type"})
_STREAM: Final = frozenset({"Length", "Filter", "DecodeParms", "DL", "Type"})
_EXTENSION: Final = frozenset({"Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision", "URL"})
_HIDDEN: Final = 2
_LONGEST_EMPTY: Final = 4096
_COMMENT: Final = re.compile(rb"%[^\r\n]*")


def is_security_store(revision: Revision, value: Value) -> bool:
    """Tell whether this is a document security store: certificates, CRLs, OCSP responses, and what relates them."""
    store = revision.resolve(value)
    if not isinstance(store, dict) or store.keys() - {*_STORE, "VRI", "Type"}:
        return False
    lists = [store.get(key) for key in _STORE]
    related = revision.resolve(store.get("VRI")) or {}
    if not isinstance(related, dict) or len(related) > _MOST_ITEMS:
        return False
    for one in related.items():
        if one[0] == "Type" and isinstance(one[1], Name):
            continue
        entry = revision.resolve(one[1])
        if not isinstance(entry, dict) or entry.keys() - _RELATED:
            return False
        lists += [entry.get(key) for key in _STORE.values()]
        time_stamp = revision.resolve(entry.get("TS"))
        if not (time_stamp is None or _is_plain_stream(time_stamp)):
            return False
        if not isinstance(revision.resolve(entry.get("TU")), bytes | None):
            return False
    shared = {one for one in lists if isinstance(one, Ref)}  # by thousands, in a hostile file
    own = [one for one in lists if not isinstance(one, Ref)]
    return all(_is_list_of_streams(revision, one) for one in [*shared, *own])


def store_refs(revision: Revision, value: Value) -> set[Ref]:
    """Every object that a security store is made of."""
    found: set[Ref] = set()
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Ref):
            if one in found:
                continue
            found.add(one)
            one = revision.get(one)
        if isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return found


def evidence_size(value: Value, most: int) -> int:
    """Bytes of a stream that holds one DER value and says nothing else of itself, unpacked; 0 for anything else.

    Args:
        value: any value.
        most: bytes; what is larger is no evidence.
    """
    if not _is_plain_stream(value):
        return 0
    try:
        data = unpacked(value, most)
        return len(data) if data[:1] == bytes((der.SEQUENCE,)) and der.encoded_length(data) == len(data) else 0
    except (PdfError, der.DerError):
        return 0


def is_extensions(revision: Revision, value: Value) -> bool:
    """Tell whether this is a dictionary of developer extensions (§7.12): names and numbers, nothing that acts."""
    extensions = revision.resolve(value)
    if not isinstance(extensions, dict):
        return False
    for key, entry in extensions.items():
        every = revision.resolve(entry)
        for one in every if isinstance(every, list) else [every]:
            own = revision.resolve(one)
            if key == "Type" and isinstance(own, Name):
                continue
            if not isinstance(own, dict) or own.keys() - _EXTENSION:
                return False
            if not all(isinstance(revision.resolve(inner), Name | int | bytes) for inner in own.values()):
                return False
    return True


def is_invisible(revision: Revision, field: dict[str, Value]) -> bool:
    """Tell whether a field merged with its widget shows nothing on any page: no area, or hidden (§12.5.3).

    `NoView` is not hidden: such a field is printed.
    """
    if "Kids" in field:
        return False
    rectangle = revision.entry(field, "Rect")
    flags = revision.entry(field, "F")
    if isinstance(flags, int) and flags & _HIDDEN:
        return True
    if rectangle is None:
        return True
    if not isinstance(rectangle, list) or len(rectangle) != 4:  # noqa: PLR2004 -- two corners
        return False
    sides = [revision.resolve(side) for side in rectangle]
    return all(isinstance(side, int | float) for side in sides) and sides[0] == sides[2] and sides[1] == sides[3]


def shows_nothing(revision: Revision, appearance: Value) -> bool:
    """Tell whether an appearance dictionary (§12.5.5) draws nothing: absent, or with an empty content only."""
    if appearance is None:
        return True
    if not isinstance(appearance, dict):
        return False
    looks = [one for key in ("N", "R", "D") if (one := revision.entry(appearance, key)) is not None]
    try:
        return all(isinstance(one, Stream) and not _marks(one) for one in looks)
    except PdfError:
        return False


def _marks(look: Stream) -> bytes:
    return _COMMENT.sub(b"", unpacked(look, _LONGEST_EMPTY)).strip(b"qQ \t\r\n\f\0")


def _is_list_of_streams(revision: Revision, value: Value) -> bool:
    items = revision.resolve(value)
    if items is None:
        return True
    return (
        isinstance(items, list)
        and len(items) <= _MOST_ITEMS
        and all(_is_plain_stream(revision.resolve(item)) for item in items)
    )


def _is_plain_stream(value: Value) -> bool:
    return isinstance(value, Stream) and not value.dictionary.keys() - _STREAM and len(value.data) <= _LARGEST

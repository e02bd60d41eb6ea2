"""What stands behind a sealed revision, object by object: long-term evidence and document time-stamps, or a stranger.

The comparison of revisions (`changes`) tells what a reader would show otherwise. This tells what is there at all: an
object that nobody refers to today may be referred to by the next update, or by a reader that repairs.
"""

import re
from typing import TYPE_CHECKING, Final

from signing.evidence import MOST_EVIDENCE
from signing.pdf_reading import Name, Ref, Revision, Stream, Value
from signing.validation.document import form_fields
from signing.validation.shapes import evidence_size, store_refs

if TYPE_CHECKING:
    from signing.validation.file import Case

_END: Final = re.compile(rb"%%EOF[\r\n]{0,2}\Z")
_REVISION_END: Final = re.compile(rb"startxref[\r\n ]+([0-9]{1,10})[\r\n ]+%%EOF[\r\n]{0,2}\Z")
_TAIL_BYTES: Final = 64


def strangers(case: "Case", end: int) -> str:
    """Name what stands behind a seal and has no place there; empty if there is nothing of the kind.

    Args:
        case: the file.
        end: where the sealed revision ends.

    Returns:
        `bytes` for what belongs to no revision; `object N` for an object.
    """
    if end == len(case.pdf):
        return ""
    sealed, last = case.map.revision(end), case.revision
    if max(last.sections) < end or not _END.search(case.pdf[-8:]):
        return "bytes"
    roots = [one.entry(one.trailer, "Root") for one in (sealed, last)]
    extensions = [one.entry(root, "Extensions") for one, root in zip((sealed, last), roots, strict=True)]
    if extensions[0] != extensions[1] and last.entry(roots[1], "DSS") is None:
        return "extensions"  # which announce nothing
    known = _known(sealed, last)
    containers = {place.container for place in last.places.values() if place is not None}
    room = MOST_EVIDENCE
    for number, place in last.places.items():
        if place is None or sealed.places.get(number) == place:
            continue
        ref = Ref(number, place.generation)
        value = last.get(ref)
        entries = value.dictionary if isinstance(value, Stream) else {}
        # Some writers leave an item of evidence twice, and refer to one of the two.
        is_section = entries.get("Type") == Name("XRef") and place.offset in last.sections
        is_container = entries.get("Type") == Name("ObjStm") and number in containers and "Extends" not in entries
        is_placed = ref in known and not isinstance(value, Stream)
        if is_section or is_container or is_placed:
            continue
        size = evidence_size(value, room)
        room -= size
        if not size:
            return f"object {number}"
    for number, place in sealed.places.items():
        if place is not None and last.places.get(number) is None:
            return f"object {number}"
    return ""


def is_revision(tail: bytes, start: int) -> bool:
    """Tell by its last lines whether what stands behind a revision, which ends at `start`, is a further one."""
    end = _REVISION_END.search(tail[-_TAIL_BYTES:])
    return end is not None and int(end[1]) >= start


def _known(sealed: Revision, last: Revision) -> set[Ref]:
    """The objects that a long-term update may write: the store, the fields of time-stamps, and what lists these."""
    root_ref = last.trailer.get("Root")
    root = last.resolve(root_ref)
    found = store_refs(last, root.get("DSS")) if isinstance(root, dict) and "DSS" in root else set()
    form_ref = root.get("AcroForm") if isinstance(root, dict) else None
    form = last.resolve(form_ref)
    listed: list[Value] = [root_ref, form_ref, form.get("Fields") if isinstance(form, dict) else None]
    listed.append(root.get("Extensions") if isinstance(root, dict) else None)
    before = {one.ref for one in form_fields(sealed)}
    for one in form_fields(last):
        if one.ref in before:
            continue
        page = one.dictionary.get("P")
        listed += [one.ref, one.dictionary.get("V"), page]
        listed.append(last.resolve(page).get("Annots") if isinstance(last.resolve(page), dict) else None)
    return found | {one for one in listed if isinstance(one, Ref)}

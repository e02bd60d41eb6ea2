"""An independent judge of what stands behind a seal: by another parser (qpdf), comparing objects, without pyHanko."""

import re
from io import BytesIO
from typing import Any, Final

import pikepdf
from attacks.revisions import body, opened

_GAP: Final = re.compile(rb"<[0-9A-Fa-f\s]{2000,}>")
_LISTS: Final = ("/Certs", "/CRLs", "/OCSPs")
_VISIBLE: Final = ("/A", "/AA", "/AP", "/MK", "/BS", "/DA")


def same_but_for_gaps(one: bytes, other: bytes) -> bool:
    """Whether two sealed files differ in the spelling and padding of signature values only."""
    return _GAP.sub(b"<>", one) == _GAP.sub(b"<>", other)


def only_evidence_was_added(sealed: bytes, file: bytes) -> bool:
    """Whether all that a file has more than the sealed one is a security store and document time-stamps."""
    try:
        with opened(sealed) as before, pikepdf.open(BytesIO(file), attempt_recovery=False) as after:
            return _only_evidence(before, after)
    except pikepdf.PdfError:
        return False


def _only_evidence(before: pikepdf.Pdf, after: pikepdf.Pdf) -> bool:
    free = {before.Root.objgen, before.Root.AcroForm.objgen, *(page.obj.objgen for page in before.pages)}
    for number in range(1, int(before.trailer.Size)):
        old, new = before.get_object(number, 0), after.get_object(number, 0)
        if _is_cross_reference(old) or (number, 0) in free:
            continue
        if (old is None) != (new is None) or (old is not None and body(old) != body(new)):
            return False
    return (
        _is_store(after.Root.get("/DSS"))
        and _same_entries(before.Root, after.Root, {"/DSS", "/Extensions", "/AcroForm"})
        and _same_entries(before.Root.AcroForm, after.Root.AcroForm, {"/Fields", "/SigFlags"})
        and _time_stamps_added(before.Root.AcroForm.Fields, after.Root.AcroForm.Fields)
        and len(before.pages) == len(after.pages)
        and all(
            _same_entries(old.obj, new.obj, {"/Annots"}) and _time_stamps_added(old.obj.Annots, new.obj.Annots)
            for old, new in zip(before.pages, after.pages, strict=True)
        )
    )


def _is_store(store: Any) -> bool:
    """Nothing, or lists of plain streams (ISO 32000-2 §12.8.4.3)."""
    if store is None:
        return True
    lists = [store.get(key, ()) for key in _LISTS]
    streams = [entry for entries in lists for entry in entries]
    return set(store.keys()) <= {"/Type", "/VRI", *_LISTS} and all(
        isinstance(entry, pikepdf.Stream) and not set(entry.keys()) & {"/F", "/Type", "/Subtype"} for entry in streams
    )


def _is_cross_reference(value: Any) -> bool:
    return isinstance(value, pikepdf.Stream) and value.get("/Type") in (pikepdf.Name.XRef, pikepdf.Name.ObjStm)


def _same_entries(old: Any, new: Any, but: set[str]) -> bool:
    keys = (set(old.keys()) | set(new.keys())) - but
    return all(key in old and key in new and _text(old[key]) == _text(new[key]) for key in keys)


def _text(value: Any) -> bytes:
    return bytes(value.unparse()) if isinstance(value, pikepdf.Object) else repr(value).encode()


def _time_stamps_added(old: Any, new: Any) -> bool:
    """The old entries first, and behind them nothing but invisible fields of document time-stamps."""
    old_texts, new_texts = ([_text(entry) for entry in entries] for entries in (old, new))
    added = list(new)[len(old_texts) :]
    return new_texts[: len(old_texts)] == old_texts and all(
        field.get("/FT") == pikepdf.Name.Sig
        and field.V.get("/Type") == pikepdf.Name.DocTimeStamp
        and field.V.SubFilter == pikepdf.Name("/ETSI.RFC3161")
        and [float(edge) for edge in field.get("/Rect", [0, 0, 0, 0])] == [0, 0, 0, 0]
        and not any(key in field for key in _VISIBLE)
        for field in added
    )

"""Do other readers read the same? What a person sees is drawn by a reader that is not ours.

Two are asked, independent of ours and of each other: qpdf about every object, PDFium about pages and signatures. A file
that any of them must repair, or reads otherwise, has no meaning that could be verified.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from signing.pdf_reading.file_map import Revision
from signing.pdf_reading.pages import MOST_PAGES, leaves
from signing.pdf_reading.values import HexString, Name, Reader, Ref, Stream, Value
from signing.pdfium_lock import one_at_a_time

_MOST_FIELDS: Final = 1000
"""Fields for signatures: PDFium counts them anew for each one."""
_STRUCTURE: Final = frozenset({Name("XRef"), Name("ObjStm")})
_IRREGULAR: Final = re.compile(r"[^!-~]|[#()<>\[\]{}/%]")
_WORDS: Final = re.compile(rb"[A-Za-z0-9 .:+'-]*")
_MERE_NUMBERS: Final = frozenset({int, float})
_HARMLESS: Final = (
    "xref entry for the xref stream itself is missing",
    "extraneous whitespace seen before xref",
    "reported number of objects",
    "object has offset 0",
)
"""What qpdf remarks, and every reader takes the same way; each object is compared all the same."""


def disagreement(pdf: bytes, revision: Revision, byte_ranges: Sequence[Sequence[int]]) -> str:
    """What another reader reads otherwise, in a few words; empty if all agree.

    Args:
        pdf: the file.
        revision: the file as we read it.
        byte_ranges: of the signatures that we found, four numbers each.
    """
    return _qpdf(pdf, revision) or _pdfium(pdf, revision, byte_ranges)


def _qpdf(pdf: bytes, revision: Revision) -> str:
    import pikepdf

    try:
        # Nothing is to be repaired, and pages are to be as they stand.
        with pikepdf.open(
            BytesIO(pdf), attempt_recovery=False, inherit_page_attributes=False, suppress_warnings=True
        ) as document:
            for number, place in revision.places.items():
                if place is None:
                    continue
                ref = Ref(number, place.generation)
                ours = revision.get(ref)
                if isinstance(ours, Stream) and ours.dictionary.get("Type") in _STRUCTURE:
                    continue  # which qpdf does not show
                if not _same(revision, ours, document.get_object(ref)):
                    return f"qpdf reads object {number} otherwise"
            if not all(any(one in str(warning) for one in _HARMLESS) for warning in document.get_warnings()):
                return "qpdf has to repair it"
            root = document.trailer.get("/Root")
            if root is None or Ref(*root.objgen) != revision.trailer.get("Root"):
                return "qpdf reads another catalog"
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it cannot read, it reads otherwise
        return f"qpdf cannot read it: {type(error).__name__}"
    return ""


def _same(revision: Revision, ours: Value, theirs: Any) -> bool:
    """Whether qpdf's object says what ours says: it is written out by qpdf, and that is read."""
    if isinstance(ours, Stream):
        try:
            packed, dictionary = theirs.read_raw_bytes(), theirs.stream_dict
        except (AttributeError, TypeError):
            return False
        return bool(packed == ours.data) and _says(revision, ours.dictionary, dictionary.unparse())
    if not hasattr(theirs, "unparse"):  # a plain number, or nothing
        return _alike(revision, ours, float(theirs) if isinstance(theirs, Decimal) else theirs)
    return _says(revision, ours, theirs.unparse(resolved=True))


def _says(revision: Revision, ours: Value, theirs: bytes) -> bool:
    """Whether what qpdf wrote is what ours looks like in its hand, or else reads as ours."""
    return _in_its_hand(ours) == theirs or _alike(revision, ours, Reader(theirs).value())


def _in_its_hand(value: Value) -> bytes:
    """A value as qpdf writes it, so that it reads as that value; for what is unusual in it, a question mark."""
    kind = type(value)
    if kind is dict:
        return b"<< %b>>" % b"".join([b"%b %b " % (_name(key), _in_its_hand(value[key])) for key in sorted(value)])
    if kind is list:
        if set(map(type, value)) == {int}:  # of which there may be thousands
            return b"[ %b ]" % str(value)[1:-1].replace(",", "").encode("ascii")
        return b"[ %b]" % b"".join([b"%b " % _in_its_hand(one) for one in value])
    return _HANDS.get(kind, _unusual)(value)


@lru_cache(maxsize=1024)
def _name(name: str) -> bytes:
    return b"/" + _IRREGULAR.sub(lambda found: f"#{ord(found[0]):02x}", name).encode("ascii")


def _unusual(_: Value) -> bytes:
    return b"?"


_HANDS: Final[Mapping[type, Callable[[Any], bytes]]] = {
    Ref: lambda value: b"%d %d R" % value,
    Name: _name,
    int: lambda value: b"%d" % value,
    float: lambda value: format(Decimal(repr(value)), "f").encode("ascii"),
    bytes: lambda value: b"(%b)" % value if _WORDS.fullmatch(value) else b"<%b>" % value.hex().encode("ascii"),
    HexString: lambda value: b"<%b>" % value.hex().encode("ascii"),
    bool: lambda value: b"true" if value else b"false",
}


def _alike(revision: Revision, ours: Value, theirs: Value) -> bool:
    if isinstance(ours, dict):
        given = {key: value for key, value in ours.items() if not _is_nothing(revision, value)}
        return (
            isinstance(theirs, dict)
            and given.keys() == theirs.keys()
            and all(_alike(revision, value, theirs[key]) for key, value in given.items())
        )
    if isinstance(ours, list):
        if ours == theirs and _MERE_NUMBERS.issuperset(map(type, ours)) and _MERE_NUMBERS.issuperset(map(type, theirs)):
            return True  # of which there may be thousands
        same_length = isinstance(theirs, list) and len(ours) == len(theirs)
        return same_length and all(_alike(revision, one, other) for one, other in zip(ours, theirs, strict=True))
    if theirs is None:
        return _is_nothing(revision, ours)
    return _is_plainly(ours, theirs)


def _is_plainly(ours: Value, theirs: Value) -> bool:
    if isinstance(ours, bytes):
        return isinstance(theirs, bytes) and bytes(ours) == bytes(theirs)
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float):
        return isinstance(theirs, int | float) and float(ours) == float(theirs)
    return type(ours) is type(theirs) and bool(ours == theirs)


def _is_nothing(revision: Revision, value: Value) -> bool:
    """Null is no entry (§7.3.7), and neither is a reference to it, or to an object that there is not (§7.3.10).

    Another generation of an object that there is, is something else: PDFium shows it all the same.
    """
    if not isinstance(value, Ref):
        return value is None
    place = revision.places.get(value.number)
    return place is None or (place.generation == value.generation and revision.get(value) is None)


def _pdfium(pdf: bytes, revision: Revision, byte_ranges: Sequence[Sequence[int]]) -> str:
    from ctypes import c_int

    import pypdfium2 as pdfium
    from pypdfium2 import raw

    pages = revision.entry(revision.entry(revision.trailer, "Root"), "Pages")
    count = revision.entry(pages, "Count")
    if count != sum(1 for _ in leaves(revision)):  # by which PDFium goes, and others do not
        return "the tree of pages has another number of them than it says"
    with one_at_a_time(), ExitStack() as stack:
        try:
            document = pdfium.PdfDocument(pdf)
        except pdfium.PdfiumError:
            return "PDFium cannot read it"
        stack.callback(document.close)
        if len(document) != count or not isinstance(count, int) or count > MOST_PAGES:
            return "PDFium sees another number of pages"
        seen = []
        fields = raw.FPDF_GetSignatureCount(document)
        if fields > _MOST_FIELDS:
            return "PDFium sees more signatures than any honest file has"
        for index in range(fields):
            signature = raw.FPDF_GetSignatureObject(document, index)
            numbers = (c_int * 4)()
            if raw.FPDFSignatureObj_GetByteRange(signature, numbers, 4):  # an empty field has none
                seen.append(tuple(numbers))
        if sorted(seen) != sorted(map(tuple, byte_ranges)):
            return "PDFium sees other byte ranges"
    return ""

"""Is a document what it seems, so that a seal may vouch for it? What validation would refuse is not sealed.

"Shadow" attacks prepare a document before it is sealed: hidden layers, a second object under the same number, content
that acts or is somewhere else. Whoever seals sees the one thing, and those who get the document are shown the other.
"""

from collections.abc import Iterator
from typing import Final

from signing.errors import SealingError
from signing.pdf_reading import FileMap, Name, PdfError, Ref, Revision, Stream, Value, map_file
from signing.pdf_reading.agreement import disagreement
from signing.pdf_reading.content import suspicious

_HARMLESS: Final = frozenset({Name("Link"), Name("Popup")})
_STRUCTURE: Final = frozenset({Name("XRef"), Name("ObjStm")})
_LEADING_ON: Final = frozenset({Ref, Stream, dict, list})
"""Kinds of values that may refer to others."""
_HINT: Final = "print the document to a plain PDF first, and look at that"


def read_strictly(pdf: bytes) -> FileMap:
    """Read a document before any other reader does: this one is bounded.

    Raises:
        SealingError: `seal.not-a-pdf`.
    """
    try:
        return map_file(pdf)
    except PdfError as error:
        raise SealingError("seal.not-a-pdf", f"The document cannot be read as a PDF: {error}", hint=_HINT) from error


def check_safety(file: FileMap) -> None:
    """Refuse a document that could show something else than it shows now.

    Raises:
        SealingError: `seal.unsafe-content`, or `seal.not-a-pdf` if it cannot be read.
    """
    try:
        reasons = [found.oddity.value for found in file.oddities]
        reasons += [f"{code.removeprefix('pdf.')}: {what}" for code, what in suspicious(file.last)]
        reasons += _overlays(file.last)
        if not _all_reached(file.last):
            reasons.append("objects that nothing refers to")
        if other := disagreement(file.data, file.last, ()):
            reasons.append(other)
    except PdfError as error:
        raise SealingError("seal.not-a-pdf", f"The document cannot be read as a PDF: {error}", hint=_HINT) from error
    if reasons:
        problem = f"The document could show something else later: {', '.join(dict.fromkeys(reasons))}"
        raise SealingError("seal.unsafe-content", problem, hint=_HINT)


def _overlays(revision: Revision) -> Iterator[str]:
    """Annotations with looks of their own, which readers draw over the page or not, on the screen or on paper."""
    for _, value in revision.objects():
        subtype = value.get("Subtype") if isinstance(value, dict) and "Rect" in value else None
        if isinstance(subtype, Name) and subtype not in _HARMLESS and value.get("FT") != Name("Sig"):
            yield f"an annotation: {subtype}"


def _all_reached(revision: Revision) -> bool:
    """Tell whether every object has its place in the document. One that has none waits for somebody to refer to it."""
    seen: set[Ref] = set()
    pending: list[Value] = [value for key, value in revision.trailer.items() if key in {"Root", "Info", "Encrypt"}]
    while pending:
        value = pending.pop()
        if isinstance(value, Ref):
            if value in seen:
                continue
            seen.add(value)
            value = revision.get(value)
        if isinstance(value, Stream):
            value = value.dictionary
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):  # of numbers and names, mostly
            pending += [one for one in value if type(one) in _LEADING_ON]
    waiting = (value for ref, value in revision.objects() if ref not in seen and isinstance(value, dict | Stream))
    return all(_is_structure(one) for one in waiting)


def _is_structure(value: Value) -> bool:
    """Cross-references and object streams, and what linearizes a file for the web (Annex F.3.3, F.3.7)."""
    if isinstance(value, Stream):
        return value.dictionary.get("Type") in _STRUCTURE or isinstance(value.dictionary.get("S"), int)
    return "Linearized" in value

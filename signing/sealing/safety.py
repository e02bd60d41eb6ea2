"""Is a document what it seems, so that a seal may vouch for it? What validation would refuse is not sealed.

"Shadow" attacks prepare a document before it is sealed: hidden layers, a second object under the same number, content
that acts or is somewhere else. Whoever seals sees the one thing, and those who get the document are shown the other.
"""

from typing import Final

from signing.errors import SealingError
from signing.pdf_reading import FileMap, PdfError, map_file
from signing.pdf_reading.agreement import disagreement
from signing.pdf_reading.content import suspicious

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
        if not reasons and (other := disagreement(file.data, file.last, ())):
            reasons.append(other)
    except PdfError as error:
        raise SealingError("seal.not-a-pdf", f"The document cannot be read as a PDF: {error}", hint=_HINT) from error
    if reasons:
        problem = f"The document could show something else later: {', '.join(dict.fromkeys(reasons))}"
        raise SealingError("seal.unsafe-content", problem, hint=_HINT)

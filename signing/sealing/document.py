"""Documents that are to be sealed, opened for one incremental update."""

import hashlib
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.errors import SealingError
from signing.pages import SeenPage

_DEEPEST_TREE = 64


class RepeatableWriter(IncrementalPdfFileWriter):
    """An incremental writer that asks neither the clock nor the random generator, and leaves the metadata alone.

    Untouched metadata also keeps PDF/A documents conforming: Info and XMP go on saying the same.
    """

    def __init__(self, pdf: bytes, at: datetime) -> None:
        super().__init__(BytesIO(pdf))
        digest = generic.ByteStringObject(hashlib.sha256(pdf + at.isoformat().encode("ascii")).digest()[:16])
        first = self._document_id[0] if "/ID" in self.prev.trailer else digest
        self._document_id = generic.ArrayObject([first, digest])

    def page(self, index: int) -> tuple[Any, Any]:
        """References to a page that is about to change, and to its resources, inherited ones too."""
        look_up: Any = self.find_page_for_modification
        page, resources = look_up(index)
        return page, resources

    def _update_meta(self) -> None:
        """Do nothing: pyHanko would write the present time."""


def open_document(pdf: bytes, at: datetime) -> tuple[RepeatableWriter, str | None]:
    """Open the document for an incremental update; refuse what cannot or must not be sealed.

    Returns:
        The writer, and the name of the empty signature field that the document was prepared with, if it was.
    """
    try:
        writer = RepeatableWriter(pdf, at)
        encrypted = writer.prev.encrypted
        # A document that is encrypted shows nothing else.
        has_form = not encrypted and ("/AcroForm" in writer.root or "/Perms" in writer.root)
        field = _empty_field(writer.root) if has_form else None
    except Exception as error:
        # pyHanko meets malformed files with many exception types; all mean the same here.
        raise SealingError("seal.not-a-pdf", "The document cannot be read as a PDF") from error
    if encrypted:
        raise SealingError("seal.not-a-pdf", "The document is encrypted", hint="seal the plain document")
    if has_form and field is None:
        raise SealingError(
            "seal.already-signed",
            "The document has a form or a signature already",
            hint="seal the document as it was rendered; a seal allows no change after it",
        )
    return writer, field


def _empty_field(root: Any) -> str | None:
    """The name of a form's only field, if that is a signature field on a page which nobody has signed."""
    form = root["/AcroForm"]
    fields = form["/Fields"]
    if len(fields) != 1 or set(form) - {"/Fields", "/SigFlags", "/DR", "/DA"} or "/Perms" in root:
        return None
    field = fields[0].get_object()
    empty = field.get("/FT") == "/Sig" and not {"/V", "/Kids", "/Lock", "/SV", "/AA", "/A"} & set(field)
    return str(field["/T"]) if empty and "/P" in field and "." not in field["/T"] else None


def page_count(writer: RepeatableWriter) -> int:
    """How many pages the document says that it has."""
    return int(writer.root["/Pages"]["/Count"])


def seen_page(writer: RepeatableWriter, index: int) -> SeenPage:
    """A page of the document.

    Raises:
        SealingError: `seal.appearance`, there is none.
    """
    try:
        if not 0 <= index < page_count(writer):
            raise IndexError(index)  # noqa: TRY301 -- pyHanko says it of most
        node: Any = writer.page(index)[0].get_object()
        return SeenPage.of(lambda name: _inherited(node, name))
    except Exception as error:
        problem = f"The document has no page {index + 1} to put the seal on"
        raise SealingError("seal.appearance", problem, hint="name another page") from error


def _inherited(node: Any, name: str) -> Any:
    for _ in range(_DEEPEST_TREE):
        if name in node:
            return node[name]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    raise ValueError("the page tree has no end")

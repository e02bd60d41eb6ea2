"""Documents that are to be sealed, opened for one incremental update."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.errors import SealingError
from signing.pages import MAX_PAGES, POINTS_PER_MM, SeenPage, Spot, edges
from signing.pdf_reading import FileMap
from signing.sealing.safety import check_safety

# What the parser has to say of a stranger's file quotes the file, which may hold anybody's name and number.
_parser_log = logging.getLogger("pyhanko")
_parser_log.addHandler(logging.NullHandler())
_parser_log.propagate = False

_DEEPEST_TREE: Final = 64
_INHERITED: Final = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
"""Attributes that a page has from the nodes above it (ISO 32000-1, 7.7.3.4)."""
_reference: Any = generic.IndirectObject


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of a document that is open for an update.

    Attributes:
        index: from 0.
        reference: the page's object.
        attributes: its own and inherited attributes.
    """

    index: int
    reference: Any
    attributes: Mapping[str, Any]

    def seen(self) -> SeenPage:
        """What a reader sees of it.

        Raises:
            SealingError: `seal.appearance`, it cannot be measured.
        """
        try:
            return SeenPage.of(self.attributes.get)
        except (ValueError, TypeError, OverflowError) as error:
            problem = f"Page {self.index + 1} cannot be measured: its boxes, its rotation or its unit are no usual ones"
            raise SealingError("seal.appearance", problem, hint="print the document to a plain PDF first") from error


class RepeatableWriter(IncrementalPdfFileWriter):
    """An incremental writer that asks neither the clock nor the random generator, and leaves the metadata alone.

    Untouched metadata also keeps PDF/A documents conforming: Info and XMP go on saying the same.
    """

    def __init__(self, pdf: bytes, at: datetime) -> None:
        super().__init__(BytesIO(pdf))
        self.pdf = pdf
        digest = generic.ByteStringObject(hashlib.sha256(pdf + at.isoformat().encode("ascii")).digest()[:16])
        first = self._document_id[0] if "/ID" in self.prev.trailer else digest
        self._document_id = generic.ArrayObject([first, digest])

    @cached_property
    def pages(self) -> tuple[DocumentPage, ...]:
        """All pages, found by one walk through the tree.

        Raises:
            SealingError: `seal.not-a-pdf` for a tree that is none, `seal.too-large`.
        """
        try:
            pages = tuple(
                DocumentPage(index, reference, attributes)
                for index, (reference, attributes) in enumerate(self._leaves(self.root.raw_get("/Pages"), {}, 0))
            )
            if len(pages) != int(self.root["/Pages"]["/Count"]) or not pages:
                raise ValueError("the tree does not hold the pages that it says")  # noqa: TRY301 -- as malformed
        except SealingError:
            raise
        except Exception as error:  # pyHanko meets malformed files with many exception types
            raise SealingError("seal.not-a-pdf", "The document's pages cannot be read") from error
        return pages

    def page(self, index: int) -> DocumentPage:
        """A page by its number from 0.

        Raises:
            SealingError: `seal.appearance`, there is none.
        """
        if not 0 <= index < len(self.pages):
            problem = f"The document has no page {index + 1} to put the seal on"
            raise SealingError("seal.appearance", problem, hint=f"it has {len(self.pages)}")
        return self.pages[index]

    def _leaves(self, reference: Any, above: Mapping[str, Any], depth: int) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        found = 0
        node = reference.get_object()
        own = {key: entry(node, key) for key in (*_INHERITED, "/UserUnit")}
        attributes = {**above, **{key: value for key, value in own.items() if value is not None}}
        if "/Kids" not in node:
            yield _reference(reference.idnum, reference.generation, self), attributes
            return
        if depth == _DEEPEST_TREE:
            raise ValueError("the page tree has no end")
        for index in range(len(node["/Kids"])):
            for leaf in self._leaves(node["/Kids"].raw_get(index), attributes, depth + 1):
                found += 1
                if found > MAX_PAGES:
                    raise SealingError("seal.too-large", f"The document has more than {MAX_PAGES} pages")
                yield leaf

    def _update_meta(self) -> None:
        """Do nothing: pyHanko would write the present time."""


def entry(holder: Any, key: str) -> Any:
    """An entry of a dictionary with references followed; None if it is absent or null, which is the same (7.3.7)."""
    try:
        value = holder[key]
    except KeyError:  # as pyHanko says of null, too
        return None
    return None if isinstance(value, generic.NullObject) else value


@dataclass(frozen=True, slots=True)
class EmptyField:
    """The signature field that a document was prepared with.

    Attributes:
        name: its name (`/T`).
        spot: its middle.
    """

    name: str
    spot: Spot


def open_document(file: FileMap, at: datetime) -> tuple[RepeatableWriter, EmptyField | None]:
    """Open the document for an incremental update; refuse what cannot or must not be sealed.

    Raises:
        SealingError: `seal.not-a-pdf`, `seal.too-large`, `seal.already-signed`, `seal.unsafe-content`.
    """
    try:
        writer = RepeatableWriter(file.data, at)
        encrypted = writer.prev.encrypted
        # A document that is encrypted shows nothing else.
        has_form = not encrypted and _has_form(writer.root)
        field = _empty_field(writer) if has_form else None
    except SealingError:
        raise
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
    check_safety(file)
    return writer, field


def _has_form(root: Any) -> bool:
    """Whether there is a field, a signature, or anything else of a form than an empty list."""
    if "/Perms" in root or "/AcroForm" not in root:
        return "/Perms" in root
    form = root["/AcroForm"]  # indexing resolves references; `get` would not
    return "/Fields" not in form or len(form["/Fields"]) > 0 or bool(set(form) - {"/Fields", "/DR", "/DA"})


def _empty_field(writer: RepeatableWriter) -> EmptyField | None:
    """A form's only field, if that is a signature field on a page, unsigned, which asks for nothing."""
    form = writer.root["/AcroForm"]
    fields = form["/Fields"]
    if len(fields) != 1 or set(form) - {"/Fields", "/SigFlags", "/DR", "/DA"} or "/Perms" in writer.root:
        return None
    field = fields[0].get_object()
    wants = {"/V", "/Kids", "/Lock", "/SV", "/AA", "/A", "/OC"} & set(field)
    if wants or "/P" not in field or field["/FT"] != "/Sig" or "." in field["/T"]:
        return None
    page = next(one for one in writer.pages if one.reference.reference == field.raw_get("/P").reference)
    listed = page.reference.get_object()["/Annots"]
    if fields.raw_get(0).reference not in [listed.raw_get(index).reference for index in range(len(listed))]:
        return None  # its page would never show it
    seen = page.seen()
    left, bottom, right, top = edges(field["/Rect"])
    x, y = seen.seen((left + right) / 2, (bottom + top) / 2)
    return EmptyField(str(field["/T"]), Spot(page.index, x / POINTS_PER_MM, (seen.size[1] - y) / POINTS_PER_MM))

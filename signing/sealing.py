"""Seal 签章 a PDF: one certification signature over the whole file, PAdES B-T, with the seal's picture on a page.

The signature allows no change afterwards (DocMDP P=1, ISO 32000-2 §12.8.2.2), uses sub-filter ETSI.CAdES.detached
(ETSI EN 319 142-1) and carries a time-stamp when an authority is given. pyHanko writes the incremental update; the
signature container comes from `signing.cms`, whose static parts are encoded once per credential.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing import algorithms
from signing.cms import SignedDataTemplate
from signing.errors import SealingError, TimestampError
from signing.keys import SealCredential, sha256
from signing.timestamps import Timestamper

FIELD_NAME: Final = "Seal"
_POINTS_PER_MM: Final = 72 / 25.4
_CREDENTIALS_REMEMBERED: Final = 64


@dataclass(frozen=True, slots=True)
class SealAppearance:
    """Where the seal's picture goes.

    Attributes:
        pdf: one-page PDF with the picture, e.g. from `signing.seal_image`.
        page_index: page of the document, from 0.
        x_mm: left edge, millimetres from the left edge of the (unrotated) page.
        y_mm: top edge, millimetres from the top edge of the page.
        size_mm: width and height, millimetres.
    """

    pdf: bytes
    page_index: int
    x_mm: float
    y_mm: float
    size_mm: float


def seal(
    pdf: bytes,
    *,
    credential: SealCredential,
    timestamper: Timestamper | None,
    appearance: SealAppearance | None,
    at: datetime,
    nonce: Callable[[], int],
    reason: str | None = None,
    location: str | None = None,
) -> bytes:
    """Seal a PDF that has no signature yet.

    The result is a function of the arguments alone, as far as signer and time-stamp authority are deterministic.

    Args:
        pdf: the document.
        credential: who seals; `at` must be inside the certificate's period.
        timestamper: time-stamp authority, or None for PAdES B-B.
        appearance: the visible seal, or None for an invisible one.
        at: claimed time of sealing (`/M`).
        nonce: gives the time-stamp request's nonce; called once per time-stamp.
        reason: `/Reason` of the signature dictionary.
        location: `/Location` of the signature dictionary.

    Returns:
        The sealed PDF; its beginning is the given one, unchanged.

    Raises:
        SealingError: `seal.not-a-pdf`, `seal.already-signed`, `seal.appearance`.
        KeyLoadError: `key.certificate-expired`, `key.certificate-not-yet-valid`.
        TimestampError: `timestamp.failed`.
    """
    credential.check_period(at)
    writer = _open(pdf, at)
    template = _template(credential)
    reserved = template.size_limit(time_stamp=timestamper.token_size_limit if timestamper else 0)
    placeholder = SignatureObject(
        timestamp=at,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location,
        bytes_reserved=2 * reserved,
    )
    field = _field(writer, appearance)
    embedder = PdfCMSEmbedder(new_field_spec=field).write_cms(FIELD_NAME, writer)
    prepared, output = _prepare(embedder, writer, placeholder, appearance)
    signature = template.sign(prepared.document_digest)
    token = timestamper.timestamp(sha256(signature.signature), nonce()) if timestamper else None
    container = signature.finish(token)
    if len(container) > reserved:
        raise TimestampError("timestamp.failed", "The time-stamp token is larger than its authority announced")
    embedder.send(container)
    sealed: bytes = output.getvalue()
    return sealed


def _prepare(
    embedder: Any, writer: IncrementalPdfFileWriter, placeholder: SignatureObject, appearance: SealAppearance | None
) -> tuple[Any, BytesIO]:
    """Drive pyHanko's embedding protocol up to the digest: field, signature dictionary, written file with its gap."""
    try:
        field_reference = next(embedder)
        if appearance is not None:
            _show(writer, field_reference.get_object(), appearance)
        rules = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
        embedder.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=rules))
        prepared, output = embedder.send(SigIOSetup(md_algorithm="sha256"))
    except SealingError:
        raise
    except Exception as error:
        raise SealingError("seal.not-a-pdf", "The document's structure cannot take a signature") from error
    return prepared, output


@lru_cache(maxsize=_CREDENTIALS_REMEMBERED)
def _template(credential: SealCredential) -> SignedDataTemplate:
    return SignedDataTemplate(credential, algorithms.DATA)


class _RepeatableWriter(IncrementalPdfFileWriter):
    """An incremental writer that asks neither the clock nor the random generator, and leaves the metadata alone.

    Untouched metadata also keeps PDF/A documents conforming: Info and XMP go on saying the same.
    """

    def __init__(self, pdf: bytes, at: datetime) -> None:
        super().__init__(BytesIO(pdf))
        digest = generic.ByteStringObject(hashlib.sha256(pdf + at.isoformat().encode("ascii")).digest()[:16])
        first = self._document_id[0] if "/ID" in self.prev.trailer else digest
        self._document_id = generic.ArrayObject([first, digest])

    def _update_meta(self) -> None:
        """Do nothing: pyHanko would write the present time."""


def _open(pdf: bytes, at: datetime) -> IncrementalPdfFileWriter:
    """Open the document for an incremental update; refuse what cannot or must not be sealed."""
    try:
        writer = _RepeatableWriter(pdf, at)
        encrypted = writer.prev.encrypted
        # A document that is encrypted shows nothing else.
        signed = not encrypted and ("/AcroForm" in writer.root or "/Perms" in writer.root)
    except Exception as error:
        # pyHanko meets malformed files with many exception types; all mean the same here.
        raise SealingError("seal.not-a-pdf", "The document cannot be read as a PDF") from error
    if encrypted:
        raise SealingError("seal.not-a-pdf", "The document is encrypted", hint="seal the plain document")
    if signed:
        raise SealingError(
            "seal.already-signed",
            "The document has a form or a signature already",
            hint="seal the document as it was rendered; a seal allows no change after it",
        )
    return writer


def _field(writer: IncrementalPdfFileWriter, appearance: SealAppearance | None) -> SigFieldSpec:
    if appearance is None:
        return SigFieldSpec(FIELD_NAME)
    no_page = SealingError(
        "seal.appearance", f"The document has no page {appearance.page_index + 1} to put the seal on"
    )
    if appearance.page_index < 0:
        raise no_page
    try:
        pages: Any = writer
        page_reference, _resources = pages.find_page_for_modification(appearance.page_index)
        box = _media_box(page_reference.get_object())
    except Exception as error:
        raise no_page from error
    left = box[0] + appearance.x_mm * _POINTS_PER_MM
    top = box[3] - appearance.y_mm * _POINTS_PER_MM
    size = appearance.size_mm * _POINTS_PER_MM
    # Written so that a number that is none fails too.
    if not (size > 0 and box[0] <= left and left + size <= box[2] and box[1] <= top - size and top <= box[3]):
        raise SealingError("seal.appearance", "The seal would not lie within the page", hint="check position and size")
    corners: Any = tuple(round(value, 3) for value in (left, top - size, left + size, top))
    return SigFieldSpec(FIELD_NAME, on_page=appearance.page_index, box=corners)


def _media_box(page: Any) -> tuple[float, float, float, float]:
    """Return the page's media box, inherited if need be, as left, bottom, right, top in points."""
    while "/MediaBox" not in page:
        page = page["/Parent"]
    x1, y1, x2, y2 = (float(value) for value in page["/MediaBox"])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _show(writer: IncrementalPdfFileWriter, annotation: Any, appearance: SealAppearance) -> None:
    """Make the first page of the picture the field's normal appearance; viewers scale it to the rectangle."""
    try:
        picture = writer.import_page_as_xobject(PdfFileReader(BytesIO(appearance.pdf)), page_ix=0)
    except Exception as error:
        raise SealingError("seal.appearance", "The seal's picture cannot be read as a PDF page") from error
    form: Any = generic.DictionaryObject
    annotation["/AP"] = form({generic.pdf_name("/N"): picture})

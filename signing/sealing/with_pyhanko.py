"""A signature field and the gap for its signature, written by pyHanko: for what is drawn, and for prepared fields."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing.errors import SealingError
from signing.pdf_reading import FileMap
from signing.sealing.appearance import FIELD_NAME, SealAppearance
from signing.sealing.document import EmptyField, RepeatableWriter, open_document
from signing.sealing.pictures import Drawn, draw


def prepared_by_pyhanko(
    file: FileMap,
    *,
    appearance: SealAppearance | None,
    at: datetime,
    reason: str | None,
    location: str | None,
    reserved: int,
) -> tuple[bytes, Callable[[bytes], bytes]]:
    """Open a document, refuse what cannot or must not be sealed, and write it with the gap for the signature.

    Args:
        file: the document.
        appearance: the visible seal, or None for an invisible one.
        at: claimed time of sealing.
        reason: why it is signed.
        location: where.
        reserved: bytes to keep free for the container.

    Returns:
        The SHA-256 of what the signature covers, and what makes the sealed file of the container.

    Raises:
        SealingError: `seal.not-a-pdf`, `seal.already-signed`, `seal.unsafe-content`, `seal.appearance` …
    """
    writer, empty = open_document(file, at)
    placeholder = SignatureObject(
        timestamp=at,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=location,
        bytes_reserved=2 * reserved,
    )
    drawn = _drawn(writer, appearance, empty) if appearance else None
    new = None if empty else SigFieldSpec(FIELD_NAME, **(drawn.place if drawn else {}))
    embedder = PdfCMSEmbedder(new_field_spec=new).write_cms(empty.name if empty else FIELD_NAME, writer)
    prepared, output = _prepare(embedder, placeholder, drawn)

    def filled(container: bytes) -> bytes:
        embedder.send(container)
        return output.getvalue()

    return prepared.document_digest, filled


def _drawn(writer: RepeatableWriter, appearance: SealAppearance, empty: EmptyField | None) -> Drawn:
    try:
        return draw(writer, appearance, empty)
    except SealingError:
        raise
    except Exception as error:  # pyHanko meets malformed files with many exception types
        raise SealingError("seal.not-a-pdf", "The document's pages cannot be read") from error


def _prepare(embedder: Any, placeholder: SignatureObject, drawn: Drawn | None) -> tuple[Any, BytesIO]:
    """Drive pyHanko's embedding protocol up to the digest: field, signature dictionary, written file with its gap."""
    try:
        annotation = next(embedder).get_object()
        if drawn is not None:
            drawn.show_in(annotation)
        rules = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
        embedder.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=rules))
        prepared, output = embedder.send(SigIOSetup(md_algorithm="sha256"))
    except SealingError:
        raise
    except Exception as error:
        raise SealingError("seal.not-a-pdf", "The document's structure cannot take a signature") from error
    return prepared, output

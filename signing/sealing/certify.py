"""One certification signature over a whole document."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from signing.errors import SealingError, TimestampError
from signing.keys import SealCredential, sha256
from signing.sealing.appearance import FIELD_NAME, SealAppearance
from signing.sealing.containers import template_of
from signing.sealing.document import EmptyField, RepeatableWriter, open_document
from signing.sealing.pictures import Drawn, draw
from signing.timestamps import Timestamper


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
        TimestampError: `timestamp.failed`, or as the authority says (`timestamp.*`).
    """
    credential.check_period(at)
    writer, empty = open_document(pdf, at)
    template = template_of(credential)
    reserved = template.size_limit(time_stamp=timestamper.token_size_limit if timestamper else 0)
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
    signature = template.sign(prepared.document_digest)
    token = timestamper.timestamp(sha256(signature.signature), nonce()) if timestamper else None
    container = signature.finish(token)
    if len(container) > reserved:
        raise TimestampError("timestamp.failed", "The time-stamp token is larger than its authority announced")
    embedder.send(container)
    sealed: bytes = output.getvalue()
    return sealed


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

"""One certification signature over a whole document: invisible over a usual one, by ourselves; else by pyHanko."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from signing.errors import SealingError, TimestampError
from signing.keys import SealCredential, sha256
from signing.pages import MAX_BYTES
from signing.pdf_reading import PdfError
from signing.sealing.appearance import SealAppearance
from signing.sealing.containers import template_of
from signing.sealing.invisible import is_usual, with_gap
from signing.sealing.prepared import filled
from signing.sealing.safety import check_safety, read_strictly
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
    if len(pdf) > MAX_BYTES:
        raise SealingError("seal.too-large", f"The document has more than {MAX_BYTES // 1024**2} MiB")
    template = template_of(credential)
    reserved = template.size_limit(time_stamp=timestamper.token_size_limit if timestamper else 0)
    file = read_strictly(pdf)
    digest: bytes
    fill: Callable[[bytes], bytes]
    if appearance is None and is_usual(file):
        check_safety(file)
        try:
            document, digest = with_gap(file, at=at, reason=reason, location=location, reserved=reserved)
        except PdfError as error:
            raise SealingError("seal.not-a-pdf", "The document's structure cannot take a signature") from error
        fill = partial(filled, document)
    else:
        from signing.sealing.with_pyhanko import prepared_by_pyhanko  # half a second of a cold start goes into it

        digest, fill = prepared_by_pyhanko(
            file, appearance=appearance, at=at, reason=reason, location=location, reserved=reserved
        )
    signature = template.sign(digest)
    token = timestamper.timestamp(sha256(signature.signature), nonce()) if timestamper else None
    container = signature.finish(token)
    if len(container) > reserved:
        raise TimestampError("timestamp.failed", "The time-stamp token is larger than its authority announced")
    return fill(container)

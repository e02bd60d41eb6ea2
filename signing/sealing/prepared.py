"""Seal a document that was written with the gap for its signature: one hash, one signature, nothing parsed.

Whoever writes the document writes the signature dictionary, too: sub-filter ETSI.CAdES.detached, certifying, with a
byte range of everything but the container (ISO 32000-1, 12.8.1). The result is what `seal` makes of the same document,
in one revision; tests hold the two to the same verdict.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from signing.errors import SealingError, TimestampError
from signing.keys import SealCredential, sha256
from signing.sealing.containers import template_of
from signing.timestamps import Timestamper

_CONTENTS: Final = b"/Contents "
_RANGE_LIES_WITHIN: Final = 80
"""Bytes before the container."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with the gap for its signature.

    Attributes:
        data: the file; sealing fills the gap in place.
        start: where the gap begins, with the angle bracket of a hexadecimal string.
        end: where it ends, behind the closing one.
    """

    data: bytearray = field(repr=False)
    start: int
    end: int


def reserved_for(credential: SealCredential, timestamper: Timestamper | None) -> int:
    """How many bytes to keep free for the container of a signature."""
    return template_of(credential).size_limit(time_stamp=timestamper.token_size_limit if timestamper else 0)


def seal_prepared(
    document: Prepared,
    *,
    credential: SealCredential,
    timestamper: Timestamper | None,
    at: datetime,
    nonce: Callable[[], int],
) -> bytes:
    """Seal a prepared document.

    Args:
        document: the document; its gap is filled.
        credential: who seals; `at` must be inside the certificate's period.
        timestamper: time-stamp authority, or None for PAdES B-B.
        at: claimed time of sealing, which the document says already (`/M`).
        nonce: gives the time-stamp request's nonce; called once.

    Returns:
        The sealed PDF.

    Raises:
        SealingError: `seal.not-prepared`, the gap is not where it should be, or the byte range is another.
        KeyLoadError: `key.certificate-expired`, `key.certificate-not-yet-valid`.
        TimestampError: `timestamp.failed`, or as the authority says (`timestamp.*`).
    """
    credential.check_period(at)
    _check(document)
    with memoryview(document.data) as data:
        digest = hashlib.sha256(data[: document.start])
        digest.update(data[document.end :])
    signature = template_of(credential).sign(digest.digest())
    token = timestamper.timestamp(sha256(signature.signature), nonce()) if timestamper else None
    return filled(document, signature.finish(token))


def filled(document: Prepared, container: bytes) -> bytes:
    """The file with a container in its gap.

    Raises:
        TimestampError: `timestamp.failed`, the container is too large; only a time-stamp can make it so.
    """
    digits = container.hex().upper().encode("ascii")
    room = document.end - document.start - 2
    if len(digits) > room:
        raise TimestampError("timestamp.failed", "The time-stamp token is larger than its authority announced")
    document.data[document.start + 1 : document.end - 1] = digits.ljust(room, b"0")
    return bytes(document.data)


def _check(document: Prepared) -> None:
    data, start, end = document.data, document.start, document.end
    gap = data[start:end]
    said = b"/ByteRange [0 %d %d %d]" % (start, end, len(data) - end)
    before = data[max(0, start - _RANGE_LIES_WITHIN) : start]
    empty = gap[:1] == b"<" and gap[-1:] == b">" and gap.count(b"0") == len(gap) - 2
    if not (empty and before.endswith(_CONTENTS) and before.count(said) == 1):
        raise SealingError(
            "seal.not-prepared",
            "The document has no gap for a signature where it was said to be",
            hint="write it anew; a gap is filled once",
        )

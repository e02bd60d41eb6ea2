"""Sealing up to a level: PAdES B-T, or B-LTA with evidence and an archive time-stamp, made at once or renewed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from signing.keys import SealCredential
from signing.sealing.appearance import SealAppearance
from signing.sealing.archive_update import Archived, EvidenceSource, archive
from signing.sealing.certify import seal
from signing.sealing.prepared import Prepared, reserved_for, seal_prepared
from signing.timestamps import Timestamper


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file.

    Attributes:
        revision: what the seal covers: the file as it was sealed.
        archived: the same with what followed it, or None at level B-T.
    """

    revision: bytes = field(repr=False)
    archived: Archived | None

    @property
    def pdf(self) -> bytes:
        """The file to hand out."""
        return self.archived.pdf if self.archived else self.revision


@dataclass(frozen=True, slots=True)
class SealOrder:
    """A prepared document, who seals it, and the time of sealing that it claims."""

    document: Prepared = field(repr=False)
    credential: SealCredential
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals and archives.

    Attributes:
        timestamper: time-stamp authority.
        evidence: where evidence comes from.
        now: tells the time.
        nonce: gives a fresh number for a time-stamp request.
        long_term: level B-LTA; False stops at B-T.
        at_once: of many seals, so many are made at the same time: where the authority is far, most of the time of each
            is waiting for it.
    """

    timestamper: Timestamper
    evidence: EvidenceSource
    now: Callable[[], datetime]
    nonce: Callable[[], int]
    long_term: bool = True
    at_once: int = 1

    def seal(
        self, pdf: bytes, *, credential: SealCredential, appearance: SealAppearance | None, reason: str | None = None
    ) -> Sealed:
        """Seal a document, and archive it at once at level B-LTA.

        Raises:
            SigningError: as `signing.sealing.seal` and `archive`.
        """
        sealed = seal(
            pdf,
            credential=credential,
            timestamper=self.timestamper,
            appearance=appearance,
            at=self.now(),
            nonce=self.nonce,
            reason=reason,
        )
        return self._finished(sealed, credential)

    def reserved(self, credential: SealCredential) -> int:
        """How many bytes a document that is to be sealed keeps free for the container of its signature."""
        return reserved_for(credential, self.timestamper)

    def seal_prepared(self, document: Prepared, *, credential: SealCredential, at: datetime) -> Sealed:
        """Seal a document that was written with the gap for its signature, and archive it at once at level B-LTA.

        Args:
            document: the document; its gap is filled.
            credential: who seals.
            at: claimed time of sealing, which the document says already.

        Raises:
            SigningError: as `signing.sealing.seal_prepared` and `archive`.
        """
        sealed = seal_prepared(document, credential=credential, timestamper=self.timestamper, at=at, nonce=self.nonce)
        return self._finished(sealed, credential)

    def seal_each(self, orders: Sequence[SealOrder]) -> list[Sealed]:
        """Seal many prepared documents, as `seal_prepared` does each.

        Raises:
            SigningError: the first that failed; those behind it that had not begun are not made.
        """
        if self.at_once == 1 or len(orders) == 1:
            return [self._seal(one) for one in orders]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self.at_once) as threads:
            return list(threads.map(self._seal, orders))

    def _finished(self, sealed: bytes, credential: SealCredential) -> Sealed:
        """A time-stamp that came when the certificate had ended would prove that the seal is too late."""
        credential.check_period(self.now())
        return Sealed(sealed, self.archive(sealed) if self.long_term else None)

    def _seal(self, order: SealOrder) -> Sealed:
        return self.seal_prepared(order.document, credential=order.credential, at=order.at)

    def archive(self, pdf: bytes) -> Archived:
        """Archive a sealed file, whatever the level of new seals, or one that was archived before: with fresh evidence.

        Raises:
            SealingError: `archive.not-sealed`, `archive.changed-after`.
            TrustError: `evidence.incomplete`.
            TimestampError: `timestamp.failed`.
        """
        return archive(pdf, evidence=self.evidence, timestamper=self.timestamper, at=self.now(), nonce=self.nonce)

"""Verification: should somebody rely on this licence? Numbered steps, each a finding or a proof, then a verdict.

For a PDF: 1 seal · 2 record · 3 issuer · 4 face · 5 code · 6 repository · 7 status · 8 validity. For a code from paper:
5, 3, 6, 7, 8. For an identifier of our own repository: 7, 8. A step that cannot be carried out proves nothing, and what
is not proved is never IN_FORCE.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.licenses import License
from license_lib.licenses.record import record_digest
from license_lib.qr import PictureError, QrProof, is_presentation, is_proof, scan
from license_lib.qr.pictures import looks_like_pdf
from license_lib.qr.retries import Patience
from license_lib.verification.agreement import recorded_license
from license_lib.verification.examination import Examination
from license_lib.verification.ground import Asked, Ground, StatesUnreachableError
from license_lib.verification.logged import with_log_proof
from license_lib.verification.plain_faces import PlainFaces
from license_lib.verification.standing import OnRecord
from license_lib.verification.verdict import Verdict

MAX_FILE_BYTES = 32 * 1024 * 1024
"""Larger inputs are not examined."""
PHOTO_SECONDS = 2.0
"""For a photo whose code is hard to read: `Patience`."""
_REFUSED = {
    "picture.malformed": "input.unsupported",
    "picture.more-pages": "picture.too-large",
    "picture.overrun": "verification.overrun",
}
_STRANGER = frozenset({"seal.unknown-issuer", "issuer.unknown", "qr.unknown-key"})
"""Findings of a ground that does not know who issued a licence."""


class Verifier:
    """Judges files, codes and identifiers.

    Args:
        ground: what it stands on; see there.
        others: grounds to ask in order about licences whose issuing body is a stranger to the ones before.
        patience: with a photo whose code is hard to read; None: one look.
    """

    def __init__(self, ground: Ground, others: Sequence[Ground] = (), *, patience: Patience | None = None) -> None:
        self.ground = ground
        self._patience = patience
        self._grounds = (ground, *others)
        self._faces = PlainFaces(ground.press) if ground.press else None  # other cities' are drawn
        # Of two bodies with one code, the last is found: that of the first ground.
        self._issuers = Issuers(body for each in reversed(self._grounds) for body in each.issuers)

    @property
    def catalogue(self) -> Catalogue:
        """The licence types that it knows."""
        return self.ground.catalogue

    @property
    def issuers(self) -> Issuers:
        """The issuing bodies that it knows."""
        return self._issuers

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge a PDF, or a picture of a licence. Never raises for a bad document.

        Args:
            at: the moment that the question is about: was, is or will the licence be in force then?
            now: the present, at which seals and evidence are judged; `at` if left out.
        """
        examination = Examination(self.ground, at, now)
        if len(data) > MAX_FILE_BYTES:
            return examination.refuse("input.too-large")
        if looks_like_pdf(data):
            return self._first_acquainted(
                lambda ground: Examination(ground, at, now, self._faces if ground.press else None).of_document(data)
            )
        try:
            texts = scan(data, self._patience)
        except PictureError as error:
            return self.refuse(error.code, at=at, now=now)
        proofs = [text for text in texts if is_proof(text)]
        if not proofs:
            named = "qr.presentation" if any(map(is_presentation, texts)) else "qr.foreign"
            return examination.refuse(named if texts else "qr.none")
        if len(proofs) > 1:
            return examination.refuse("qr.several")
        return self.verify_code(proofs[0], at=at, now=now)

    def verify_code(self, text: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        """Judge the text of a licence's QR; arguments as for `verify`."""
        return self._first_acquainted(lambda ground: Examination(ground, at, now).of_code(text))

    def refuse(self, code: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        """The verdict on a file that holds nothing to judge: one finding; arguments as for `verify`.

        Args:
            code: `qr.none`, `qr.foreign`, or how reading the picture failed: `picture.…`.
        """
        return Examination(self.ground, at, now).refuse(_REFUSED.get(code, code))

    def status(self, identifier: str, *, at: datetime, now: datetime | None = None) -> Verdict | None:
        """State of a licence of our own repository; None if it is not there. Arguments as for `verify`."""
        return Examination(self.ground, at, now).of_identifier(identifier)

    def recorded(self, proof: QrProof, *, at: datetime, now: datetime | None = None) -> License | None:
        """The record that a proved code is of, if our own repository holds it; arguments as for `verify`.

        Raises:
            MachineError: `storage.corrupt`, the repository's record is damaged.
        """
        own = self.ground.states if self.ground.snapshot is None else None
        try:
            known = own.state_of(Asked(str(proof.identifier), proof.status), at, now or at) if own else None
        except StatesUnreachableError:
            return None
        if not isinstance(known, OnRecord) or record_digest(known.record) != proof.digest:
            return None
        return recorded_license(known.record, str(proof.identifier))

    def with_log_proof(self, verdict: Verdict, proof: bytes) -> Verdict:
        """A verdict of this verifier on a file, with what a proof of the log beside it says."""
        return with_log_proof(verdict, proof, self._ground_of(verdict).log)

    def _ground_of(self, verdict: Verdict) -> Ground:
        """The ground that a verdict stands on."""
        used = verdict.evidence.trust_list
        listed = {each.snapshot.sha256: each for each in self._grounds if each.snapshot is not None}
        return listed.get(used.sha256, self.ground) if used else self.ground

    def _first_acquainted(self, judge: Callable[[Ground], Verdict]) -> Verdict:
        """The verdict on the first ground that knows who issued it; on the first of all, if none does.

        Each ground judges alone: what one vouches for never helps on another.
        """
        first = verdict = judge(self._grounds[0])
        for ground in self._grounds[1:]:
            if _STRANGER.isdisjoint(finding.code for finding in verdict.findings):
                return verdict
            verdict = judge(ground)
        return first if not _STRANGER.isdisjoint(finding.code for finding in verdict.findings) else verdict

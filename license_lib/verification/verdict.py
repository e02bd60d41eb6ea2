"""The verdict: four outcomes, derived from findings and from what was affirmatively proved. Nothing fails open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from license_lib.errors import InputError
from license_lib.findings import Effect, Finding
from license_lib.licenses import License
from license_lib.lifecycle import LicenseState
from license_lib.qr import QrProof
from license_lib.verification.standing import Logged, OnRecord, StatusListUsed
from signing.reports import Level


class Outcome(StrEnum):
    """What somebody may do with the licence."""

    IN_FORCE = "IN_FORCE"
    """Genuine, and in force at the time asked for."""
    NOT_IN_FORCE = "NOT_IN_FORCE"
    """Genuine, but not yet in force, expired, suspended or ended."""
    NOT_GENUINE = "NOT_GENUINE"
    """Proved not to be what was issued."""
    UNDETERMINED = "UNDETERMINED"
    """Could not tell."""


OUTCOME_TEXTS = {
    Outcome.IN_FORCE: ("真实有效", "Genuine and in force"),
    Outcome.NOT_IN_FORCE: ("真实，但未在有效状态", "Genuine, but not in force"),
    Outcome.NOT_GENUINE: ("不真实", "Not genuine"),
    Outcome.UNDETERMINED: ("无法判定", "Undetermined"),
}


class Proof(StrEnum):
    """What a verification has to prove, one name per step; steps are numbered in this order."""

    SEAL = "seal"
    RECORD = "record"
    ISSUER = "issuer"
    FACE = "face"
    CODE = "code"
    REPOSITORY = "repository"
    STATUS = "status"
    VALIDITY = "validity"


PROOF_TEXTS = {
    Proof.SEAL: ("电子印章", "Electronic seal"),
    Proof.RECORD: ("证照数据", "Licence record"),
    Proof.ISSUER: ("颁发机构及其权限", "Issuing body and its competence"),
    Proof.FACE: ("照面与数据一致", "Face agrees with the record"),
    Proof.CODE: ("二维码", "QR code"),
    Proof.REPOSITORY: ("与证照库一致", "Agrees with the repository"),
    Proof.STATUS: ("状态有效", "Neither suspended nor ended"),
    Proof.VALIDITY: ("在有效期内", "Within its validity"),
}
"""What each step is about, Chinese and English."""

DOCUMENT_PROOFS = (
    Proof.SEAL,
    Proof.RECORD,
    Proof.ISSUER,
    Proof.FACE,
    Proof.CODE,
    Proof.REPOSITORY,
    Proof.STATUS,
    Proof.VALIDITY,
)
"""Steps for a PDF, in order."""
CODE_PROOFS = (Proof.CODE, Proof.ISSUER, Proof.REPOSITORY, Proof.STATUS, Proof.VALIDITY)
"""Steps for a code read from paper, in order."""
RECORD_PROOFS = (Proof.STATUS, Proof.VALIDITY)
"""Steps for a licence of our own repository, looked up by identifier."""


class StepResult(StrEnum):
    """What one step came to."""

    PROVED = "proved"
    AGAINST = "against"
    """It found something that speaks against the licence."""
    UNKNOWN = "unknown"
    """It was carried out and could not tell."""
    NOT_CARRIED_OUT = "not-carried-out"


@dataclass(frozen=True, slots=True)
class SealFacts:
    """How long a seal can be judged.

    Attributes:
        level: PAdES baseline level (EN 319 142-1, 6); None if nothing proves any.
        archive_time_stamps: how many document time-stamps follow it.
    """

    level: Level | None
    archive_time_stamps: int


@dataclass(frozen=True, slots=True)
class TrustListUsed:
    """Which trust list: its id and number, SHA-256 of the signed document (hex), and its period."""

    list_id: str
    sequence: int
    sha256: str
    issued_at: datetime
    next_update: datetime


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a look-up tells of what was issued and what became of it: digests (hex), states, no personal data.

    Args:
        state: None before the issue took effect. since: when that state began.
        valid_until: the last day after an extension by decree; None without one.
        next_identifier: the version that took its place.
    """

    file_sha256: str
    record_sha256: str
    state: LicenseState | None
    since: datetime | None
    valid_until: date | None
    next_identifier: str | None

    @classmethod
    def of(cls, known: OnRecord) -> "Recorded":
        """What may be told of a licence on record."""
        return cls(
            known.file_digest.hex(),
            known.record_digest.hex(),
            known.state,
            known.since,
            known.valid_until,
            known.next_identifier,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """How fresh the evidence was: trusted sealing time, revocation data's date, and when the state was looked up.

    `trust_list` is the list that was relied on, where one was, and `status_list` the one that told the state. `log` is
    where its issue stands in the transparency log, as the repository or a proof says; None where neither does.
    """

    sealed_at: datetime | None = None
    revocation_as_of: datetime | None = None
    status_as_of: datetime | None = None
    trust_list: TrustListUsed | None = None
    status_list: StatusListUsed | None = None
    log: Logged | None = None


class NotInForceError(InputError):
    """Raised by `Verdict.require`: the outcome is not IN_FORCE."""

    def __init__(self, verdict: "Verdict") -> None:
        findings = ", ".join(finding.code for finding in verdict.decisive)
        super().__init__("verdict.not-in-force", f"{verdict.outcome}: {findings}")
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Verdict:
    """Should somebody rely on this?

    Args:
        at: the moment that the question is about.
        findings: everything that was found, decisive ones first.
        proved: the steps that were carried out and found nothing against the licence.
        required: the steps that this kind of input needs for IN_FORCE.
        license: the licence as read from verified bytes only, or from the repository; None if nothing was proved.
        code: the proved QR claims, where a code was read.
        intact: the bytes of the last intact signed revision; empty if there is none.
        recorded: for a look-up by identifier, what is on record; else None.
        against: the steps that found something against the licence.
        unsure: the steps that were carried out and could not tell.
        seal: how long the seal can be judged; None where none was read.
    """

    at: datetime
    findings: tuple[Finding, ...]
    proved: frozenset[Proof]
    required: tuple[Proof, ...]
    license: License | None
    code: QrProof | None
    evidence: Evidence
    intact: bytes = b""
    recorded: Recorded | None = None
    against: frozenset[Proof] = frozenset()
    unsure: frozenset[Proof] = frozenset()
    seal: SealFacts | None = None

    @property
    def outcome(self) -> Outcome:
        """IN_FORCE only if every required step proved its part and no finding speaks against it."""
        effects = {finding.effect for finding in self.findings}
        genuine = [proof for proof in self.required if proof not in {Proof.STATUS, Proof.VALIDITY}]
        if Effect.NOT_GENUINE in effects:
            return Outcome.NOT_GENUINE
        if Effect.GENUINE_UNKNOWN in effects or not self.required or not self.proved.issuperset(genuine):
            return Outcome.UNDETERMINED
        if Effect.NOT_IN_FORCE in effects:
            return Outcome.NOT_IN_FORCE
        if Effect.IN_FORCE_UNKNOWN in effects or not self.proved.issuperset(self.required):
            return Outcome.UNDETERMINED
        return Outcome.IN_FORCE

    def result_of(self, proof: Proof) -> StepResult:
        """What a step came to, whether it was required or not."""
        if proof in self.proved:
            return StepResult.PROVED
        if proof in self.against:
            return StepResult.AGAINST
        return StepResult.UNKNOWN if proof in self.unsure else StepResult.NOT_CARRIED_OUT

    @property
    def decisive(self) -> tuple[Finding, ...]:
        """The findings behind the outcome; empty for IN_FORCE."""
        deciding = {
            Outcome.NOT_GENUINE: {Effect.NOT_GENUINE},
            Outcome.NOT_IN_FORCE: {Effect.NOT_IN_FORCE},
            Outcome.UNDETERMINED: {Effect.GENUINE_UNKNOWN, Effect.IN_FORCE_UNKNOWN},
            Outcome.IN_FORCE: set[Effect](),
        }[self.outcome]
        return tuple(finding for finding in self.findings if finding.effect in deciding)

    def require(self) -> License | QrProof:
        """What was proved to be in force, for callers who want an exception instead of a value.

        Raises:
            NotInForceError: the outcome is not IN_FORCE.
        """
        proved = self.license or self.code
        if self.outcome is not Outcome.IN_FORCE or proved is None:
            raise NotInForceError(self)
        return proved


_SEVERITY = [
    Effect.NOT_GENUINE,
    Effect.GENUINE_UNKNOWN,
    Effect.NOT_IN_FORCE,
    Effect.IN_FORCE_UNKNOWN,
    Effect.NOTE,
]


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings, each once, the gravest first."""
    unique = {(finding.code, tuple(sorted(finding.params.items()))): finding for finding in findings}
    return tuple(sorted(unique.values(), key=lambda finding: _SEVERITY.index(finding.effect)))

"""What validation says about a seal: the vocabulary of ETSI EN 319 102-1, and frozen values. Imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from signing.pdf_reading.plain import PlainFile


class Indication(StrEnum):
    """Main status of a validation (EN 319 102-1 §5.1.3)."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"


class SubIndication(StrEnum):
    """Reason for a status other than TOTAL-PASSED (EN 319 102-1 §5.1.3, tables 5 and 6)."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    GENERIC = "GENERIC"


@dataclass(frozen=True, slots=True)
class SealFinding:
    """One thing that validation found, good or bad.

    Attributes:
        code: stable dotted code, e.g. `seal.altered`.
        params: details for people, e.g. a date; never needed to decide.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """What the signer's certificate says, whether or not it is trusted.

    Attributes:
        common_name: subject common name.
        organization: subject organisation.
        organization_id: subject organizationIdentifier 2.5.4.97, e.g. `NTRCN-` + credit code; empty if absent.
        sha256: SHA-256 of the certificate, hex.
        serial: serial number, decimal.
        not_before: start of its period.
        not_after: end of its period.
        certificate_der: the certificate.
        development: it was issued under the development policy: it proves nothing to anybody.
    """

    common_name: str
    organization: str
    organization_id: str
    sha256: str
    serial: str
    not_before: datetime
    not_after: datetime
    certificate_der: bytes = field(repr=False)
    development: bool


class Level(StrEnum):
    """How long a signature can be validated (PAdES baseline levels, EN 319 142-1 §6)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


class ChangeKind(StrEnum):
    """What was changed after a signature, by what the permissions of ISO 32000-2 §12.8.2.2 tell apart."""

    EVIDENCE = "evidence"
    TIME_STAMP = "time-stamp"
    SIGNATURE = "signature"
    METADATA = "metadata"
    FORM = "form"
    ANNOTATION = "annotation"
    OTHER = "other"


CHANGE_TEXTS: Final = MappingProxyType(
    {
        ChangeKind.EVIDENCE: ("添加了长期验证资料", "long-term evidence was added"),
        ChangeKind.TIME_STAMP: ("添加了文档时间戳", "a document time-stamp was added"),
        ChangeKind.SIGNATURE: ("添加了签名", "a signature, or a field for one, was added"),
        ChangeKind.METADATA: ("修改了文档信息", "information about the document was changed"),
        ChangeKind.FORM: ("填写了表单", "a form was filled in"),
        ChangeKind.ANNOTATION: ("添加了批注", "an annotation was added"),
        ChangeKind.OTHER: ("改动了文档内容", "the document's content was changed"),
    }
)
"""The kinds in words, Chinese and English."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was changed after a signature.

    Attributes:
        kind: what it is.
        where: path from the trailer, e.g. `Root/Pages/Kids/0/Contents`.
        revision: length in bytes of the file with this change: the next signed revision, or the whole file.
        permitted: the signature allows it.
    """

    kind: ChangeKind
    where: str
    revision: int = 0
    permitted: bool = False


@dataclass(frozen=True, slots=True)
class SealReport:
    """The outcome of validating one signature at one moment.

    Attributes:
        indication: main status.
        sub_indication: why it is not TOTAL-PASSED; None if it is.
        findings: everything found, most serious first.
        covered: the bytes of the signed revision if its integrity holds, else empty. Nobody may read anything else of
            the file afterwards. Intact does not mean trusted: look at `indication` too.
        signer: facts from the signer's certificate; None if there is none to read.
        sealed_at: time proven by a trusted time-stamp; None without one.
        claimed_at: time the signer claims (`/M`), unproven; None if absent.
        revocation_as_of: thisUpdate of the oldest revocation evidence used; None if none was.
        name: of the signature field.
        is_time_stamp: it is a document time-stamp.
        level: how long it can be validated; None if that was not asked.
        changes: what was changed after it, in the order of the revisions.
        plain: `covered` as it was read, if it is a plain file (ADR 25); it tells nothing that `covered` does not.
    """

    indication: Indication
    sub_indication: SubIndication | None
    findings: tuple[SealFinding, ...]
    covered: bytes = field(repr=False)
    signer: SignerFacts | None
    sealed_at: datetime | None
    claimed_at: datetime | None
    revocation_as_of: datetime | None
    name: str = ""
    is_time_stamp: bool = False
    level: Level | None = None
    changes: tuple[Change, ...] = ()
    plain: "PlainFile | None" = field(default=None, repr=False, compare=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, in order."""
        return tuple(finding.code for finding in self.findings)


class FileOutcome(StrEnum):
    """What the signatures of a file say about it."""

    INTACT = "intact"
    """Every signature is sound, and nothing was changed but what they allow."""
    ALTERED = "altered"
    """It was signed, and is not what was signed."""
    UNSIGNED = "unsigned"
    """Nobody signed it; a time-stamp alone is nobody's signature."""
    MALFORMED = "malformed"
    """It has no single meaning that could have been signed."""
    INDETERMINATE = "indeterminate"
    """Could not tell."""


_ALTERED: Final = frozenset(
    {SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE, SubIndication.FORMAT_FAILURE}
)


@dataclass(frozen=True, slots=True)
class FileReport:
    """Everything that the signatures of a file say, each by itself, and what is to be said of the file.

    Attributes:
        findings: about the file.
        signatures: in the order in which they were made, document time-stamps included.
        size: bytes of the file.
    """

    findings: tuple[SealFinding, ...]
    signatures: tuple[SealReport, ...]
    size: int

    @property
    def outcome(self) -> FileOutcome:
        """One word for the file; the gravest that anything says."""
        codes = {finding.code for finding in self.findings}
        failed = {one.sub_indication for one in self.signatures if one.indication is Indication.TOTAL_FAILED}
        uncertain = codes & UNCERTAIN or any(one.indication is not Indication.TOTAL_PASSED for one in self.signatures)
        steps = (
            (codes & CHANGED, FileOutcome.ALTERED),
            (codes & MEANINGLESS, FileOutcome.MALFORMED),
            (failed & _ALTERED, FileOutcome.ALTERED),
            (uncertain, FileOutcome.INDETERMINATE),
            (all(one.is_time_stamp for one in self.signatures), FileOutcome.UNSIGNED),
        )
        return next((outcome for applies, outcome in steps if applies), FileOutcome.INTACT)

    @property
    def intact(self) -> bytes:
        """The last revision that a sound signature covers; empty if there is none."""
        return max((one.covered for one in self.signatures if not one.is_time_stamp), key=len, default=b"")


CHANGED: Final = frozenset({"seal.altered", "seal.changed-after", "seal.coverage"})
"""Findings about a file that was signed once, and is another now."""
MEANINGLESS: Final = frozenset({"pdf.malformed", "pdf.ambiguous", "pdf.structure"})
"""Findings about a file after which nobody can say what it shows."""
UNCERTAIN: Final = frozenset({"pdf.too-large", "pdf.encrypted", "verification.overrun"})
"""Findings about a file that was not looked at to the end."""

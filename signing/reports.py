"""What validation says about a seal: the vocabulary of ETSI EN 319 102-1, and frozen values. Imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


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
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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


@dataclass(frozen=True, slots=True)
class SealReport:
    """The outcome of validating one file's seal at one moment.

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
    """

    indication: Indication
    sub_indication: SubIndication | None
    findings: tuple[SealFinding, ...]
    covered: bytes = field(repr=False)
    signer: SignerFacts | None
    sealed_at: datetime | None
    claimed_at: datetime | None
    revocation_as_of: datetime | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, in order."""
        return tuple(finding.code for finding in self.findings)

"""What is known of a certificate's revocation: the answer, whichever kind of evidence it comes from."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from signing import algorithms
from signing.evidence import Evidence


class Standing(StrEnum):
    """What is known about a certificate's revocation."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """The answer for one certificate.

    Attributes:
        standing: what is known.
        as_of: thisUpdate of the list or answer used, None if there was none.
        next_update: its nextUpdate.
        revoked_at: revocation date, for `REVOKED`.
        on_hold: the revocation may be lifted again (certificateHold, RFC 5280 §5.3.1).
        reason: why it was revoked, as RFC 5280 calls it; or why nothing is known, for people.
        evidence: the list or answer itself.
    """

    standing: Standing
    as_of: datetime | None = None
    next_update: datetime | None = None
    revoked_at: datetime | None = None
    on_hold: bool = False
    reason: str = ""
    evidence: Evidence = field(default_factory=Evidence, repr=False)

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether the evidence is still the newest at a moment; silence of a stale list proves nothing."""
        return self.next_update is not None and at <= self.next_update


def unknown(reason: str) -> RevocationAnswer:
    """Make the answer that nothing is known."""
    return RevocationAnswer(Standing.UNKNOWN, reason=reason)


def accepts_key(key: PublicKeyTypes) -> bool:
    """Tell whether signatures with a key are accepted on lists and answers."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= algorithms.MINIMUM_RSA_BITS
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(
        key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1
    )


def reason_name(reason: x509.ReasonFlags | None) -> str:
    """A reason of revocation by its name in RFC 5280 §5.3.1; empty if none was given."""
    return reason.value if reason is not None else ""

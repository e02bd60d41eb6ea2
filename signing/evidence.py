"""What proves a seal's certificates for decades: the chains, and what was known of their revocation (PAdES B-LT).

ETSI EN 319 142-1 §5.4: the document security store (DSS) of a PDF holds these very bytes.
"""

from dataclasses import dataclass, field
from typing import Final

MOST_EVIDENCE: Final = 16 * 1024 * 1024
"""Bytes of evidence that a document may bring, unpacked: anybody can write some behind a seal."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Validation material, each item DER and each once.

    Attributes:
        certificates: of the seal, its time-stamps and everybody above them.
        crls: certificate revocation lists (RFC 5280 §5).
        ocsps: OCSP responses (RFC 6960 §4.2.1), whole.
    """

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """Bytes of all items together."""
        return sum(len(item) for items in (self.certificates, self.crls, self.ocsps) for item in items)

    def __or__(self, other: "Evidence") -> "Evidence":
        """Both, each item once, in the order met."""
        return Evidence(
            tuple(dict.fromkeys((*self.certificates, *other.certificates))),
            tuple(dict.fromkeys((*self.crls, *other.crls))),
            tuple(dict.fromkeys((*self.ocsps, *other.ocsps))),
        )

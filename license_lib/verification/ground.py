"""What verification stands on: public material only, no key and no passphrase."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.verification.seals import SealDirectory
from signing.trust import TrustStore


class RecordedLicense(Protocol):
    """What the repository knows of a licence at a moment."""

    @property
    def record(self) -> bytes:
        """Canonical record bytes."""
        ...

    @property
    def file_digest(self) -> bytes:
        """SHA-256 of the one file that was issued, as it was sealed: evidence that followed does not count."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """When a revocation took effect; None if none has."""
        ...


class StateSource(Protocol):
    """Where the state of licences is looked up: the repository, later also status lists."""

    def state_of(self, identifier: str, at: datetime) -> RecordedLicense | None:
        """The state at a moment; None if the licence is not known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Licence types, trust anchors, published seals, issuing bodies, and where states are looked up.

    Args:
        states: the repository, or None where there is none to ask; outcomes are then UNDETERMINED at best.
    """

    catalogue: Catalogue
    trust: TrustStore
    seals: SealDirectory
    issuers: Issuers
    states: StateSource | None

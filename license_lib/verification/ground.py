"""What verification stands on: public material only, no key and no passphrase."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.trust_list import Snapshot
from license_lib.verification.seals import SealDirectory
from signing.trust import TrustStore


class RecordedLicense(Protocol):
    """What is on record of a licence at a moment."""

    @property
    def record(self) -> bytes | None:
        """Canonical record bytes; None where only its digest is told."""
        ...

    @property
    def record_digest(self) -> bytes:
        """SHA-256 of the canonical record bytes."""
        ...

    @property
    def file_digest(self) -> bytes:
        """SHA-256 of the one file that was issued, as it was sealed: evidence that followed does not count."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """When a revocation took effect; None if none has."""
        ...

    @property
    def as_of(self) -> datetime | None:
        """The moment of the answer, by whoever gave it; None if it is known at first hand."""
        ...


class StatesUnreachableError(Exception):
    """Whoever publishes the state of a licence gives no usable answer now."""


class StateSource(Protocol):
    """Where the state of licences is looked up: the repository, or what the issuing body publishes."""

    def state_of(self, identifier: str, at: datetime) -> RecordedLicense | None:
        """The state at a moment; None if the licence is not known.

        Raises:
            StatesUnreachableError: it cannot be asked now.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Licence types, trust anchors, published seals, issuing bodies, and where states are looked up.

    Args:
        states: the repository, or None where there is none to ask; outcomes are then UNDETERMINED at best.
        snapshot: the trust list that the rest comes from; None where it is this machine's configuration.
    """

    catalogue: Catalogue
    trust: TrustStore
    seals: SealDirectory
    issuers: Issuers
    states: StateSource | None
    snapshot: Snapshot | None = None


_OLDEST_ANSWER = timedelta(minutes=10)
"""An answer about a licence's state that is older, or from the future, is none: it may have been kept and replayed."""


def ask_state(ground: Ground, identifier: str, at: datetime, now: datetime) -> RecordedLicense | None:
    """The state of a licence as a ground knows it now.

    Raises:
        StatesUnreachableError: there is nobody to ask, or no answer of now.
    """
    if ground.states is None:
        raise StatesUnreachableError
    state = ground.states.state_of(identifier, at)
    if state is not None and state.as_of is not None and abs(now - state.as_of) > _OLDEST_ANSWER:
        raise StatesUnreachableError
    return state

"""The repository as the place where verification looks up what became of a licence."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from license_lib.lifecycle import LicenseState, standing_at
from license_lib.repository import Repository


@dataclass(frozen=True, slots=True)
class KnownState:
    """What the repository knows of a licence at a moment."""

    record: bytes = field(repr=False)
    file_digest: bytes
    revoked_at: datetime | None
    as_of: None = None

    @property
    def record_digest(self) -> bytes:
        """SHA-256 of the record."""
        return sha256(self.record).digest()


class RepositoryStates:
    """The repository as the place where verification looks up states."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def state_of(self, identifier: str, at: datetime) -> KnownState | None:
        """What is known of a licence at a moment; None if the repository does not hold it."""
        found = self._repository.history(identifier)
        if found is None:
            return None
        stored, events = found
        standing = standing_at(events, at)
        ended = standing.since if standing and standing.state is not LicenseState.ISSUED else None
        return KnownState(stored.record, stored.file_digest, ended)

"""Do a licence's row and its events still agree? Whoever writes into the database by hand has to make all of them lie.

What one licence cannot show is a row that was removed together with its events: the log does (`license fsck`).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from license_lib.errors import MachineError
from license_lib.lifecycle import EventKind, LicenseState, last_state
from license_lib.lifecycle.details import moved_to
from license_lib.repository.commitments import event_digest
from license_lib.repository.entries import Event
from license_lib.repository.values import StoredLicense


def require_sound(stored: StoredLicense, events: Sequence[Event]) -> None:
    """Refuse a licence whose row and events contradict each other.

    Raises:
        MachineError: `storage.corrupt`.
    """
    if not _is_sound(stored, events):
        raise MachineError(
            "storage.corrupt",
            "A licence in the repository does not agree with its own history",
            hint="find out who changed the database, then restore it from a backup",
        )


def _is_sound(stored: StoredLicense, events: Sequence[Event]) -> bool:
    if not events or not isinstance(stored.record, bytes):
        return False
    issue, *later = events
    return (
        issue.kind is EventKind.ISSUE
        and all(event.kind is not EventKind.ISSUE for event in later)
        and all(event.digest == event_digest(event) for event in events)
        and issue.details.get("record_digest") == stored.record_digest.hex()
        and issue.details.get("file_digest") == stored.file_digest.hex()
        and issue.details.get("previous", "") == stored.previous
        and hashlib.sha256(stored.record).digest() == stored.record_digest
        and (stored.state, stored.settled_at) == mirrored(events)
    )


def mirrored(events: Sequence[Event]) -> tuple[LicenseState | None, datetime | None]:
    """What a licence's row has to say of its events: the state that they come to, and from when on that holds."""
    later = [moment for event in events[1:] for moment in _times_of(event)]
    return last_state(events), max(later, default=None)


def _times_of(event: Event) -> tuple[datetime, ...]:
    """When an event takes effect, and for a correction, when the corrected one does."""
    moved = moved_to(event) if event.kind is EventKind.CORRECT else None
    return (event.effective_at,) if moved is None else (event.effective_at, moved.astimezone(UTC))

"""Do a licence's row and its events still agree? Whoever writes into the database by hand has to make all of them lie.

What one licence cannot show is a row that was removed together with its events: `Repository.first_broken_event` does.
"""

import hashlib
from collections.abc import Sequence

from license_lib.errors import MachineError
from license_lib.repository.chain import event_digest
from license_lib.repository.values import STATE_AFTER, Event, EventKind, StoredLicense


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
        and hashlib.sha256(stored.record).digest() == stored.record_digest
        and stored.state is STATE_AFTER[events[-1].kind]
    )

"""What the log says of the entries of this repository."""

from license_lib.lifecycle import EventKind
from license_lib.lifecycle.details import moved_to
from license_lib.log.leaves import EventLeaf
from license_lib.repository.entries import Event
from license_lib.status import StatusRef


def leaf_of_event(
    event: Event,
    *,
    record_digest: bytes,
    file_digest: bytes | None = None,
    status: StatusRef | None = None,
    corrected: Event | None = None,
) -> bytes:
    """The leaf of an event; arguments as for `events.Happening`."""
    issue, correction = event.kind is EventKind.ISSUE, event.kind is EventKind.CORRECT
    return EventLeaf(
        kind=str(event.kind),
        license=record_digest,
        event=event.digest,
        effective=event.effective_at,
        recorded=event.recorded_at,
        file=file_digest if issue else None,
        status=status if issue else None,
        corrects=corrected.digest if correction and corrected else None,
        moved_to=moved_to(event) if correction else None,
    ).encoded()

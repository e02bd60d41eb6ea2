"""Events for the tests of the life cycle, in few words."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from license_lib.lifecycle import EventKind, LicenseState, Proposed

START = datetime(2026, 11, 22, 4, tzinfo=UTC)
NEEDED: Mapping[EventKind, Mapping[str, object]] = {
    EventKind.RENEW: {"next": "the next version"},
    EventKind.AMEND: {"next": "the next version"},
    EventKind.REPLACE: {"next": "the next version"},
    EventKind.INSPECT: {"passed": True},
    EventKind.EXTEND: {"valid_until": "2040-01-01"},
}
"""What an event of each kind has to say, at the least."""
WAY_TO: Mapping[LicenseState, tuple[EventKind, ...]] = {
    LicenseState.ISSUED: (EventKind.ISSUE,),
    LicenseState.SUSPENDED: (EventKind.ISSUE, EventKind.SUSPEND),
    LicenseState.REVOKED: (EventKind.ISSUE, EventKind.REVOKE),
    LicenseState.WITHDRAWN: (EventKind.ISSUE, EventKind.WITHDRAW),
    LicenseState.CANCELLED: (EventKind.ISSUE, EventKind.CANCEL),
    LicenseState.SUPERSEDED: (EventKind.ISSUE, EventKind.RENEW),
    LicenseState.TRANSFERRED: (EventKind.ISSUE, EventKind.TRANSFER_OUT),
    LicenseState.HOLDER_ENDED: (EventKind.ISSUE, EventKind.HOLDER_ENDED),
}


def day(number: float) -> datetime:
    """So many days after the issue."""
    return START + timedelta(days=number)


def event(
    sequence: int, kind: EventKind, effective: float, recorded: float | None = None, **details: object
) -> Proposed:
    """An event with times in days; recorded when it takes effect, if nothing else is said."""
    return Proposed(
        sequence=sequence,
        kind=kind,
        effective_at=day(effective),
        recorded_at=day(effective if recorded is None else recorded),
        details={**NEEDED.get(kind, {}), **details},
    )


def correction(sequence: int, recorded: float, corrects: int, moved: float | None = None) -> Proposed:
    """A correction: the event did not happen, or took effect so many days after the issue."""
    said: dict[str, object] = {} if moved is None else {"effective_at": day(moved).isoformat()}
    return event(sequence, EventKind.CORRECT, recorded, recorded, corrects=corrects, **said)


def way_to(state: LicenseState) -> tuple[Proposed, ...]:
    """The shortest history that leads to a state, an event a day."""
    return tuple(event(number + 1, kind, number) for number, kind in enumerate(WAY_TO[state]))

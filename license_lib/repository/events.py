"""Reading and appending the event record, inside a transaction that the caller holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select

from license_lib.lifecycle import EventKind
from license_lib.repository.commitments import canonical, event_digest
from license_lib.repository.entries import Cause, Change, Event
from license_lib.repository.leaves import leaf_of_event
from license_lib.repository.log import LogWriter
from license_lib.repository.tables import EVENT
from license_lib.status import StatusRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event that is to be appended.

    Args:
        identifier: the licence concerned. change: what happens to it. salt: fresh random bytes.
        record_digest: commitment of the licence, by which the log names it.
        file_digest: of the sealed file. status: its place in a status list. Both for the issue only.
        corrected: for a correction, the event that it is about.
    """

    identifier: str
    change: Change
    salt: bytes
    record_digest: bytes
    file_digest: bytes | None = None
    status: StatusRef | None = None
    corrected: Event | None = None


def append_events(connection: Connection, log: LogWriter, happenings: Sequence[Happening]) -> tuple[Event, ...]:
    """Put events on record and into the log, in this order.

    Raises:
        InputError: `repository.text` for text that cannot be stored.
    """
    rows, leaves, events = [], [], []
    for sequence, one in enumerate(happenings, log.next_sequence):
        details = canonical(one.change.details)
        event = _event(sequence, one, details)
        events.append(event)
        leaves.append(
            leaf_of_event(
                event,
                record_digest=one.record_digest,
                file_digest=one.file_digest,
                status=one.status,
                corrected=one.corrected,
            )
        )
        rows.append(
            {
                "sequence": sequence,
                "identifier": event.identifier,
                "kind": str(event.kind),
                "effective_at": event.effective_at,
                "recorded_at": event.recorded_at,
                "actor": event.cause.actor,
                "body": event.cause.body,
                "reason": event.cause.reason,
                "legal_basis": event.cause.legal_basis,
                "paper": event.cause.paper,
                "details": details,
                "salt": event.salt,
                "digest": event.digest,
            }
        )
    log.append(*leaves)
    connection.execute(insert(EVENT), rows)
    return tuple(events)


def _event(sequence: int, one: Happening, details: str) -> Event:
    change = one.change
    event = Event(
        sequence=sequence,
        identifier=one.identifier,
        kind=change.kind,
        effective_at=change.effective_at.astimezone(UTC),
        recorded_at=change.recorded_at.astimezone(UTC),
        cause=change.cause,
        details=_frozen(details),
        salt=one.salt,
        digest=b"",
    )
    return replace(event, digest=event_digest(event))


_EVENTS: Final = select(EVENT).where(EVENT.c.identifier == bindparam("sought")).order_by(EVENT.c.sequence)
"""Made once: a statement that is made anew takes four times as long as asking the database."""


def events_of(connection: Connection, identifier: str) -> tuple[Event, ...]:
    """All events of a licence, in the order in which they were recorded."""
    return tuple(map(event_of, connection.execute(_EVENTS, {"sought": identifier})))


def event_of(row: Row[tuple[object, ...]]) -> Event:
    """A row as the value it is of."""
    return Event(
        sequence=row.sequence,
        identifier=row.identifier,
        kind=EventKind(row.kind),
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        cause=Cause(actor=row.actor, body=row.body, reason=row.reason, legal_basis=row.legal_basis, paper=row.paper),
        details=_frozen(row.details),
        salt=row.salt,
        digest=row.digest,
    )


def _frozen(details_text: str) -> Mapping[str, object]:
    return MappingProxyType(json.loads(details_text))

"""Reading and appending the event record, inside a transaction that the caller holds."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy import Connection, Row, Select, insert, select, update

from license_lib.repository.chain import canonical, event_digest
from license_lib.repository.tables import CHAIN_HEAD, EVENT
from license_lib.repository.values import STATE_AFTER, Event, EventKind, LicenseState


def next_sequence(connection: Connection) -> int:
    """The place that the next appended event will have; nobody else can take it before this transaction ends."""
    sequence: int = connection.execute(select(CHAIN_HEAD.c.sequence).with_for_update()).scalar_one()
    return sequence + 1


def append_event(
    connection: Connection,
    *,
    identifier: str,
    kind: EventKind,
    effective_at: datetime,
    recorded_at: datetime,
    actor: str,
    reason: str,
    details: Mapping[str, object],
) -> Event:
    """Put an event at the end of the record.

    Raises:
        InputError: `repository.text` for text that cannot be stored.
    """
    head = connection.execute(select(CHAIN_HEAD).with_for_update()).one()
    details_text = canonical(details)
    event = Event(
        sequence=head.sequence + 1,
        identifier=identifier,
        kind=kind,
        effective_at=effective_at.astimezone(UTC),
        recorded_at=recorded_at.astimezone(UTC),
        actor=actor,
        reason=reason,
        details=_frozen(details_text),
        previous=head.digest,
        digest=b"",
    )
    event = replace(event, digest=event_digest(event))
    columns = {column.name: getattr(event, column.name) for column in EVENT.columns}
    connection.execute(insert(EVENT), columns | {"kind": str(kind), "details": details_text})
    connection.execute(update(CHAIN_HEAD).values(sequence=event.sequence, digest=event.digest))
    return event


def events_of(connection: Connection, identifier: str) -> tuple[Event, ...]:
    """All events of a licence, in the order in which they were recorded."""
    return _events(connection, select(EVENT).where(EVENT.c.identifier == identifier).order_by(EVENT.c.sequence))


def events_after(connection: Connection, sequence: int, limit: int) -> tuple[Event, ...]:
    """A page of the whole record."""
    return _events(connection, select(EVENT).where(EVENT.c.sequence > sequence).order_by(EVENT.c.sequence).limit(limit))


def state_at(events: Iterable[Event], at: datetime) -> LicenseState | None:
    """The state that the events taking effect by `at` lead to; None before the first of them.

    Of events that take effect at the same moment the one recorded later prevails.
    """
    in_effect = [event for event in events if event.effective_at <= at]
    if not in_effect:
        return None
    return STATE_AFTER[max(in_effect, key=lambda event: (event.effective_at, event.sequence)).kind]


def _events(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[Event, ...]:
    return tuple(_event(row) for row in connection.execute(query))


def _event(row: Row[tuple[object, ...]]) -> Event:
    values = dict(row._mapping)  # noqa: SLF001 — SQLAlchemy's documented way to a row's names
    return Event(**values | {"kind": EventKind(row.kind), "details": _frozen(row.details)})


def _frozen(details_text: str) -> Mapping[str, object]:
    return MappingProxyType(json.loads(details_text))

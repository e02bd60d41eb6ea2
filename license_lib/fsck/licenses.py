"""Licences against their own history: row, issue, state, versions, holders, reservation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from license_lib.errors import LicenseError
from license_lib.fsck.findings import FsckFinding, found
from license_lib.fsck.presentations import check_presentations
from license_lib.fsck.reading import keys_in_pages, readable
from license_lib.fsck.subjects import check_subjects
from license_lib.lifecycle import SUCCESSIONS, EventKind, LicenseState
from license_lib.repository.database import Database
from license_lib.repository.entries import Event
from license_lib.repository.events import event_of
from license_lib.repository.log import LogWriter
from license_lib.repository.soundness import mirrored
from license_lib.repository.tables import EVENT, HOLDER, LICENSE, RESERVATION


@dataclass(frozen=True, slots=True)
class _Case:
    """A licence with all that stands beside it, seen at one moment."""

    row: Row[tuple[object, ...]]
    events: tuple[Event, ...]
    holders: tuple[tuple[int, str, str, str], ...]
    reservation: Row[tuple[object, ...]] | None
    succeeded_by: frozenset[str]
    """Versions that name this one as the one before."""
    ended_by: frozenset[str] | None
    """Versions that the licence before says have come after it; None if there is no licence before."""


RecordFacts = Callable[[bytes], Mapping[str, object]]
"""What a record says of the columns beside it; ValueError if it says nothing."""


class LicenseCheck:
    """One walk over all licences.

    Args:
        facts: reads the record, too, and compares what it says; None to go by its digest.

    Attributes:
        count: licences seen. unsettled: those whose state does not mirror their events.
    """

    def __init__(
        self, database: Database, facts: RecordFacts | None, progress: Callable[[int, int], None], total: int
    ) -> None:
        self._database, self._facts, self._progress, self._total = database, facts, progress, total
        self.count = 0
        self.unsettled: list[str] = []

    def run(self) -> Iterator[FsckFinding]:
        """Check licence after licence."""
        for numbers in keys_in_pages(self._database, LICENSE.c.position):
            cases, bad = readable(self._database, numbers, _cases)
            yield from (found("fsck.row-unreadable", table="license", place=place) for place in bad)
            for case in cases:
                yield from self._check(case)
            self.count += len(numbers)
            self._progress(self.count, self._total)
        yield from self._database.read(_reserved_for_nothing)
        yield from check_subjects(self._database)
        yield from check_presentations(self._database)

    def _check(self, case: _Case) -> Iterator[FsckFinding]:
        identifier = str(case.row.identifier)
        issue = case.events[0] if case.events else None
        if issue is None or issue.kind is not EventKind.ISSUE:
            yield found("fsck.issue-missing", identifier=identifier)
            return
        for what in (*_changed(case.row, issue), *self._other_than_record(case)):
            yield found("fsck.license-changed", identifier=identifier, what=what)
        if _mirror(case) != (case.row.state, case.row.settled_at):
            self.unsettled.append(identifier)
            yield found("fsck.state-differs", identifier=identifier)
        if [ordinal for ordinal, *_ in case.holders] != list(range(max(1, len(case.holders)))):
            yield found("fsck.holder-missing", identifier=identifier)
        if not _is_reserved(case, issue):
            yield found("fsck.reservation-differs", identifier=identifier)
        if case.row.previous is not None and identifier not in (case.ended_by or ()):
            yield found("fsck.version-link", identifier=identifier, other=case.row.previous)
        for other in sorted(_successors(case.events) - case.succeeded_by):
            yield found("fsck.version-link", identifier=identifier, other=other)

    def _other_than_record(self, case: _Case) -> Iterator[str]:
        if self._facts is None:
            return
        try:
            said = self._facts(case.row.record)
        except ValueError:
            yield "record"
            return
        held: dict[str, Any] = dict(zip(case.row._fields, case.row, strict=True))
        held["holders"] = tuple((name, number, kind) for _, name, number, kind in case.holders)
        yield from (what for what, value in said.items() if held[what] != value)


def settle(database: Database, identifiers: Sequence[str]) -> None:
    """Let the state of licences mirror their events again."""

    def work(connection: Connection) -> None:
        LogWriter.lock(connection)  # nobody records anything meanwhile
        for identifier in identifiers:
            query = select(EVENT).where(EVENT.c.identifier == identifier).order_by(EVENT.c.sequence)
            state, settled_at = mirrored([event_of(row) for row in connection.execute(query)])
            values = {"state": str(state), "settled_at": settled_at}
            connection.execute(update(LICENSE).where(LICENSE.c.identifier == identifier).values(values))

    database.write(work)


def _cases(connection: Connection, first: int, last: int) -> Sequence[_Case]:
    mine = LICENSE.c.position.between(first, last)
    rows = connection.execute(select(LICENSE).where(mine).order_by(LICENSE.c.position)).all()
    identifiers = select(LICENSE.c.identifier).where(mine)
    previous = select(LICENSE.c.previous).where(mine, LICENSE.c.previous.is_not(None))
    events = _events(connection, EVENT.c.identifier.in_(identifiers.union(previous)))
    holder_query = select(HOLDER).where(HOLDER.c.position.between(first, last))
    holder_rows = connection.execute(holder_query.order_by(HOLDER.c.position, HOLDER.c.ordinal)).all()
    holders = {
        position: tuple((row.ordinal, row.name, row.number, row.number_kind) for row in group)
        for position, group in groupby(holder_rows, key=lambda row: row.position)
    }
    reservation_query = select(RESERVATION).where(RESERVATION.c.identifier.in_(identifiers))
    reservations = {row.identifier: row for row in connection.execute(reservation_query)}
    after_query = select(LICENSE.c.previous, LICENSE.c.identifier).where(LICENSE.c.previous.in_(identifiers))
    after: dict[str, set[str]] = {}
    for before, identifier in connection.execute(after_query):
        after.setdefault(before, set()).add(identifier)
    return [
        _Case(
            row=row,
            events=events.get(row.identifier, ()),
            holders=holders.get(row.position, ()),
            reservation=reservations.get(row.identifier),
            succeeded_by=frozenset(after.get(row.identifier, ())),
            ended_by=_successors(events[row.previous]) if row.previous in events else None,
        )
        for row in rows
    ]


def _events(connection: Connection, condition: object) -> dict[str, tuple[Event, ...]]:
    query = select(EVENT).where(condition).order_by(EVENT.c.identifier, EVENT.c.sequence)  # type: ignore[arg-type]
    events = [event_of(row) for row in connection.execute(query)]
    return {identifier: tuple(group) for identifier, group in groupby(events, key=lambda event: event.identifier)}


def _changed(row: Row[tuple[object, ...]], issue: Event) -> Iterator[str]:
    """What of a row is not as its issue has it; the issue stands in the log."""
    details = issue.details
    if not isinstance(row.record, bytes) or sha256(row.record).digest() != row.record_digest:
        yield "record"
    said = {
        "position": issue.sequence,
        "recorded_at": issue.recorded_at,
        "record_digest": details.get("record_digest"),
        "file_digest": details.get("file_digest"),
        "key_id": details.get("key_id"),
        "previous": details.get("previous"),
    }
    held: dict[str, Any] = dict(zip(row._fields, row, strict=True))
    for name in ("record_digest", "file_digest", "key_id"):
        held[name] = bytes(held[name]).hex()
    yield from (name for name, value in said.items() if held[name] != value)


def _mirror(case: _Case) -> tuple[str, datetime | None] | None:
    if any(event.kind is EventKind.ISSUE for event in case.events[1:]):
        return None
    try:
        state, settled_at = mirrored(case.events)
    except (ValueError, TypeError, KeyError, LicenseError):  # events that were changed: the log names them
        return None
    return (str(state), settled_at) if isinstance(state, LicenseState) else None


def _is_reserved(case: _Case, issue: Event) -> bool:
    reserved = case.reservation
    return (
        reserved is not None
        and reserved.committed_at == case.row.recorded_at
        and reserved.request_key == issue.details.get("request_key", reserved.request_key)
        and len(reserved.request_digest) == sha256().digest_size
        and (reserved.status_list, reserved.status_index) == (case.row.status_list, case.row.status_index)
    )


def _successors(events: Sequence[Event]) -> frozenset[str]:
    """The versions that a licence's events name as coming after it."""
    return frozenset(str(event.details.get("next")) for event in events if event.kind in SUCCESSIONS)


def _reserved_for_nothing(connection: Connection) -> list[FsckFinding]:
    """Reservations that say that a licence was issued where there is none."""
    query = (
        select(RESERVATION.c.identifier)
        .select_from(RESERVATION.outerjoin(LICENSE, LICENSE.c.identifier == RESERVATION.c.identifier))
        .where(RESERVATION.c.committed_at.is_not(None), LICENSE.c.identifier.is_(None))
    )
    lost = connection.execute(query).scalars()
    return [found("fsck.reservation-differs", identifier=identifier) for identifier in lost]


def open_reservations(connection: Connection) -> int:
    """How many identifiers are kept for requests that were not fulfilled: normal, each may be asked for again."""
    query = select(func.count()).select_from(RESERVATION).where(RESERVATION.c.committed_at.is_(None))
    return connection.execute(query).scalar_one()

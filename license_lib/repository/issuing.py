"""From requests to licences on record, each exactly once, inside transactions that the caller holds.

The order (design law 6) is: reserve an identifier · seal · put the file · commit. Whatever crashes in between, the
request can be made again: it gets the same identifier. If two processes work on one request at the same time, both get
that identifier and both may seal; the commit lets the first one in and gives the other the licence of the first. So
nobody waits for a process that may be dead, and one licence comes out.

One request or many, these are the steps: what a group asks of the database is asked for all of it at once, and what is
wrong with one is an answer in its place, before anything of it is written. Writers wait for each other at the first
statement, so that what they read next is as the one before left it: who reserves at the newest status list, who commits
at the end of the log. A transaction that does both takes them in that order (`together`).
"""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from license_lib.calendar import start_of
from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import EventKind, TypeRules
from license_lib.repository.archives import insert_archives
from license_lib.repository.commitments import SALT_BYTES
from license_lib.repository.entries import Change
from license_lib.repository.events import Happening, append_events
from license_lib.repository.log import LogWriter
from license_lib.repository.numbers import NumbersInUse
from license_lib.repository.recording import record
from license_lib.repository.rows import insert_licenses, licenses_where
from license_lib.repository.statuses import PlaceGiver
from license_lib.repository.tables import LICENSE, RESERVATION
from license_lib.repository.values import AlreadyIssued, IssuedLicense, Proposal, Reservation, StoredLicense
from license_lib.status import StatusRef

Asked = tuple[str, bytes]
"""A request's idempotency key and its digest."""
_Reserved = Row[tuple[object, ...]]


def fulfilled(connection: Connection, requests: Sequence[Asked]) -> dict[Asked, StoredLicense]:
    """See `Issues.fulfilled`."""
    committed = select(RESERVATION.c.request_key, RESERVATION.c.request_digest, RESERVATION.c.identifier).where(
        RESERVATION.c.request_key.in_({key for key, _ in requests}), RESERVATION.c.committed_at.is_not(None)
    )
    asked = set(requests)  # a key may come with another request before its own
    rows = connection.execute(committed)
    found = {one: row.identifier for row in rows if (one := (row.request_key, row.request_digest)) in asked}
    licenses = _committed(connection, found.values())
    return {one: licenses[identifier] for one, identifier in found.items()}


def reserve(
    connection: Connection, proposals: Sequence[Proposal], *, randomness: Callable[[int], bytes]
) -> list[Reservation | AlreadyIssued | InputError]:
    """See `Issues.reserve_each`."""
    giver = PlaceGiver.lock(connection)
    wanted = RESERVATION.c.request_key.in_(sorted({one.request_key for one in proposals}))
    earlier = {row.request_key: row for row in connection.execute(select(RESERVATION).where(wanted))}
    deciding = _Deciding(connection, proposals, earlier)
    answers = [deciding.answer(one) for one in proposals]
    places = dict(zip(deciding.new, giver.give(len(deciding.new), randomness), strict=True))
    if deciding.new:
        connection.execute(
            insert(RESERVATION),
            [
                {
                    "identifier": one.identifier,
                    "request_key": key,
                    "request_digest": one.request_digest,
                    "status_list": places[key].list_number,
                    "status_index": places[key].index,
                    "reserved_at": one.at,
                }
                for key, one in deciding.new.items()
            ],
        )
    return [
        Reservation(answer.identifier, answer.request_key, resumed=one is not answer, status=places[answer.request_key])
        if isinstance(answer, Proposal)
        else answer
        for one, answer in zip(proposals, answers, strict=True)
    ]


class _Deciding:
    """What each of a group of proposals is answered.

    Attributes:
        new: those that are reserved now, by their request's key.
    """

    def __init__(self, connection: Connection, proposals: Sequence[Proposal], earlier: dict[str, _Reserved]) -> None:
        self.new: dict[str, Proposal] = {}
        self._earlier = earlier
        self._claimed: set[str] = set()
        rows = earlier.values()
        self._licenses = _committed(connection, [row.identifier for row in rows if row.committed_at is not None])
        proposed = [one.identifier for one in proposals if one.request_key not in earlier]
        taken = select(RESERVATION.c.identifier).where(RESERVATION.c.identifier.in_(proposed))
        self._taken = set(connection.execute(taken).scalars()) if proposed else set()
        claims = [one.claim for one in proposals if one.claim is not None]
        self._numbers = NumbersInUse(connection, claims, min(one.at for one in proposals))

    def answer(self, one: Proposal) -> Proposal | Reservation | AlreadyIssued | InputError:
        """A proposal stands for the reservation that it will be."""
        try:
            return self._answer(one)
        except InputError as refusal:
            return refusal

    def _answer(self, one: Proposal) -> Proposal | Reservation | AlreadyIssued:
        before = self._earlier.get(one.request_key) or self.new.get(one.request_key)
        if before is not None:
            if before.request_digest != one.request_digest:
                raise InputError(
                    "request.key-reused",
                    "Another request was made under the same idempotency key",
                    hint="repeat the same request, or give the new one its own key",
                )
            if isinstance(before, Proposal):
                return before
            if before.committed_at is not None:
                return AlreadyIssued(self._licenses[before.identifier])
        elif one.identifier in self._taken:
            raise InputError("identifier.taken", "The identifier was given away before", hint="draw another serial")
        identifier = one.identifier if before is None else before.identifier
        if one.claim is not None and identifier not in self._claimed:  # the same request again holds its own number
            self._numbers.require_free(one.claim, one.at)
            self._numbers.take(one.claim, identifier)
            self._claimed.add(identifier)
        if before is not None:
            return Reservation(before.identifier, one.request_key, resumed=True, status=_status(before))
        self._taken.add(one.identifier)
        self.new[one.request_key] = one
        return one


def commit(
    connection: Connection,
    entries: Sequence[IssuedLicense],
    *,
    rules: Callable[[str], TypeRules],
    randomness: Callable[[int], bytes],
) -> list[StoredLicense | InputError]:
    """See `Issues.commit_each`."""
    log = LogWriter.lock(connection)
    mine = RESERVATION.c.identifier.in_(sorted({one.identifier for one in entries}))
    reserved = {row.identifier: row for row in connection.execute(select(RESERVATION).where(mine))}
    before = [one.identifier for one in reserved.values() if one.committed_at is not None]
    recorder = _Recorder(connection, log, _committed(connection, before), randomness)
    recorder.numbers = NumbersInUse(connection, [one.claim for one in entries], min(one.at for one in entries))
    refused: dict[int, InputError] = {}
    for place, one in enumerate(entries):
        try:
            _require_reserved(one, reserved.get(one.identifier))
            recorder.add(one, rules)
        except InputError as error:
            refused[place] = error
    recorder.flush()
    return [refused.get(place) or recorder.on_record[one.identifier] for place, one in enumerate(entries)]


def _require_reserved(issued: IssuedLicense, reserved: _Reserved | None) -> None:
    if reserved is None or reserved.request_key != issued.request_key:
        raise InputError(
            "reservation.unknown", "The identifier is not reserved for this request", hint="reserve it first"
        )
    if reserved.committed_at is None and issued.status != _status(reserved):
        raise InputError("reservation.status", "The licence names another place in a status list than is kept for it")


class _Recorder:
    """Puts licences on record, many by one statement.

    Attributes:
        on_record: by identifier, those of the group that are, whoever put them there.
    """

    numbers: NumbersInUse

    def __init__(
        self,
        connection: Connection,
        log: LogWriter,
        on_record: dict[str, StoredLicense],
        randomness: Callable[[int], bytes],
    ) -> None:
        self.on_record = on_record
        self._connection, self._log, self._randomness = connection, log, randomness
        self._run: dict[str, IssuedLicense] = {}

    def add(self, issued: IssuedLicense, rules: Callable[[str], TypeRules]) -> None:
        """Put it on record with the next `flush`, unless it is already, or will be.

        Raises:
            InputError: nothing of it was written.
        """
        if issued.identifier in self.on_record or issued.identifier in self._run:
            return
        self.numbers.require_free(issued.claim, issued.at)
        if issued.replaces is not None:  # its own entry of the log comes first
            self.flush()
            succession = Change(
                kind=issued.replaces,
                cause=issued.cause,
                effective_at=max(start_of(issued.valid_from), issued.at),
                recorded_at=issued.at,
                details={"next": issued.identifier},
            )
            salt = self._randomness(SALT_BYTES)
            record(self._connection, self._log, issued.previous, succession, rules=rules(issued.type_key), salt=salt)
        self.numbers.take(issued.claim, issued.identifier)
        self._run[issued.identifier] = issued

    def flush(self) -> None:
        """The licences, their files, their events and their leaves."""
        run = list(self._run.values())
        self._run.clear()
        if not run:
            return
        stored = insert_licenses(self._connection, run, position=self._log.next_sequence)
        archived = {place.position: one.archive for place, one in zip(stored, run, strict=True) if one.archive}
        insert_archives(self._connection, archived)
        append_events(self._connection, self._log, [self._issue(one) for one in run])
        mine = update(RESERVATION).where(RESERVATION.c.identifier == bindparam("mine"))
        self._connection.execute(
            mine.values(committed_at=bindparam("at")), [{"mine": one.identifier, "at": one.at} for one in run]
        )
        self.on_record |= {one.identifier: one for one in stored}

    def _issue(self, issued: IssuedLicense) -> Happening:
        change = Change(
            kind=EventKind.ISSUE,
            cause=issued.cause,
            effective_at=start_of(issued.issued_on),
            recorded_at=issued.at,
            details=_issue_details(issued),
        )
        return Happening(
            identifier=issued.identifier,
            change=change,
            salt=self._randomness(SALT_BYTES),
            record_digest=issued.record_digest,
            file_digest=issued.file_digest,
            status=issued.status,
        )


def _committed(connection: Connection, identifiers: Collection[str]) -> dict[str, StoredLicense]:
    """Licences by the identifiers of reservations that are marked as used."""
    if not identifiers:
        return {}
    found = licenses_where(connection, LICENSE.c.identifier.in_(sorted(identifiers)))
    if len(found) != len(identifiers):
        raise MachineError(
            "storage.corrupt", "A reservation is marked as used, but its licence is missing", hint="restore a backup"
        )
    return {one.identifier: one for one in found}


def _issue_details(issued: IssuedLicense) -> dict[str, object]:
    return {
        "file_digest": issued.file_digest.hex(),
        "key_id": issued.key_id.hex(),
        "overrides": [
            {"what": entry.what, "reason": entry.reason, "approved_by": entry.approved_by} for entry in issued.overrides
        ],
        "record_digest": issued.record_digest.hex(),
        "request_key": issued.request_key,
        **({"previous": issued.previous} if issued.previous else {}),
    }


def _status(reservation: _Reserved) -> StatusRef | None:
    """The place in a status list that is kept with an identifier."""
    if reservation.status_list is None:
        return None
    return StatusRef(reservation.status_list, reservation.status_index)

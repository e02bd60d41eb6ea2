"""Who a holder is, whatever the number, inside transactions that the caller holds.

People's numbers get corrected, foreigners get new ones, old organisation codes became credit codes. So a holder is kept
as a subject with all the numbers that it ever had, and a look-up by any of them finds the same licences. A subject is
named after the first licence that was issued to it. A correction is an entry of the log; one that was wrong is taken
back by another.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, insert, select, tuple_

from license_lib.errors import InputError
from license_lib.log.leaves import EntryLeaf, EntryType
from license_lib.repository.commitments import SALT_BYTES, correction_digest
from license_lib.repository.database import Database
from license_lib.repository.entries import Cause, Correction, HolderNumber, require_zone
from license_lib.repository.log import LogWriter
from license_lib.repository.tables import CORRECTION, HOLDER, SUBJECT_NUMBER

HOLDERS_OF_ONE_LICENSE = 1 << 16
"""More than any licence has: a subject is numbered by its first licence's place and its own on that licence."""
_MOST_HOPS = 16


class Subjects:
    """The holders of a repository, whatever their numbers."""

    def __init__(self, database: Database, randomness: Callable[[int], bytes]) -> None:
        self._database = database
        self._randomness = randomness

    def correct_number(
        self, old: HolderNumber, new: HolderNumber, *, cause: Cause, recorded_at: datetime, join: bool = False
    ) -> Correction:
        """Put on record that a holder's number was corrected: from now on both find the same licences.

        Args:
            old: the number that licences were issued to. new: what it is now. Both in their canonical form.
            cause: who, and why.
            recorded_at: now.
            join: the new number may be one that other licences were issued to: both are one holder from now on.

        Raises:
            InputError: `holder.unknown`, `holder.has-number`, `holder.joins`; of the cause see `Cause.require`.
        """
        cause.require()
        require_zone(recorded_at, "recorded_at")
        salt = self._randomness(SALT_BYTES)
        return self._database.write(
            lambda connection: _correct(
                connection, old, new, cause=cause, recorded_at=recorded_at, salt=salt, join=join
            )
        )

    def withdraw_correction(self, sequence: int, *, cause: Cause, recorded_at: datetime) -> Correction:
        """Take back a correction that was wrong: the new number finds the holder's licences no longer.

        Args:
            sequence: of the correction.
            cause: who, and why.
            recorded_at: now.

        Raises:
            InputError: `holder.no-correction`; `holder.in-use` if licences were issued to the new number since;
                `event.actor-missing`, `event.reason-missing`.
        """
        cause.require()
        require_zone(recorded_at, "recorded_at")
        salt = self._randomness(SALT_BYTES)
        return self._database.write(
            lambda connection: _withdraw(connection, sequence, cause=cause, recorded_at=recorded_at, salt=salt)
        )

    def corrections(self, number: str) -> tuple[Correction, ...]:
        """How the numbers of whoever has or had a number were corrected, in the order of record."""

        def work(connection: Connection) -> tuple[Correction, ...]:
            theirs = CORRECTION.c.subject.in_(subjects_with(connection, number))
            query = select(CORRECTION).where(theirs).order_by(CORRECTION.c.sequence)
            return tuple(correction_of(row) for row in connection.execute(query))

        return self._database.read(work)


def subjects_of(connection: Connection, holders: Sequence[tuple[int, int, HolderNumber]]) -> list[int]:
    """The subject that each number belongs to; a new one if nobody had it before.

    Args:
        holders: for each, the place of the licence that is being issued, the holder's own on it, and the number. Not
            more than a statement may have parameters: tens of thousands.
    """
    asked = select(SUBJECT_NUMBER.c.number, SUBJECT_NUMBER.c.number_kind, SUBJECT_NUMBER.c.subject)
    numbers = sorted({number.number for _, _, number in holders})
    known: dict[tuple[str, str], int] = {}
    for row in connection.execute(asked.where(SUBJECT_NUMBER.c.number.in_(numbers)).order_by(SUBJECT_NUMBER.c.subject)):
        known.setdefault((row.number, row.number_kind), int(row.subject))
    subjects, new = [], []
    for position, ordinal, number in holders:
        subject = position * HOLDERS_OF_ONE_LICENSE + ordinal
        if known.setdefault((number.number, number.kind), subject) == subject:
            new.append({"subject": subject, "number": number.number, "number_kind": number.kind})
        subjects.append(known[number.number, number.kind])
    if new:
        connection.execute(insert(SUBJECT_NUMBER), new)
    return subjects


def subjects_with(connection: Connection, number: str, kinds: Collection[str] = ()) -> frozenset[int]:
    """Whoever has or had a number, with those whom a correction joined to them.

    Args:
        kinds: only if it is a number of these types 持证主体代码类型; of any if empty.
    """
    query = select(SUBJECT_NUMBER.c.subject, SUBJECT_NUMBER.c.number_kind).where(SUBJECT_NUMBER.c.number == number)
    if kinds:
        query = query.where(SUBJECT_NUMBER.c.number_kind.in_(kinds))
    asked = connection.execute(query).all()
    subjects, numbers = {row.subject for row in asked}, {(number, row.number_kind) for row in asked}
    if not subjects:
        return frozenset()
    for _ in range(_MOST_HOPS):
        theirs = select(SUBJECT_NUMBER.c.number, SUBJECT_NUMBER.c.number_kind).where(
            SUBJECT_NUMBER.c.subject.in_(subjects)
        )
        found = {(row.number, row.number_kind) for row in connection.execute(theirs)}
        if found <= numbers:
            break
        numbers |= found
        same = tuple_(SUBJECT_NUMBER.c.number, SUBJECT_NUMBER.c.number_kind).in_(sorted(numbers))
        subjects |= set(connection.execute(select(SUBJECT_NUMBER.c.subject).where(same)).scalars())
    return frozenset(subjects)


def _correct(
    connection: Connection,
    old: HolderNumber,
    new: HolderNumber,
    *,
    cause: Cause,
    recorded_at: datetime,
    salt: bytes,
    join: bool,
) -> Correction:
    log = LogWriter.lock(connection)  # first: nobody else issues or corrects until what is found here is on record
    subject = connection.execute(
        select(SUBJECT_NUMBER.c.subject).where(_is(old)).order_by(SUBJECT_NUMBER.c.subject).limit(1)
    ).scalar()
    if subject is None:
        raise InputError("holder.unknown", "No licence was issued to the number that is to be corrected")
    if connection.scalar(select(exists().where(_is(new), SUBJECT_NUMBER.c.subject == subject))):
        raise InputError("holder.has-number", "The holder has both numbers already")
    if not join and connection.scalar(select(exists().where(_is(new)))):
        raise InputError(
            "holder.joins",
            "Other licences were issued to the new number",
            hint="if they are the same holder's, say so: --join",
        )
    made = _record(
        connection, log, int(subject), old, new, cause=cause, recorded_at=recorded_at, salt=salt, withdraws=None
    )
    _give(connection, int(subject), new)
    return made


def _withdraw(connection: Connection, sequence: int, *, cause: Cause, recorded_at: datetime, salt: bytes) -> Correction:
    log = LogWriter.lock(connection)
    found = connection.execute(select(CORRECTION).where(CORRECTION.c.sequence == sequence)).one_or_none()
    withdrawn = connection.scalar(select(exists().where(CORRECTION.c.withdraws == sequence)))
    if found is None or found.withdraws is not None or withdrawn:
        raise InputError("holder.no-correction", "There is no such correction, or it was withdrawn before")
    old = HolderNumber(found.old_number, found.old_kind)
    new = HolderNumber(found.new_number, found.new_kind)
    issued_to_new = exists().where(
        HOLDER.c.subject == found.subject, HOLDER.c.number == new.number, HOLDER.c.number_kind == new.kind
    )
    if connection.scalar(select(issued_to_new)):
        raise InputError(
            "holder.in-use",
            "Licences were issued to the corrected number since",
            hint="revoke or amend them first: they belong to whoever has that number",
        )
    made = _record(
        connection, log, found.subject, old, new, cause=cause, recorded_at=recorded_at, salt=salt, withdraws=sequence
    )
    connection.execute(delete(SUBJECT_NUMBER).where(_is(new), SUBJECT_NUMBER.c.subject == found.subject))
    return made


def correction_of(row: Row[tuple[object, ...]]) -> Correction:
    """A row as the value it is of."""
    return Correction(
        sequence=row.sequence,
        subject=row.subject,
        old=HolderNumber(row.old_number, row.old_kind),
        new=HolderNumber(row.new_number, row.new_kind),
        withdraws=row.withdraws,
        recorded_at=row.recorded_at,
        cause=Cause(actor=row.actor, body=row.body, reason=row.reason, legal_basis=row.legal_basis, paper=row.paper),
        salt=row.salt,
        digest=row.digest,
    )


def _record(
    connection: Connection,
    log: LogWriter,
    subject: int,
    old: HolderNumber,
    new: HolderNumber,
    *,
    cause: Cause,
    recorded_at: datetime,
    salt: bytes,
    withdraws: int | None,
) -> Correction:
    correction = Correction(
        sequence=log.next_sequence,
        subject=subject,
        old=old,
        new=new,
        withdraws=withdraws,
        recorded_at=recorded_at.astimezone(UTC),
        cause=cause,
        salt=salt,
        digest=b"",
    )
    correction = replace(correction, digest=correction_digest(correction))
    log.append(EntryLeaf(EntryType.SUBJECT, correction.digest, correction.recorded_at).encoded())
    connection.execute(
        insert(CORRECTION),
        {
            "sequence": correction.sequence,
            "subject": subject,
            "old_number": old.number,
            "old_kind": old.kind,
            "new_number": new.number,
            "new_kind": new.kind,
            "withdraws": withdraws,
            "recorded_at": correction.recorded_at,
            "actor": cause.actor,
            "body": cause.body,
            "reason": cause.reason,
            "legal_basis": cause.legal_basis,
            "paper": cause.paper,
            "salt": salt,
            "digest": correction.digest,
        },
    )
    return correction


def _give(connection: Connection, subject: int, number: HolderNumber) -> None:
    row = {"subject": subject, "number": number.number, "number_kind": number.kind}
    connection.execute(insert(SUBJECT_NUMBER), row)


def _is(number: HolderNumber) -> ColumnElement[bool]:
    return and_(SUBJECT_NUMBER.c.number == number.number, SUBJECT_NUMBER.c.number_kind == number.kind)

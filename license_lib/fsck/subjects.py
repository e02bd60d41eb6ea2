"""Numbers of holders: each is explained by a licence or by a correction in the log, and none of these is missing."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.repository.database import Database
from license_lib.repository.tables import CORRECTION, HOLDER, SUBJECT_NUMBER

_BACK = CORRECTION.alias("taken_back")
_IN_FORCE = and_(CORRECTION.c.withdraws.is_(None), ~exists().where(_BACK.c.withdraws == CORRECTION.c.sequence))
_OF_HOLDER = and_(
    SUBJECT_NUMBER.c.number == HOLDER.c.number,
    SUBJECT_NUMBER.c.number_kind == HOLDER.c.number_kind,
    SUBJECT_NUMBER.c.subject == HOLDER.c.subject,
)
_OF_CORRECTION = and_(
    SUBJECT_NUMBER.c.number == CORRECTION.c.new_number,
    SUBJECT_NUMBER.c.number_kind == CORRECTION.c.new_kind,
    SUBJECT_NUMBER.c.subject == CORRECTION.c.subject,
)


def check_subjects(database: Database) -> Iterator[FsckFinding]:
    """Check who is found by which number."""
    yield from database.read(_unfindable)
    yield from database.read(_uncorrected)
    yield from database.read(_unexplained)


def _unfindable(connection: Connection) -> list[FsckFinding]:
    """Holders whose number does not lead to them."""
    query = (
        select(HOLDER.c.position, HOLDER.c.ordinal)
        .select_from(HOLDER.outerjoin(SUBJECT_NUMBER, _OF_HOLDER))
        .where(SUBJECT_NUMBER.c.subject.is_(None))
    )
    lost = connection.execute(query)
    return [found("fsck.holder-unfindable", position=row.position, ordinal=row.ordinal) for row in lost]


def _uncorrected(connection: Connection) -> list[FsckFinding]:
    """Corrections in force whose new number does not lead to the holder."""
    query = (
        select(CORRECTION.c.sequence)
        .select_from(CORRECTION.outerjoin(SUBJECT_NUMBER, _OF_CORRECTION))
        .where(_IN_FORCE, SUBJECT_NUMBER.c.subject.is_(None))
    )
    return [found("fsck.number-missing", sequence=sequence) for sequence in connection.execute(query).scalars()]


def _unexplained(connection: Connection) -> list[FsckFinding]:
    """Numbers that lead to somebody who never had them."""
    explained = exists().where(_OF_HOLDER) | exists().where(_OF_CORRECTION, _IN_FORCE)
    query = select(SUBJECT_NUMBER.c.subject).where(~explained)
    return [found("fsck.number-unexplained", subject=subject) for subject in connection.execute(query).scalars()]

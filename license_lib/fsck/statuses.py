"""Places in status lists: each given away once, inside its list, and as many as the list says."""

from collections.abc import Iterator
from functools import cache, partial

from sqlalchemy import Connection, func, or_, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.repository.database import Database
from license_lib.repository.tables import RESERVATION, STATUS_LIST
from license_lib.status import LIST_SIZE
from license_lib.status.scattering import permuted, round_value

_LIST, _INDEX = RESERVATION.c.status_list, RESERVATION.c.status_index


def check_statuses(database: Database) -> Iterator[FsckFinding]:
    """Check all places that were given away."""
    yield from database.read(_twice)
    yield from database.read(_outside)
    yield from database.read(_counts)
    for number in database.read(lambda connection: connection.execute(select(STATUS_LIST.c.number)).scalars().all()):
        yield from database.read(partial(_scattered, number=number))


def _twice(connection: Connection) -> list[FsckFinding]:
    query = (
        select(_LIST, _INDEX, func.count().label("times"))
        .where(_LIST.is_not(None))
        .group_by(_LIST, _INDEX)
        .having(func.count() > 1)
    )
    rows = connection.execute(query)
    return [found("fsck.status-twice", list=row.status_list, index=row.status_index, count=row.times) for row in rows]


def _outside(connection: Connection) -> list[FsckFinding]:
    query = (
        select(RESERVATION.c.identifier, _LIST, _INDEX)
        .select_from(RESERVATION.outerjoin(STATUS_LIST, STATUS_LIST.c.number == _LIST))
        .where(
            _LIST.is_not(None),
            or_(STATUS_LIST.c.number.is_(None), _INDEX.is_(None), _INDEX < 0, _INDEX >= LIST_SIZE),
        )
    )
    return [
        found("fsck.status-outside", identifier=row.identifier, list=row.status_list, index=row.status_index)
        for row in connection.execute(query)
    ]


def _counts(connection: Connection) -> list[FsckFinding]:
    query = (
        select(STATUS_LIST.c.number, STATUS_LIST.c.used, func.count(_INDEX).label("given"))
        .select_from(STATUS_LIST.outerjoin(RESERVATION, STATUS_LIST.c.number == _LIST))
        .group_by(STATUS_LIST.c.number, STATUS_LIST.c.used)
        .having(STATUS_LIST.c.used != func.count(_INDEX))
    )
    rows = connection.execute(query)
    return [found("fsck.status-count", list=row.number, said=row.used, count=row.given) for row in rows]


def _scattered(connection: Connection, *, number: int) -> list[FsckFinding]:
    """Places that a list's key would not have given away: another key gives away again what is taken."""
    used, key = connection.execute(
        select(STATUS_LIST.c.used, STATUS_LIST.c.key).where(STATUS_LIST.c.number == number)
    ).one()
    told = cache(lambda turn, half: round_value(turn, half, key))  # a million places need ten thousand of them
    query = select(RESERVATION.c.status_index).where(RESERVATION.c.status_list == number)
    given = set(connection.execute(query).scalars())
    wrong = given ^ {permuted(counter, told) for counter in range(min(used, LIST_SIZE))}
    if not wrong:
        return []
    places = [index for index in wrong if index is not None]
    return [found("fsck.status-scattered", list=number, count=len(wrong), index=min(places, default="?"))]

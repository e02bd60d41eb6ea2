"""Places in status lists: given away with identifiers, inside transactions that the caller holds; and what they say.

A place is kept for a request for ever, like its identifier. The order in which places are given away tells nobody which
licences were issued together: each list scatters them by a key of its own (`license_lib.status.scattered`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, func, insert, or_, select, text, update

from license_lib.lifecycle import EventKind, LicenseState, state_at
from license_lib.lifecycle.timeline import timeline
from license_lib.repository.database import Database
from license_lib.repository.events import events_of
from license_lib.repository.tables import CHANGED, EVENT, LICENSE, STATUS_LIST
from license_lib.status import LIST_SIZE, Status, StatusRef, scattered, status_of

KEY_BYTES = 32
_AT_ONCE = 500


class PlaceGiver:
    """The newest list, locked until the transaction ends: nobody else gives places away, or reserves, meanwhile."""

    def __init__(self, connection: Connection, number: int, used: int, key: bytes) -> None:
        self._connection, self._number, self._used, self._key = connection, number, used, key

    @classmethod
    def lock(cls, connection: Connection) -> Self:
        """Take the newest list."""
        newest = connection.execute(
            select(STATUS_LIST.c.number, STATUS_LIST.c.used, STATUS_LIST.c.key)
            .order_by(STATUS_LIST.c.number.desc())
            .limit(1)
            .with_for_update()
        ).one_or_none()
        return cls(connection, *(newest or (0, LIST_SIZE, b"")))

    def give(self, count: int, randomness: Callable[[int], bytes]) -> list[StatusRef]:
        """The next free places; a new list is begun where the last one is full."""
        given: list[StatusRef] = []
        while len(given) < count:
            if self._used >= LIST_SIZE:
                self._number, self._used, self._key = self._number + 1, 0, randomness(KEY_BYTES)
                self._connection.execute(insert(STATUS_LIST), {"number": self._number, "used": 0, "key": self._key})
            last = min(LIST_SIZE, self._used + count - len(given))
            given += [StatusRef(self._number, scattered(place, self._key)) for place in range(self._used, last)]
            self._used = last
            mine = update(STATUS_LIST).where(STATUS_LIST.c.number == self._number)
            self._connection.execute(mine.values(used=last))
        return given


def begin_list(connection: Connection, randomness: Callable[[int], bytes]) -> None:
    """Begin a new list, though the newest one has places left; nothing if there is none yet."""
    newest = connection.scalar(select(func.max(STATUS_LIST.c.number)))
    if newest is not None:
        connection.execute(insert(STATUS_LIST), {"number": newest + 1, "used": 0, "key": randomness(KEY_BYTES)})


class StatusRecords:
    """What the status lists of a repository have to say."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lists(self) -> tuple[int, ...]:
        """The numbers of all lists."""
        query = select(STATUS_LIST.c.number).order_by(STATUS_LIST.c.number)
        return tuple(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def at(self, number: int, moment: datetime) -> Mapping[int, Status]:
        """What is not valid at a moment, by its index in a list."""

        def work(connection: Connection) -> dict[int, Status]:
            mine = LICENSE.c.status_list == number
            unsettled = connection.execute(
                select(LICENSE.c.identifier, LICENSE.c.status_index).where(mine, LICENSE.c.settled_at > moment)
            ).all()
            settled = connection.execute(
                select(LICENSE.c.status_index, LICENSE.c.state).where(
                    mine, text(CHANGED), func.coalesce(LICENSE.c.settled_at, moment) <= moment
                )
            ).all()
            told = {index: status_of(LicenseState(state)) for index, state in settled}
            for identifier, index in unsettled:
                told[index] = status_of(state_at(events_of(connection, identifier), moment))
            return {index: status for index, status in told.items() if status is not Status.VALID}

        return self._database.read(work)

    def explained(self, number: int, indices: Collection[int], *, since: datetime) -> bool:
        """Whether the licence of each of these places has an event since a moment, on either axis, or a correction.

        When a corrected event takes effect, its own row does not say: of such a licence anything is believed.
        """
        corrected = EVENT.c.kind == str(EventKind.CORRECT)
        newer = or_(EVENT.c.recorded_at >= since, EVENT.c.effective_at >= since, corrected)
        query = (
            select(func.count(LICENSE.c.position.distinct()))
            .join(EVENT, EVENT.c.identifier == LICENSE.c.identifier)
            .where(LICENSE.c.status_list == number, newer)
        )

        def work(connection: Connection) -> int:
            chunks = _batched(sorted(indices))
            counts = (connection.execute(query.where(LICENSE.c.status_index.in_(some))).scalar_one() for some in chunks)
            return sum(counts)

        return self._database.read(work) == len(indices)

    def next_change(self, after: datetime) -> datetime | None:
        """When the next event on record takes effect, as corrections have it; None if none is to come."""

        def work(connection: Connection) -> datetime | None:
            unsettled = connection.execute(select(LICENSE.c.identifier).where(LICENSE.c.settled_at > after)).scalars()
            moments = (
                placed.effective_at
                for identifier in unsettled.all()
                for placed in timeline(events_of(connection, identifier))
                if placed.effective_at > after
            )
            return min(moments, default=None)

        return self._database.read(work)


def _batched(indices: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many at a time as a statement may have parameters."""
    for start in range(0, len(indices), _AT_ONCE):
        yield indices[start : start + _AT_ONCE]

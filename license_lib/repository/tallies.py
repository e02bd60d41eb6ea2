"""How much there is of what: counts over whole tables, for those who look after a repository."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, or_, select

from license_lib.repository.database import Database
from license_lib.repository.tables import ARCHIVE, LICENSE


class Tallies:
    """Counts of a repository. Each reads a table or an index from end to end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def in_force(self, day: date) -> Mapping[str, int]:
        """Licences in force on a day, by the key of their type; by their state, and the period on their face."""
        query = (
            select(LICENSE.c.type_key, func.count())
            .where(
                LICENSE.c.state == "issued",
                LICENSE.c.valid_from <= day,
                or_(LICENSE.c.valid_until.is_(None), LICENSE.c.valid_until >= day),
            )
            .group_by(LICENSE.c.type_key)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row[0]: row[1] for row in rows}

    def archived_until(self) -> Mapping[datetime, int]:
        """How many licences rest in an archived file, by the end of what its newest time-stamp leans on."""
        newest = select(func.max(ARCHIVE.c.until).label("until")).group_by(ARCHIVE.c.position).subquery()
        query = select(newest.c.until, func.count()).group_by(newest.c.until)

        def work(connection: Connection) -> Mapping[datetime, int]:
            found = Counter[datetime]()
            for until, count in connection.execute(query):
                found[until] += count
            return found

        return self._database.read(work)

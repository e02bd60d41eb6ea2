"""Looking licences up: by identifier, by number, by holder, or one after the other."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, Connection, and_, func, literal_column, or_, select

from license_lib.errors import InputError
from license_lib.repository.database import Database
from license_lib.repository.rows import license_by_identifier, licenses_where
from license_lib.repository.subjects import subjects_with
from license_lib.repository.tables import HOLDER, IN_USE, LICENSE
from license_lib.repository.values import Selection, StoredLicense

_PAGE_LIMIT = 10_000
_LARGEST_POSITION = 2**31 - 1


class Lookups:
    """What may be asked of the licences of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_identifier(self, identifier: str) -> StoredLicense | None:
        """The licence of that identifier 证照标识, whatever its state; None if it was not issued here."""
        return self._database.read(lambda connection: license_by_identifier(connection, identifier))

    def by_number(self, number: str, type_code: str | None = None) -> tuple[StoredLicense, ...]:
        """All licences of that number 证照编号, of all types or one, in the order of issue."""
        condition = LICENSE.c.number == number
        if type_code is not None:
            condition &= LICENSE.c.type_code == type_code
        return self._database.read(lambda connection: licenses_where(connection, condition))

    def by_holder_number(self, number: str, *, kinds: Collection[str] = ()) -> tuple[StoredLicense, ...]:
        """All licences of which one holder has or had that number 持证主体代码, in the order of issue.

        Args:
            number: the number in its canonical form.
            kinds: only holder code types of these; all if empty.
        """

        def work(connection: Connection) -> tuple[StoredLicense, ...]:
            theirs = HOLDER.c.subject.in_(subjects_with(connection, number, kinds))
            return licenses_where(connection, LICENSE.c.position.in_(select(HOLDER.c.position).where(theirs)))

        return self._database.read(work)

    def page(self, limit: int, after: int = 0) -> tuple[StoredLicense, ...]:
        """Licences in the order of issue.

        Args:
            limit: at most this many, 1 to 10,000.
            after: `position` of the last one seen; 0 to begin.

        Raises:
            InputError: `repository.page` if these are out of bounds.
        """
        if not (1 <= limit <= _PAGE_LIMIT and 0 <= after <= _LARGEST_POSITION):
            raise InputError("repository.page", "Page out of bounds", hint=f"limit 1 to {_PAGE_LIMIT}, after from 0")
        return self._database.read(
            lambda connection: licenses_where(connection, LICENSE.c.position > after, limit=limit)
        )

    def selected(
        self, selection: Selection, at: datetime, *, after: int = 0, limit: int = 500
    ) -> tuple[StoredLicense, ...]:
        """Licences of a selection that have not ended for good by a moment, in the order of issue.

        Of the bounds of the last day, only those are applied that an extension by decree cannot change.

        Args:
            after, limit: as for `page`.
        """
        conditions: list[ColumnElement[bool]] = [
            LICENSE.c.position > after,
            LICENSE.c.type_key == selection.type_key,
            or_(literal_column(IN_USE, Boolean), LICENSE.c.settled_at > at),
            LICENSE.c.valid_until.is_not(None),
        ]
        if selection.issuer_code:
            conditions.append(LICENSE.c.issuer_code == selection.issuer_code)
        if selection.issued_from:
            conditions.append(LICENSE.c.issued_on >= selection.issued_from)
        if selection.issued_until:
            conditions.append(LICENSE.c.issued_on <= selection.issued_until)
        if selection.expires_until:  # an extension only ever moves it away
            conditions.append(LICENSE.c.valid_until <= selection.expires_until)
        return self._database.read(lambda connection: licenses_where(connection, and_(*conditions), limit=limit))

    def iterate(self, *, step: int = 500) -> Iterator[StoredLicense]:
        """All licences in the order of issue, fetched `step` at a time; no transaction stays open in between."""
        after = 0
        while found := self.page(step, after):
            yield from found
            after = found[-1].position

    def count(self) -> int:
        """How many licences were ever issued."""
        return self._database.read(
            lambda connection: connection.execute(select(func.count()).select_from(LICENSE)).scalar_one()
        )

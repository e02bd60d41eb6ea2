"""Sessions of people who signed in: kept here, by the digest of an id that only their browser has.

Each look reads the account, too: who was disabled, or lost a role, has lost it with the next request.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from license_lib.accounts.secrets import digest_of, new_secret
from license_lib.accounts.staff import StaffAccount, staff_of, with_departments
from license_lib.repository.account_tables import SESSION, STAFF
from license_lib.repository.database import Database

_NOTED_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when somebody was last there: not each request writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a session lasts: without a request, and at all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that lasts.

    Args:
        complete: False while the second factor is still to be enrolled; then it is good for that alone.
    """

    account: StaffAccount
    complete: bool
    began_at: datetime
    enrolling: bytes | None = field(repr=False)


class Sessions:
    """All sessions.

    Args:
        clock: the time, aware. randomness: n → n random bytes.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime], randomness: Callable[[int], bytes], limits: Limits
    ) -> None:
        self._database = database
        self._clock = clock
        self._randomness = randomness
        self._limits = limits

    def begin(self, login: str, *, complete: bool, instead_of: str = "") -> str:
        """Begin a session, under an id that nobody could know before (against session fixation).

        Args:
            instead_of: id of a session that ends with it.

        Returns:
            The id; it is not stored.
        """
        secret, at = new_secret(self._randomness), self._clock()

        def work(connection: Connection) -> None:
            connection.execute(delete(SESSION).where(SESSION.c.began_at < at - self._limits.absolute))
            connection.execute(delete(SESSION).where(SESSION.c.digest == _digest(instead_of)))
            connection.execute(
                SESSION.insert().values(digest=_digest(secret), login=login, complete=complete, began_at=at, seen_at=at)
            )
            if complete:
                connection.execute(update(STAFF).where(STAFF.c.login == login).values(signed_in_at=at))

        self._database.write(work)
        return secret

    def find(self, secret: str) -> Session | None:
        """The session with an id, if it lasts and its account may sign in; somebody was seen then."""
        at, digest = self._clock(), _digest(secret)
        query = with_departments(SESSION.c.complete, SESSION.c.enrolling, SESSION.c.began_at, SESSION.c.seen_at)
        query = query.join(SESSION, SESSION.c.login == STAFF.c.login).where(SESSION.c.digest == digest)
        row = self._database.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        lasts = at < row.seen_at + self._limits.idle and at < row.began_at + self._limits.absolute
        if not lasts or row.disabled_at is not None:
            self.end(secret)
            return None
        if at >= row.seen_at + _NOTED_EVERY:
            seen = update(SESSION).where(SESSION.c.digest == digest).values(seen_at=at)
            self._database.write(lambda connection: connection.execute(seen))
        return Session(account=staff_of(row), complete=row.complete, began_at=row.began_at, enrolling=row.enrolling)

    def enrol(self, secret: str, seed: bytes) -> None:
        """Keep a seed, encrypted, that its owner has been shown, until they prove that they have it."""
        asked = update(SESSION).where(SESSION.c.digest == _digest(secret)).values(enrolling=seed)
        self._database.write(lambda connection: connection.execute(asked))

    def end(self, secret: str) -> None:
        """End a session."""
        ended = delete(SESSION).where(SESSION.c.digest == _digest(secret))
        self._database.write(lambda connection: connection.execute(ended))

    def end_all(self, login: str) -> None:
        """End every session of somebody, wherever it is."""
        self._database.write(lambda connection: end_sessions(connection, login))

    def count(self, login: str) -> int:
        """How many sessions somebody has that have not reached their absolute limit."""
        since = self._clock() - self._limits.absolute
        query = select(SESSION.c.digest).where(SESSION.c.login == login, SESSION.c.began_at > since)
        return self._database.read(lambda connection: len(connection.execute(query).all()))


def end_sessions(connection: Connection, login: str) -> None:
    """End every session of somebody, as a part of a transaction."""
    connection.execute(delete(SESSION).where(SESSION.c.login == login))


def _digest(secret: str) -> bytes:
    return digest_of("session", secret)

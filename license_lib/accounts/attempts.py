"""Failed attempts to say who one is: counted by name and by address, the more the longer the wait (OWASP ASVS 6.3).

Names that nobody has are counted like others, so a wait tells nothing. An attempt counts before it is judged: who asks
a thousand times at once has not one guess more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select

from license_lib.accounts.secrets import digest_of
from license_lib.errors import InputError
from license_lib.repository.account_tables import ATTEMPT
from license_lib.repository.database import Database

NAME_LIMIT: Final = 5
"""Attempts for one name before there is a wait."""
ADDRESS_LIMIT: Final = 30
"""The same for one address, behind which there may be an office."""
FORGOTTEN_AFTER: Final = timedelta(hours=1)
_FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


class Attempts:
    """What is counted, in the database: all workers count together.

    Args:
        clock: the time, aware.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def begin(self, name: str, address: str) -> None:
        """Count an attempt.

        Raises:
            InputError: `sign-in.wait`: too many failed before. It is not judged, nor counted.
        """
        at = self._clock()
        counted = [(_key("name", name), NAME_LIMIT), (_key("address", address), ADDRESS_LIMIT)]

        def work(connection: Connection) -> None:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.last_at < at - FORGOTTEN_AFTER))
            failures = {digest: _failures(connection, digest, limit, at) for digest, limit in counted}
            for digest, number in failures.items():
                _set(connection, digest, number + 1, at)

        self._database.write(work)

    def succeeded(self, name: str, address: str) -> None:
        """It was right: the name begins anew, and the address has one failure less.

        Not none, or whoever has an account could guess at others without end.
        """
        at = self._clock()

        def work(connection: Connection) -> None:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.digest == _key("name", name)))
            row = connection.execute(select(ATTEMPT).where(ATTEMPT.c.digest == _key("address", address))).first()
            if row:
                _set(connection, row.digest, row.failures - 1, at)

        self._database.write(work)

    def forget(self, name: str) -> None:
        """End the wait for a name."""
        self._database.write(
            lambda connection: connection.execute(delete(ATTEMPT).where(ATTEMPT.c.digest == _key("name", name)))
        )


def _key(kind: str, value: str) -> bytes:
    return digest_of(f"attempt {kind}", value)


def _failures(connection: Connection, digest: bytes, limit: int, at: datetime) -> int:
    row = connection.execute(select(ATTEMPT).where(ATTEMPT.c.digest == digest).with_for_update()).first()
    if row is None:
        return 0
    excess = row.failures - limit
    if excess >= 0 and at < row.last_at + min(_FIRST_WAIT * 2 ** min(excess, 10), LONGEST_WAIT):
        raise InputError("sign-in.wait", "too many attempts failed", hint="wait a quarter of an hour at most")
    return int(row.failures)


def _set(connection: Connection, digest: bytes, failures: int, at: datetime) -> None:
    done = connection.execute(
        ATTEMPT.update().where(ATTEMPT.c.digest == digest).values(failures=max(failures, 0), last_at=at)
    )
    if not done.rowcount:
        connection.execute(ATTEMPT.insert().values(digest=digest, failures=failures, last_at=at))

"""Failed attempts to say who one is: counted by name and by address, the more the longer the wait (OWASP ASVS 6.3).

Names that nobody has are counted like others, so a wait tells nothing. An attempt counts before it is judged: who asks
a thousand times at once has not one guess more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

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
            for digest, limit in counted:
                _count(connection, digest, limit, at)

        self._database.write(work)

    def succeeded(self, name: str, address: str) -> None:
        """It was right: the name begins anew, and the address has one failure less.

        Not none, or whoever has an account could guess at others without end.
        """
        one_less = update(ATTEMPT).where(ATTEMPT.c.digest == _key("address", address), ATTEMPT.c.failures > 0)

        def work(connection: Connection) -> None:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.digest == _key("name", name)))
            connection.execute(one_less.values(failures=ATTEMPT.c.failures - 1))

        self._database.write(work)

    def forget(self, name: str) -> None:
        """End the wait for a name."""
        self._database.write(
            lambda connection: connection.execute(delete(ATTEMPT).where(ATTEMPT.c.digest == _key("name", name)))
        )


def _key(kind: str, value: str) -> bytes:
    return digest_of(f"attempt {kind}", value)


def _count(connection: Connection, digest: bytes, limit: int, at: datetime) -> None:
    row = connection.execute(select(ATTEMPT).where(ATTEMPT.c.digest == digest).with_for_update()).first()
    if row is None:
        # Of two that come first at once, one is refused by the key, and `Database.write` lets it look again.
        connection.execute(insert(ATTEMPT).values(digest=digest, failures=1, last_at=at))
        return
    excess = row.failures - limit
    if excess >= 0 and at < row.last_at + min(_FIRST_WAIT * 2 ** min(excess, 10), LONGEST_WAIT):
        raise InputError("sign-in.wait", "too many attempts failed", hint="wait a quarter of an hour at most")
    counted = update(ATTEMPT).where(ATTEMPT.c.digest == digest)
    connection.execute(counted.values(failures=row.failures + 1, last_at=at))

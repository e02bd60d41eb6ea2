"""The room put together: one database in, everything about accounts out."""

import os
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from license_lib.accounts.attempts import Attempts
from license_lib.accounts.changes import SERVICE, Actor, Changes
from license_lib.accounts.clients import Clients
from license_lib.accounts.passwords import Passwords
from license_lib.accounts.seeds import Seeds
from license_lib.accounts.sessions import Limits, Sessions
from license_lib.accounts.signing_in import LocalSignIn
from license_lib.accounts.staff import Staff
from license_lib.repository.database import Database
from license_lib.repository.schema import require_current
from license_lib.settings import Settings


class Accounts:
    """The accounts of an authority.

    Args:
        database: up to date.
        clock: the time, aware. randomness: n → n random bytes.
        by: who changes them.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes] = os.urandom,
        by: Actor = SERVICE,
    ) -> None:
        self._database = database
        rules = settings.sign_in
        limits = Limits(idle=rules.idle, absolute=rules.absolute)
        self.passwords = Passwords()
        self._seeds = Seeds(settings.seed_key, randomness)
        self._second_factor = rules.local and rules.second_factor
        self.staff = Staff(database, clock, randomness, self._seeds, by)
        self.clients = Clients(database, clock, randomness, by)
        self.changes = Changes(database)
        self.sessions = Sessions(database, clock, randomness, limits)
        self.attempts = Attempts(database, clock)
        self.local = LocalSignIn(
            staff=self.staff,
            sessions=self.sessions,
            attempts=self.attempts,
            passwords=self.passwords,
            seeds=self._seeds,
            second_factor=rules.second_factor,
            clock=clock,
            randomness=randomness,
        )

    @classmethod
    def open(
        cls,
        settings: Settings,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes] = os.urandom,
        by: Actor = SERVICE,
    ) -> Self:
        """Open the accounts of an authority.

        Raises:
            MachineError: `repository.not-initialised`, `repository.outdated`, `repository.newer`, `storage.…`.
        """
        database = Database.open(settings.database_url)
        try:
            database.read(require_current)
        except BaseException:
            database.close()
            raise
        return cls(database, settings, clock, randomness, by)

    def __enter__(self) -> Self:
        """Use it as a context manager to close the database at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the database."""
        self.close()

    def require_ready(self) -> None:
        """Refuse to let people sign in whose second factor nobody could check.

        Raises:
            MachineError: `second-factor.key-missing`, `second-factor.key-other`, `second-factor.plain`.
        """
        if self._second_factor:
            self._seeds.require_key(self._database)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

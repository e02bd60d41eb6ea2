"""Signing in with a password and a one-time password: what is asked in which order, and what nobody is told.

Whatever is wrong, the name, the password or the one-time password, the answer is the same, and so is the work for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from license_lib.accounts.attempts import Attempts
from license_lib.accounts.one_time import SEED_BYTES, matching_step
from license_lib.accounts.passwords import Passwords
from license_lib.accounts.seeds import Seeds
from license_lib.accounts.sessions import Session, Sessions
from license_lib.accounts.staff import Staff, StaffAccount
from license_lib.errors import InputError

_NOBODYS_SEED: Final = bytes(SEED_BYTES)
_MOST: Final = 64
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody types in to sign in."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    code: str = field(default="", repr=False)


class LocalSignIn:
    """Accounts with a password here.

    Args:
        second_factor: whether one-time passwords are asked for; who has none yet enrols it first.
        clock: the time, aware. randomness: n → n random bytes.
    """

    def __init__(
        self,
        *,
        staff: Staff,
        sessions: Sessions,
        attempts: Attempts,
        passwords: Passwords,
        seeds: Seeds,
        second_factor: bool,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._staff = staff
        self._sessions = sessions
        self._attempts = attempts
        self._passwords = passwords
        self._seeds = seeds
        self._second_factor = second_factor
        self._clock = clock
        self._randomness = randomness

    def sign_in(self, given: Given, *, address: str, instead_of: str = "") -> tuple[str, bool]:
        """Begin a session.

        Args:
            address: from where. instead_of: id of a session that ends with it.

        Returns:
            Its id, and whether it is complete: if not, the second factor is to be enrolled first.

        Raises:
            InputError: `sign-in.failed`, whatever was wrong; `sign-in.wait`.
        """
        login = given.login.strip().lower()[:_MOST]
        self._attempts.begin(login, address)
        account = self._staff.find(login)
        known = self._passwords.match(account.password if account else None, given.password)
        step = matching_step(
            self._seeds.opened(account.seed, login) if account and account.seed else _NOBODYS_SEED,
            given.code,
            self._clock(),
            after=account.last_step if account else 0,
        )
        if account is None or not known or account.disabled or not self._second(account, step, given.code):
            hint = "check all three; wait for the next one-time password if this one was used already"
            raise InputError("sign-in.failed", "the name, the password or the one-time password is wrong", hint=hint)
        self._attempts.succeeded(login, address)
        if account.password and self._passwords.outdated(account.password):
            self._staff.rehash(login, self._passwords.hashed(given.password))
        complete = account.seed is not None or not self._second_factor
        return self._sessions.begin(login, complete=complete, instead_of=instead_of), complete

    def new_seed(self, secret: str) -> bytes:
        """A seed for the owner of a session to enrol; it counts once they prove to have it."""
        seed = self._randomness(SEED_BYTES)
        self._sessions.enrol(secret, self._seeds.sealed(seed, secret))
        return seed

    def enrol(self, secret: str, session: Session, code: str) -> tuple[str, tuple[str, ...]]:
        """Put the seed of a session in force.

        Returns:
            The id of a session that is complete and takes its place, and recovery codes to be shown once.

        Raises:
            InputError: `sign-in.code`: this is not its one-time password.
        """
        seed = self._seeds.opened(session.enrolling, secret) if session.enrolling else None
        step = matching_step(seed, code, self._clock(), after=0) if seed else None
        if seed is None or step is None:
            raise InputError("sign-in.code", "this is not the one-time password", hint="wait for the next, type it in")
        codes = self._staff.enrol(session.account.login, seed, step)
        return self._sessions.begin(session.account.login, complete=True, instead_of=secret), codes

    def _second(self, account: StaffAccount, step: int | None, code: str) -> bool:
        """Use up the one-time password of a step, or a recovery code; True if there was something to use up."""
        if not self._second_factor or account.seed is None:
            return True
        if step is not None:
            return self._staff.use_step(account.login, step)
        return self._staff.use_recovery_code(account.login, code)

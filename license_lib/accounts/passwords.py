"""Passwords: argon2id (RFC 9106) with the parameters of argon2-cffi, hashed anew when these change."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from license_lib.errors import InputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST: Final = 12
"""Characters. Length is what counts (NIST SP 800-63B-4 §3.1.1); no rules about kinds of characters."""
_MOST: Final = 256
_COUNTED: Final = re.compile(r"(.+?)\1*")


class Passwords:
    """Hashes passwords and compares them; 64 MiB and some 50 ms each, so callers bound how many run at once."""

    def hashed(self, password: str) -> str:
        """A password as it is stored, with a salt of the operating system.

        Raises:
            InputError: `password.weak`.
        """
        require_password(password)
        return self._hasher.hash(password)

    def match(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Where there is none, as much is computed as if there were."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._hasher.verify(stored or self._nobody, password[:_MOST])
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(stored)

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")


def require_password(password: str) -> None:
    """Refuse what is guessed at once.

    Raises:
        InputError: `password.weak`.
    """
    repeated = _COUNTED.fullmatch(password)
    if not LEAST <= len(password) <= _MOST or (repeated and len(repeated[1]) * 3 <= len(password)):
        hint = f"take at least {LEAST} characters, such as four words that have nothing to do with each other"
        raise InputError("password.weak", "the password is too short, too long or one piece repeated", hint=hint)

"""Seeds of one-time passwords, encrypted: who reads the database, or a backup of it, has no second factor of anybody.

AES-256-GCM (NIST SP 800-38D) with a random nonce, and whose seed it is as associated data: none can be put into
another's row. The key is a file of its own, which no backup holds.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, func, select, update

from license_lib.accounts.one_time import SEED_BYTES
from license_lib.errors import MachineError
from license_lib.repository.account_tables import STAFF
from license_lib.repository.database import Database
from license_lib.whole_files import write_whole

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_OWNER_ONLY: Final = 0o600
_PLAIN: Final = func.length(STAFF.c.seed) == SEED_BYTES
_LOST: Final = "put the key back that they were encrypted with; who has lost it resets each person: license staff reset"


class Seeds:
    """Encrypts seeds, and decrypts them.

    Args:
        path: of the key; it is read when it is first needed.
        randomness: n → n random bytes.
    """

    def __init__(self, path: Path, randomness: Callable[[int], bytes]) -> None:
        self._path, self._randomness = path, randomness

    def sealed(self, seed: bytes, owner: str) -> bytes:
        """A seed as it is kept.

        Raises:
            MachineError: `second-factor.key-missing`.
        """
        nonce = self._randomness(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, seed, owner.encode())

    def opened(self, kept: bytes, owner: str) -> bytes:
        """A seed that is kept for this owner.

        Raises:
            MachineError: `second-factor.key-missing`; `second-factor.key-other`: it was encrypted with another key, or
                is another's.
        """
        try:
            return self._cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], owner.encode())
        except (InvalidTag, ValueError):
            pass
        raise MachineError("second-factor.key-other", "a second factor was encrypted with another key", hint=_LOST)

    def require_key(self, database: Database) -> None:
        """Refuse to begin where second factors are enrolled that nobody could check.

        Raises:
            MachineError: `second-factor.key-missing`, `second-factor.key-other`; `second-factor.plain`: they were not
                encrypted yet.
        """
        plain = database.read(lambda connection: connection.scalar(select(STAFF.c.login).where(_PLAIN).limit(1)))
        if plain is not None:
            raise MachineError("second-factor.plain", "second factors are not encrypted yet", hint="run: license init")
        query = select(STAFF.c.login, STAFF.c.seed).where(STAFF.c.seed.is_not(None)).limit(1)
        if kept := database.read(lambda connection: connection.execute(query).first()):
            self.opened(kept.seed, kept.login)

    def prepare(self, database: Database) -> None:
        """Make the key if nothing was encrypted with one yet, and encrypt what is not.

        Raises:
            MachineError: `second-factor.key-missing`: there is nothing to encrypt with, though others are encrypted.
        """
        encrypted = select(STAFF.c.login).where(STAFF.c.seed.is_not(None), ~_PLAIN).limit(1)
        if not self._path.exists() and database.read(lambda connection: connection.scalar(encrypted)) is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, self._randomness(_KEY_BYTES), mode=_OWNER_ONLY)
        plain = select(STAFF.c.login, STAFF.c.seed).where(_PLAIN).with_for_update()

        def work(connection: Connection) -> None:
            for login, seed in connection.execute(plain).all():
                kept = self.sealed(seed, login)
                connection.execute(update(STAFF).where(STAFF.c.login == login).values(seed=kept))

        database.write(work)

    @cached_property
    def _cipher(self) -> AESGCM:
        try:
            key = self._path.read_bytes()
        except OSError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise MachineError("second-factor.key-missing", f"there is no key in {self._path.name}", hint=_LOST)
        return AESGCM(key)

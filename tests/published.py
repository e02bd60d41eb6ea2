"""An authority that publishes: licences put on record without being sealed, and what its public folder says."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from recorded import recorded_license, revocation

from license_lib.authority import Authority
from license_lib.lifecycle import EventKind
from license_lib.log.checkpoints import LogPolicy
from license_lib.log.tiles import Fetch
from license_lib.publishing import PublicFolder
from license_lib.publishing.publisher import Publisher
from license_lib.repository.entries import Change
from license_lib.repository.values import Reservation, StoredLicense
from license_lib.status import Status
from license_lib.status.tokens import StatusToken, read_token
from license_lib.whole_files import write_whole


@dataclass(frozen=True)
class Desk:
    """Puts licences on record, and reads what was published."""

    authority: Authority
    clock: Callable[[], datetime]

    @property
    def public(self) -> Path:
        return self.authority.settings.public_folder

    @property
    def policy(self) -> LogPolicy:
        return LogPolicy.of((self.authority.settings.keys_folder / "public" / "log.vkey").read_text().strip())

    @property
    def fetch(self) -> Fetch:
        return PublicFolder(self.public / "log").read

    def issue(self, key: str) -> StoredLicense:
        repository, at = self.authority.repository, self.clock()
        issued = recorded_license(key, at=at)
        reserved = repository.reserve(issued.identifier, request_key=key, request_digest=bytes(32), at=at)
        assert isinstance(reserved, Reservation)
        repository.files.put(f"file {key}%%EOF".encode())
        return repository.commit(replace(issued, status=reserved.status))

    def revoke(self, stored: StoredLicense, *, at: datetime | None = None) -> None:
        change = revocation(at or self.clock(), recorded_at=self.clock())
        self.authority.repository.record(stored.identifier, change)

    def record(self, stored: StoredLicense, kind: EventKind) -> None:
        change: Change = replace(revocation(self.clock(), recorded_at=self.clock()), kind=kind)
        self.authority.repository.record(stored.identifier, change)

    def token(self, name: str = "status/1") -> StatusToken:
        return read_token((self.public / name).read_bytes())

    def state(self, stored: StoredLicense, name: str = "status/1") -> Status:
        assert stored.status is not None
        return self.token(name).status(stored.status.index)

    def files(self) -> dict[str, str]:
        """Digest of every published file by its name."""
        return {
            str(path.relative_to(self.public)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.public.rglob("*")
            if path.is_file()
        }

    def publisher(self, write: Callable[[Path, bytes], None] = write_whole) -> Publisher:
        """The authority's publisher with another way to write."""
        made, folder = self.authority.publisher, PublicFolder(self.public, write)
        bundles = replace(made.bundles, folder=folder)
        return replace(made, folder=folder, lists=replace(made.lists, folder=folder), bundles=bundles)


class DyingWriter:
    """Writes files, until it dies before, within or after one of them."""

    def __init__(self, deaths: int, *, after: bool) -> None:
        self.left, self.after = deaths, after

    def __call__(self, path: Path, data: bytes) -> None:
        if self.left == 0 and not self.after:
            raise KilledError
        write_whole(path, data)
        if self.left == 0:
            raise KilledError
        self.left -= 1


class KilledError(Exception):
    """The process is gone."""

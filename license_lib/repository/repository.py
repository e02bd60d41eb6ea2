"""The repository: reserve, commit, revoke, look up."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, select

from license_lib.errors import InputError, MachineError
from license_lib.identifiers import ORGANISATION_KINDS
from license_lib.repository import archives, issuing, revoking
from license_lib.repository import events as event_record
from license_lib.repository.chain import first_break
from license_lib.repository.database import BUSY_SECONDS, Database
from license_lib.repository.files import FileStore
from license_lib.repository.rows import license_by_identifier, licenses_where
from license_lib.repository.schema import require_current
from license_lib.repository.soundness import require_sound
from license_lib.repository.tables import HOLDER, LICENSE
from license_lib.repository.values import (
    AlreadyIssued,
    ArchiveEntry,
    CurrentFile,
    Event,
    IssuedLicense,
    LicenseState,
    Reservation,
    StoredLicense,
    require_digest,
    require_zone,
)

_PAGE_LIMIT = 10_000
_LARGEST_POSITION = 2**31 - 1


class Repository:
    """Licences 电子证照, their events and their sealed files.

    Every method is a transaction of its own; one instance serves many threads, and any number of processes may work on
    the same database. Methods raise MachineError `storage.…` if the machine refuses, and InputError `repository.text`
    for text that cannot be stored.
    """

    def __init__(self, database: Database, files: FileStore) -> None:
        self._database = database
        self.files = files

    @classmethod
    def open(cls, url: str, files: Path | str, *, read_only: bool = False, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open a repository whose tables are up to date.

        Args:
            url: `sqlite:///PATH` or `postgresql://…`.
            files: folder of the sealed files, or `s3://BUCKET/PREFIX`.
            read_only: refuse every write, in the database too. On SQLite the folder must still let us make the
                `-shm` file beside the database, or another process must have it open.
            busy_seconds: how long to wait for another writer.

        Raises:
            MachineError: `repository.not-initialised`, `repository.outdated`, `repository.newer`, `repository.url`,
                `repository.driver`, `storage.…`.
        """
        store = FileStore(files, read_only=read_only)
        database = Database.open(url, read_only=read_only, busy_seconds=busy_seconds)
        try:
            database.read(require_current)
        except BaseException:
            database.close()
            raise
        return cls(database, store)

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def reserve(
        self, identifier: str, *, request_key: str, request_digest: bytes, at: datetime
    ) -> Reservation | AlreadyIssued:
        """Keep an identifier for a request, for ever.

        Args:
            identifier: proposed 证照标识; not used if the request already has one.
            request_key: idempotency key of the request.
            request_digest: 32 bytes that differ for different requests.
            at: now.

        Returns:
            The reservation, also that of an earlier attempt; or the licence, if the request was fulfilled before.

        Raises:
            InputError: `request.key-reused` for another request under the same key; `identifier.taken`.
        """
        require_digest(request_digest, "request_digest")
        require_zone(at, "at")
        return self._database.write(
            lambda connection: issuing.reserve(
                connection, identifier, request_key=request_key, request_digest=request_digest, at=at
            )
        )

    def require_number_free(
        self, *, type_code: str, issuer_code: str, number: str, at: datetime, request_key: str = ""
    ) -> None:
        """Ask before reserving what `commit` will ask again.

        Args:
            type_code: 证照类型代码.
            issuer_code: 颁发机构代码.
            number: 证照编号.
            at: now.
            request_key: the licence that this request was given before does not count.

        Raises:
            InputError: `license.number-taken`.
        """
        require_zone(at, "at")
        self._database.read(
            lambda connection: issuing.require_number_free(
                connection, type_code=type_code, issuer_code=issuer_code, number=number, request_key=request_key, at=at
            )
        )

    def commit(self, issued: IssuedLicense) -> StoredLicense:
        """Put a sealed licence on record: licence, holders and `issue` event at once. Only now may it be handed out.

        Put its file into `files` before. The issue takes effect with the start of its date (China time).

        Returns:
            The licence on record. If another process was faster with the same request, that is *its* licence: hand out
            `newest_file` of this value, never your own.

        Raises:
            InputError: `license.number-taken`, `reservation.unknown`.
            MachineError: `storage.file-missing` if the file was not put before.
        """
        self._require_file(issued.archive.digest if issued.archive else issued.file_digest)
        return self._database.write(lambda connection: issuing.commit(connection, issued))

    def revoke(
        self,
        identifier: str,
        *,
        at: datetime,
        recorded_at: datetime,
        reason: str,
        actor: str,
        legal_basis: str = "",
    ) -> Event:
        """Revoke 撤销 a licence.

        Args:
            identifier: 证照标识.
            at: from when the revocation has effect; the past and the future are allowed.
            recorded_at: now.
            reason: why; must not be empty.
            actor: who; must not be empty.
            legal_basis: the legal provision.

        Raises:
            InputError: `license.unknown`, `license.already-revoked`, `event.reason-missing`, `event.actor-missing`,
                `event.before-issue`.
        """
        require_zone(at, "at")
        require_zone(recorded_at, "recorded_at")
        for name, value in (("reason", reason), ("actor", actor)):
            if not value.strip():
                raise InputError(f"event.{name}-missing", f"The revocation has no {name}", hint=f"say the {name}")

        return self._database.write(
            lambda connection: revoking.revoke(
                connection,
                identifier,
                at=at,
                recorded_at=recorded_at,
                reason=reason,
                actor=actor,
                legal_basis=legal_basis,
            )
        )

    def newest_file(self, stored: StoredLicense) -> bytes:
        """The file to hand out: as it was sealed, or with the evidence and archive time-stamps that followed.

        Raises:
            MachineError: `storage.file-missing`, `storage.corrupt`.
        """
        (current,) = self.current_files(identifier=stored.identifier, limit=1)
        return self.files.get(current.digest)

    def current_files(
        self, *, ending: datetime | None = None, identifier: str = "", after: int = 0, limit: int = 500
    ) -> tuple[CurrentFile, ...]:
        """The files that licences rest in now, in the order of issue, whatever the state of the licence.

        Args:
            ending: only those that were never archived, or whose newest archive time-stamp's certificate ends by then.
            identifier: only that licence's.
            after: `position` of the last one seen; 0 to begin.
            limit: at most this many.
        """
        return self._database.read(
            lambda connection: archives.current_files(
                connection, ending=ending, identifier=identifier, after=after, limit=limit
            )
        )

    def archive(self, current: CurrentFile, entry: ArchiveEntry) -> bool:
        """Let a licence rest in another file from now on. Put that file before; the old one stays where it is.

        This is no event of the licence: nothing changes but how long its seal can be proved.

        Args:
            current: where it rests now.
            entry: the new file; it begins with the old one.

        Returns:
            False, and nothing happened, if somebody else archived it meanwhile.

        Raises:
            MachineError: `storage.file-missing` if the file was not put before.
        """
        self._require_file(entry.digest)
        return self._database.write(lambda connection: archives.replace_file(connection, current, entry))

    def _require_file(self, digest: bytes) -> None:
        if not self.files.contains(digest):
            raise MachineError("storage.file-missing", "The sealed file is not in the file store", hint="put it first")

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
        """All licences of which one holder has that number 持证主体代码, in the order of issue.

        Args:
            number: the number in its canonical form.
            kinds: only holder code types of these; all if empty.
        """
        theirs = HOLDER.c.number == number
        if kinds:
            theirs &= HOLDER.c.number_kind.in_(kinds)
        condition = LICENSE.c.position.in_(select(HOLDER.c.position).where(theirs))
        return self._database.read(lambda connection: licenses_where(connection, condition))

    def by_credit_code(self, code: str) -> tuple[StoredLicense, ...]:
        """All licences of which one holder is the organisation with that credit code 统一社会信用代码."""
        return self.by_holder_number(code, kinds=ORGANISATION_KINDS)

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

    def events(self, identifier: str) -> tuple[Event, ...]:
        """All events of a licence, in the order in which they were recorded; none if it is unknown."""
        return self._database.read(lambda connection: event_record.events_of(connection, identifier))

    def history(self, identifier: str) -> tuple[StoredLicense, tuple[Event, ...]] | None:
        """A licence and all its events, seen at one moment and found to agree; None if it was not issued here.

        Raises:
            MachineError: `storage.corrupt` if they do not.
        """

        def work(connection: Connection) -> tuple[StoredLicense | None, tuple[Event, ...]]:
            return license_by_identifier(connection, identifier), event_record.events_of(connection, identifier)

        stored, events = self._database.read(work)
        if stored is None:
            return None
        require_sound(stored, events)
        return stored, events

    def state_at(self, identifier: str, at: datetime) -> LicenseState | None:
        """The legal state at a moment, as we know it today.

        Returns:
            The state; None before the issue took effect.

        Raises:
            InputError: `license.unknown`.
        """
        require_zone(at, "at")
        found = self.events(identifier)
        if not found:
            raise revoking.unknown()
        return event_record.state_at(found, at)

    def first_broken_event(self, *, step: int = 1000) -> int | None:
        """Check the whole event record.

        Returns:
            Sequence number of the first entry that was changed, or of the first that is missing; None if all is sound.
        """

        def whole() -> Iterator[Event]:
            after = 0
            while found := self._database.read(partial(event_record.events_after, sequence=after, limit=step)):
                yield from found
                after = found[-1].sequence

        return first_break(whole())

"""The repository: reserve, commit, record what happens, look up."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import DEFAULT_RULES, LicenseState, TypeRules, state_at
from license_lib.repository import archives, case_reports, issuing, recording
from license_lib.repository.commitments import SALT_BYTES
from license_lib.repository.database import BUSY_SECONDS, Database
from license_lib.repository.entries import Change, Event, require_digest, require_zone
from license_lib.repository.events import events_of
from license_lib.repository.files import FileStore
from license_lib.repository.log import LogRecords, LogWriter
from license_lib.repository.lookups import Lookups
from license_lib.repository.presentations import Presentations
from license_lib.repository.rows import license_by_identifier
from license_lib.repository.schema import require_current
from license_lib.repository.soundness import require_sound
from license_lib.repository.statuses import StatusRecords
from license_lib.repository.subjects import Subjects
from license_lib.repository.together import Together
from license_lib.repository.usage import UsageTrail
from license_lib.repository.values import (
    AlreadyIssued,
    ArchiveEntry,
    CurrentFile,
    IssuedLicense,
    Reservation,
    StoredLicense,
)


class Repository(Lookups):
    """Licences 电子证照, their events and their sealed files.

    Every method is a transaction of its own; one instance serves many threads, and any number of processes may work on
    the same database. Methods raise MachineError `storage.…` if the machine refuses, and InputError `repository.text`
    for text that cannot be stored.

    Attributes:
        files: the sealed files. log: what stands in the log. statuses: what status lists say. subjects: holders,
            whatever their numbers. usage: who used what. presentations: presentation codes. case_reports: saved ones.
    """

    def __init__(self, database: Database, files: FileStore, randomness: Callable[[int], bytes]) -> None:
        super().__init__(database)
        self._randomness, self.files, self._together = randomness, files, Together(database)
        self.log = LogRecords(database)
        self.statuses = StatusRecords(database)
        self.subjects = Subjects(database, randomness)
        self.usage = UsageTrail(database, randomness)
        self.presentations, self.case_reports = Presentations(database, randomness), case_reports.CaseReports(database)

    @classmethod
    def open(
        cls,
        url: str,
        files: Path | str,
        *,
        read_only: bool = False,
        busy_seconds: float = BUSY_SECONDS,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> Self:
        """Open a repository whose tables are up to date.

        Args:
            url: `sqlite:///PATH` or `postgresql://…`.
            files: folder of the sealed files, or `s3://BUCKET/PREFIX`.
            read_only: refuse every write, in the database too. On SQLite the folder must still let us make the
                `-shm` file beside the database, or another process must have it open.
            busy_seconds: how long to wait for another writer.
            randomness: n → n random bytes, for salts and the keys of status lists.

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
        return cls(database, store, randomness)

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
        return self._together.write(
            lambda connection: issuing.reserve(
                connection,
                identifier,
                request_key=request_key,
                request_digest=request_digest,
                at=at,
                randomness=self._randomness,
            )
        )

    def issued_for(self, request_key: str) -> StoredLicense | None:
        """The licence that a request was given; None if it was not fulfilled."""
        return self._database.read(lambda connection: issuing.issued_for(connection, request_key))

    def require_number_free(
        self,
        *,
        type_code: str,
        issuer_code: str,
        number: str,
        at: datetime,
        request_key: str = "",
        previous: str = "",
    ) -> None:
        """Ask before reserving what `commit` will ask again.

        Args:
            type_code: 证照类型代码.
            issuer_code: 颁发机构代码.
            number: 证照编号.
            at: now.
            request_key: the licence that this request was given before does not count.
            previous: neither does this licence: the version before.

        Raises:
            InputError: `license.number-taken`.
        """
        require_zone(at, "at")
        self._database.read(
            lambda connection: issuing.require_number_free(
                connection,
                type_code=type_code,
                issuer_code=issuer_code,
                number=number,
                request_key=request_key,
                at=at,
                previous=previous,
            )
        )

    def commit(self, issued: IssuedLicense, *, rules: TypeRules = DEFAULT_RULES) -> StoredLicense:
        """Put a sealed licence on record: licence, holders, event and leaf at once. Only now may it be handed out.

        Put its file into `files` before. The issue takes effect with the start of its date (China time). A new version
        ends the one before as soon as it is valid itself.

        Args:
            issued: the licence.
            rules: of its type, which the end of the version before has to follow.

        Returns:
            The licence on record. If another process was faster with the same request, that is *its* licence: hand out
            `newest_file` of this value, never your own.

        Raises:
            InputError: `license.number-taken`, `reservation.unknown`, `reservation.status`; of the version before,
                `license.unknown` and whatever `license_lib.lifecycle.check` refuses.
            MachineError: `storage.file-missing` if the file was not put before.
        """
        self._require_file(issued.archive.digest if issued.archive else issued.file_digest)
        return self._together.write(
            lambda connection: issuing.commit(connection, issued, rules=rules, randomness=self._randomness)
        )

    def record(self, identifier: str, change: Change, *, rules: TypeRules = DEFAULT_RULES) -> Event:
        """Put on record what happens to a licence. Nothing of it is ever changed: a slip is corrected by another event.

        Args:
            identifier: 证照标识.
            change: what, who, why and when. The past and the future are allowed; the whole life of the licence must
                stay what the rules allow.
            rules: of its type.

        Raises:
            InputError: `license.unknown`, `event.actor-missing`, `event.reason-missing`; whatever
                `license_lib.lifecycle.check` refuses.
        """
        change.cause.require()
        salt = self._randomness(SALT_BYTES)
        return self._database.write(
            lambda connection: recording.record(
                connection, LogWriter.lock(connection), identifier, change, rules=rules, salt=salt
            )
        )

    def record_each(
        self,
        identifiers: Sequence[str],
        change: Change,
        *,
        rules: TypeRules = DEFAULT_RULES,
        unless: Callable[[Sequence[Event]], bool] = lambda _: False,
    ) -> tuple[Event | InputError | None, ...]:
        """Put the same on record for many licences, in one transaction.

        Args:
            unless: whether a licence with these events is to be left as it is.

        Returns:
            For each its event, or why it may not have it; None where it was left as it is.

        Raises:
            InputError: `event.actor-missing`, `event.reason-missing`; nothing is recorded.
        """
        change.cause.require()
        salts = [self._randomness(SALT_BYTES) for _ in identifiers]

        def work(connection: Connection) -> tuple[Event | InputError | None, ...]:
            log, done = LogWriter.lock(connection), list[Event | InputError | None]()
            for identifier, salt in zip(identifiers, salts, strict=True):
                if unless(events_of(connection, identifier)):
                    done.append(None)
                    continue
                try:  # refused before anything is written
                    done.append(recording.record(connection, log, identifier, change, rules=rules, salt=salt))
                except InputError as error:
                    done.append(error)
            return tuple(done)

        return self._database.write(work)

    def require_recordable(self, identifier: str, change: Change, *, rules: TypeRules = DEFAULT_RULES) -> None:
        """Ask before the work begins what `record` will ask again; arguments and errors as there."""
        change.cause.require()
        self._database.read(lambda connection: recording.require_recordable(connection, identifier, change, rules))

    def newest_file(self, stored: StoredLicense) -> bytes:
        """The file to hand out: as it was sealed, or with the evidence and archive time-stamps that followed.

        Raises:
            MachineError: `storage.file-missing`; `storage.corrupt`, also if it does not begin with what was sealed.
        """
        (current,) = self.current_files(identifier=stored.identifier, limit=1)
        return archives.require_own(self.files.get(current.digest), stored)

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

    def events(self, identifier: str) -> tuple[Event, ...]:
        """All events of a licence, in the order in which they were recorded; none if it is unknown."""
        return self._database.read(lambda connection: events_of(connection, identifier))

    def history(self, identifier: str) -> tuple[StoredLicense, tuple[Event, ...]] | None:
        """A licence and all its events, seen at one moment and found to agree; None if it was not issued here.

        Raises:
            MachineError: `storage.corrupt` if they do not.
        """

        def work(connection: Connection) -> tuple[StoredLicense | None, tuple[Event, ...]]:
            return license_by_identifier(connection, identifier), events_of(connection, identifier)

        stored, events = self._database.read(work)
        if stored is None:
            return None
        require_sound(stored, events)
        return stored, events

    def state_at(self, identifier: str, at: datetime, *, known_at: datetime | None = None) -> LicenseState | None:
        """The legal state at a moment.

        Args:
            identifier: 证照标识.
            at: the moment that the question is about.
            known_at: as we knew it then; today if None.

        Returns:
            The state; None before the issue took effect.

        Raises:
            InputError: `license.unknown`.
        """
        require_zone(at, "at")
        found = self.events(identifier)
        if not found:
            raise recording.unknown()
        return state_at(found, at, known_at=known_at)

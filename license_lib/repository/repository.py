"""The repository: reserve, commit, record what happens, look up."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from license_lib.errors import InputError
from license_lib.lifecycle import DEFAULT_RULES, LicenseState, TypeRules, state_at
from license_lib.repository import archives, case_reports, recording
from license_lib.repository.commitments import SALT_BYTES
from license_lib.repository.database import BUSY_SECONDS, Database
from license_lib.repository.entries import Change, Event, require_zone
from license_lib.repository.events import events_of
from license_lib.repository.files import FileStore
from license_lib.repository.issues import Issues
from license_lib.repository.log import LogRecords, LogWriter
from license_lib.repository.presentations import Presentations
from license_lib.repository.rows import license_by_identifier
from license_lib.repository.schema import require_current
from license_lib.repository.soundness import require_sound
from license_lib.repository.statuses import StatusRecords
from license_lib.repository.subjects import Subjects
from license_lib.repository.usage import UsageTrail
from license_lib.repository.values import ArchiveEntry, CurrentFile, StoredLicense


class Repository(Issues):
    """Licences 电子证照, their events and their sealed files.

    Every method is a transaction of its own; one instance serves many threads, and any number of processes may work on
    the same database. Methods raise MachineError `storage.…` if the machine refuses, and InputError `repository.text`
    for text that cannot be stored.

    Attributes:
        files: the sealed files. log: what stands in the log. statuses: what status lists say. subjects: holders,
            whatever their numbers. usage: who used what. presentations: presentation codes. case_reports: saved ones.
    """

    def __init__(self, database: Database, files: FileStore, randomness: Callable[[int], bytes]) -> None:
        super().__init__(database, files, randomness)
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

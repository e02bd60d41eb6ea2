"""All checks in their order, and the repairs that follow from what was found whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from license_lib.errors import MachineError
from license_lib.fsck.files import FileCheck, RecordOf, set_aside
from license_lib.fsck.findings import FsckFinding, found
from license_lib.fsck.licenses import LicenseCheck, RecordFacts, open_reservations, settle
from license_lib.fsck.log import LogCheck, repaired_head, repaired_tiles
from license_lib.fsck.published import Published
from license_lib.fsck.published_log import Seen
from license_lib.fsck.statuses import check_statuses
from license_lib.fsck.tables import check_tables
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore
from license_lib.repository.tables import LICENSE

GRACE: Final = timedelta(hours=1)
"""A file that nothing names may be named in a moment, as long as its writer lives."""

Progress = Callable[[str, int, int], None]
"""What is being checked, how much is done, how much there is."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How much was seen.

    Attributes:
        entries: of the log. open_reservations: identifiers kept for requests that were not fulfilled, which is normal.
        root: of the tree over all entries; None if it cannot be told.
    """

    licenses: int
    entries: int
    files: int
    open_reservations: int
    root: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fsck:
    """A check of one repository, while it is being used or not.

    Args:
        database, files: of the repository; opened so that they can be written, if it is to be repaired.
        now: the time.
        published: what others have seen; None to leave it out.
        record_of, facts: read what stands in files and records, too; None to go by digests.
        guarded: it is a database that licences are issued into; a backup has no triggers.
        progress: is told how far it is.
    """

    database: Database
    files: FileStore
    now: datetime
    published: Published | None = None
    record_of: RecordOf | None = None
    facts: RecordFacts | None = None
    guarded: bool = True
    progress: Progress = lambda _what, _done, _total: None

    def run(self, *, repair: bool = False) -> Iterator[FsckFinding | Summary]:
        """Check everything; the last value says how much was seen.

        Args:
            repair: mend what follows from what is whole: hashes and the head of the log, states, idle files.

        Raises:
            MachineError: `storage.…`, where the machine keeps us from looking.
        """
        walk = _Walk(self, repair=repair)
        for check in (walk.tables, walk.log, walk.licenses, walk.statuses, walk.idle_files, walk.publication):
            try:
                yield from check()
            except MachineError as error:
                if error.code not in {"storage.corrupt", "event.record-broken"}:
                    raise
                yield found("fsck.database-damaged", problem=error.message)
        yield walk.summary()


class _Walk:
    """One run; later checks go by what earlier ones found."""

    def __init__(self, fsck: Fsck, *, repair: bool) -> None:
        self._fsck, self._repair = fsck, repair
        self._seen = fsck.published.log.seen() if fsck.published else Seen((), (), 0)
        self._log = LogCheck(fsck.database, self._of("log"), marks=[head.size for head in self._seen.heads])
        self._sound = True
        self._licenses = self._files = 0

    def tables(self) -> Iterator[FsckFinding]:
        yield from check_tables(self._fsck.database, guarded=self._fsck.guarded)

    def log(self) -> Iterator[FsckFinding]:
        """The log; a hash or the head is put right only if all leaves and rows are whole and nothing contradicts."""
        held: list[FsckFinding] = []
        for finding in self._log.run():
            if finding.code in {"fsck.tile-missing", "fsck.head-differs"}:
                held.append(finding)
            else:
                yield self._noted(finding)
        for finding in held:
            yield self._noted(replace(finding, repaired=self._repair and self._mended(finding)))

    def licenses(self) -> Iterator[FsckFinding]:
        """Licences; a state is mended only if the log vouches for all events."""
        fsck = self._fsck
        count = select(func.count()).select_from(LICENSE)
        total = fsck.database.read(lambda connection: connection.execute(count).scalar_one())
        check = LicenseCheck(fsck.database, fsck.facts, self._of("licenses"), total)
        may = self._repair and self._log.whole and self._is_as_published()
        for finding in check.run():
            if finding.code == "fsck.state-differs" and may:
                settle(fsck.database, [finding.params["identifier"]])
                yield replace(finding, repaired=True)
            else:
                yield finding
        self._licenses = check.count

    def statuses(self) -> Iterator[FsckFinding]:
        yield from check_statuses(self._fsck.database)

    def idle_files(self) -> Iterator[FsckFinding]:
        """Files; what nobody needs is moved away, unless the database may be the one that is wrong."""
        fsck = self._fsck
        old = fsck.now - GRACE
        check = FileCheck(fsck.database, fsck.files, record_of=fsck.record_of, old=old, progress=self._of("files"))
        may = self._repair and self._log.whole and self._is_as_published()
        for finding in check.run():
            if may and finding.code in {"fsck.file-unreferenced", "fsck.leftover"}:
                moved = list(set_aside(fsck.database, fsck.files, check.aside[-1:], old=old))
                yield replace(finding, repaired=bool(moved))
            else:
                yield finding
        self._files = check.count

    def publication(self) -> Iterator[FsckFinding]:
        """What others have seen; where the log itself is behind, the lists are too, and must not be published anew."""
        published, seen, database = self._fsck.published, self._seen, self._fsck.database
        if published is None:
            return
        yield from seen.unreadable
        if contradictions := self._contradictions():
            yield from contradictions
            return
        if self._sound and seen.heads and not seen.unreadable:
            yield from published.log.compare_files(database, seen.size)
        elif self._sound:
            yield from published.log.compare_entries(database, self._log.size)
        sound = self._sound and self._is_as_published()
        yield from published.check_lists(database, self._fsck.now, logged=seen.size, sound=sound)

    def summary(self) -> Summary:
        return Summary(
            licenses=self._licenses,
            entries=self._log.size,
            files=self._files,
            open_reservations=self._fsck.database.read(open_reservations),
            root=self._log.frontier.root() if self._log.frontier else None,
        )

    def _mended(self, finding: FsckFinding) -> bool:
        if not self._log.whole or self._log.frontier is None or not self._is_as_published():
            return False
        if finding.code == "fsck.head-differs":
            return repaired_head(self._fsck.database, self._log.frontier)
        tile = next(tile for tile in self._log.missing_tiles if _is_of(finding, tile))
        repaired_tiles(self._fsck.database, [tile])
        return True

    def _noted(self, finding: FsckFinding) -> FsckFinding:
        """Keep in mind that the log is not sound, unless that was mended."""
        self._sound = self._sound and finding.harmless
        return finding

    def _contradictions(self) -> list[FsckFinding]:
        return list(self._seen.contradictions(size=self._log.size, roots=self._log.roots))

    def _is_as_published(self) -> bool:
        """Whether all that was seen outside can be read, and is on record here."""
        return not self._seen.unreadable and not self._contradictions()

    def _of(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self._fsck.progress(what, done, total)


def _is_of(finding: FsckFinding, tile: tuple[int, int, bytes]) -> bool:
    return (finding.params["level"], finding.params["position"]) == (str(tile[0]), str(tile[1]))

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
from license_lib.fsck.published import Published, compare_checkpoint
from license_lib.fsck.statuses import check_statuses
from license_lib.fsck.tables import check_tables
from license_lib.log.checkpoints import Checkpoint
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
        said = fsck.published.checkpoint() if fsck.published else None
        self._said = said if isinstance(said, Checkpoint) else None
        self._unreadable = said if isinstance(said, FsckFinding) else None
        self._log = LogCheck(fsck.database, self._of("log"), mark=self._said.size if self._said else 0)
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
                yield finding
        for finding in held:
            yield replace(finding, repaired=self._repair and self._mended(finding))

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
        if self._unreadable is not None:
            yield self._unreadable
        if self._said is not None:
            yield from compare_checkpoint(self._said, size=self._log.size, root=self._log.root_at_mark)
        if self._fsck.published is not None and self._is_as_published():
            yield from self._fsck.published.check_lists(self._fsck.database, self._fsck.now)

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

    def _is_as_published(self) -> bool:
        return self._said is None or not list(
            compare_checkpoint(self._said, size=self._log.size, root=self._log.root_at_mark)
        )

    def _of(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self._fsck.progress(what, done, total)


def _is_of(finding: FsckFinding, tile: tuple[int, int, bytes]) -> bool:
    return (finding.params["level"], finding.params["position"]) == (str(tile[0]), str(tile[1]))

"""Files against the database: what is named must be there, what is there should be named.

Both sides are put into a temporary SQLite table on the disk, so that memory stays bounded however many there are.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from license_lib.errors import MachineError
from license_lib.fsck.findings import FsckFinding, found
from license_lib.fsck.reading import keys_in_pages, readable
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore, file_name
from license_lib.repository.revisions import begins_with
from license_lib.repository.tables import ARCHIVE, LICENSE

_TABLES: Final = """
CREATE TABLE there (digest BLOB PRIMARY KEY, size INTEGER, written TEXT) WITHOUT ROWID;
CREATE TABLE named (digest BLOB, position INTEGER, needed INTEGER);
"""

RecordOf = Callable[[bytes], bytes | None]
"""The record that is attached to a PDF; None if there is none that can be read."""


class FileCheck:
    """One comparison of all files with all licences.

    Args:
        record_of: reads every file, too; None to go by presence and size.
        old: files of a writer that may still live were written since.

    Attributes:
        count: files seen. aside: names of what nobody needs.
    """

    def __init__(
        self,
        database: Database,
        files: FileStore,
        *,
        record_of: RecordOf | None,
        old: datetime,
        progress: Callable[[int, int], None],
    ) -> None:
        self._database, self._files, self._record_of = database, files, record_of
        self._old, self._progress = old, progress
        self.count = 0
        self.aside: list[str] = []

    def run(self) -> Iterator[FsckFinding]:
        """Check file after file."""
        with closing(sqlite3.connect("")) as beside:
            beside.executescript(_TABLES)
            self._list(beside)
            yield from self._name(beside)
            yield from self._compare(beside)
        for name in self._files.leftovers(before=self._old):
            self.aside.append(name)
            yield found("fsck.leftover", name=name)

    def _list(self, beside: sqlite3.Connection) -> None:
        """All that is there; before the database is asked, so that whatever is named later is not missed."""
        rows = ((one.digest, one.size, one.written_at.isoformat()) for one in self._files.listed())
        beside.executemany("INSERT OR REPLACE INTO there VALUES (?, ?, ?)", rows)
        (self.count,) = beside.execute("SELECT count(*) FROM there").fetchone()

    def _name(self, beside: sqlite3.Connection) -> Iterator[FsckFinding]:
        """All that is named."""
        done = 0
        for numbers in keys_in_pages(self._database, LICENSE.c.position):
            rows, _ = readable(self._database, numbers, _named)  # what cannot be read was told with the licences
            for row, archives in rows:
                for digest, needed in _digests(row, archives):
                    beside.execute("INSERT INTO named VALUES (?, ?, ?)", (digest, row.position, needed))
                if self._record_of is not None:
                    yield from self._read(row, archives, self._record_of)
            done += len(numbers)
            self._progress(done, max(done, self.count))

    def _compare(self, beside: sqlite3.Connection) -> Iterator[FsckFinding]:
        beside.execute("CREATE INDEX by_digest ON named (digest)")
        missing = beside.execute(
            "SELECT n.digest, n.position, t.size FROM named n LEFT JOIN there t ON t.digest = n.digest "
            "WHERE n.needed AND coalesce(t.size, 0) = 0"
        )
        for digest, position, size in missing:
            if size is not None:
                yield found("fsck.file-damaged", identifier=self._identifier(position), digest=digest.hex())
            elif not self._files.contains(digest):  # it may have come since the list was made
                yield found("fsck.file-missing", identifier=self._identifier(position), digest=digest.hex())
        shared = beside.execute(
            "SELECT digest, max(position) FROM named GROUP BY digest HAVING count(DISTINCT position) > 1"
        )
        for digest, position in shared:
            yield found("fsck.file-shared", identifier=self._identifier(position), digest=digest.hex())
        idle = beside.execute(
            "SELECT digest, written FROM there WHERE digest NOT IN (SELECT digest FROM named) ORDER BY digest"
        )
        for digest, written in idle:
            if datetime.fromisoformat(written) < self._old:
                self.aside.append(file_name(digest))
                yield found("fsck.file-unreferenced", digest=digest.hex())

    def _read(self, row: Any, archives: Sequence[bytes], record_of: RecordOf) -> Iterator[FsckFinding]:
        """The file itself: its bytes have its name, it begins with what was sealed, and the record in it is ours."""
        digest = archives[-1] if archives else row.file_digest
        where = {"identifier": row.identifier, "digest": digest.hex()}
        try:
            pdf = self._files.get(digest)
        except MachineError as error:
            if error.code == "storage.corrupt":
                yield found("fsck.file-damaged", **where)
            elif error.code != "storage.file-missing":  # that is told by the comparison
                raise
            return
        if not begins_with(pdf, row.file_digest):
            yield found("fsck.file-differs", what="sealed revision", **where)
        if record_of(pdf) != row.record:
            yield found("fsck.file-differs", what="record", **where)

    def _identifier(self, position: int) -> str:
        query = select(LICENSE.c.identifier).where(LICENSE.c.position == position)
        return str(self._database.read(lambda connection: connection.execute(query).scalar()))


def needed_files(database: Database) -> Iterator[tuple[bytes, ...]]:
    """The files that licences need, licence after licence.

    Raises:
        MachineError: `storage.corrupt` for a row that cannot be read.
    """
    for numbers in keys_in_pages(database, LICENSE.c.position):
        for row, archives in database.read(partial(_named, first=numbers[0], last=numbers[-1])):
            yield tuple(digest for digest, needed in _digests(row, archives) if needed)


def set_aside(database: Database, files: FileStore, names: Sequence[str], *, old: datetime) -> Iterator[str]:
    """Move what nobody needs to quarantine, and name what was moved; what is named meanwhile stays."""
    for name in names:
        if not _is_named(database, name) and files.set_aside(name, before=old):
            yield name


def _is_named(database: Database, name: str) -> bool:
    stem = name.rpartition("/")[2].removesuffix(".pdf")
    if stem.endswith(".part"):
        return False
    digest = bytes.fromhex(stem)
    queries = (
        select(LICENSE.c.position).where(LICENSE.c.file_digest == digest),
        select(ARCHIVE.c.position).where(ARCHIVE.c.digest == digest),
    )
    return any(database.read(lambda connection: connection.execute(query).first()) for query in queries)  # noqa: B023 — called at once


def _named(connection: Connection, first: int, last: int) -> list[tuple[Any, list[bytes]]]:
    columns = (LICENSE.c.position, LICENSE.c.identifier, LICENSE.c.file_digest, LICENSE.c.record)
    rows = connection.execute(select(*columns).where(LICENSE.c.position.between(first, last))).all()
    archive_query = select(ARCHIVE.c.position, ARCHIVE.c.digest).where(ARCHIVE.c.position.between(first, last))
    archives: dict[int, list[bytes]] = {}
    for position, digest in connection.execute(archive_query.order_by(ARCHIVE.c.position, ARCHIVE.c.number)):
        archives.setdefault(position, []).append(digest)
    return [(row, archives.get(row.position, [])) for row in rows]


def _digests(row: Any, archives: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The files of a licence; the sealed one need not be there if the licence was archived when it was issued."""
    yield row.file_digest, not archives
    yield from ((digest, True) for digest in archives)

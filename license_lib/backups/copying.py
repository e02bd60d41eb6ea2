"""All rows of one database into another, in one transaction on each side: one moment is read, all of it is written."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from license_lib.errors import MachineError
from license_lib.repository.database import Database, create_file
from license_lib.repository.faults import sqlite_fault
from license_lib.repository.models import METADATA
from license_lib.repository.statuses import begin_list
from license_lib.repository.tables import LOG_HEAD

_BATCH: Final = 1000

Progress = Callable[[str, int, int], None]


def copy_to_file(source: Database, path: Path, progress: Progress) -> dict[str, int]:
    """Copy all tables into a new SQLite file, which has no triggers and needs no other file beside it.

    Returns:
        Rows of each table.

    Raises:
        MachineError: `storage.…`.
    """
    create_file(path)
    target = Database.open(f"sqlite:///{path}")
    try:
        target.write(METADATA.create_all)
        copied = source.read(lambda reading: target.write(lambda writing: copy_rows(reading, writing, progress)))
    finally:
        target.close()
    _stand_alone(path)
    return copied


def _stand_alone(path: Path) -> None:
    """No file beside it: then it can be read from a disk that nobody may write to."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        fault = sqlite_fault(error)
    else:
        return
    raise fault


def copy_to_database(path: Path, target: Database, progress: Progress, randomness: Callable[[int], bytes]) -> None:
    """Copy all tables of such a file into a database that has up-to-date tables and no rows, and begin a status list.

    Raises:
        MachineError: `backup.not-empty`, `storage.…`.
    """

    def work(reading: Connection, writing: Connection) -> None:
        require_empty(writing)
        writing.execute(LOG_HEAD.delete())
        copy_rows(reading, writing, progress)
        begin_list(writing, randomness)

    source = Database.open(f"sqlite:///{path}", read_only=True)
    try:
        source.read(lambda reading: target.write(lambda writing: work(reading, writing)))
    finally:
        source.close()


def copy_rows(reading: Connection, writing: Connection, progress: Progress) -> dict[str, int]:
    """Copy every row of every table, parents first, a batch at a time; but no sessions, which would come to life."""
    kept = [table for table in METADATA.sorted_tables if not table.info.get("transient")]
    counts = {table.name: row_count(reading, table.name) for table in kept}
    total, done = sum(counts.values()), 0
    for table in kept:
        rows = reading.execution_options(yield_per=_BATCH).execute(select(table))
        for batch in rows.mappings().partitions(_BATCH):
            writing.execute(table.insert(), [dict(row) for row in batch])
            done += len(batch)
            progress("rows", done, total)
    return counts


def row_count(connection: Connection, table: str) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(METADATA.tables[table])).scalar_one()


def require_empty(connection: Connection) -> None:
    """Refuse a database in which anything is on record.

    Raises:
        MachineError: `backup.not-empty`.
    """
    size = connection.execute(select(func.coalesce(func.max(LOG_HEAD.c.size), 0))).scalar_one()
    held = [name for name in METADATA.tables if name != LOG_HEAD.name and row_count(connection, name)]
    if size or held:
        raise MachineError(
            "backup.not-empty",
            "The repository holds data already",
            hint="restore into a new folder or database; nothing is ever overwritten",
        )

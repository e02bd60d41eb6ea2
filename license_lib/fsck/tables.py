"""The database itself: is it whole, are its indexes and guards there, does every reference lead somewhere?"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, func, inspect, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.repository.database import Database
from license_lib.repository.tables import METADATA

GUARDED: Final = ("event", "holder", "license", "reservation", "leaf", "tile_hash", "usage", "correction", "archive")
"""Tables that migrations put triggers on: history is added to, never changed."""
_MOST_PROBLEMS: Final = 20


def check_tables(database: Database, *, guarded: bool) -> Iterator[FsckFinding]:
    """Check what the database can say of itself.

    Args:
        guarded: it is one that licences are issued into, with triggers; a backup has none.
    """
    yield from database.read(_damage)
    yield from database.read(_indexes)
    if guarded:
        yield from database.read(_guards)
    yield from database.read(_references)


def _damage(connection: Connection) -> list[FsckFinding]:
    if connection.dialect.name != "sqlite":  # a server checks pages as it reads them (data_checksums)
        return []
    problems = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_PROBLEMS})").scalars().all()
    return [found("fsck.database-damaged", problem=problem) for problem in problems if problem != "ok"]


def _indexes(connection: Connection) -> list[FsckFinding]:
    inspector = inspect(connection)
    there = {str(index["name"]) for found_there in inspector.get_multi_indexes().values() for index in found_there}
    wanted = {str(index.name) for table in METADATA.tables.values() for index in table.indexes}
    return [found("fsck.index-missing", name=name) for name in sorted(wanted - there)]


def _guards(connection: Connection) -> list[FsckFinding]:
    if connection.dialect.name == "sqlite":
        kinds: tuple[str, ...] = ("no_update", "no_delete", "no_replace")
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        kinds = ("append_only", "no_truncate")
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    there = set(connection.exec_driver_sql(query).scalars())
    wanted = {f"{table}_{kind}" for table in GUARDED for kind in kinds}
    return [found("fsck.guard-missing", name=name) for name in sorted(wanted - there)]


def _references(connection: Connection) -> list[FsckFinding]:
    findings = []
    for table in METADATA.sorted_tables:
        for key in table.foreign_keys:
            parent = key.column.table.alias("parent")
            query = (
                select(func.count())
                .select_from(table.outerjoin(parent, key.parent == parent.c[key.column.name]))
                .where(key.parent.is_not(None), parent.c[key.column.name].is_(None))
            )
            if count := connection.execute(query).scalar_one():
                where = {"table": table.name, "column": key.parent.name, "parent": key.column.table.name}
                findings.append(found("fsck.dangling", count=count, **where))
    return findings

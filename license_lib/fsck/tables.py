"""The database itself: is it whole, are its indexes and guards there, does every reference lead somewhere?"""

from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Connection, func, inspect, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.repository.database import Database
from license_lib.repository.models import METADATA
from license_lib.repository.schema import create_or_upgrade

GUARDED: Final = (
    *("event", "holder", "license", "reservation", "leaf", "tile_hash", "usage", "correction", "archive"),
    "account_change",
)
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
        yield from database.read(_replaced)
    yield from database.read(_references)


def _damage(connection: Connection) -> list[FsckFinding]:
    if connection.dialect.name != "sqlite":  # a server checks pages as it reads them (data_checksums)
        return []
    problems = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_PROBLEMS})").scalars().all()
    return [found("fsck.database-damaged", problem=problem) for problem in problems if problem != "ok"]


def _indexes(connection: Connection) -> list[FsckFinding]:
    found_there = [index for indexes in inspect(connection).get_multi_indexes().values() for index in indexes]
    there = {str(index["name"]): (tuple(index["column_names"]), bool(index["unique"])) for index in found_there}
    wanted = {
        str(index.name): (tuple(column.name for column in index.columns), bool(index.unique))
        for table in METADATA.tables.values()
        for index in table.indexes
    }
    return [
        found("fsck.index-differs" if name in there else "fsck.index-missing", name=name)
        for name in sorted(wanted)
        if there.get(name) != wanted[name]
    ]


def _replaced(connection: Connection) -> list[FsckFinding]:
    """Triggers and indexes of the right name that do not do what migrations make them do.

    SQLite keeps their text. On PostgreSQL what the triggers call is looked at.
    """
    if connection.dialect.name != "sqlite":
        query = "SELECT tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT tgisinternal"
        wrong = connection.exec_driver_sql(f"{query} AND trim(prosrc) NOT LIKE 'BEGIN RAISE EXCEPTION %%'").scalars()
        return [found("fsck.guard-differs", name=name) for name in sorted(wrong)]
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/as-made.db"
        create_or_upgrade(url)
        database = Database.open(url, read_only=True)
        try:
            wanted = database.read(_texts)
        finally:
            database.close()
    there = _texts(connection)
    codes = {"trigger": "fsck.guard-differs", "index": "fsck.index-differs"}
    return [
        found(codes[kind], name=name)
        for (kind, name), text in sorted(there.items())
        if wanted.get((kind, name), text) != text or (kind == "trigger" and (kind, name) not in wanted)
    ]


def _texts(connection: Connection) -> dict[tuple[str, str], str]:
    query = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
    rows = connection.exec_driver_sql(query)
    return {(kind, name): " ".join(sql.replace('"', "").split()) for kind, name, sql in rows}


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

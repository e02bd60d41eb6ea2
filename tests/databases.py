"""The two databases in tests: which tests run on one only, and how somebody with a shell would write into either."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, NullPool, create_engine, inspect, select

ONLY_SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
ONLY_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@contextmanager
def by_hand(url: str) -> Iterator[Connection]:
    """A connection past all of our code; each statement is committed by itself."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection


@contextmanager
def unguarded(url: str) -> Iterator[Connection]:
    """The same for somebody who may put the guards of history out of action."""
    with by_hand(url) as connection:
        if connection.dialect.name == "sqlite":
            triggers = (
                connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
            )
            for trigger in triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else is writing, and does not come to an end."""
    with by_hand(url) as other:
        if other.dialect.name == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql("BEGIN")
            other.exec_driver_sql("LOCK TABLE reservation, license, log_head IN EXCLUSIVE MODE")
        yield
        other.exec_driver_sql("ROLLBACK")


def execute(url: str, *statements: str) -> None:
    """Do something to a database by hand."""
    with by_hand(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def table_names(url: str) -> set[str]:
    with by_hand(url) as connection:
        return set(inspect(connection).get_table_names())


def everything_in(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database holds them."""
    found = MetaData()
    with by_hand(url) as connection:
        found.reflect(connection)
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in found.tables.items()
        }

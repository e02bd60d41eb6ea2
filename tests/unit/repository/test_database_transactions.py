import errno
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from databases import ONLY_SQLITE, execute
from recorded import RECORDED_AT
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from license_lib.errors import MachineError
from license_lib.repository.database import Database
from license_lib.repository.faults import database_fault
from license_lib.repository.file_faults import os_fault
from license_lib.repository.tables import LOG_HEAD, RESERVATION


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def break_a_constraint(connection: Connection) -> None:
    # PostgreSQL quotes the whole row when it refuses one.
    row = {"identifier": "62040219800101001X", "request_key": "k", "request_digest": b"", "reserved_at": RECORDED_AT}
    connection.execute(insert(RESERVATION).values(row))


def test_work_is_done_once_more_after_a_race(database: Database) -> None:
    turns: list[str] = []

    def work(connection: Connection) -> str:
        turns.append("turn")
        if len(turns) == 1:
            break_a_constraint(connection)
        return "done"

    assert database.write(work) == "done"
    assert len(turns) == 2


def test_work_that_fails_twice_is_an_error_without_its_values(database: Database) -> None:
    with pytest.raises(MachineError) as failed:
        database.write(break_a_constraint)
    assert failed.value.code == "storage.failed"
    assert failed.value.__context__ is None
    assert "62040219800101001" not in str(failed.value)


@ONLY_SQLITE  # PostgreSQL's own texts quote them: no text of a database ever leaves `Database`
def test_sqlalchemy_hides_the_values_from_its_own_texts(database: Database) -> None:
    def work(connection: Connection) -> str:
        with pytest.raises(IntegrityError) as error:
            break_a_constraint(connection)
        return str(error.value)

    assert "62040219800101001" not in database.write(work)


def test_what_is_read_in_one_transaction_is_of_one_moment(database: Database, database_url: str) -> None:
    def work(connection: Connection) -> tuple[object, object]:
        first = connection.scalar(select(LOG_HEAD.c.size))
        execute(database_url, "UPDATE log_head SET size = 7")
        return first, connection.scalar(select(LOG_HEAD.c.size))

    assert database.read(work) == (0, 0)
    assert database.read(lambda connection: connection.scalar(select(LOG_HEAD.c.size))) == 7


class ServerError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("DETAIL: Key (number)=(62040219800101001X) already exists.")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError(None, None, ServerError("53100")), "storage.full"),
        (OperationalError(None, None, ServerError("55P03")), "storage.locked"),
        (OperationalError(None, None, ServerError("40P01")), "storage.locked"),
        (DBAPIError(None, None, ServerError("25006")), "storage.read-only"),
        (DBAPIError(None, None, ServerError("42501")), "storage.read-only"),
        (OperationalError(None, None, ServerError("53300")), "storage.locked"),
        (OperationalError(None, None, ServerError("57P01")), "storage.unreachable"),
        (OperationalError(None, None, ServerError("57P03")), "storage.unreachable"),
        (OperationalError(None, None, psycopg.OperationalError("no password for 6204")), "storage.unreachable"),
        (DBAPIError(None, None, ServerError("XX001")), "storage.corrupt"),
        (DBAPIError(None, None, ServerError("23505")), "storage.failed"),
        (OperationalError(None, None, sqlite3.OperationalError("made by hand, without a code")), "storage.failed"),
        (PoolTimeoutError("QueuePool limit"), "storage.locked"),
        (SQLAlchemyError("anything else"), "storage.failed"),
    ],
)
def test_every_error_of_a_database_has_a_code(error: SQLAlchemyError, code: str) -> None:
    fault = database_fault(error)
    assert fault.code == code
    assert "62040219800101001" not in str(fault)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ENOSPC", "storage.full"),
        ("EFBIG", "storage.full"),
        ("EDQUOT", "storage.full"),
        ("EACCES", "storage.read-only"),
        ("EPERM", "storage.read-only"),
        ("EROFS", "storage.read-only"),
        ("EIO", "storage.failed"),
        ("ENAMETOOLONG", "storage.failed"),
    ],
)
def test_every_error_of_the_system_has_a_code(name: str, code: str) -> None:
    fault = os_fault(OSError(getattr(errno, name), "text", "secret-path"))
    assert fault.code == code
    assert name in str(fault)
    assert "secret-path" not in str(fault)

import errno
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from license_lib.errors import MachineError
from license_lib.repository.database import Database
from license_lib.repository.faults import database_fault, os_fault
from license_lib.repository.tables import CHAIN_HEAD


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def break_a_constraint(connection: Connection) -> None:
    connection.execute(insert(CHAIN_HEAD).values(id=1, sequence=62040219800101001, digest=bytes(32)))


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


def test_sqlalchemy_hides_the_values_from_its_own_texts(database: Database) -> None:
    def work(connection: Connection) -> str:
        with pytest.raises(IntegrityError) as error:
            break_a_constraint(connection)
        return str(error.value)

    assert "62040219800101001" not in database.read(work)


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

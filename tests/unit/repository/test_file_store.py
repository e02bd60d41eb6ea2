"""Files in a folder, and the same in a bucket of a real server of the S3 protocol."""

import errno
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from object_store import ObjectStore

from license_lib.errors import InputError, MachineError
from license_lib.repository.files import FileStore, file_name

URL = "s3://licences/city/sealed"


@pytest.fixture(scope="session")
def store_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with ObjectStore(tmp_path_factory.mktemp("object-store")) as server:
        yield server


@pytest.fixture
def object_store(store_server: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """A server with one empty bucket, and an environment that says where it is."""
    for name, value in store_server.environment.items():
        monkeypatch.setenv(name, value)
    bucket = store_server.make_bucket("licences")
    yield store_server
    shutil.rmtree(bucket)


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path | str, Path]:
    """Where a store is to keep its files, and the folder in which they will be found."""
    if request.param == "folder":
        return tmp_path / "deep" / "files", tmp_path / "deep" / "files"
    server: ObjectStore = request.getfixturevalue("object_store")
    return URL, server.folder / "licences" / "city" / "sealed"


@pytest.fixture
def root(place: tuple[Path | str, Path]) -> Path:
    return place[1]


@pytest.fixture
def open_store(place: tuple[Path | str, Path]) -> Callable[..., FileStore]:
    return lambda **options: FileStore(place[0], **options)


@pytest.fixture
def store(open_store: Callable[..., FileStore]) -> FileStore:
    return open_store()


def everything_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def refusal(attempt: Callable[[], object]) -> MachineError:
    with pytest.raises(MachineError) as refused:
        attempt()
    assert refused.value.__context__ is None, "the text of another error may say more than it should"
    return refused.value


def test_a_file_is_found_under_its_digest(store: FileStore, root: Path) -> None:
    digest = store.put(b"%PDF-1.7")
    name = hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert digest.hex() == name
    assert everything_in(root) == [root / name[:2] / f"{name}.pdf"]
    assert store.contains(digest)
    assert store.get(digest) == b"%PDF-1.7"


def test_the_same_bytes_are_kept_once(open_store: Callable[..., FileStore], root: Path) -> None:
    digest = open_store().put(b"x")
    before = (root / file_name(digest)).stat()
    assert open_store().put(b"x") == digest
    after = (root / file_name(digest)).stat()
    assert before.st_ino == after.st_ino
    assert before.st_mtime_ns <= after.st_mtime_ns, "young again: its new writer is about to name it"


def test_files_that_are_put_together_are_found_each(store: FileStore, root: Path) -> None:
    contents = [f"licence {number % 30}".encode() for number in range(40)]
    store.put(contents[3])
    digests = store.put_each(contents)
    assert [store.get(digest) for digest in digests] == contents
    assert len(everything_in(root)) == 30
    assert store.put_each([]) == []


def test_of_files_that_are_put_together_each_is_checked_that_was_there(store: FileStore, root: Path) -> None:
    contents = [b"first", b"second", b"third"]
    (root / file_name(store.put(contents[1]))).write_bytes(b"secund")
    assert refusal(lambda: store.put_each(contents)).code == "storage.corrupt"
    assert store.put_each([contents[0], contents[2]]) == [hashlib.sha256(one).digest() for one in contents[::2]]


def test_two_writers_of_the_same_file_are_both_served(open_store: Callable[..., FileStore], root: Path) -> None:
    contents = [f"licence {number}".encode() * 1000 for number in range(20)]
    start = threading.Barrier(4)
    stored: list[list[bytes]] = []

    def write() -> None:
        mine = open_store()
        start.wait()
        stored.append([mine.put(content) for content in contents])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored == [[hashlib.sha256(content).digest() for content in contents]] * 4
    assert sorted(path.read_bytes() for path in everything_in(root)) == sorted(contents)


def test_a_damaged_file_is_neither_returned_nor_taken_for_the_right_one(store: FileStore, root: Path) -> None:
    digest = store.put(b"licence")
    path = root / file_name(digest)
    path.write_bytes(b"licencE")
    assert refusal(lambda: store.get(digest)).code == "storage.corrupt"
    assert refusal(lambda: store.put(b"licence")).code == "storage.corrupt"
    assert path.read_bytes() == b"licencE"


def test_a_missing_file_is_named(store: FileStore) -> None:
    assert not store.contains(bytes(32))
    refused = refusal(lambda: store.get(bytes(32)))
    assert refused.code == "storage.file-missing"
    assert bytes(32).hex() in refused.message


@pytest.mark.parametrize("digest", [b"", b"../../etc/passwd", bytes(31), bytes(33)])
def test_what_is_no_digest_is_no_path(store: FileStore, digest: bytes) -> None:
    for attempt in (store.get, store.contains):
        with pytest.raises(InputError) as refused:
            attempt(digest)
        assert refused.value.code == "repository.value"


def test_all_files_are_counted_up_and_nothing_else(store: FileStore, root: Path) -> None:
    assert list(store.iterate()) == []
    digests = {store.put(f"licence {number}".encode()) for number in range(1100)}  # more than a page of a bucket
    for stray in ("README", "ab/Thumbs.db", "ab/notes.pdf", "ab/cd/notes.pdf", f"ab/{'0' * 64}.pdf"):
        path = root / stray
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not ours")
    found = list(store.iterate())
    assert len(found) == len(digests)
    assert set(found) == digests


def test_a_store_opened_for_reading_only_writes_nothing(open_store: Callable[..., FileStore], root: Path) -> None:
    digest = open_store().put(b"x")
    reader = open_store(read_only=True)
    assert reader.get(digest) == b"x"
    aside = partial(reader.set_aside, "ab/.abcdef01-x.part", before=datetime.max.replace(tzinfo=UTC))
    for attempt in (lambda: reader.put(b"y"), aside):
        assert refusal(attempt).code == "storage.read-only"
    assert everything_in(root) == [root / file_name(digest)]


@settings(deadline=None)  # how long a disk takes is not the point
@given(contents=st.lists(st.binary(max_size=200), max_size=8))
def test_whatever_was_put_is_got(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    root = tmp_path_factory.mktemp("files")
    store = FileStore(root)
    digests = [store.put(content) for content in contents]
    assert [FileStore(root).get(digest) for digest in digests] == contents
    assert set(FileStore(root).iterate()) == set(digests)
    assert len(everything_in(root)) == len(set(contents))


# -- in a folder


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    digest = FileStore(tmp_path / "files").put(b"x")
    path = tmp_path / "files" / file_name(digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in path.parents[:2]] == [0o700] * 2


def test_a_root_that_is_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    assert refusal(lambda: FileStore(tmp_path / "files").put(b"x")).code == "storage.failed"


WRITE_AND_DIE = """
import resource, signal, sys
from pathlib import Path
from license_lib.repository.files import FileStore

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the system kills who writes more than
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # this
FileStore(Path(sys.argv[1])).put(b"x" * 100_000)
"""


def test_what_a_dead_writer_left_is_found_and_set_aside(tmp_path: Path) -> None:
    root = tmp_path / "files"
    store = FileStore(root)
    assert list(store.leftovers(before=datetime.max.replace(tzinfo=UTC))) == []
    died = subprocess.run(
        [sys.executable, "-c", WRITE_AND_DIE, str(root)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        check=False,
    )
    assert died.returncode == -signal.SIGXFSZ
    now = datetime.now(UTC)
    assert list(store.iterate()) == []
    assert list(store.leftovers(before=now - timedelta(hours=1))) == [], "its writer may live yet"
    (left,) = store.leftovers(before=now + timedelta(hours=1))
    digest = store.put(b"x" * 100_000)
    assert not store.set_aside(left, before=now - timedelta(hours=1)), "its writer may live yet"
    assert store.set_aside(left, before=now + timedelta(hours=1))
    assert everything_in(root) == [root / file_name(digest), root / "quarantine" / Path(left).name]
    assert not store.set_aside(left, before=now + timedelta(hours=1)), "it is gone"
    assert list(store.iterate()) == [digest]


def test_a_full_disk_leaves_nothing_unfinished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path)
    contents = [b"%d" % number for number in range(4)]
    room = iter(range(5))  # three new folders, that of the first file, and one file

    def full(_: int) -> None:
        if next(room, None) is None:
            raise OSError(errno.ENOSPC, "no room")

    store.put_each(contents[:1])
    monkeypatch.setattr(os, "fsync", full)
    assert refusal(lambda: store.put_each(contents)).code == "storage.full"
    assert everything_in(tmp_path) == [tmp_path / file_name(hashlib.sha256(contents[0]).digest())]
    monkeypatch.undo()
    assert [store.get(digest) for digest in store.put_each(contents)] == contents


WRITE_TOO_MUCH = """
import resource, sys
from pathlib import Path
from license_lib.errors import MachineError
from license_lib.repository.files import FileStore

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # Python ignores the signal: writing fails in the middle
try:
    FileStore(Path(sys.argv[1])).put_each([bytes([size % 256]) * size for size in map(int, sys.argv[2:])])
except MachineError as error:
    print(error.code)
"""


@pytest.mark.parametrize("sizes", [(100, 4100), (100, 12_000), (100_000, 100)])
def test_a_file_that_is_refused_in_the_middle_is_not_left(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE_TOO_MUCH, str(tmp_path / "files"), *map(str, sizes)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["storage.full"]
    assert everything_in(tmp_path) == []


def test_only_files_of_ours_are_set_aside(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = store.put(b"x")
    for name in (f"../{file_name(digest)}", "../licences.db", "ab/../../x.part", "", ".part"):
        with pytest.raises(InputError) as refused:
            store.set_aside(name, before=datetime.max.replace(tzinfo=UTC))
        assert refused.value.code == "repository.value"
    assert store.get(digest) == b"x"


# -- in a bucket


@pytest.mark.usefixtures("object_store")
def test_a_bucket_that_is_not_there_is_a_broken_machine() -> None:
    store = FileStore("s3://elsewhere/city")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: store.put(b"x"),
        lambda: store.get(bytes(32)),
        lambda: store.contains(bytes(32)),
        lambda: list(store.iterate()),
    )
    assert [refusal(attempt).code for attempt in attempts] == ["storage.no-bucket"] * 4


@pytest.mark.usefixtures("object_store")
def test_two_prefixes_of_a_bucket_know_nothing_of_each_other() -> None:
    one, other, whole = (FileStore(url) for url in ("s3://licences/a", "s3://licences/a2/", "s3://licences"))
    digest = one.put(b"x")
    assert list(one.iterate()) == [digest]
    assert list(other.iterate()) == list(whole.iterate()) == []
    assert not other.contains(digest)
    assert list(one.leftovers(before=datetime.max.replace(tzinfo=UTC))) == []


def test_a_store_that_died_is_a_broken_machine_until_it_is_back(object_store: ObjectStore) -> None:
    store = FileStore(URL)
    digest = store.put(b"licence")
    object_store.kill()
    try:
        attempts: tuple[Callable[[], object], ...] = (
            lambda: store.put(b"another"),
            lambda: store.get(digest),
            lambda: store.contains(digest),
            lambda: list(store.iterate()),
        )
        assert [refusal(attempt).code for attempt in attempts] == ["storage.unreachable"] * 4
    finally:
        object_store.start()
    assert store.get(digest) == b"licence"
    assert store.put(b"another") == hashlib.sha256(b"another").digest()


@pytest.mark.parametrize(
    ("status", "code"), [(403, "storage.read-only"), (401, "storage.read-only"), (507, "storage.unreachable")]
)
def test_a_store_that_refuses_is_a_broken_machine(monkeypatch: pytest.MonkeyPatch, status: int, code: str) -> None:
    class Refuses(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b"<Error><Code>No</Code><Message>62040219800101001X</Message></Error>"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = answer  # noqa: N815 — http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ALLOW_HTTP", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "true")
        store = FileStore(URL)
        attempts: tuple[Callable[[], object], ...] = (
            lambda: store.put(b"x"),
            lambda: store.get(bytes(32)),
            lambda: list(store.iterate()),
        )
        refused = [refusal(attempt) for attempt in attempts]
        server.shutdown()
    # obstore does not tell why a list was refused.
    assert [one.code for one in refused] == [code, code, "storage.unreachable"]
    assert "62040219800101001X" not in "".join(map(str, refused))


@pytest.mark.usefixtures("object_store")
def test_a_bucket_is_not_carried_across_a_fork() -> None:
    store = FileStore(URL)
    digest = store.put(b"x")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, store.get(digest))
        except MachineError as error:
            os.write(writing, error.code.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"repository.forked"
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(
    "url",
    ["data/files", "s3://", "s3://BUCKET", "s3://b", "s3://user:secret@bucket/x", "s3://bucket/../x", "gs://bucket"],
)
def test_an_address_that_cannot_work_is_refused_without_being_shown(url: str) -> None:
    refused = refusal(lambda: FileStore(url))
    assert refused.code == "storage.url"
    assert "secret" not in str(refused)


@pytest.mark.usefixtures("object_store")
def test_a_bucket_keeps_what_nobody_needs() -> None:
    store = FileStore(URL)
    digest = store.put(b"of nobody")
    now = datetime.now(UTC)
    assert [(one.digest, one.size, one.written_at <= now) for one in store.listed()] == [(digest, 9, True)]
    assert not store.set_aside(file_name(digest), before=now + timedelta(hours=1))
    assert store.get(digest) == b"of nobody"

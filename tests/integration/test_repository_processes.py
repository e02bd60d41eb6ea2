"""Several processes and threads on one repository, some of them killed.

Run as a script, this file is one of these processes: it reads `reserve KEY`, `commit KEY` or `issue KEY` (both at once)
from standard input and answers each with one line once it is done: `KEY IDENTIFIER FILE-DIGEST`.
"""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from postgres import PostgresServer
from recorded import RECORDED_AT, log_is_whole, recorded_license

from license_lib.errors import MachineError
from license_lib.repository.repository import Repository
from license_lib.repository.schema import create_or_upgrade
from license_lib.repository.values import AlreadyIssued, IssuedLicense, Reservation, StoredLicense

ROOT = Path(__file__).resolve().parents[2]


class Clerk:
    """Somebody who issues; the name is in every identifier it proposes and in every file it seals."""

    def __init__(self, name: str, repository: Repository) -> None:
        self.name = name
        self.repository = repository
        self.open: dict[str, Reservation | AlreadyIssued] = {}

    def reserve(self, key: str) -> str:
        digest = hashlib.sha256(key.encode()).digest()
        answer = self.repository.reserve(f"{self.name}-{key}", request_key=key, request_digest=digest, at=RECORDED_AT)
        self.open[key] = answer
        self.repository.files.put(self.seal(key))
        return f"{key} {answer.identifier if isinstance(answer, Reservation) else answer.license.identifier} -"

    def commit(self, key: str) -> str:
        answer = self.open.pop(key)
        if isinstance(answer, AlreadyIssued):
            return told(key, answer.license)
        return told(key, self.repository.commit(self.issued(key, answer)))

    def issue(self, key: str) -> str:
        self.reserve(key)
        return self.commit(key)

    def seal(self, key: str) -> bytes:
        return f"{key} sealed by {self.name}".encode()

    def issued(self, key: str, reserved: Reservation) -> IssuedLicense:
        sealed = self.seal(key)
        digest = hashlib.sha256(sealed).digest()
        number = f"number {key}"
        return recorded_license(
            key,
            identifier=reserved.identifier,
            status=reserved.status,
            number=number,
            record=sealed,
            record_digest=digest,
            file_digest=digest,
        )


def told(key: str, stored: StoredLicense) -> str:
    return f"{key} {stored.identifier} {stored.file_digest.hex()}"


class Process:
    """A clerk in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def tell(self, *orders: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{order}\n" for order in orders))
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def rest(self) -> list[str]:
        """All further answers up to its end; a line cut off by a kill is no answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.poll() is None:
            self.process.stdin.close()
        return [line.strip() for line in self.process.stdout if line.endswith("\n")]

    def kill(self) -> list[str]:
        os.kill(self.process.pid, signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL
        return self.rest()


@dataclass(frozen=True)
class Office:
    """Where the clerks of one test work."""

    url: str
    files: str

    def open(self) -> Repository:
        # Patient: what is tested is that nobody is lost in the queue, not how fast the disk is.
        return Repository.open(self.url, Path(self.files), busy_seconds=60)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    return Office(database_url, str(tmp_path / "files"))


@pytest.fixture
def repository(office: Office) -> Iterator[Repository]:
    with office.open() as opened:
        yield opened


@contextmanager
def clerk_process(name: str, office: Office) -> Iterator[Process]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", __file__, name, office.url, office.files],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        started = Process(process)
        try:
            assert started.answer() == "ready"
            yield started
        finally:
            process.kill()


def by_key(answers: list[str]) -> dict[str, tuple[str, str]]:
    """Request key → identifier and file digest; the same request is never answered in two ways."""
    found: dict[str, tuple[str, str]] = {}
    for answer in answers:
        key, identifier, file_digest = answer.split()
        assert found.setdefault(key, (identifier, file_digest)) == (identifier, file_digest)
    return found


def check_against(repository: Repository, acknowledged: dict[str, tuple[str, str]]) -> None:
    """What was acknowledged is there, once, with the file that was acknowledged; and nothing is half there."""
    for key, (identifier, file_digest) in acknowledged.items():
        (stored,) = repository.by_number(f"number {key}")
        assert (stored.identifier, stored.file_digest.hex()) == (identifier, file_digest)
    for stored in repository.iterate():
        assert hashlib.sha256(repository.files.get(stored.file_digest)).digest() == stored.file_digest
        assert repository.files.get(stored.file_digest) == stored.record, "file and record are of the same clerk"
        (event,) = repository.events(stored.identifier)
        assert event.details["file_digest"] == stored.file_digest.hex()
    assert log_is_whole(repository)


def test_two_processes_with_the_same_batch_issue_every_license_once(office: Office, repository: Repository) -> None:
    keys = [f"k{n}" for n in range(60)]
    with clerk_process("first", office) as first, clerk_process("second", office) as second:
        for process in (first, second):
            process.tell(*(f"issue {key}" for key in keys))
        answers = [second.answer(), *first.rest(), *second.rest()]
    acknowledged = by_key(answers)
    assert len(answers) == 2 * len(keys), "somebody was left without an answer"
    assert set(acknowledged) == set(keys)
    assert repository.count() == len(keys)
    check_against(repository, acknowledged)


def test_the_slower_of_two_gets_the_license_of_the_faster(office: Office, repository: Repository) -> None:
    here = Clerk("here", repository)
    with clerk_process("there", office) as there:
        there.tell("reserve k")
        assert there.answer() == "k there-k -"
        here.reserve("k")
        mine = here.commit("k")
        there.tell("commit k")
        assert there.answer() == mine
    assert mine == f"k there-k {hashlib.sha256(here.seal('k')).hexdigest()}"
    assert repository.count() == 1


def test_a_process_killed_before_its_commit_blocks_nobody(office: Office, repository: Repository) -> None:
    with clerk_process("dead", office) as dead:
        dead.tell("reserve k")
        assert dead.answer() == "k dead-k -"
        dead.kill()
    assert repository.count() == 0
    here = Clerk("here", repository)
    assert here.issue("k").split()[1] == "dead-k", "the reserved identifier is used, not a second one"
    assert repository.count() == 1
    check_against(repository, {})


@pytest.mark.parametrize("answers_before_the_kill", [1, 4, 9])
def test_a_kill_loses_no_acknowledged_license(
    office: Office, repository: Repository, answers_before_the_kill: int
) -> None:
    keys = [f"k{n}" for n in range(30)]
    with clerk_process("dead", office) as dead, clerk_process("alive", office) as alive:
        dead.tell(*(f"issue {key}" for key in keys))
        alive.tell(*(f"issue {key}" for key in reversed(keys)))
        answers = [dead.answer() for _ in range(answers_before_the_kill)]
        answers += dead.kill()
        check_against(repository, by_key(answers))
        answers += alive.rest()
    here = Clerk("here", repository)
    answers += [here.issue(key) for key in keys]
    assert repository.count() == len(keys)
    check_against(repository, by_key(answers))


def test_threads_share_one_repository(repository: Repository) -> None:
    keys = [f"k{n}" for n in range(12)]
    start = threading.Barrier(8)

    def work(name: str) -> list[str]:
        clerk = Clerk(name, repository)
        start.wait()
        return [clerk.issue(key) for key in keys]

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = [answer for found in pool.map(work, "abcdefgh") for answer in found]
    assert len(answers) == 8 * len(keys)
    assert repository.count() == len(keys)
    check_against(repository, by_key(answers))


def test_several_processes_may_set_the_database_up_at_once(bare_url: str, tmp_path: Path) -> None:
    code = (
        "import sys; from license_lib.repository.schema import create_or_upgrade; print(create_or_upgrade(sys.argv[1]))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, bare_url],
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    answers = sorted(process.communicate()[0].strip() for process in processes)
    assert answers == ["False", "False", "True"]
    Repository.open(bare_url, tmp_path).close()


def test_a_server_killed_under_its_clerks_loses_no_acknowledged_license(tmp_path: Path) -> None:
    """The server dies and recovers twice while two clerks issue; they ask again for what was not acknowledged.

    Its administrator let it acknowledge before it writes. We do not.
    """
    keys = [f"k{n}" for n in range(40)]
    with PostgresServer(settings={"synchronous_commit": "off"}) as server:
        office = Office(server.create_database(), str(tmp_path / "files"))
        create_or_upgrade(office.url)
        acknowledged: list[str] = []

        def work(name: str) -> None:
            with office.open() as repository:
                clerk = Clerk(name, repository)
                for key in keys:
                    while True:
                        try:
                            acknowledged.append(clerk.issue(key))
                            break
                        except MachineError as refused:
                            if refused.code != "storage.unreachable":
                                raise

        with ThreadPoolExecutor(max_workers=2) as pool:
            clerks = [pool.submit(work, name) for name in ("first", "second")]
            for so_many in (len(keys) // 2, len(keys)):
                while len(acknowledged) < so_many and not any(clerk.done() for clerk in clerks):
                    time.sleep(0.01)
                server.kill()
                server.start()
            for clerk in clerks:
                clerk.result()
        assert len(acknowledged) == 2 * len(keys)
        with office.open() as repository:
            assert repository.count() == len(keys)
            check_against(repository, by_key(acknowledged))


def main() -> None:
    name, *where = sys.argv[1:]
    with Office(*where).open() as repository:
        clerk = Clerk(name, repository)
        orders = {"reserve": clerk.reserve, "commit": clerk.commit, "issue": clerk.issue}
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            order, key = line.split()
            sys.stdout.write(f"{orders[order](key)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

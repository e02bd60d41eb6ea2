"""Uses that come at the same time are written in one transaction; a fault of one is not the fault of the others."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import Any

import pytest
from support import NOON

from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.repository.entries import UsageKind, Use
from license_lib.repository.repository import Repository


@pytest.fixture
def issued(authority: Authority, business_request: LicenseRequest) -> Issued:
    return authority.issue(business_request)


class Watched:
    """The transactions of a repository; the first of them is held until it is let go."""

    def __init__(self, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.fault: Exception | None = None
        self.begun, self.let_go, self._lock = Event(), Event(), Lock()
        database: Any = repository.usage._database  # noqa: SLF001 -- what is counted is its transactions
        write = database.write

        def counted(work: Any) -> Any:
            with self._lock:
                self.count += 1
                first = self.count == 1
            if first:
                self.begun.set()
                assert self.let_go.wait(20)
            if self.fault is not None:
                raise self.fault
            return write(work)

        monkeypatch.setattr(database, "write", counted)
        self._together = repository.usage._together  # noqa: SLF001 -- nothing else shows who waits

    def release_behind(self, waiting: int) -> None:
        """Let the first one go once so many wait behind it."""
        until = time.monotonic() + 20
        while len(self._together._waiting) < waiting:  # noqa: SLF001 -- the same
            assert time.monotonic() < until, "they do not come"
            time.sleep(0.001)
        self.let_go.set()


def use(repository: Repository, issued: Issued, actor: str) -> None:
    who = Use(actor=actor, purpose="窗口核验")
    repository.usage.record(UsageKind.VERIFY, [issued.identifier], who, at=NOON)


def test_who_waits_is_written_with_the_others(
    authority: Authority, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = authority.repository
    watched = Watched(repository, monkeypatch)
    before = len(repository.usage.of_license(issued.identifier))

    def durably(number: int) -> None:
        use(repository, issued, f"丙{number}")
        assert [one.use.actor for one in repository.usage.of_license(issued.identifier)].count(f"丙{number}") == 1

    with ThreadPoolExecutor(12) as threads:
        first = threads.submit(durably, 0)
        assert watched.begun.wait(20)
        others = [threads.submit(durably, number) for number in range(1, 12)]
        watched.release_behind(len(others))
        for one in (first, *others):
            one.result(20)
    assert watched.count == 2, "one for the first, and one for those who waited"
    assert len(repository.usage.of_license(issued.identifier)) == before + 12


def test_a_use_that_cannot_be_stored_spoils_no_other(
    authority: Authority, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = authority.repository
    watched = Watched(repository, monkeypatch)

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(use, repository, issued, "甲")
        assert watched.begun.wait(20)
        bad, good = (threads.submit(use, repository, issued, actor) for actor in ("\ud800", "乙"))
        watched.release_behind(2)
        first.result(20)
        good.result(20)
        with pytest.raises(InputError):
            bad.result(20)
    actors = [one.use.actor for one in repository.usage.of_license(issued.identifier)]
    assert (actors.count("甲"), actors.count("乙")) == (1, 1)


@pytest.mark.parametrize("fault", [TypeError, KeyboardInterrupt])
def test_nobody_waits_for_ever_behind_a_fault(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, fault: type[BaseException]
) -> None:
    """Each is tried alone after one was refused; the next has a fault that no error of ours tells."""
    repository = authority.repository
    watched = Watched(repository, monkeypatch)
    tries: list[int] = []

    def work(number: int) -> int:
        tries.append(number)
        if number == 1:
            raise InputError("repository.text", "refused")
        if number == 2:  # the one after it, and before the last
            raise fault
        return number

    def written(number: int) -> int:
        return repository.usage._together.write(lambda _: work(number), order=number)  # noqa: SLF001 -- who waits there

    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(written, 0)]
        assert watched.begun.wait(20)
        futures += [threads.submit(written, number) for number in (1, 2, 3)]
        watched.release_behind(3)
        try:
            told = [type(one.exception(20)) for one in futures]
        finally:
            watched.fault = RuntimeError("who still waits is let go")
    assert told[0] is type(None)
    assert told[2] is fault
    if fault is TypeError:
        assert told == [type(None), InputError, TypeError, type(None)], "the fault of one is not that of the others"
    assert set(tries) == {0, 1, 2} | ({3} if fault is TypeError else set())


@pytest.mark.parametrize(
    ("code", "tries"), [("storage.locked", 2), ("storage.unreachable", 2), ("storage.full", 2), ("storage.failed", 13)]
)
def test_a_broken_machine_is_waited_for_once_and_not_by_each(
    authority: Authority, issued: Issued, monkeypatch: pytest.MonkeyPatch, code: str, tries: int
) -> None:
    repository = authority.repository
    watched = Watched(repository, monkeypatch)

    with ThreadPoolExecutor(12) as threads:
        first = threads.submit(use, repository, issued, "丙0")
        assert watched.begun.wait(20)
        others = [threads.submit(use, repository, issued, f"丙{number}") for number in range(1, 12)]
        watched.fault = MachineError(code, "")
        watched.release_behind(len(others))
        for one in (first, *others):
            with pytest.raises(MachineError):
                one.result(20)
    assert watched.count == tries, (
        "one for the first, and one for those who waited; then each alone, if it may be theirs"
    )

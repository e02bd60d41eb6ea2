"""Files made to hang, to eat all memory or to kill: each costs one worker process, and the next file is judged."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast

import pytest
from integration.obedient import open_obedient
from support import NOON, license_command

from license_lib.authority import Authority
from license_lib.errors import InputError, MachineError
from license_lib.issuing import Issued
from license_lib.judges import confined_verifier
from license_lib.qr import scan_file
from license_lib.settings import Settings
from license_lib.verification import Outcome, Verdict, Verifier
from license_lib.verification.confinement import ConfinedVerifier, SlowLane
from license_lib.verification.verifier import MAX_FILE_BYTES
from license_lib.verification.workers import Limits
from verify_api.bench import SettingsBench

QUICK = Limits(seconds=1)
PATIENT = Limits(seconds=60)
ORPHANED = """
import sys
sys.path[:0] = sys.argv[1:]
from integration.test_confinement import NOON, QUICK, obedient, pid
with obedient(QUICK) as verifier:
    print(pid(verifier), flush=True)
    verifier.verify(b"hang", at=NOON)
"""


@contextmanager
def open_nothing() -> Iterator[Verifier]:
    if multiprocessing.parent_process():
        raise InputError("template.invalid", "no such template")
    yield cast("Verifier", None)


@contextmanager
def open_dead() -> Iterator[Verifier]:
    os.kill(os.getpid(), signal.SIGKILL)
    yield cast("Verifier", None)


def obedient(
    limits: Limits, workers: int = 1, opener: Callable[[], AbstractContextManager[Verifier]] = open_obedient
) -> ConfinedVerifier:
    return ConfinedVerifier(opener, limits=limits, workers=workers, method="fork")


def pid(verifier: ConfinedVerifier, file: bytes = b"") -> int:
    """The process of the worker that judges a file."""
    return int(verifier.verify(file, at=NOON).findings[0].params["step"])


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def is_gone(process: int) -> bool:
    """Neither running nor a zombie of ours."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("file", [b"hang", b"spin", b"memory", b"die"])
def test_a_hostile_file_costs_one_worker(file: bytes) -> None:
    with obedient(QUICK if file in {b"hang", b"spin"} else PATIENT) as verifier:
        first = pid(verifier)
        verdict = verifier.verify(file, at=NOON)
        assert (codes(verdict), verdict.outcome) == (["verification.overrun"], Outcome.UNDETERMINED)
        assert (verdict.at, verdict.license, verdict.intact) == (NOON, None, b"")
        assert is_gone(first)
        second = pid(verifier)
        assert pid(verifier) == second
    assert is_gone(second)
    assert multiprocessing.active_children() == []


def test_others_are_answered_while_one_hangs() -> None:
    with obedient(PATIENT, workers=2) as verifier, ThreadPoolExecutor(4) as threads:
        hung = threads.submit(verifier.verify, b"hang", at=NOON)
        answers = [threads.submit(pid, verifier) for _ in range(6)]
        assert len({answer.result() for answer in answers}) == 1
        assert not hung.done()
        verifier.close()
        assert codes(hung.result()) == ["verification.overrun"]
    assert multiprocessing.active_children() == []


def test_whoever_is_retired_finishes_its_work_and_keeps_no_worker() -> None:
    verifier = obedient(QUICK)
    with ThreadPoolExecutor(1) as threads:
        hung = threads.submit(verifier.verify, b"hang", at=NOON)
        while not multiprocessing.active_children():
            time.sleep(0.01)
        verifier.retire()
        assert codes(hung.result()) == ["verification.overrun"]
    assert is_gone(pid(verifier)), "one who still holds it may ask, and leaves nothing behind"


def test_a_worker_that_was_killed_while_idle_is_replaced() -> None:
    with obedient(PATIENT) as verifier:
        first = pid(verifier)
        os.kill(first, signal.SIGKILL)
        while multiprocessing.active_children():
            time.sleep(0.01)
        assert pid(verifier) != first


def test_what_the_machine_says_comes_back_and_what_a_fault_quotes_does_not(capfd: pytest.CaptureFixture[str]) -> None:
    with obedient(PATIENT) as verifier:
        with pytest.raises(MachineError) as locked:
            verifier.verify(b"locked", at=NOON)
        assert (locked.value.code, locked.value.hint) == ("storage.locked", "try again")
        with pytest.raises(RuntimeError, match=r"^KeyError at obedient.py:\d+, in a worker$"):
            verifier.verify(b"fault", at=NOON)
        with pytest.raises(RuntimeError, match=r"in a worker$"):  # what cannot be sent is a fault, not an overrun
            verifier.verify(b"lambda", at=NOON)
        verifier.verify(b"shout", at=NOON)
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_opened_says_why() -> None:
    with obedient(PATIENT, opener=open_nothing) as nothing, pytest.raises(InputError) as refused:
        nothing.verify(b"", at=NOON)
    assert refused.value.code == "template.invalid"
    with obedient(PATIENT, opener=open_dead) as dead, pytest.raises(MachineError) as broken:
        dead.verify(b"", at=NOON)
    assert broken.value.code == "verification.worker"
    assert multiprocessing.active_children() == []


def test_a_worker_whose_parent_was_killed_ends_too() -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHANED, *sys.path], stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        time.sleep(0.2)  # let it begin with the file
        parent.kill()
    for _ in range(200):
        if is_gone(worker) or is_zombie(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker outlived its parent")


def is_zombie(process: int) -> bool:
    """Ended, and its new parent has not looked yet: where tests run, that may be nobody."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_confined_verdict_is_the_same_verdict(
    shared_authority: Authority, business: Issued, method: Literal["fork", "spawn"]
) -> None:
    plain = shared_authority.verifier
    tampered = business.pdf.replace(b"/Type/Page/", b"/Type/Pagf/", 1)
    with confined_verifier(shared_authority.settings, method=method, workers=1, limits=PATIENT) as confined:
        for data in (business.pdf, tampered, b"", b"neither", bytes(MAX_FILE_BYTES + 1)):
            assert confined.verify(data, at=NOON, now=NOON) == plain.verify(data, at=NOON, now=NOON)
        code = scan_file(business.pdf)[0]
        assert confined.verify_code(code, at=NOON) == plain.verify_code(code, at=NOON)
        assert confined.status(business.identifier, at=NOON) == plain.status(business.identifier, at=NOON)
        assert confined.verify(business.pdf, at=NOON).outcome is Outcome.IN_FORCE
        assert confined.issuers.find(business.license.issuer.code)
        assert confined.catalogue.find(str(business.license.identifier.type_code))


def test_new_trust_material_brings_new_workers(home: Path) -> None:
    bench = SettingsBench(Settings.load(home), lambda: NOON, workers=1)
    first = bench.judge(NOON)
    old = multiprocessing.active_children()
    (home / "keys" / "public" / "note.txt").write_text("new")
    second = bench.judge(NOON + timedelta(minutes=1))
    new = multiprocessing.active_children()
    assert first is not second
    assert len(old) == len(new) == 1
    assert old != new
    bench.close()
    assert multiprocessing.active_children() == []


def test_the_command_line_leaves_no_worker(shared_authority: Authority, business: Issued, tmp_path: Path) -> None:
    file = tmp_path / "license.pdf"
    file.write_bytes(business.pdf)
    done = license_command("verify", file, file, "--home", shared_authority.settings.home, "--json")
    assert len(done.values) == 3, "two files and a summary"
    assert multiprocessing.active_children() == []


def test_files_that_take_long_step_aside() -> None:
    """One more than the slow lane has places for hang: it is given up, and the next file is judged all the same."""
    lane = SlowLane(after=0.3, places=2)
    with (
        ConfinedVerifier(open_obedient, limits=PATIENT, workers=1, method="fork", slow=lane) as verifier,
        ThreadPoolExecutor(3) as threads,
    ):
        bombs = [threads.submit(verifier.verify, file, at=NOON) for file in (b"hang", b"spin", b"hang")]
        done, hanging = wait(bombs, return_when=FIRST_COMPLETED)
        assert [codes(bomb.result()) for bomb in done] == [["verification.overrun"]]
        assert codes(verifier.verify(b"", at=NOON)) == ["verification.incomplete"]
        assert not any(bomb.done() for bomb in hanging)
        verifier.close()
        assert [codes(bomb.result()) for bomb in hanging] == [["verification.overrun"]] * 2
    assert multiprocessing.active_children() == []


def test_whoever_steps_aside_leaves_its_priority_and_still_answers() -> None:
    lane = SlowLane(after=0.05, places=1)
    with ConfinedVerifier(open_obedient, limits=PATIENT, workers=1, method="fork", slow=lane) as verifier:
        slow = pid(verifier, b"slow")
        assert pid(verifier) != slow, "another has taken its place"
    assert multiprocessing.active_children() == []

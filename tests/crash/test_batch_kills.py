"""A batch is killed at random moments, whole or in part, and sent again: each request is one licence."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support import PASSPHRASE, example_request

from crash.checking import Tally, check_whole
from crash.homes import ROOT, Backend, Place
from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest

REQUESTS = 96
SEED = 11
KINDS = ("sqlite", "postgresql")
_WAIT, _GONE = 120.0, 20.0
_ISSUE = """
import json, sys
from crash.test_batch_kills import batch
from license_lib.authority import Authority
from support import PASSPHRASE
if __name__ == "__main__":
    with Authority.open(sys.argv[1], passphrase=PASSPHRASE) as authority:
        for number, one in enumerate(authority.issue_all(batch(), processes=2)):
            print(json.dumps([number, one.identifier]), flush=True)
"""


def batch() -> Iterator[LicenseRequest]:
    """What every process here issues."""
    from dataclasses import replace

    example = example_request("food-business-permit")
    return (replace(example, number=f"JY1620402{number:07}", request_key=f"key {number}") for number in range(REQUESTS))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with Backend(request.param, tmp_path) as backend:
        yield backend.place(full=True)


def started(place: Place, script: Path) -> "subprocess.Popen[str]":
    """A batch, leader of a process group of its own."""
    script.write_text(_ISSUE, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, script, str(place.home)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def members(group: int) -> set[int]:
    """The processes of a group that live."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state not in "ZX":
            found.add(int(stat.parent.name))
    return found


def sealers(group: int) -> set[int]:
    """Those of them that seal."""
    found = set()
    for pid in members(group) - {group}:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.add(pid)
    return found


def until_gone(group: int) -> set[int]:
    deadline = time.monotonic() + _GONE
    while (left := members(group)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


def told_until(running: "subprocess.Popen[str]", count: int) -> list[list[object]]:
    assert running.stdout is not None
    return [json.loads(line) for line in (running.stdout.readline() for _ in range(count)) if line.endswith("\n")]


@pytest.mark.parametrize("victim", ["group", "parent", "worker"])
def test_a_batch_that_was_killed_is_sent_again(place: Place, tmp_path: Path, victim: str) -> None:
    chance = random.Random(f"{SEED} {victim}")  # noqa: S311 -- when to kill
    told: dict[int, str] = {}
    killed = 0
    for attempt in range(3):
        with started(place, tmp_path / f"issue_{attempt}.py") as running:
            lines = told_until(running, chance.randrange(1, 60))
            time.sleep(chance.random() * 0.3)
            targets = {"group": members(running.pid), "parent": {running.pid}, "worker": sealers(running.pid)}[victim]
            for pid in sorted(targets)[:1] if victim == "worker" else targets:  # none, if all is done by now
                killed += 1
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            left = until_gone(running.pid)
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            assert running.stdout is not None
            lines += [json.loads(line) for line in running.stdout if line.endswith("\n")]
        assert left == set(), "nobody goes on sealing for a process that is gone"
        for number, identifier in lines:
            assert told.setdefault(int(str(number)), str(identifier)) == identifier, "what was told is kept"
    assert killed
    require_each_once(place, told)


def test_two_processes_that_issue_one_batch_hand_out_one_license_a_request(place: Place, tmp_path: Path) -> None:
    with started(place, tmp_path / "first.py") as first, started(place, tmp_path / "second.py") as second:
        told: list[dict[int, str]] = []
        for running in (first, second):
            output, _ = running.communicate(timeout=_WAIT)
            assert running.returncode == 0
            told.append(dict(json.loads(line) for line in output.splitlines()))
    assert told[0] == told[1]
    require_each_once(place, told[0])


def require_each_once(place: Place, told: dict[int, str]) -> None:
    assert place.home is not None
    with Authority.open(place.home, passphrase=PASSPHRASE) as authority:
        results = [one for one in authority.issue_all(batch(), processes=1) if isinstance(one, Issued)]
        assert len({one.identifier for one in results}) == len(results) == REQUESTS == authority.repository.count()
        assert len({one.license.status for one in results}) == REQUESTS
        assert {number: results[number].identifier for number in told} == told
        assert all(results[number].already for number in told)
        for one in results:
            (stored,) = authority.repository.by_number(one.license.number)
            assert authority.repository.newest_file(stored) == one.pdf
    tally = Tally()
    check_whole(place, tally, repair=True)
    assert tally.problems == []

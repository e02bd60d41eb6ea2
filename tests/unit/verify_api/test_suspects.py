"""Senders of slow files wait behind each other, and behind nobody else waits for them."""

from datetime import datetime, timedelta
from functools import partial

import anyio
import pytest
from support import NOON

from license_lib.verification.confinement import SLOW_FILE
from verify_api.problems import Problem
from verify_api.suspects import Suspects


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Yard:
    """Files under way, each judged until it is let go."""

    def __init__(self, clock: Clock, queue: int = 64) -> None:
        self.suspects = Suspects(clock, queue=queue)
        self.begun: list[str] = []

    async def one(self, caller: str, *, slow: bool = False, known: bool = False) -> None:
        async with self.suspects.judged(caller, known=known):
            tell = SLOW_FILE.get()
            assert tell is not None
            if slow:
                await anyio.to_thread.run_sync(tell)  # as a judge's thread would

    def judge(self, caller: str, *, slow: bool = False) -> None:
        anyio.run(partial(self.one, caller, slow=slow))

    async def held(self, caller: str, until: anyio.Event, *, known: bool = False) -> None:
        async with self.suspects.judged(caller, known=known):
            self.begun.append(caller)
            await until.wait()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def yard(clock: Clock) -> Yard:
    return Yard(clock)


def at_once(yard: Yard, *callers: str, known: bool = False) -> list[str]:
    """Who of these is judged while none of them is done."""

    async def run() -> list[str]:
        until = anyio.Event()
        async with anyio.create_task_group() as group:
            for caller in callers:
                group.start_soon(partial(yard.held, caller, until, known=known))
            await anyio.sleep(0.02)
            seen = sorted(yard.begun)
            until.set()
        return seen

    yard.begun.clear()
    return anyio.run(run)


def test_nobody_waits_while_files_are_quick(yard: Yard) -> None:
    assert at_once(yard, "a", "b", "c") == ["a", "b", "c"]


def test_who_sent_a_slow_file_waits_behind_others_like_them(yard: Yard) -> None:
    yard.judge("bad", slow=True)
    assert at_once(yard, "bad", "bad", "good") == ["bad", "good"]


def test_while_several_send_slow_files_strangers_share_a_place(yard: Yard) -> None:
    yard.judge("friend")
    for caller in ("bad 1", "bad 2"):
        yard.judge(caller, slow=True)
    assert at_once(yard, "new 1", "new 2", "friend", "bad 1", "bad 2") == ["bad 1", "friend", "new 1"]
    assert at_once(yard, "person 1", "person 2", known=True) == ["person 1", "person 2"]


def test_a_slow_file_is_held_against_its_sender_while_it_still_runs(yard: Yard) -> None:
    async def run() -> list[str]:
        until = anyio.Event()

        async def bomb(caller: str) -> None:
            async with yard.suspects.judged(caller, known=False):
                tell = SLOW_FILE.get()
                assert tell is not None
                await anyio.to_thread.run_sync(tell)
                await until.wait()

        async with anyio.create_task_group() as group:
            for caller in ("bad 1", "bad 2"):
                group.start_soon(bomb, caller)
            await anyio.sleep(0.02)
            for caller in ("new 1", "new 2", "bad 1", "bad 2"):
                group.start_soon(yard.held, caller, until)
            await anyio.sleep(0.02)
            seen = sorted(yard.begun)
            until.set()
        return seen

    assert anyio.run(run) == ["bad 1", "new 1"], "the alarm is on, and both wait aside"


def test_a_file_that_nobody_judged_makes_no_good_name(yard: Yard) -> None:
    async def fails(caller: str) -> None:
        async with yard.suspects.judged(caller, known=False):
            raise Problem("service.busy")

    for caller in ("new 1", "new 2"):
        with pytest.raises(Problem):
            anyio.run(fails, caller)
    for caller in ("bad 1", "bad 2"):
        yard.judge(caller, slow=True)
    assert at_once(yard, "new 1", "new 2") == ["new 1"]


def test_a_slow_file_is_forgotten(yard: Yard, clock: Clock) -> None:
    for caller in ("bad 1", "bad 2"):
        yard.judge(caller, slow=True)
    clock.now += timedelta(minutes=2)
    assert at_once(yard, "new 1", "new 2") == ["new 1", "new 2"], "the alarm is over"
    assert at_once(yard, "bad 1", "bad 2") == ["bad 1"]
    clock.now += timedelta(minutes=9)
    assert at_once(yard, "bad 1", "bad 2") == ["bad 1", "bad 2"]


def test_a_slow_file_undoes_a_good_name(yard: Yard) -> None:
    yard.judge("a")
    yard.judge("a", slow=True)
    assert at_once(yard, "a", "a") == ["a"]


def test_not_too_many_wait(clock: Clock) -> None:
    yard = Yard(clock, queue=1)

    async def run() -> None:
        await yard.one("bad", slow=True)
        until = anyio.Event()
        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(yard.held, "bad", until)
            await anyio.sleep(0.02)
            with pytest.raises(Problem) as caught:
                await yard.one("bad")
            assert caught.value.code == "service.busy"
            until.set()

    anyio.run(run)

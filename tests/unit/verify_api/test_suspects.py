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

    def __init__(self, clock: Clock, queue: int = 64, judges: int = 9) -> None:
        self.suspects = Suspects(clock, judges=judges, queue=queue)
        self.begun: list[str] = []

    async def one(self, caller: str, *, slow: bool = False, known: bool = False) -> None:
        async with self.suspects.judged(caller, known=known):
            tell = SLOW_FILE.get()
            assert tell is not None
            if slow:
                await anyio.to_thread.run_sync(tell)  # as a judge's thread would

    def judge(self, caller: str, *, slow: bool = False) -> None:
        anyio.run(partial(self.one, caller, slow=slow))

    async def held(self, caller: str, until: anyio.Event, *, known: bool = False, slow: bool = False) -> None:
        async with self.suspects.judged(caller, known=known):
            self.begun.append(caller)
            tell = SLOW_FILE.get()
            if slow and tell:
                await anyio.to_thread.run_sync(tell)
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


def after_bombs(yard: Yard, first: list[str], *others: str) -> list[str]:
    """Who of the others is judged while nothing is done of what was sent first, where the files of the bad are slow."""

    async def run() -> list[str]:
        until = anyio.Event()
        async with anyio.create_task_group() as group:
            for caller in first:
                group.start_soon(partial(yard.held, caller, until, slow=caller.startswith("bad")))
            await anyio.sleep(0.05)
            seen = len(yard.begun)
            for caller in others:
                group.start_soon(yard.held, caller, until)
            await anyio.sleep(0.05)
            begun = yard.begun[seen:]
            until.set()
        return sorted(begun)

    yard.begun.clear()
    return anyio.run(run)


def test_a_slow_file_is_held_against_its_sender_while_it_still_runs(yard: Yard) -> None:
    begun = after_bombs(yard, ["bad 1", "bad 2"], "new 1", "new 2", "bad 1", "bad 2")
    assert begun == ["bad 1", "new 1"], "the alarm is on, and both wait aside"


def test_callers_who_do_not_say_who_they_are_leave_room(clock: Clock) -> None:
    assert at_once(Yard(clock, judges=2), "a", "b", "c") == ["a", "b"]
    assert at_once(Yard(clock, judges=2), "a", "b", "c", known=True) == ["a", "b", "c"]


@pytest.mark.parametrize("was_good", [False, True])
def test_many_slow_files_of_one_sender_take_a_place_from_nobody(clock: Clock, *, was_good: bool) -> None:
    yard = Yard(clock, judges=2)
    if was_good:
        yard.judge("bad")
    assert after_bombs(yard, ["bad"] * 4, "a", "b") == ["a", "b"]
    assert (yard.begun[:3], sorted(yard.begun[3:5])) == (["bad"] * 3, ["a", "b"]), "two at once, one aside, the others"


def test_strangers_who_wait_as_the_alarm_begins_share_a_place(clock: Clock) -> None:
    yard = Yard(clock, judges=1)
    yard.judge("friend")
    yard.judge("bad 1", slow=True)
    assert after_bombs(yard, ["bad 2", "new 1", "new 2"], "friend") == ["friend"]
    assert yard.begun[:3] == ["bad 2", "new 1", "friend"]


def test_good_names_that_were_made_to_be_used_count_no_more(yard: Yard, clock: Clock) -> None:
    for caller in ("friend 1", "friend 2", "false 1", "false 2"):
        yard.judge(caller)
    yard.judge("false 1", slow=True)
    yard.judge("bad", slow=True)
    assert at_once(yard, "friend 1", "friend 2") == ["friend 1", "friend 2"], "one may be an accident"
    yard.judge("false 2", slow=True)
    assert at_once(yard, "friend 1", "friend 2") == ["friend 1"]
    yard.judge("friend 2")
    assert at_once(yard, "friend 1", "friend 2") == ["friend 1"], "no name is made now"
    assert at_once(yard, "person 1", "person 2", known=True) == ["person 1", "person 2"]
    clock.now += timedelta(minutes=1)
    yard.judge("friend 2")
    for caller in ("bad 1", "bad 2"):
        yard.judge(caller, slow=True)
    assert at_once(yard, "friend 2", "new 1", "new 2") == ["friend 2", "new 1"]


def test_slow_files_of_those_who_say_who_they_are_undo_no_name(yard: Yard) -> None:
    yard.judge("friend")
    for person in ("person 1", "person 2"):
        anyio.run(partial(yard.one, person, known=True))
        anyio.run(partial(yard.one, person, known=True, slow=True))
    assert at_once(yard, "friend", "new 1", "new 2") == ["friend", "new 1"]


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

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from support import StillClock

from verify_api.problems import Problem
from verify_api.repeats import Repeats

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Work:
    """Counts how often it was done."""

    def __init__(self, *, fails: bool = False) -> None:
        self.done, self.fails = 0, fails

    async def __call__(self) -> int:
        self.done += 1
        await asyncio.sleep(0)
        if self.fails:
            raise RuntimeError
        return self.done


def test_the_same_request_is_answered_once() -> None:
    async def run() -> None:
        clock, work = StillClock(NOON), Work()
        repeats = Repeats(clock)
        assert await repeats.once("k", "a", b"x", work) == (1, False)
        assert await repeats.once('"k"', "a", b"x", work) == (1, True)
        assert await repeats.once("k", "b", b"x", work) == (2, False)
        assert await repeats.once(None, "a", b"x", work) == (3, False)
        clock.advance(seconds=120)
        assert await repeats.once("k", "a", b"x", work) == (4, False)

    asyncio.run(run())


def test_a_key_is_of_one_request_and_not_answered_twice_at_once() -> None:
    async def run() -> None:
        repeats, work = Repeats(StillClock(NOON)), Work()
        first = asyncio.ensure_future(repeats.once("k", "a", b"x", work))
        await asyncio.sleep(0)
        for request, code in ((b"x", "idempotency.running"), (b"y", "idempotency.reused")):
            with pytest.raises(Problem) as caught:
                await repeats.once("k", "a", request, work)
            assert caught.value.code == code
        assert await first == (1, False)

    asyncio.run(run())


def test_an_error_is_no_answer() -> None:
    async def run() -> None:
        repeats, work = Repeats(StillClock(NOON)), Work(fails=True)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await repeats.once("k", "a", b"x", work)
        assert work.done == 2

    asyncio.run(run())


def test_memory_is_bounded() -> None:
    async def run() -> None:
        repeats = Repeats(StillClock(NOON), most=3)
        for number in range(50):
            await repeats.once(f"k{number}", "a", b"x", Work())
        assert len(repeats._kept) <= 3  # noqa: SLF001

    asyncio.run(run())


@pytest.mark.parametrize("key", ["", '""', "a b", "é", "x" * 129, "a\x7f"])
def test_a_key_is_visible_text(key: str) -> None:
    with pytest.raises(Problem) as caught:
        asyncio.run(Repeats(lambda: NOON + timedelta()).once(key, "a", b"", Work()))
    assert caught.value.code == "idempotency.key"

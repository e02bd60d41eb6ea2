"""Refusals go out at a bounded rate; whoever is not refused waits for none of it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import IDENTIFIER, ToldJudge, verdict

from verify_api import refusals
from verify_api.refusals import Refusals


class Loop(asyncio.SelectorEventLoop):
    """A loop whose time passes only while everybody sleeps."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = 100.0

    def time(self) -> float:
        return self.moment

    def _run_once(self) -> None:
        waiting = [handle.when() for handle in self._scheduled]  # type: ignore[attr-defined]
        if waiting and not self._ready:  # type: ignore[attr-defined]
            self.moment = max(self.moment, min(waiting))
        super()._run_once()  # type: ignore[misc]


def run(work: Callable[[Loop], Awaitable[None]]) -> None:
    loop = Loop()
    try:
        loop.run_until_complete(work(loop))
    finally:
        loop.close()


def ended(gate: Refusals, count: int) -> list[float]:
    """Seconds after which each of so many refusals at once may go out."""
    at: list[float] = []

    async def work(loop: Loop) -> None:
        begun = loop.time()

        async def one() -> None:
            await gate.turn()
            at.append(round(loop.time() - begun, 6))

        await asyncio.gather(*(one() for _ in range(count)))

    run(work)
    return at


def test_a_few_refusals_wait_for_nothing() -> None:
    assert ended(Refusals(rate=10, burst=5), 5) == [0.0] * 5


def test_many_go_out_one_after_the_other() -> None:
    assert ended(Refusals(rate=10, burst=5), 9) == [0.0] * 5 + [0.1, 0.2, 0.3, 0.4]


def test_nobody_waits_for_longer_than_the_longest() -> None:
    assert max(ended(Refusals(rate=10, burst=5, longest=1.5), 100)) == 1.5


def test_who_is_not_refused_waits_for_nothing(
    client: TestClient, judge: ToldJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def turn(_: Refusals) -> None:
        asked.append("refusal")

    monkeypatch.setattr(refusals.Refusals, "turn", turn)
    judge.answer = verdict()
    assert client.get(f"/api/v1/licenses/{IDENTIFIER}/status").status_code == 200
    assert asked == []
    assert client.get("/api/v1/licenses/x/status").status_code == 422
    assert client.get("/nowhere").status_code == 404
    assert asked == ["refusal"] * 2

"""Limits as a caller meets them: who asks too often or sends too much at once is told so, and the others go on."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from support import StillClock
from unit.verify_api.told_judge import IDENTIFIER, NOON, ToldJudge

from verify_api.access import ClientSystem, Department, recognised
from verify_api.app import build_app
from verify_api.even_time import even_time, whole_steps
from verify_api.metrics import Metrics
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

URL = "/api/v1/verify"
DESK = ClientSystem(client="tax-desk", department=Department("tax", "税务局"), grants=frozenset())
Make = Callable[[ServiceLimits], FastAPI]


@pytest.fixture
def still() -> StillClock:
    return StillClock(NOON)


@pytest.fixture
def make(judge: ToldJudge, tmp_path: Path, anchor: Anchor, still: StillClock) -> Make:
    def made(limits: ServiceLimits) -> FastAPI:
        return build_app(lambda: judge, tmp_path / "public", anchor, clock=still, randomness=bytes, limits=limits)

    return made


def test_strangers_may_ask_so_often(make: Make, judge: ToldJudge) -> None:
    with TestClient(make(ServiceLimits(anonymous=2))) as client:
        answers = [client.post(URL, json={"code": "x"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"caller";q=2;w=60'
        assert [answer.headers["ratelimit"] for answer in answers] == [
            '"caller";r=1;t=30', '"caller";r=0;t=60', '"caller";r=0;t=60',
        ]  # fmt: skip
        refused = answers[2]
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("rate.caller", "30")
        page = client.post("/verify", files={"code": (None, "x")})
        assert (page.status_code, "rate.caller" in page.text) == (429, True), "the page is no way around"
        assert len(judge.asked) == 2
        for path in ("/healthz", "/readyz", "/", "/api/v1", "/api/v1/openapi.json"):
            assert client.get(path).status_code == 200, "what costs nothing is not counted"
        assert 'license_turned_away_total{limit="rate.caller"} 2.0' in Metrics.text(client.app.state.metrics).decode()  # type: ignore[attr-defined]


def test_who_says_who_they_are_is_counted_by_that_and_the_address_has_a_limit_too(make: Make) -> None:
    app = make(ServiceLimits(anonymous=1, caller=3, address=6))
    with TestClient(app) as client:

        def ask() -> tuple[int, str]:
            answer = client.post(URL, json={"code": "x"})
            return answer.status_code, answer.json().get("code", "")

        assert [ask() for _ in range(2)] == [(200, ""), (429, "rate.caller")]
        app.dependency_overrides[recognised] = lambda: DESK
        assert [ask() for _ in range(4)] == [(200, "")] * 3 + [(429, "rate.caller")]
        assert ask() == (429, "rate.address")


def test_time_brings_turns_back(make: Make, still: StillClock) -> None:
    with TestClient(make(ServiceLimits(anonymous=2))) as client:
        path = f"/api/v1/licenses/{IDENTIFIER}/status"
        assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
        still.advance(seconds=30)
        assert [client.get(path).status_code for _ in range(2)] == [200, 429]


def test_one_caller_fills_no_more_than_their_places(make: Make, judge: ToldJudge) -> None:
    begun, release = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        if judge.asked[-1][0] == "file":
            begun.release()
            release.wait(20)

    judge.before = hold
    with TestClient(make(ServiceLimits(files=2))) as client:
        sent = {"content": b"%PDF-", "headers": {"Content-Type": "application/pdf"}}
        threads = [threading.Thread(target=lambda: client.post(URL, **sent)) for _ in range(2)]  # type: ignore[arg-type]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert begun.acquire(timeout=20)
        refused = client.post(URL, **sent)  # type: ignore[arg-type]
        code = client.post(URL, json={"code": "x"})
        release.set()
        for thread in threads:
            thread.join()
        after = client.post(URL, **sent)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()["code"]) == (429, "rate.files")
    assert (code.status_code, after.status_code) == (200, 200)


@pytest.mark.parametrize(
    ("taken", "step", "whole"), [(0.01, 0.2, 0.2), (0.19, 0.2, 0.2), (0.21, 0.2, 0.4), (0.5, 0.0, 0.5), (0.0, 0.2, 0.0)]
)
def test_answers_take_whole_steps(taken: float, step: float, whole: float) -> None:
    assert whole_steps(taken, step) == pytest.approx(whole)


def test_a_block_takes_a_step_also_if_it_fails() -> None:
    async def run() -> float:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(RuntimeError):
            async with even_time(0.05):
                raise RuntimeError
        return asyncio.get_running_loop().time() - begun

    assert asyncio.run(run()) >= 0.05

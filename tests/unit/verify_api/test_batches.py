"""Many documents at once: each is answered under its own reference, and one that fails does not harm the others."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from unit.verify_api.told_judge import NOON, ToldJudge

from license_lib.errors import MachineError
from license_lib.verification import Outcome
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.access import ClientSystem, Department, Grant, recognised
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor
from verify_api.schemas import BatchLine
from verify_api.turnstile import ServiceLimits

URL = "/api/v1/verify/batch"
DESK = ClientSystem(
    client="tax-desk", department=Department("tax", "税务局"), grants=frozenset({Grant.parse("verify:*")})
)


@pytest.fixture
def app(judge: ToldJudge, tmp_path: Path, anchor: Anchor) -> FastAPI:
    limits = ServiceLimits(batch=5, even_seconds=0)
    built = build_app(lambda: judge, tmp_path / "public", anchor, clock=lambda: NOON, randomness=bytes, limits=limits)
    built.dependency_overrides[recognised] = lambda: DESK
    return built


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


def lines(answer: Response) -> dict[str, BatchLine]:
    """What was told of each document; the answer is whole."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson"), answer.text
    *told, last = (BatchLine.model_validate_json(line) for line in answer.text.splitlines())
    assert last.done == len(told)
    return {line.reference: line for line in told}


def test_files_and_codes_under_the_references_of_the_caller(client: TestClient, judge: ToldJudge) -> None:
    sent: dict[str, Any] = {
        "desk-3/1": ("../a.pdf", b"%PDF-"),
        "桌": (None, "HTTPS://A/V#B"),
        "photo": ("b", b"\xff\xd8"),
    }
    told = lines(client.post(URL, files=sent))
    assert set(told) == set(sent)
    assert {line.verdict.outcome for line in told.values() if line.verdict} == {Outcome.IN_FORCE}
    assert sorted(str(asked[1]) for asked in judge.asked) == sorted(map(str, (b"%PDF-", "HTTPS://A/V#B", b"\xff\xd8")))
    assert {use.actor for use in judge.uses if use} == {"tax-desk"}


def test_codes_as_json_at_another_moment(client: TestClient, judge: ToldJudge) -> None:
    told = lines(client.post(URL, json={"codes": {"a": "x", "b": "y"}}, params={"at": "2026-01-02"}))
    assert set(told) == {"a", "b"}
    assert {at.isoformat() for _, _, at in judge.asked} == {"2026-01-02T00:00:00+08:00"}


def test_answers_come_in_the_order_in_which_they_are_done(client: TestClient, judge: ToldJudge) -> None:
    quick_is_done = threading.Event()

    def hold() -> None:
        if judge.asked[-1][1] == "slow":
            assert quick_is_done.wait(20)
        else:
            quick_is_done.set()

    judge.before = hold
    answer = client.post(URL, json={"codes": {"slow": "slow", "quick": "quick"}})
    told = [json.loads(line).get("reference") for line in answer.text.splitlines()]
    assert told == ["quick", "slow", None]


def test_one_that_fails_is_a_problem_of_its_own(client: TestClient, judge: ToldJudge) -> None:
    def fail_on_b() -> None:
        if judge.asked[-1][1] == "b":
            raise MachineError("storage.locked", "in use")

    judge.before = fail_on_b
    told = lines(client.post(URL, json={"codes": {"a": "a", "b": "b", "c": "c"}}))
    problems = {name: line.problem.code for name, line in told.items() if line.problem}
    assert problems == {"b": "storage.locked"}
    assert sum(line.verdict is not None for line in told.values()) == 2


def test_a_file_that_is_too_large_is_judged_as_that(client: TestClient, judge: ToldJudge) -> None:
    told = lines(client.post(URL, files={"big": ("a", bytes(MAX_FILE_BYTES + 1000)), "small": ("b", b"x")}))
    assert set(told) == {"big", "small"}
    assert max(len(data) for _, data, _ in judge.asked if isinstance(data, bytes)) == MAX_FILE_BYTES + 1


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"codes": {}}}, 422, "http.invalid"),
        ({"json": {"codes": {"a": ""}}}, 400, "http.empty"),
        ({"json": {"codes": {"a": "x"}, "more": 1}}, 422, "http.invalid"),
        ({"json": {"codes": {str(n): "x" for n in range(6)}}}, 413, "http.too-many"),
        ({"json": {"codes": {"": "x"}}}, 422, "http.invalid"),
        ({"json": {"codes": {"a" * 129: "x"}}}, 422, "http.invalid"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "http.malformed"),
        ({"content": b"x" * 100_000, "headers": {"Content-Type": "application/json"}}, 413, "http.too-large"),
        ({"files": [(str(n), ("a", b"x")) for n in range(6)]}, 413, "http.too-many"),
        ({"files": [("a", ("a", b"x")), ("a", ("b", b"y"))]}, 400, "http.ambiguous"),
        ({"files": {"a": (None, "x" * 20_000)}}, 400, "http.malformed"),
        ({"content": b"x", "headers": {"Content-Type": "application/pdf"}}, 415, "http.media-type"),
        ({"json": {"codes": {"a": "x"}}, "params": {"at": "never"}}, 422, "http.at"),
    ],
)
def test_a_wrong_batch(client: TestClient, judge: ToldJudge, sent: dict[str, Any], status: int, code: str) -> None:
    answer = client.post(URL, **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not judge.asked


def test_only_so_many_batches_at_once(app: FastAPI, client: TestClient) -> None:
    app.state.batches.total_tokens = 0
    answer = client.post(URL, json={"codes": {"a": "x"}})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "service.busy", "2")


def test_strangers_send_no_batches(app: FastAPI, client: TestClient) -> None:
    del app.dependency_overrides[recognised]
    assert client.post(URL, json={"codes": {"a": "x"}}).status_code == 401

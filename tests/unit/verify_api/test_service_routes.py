import asyncio
import threading
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import IDENTIFIER, NOON, ToldJudge, verdict

from license_lib.errors import MachineError
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.metrics import Metrics
from verify_api.pages.assets import assets
from verify_api.problems import Problem
from verify_api.questions import Question, read_question
from verify_api.service import Service

STATUS = "/api/v1/licenses/{}/status"


def test_status_by_identifier(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict("status.revoked", date="2026-10-01")
    answer = client.get(STATUS.format(IDENTIFIER))
    assert answer.json()["outcome"] == "NOT_IN_FORCE"
    assert answer.headers["cache-control"] == "no-store"
    assert judge.asked == [("status", str(IDENTIFIER), NOON)]


def test_an_unknown_identifier(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = None
    answer = client.get(STATUS.format(IDENTIFIER))
    assert (answer.status_code, answer.json()["code"]) == (404, "license.unknown")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abc", "number.form"),
        (str(IDENTIFIER)[:-1] + "!", "number.alphabet"),
        (str(IDENTIFIER).replace("20260302TEST", "20260303TEST"), "number.check"),
        ("x" * 200, "http.invalid"),
    ],
)
def test_a_malformed_identifier(client: TestClient, judge: ToldJudge, text: str, code: str) -> None:
    answer = client.get(STATUS.format(text))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert text not in answer.text
    assert not judge.asked


def test_wrong_addresses_and_methods(client: TestClient) -> None:
    lost = client.get("/api/v1/nothing")
    assert (lost.status_code, lost.json()["code"]) == (404, "http.not-found")
    wrong = client.delete("/api/v1/verify")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "http.method", "POST")
    two = client.delete("/api/v1/service-items/x/materials")
    assert (two.status_code, two.headers["allow"]) == (405, "GET, POST"), "one address, two routes"


def test_health_does_not_ask_the_repository_and_readiness_does(client: TestClient, judge: ToldJudge) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert not judge.asked
    judge.answer = None
    assert client.get("/readyz").status_code == 200
    judge.answer = MachineError("storage.failed", "gone")
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 503)


@pytest.mark.parametrize("path", ["/", "/V", "/healthz", "/api/v1/nothing", "/assets/page.js"])
def test_every_answer_has_an_envelope(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert "unsafe" not in headers["content-security-policy"]
    assert "set-cookie" not in headers


def test_a_script_is_spared_what_only_a_page_needs(client: TestClient) -> None:
    script = client.get(f"/{assets().modules[0]}").headers
    assert script["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert script["x-content-type-options"] == "nosniff"
    assert "permissions-policy" not in script
    worker = client.get("/offline.js").headers["content-security-policy"]
    assert worker == client.get("/").headers["content-security-policy"], "its requests go by it"


def test_a_request_id_is_kept_if_it_is_harmless(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345"}).headers["x-request-id"] == "abc-12345"
    assert client.get("/healthz", headers={"X-Request-ID": "evil\tid<>"}).headers["x-request-id"] == "00" * 8


def test_an_upload_that_never_ends_is_given_up() -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", b"application/pdf")]}, receive)
    with pytest.raises(Problem) as caught:
        asyncio.run(read_question(request, seconds=0.01))
    assert caught.value.code == "http.timeout"


def test_an_endless_body_is_given_up_without_being_kept() -> None:
    received = 0

    async def receive() -> dict[str, Any]:
        nonlocal received
        received += 2**20
        assert received < 8 * MAX_FILE_BYTES, "nobody stops it"
        return {"type": "http.request", "body": bytes(2**20), "more_body": True}

    for media_type in (b"application/pdf", b"application/json", b"multipart/form-data; boundary=b"):
        received = 0
        request = Request({"type": "http", "method": "POST", "headers": [(b"content-type", media_type)]}, receive)
        with pytest.raises(Problem) as caught:
            asyncio.run(read_question(request))
        assert caught.value.code == "http.too-large" or media_type.startswith(b"multipart")
        assert received < 4 * MAX_FILE_BYTES


def test_no_more_than_a_bounded_number_waits(judge: ToldJudge) -> None:
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        release.wait()

    judge.before = hold

    async def ask() -> tuple[str, int]:
        service = Service(judge, lambda: NOON, Metrics(), workers=1, queue=1)
        tasks = [asyncio.create_task(service.verify(Question(data=b"x"))) for _ in range(2)]
        await asyncio.to_thread(begun.wait)
        try:
            await asyncio.wait_for(service.verify(Question(data=b"x")), timeout=20)
        except Problem as problem:
            return problem.code, problem.kind.status
        finally:
            release.set()
            await asyncio.gather(*tasks)
        return "", 0

    assert asyncio.run(ask()) == ("service.busy", 503)
    assert len(judge.asked) == 2


def test_codes_do_not_wait_for_files(judge: ToldJudge) -> None:
    begun, release = threading.Event(), threading.Event()

    def hold() -> None:
        if judge.asked[-1][0] == "file":
            begun.set()
            release.wait()

    judge.before = hold

    async def ask() -> bool:
        service = Service(judge, lambda: NOON, Metrics(), workers=1)
        file = asyncio.create_task(service.verify(Question(data=b"x")))
        await asyncio.to_thread(begun.wait)
        try:
            await asyncio.wait_for(service.verify(Question(code="x")), timeout=20)
            return not file.done()
        finally:
            release.set()
            await file

    assert asyncio.run(ask())


def test_there_is_no_documentation_page_that_loads_from_elsewhere(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]

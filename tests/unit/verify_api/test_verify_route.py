import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import BODY, IDENTIFIER, NOON, ToldJudge, verdict

from license_lib.errors import InputError, MachineError
from license_lib.verification.verifier import MAX_FILE_BYTES

URL = "/api/v1/verify"
PDF = {"Content-Type": "application/pdf"}
PRIVATE = "11010519491231002X"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, which is complete."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    document: dict[str, Any] = answer.json()
    assert (document["status"], document["code"], document["type"]) == (status, code, f"/problems#{code}")
    assert all(document[key] for key in ("title", "title_zh", "detail", "hint", "hint_zh"))
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


@pytest.mark.parametrize(
    ("sent", "question"),
    [
        ({"content": b"%PDF-", "headers": PDF}, ("file", b"%PDF-")),
        ({"content": b"\xff\xd8", "headers": {"Content-Type": "image/jpeg"}}, ("file", b"\xff\xd8")),
        ({"files": {"file": ("a.pdf", b"%PDF-", "application/pdf")}}, ("file", b"%PDF-")),
        ({"files": {"file": ("a", b"x", "application/octet-stream")}}, ("file", b"x")),
        ({"files": {"code": (None, " HTTPS://A/V#B\n")}}, ("code", "HTTPS://A/V#B")),
        ({"json": {"code": "HTTPS://A/V#B"}}, ("code", "HTTPS://A/V#B")),
        ({"content": b'{"code":"x"}', "headers": {"Content-Type": "application/json; charset=utf-8"}}, ("code", "x")),
    ],
)
def test_every_way_to_ask_reaches_the_judge_unchanged(
    client: TestClient, judge: ToldJudge, sent: dict[str, Any], question: tuple[str, object]
) -> None:
    answer = client.post(URL, **sent)
    assert answer.status_code == 200
    assert judge.asked == [(*question, NOON)]
    assert answer.headers["cache-control"] == "no-store"


def test_a_forgery_is_an_answer_and_no_error(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict("qr.signature")
    answer = client.post(URL, content=b"%PDF-", headers=PDF)
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "NOT_GENUINE"
    assert [finding["code"] for finding in answer.json()["findings"]] == ["qr.signature"]


def test_the_answer_names_type_body_and_public_fields(client: TestClient) -> None:
    told = client.post(URL, json={"code": "x"}).json()["license"]
    assert told == {
        "identifier": str(IDENTIFIER),
        "type": "营业执照",
        "issuer": {"name": BODY.issuer.name, "code": BODY.issuer.code},
        "issued_on": "2026-03-02",
        "valid_from": "2026-03-02",
        "valid_until": None,
        "public": {"CZZT": "白银市样例商贸有限公司", "KZ_LX": "有限责任公司"},
        "labels": {"CZZT": {"zh": "持证主体", "en": "Holder"}, "KZ_LX": {"zh": "类型", "en": "Type of entity"}},
    }


def test_unknown_codes_have_no_name(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict(public={"KZ_NEW": "…"})
    assert client.post(URL, json={"code": "x"}).json()["license"]["labels"] == {}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T12:00:00+08:00", NOON),
        ("2026-11-22T04:00:00Z", NOON),
        ("2026-11-22T12:00:00", NOON),
        ("2026-11-22", datetime(2026, 11, 21, 16, tzinfo=UTC)),
    ],
)
def test_another_moment(client: TestClient, judge: ToldJudge, text: str, moment: datetime) -> None:
    client.post(URL, content=b"%PDF-", headers=PDF, params={"at": text})
    client.post(URL, json={"code": "x", "at": text})
    client.post(URL, files={"file": ("a", b"x"), "at": (None, text)})
    assert [at for _, _, at in judge.asked] == [moment] * 3


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_wrong_moment(client: TestClient, judge: ToldJudge, text: str) -> None:
    document = problem(client.post(URL, content=b"%PDF-", headers=PDF, params={"at": text}), 422, "http.at")
    assert text not in str(document)
    problem(client.post(URL, json={"code": "x", "at": text}), 422, "http.at")
    assert not judge.asked


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 400, "http.empty"),
        ({"content": b"", "headers": PDF}, 400, "http.empty"),
        ({"content": b"", "headers": {"Content-Type": "application/json"}}, 400, "http.empty"),
        ({"files": {"file": ("a", b"")}}, 400, "http.empty"),
        ({"files": {"code": (None, "  ")}}, 400, "http.empty"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "http.malformed"),
        ({"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400, "http.malformed"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400, "http.malformed"),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}}, 400, "http.malformed"),
        ({"files": {"file": ("a", b"x"), "code": (None, "y")}}, 400, "http.ambiguous"),
        ({"files": [("code", (None, "x")), ("code", (None, "y"))]}, 400, "http.ambiguous"),
        ({"files": [("file", ("a", b"x")), ("file", ("b", b"y"))]}, 400, "http.malformed"),
        ({"json": {"code": "x", "at": "2026-11-22"}, "params": {"at": "2026-11-22"}}, 400, "http.ambiguous"),
        ({"json": {"code": "x"}, "params": [("at", "2026-11-22"), ("at", "2026-11-23")]}, 400, "http.ambiguous"),
        ({"json": {"code": ""}}, 422, "http.invalid"),
        ({"json": {"code": PRIVATE * 300}}, 422, "http.invalid"),
        ({"json": {"cod": PRIVATE}}, 422, "http.invalid"),
        ({"json": [PRIVATE]}, 422, "http.invalid"),
        ({"files": {"file": (None, PRIVATE)}}, 422, "http.invalid"),
        ({"files": {"code": ("a", b"x")}}, 422, "http.invalid"),
        ({"files": {"document": ("a", b"x")}}, 422, "http.invalid"),
        ({"files": {"code": (None, "x" * 9000)}}, 400, "http.malformed"),
        ({"json": {"code": "x" * 20_000}}, 413, "http.too-large"),
        ({"content": bytes(MAX_FILE_BYTES + 1), "headers": PDF}, 413, "http.too-large"),
        ({"files": {"file": ("a", bytes(MAX_FILE_BYTES + 20_000))}}, 413, "http.too-large"),
        ({"content": b"x"}, 415, "http.media-type"),
        ({"data": {"code": "x"}}, 415, "http.media-type"),
        ({"content": b"x", "headers": {"Content-Type": "text/html"}}, 415, "http.media-type"),
    ],
)
def test_a_wrong_request(client: TestClient, judge: ToldJudge, sent: dict[str, Any], status: int, code: str) -> None:
    document = problem(client.post(URL, **sent), status, code)
    assert PRIVATE not in str(document)
    assert not judge.asked


def test_the_largest_file_is_judged(client: TestClient, judge: ToldJudge) -> None:
    assert client.post(URL, files={"file": ("a", bytes(MAX_FILE_BYTES))}).status_code == 200
    assert len(judge.asked) == 1


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [
        (MachineError("storage.locked", "in use"), 503, "storage.locked", "1"),
        (MachineError("storage.corrupt", "damaged"), 503, "storage.corrupt", None),
        (InputError("repository.text", "no"), 400, "repository.text", None),
    ],
)
def test_the_machine_in_the_way(
    client: TestClient, judge: ToldJudge, error: Exception, status: int, code: str, retry: str | None
) -> None:
    judge.answer = error
    answer = client.post(URL, content=b"%PDF-", headers=PDF)
    problem(answer, status, code)
    assert answer.headers.get("retry-after") == retry


def test_an_unforeseen_error_tells_nothing(
    client: TestClient, judge: ToldJudge, caplog: pytest.LogCaptureFixture
) -> None:
    judge.answer = RuntimeError(f"holder {PRIVATE}")
    with caplog.at_level(logging.DEBUG, logger="verify_api"):
        document = problem(client.post(URL, content=b"%PDF-" + PRIVATE.encode(), headers=PDF), 500, "service.fault")
    assert PRIVATE not in str(document) + caplog.text
    assert "RuntimeError" not in str(document)
    assert "RuntimeError at" in caplog.text
    assert "_say" in caplog.text


def test_logs_hold_the_route_and_never_the_path(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="verify_api"):
        client.get(f"/api/v1/licenses/{PRIVATE}/status", params={"q": PRIVATE})
        client.get(f"/{PRIVATE}")
        client.post(URL, json={"code": PRIVATE}, params={"at": PRIVATE})
    assert PRIVATE not in caplog.text
    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(one["method"], one["route"], one["status"], one["who"]) for one in told] == [
        ("GET", "/api/v1/licenses/{identifier}/status", 422, "anonymous"),
        ("GET", "-", 404, "-"),
        ("POST", "/api/v1/verify", 422, "anonymous"),
    ]


def test_the_bench_is_closed_at_the_end(app: FastAPI, judge: ToldJudge) -> None:
    with TestClient(app):
        assert not judge.closed
    assert judge.closed


def test_no_verdict_without_its_trace(client: TestClient, judge: ToldJudge) -> None:
    assert client.post(URL, content=b"%PDF-", headers=PDF).status_code == 200
    assert judge.noted == [judge.answer]
    judge.unnotable = MachineError("storage.locked", "in use")
    answer = client.post(URL, content=b"%PDF-", headers=PDF)
    problem(answer, 503, "storage.locked")

"""What the service tells about itself: counters for Prometheus, and lines of JSON."""

import io
import json
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from unit.verify_api.told_judge import ToldJudge, verdict

from license_lib.errors import MachineError
from verify_api.logs import LOG, json_lines, log_settings

PRIVATE = "11010519491231002X"
LOCAL = ("127.0.0.1", 50000)


@pytest.fixture
def near(client: TestClient) -> TestClient:
    """A caller on the same machine."""
    return TestClient(client.app, client=LOCAL)


def counted(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """All samples, as Prometheus itself reads them."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def test_requests_and_verdicts_are_counted_by_route_and_outcome(near: TestClient, judge: ToldJudge) -> None:
    near.post("/api/v1/verify", json={"code": "x"})
    judge.answer = verdict("qr.signature")
    near.post("/api/v1/verify", json={"code": PRIVATE})
    near.get(f"/api/v1/licenses/{PRIVATE}/status")
    near.get(f"/{PRIVATE}")
    near.request(PRIVATE, "/healthz")
    told = counted(near)
    assert told["license_requests_total", (("method", "POST"), ("route", "/api/v1/verify"), ("status", "200"))] == 2
    assert told["license_requests_total", (("method", "GET"), ("route", "-"), ("status", "404"))] == 1
    assert told["license_verdicts_total", (("outcome", "IN_FORCE"), ("subject", "code"))] == 1
    assert told["license_verdicts_total", (("outcome", "NOT_GENUINE"), ("subject", "code"))] == 1
    assert told["license_request_seconds_count", (("route", "/api/v1/verify"),)] == 2
    assert told["license_files_waiting", ()] == 0
    assert PRIVATE not in near.get("/metrics").text


def test_metrics_are_for_the_machine_itself(client: TestClient, near: TestClient) -> None:
    assert near.get("/metrics").headers["content-type"].startswith("text/plain")
    assert client.get("/metrics").status_code == 404, "a caller of another address"
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert near.get("/metrics", headers={header: "for=192.0.2.1"}).status_code == 404, "through a proxy"


@pytest.fixture
def written() -> Any:
    """A logger of the service as a process configures it, and what it has written."""
    stream, logger = io.StringIO(), logging.getLogger("verify_api")
    handler, level = logging.StreamHandler(stream), logger.level
    handler.setFormatter(json_lines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def test_a_line_says_what_was_asked_of_which_route_and_by_what_kind_of_caller(client: TestClient, written: Any) -> None:
    client.post("/api/v1/verify", json={"code": PRIVATE}, headers={"X-Request-ID": "abc-12345"})
    (line,) = written()
    assert {name: line[name] for name in ("level", "logger", "event", "method", "route", "status", "who")} == {
        "level": "info",
        "logger": "verify_api",
        "event": "answered",
        "method": "POST",
        "route": "/api/v1/verify",
        "status": 200,
        "who": "anonymous",
    }
    assert (line["request_id"], line["ms"]) == ("abc-12345", 0)
    assert line["time"].endswith("+00:00")
    assert PRIVATE not in str(line)


def test_an_error_is_told_by_its_place_and_never_by_its_text(
    client: TestClient, judge: ToldJudge, written: Any
) -> None:
    judge.answer = RuntimeError(PRIVATE)
    client.post("/api/v1/verify", json={"code": "x"})
    judge.answer = MachineError("storage.failed", "gone")
    client.post("/api/v1/verify", json={"code": "x"})
    try:
        int(PRIVATE)
    except ValueError:
        LOG.exception("x")
        logging.getLogger("verify_api").exception("from a library")
    lines = written()
    assert PRIVATE not in json.dumps(lines)
    assert "RuntimeError at" in lines[0]["error"]
    assert (lines[2]["event"], lines[2]["code"]) == ("machine", "storage.failed")
    assert all("ValueError at" in line["error"] for line in lines[-2:])


def test_the_process_writes_all_its_lines_this_way() -> None:
    told = log_settings()
    assert told["root"]["handlers"] == ["stderr"]
    assert told["handlers"]["stderr"]["formatter"] == "json"

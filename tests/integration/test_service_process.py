"""The service as a process of its own, as `license serve` starts it: real sockets, real signals, real logs."""

import json
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from integration.served_process import Served, served_license

from license_lib.authority import Authority
from license_lib.errors import MachineError
from license_lib.qr import scan_file
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.app import serve


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_license(tmp_path_factory.mktemp("served"), "residence-permit") as running:
        yield running


def test_a_license_over_the_wire(served: Served) -> None:
    answer = served.client.post("/api/v1/verify", files={"file": ("a.pdf", served.issued.pdf)})
    assert answer.json()["outcome"] == "IN_FORCE"
    code = scan_file(served.issued.pdf)[0]
    assert served.client.post("/api/v1/verify", json={"code": code}).json()["outcome"] == "IN_FORCE"
    assert 'data-outcome="IN_FORCE"' in served.client.post("/verify", files={"code": (None, code)}).text
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("media_type", "size"), [("application/pdf", MAX_FILE_BYTES + 1), ("application/json", MAX_FILE_BYTES)]
)
def test_too_much_is_refused_over_the_wire(served: Served, media_type: str, size: int) -> None:
    answer = served.client.post("/api/v1/verify", content=bytes(size), headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (413, "http.too-large")


def test_a_caller_who_hangs_up_leaves_no_trace_of_an_error(served: Served) -> None:
    host, port = served.client.base_url.host, served.client.base_url.port
    assert port
    with socket.create_connection((host, port)) as caller:
        caller.sendall(b"POST /api/v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/pdf\r\n")
        caller.sendall(b"Content-Length: 1000\r\n\r\n%PDF-")
    assert served.client.get("/healthz").status_code == 200


def test_an_address_that_is_taken_is_a_clear_error(served: Served, authority: Authority) -> None:
    port = served.client.base_url.port
    assert port
    with pytest.raises(MachineError) as caught:
        serve(authority.settings, host="127.0.0.1", port=port, clock=lambda: datetime(2026, 11, 22, 4, tzinfo=UTC))
    assert caught.value.code == "service.address"


def test_it_stops_when_told_and_its_log_holds_nothing_of_what_was_sent(served: Served) -> None:
    served.client.get(f"/api/v1/licenses/{served.issued.identifier}/status")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(timeout=30) == 0
    log = served.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert ("GET", "/api/v1/licenses/{identifier}/status", 200) in {
        (line.get("method"), line.get("route"), line.get("status")) for line in lines
    }
    assert {"uvicorn.error", "verify_api"} <= {line["logger"] for line in lines}, "all lines are of one form"
    assert "Traceback" not in log
    assert "ERROR" not in log
    license_ = served.issued.license
    code = scan_file(served.issued.pdf)[0]
    for private in (license_.holders[0].number, license_.holders[0].name, served.issued.identifier, code[-60:]):
        assert private not in log

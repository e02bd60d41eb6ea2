"""The service as a process of its own, as `license serve` starts it: real sockets, real signals, real logs."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from support import PASSPHRASE, example_request

from license_lib.authority import Authority, create_development_keys, initialise
from license_lib.errors import MachineError
from license_lib.issuing import Issued
from license_lib.qr import scan_file
from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.app import serve

PROGRAM = """
import sys
from pathlib import Path
from license_lib.settings import Settings
from verify_api.app import serve
serve(Settings.load(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))
"""


@dataclass
class Served:
    """A running service and the licence it knows."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client
    issued: Issued
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("served")
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=datetime.now(UTC))
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        issued = authority.issue(example_request("residence-permit"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = home / "service.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home), str(port)],
            stdout=stream,
            stderr=stream,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(300):
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx2.TransportError:
                    assert process.poll() is None, log.read_text()
                    time.sleep(0.1)
            yield Served(process, client, issued, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_license_over_the_wire(served: Served) -> None:
    answer = served.client.post("/api/v1/verify", files={"file": ("a.pdf", served.issued.pdf)})
    assert answer.json()["outcome"] == "IN_FORCE"
    code = scan_file(served.issued.pdf)[0]
    assert served.client.post("/api/v1/verify", json={"code": code}).json()["outcome"] == "IN_FORCE"
    assert 'data-outcome="IN_FORCE"' in served.client.post("/verify", files={"code": (None, code)}).text
    assert "server" not in answer.headers


def test_too_much_is_refused_over_the_wire(served: Served) -> None:
    answer = served.client.post(
        "/api/v1/verify", content=bytes(MAX_FILE_BYTES + 1), headers={"Content-Type": "application/pdf"}
    )
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
    assert served.process.wait(timeout=30) in {0, -signal.SIGTERM}
    log = served.log.read_text()
    assert "GET /api/v1/licenses/{identifier}/status 200" in log
    assert "Traceback" not in log
    assert "ERROR" not in log
    license_ = served.issued.license
    code = scan_file(served.issued.pdf)[0]
    for private in (license_.holders[0].number, license_.holders[0].name, served.issued.identifier, code[-60:]):
        assert private not in log

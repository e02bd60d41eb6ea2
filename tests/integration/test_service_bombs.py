"""Bombs, slow senders and floods beside good requests: over real sockets, with real worker processes."""

import contextlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from integration.obedient import open_obedient
from integration.served_app import served_app
from support import NOON
from unit.verify_api.told_judge import ToldJudge

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.resources import resource_folder
from license_lib.verification import Verdict
from license_lib.verification.confinement import ConfinedVerifier, SlowLane
from license_lib.verification.workers import Limits
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

URL = "/api/v1/verify"
PDF = {"Content-Type": "application/pdf"}
MANY = ServiceLimits(address=1_000_000, anonymous=1_000_000, files=1000, even_seconds=0)
LANE = SlowLane(after=0.5, places=2)


@dataclass
class WorkerBench(ToldJudge):
    """Files are judged in worker processes that do what the file says; all else is told."""

    workers: ConfinedVerifier = field(
        default_factory=lambda: ConfinedVerifier(open_obedient, limits=Limits(seconds=12), workers=2, slow=LANE)
    )

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        return self.workers.verify(data, at=at, now=now)

    def close(self) -> None:
        self.workers.close()


@contextlib.contextmanager
def serving(folder: Path, limits: ServiceLimits) -> Iterator[str]:
    """The address of a service on a socket of this machine."""
    bench = WorkerBench(Catalogue.load(resource_folder("templates")), Issuers([]))
    bench.workers.verify(b"good", at=NOON)  # the workers are there
    anchor = Anchor(trust_list=folder / "list", signer=folder / "signer")
    app = build_app(lambda: bench, folder, anchor, clock=lambda: NOON, randomness=bytes, limits=limits)
    with served_app(app) as address:
        yield address


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path, MANY) as running:
        yield running


def judged(client: httpx2.Client, data: bytes) -> list[str]:
    """The findings on a file."""
    answer = client.post(URL, content=data, headers=PDF)
    assert answer.status_code == 200, answer.text
    return [finding["code"] for finding in answer.json()["findings"]]


def test_good_files_are_answered_while_bombs_run(address: str) -> None:
    with httpx2.Client(base_url=address, timeout=50) as client, ThreadPoolExecutor(8) as threads:
        bombs = [threads.submit(judged, client, file) for file in (b"hang", b"spin", b"spin", b"memory", b"die")]
        good = [judged(client, b"good") for _ in range(20)]
        assert good == [["verification.incomplete"]] * 20
        assert client.post(URL, json={"code": "x"}).json()["outcome"] == "IN_FORCE"
        ended = [bomb for bomb in bombs if bomb.done()]
        assert len(ended) <= len(bombs) - LANE.places, "the others are still at work, aside"
        assert [bomb.result() for bomb in bombs] == [["verification.overrun"]] * len(bombs)
        assert "license_overruns_total 5.0" in client.get("/metrics").text


def test_slow_senders_keep_nobody_waiting(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with contextlib.ExitStack() as senders, httpx2.Client(base_url=address, timeout=50) as client:
        for _ in range(200):
            sender = senders.enter_context(socket.create_connection((host, int(port))))
            sender.sendall(
                b"POST /api/v1/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/pdf\r\n"
                b"Content-Length: 100000\r\n\r\n%PDF-"
            )
        assert [judged(client, b"good") for _ in range(5)] == [["verification.incomplete"]] * 5


def test_a_flood_of_bad_requests_is_refused_one_by_one_and_good_ones_are_answered(address: str) -> None:
    def bad(client: httpx2.Client) -> set[int]:
        sent: list[dict[str, Any]] = [
            {"content": b"{", "headers": {"Content-Type": "application/json"}},
            {"content": b"x", "headers": {"Content-Type": "text/html"}},
            {"json": {"code": "x", "at": "never"}},
            {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        ]
        return {client.post(URL, **one).status_code for _ in range(25) for one in sent}

    with httpx2.Client(base_url=address, timeout=50) as client, ThreadPoolExecutor(8) as threads:
        floods = [threads.submit(bad, client) for _ in range(8)]
        good = [judged(client, b"good") for _ in range(10)]
        assert good == [["verification.incomplete"]] * 10
        assert {status for flood in floods for status in flood.result()} == {400, 415, 422}


def test_a_limit_holds_against_callers_at_once(tmp_path: Path) -> None:
    with (
        serving(tmp_path, ServiceLimits(anonymous=30)) as address,
        httpx2.Client(base_url=address, timeout=50) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        statuses = list(threads.map(lambda _: client.post(URL, json={"code": "x"}).status_code, range(60)))
        assert sorted(statuses) == [200] * 30 + [429] * 30
        assert client.get("/healthz").status_code == 200

"""The service as a process of its own, on a free port, over a fresh authority with one licence of each asked type."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from support import PASSPHRASE, example_request

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.setting_up import create_development_keys, initialise

_PROGRAM = """
import sys
from pathlib import Path
from license_lib.settings import Settings
from verify_api.app import serve
serve(Settings.load(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))
"""
_TRIES = 300


@dataclass(frozen=True, slots=True)
class Served:
    """A running service and the licence that it knows."""

    process: subprocess.Popen[bytes]
    client: httpx2.Client
    issued: Issued
    log: Path


@contextlib.contextmanager
def served_license(home: Path, type_key: str) -> Iterator[Served]:
    """Issue a licence of a type in a new home, and serve it until the end."""
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=datetime.now(UTC))
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        issued = authority.issue(example_request(type_key))
    with served_home(home, free_port()) as (process, client, log):
        yield Served(process, client, issued, log)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextlib.contextmanager
def served_home(home: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], httpx2.Client, Path]]:
    """Serve an authority until the end: the process, a client of it, and its log."""
    log = home / "service.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(home), str(port)],
            stdout=stream,
            stderr=stream,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait(client, process, log)
            yield process, client, log
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait(client: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(_TRIES):
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())

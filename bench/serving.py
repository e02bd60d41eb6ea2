"""A real `license serve`, one process or several, and callers over real sockets of this machine."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.issuing import Issued
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings

PASSPHRASE = b"only for this benchmark"
_PROXIES = {"LICENSE__SERVICE__TRUSTED_PROXIES": '["127.0.0.0/8"]'}
"""So that callers can be of many addresses."""
_OK = 200


@contextmanager
def settings_of(home: Path, **more: str) -> Iterator[Settings]:
    """Settings of a home, the environment's included, for this process and those that it starts.

    Args:
        home: the folder; made into a home if it is none.
        more: variables of the environment.
    """
    before = dict(os.environ)
    os.environ.update(_PROXIES | more)
    try:
        if not (home / "license.toml").exists():
            create_development_keys(initialise(home), PASSPHRASE, at=now())
        yield Settings.load(home)
    finally:
        os.environ.clear()
        os.environ.update(before)


def issue_one(settings: Settings) -> Issued:
    """Issue a licence."""
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        kind = authority.catalogue.get("residence-permit")
        issuer = next(body for body in authority.issuers if kind.key in body.types)
        example = resource_folder("templates") / kind.key / "example.toml"
        return authority.issue(read_request(example, {"type": kind.key, "issuer": issuer.issuer.code}))


@contextmanager
def served(home: Path, processes: int = 1) -> Iterator[list[int]]:
    """The service of a home.

    Yields:
        The port of each process.
    """
    ports = [_free_port() for _ in range(processes)]
    with ExitStack() as stack:
        for port in ports:
            command = [sys.executable, "-m", "cli", "serve", "--home", str(home), "--port", str(port)]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        for port in ports:
            asyncio.run(_ready(port))
        yield ports


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent."""

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    kind: str = ""


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that is kept."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request, address: str) -> int:
    """Send a request as if from an address; the answer's status."""
    head = f"{request.method} {request.path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n"
    if request.body:
        head += f"Content-Type: {request.kind}\r\nContent-Length: {len(request.body)}\r\n"
    writer.write(head.encode() + b"\r\n" + request.body)
    answer = await reader.readuntil(b"\r\n\r\n")
    lines = answer.lower().split(b"\r\n")
    length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(answer.split(b" ", 2)[1])


async def _ready(port: int) -> None:
    for _ in range(300):
        try:
            async with connected(port) as (reader, writer):
                if await ask(reader, writer, Request("GET", "/readyz"), "10.0.0.1") == _OK:
                    return
        except OSError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the service does not start")

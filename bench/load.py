"""The service under attack: good requests alone, and beside thousands of bad ones at once.

    python bench/load.py [--bad 10000] [--at-once 500] [--json]

A real `license serve` on a home of its own, callers over real sockets of this machine. Good callers ask for the state
of a licence, one after the other, each from an address of its own; bad ones send what is refused, from one address or,
with `--addresses`, from as many. Prints what good callers waited (p50, p99), before and during the attack.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise

PASSPHRASE = b"only for this benchmark"
GOOD_CALLERS = 4
_BAD = (
    ("application/json", b"{"),
    ("text/html", b"x"),
    ("application/json", b'{"code": "x", "at": "never"}'),
    ("multipart/form-data; boundary=b", b"x"),
)
_LIMITS = '\n[service]\ntrusted_proxies = ["127.0.0.0/8"]\n'


def main() -> int:
    """Attack, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bad", type=int, default=10_000)
    options.add_argument("--at-once", type=int, default=500)
    options.add_argument("--addresses", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (port, identifier):
        figures = asyncio.run(attack(port, identifier, chosen.bad, chosen.at_once, chosen.addresses))
    if chosen.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:44} {value:10,.1f}")
    return 0


@contextmanager
def served(home: Path) -> Iterator[tuple[int, str]]:
    """A service with one licence.

    Yields:
        Its port, and the licence's identifier.
    """
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=now())
    configuration = home / "license.toml"
    configuration.write_text(configuration.read_text(encoding="utf-8") + _LIMITS, encoding="utf-8")
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        kind = authority.catalogue.get("residence-permit")
        issuer = next(body for body in authority.issuers if kind.key in body.types)
        example = resource_folder("templates") / kind.key / "example.toml"
        issued = authority.issue(read_request(example, {"type": kind.key, "issuer": issuer.issuer.code}))
    port = random.randint(20000, 50000)  # noqa: S311 -- any that is free
    command = [sys.executable, "-m", "cli", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            asyncio.run(_ready(port))
            yield port, issued.identifier
        finally:
            process.terminate()
            process.wait(20)


async def attack(port: int, identifier: str, bad: int, at_once: int, addresses: int) -> dict[str, float]:
    """What good callers wait, in milliseconds, and what the bad ones got."""
    good = f"/api/v1/licenses/{identifier}/status"
    before = await _good_for(port, good, 3)
    statuses: dict[int, int] = {}
    started = time.perf_counter()
    done = asyncio.Event()
    attackers = asyncio.create_task(_bad(port, bad, at_once, addresses, statuses, done))
    during: list[float] = []
    while not done.is_set():
        during += await _good_for(port, good, 1)
    await attackers
    took = time.perf_counter() - started
    return {
        "good before: p50, ms": _quantile(before, 50),
        "good before: p99, ms": _quantile(before, 99),
        "good during: p50, ms": _quantile(during, 50),
        "good during: p99, ms": _quantile(during, 99),
        "good during: answered": float(len(during)),
        "bad: a second": bad / took,
        **{f"bad: answered {status}": float(count) for status, count in sorted(statuses.items())},
    }


async def _good_for(port: int, path: str, seconds: float) -> list[float]:
    until = time.perf_counter() + seconds
    waited: list[float] = []
    numbers = itertools.count()

    async def caller(number: int) -> None:
        async with _connected(port) as (reader, writer):
            while time.perf_counter() < until:
                begun = time.perf_counter()
                address = f"10.{number}.{next(numbers) % 200}.7"
                status = await _ask(reader, writer, "GET", path, address=address)
                if status != 200:  # noqa: PLR2004 -- anything else is no answer
                    raise RuntimeError(f"a good caller got {status}")
                waited.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(caller(number) for number in range(GOOD_CALLERS)))
    return waited


async def _bad(
    port: int, count: int, at_once: int, addresses: int, statuses: dict[int, int], done: asyncio.Event
) -> None:
    numbers = iter(range(count))

    async def caller() -> None:
        async with _connected(port) as (reader, writer):
            for number in numbers:
                kind, body = _BAD[number % len(_BAD)]
                address = f"172.16.{number % addresses // 250}.{number % addresses % 250}"
                status = await _ask(reader, writer, "POST", "/api/v1/verify", body=body, kind=kind, address=address)
                statuses[status] = statuses.get(status, 0) + 1

    await asyncio.gather(*(caller() for _ in range(at_once)))
    done.set()


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    method: str,
    path: str,
    *,
    address: str,
    body: bytes = b"",
    kind: str = "",
) -> int:
    """One request on a connection that is kept; the answer's status."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {address}\r\n"
    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n" if body else ""
    writer.write(head.encode() + b"\r\n" + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    lines = answer.lower().split(b"\r\n")
    length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    await reader.readexactly(length)
    return int(answer.split(b" ", 2)[1])


async def _ready(port: int) -> None:
    for _ in range(300):
        try:
            async with _connected(port) as (reader, writer):
                if await _ask(reader, writer, "GET", "/readyz", address="10.0.0.1") == 200:  # noqa: PLR2004 -- ready
                    return
        except OSError:
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the service does not start")


def _quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    sys.exit(main())

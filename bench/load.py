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
import statistics
import sys
import tempfile
import time
from pathlib import Path

from serving import Request, ask, connected, issue_one, served, settings_of

GOOD_CALLERS = 4
_URL = "/api/v1/verify"
_BAD = (
    Request("POST", _URL, b"{", "application/json"),
    Request("POST", _URL, b"x", "text/html"),
    Request("POST", _URL, b'{"code": "x", "at": "never"}', "application/json"),
    Request("POST", _URL, b"x", "multipart/form-data; boundary=b"),
)


def main() -> int:
    """Attack, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bad", type=int, default=10_000)
    options.add_argument("--at-once", type=int, default=500)
    options.add_argument("--addresses", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, settings_of(Path(folder)) as settings:
        issued = issue_one(settings)
        with served(settings.home) as (port,):
            figures = asyncio.run(attack(port, issued.identifier, chosen.bad, chosen.at_once, chosen.addresses))
    if chosen.json:
        print(json.dumps(figures))
        return 0
    for name, value in figures.items():
        print(f"{name:44} {value:10,.1f}")
    return 0


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
        async with connected(port) as (reader, writer):
            while time.perf_counter() < until:
                begun = time.perf_counter()
                address = f"10.{number}.{next(numbers) % 200}.7"
                status = await ask(reader, writer, Request("GET", path), address)
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
        async with connected(port) as (reader, writer):
            for number in numbers:
                address = f"172.16.{number % addresses // 250}.{number % addresses % 250}"
                status = await ask(reader, writer, _BAD[number % len(_BAD)], address)
                statuses[status] = statuses.get(status, 0) + 1

    await asyncio.gather(*(caller() for _ in range(at_once)))
    done.set()


def _quantile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


if __name__ == "__main__":
    sys.exit(main())

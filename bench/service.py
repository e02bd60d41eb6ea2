"""What the service answers a second beside a million licences: status, code and file, on SQLite and PostgreSQL.

    python bench/service.py [--licenses 1000000] [--seconds 5] [--json]

One process of `license serve` and two; each kind of request alone, by as many callers as make it busy, and beside it
the floor: what the same processes answer when nothing is asked of them (`/healthz`). Callers and service share the
machine.
"""

import argparse
import asyncio
import itertools
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from many_rows import filling, license_rows
from serving import Request, ask, connected, issue_one, served, settings_of

from license_lib.issuing import Issued
from license_lib.qr import scan_file
from license_lib.settings import Settings
from license_lib.status import LIST_SIZE

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from postgres import PostgresServer  # the tests start it, too

CALLERS = 16
_LIMITS = {
    "LICENSE__LIMITS__ADDRESS_PER_MINUTE": "1000000",
    "LICENSE__LIMITS__ANONYMOUS_PER_MINUTE": "1000000",
    "LICENSE__LIMITS__FILES_AT_ONCE": "1000",
}
_FIRST = 5 * LIST_SIZE
"""Of the many: neither their positions nor their places on status lists are those of the one that is asked for."""
_COPIED = {
    "license": f"position > {_FIRST}",
    "holder": f"position > {_FIRST}",
    "subject_number": f"subject > {_FIRST * 65536}",
}


def main() -> int:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--licenses", type=int, default=1_000_000)
    options.add_argument("--seconds", type=float, default=5)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, PostgresServer(durable=True) as server:
        url = server.create_database()
        home, other = Path(folder, "sqlite"), Path(folder, "postgresql")
        home.mkdir()
        other.mkdir()
        with settings_of(home, **_LIMITS) as settings:
            issued = issue_one(settings)
            with filling(home / "data" / "license.db") as raw:
                license_rows(raw, _FIRST, _FIRST + chosen.licenses)
            rows += measured("SQLite", settings, issued, chosen.seconds)
        with settings_of(other, LICENSE__STORAGE__DATABASE=url, **_LIMITS) as settings:
            issued = issue_one(settings)
            copy(home / "data" / "license.db", url)
            rows += measured("PostgreSQL", settings, issued, chosen.seconds)
    if chosen.json:
        print(json.dumps(rows))
        return 0
    print(f"{'':12} {'processes':>9} {'request':10} {'a second':>10} {'of floor':>9} {'p50, ms':>9} {'p99, ms':>9}")
    for row in rows:
        what = f"{row['database']:12} {row['processes']:9} {row['request']:10}"
        print(f"{what} {row['rate']:10,.0f} {row['of_floor']:9.3f} {row['p50']:9.1f} {row['p99']:9.1f}")
    return 0


def measured(database: str, settings: Settings, issued: Issued, seconds: float) -> Iterator[dict[str, Any]]:
    """Rows of one database, for one process and two."""
    code = scan_file(issued.pdf)[0]
    requests = {
        "floor": Request("GET", "/healthz"),
        "status": Request("GET", f"/api/v1/licenses/{issued.identifier}/status"),
        "code": Request("POST", "/api/v1/verify", json.dumps({"code": code}).encode(), "application/json"),
        "file": Request("POST", "/api/v1/verify", issued.pdf, "application/pdf"),
    }
    for processes in (1, 2):
        with served(settings.home, processes) as ports:
            floor = 0.0
            for name, request in requests.items():
                asyncio.run(_asked(ports, request, 1))  # warm
                waited = asyncio.run(_asked(ports, request, seconds))
                rate = len(waited) / seconds
                floor = floor or rate
                quantiles = statistics.quantiles(waited, n=100)
                yield {
                    "database": database,
                    "processes": processes,
                    "request": name,
                    "rate": rate,
                    "of_floor": rate / floor,
                    "p50": quantiles[49],
                    "p99": quantiles[98],
                }


async def _asked(ports: list[int], request: Request, seconds: float) -> list[float]:
    """How long each answer took, milliseconds."""
    until = time.perf_counter() + seconds
    waited: list[float] = []
    numbers = itertools.count()

    async def caller(port: int) -> None:
        async with connected(port) as (reader, writer):
            while time.perf_counter() < until:
                begun = time.perf_counter()
                number = next(numbers)
                status = await ask(reader, writer, request, f"10.{number % 200}.{number // 200 % 200}.7")
                if status != 200:  # noqa: PLR2004 -- anything else is no answer
                    raise RuntimeError(f"answered with {status}")
                waited.append((time.perf_counter() - begun) * 1000)

    await asyncio.gather(*(caller(ports[number % len(ports)]) for number in range(CALLERS)))
    return waited


def copy(database: Path, url: str) -> None:
    """Many rows of a SQLite repository into one of PostgreSQL, as they are; its triggers look away."""
    with closing(sqlite3.connect(database)) as source, psycopg.connect(url.replace("+psycopg", "")) as target:
        target.execute("SET session_replication_role = replica")
        for table, condition in _COPIED.items():
            cursor = source.execute(f"SELECT * FROM {table} WHERE {condition}")  # noqa: S608 -- our own names
            names = ", ".join(column[0] for column in cursor.description)
            with target.cursor() as writer, writer.copy(f"COPY {table} ({names}) FROM STDIN") as rows:
                for row in cursor:
                    rows.write_row(row)
        target.commit()
        target.autocommit = True
        target.execute("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())

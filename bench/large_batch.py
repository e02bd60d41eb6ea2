"""A batch of 100,000 licences in one run, whether it left everything sound, and what it took.

    python bench/large_batch.py [--licenses 100000] [--processes 2] [--database postgresql] [--level B-LTA] [--json]

Rate, and memory of the issuing process and of each that seals, as it goes on; then `fsck`, and as many licences as
`--verified` says, drawn at random, judged whole. Seconds are of a clock on the wall, CPU time is of the issuing process
alone: what the others wait for.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from batches import megabytes, requests
from serving import PASSPHRASE, settings_of

from license_lib.authority import Authority, now
from license_lib.fsck import FsckFinding
from license_lib.issuing import Issued
from license_lib.repository.schema import create_or_upgrade
from license_lib.settings import Settings
from license_lib.upkeep import open_fsck

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from postgres import PostgresServer  # the tests start it, too

_STEPS = 20
_FIRST = 1000


def main() -> int:
    """Issue, check, verify, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--licenses", type=int, default=100_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options.add_argument("--level", choices=["B-T", "B-LTA"], default="B-T")
    options.add_argument("--verified", type=int, default=1000)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with _home(chosen.database, chosen.level) as settings:
        figures, sample = issued(settings, chosen.licenses, chosen.processes, chosen.verified)
        figures |= checked(settings)
        figures |= verified(settings, sample)
    if chosen.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))
    sound = figures["findings"] == {} and figures["outcomes"] == {"IN_FORCE": len(sample)}
    return 0 if sound and figures["on_record"] == chosen.licenses else 1


@contextmanager
def _home(database: str, level: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            with settings_of(Path(folder), LICENSE__SEALING__LEVEL=level) as settings:
                yield settings
            return
        with PostgresServer(durable=True, settings={"shared_buffers": "256MB"}) as server:
            url = server.create_database()
            create_or_upgrade(url)
            with settings_of(Path(folder), LICENSE__SEALING__LEVEL=level, LICENSE__STORAGE__DATABASE=url) as settings:
                yield settings


def issued(settings: Settings, licenses: int, processes: int, sampled: int) -> tuple[dict[str, Any], list[str]]:
    """Rate and memory of the batch, and some of its identifiers, each as likely as any other."""
    chance, sample, told = random.Random(7), list[str](), []  # noqa: S311 -- which ones are looked at
    steps = {_FIRST, *(licenses * step // _STEPS for step in range(1, _STEPS + 1))}
    started, used = time.perf_counter(), time.process_time()
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        for number, result in enumerate(authority.issue_all(requests(licenses), processes=processes), 1):
            if not isinstance(result, Issued):
                raise result
            place = number - 1 if number <= sampled else chance.randrange(number)
            if number <= sampled:
                sample.append(result.identifier)
            elif place < sampled:
                sample[place] = result.identifier
            if number in steps:
                told.append(_step(number, time.perf_counter() - started))
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    figures = {
        "licenses": licenses,
        "processes": processes,
        "seconds": round(seconds, 1),
        "per_second": round(licenses / seconds, 1),
        "issuing_process_ms": round(cpu / licenses * 1000, 3),
        "steps": told,
    }
    return figures, sample


def _step(number: int, seconds: float) -> dict[str, Any]:
    sealing = sorted(megabytes(one.pid) for one in multiprocessing.active_children() if one.pid)
    step: dict[str, Any] = {"licenses": number, "seconds": round(seconds, 1)}
    step |= {"issuing_mb": round(megabytes(os.getpid())), "sealing_mb": [round(one) for one in sealing]}
    print(json.dumps(step), file=sys.stderr, flush=True)
    return step


def checked(settings: Settings) -> dict[str, Any]:
    """What `fsck` says."""
    found, figures, started = Counter[str](), dict[str, Any](), time.perf_counter()
    with open_fsck(settings, now=now()) as opened:
        for seen in opened.run():
            if isinstance(seen, FsckFinding):
                found[seen.code] += 1
                continue
            figures = {"on_record": seen.licenses, "entries": seen.entries, "files": seen.files}
            figures["open_reservations"] = seen.open_reservations
    return figures | {"findings": dict(found), "fsck_seconds": round(time.perf_counter() - started, 1)}


def verified(settings: Settings, sample: list[str]) -> dict[str, Any]:
    """How many of these licences came out how."""
    outcomes, started = Counter[str](), time.perf_counter()
    with Authority(settings) as authority:
        for identifier in sample:
            stored = authority.repository.by_identifier(identifier)
            if stored is None:
                outcomes["missing"] += 1
            else:
                outcomes[authority.verify(authority.repository.newest_file(stored)).outcome.value] += 1
    return {"outcomes": dict(outcomes), "verify_seconds": round(time.perf_counter() - started, 1)}


if __name__ == "__main__":
    sys.exit(main())

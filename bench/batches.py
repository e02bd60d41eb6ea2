"""A batch with one process that seals and with two, and what memory it takes.

    python bench/batches.py [--licenses 2000] [--json]

Licences of one type with numbers of their own, issued into a new SQLite repository at level B-T. Seconds are of a clock
on the wall: what a city waits for; beside them the CPU time of the issuing process, for which all others wait. Memory
is that of the largest process that seals, as the system counts it, after 1,000 licences and at the end; that of the one
that issues, which has loaded this bench here, `large_batch.py` measures.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from serving import PASSPHRASE, settings_of

from license_lib.authority import Authority
from license_lib.batch import read_request
from license_lib.issuing import Issued
from license_lib.licenses.request import LicenseRequest
from license_lib.resources import resource_folder

KIND, ISSUER = "food-business-permit", "market"
EARLY = 1000
"""Licences after which memory should not grow any more."""
_WARM = 100
"""Licences before which templates and glyphs are new."""


def main() -> int:
    """Issue, and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--licenses", type=int, default=2000)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(processes, chosen.licenses, Path(folder) / str(processes)) for processes in (1, 2)]
    if chosen.json:
        print(json.dumps(rows))
        return 0
    for processes, row in enumerate(rows, 1):
        memory = f"{row['early']:.0f} MB after {min(EARLY, chosen.licenses)}, {row['end']:.0f} MB at the end"
        rate = f"{chosen.licenses / row['seconds']:8.1f} licences a second"
        print(f"{processes} sealing: {rate}; {row['issuing_ms']:.2f} ms of the issuing process each; {memory}")
    return 0


def reach_figures(*, quick: bool) -> list[tuple[float, float]]:
    """For `reach.py`: seconds of two processes and of one, the same sharing nothing, megabytes at the end and early.

    Both take turns, and of each the quickest counts: whatever else the machine does makes a batch slower only.
    """
    licenses, rounds = (60, 1) if quick else (3000, 3)
    with tempfile.TemporaryDirectory() as folder:  # a disk is slow for a while where much was just deleted
        turns = [
            [measured(processes, licenses, Path(folder) / f"{turn}{processes}") for processes in (1, 2)]
            for turn in range(rounds)
        ]
    one, two = (min(both, key=lambda row: row["seconds"]) for both in zip(*turns, strict=True))
    alone, together = (min(sharing_nothing(processes, licenses) for _ in range(rounds)) for processes in (1, 2))
    return [(two["seconds"], one["seconds"]), (together, alone), (two["end"], two["early"])]


def sharing_nothing(processes: int, licenses: int) -> float:
    """Seconds for so many licences in all, printed and sealed by processes that have no database and no work but that.

    More than these no batch can gain: caches, memory and clocks are the machine's.
    """
    context = multiprocessing.get_context("spawn")
    start, took = context.Barrier(processes), context.SimpleQueue()
    each = licenses // processes
    workers = [context.Process(target=_print_and_seal, args=(each, start, took)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    seconds = max(took.get() for _ in workers)
    for worker in workers:
        worker.join()
    return float(seconds)


def _print_and_seal(licenses: int, start: Any, took: Any) -> None:  # a barrier and a queue, which have no public types
    from sides import City  # a city of its own

    with tempfile.TemporaryDirectory() as folder, City.opened(Path(folder) / "city") as city:
        ways, documents = city.ways(ec.generate_private_key(ec.SECP256R1())), cycle(city.documents)
        for _ in range(min(_WARM, licenses)):
            ways.ours(next(documents))
        start.wait()
        started = time.perf_counter()
        for _ in range(licenses):
            ways.ours(next(documents))
        took.put(time.perf_counter() - started)


def measured(processes: int, licenses: int, folder: Path) -> dict[str, float]:
    """Seconds for a batch into a new folder, and megabytes of the largest process that seals."""
    folder.mkdir()
    with (
        settings_of(folder, LICENSE__SEALING__LEVEL="B-T") as settings,
        Authority(settings, passphrase=PASSPHRASE) as authority,
    ):
        early = end = 0.0
        started, used = time.perf_counter(), time.process_time()
        for number, result in enumerate(authority.issue_all(requests(licenses), processes=processes), 1):
            if not isinstance(result, Issued):
                raise result
            if number == min(EARLY, licenses):
                early = largest()
            if number == licenses:  # behind the last answer no process that seals is left to be looked at
                end = largest()
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    return {"seconds": seconds, "early": early, "end": end, "issuing_ms": cpu / licenses * 1000}


def requests(count: int) -> Iterator[LicenseRequest]:
    """Requests with numbers of their own."""
    example = read_request(resource_folder("templates") / KIND / "example.toml", {"type": KIND, "issuer": ISSUER})
    return (replace(example, number=f"JY{16204020000000 + number}") for number in range(count))


def largest() -> float:
    """Megabytes of the largest of the processes that this one started."""
    return max(megabytes(one.pid) for one in multiprocessing.active_children() if one.pid)


def megabytes(pid: int) -> float:
    """What a process has in memory, as the system counts it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())

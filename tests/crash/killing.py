"""Kill issuing processes at random, and look for what they had acknowledged.

    make crash RUNS=2000          half of the runs on SQLite, half on PostgreSQL
    python tests/crash/killing.py --runs 100 --backend sqlite --seed 1

Two writers issue the same batch of requests. One of them or both are killed (SIGKILL): at a random moment, or at a
random moment of a phase that was drawn, so that short phases are hit as well (they are stopped, looked at, and go on if
they are elsewhere). Some runs issue as a city does, with keys, drawing and sealing (`full`); most put a small file in
place of the sealed one, into the same repository by the same code. On PostgreSQL some runs kill the server with all its
processes instead.

Then everything is looked at as it lies there, the batch is sent again, and everything is looked at once more. The last
line says what was found; exit code 1 unless nothing was lost, double or half visible.
"""

import argparse
import mmap
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

from sqlalchemy import select

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]  # as pytest has it

from crash.checking import Tally, check_acknowledged, check_once, check_reserved, check_whole
from crash.homes import Backend, Nursery, Place
from crash.writing import Acknowledged, Order, Phase, issuer
from license_lib.repository.database import Database
from license_lib.repository.tables import RESERVATION

RUNS_PER_PLACE = 25
BATCH, FULL_BATCH = 5, 2
SECONDS, FULL_SECONDS = 0.1, 2.0
"""How long a batch takes, about."""
_LONGEST_WAIT = 60.0
_GONE_WITH_ITS_SERVER = 3
_ENDED = {"Z", "X"}
_ANY_MOMENT = 0.25


class Writer:
    """One writer, seen from outside."""

    def __init__(self, nursery: Nursery, order: Order) -> None:
        Path(order.acks).touch()
        Path(order.phases).write_bytes(b"\x00")
        with Path(order.phases).open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 1)
        self._nursery, self._acks = nursery, Path(order.acks)
        self.pid = nursery.start(order)

    @property
    def phase(self) -> Phase:
        return Phase(self._memory[0])

    def is_stopped_in(self, phases: set[Phase]) -> bool:
        """Stop it where it is, and look; it goes on if it is elsewhere, and is gone if it came to its end."""
        os.kill(self.pid, signal.SIGSTOP)
        while self.state() not in {"T", *_ENDED}:
            time.sleep(0)
        if self.phase in phases or self.state() in _ENDED:
            return True
        os.kill(self.pid, signal.SIGCONT)
        return False

    def state(self) -> str:
        """As the system has it: R, S, T, Z …"""
        return Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> tuple[int, Phase]:
        """How it ended, and in which phase."""
        code = self._nursery.wait(self.pid)
        phase = self.phase
        self._memory.close()
        return code, phase

    def told(self) -> tuple[Acknowledged, ...]:
        return Acknowledged.read(self._acks.read_bytes())


class Run:
    """One batch, two writers, and what was drawn for them."""

    def __init__(self, place: Place, number: int, chance: random.Random, *, too_early: bool) -> None:
        self.place, self.chance = place, chance
        keys = tuple(f"r{number}k{count}" for count in range(FULL_BATCH if place.home else BATCH))
        turned = chance.random() < 0.5
        self.orders = [
            Order(
                name=name,
                url=place.url,
                files=str(place.files),
                home=str(place.home or ""),
                keys=tuple(reversed(keys)) if turned and name == "second" else keys,
                acks=str(place.folder / f"{name}-{number}.acks"),
                phases=str(place.folder / f"{name}-{number}.phase"),
                too_early=too_early,
            )
            for name in ("first", "second")
        ]

    def go(self, nursery: Nursery, backend: Backend, tally: Tally, longest: float, *, server: bool) -> None:
        """Let them issue, kill, look, send the batch again, look again."""
        writers = [Writer(nursery, order) for order in self.orders]
        victims = self.chance.choice([writers, writers, writers[:1], writers[1:]])
        self._wait_for_the_moment(self.chance.choice(victims), longest)
        if server and backend.server is not None:
            backend.server.kill()
            for writer in writers:
                os.kill(writer.pid, signal.SIGCONT)
            tally.server_kills += 1
            tally.phases.update(f"server {writer.phase.name}" for writer in writers)
            backend.server.start()
        else:
            for writer in victims:
                writer.kill()
        ends = [writer.end() for writer in writers]
        for code, phase in ends:
            if code == -signal.SIGKILL:
                tally.kills += 1
                tally.phases[phase.name] += 1
            elif code not in ({0, _GONE_WITH_ITS_SERVER} if server else {0}):
                tally.problems.append(f"a writer that was left alone ended with {code}")
                tally.half_visible += 1
        self._look(tally, [told for writer in writers for told in writer.told()])

    def _wait_for_the_moment(self, victim: Writer, longest: float) -> None:
        """Any moment of the batch; or, drawn more often, any moment in a phase that is drawn first."""
        deadline = time.monotonic() + _LONGEST_WAIT
        while victim.phase is Phase.START and time.monotonic() < deadline and victim.state() not in _ENDED:
            time.sleep(0.0002)
        time.sleep(self.chance.uniform(0, longest))
        if self.chance.random() < _ANY_MOMENT:
            return
        wanted = self.chance.choice([phase for phase in Phase if Phase.ASK < phase < Phase.DONE])
        deadline = time.monotonic() + 4 * longest
        while not victim.is_stopped_in({wanted, Phase.DONE}) and time.monotonic() < deadline:
            time.sleep(self.chance.uniform(0, longest / 80))

    def _look(self, tally: Tally, told: list[Acknowledged]) -> None:
        check_whole(self.place, tally, repair=False)
        reserved = _reserved(self.place)
        with issuer(self.orders[0], lambda _phase: None) as office:
            repository = office.repository
            check_acknowledged(repository, told, tally)
            again = [office.issue(key) for key in self.orders[0].keys]
            check_acknowledged(repository, set(again) - set(told), tally)
            tally.acknowledged -= len(set(again) - set(told))  # those were told to us, after the kill
        check_once([*told, *again], tally)
        check_reserved(reserved, again, tally)
        check_whole(self.place, tally, repair=True)
        tally.runs += 1


def crash(
    kind: str,
    folder: Path,
    *,
    runs: int,
    seed: int,
    full_every: int = 50,
    server_every: int = 25,
    too_early: bool = False,
    durable: bool = False,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Tally:
    """Kill on one kind of database.

    Args:
        kind: `sqlite` or `postgresql`.
        full_every: one run of so many issues as a city does; 0 for none.
        server_every: one run of so many kills the server; 0 for none.
        too_early: let writers acknowledge before they commit.
        durable: let a server sync as in production.
        is_stopped: asked between runs whether to come to an end.
    """
    tally, nursery = Tally(), Nursery()
    chance = random.Random(f"{seed} {kind}")  # noqa: S311 — a run is told by its seed
    with Backend(kind, folder, durable=durable) as backend:
        place = None
        for number in range(runs):
            if is_stopped():
                break
            full = full_every > 0 and number % full_every == full_every - 1
            if full:
                alone = backend.place(full=True)
                Run(alone, number, chance, too_early=False).go(nursery, backend, tally, FULL_SECONDS, server=False)
                backend.remove(alone)
                continue
            if number % RUNS_PER_PLACE == 0 or place is None:
                if place is not None:
                    backend.remove(place)
                place = backend.place(full=False)
            server = server_every > 0 and number % server_every == server_every - 1
            Run(place, number, chance, too_early=too_early).go(nursery, backend, tally, SECONDS, server=server)
    complaints = {line for line in nursery.close().splitlines() if line != "storage.unreachable"}
    tally.problems += sorted(complaints)
    return tally


def _reserved(place: Place) -> dict[str, str]:
    """Request key → identifier, as it lies there."""
    with closing(Database.open(place.url, read_only=True)) as database:
        query = select(RESERVATION.c.request_key, RESERVATION.c.identifier)
        rows = database.read(lambda connection: connection.execute(query).all())
    return {row.request_key: row.identifier for row in rows}


def main() -> int:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--backend", choices=["sqlite", "postgresql", "both"], default="both")
    options.add_argument("--seed", type=int, default=int(time.time()))
    options.add_argument("--folder", type=Path, help="where homes are made; a disk that syncs tells the most")
    options.add_argument("--too-early", action="store_true", help="acknowledge before the commit: must be noticed")
    chosen = options.parse_args()
    stopped = Event()
    signal.signal(signal.SIGINT, lambda *_: stopped.set())  # what was seen is told
    kinds = ["sqlite", "postgresql"] if chosen.backend == "both" else [chosen.backend]
    total = Tally()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for kind in kinds:
            start = time.monotonic()
            tally = crash(
                kind,
                Path(folder),
                runs=chosen.runs // len(kinds),
                seed=chosen.seed,
                too_early=chosen.too_early,
                is_stopped=stopped.is_set,
            )
            seconds = time.monotonic() - start
            print(f"{kind}, seed {chosen.seed}: {tally.runs} runs in {seconds:.0f} s, {tally.kills} writers killed,")
            print(f"  {tally.server_kills} times the server, {tally.healed} idle files moved away")
            for phase in [phase.name for phase in Phase] + [f"server {phase.name}" for phase in Phase]:
                if tally.phases[phase]:
                    print(
                        f"  {phase:22} {tally.phases[phase]:5} {'#' * (60 * tally.phases[phase] // max(1, tally.runs))}"
                    )
            total += tally
    for problem in total.problems[:50]:
        print(problem)
    print(total.last_line(), flush=True)
    return 0 if total.good else 1


if __name__ == "__main__":
    sys.exit(main())

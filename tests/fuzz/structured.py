"""Structure-aware fuzzing of one target: seeds, mutated by rule, from one number; no coverage, but deep."""

import hashlib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Final

from fuzz.mutations import mutate
from fuzz.targets import LARGEST, Target

SECONDS_AN_INPUT: Final = 20
_KEPT: Final = 40


class OverdueError(BaseException):
    """An input takes too long. No `Exception`, so that nobody who catches all of those hides it."""


@dataclass
class Tally:
    """What was tried.

    Attributes:
        tried: number of inputs.
        slowest: seconds of the slowest one.
        crashes: inputs that broke a property, by what they broke.
    """

    tried: int = 0
    slowest: float = 0.0
    crashes: dict[str, bytes] = field(default_factory=dict)


def fuzz(target: Target, random: Random, goes_on: Callable[[Tally], bool], *, bounded: bool = True) -> Tally:
    """Try inputs as long as `goes_on` says; every so often, what was made is what is mutated next.

    Args:
        bounded: an input may take only so long; needs the main thread.
    """
    tally = Tally()
    seeds = list(target.seeds())
    pool = list(seeds)
    while goes_on(tally):
        data = mutate(random.choice(pool if random.random() < 0.5 else seeds), random, target.mutations)[:LARGEST]
        tally.tried += 1
        begun = time.monotonic()
        with limit(SECONDS_AN_INPUT if bounded else 0):
            try:
                target.run(data)
            except (Exception, OverdueError) as error:  # noqa: BLE001 - whatever it raises is the finding
                tally.crashes.setdefault(named(error), data)
        tally.slowest = max(tally.slowest, time.monotonic() - begun)
        if len(pool) < len(seeds) + _KEPT:
            pool.append(data)
        elif random.random() < 0.05:
            pool[random.randrange(len(seeds), len(pool))] = data
    return tally


def named(error: BaseException) -> str:
    """A crash by its kind and place, so that one fault is reported once."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
    return f"{type(error).__name__} {str(error)[:80]} at {where}"


def keep(folder: Path, target: str, crashes: dict[str, bytes]) -> None:
    """Write inputs that broke something, each with what it broke."""
    folder.mkdir(parents=True, exist_ok=True)
    for what, data in crashes.items():
        name = f"{target}-{hashlib.sha256(data).hexdigest()[:16]}"
        (folder / name).write_bytes(data)
        (folder / f"{name}.txt").write_text(what + "\n", "utf-8")


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer; 0 for no limit."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise OverdueError(f"longer than {seconds} seconds")

    if not seconds:
        yield
        return
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

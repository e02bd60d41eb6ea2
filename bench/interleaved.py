"""CPU time of several pieces of work that take turns, so that whatever else the machine does falls on all alike."""

import gc
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """A piece of work.

    Attributes:
        work: what is measured.
        before: what is done before each measurement, and not measured.
        times: how often in a row, where once is too short for the clock.
        rarely: it takes long: measured in a third of the rounds.
    """

    work: Callable[[], object]
    before: Callable[[], object] | None = None
    times: int = 1
    rarely: bool = False


def medians(sides: Mapping[str, Side], rounds: int) -> dict[str, float]:
    """Seconds of CPU time of each, of this process and of those that it waited for.

    Args:
        rounds: how often; each side takes its turn in every round. Where it is more than once, each runs once before.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for side in sides.values() if rounds > 1 else ():
        _seconds(side)
    gc.collect()
    gc.freeze()  # what every side has loaded for good is not swept during the turn of each
    for number in range(rounds):
        for name, side in sides.items():
            if not (side.rarely and number % 3):
                taken[name].append(_seconds(side))
    gc.unfreeze()
    return {name: statistics.median(found) for name, found in taken.items()}


def _seconds(side: Side) -> float:
    if side.before is not None:
        side.before()
    gc.collect()  # what one side leaves behind is not another's to sweep
    started = _spent()
    for _ in range(side.times):
        side.work()
    return (_spent() - started) / side.times


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime

"""Whose files take the judges' time: callers of slow files are judged aside from the others.

A stranger has one slow file on credit: it holds a place for as long as `SlowLane.after` says. From that moment, not
only when the file is done, its sender waits behind other such senders. While slow files come from several callers,
strangers share one place, and the others are for callers whose files were good. Whoever sends a good file from each of
many addresses first, and then a bomb, takes places all the same, once for each address.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from threading import Lock
from typing import Final

import anyio

from license_lib.verification.confinement import SLOW_FILE
from verify_api.problems import Problem

_MOST_CALLERS: Final = 100_000
_REMEMBERED: Final = timedelta(minutes=10)
"""How long a slow file is held against its sender, and a good one for it."""
_ALARM: Final = timedelta(minutes=1)
_ALARMING: Final = 2
"""So many callers of slow files within `_ALARM` are no accident."""


class Suspects:
    """Lets files in to be judged. One of a process; for one event loop.

    Args:
        clock: the time, aware.
        places: files of strangers that are judged at once during an alarm.
        queue: how many callers may wait for a place.
    """

    def __init__(self, clock: Callable[[], datetime], *, places: int = 1, queue: int = 64) -> None:
        self._clock, self._queue = clock, queue
        self._lock = Lock()  # a judge's thread says that a file is slow
        self._bad: OrderedDict[str, datetime] = OrderedDict()
        self._good: OrderedDict[str, datetime] = OrderedDict()
        self._aside = anyio.CapacityLimiter(1)
        self._strangers = anyio.CapacityLimiter(places)

    @asynccontextmanager
    async def judged(self, caller: str, *, known: bool) -> AsyncIterator[None]:
        """Have a file judged within the block, once it is its sender's turn.

        Args:
            caller: a key for who sends it.
            known: they said who they are.

        Raises:
            Problem: `service.busy`, too many wait.
        """
        lane = self._lane(caller, known=known)
        if lane is None:
            with self._watched(caller):
                yield
            return
        if lane.statistics().tasks_waiting >= self._queue:
            raise Problem("service.busy")
        async with lane:
            with self._watched(caller):
                yield

    def _lane(self, caller: str, *, known: bool) -> anyio.CapacityLimiter | None:
        """What the sender waits for; None for nothing."""
        now = self._clock()
        with self._lock:
            if self._is_in(self._bad, caller, now):
                return self._aside
            if known or self._is_in(self._good, caller, now):
                return None
            recent = sum(now - at < _ALARM for at in islice(reversed(self._bad.values()), _ALARMING))
        return self._strangers if recent >= _ALARMING else None

    @contextmanager
    def _watched(self, caller: str) -> Iterator[None]:
        token = SLOW_FILE.set(partial(self._slow, caller))
        try:
            yield
        finally:
            SLOW_FILE.reset(token)
        with self._lock:
            if caller not in self._bad:
                _note(self._good, caller, self._clock())

    def _slow(self, caller: str) -> None:
        with self._lock:
            self._good.pop(caller, None)
            _note(self._bad, caller, self._clock())

    def _is_in(self, seen: OrderedDict[str, datetime], caller: str, now: datetime) -> bool:
        at = seen.get(caller)
        if at is None:
            return False
        if now - at >= _REMEMBERED:
            del seen[caller]
            return False
        return True


def _note(seen: OrderedDict[str, datetime], caller: str, now: datetime) -> None:
    seen[caller] = now
    seen.move_to_end(caller)
    if len(seen) > _MOST_CALLERS:
        seen.popitem(last=False)

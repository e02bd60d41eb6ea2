"""Whose files take the judges' time: callers of slow files are judged aside from the others.

Who does not say who they are waits for one of as many places as there are judges, and gives it back when the file turns
out to be slow (`SlowLane.after`), not only when it is done. From that moment its sender waits behind other such
senders, with all their files that still wait. While slow files come from several callers, strangers share one place,
and the others are for callers whose files were good. Where such callers send slow files, too, a good name was made to
be used: all of them are strangers then, and no name is made until that is over. Who says who they are never waits here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from threading import Lock
from typing import Final

import anyio

from license_lib.verification.confinement import SLOW_FILE, WORKERS
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
        judges: how many files of callers who do not say who they are, are judged at once.
        queue: how many files may wait for a place of slow senders, or of strangers during an alarm.
    """

    def __init__(self, clock: Callable[[], datetime], *, judges: int = WORKERS + 1, queue: int = 64) -> None:
        self._clock, self._queue = clock, queue
        self._lock = Lock()  # a judge's thread says that a file is slow
        self._bad: OrderedDict[str, datetime] = OrderedDict()
        self._good: OrderedDict[str, datetime] = OrderedDict()
        self._false: OrderedDict[str, datetime] = OrderedDict()
        """Whose good name was undone by a slow file."""
        self._aside, self._strangers = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)
        self._open = anyio.CapacityLimiter(judges)

    @asynccontextmanager
    async def judged(self, caller: str, *, known: bool) -> AsyncIterator[None]:
        """Have a file judged within the block, once it is its sender's turn.

        Args:
            caller: a key for who sends it.
            known: they said who they are.

        Raises:
            Problem: `service.busy`, too many wait.
        """
        place = await self._place(caller, known=known)
        try:
            with self._watched(caller, place):
                yield
        finally:
            if place:
                place.give_back()

    async def _place(self, caller: str, *, known: bool) -> "_Place | None":
        while lane := self._lane(caller, known=known):
            if lane is not self._open and lane.statistics().tasks_waiting >= self._queue:
                raise Problem("service.busy")
            place = _Place(lane, only_quick=lane is not self._aside)
            await lane.acquire_on_behalf_of(place)
            if self._lane(caller, known=known) is lane:
                return place
            place.give_back()  # its sender, or others, became known meanwhile for what they send
        return None

    def _lane(self, caller: str, *, known: bool) -> anyio.CapacityLimiter | None:
        """What the sender waits for; None for nothing."""
        now = self._clock()
        with self._lock:
            if self._is_in(self._bad, caller, now):
                return self._aside
            if known:
                return None
            is_stranger = not self._is_in(self._good, caller, now)
            return self._strangers if is_stranger and _alarming(self._bad, now) else self._open

    @contextmanager
    def _watched(self, caller: str, place: "_Place | None") -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def slow() -> None:
            self._slow(caller)
            if place and place.only_quick:
                loop.call_soon_threadsafe(place.give_back)

        token = SLOW_FILE.set(slow)
        try:
            yield
        finally:
            SLOW_FILE.reset(token)
        now = self._clock()
        with self._lock:
            if place and caller not in self._bad and not _alarming(self._false, now):
                _note(self._good, caller, now)

    def _slow(self, caller: str) -> None:
        now = self._clock()
        with self._lock:
            if self._good.pop(caller, None):
                _note(self._false, caller, now)
                if _alarming(self._false, now):
                    self._good.clear()
            _note(self._bad, caller, now)

    def _is_in(self, seen: OrderedDict[str, datetime], caller: str, now: datetime) -> bool:
        at = seen.get(caller)
        if at is None:
            return False
        if now - at >= _REMEMBERED:
            del seen[caller]
            return False
        return True


class _Place:
    """A place in a lane, which is given back once: as soon as a file is slow, where the lane is for quick ones only."""

    def __init__(self, lane: anyio.CapacityLimiter, *, only_quick: bool) -> None:
        self._lane: anyio.CapacityLimiter | None = lane
        self.only_quick = only_quick

    def give_back(self) -> None:
        """Let the next one in."""
        lane, self._lane = self._lane, None
        if lane:
            lane.release_on_behalf_of(self)


def _alarming(seen: OrderedDict[str, datetime], now: datetime) -> bool:
    """Whether so many are no accident; who was noted last stands last."""
    return sum(now - at < _ALARM for at in islice(reversed(seen.values()), _ALARMING)) >= _ALARMING


def _note(seen: OrderedDict[str, datetime], caller: str, now: datetime) -> None:
    seen[caller] = now
    seen.move_to_end(caller)
    if len(seen) > _MOST_CALLERS:
        seen.popitem(last=False)

"""Repeated requests (`Idempotency-Key`): a caller whose network broke asks again, and is told what it was told before.

Kept in memory and for a short time, as long as a client retries: answers hold personal data. Each process remembers for
itself; a repeat that reaches another one is a request of its own, which leaves an entry on the usage trail too much and
never one too few.
"""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, TypeVar

from verify_api.problems import Problem

LIFETIME: Final = timedelta(minutes=2)
_MOST: Final = 1000
_KEY: Final = re.compile(r"[!-~]{1,128}")


Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Kept:
    """A request, and its answer as soon as there is one."""

    request: bytes
    until: datetime
    answer: Any = field(default=None, repr=False)


class Repeats:
    """What was answered under which key, by caller.

    Args:
        clock: the time, aware.
    """

    def __init__(self, clock: Callable[[], datetime], *, most: int = _MOST) -> None:
        self._clock, self._most = clock, most
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    async def once(
        self, key: str | None, caller: str, request: bytes, work: Callable[[], Awaitable[Answer]]
    ) -> tuple[Answer, bool]:
        """The answer of `work`, or the one that the same request was given before, and whether it is that.

        An error is no answer: the next try does the work again.

        Args:
            key: the header; None if there is none. caller: who asks; nobody sees another's answers.
            request: what tells it from other requests under the same key.

        Raises:
            Problem: `idempotency.key`, `idempotency.reused`, `idempotency.running`.
        """
        if key is None:
            return await work(), False
        name, now = (caller, _bare(key)), self._clock()
        self._forget(now)
        kept, digest = self._kept.get(name), sha256(request).digest()
        if kept is not None:
            if kept.request != digest:
                raise Problem("idempotency.reused")
            if kept.answer is None:
                raise Problem("idempotency.running")
            return kept.answer, True
        kept = self._kept[name] = _Kept(digest, now + LIFETIME)
        try:
            kept.answer = await work()
        except BaseException:
            if self._kept.get(name) is kept:
                del self._kept[name]
            raise
        return kept.answer, False

    def _forget(self, now: datetime) -> None:
        while self._kept:
            name, kept = next(iter(self._kept.items()))
            if now < kept.until and len(self._kept) < self._most:
                return
            del self._kept[name]


def _bare(key: str) -> str:
    """The key as a structured field (in quotes) or as it is."""
    bare = key[1:-1] if len(key) > 1 and key.startswith('"') and key.endswith('"') else key
    if not _KEY.fullmatch(bare):
        raise Problem("idempotency.key")
    return bare

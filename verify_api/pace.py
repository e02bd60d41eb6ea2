"""How often somebody may ask: a steady rate with a burst, by address and by who asks (generic cell rate algorithm).

Each process counts for itself; several behind one proxy let through as many times more (docs/api.md).
"""

import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

_MOST_KEYS: Final = 100_000
"""Of one rate: whoever is forgotten begins anew, so a flood of addresses costs memory within bounds."""
_IPV6_HOME: Final = 64
"""Bits: whoever has one address of such a network has all of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of asking.

    Args:
        granted: whether this is one's turn.
        limit, window: so many requests in so many seconds.
        left: how many more may come at once.
        wait: seconds until the next one may; 0 if it may now.
        reset: seconds until all of them may.
    """

    granted: bool
    limit: int
    window: int
    left: int
    wait: int
    reset: int


class Pace:
    """At most `limit` requests at once, and as many in each `window` seconds, for each key.

    Threads may share it.
    """

    def __init__(self, limit: int, window: int = 60, *, most_keys: int = _MOST_KEYS) -> None:
        self._limit, self._window, self._most_keys = limit, window, most_keys
        self._span = timedelta(seconds=window)
        self._step = self._span / limit
        self._due: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now: datetime) -> Turn:
        """Ask for a turn; one that is not granted costs nothing."""
        with self._lock:
            due = min(max(self._due.get(key, now), now), now + self._span)  # a clock that was put back locks nobody out
            granted = due + self._step <= now + self._span
            due += self._step if granted else timedelta()
            self._due[key] = due
            if granted:
                self._due.move_to_end(key)
                if len(self._due) > self._most_keys:
                    self._due.popitem(last=False)
        room = now + self._span - due
        wait = timedelta() if room >= self._step else self._step - room
        return Turn(
            granted, self._limit, self._window, int(room / self._step + 1e-9), _seconds(wait), _seconds(due - now)
        )


class Places:
    """At most so many things at once for each key, whatever time they take."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[str, int] = {}
        self._lock = Lock()

    def take(self, key: str) -> bool:
        """Take a place, if there is one; give it back then."""
        with self._lock:
            taken = self._taken.get(key, 0)
            if taken >= self._most:
                return False
            self._taken[key] = taken + 1
            return True

    def give_back(self, key: str) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


def neighbourhood(address: str) -> str:
    """An address as it is counted: IPv4 by itself, IPv6 by its network, what is none (a socket's name) by its text."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 -- IPv4
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((parsed.packed, _IPV6_HOME), strict=False))


def _seconds(span: timedelta) -> int:
    return max(0, math.ceil(span.total_seconds()))

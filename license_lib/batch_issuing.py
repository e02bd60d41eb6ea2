"""A batch is issued: answers in order, in bounded memory, each request by the very steps of a single one.

Groups of requests go through two lines: to worker processes that check them, and, once identifiers are kept for them,
to worker processes that print and seal. This process alone writes to the database, in the order given: what is kept for
a group in one transaction, what is committed in another (design law 6). So of two requests that contradict each other
the first is issued, and a batch that was broken off is sent again as it is.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from license_lib.errors import InputError
from license_lib.issuing import Issued, Issuing, Slip, to_check
from license_lib.licenses.request import LicenseRequest
from license_lib.press_rooms import RoomOpener
from license_lib.press_workers import DistantRoom, workers_of

GROUP: Final = 64
"""Requests that take each step together, at most. A transaction costs several of their share in it."""
_FIRST_GROUP: Final = 16
"""Each is twice as large as the one before it: the first licences are soon there, and a small batch is shared out."""
UNDER_WAY: Final = 3
"""Groups, of a process that seals: one is in its hands, one waits for it, one is with the database."""


@dataclass(slots=True)
class _Group:
    given: Sequence[LicenseRequest | InputError]
    slips: list[Slip] = field(init=False)
    waited_for: Future[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.slips = [Slip(one) for one in self.given if not isinstance(one, InputError)]

    def answers(self, issued: Sequence[Issued | InputError]) -> Iterator[Issued | InputError]:
        rest = iter(issued)
        return (one if isinstance(one, InputError) else next(rest) for one in self.given)


@contextmanager
def rooms_of(opener: RoomOpener, processes: int, cluster: str) -> Iterator[tuple[DistantRoom, int]]:
    """Where a batch is checked, printed and sealed.

    Args:
        opener: opens a room in each worker process of this machine.
        processes: how many of these.
        cluster: address of a scheduler whose workers do it instead; none if empty.

    Yields:
        The rooms, and how many tasks they do at once.
    """
    if cluster:
        from license_lib.cluster import Agreed, workers_at  # an extra

        with workers_at(cluster, Agreed.of(opener.settings)) as found:
            yield found
        return
    with workers_of(opener, processes) as room:
        yield room, processes


def issue_each(
    requests: Iterable[LicenseRequest | InputError],
    issuing: Issuing,
    room: DistantRoom,
    *,
    group: int = GROUP,
    under_way: int,
) -> Iterator[Issued | InputError]:
    """Issue many requests.

    Args:
        requests: asked for as places get free; an error stands for a request that could not be read.
        issuing: keeps identifiers and commits; it does so when answers are asked for.
        room: checks, prints and seals.
        group: so many requests at most.
        under_way: so many groups at once.

    Yields:
        For each, in the order given: the licence, or why that request was refused.

    Raises:
        LicenseError: the machine fails. What was issued stays issued.
    """
    rest, size = iter(requests), min(_FIRST_GROUP, group)
    checking, sealing = deque[_Group](), deque[_Group]()
    try:
        while True:
            while len(checking) + len(sealing) < under_way and (some := list(islice(rest, size))):
                one, size = _Group(some), min(2 * size, group)
                issuing.begin(one.slips)
                one.waited_for = room.check_each(to_check(one.slips), issuing.today())
                checking.append(one)
            heads = [line[0].waited_for for line in (checking, sealing) if line]
            if not heads:
                return
            room.wait(heads)
            if checking and checking[0].waited_for.done():
                one = checking.popleft()
                one.waited_for = room.press_each(issuing.reserve(one.slips, room.done(one.waited_for)))
                sealing.append(one)
            else:
                one = sealing.popleft()
                yield from one.answers(issuing.commit(one.slips, room.done(one.waited_for)))
    finally:
        for one in (*checking, *sealing):
            one.waited_for.cancel()

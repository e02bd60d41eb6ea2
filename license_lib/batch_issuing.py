"""A batch is issued: answers in order, in bounded memory, each request by the very steps of a single one.

So many requests are under way at once, each in a thread. Printing and sealing is done by worker processes; what the
threads write to the database at the same time becomes durable together (`repository.together`), so a batch needs no
transaction of its own: identifiers are reserved, files kept, licences committed as always (design law 6). A batch that
was broken off is sent again as it is.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from license_lib.errors import InputError
from license_lib.licenses.request import LicenseRequest

Issued = TypeVar("Issued")

UNDER_WAY: Final = 16
"""Requests, of a process that seals. More would only wait for each other."""


def issue_each(
    requests: Iterable[LicenseRequest | InputError], issue: Callable[[LicenseRequest], Issued], *, under_way: int
) -> Iterator[Issued | InputError]:
    """Issue many requests.

    Of two that contradict each other, such as for one number, either may be the one that is refused.

    Args:
        requests: asked for as places get free; an error stands for a request that could not be read.
        issue: issues one; threads share it.
        under_way: so many at once.

    Yields:
        For each, in the order given: the licence, or why that request was refused.

    Raises:
        LicenseError: as `issue` raises it, but InputError: the machine fails. What was issued stays issued.
    """
    waiting: deque[Future[Issued] | InputError] = deque()
    with ThreadPoolExecutor(under_way) as threads:
        try:
            for request in requests:
                waiting.append(request if isinstance(request, InputError) else threads.submit(issue, request))
                if len(waiting) >= 2 * under_way:
                    answer = _answer(waiting.popleft())
                    yield answer
            while waiting:
                answer = _answer(waiting.popleft())
                yield answer
        finally:
            for one in waiting:
                if isinstance(one, Future):
                    one.cancel()


def _answer(one: Future[Issued] | InputError) -> Issued | InputError:
    if isinstance(one, InputError):
        return one
    try:
        return one.result()
    except InputError as error:
        return error

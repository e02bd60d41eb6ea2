"""Publishing for as long as somebody wants: it looks often, which costs little, and publishes what is new."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from license_lib.errors import MachineError
from license_lib.publishing.publisher import Published, Publisher

_TRY_AGAIN: Final = timedelta(minutes=1)
"""So long a time-stamp authority that failed is left alone, or a bundle that could not be made; heads wait for none."""
_FATAL: Final = ("publishing.rolled-back", "publishing.checkpoint", "key.")


def follow(
    publisher: Publisher, *, wait: Callable[[], bool], clock: Callable[[], datetime]
) -> Iterator[Published | MachineError]:
    """Publish whatever becomes new, until somebody ends it.

    Args:
        wait: waits until the next look; False: it was the last.
        clock: the time, aware.

    Yields:
        What was published, whenever something was, and the first time that a time-stamp or bundle fails; what stopped
        a round, once for each kind in a row. The next look tries again.

    Raises:
        MachineError: what no later look would mend: `publishing.rolled-back`, `publishing.checkpoint`, `key.…`.
    """
    size, until, failing = -1, None, ""
    again = True
    while again:
        try:
            now, found = clock(), publisher.log_size()
            if found != size or (until is not None and now >= until):
                done = publisher.publish()
                size, until = done.size, done.until
                problem = " ".join(one.code for one in (done.warning, done.unbundled) if one)
                if problem:
                    until = min(until or now + _TRY_AGAIN, now + _TRY_AGAIN)
                if done.changed or problem != failing:
                    yield done
                failing = problem
        except MachineError as error:
            if error.code.startswith(_FATAL):
                raise
            if error.code != failing:
                yield error
            failing = error.code
        again = wait()

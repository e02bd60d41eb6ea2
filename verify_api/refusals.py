"""How fast refusals go out: a flood of wrong requests gets its answers slowly, and leaves the processor to the others.

A caller who was refused has to wait for that answer before the next request of a connection: whoever sends hundreds of
wrong requests at once is slowed down to the rate below, wherever the requests come from. A refusal in quiet times waits
for nothing.
"""

import asyncio
from typing import Final

RATE: Final = 200.0
"""Refusals a second of a process, in the long run."""
BURST: Final = 50
"""So many at once wait for nothing."""
LONGEST: Final = 10.0
"""Seconds that a refusal is held back at most."""


class Refusals:
    """Holds refusals back. One of a process; for one event loop."""

    def __init__(self, rate: float = RATE, burst: int = BURST, longest: float = LONGEST) -> None:
        self._step, self._credit, self._longest = 1 / rate, burst / rate, longest
        self._due = 0.0

    async def turn(self) -> None:
        """Wait until the next refusal may go out."""
        now = asyncio.get_running_loop().time()
        self._due = min(max(self._due, now - self._credit) + self._step, now + self._longest)
        if self._due > now:
            await asyncio.sleep(self._due - now)

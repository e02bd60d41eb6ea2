"""Answers that take the same time: whoever measures cannot tell what was found from how long it took."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


@asynccontextmanager
async def even_time(step: float) -> AsyncIterator[None]:
    """Have the block take a multiple of `step` seconds, also if it fails; 0 lets it take what it takes."""
    begun = anyio.current_time()
    try:
        yield
    finally:
        await anyio.sleep_until(begun + whole_steps(anyio.current_time() - begun, step))


def whole_steps(taken: float, step: float) -> float:
    """The next multiple of `step` seconds after what was taken."""
    return math.ceil(taken / step) * step if step else taken

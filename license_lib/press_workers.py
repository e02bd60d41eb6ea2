"""Worker processes that check, print and seal, each with a press room of its own: of this machine, or of a cluster."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

from license_lib.errors import InputError, MachineError
from license_lib.key_folder import signing_errors
from license_lib.licenses.request import Draft, LicenseRequest
from license_lib.press_room import Order, Pressed, PressRoom

T = TypeVar("T")

_room: PressRoom | None = None
"""Of a worker process."""


@contextmanager
def workers_of(open_room: Callable[[], PressRoom], processes: int) -> "Iterator[DistantRoom]":
    """Worker processes of this machine; they end with this process, however it ends.

    Args:
        open_room: opens a room in each of them; it must pickle, and reaches them by a pipe that nobody else reads.
        processes: how many.
    """
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(open_room,)
    ) as pool:
        yield DistantRoom(pool)


class DistantRoom:
    """The rooms of an executor whose processes were opened as those of `workers_of` are.

    A group is one task: it is sent once, and what its members share is sent once.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def check_each(self, requests: Sequence[LicenseRequest], today: date) -> "Future[list[Draft | InputError]]":
        """For each what `PressRoom.check_each` says; see `done`."""
        return self._submit(PressRoom.check_each, requests, today)

    def press_each(self, orders: Sequence[Order]) -> "Future[list[Pressed]]":
        """For each what `PressRoom.press_each` makes; see `done`."""
        return self._submit(PressRoom.press_each, orders)

    def wait(self, futures: "Sequence[Future[Any]]") -> None:
        """Wait until one of them is done."""
        wait(futures, return_when=FIRST_COMPLETED)

    def done(self, future: "Future[list[T]]") -> list[T]:
        """What came of it.

        Raises:
            MachineError: `issuing.worker` if a process died, or could not open its room; as the room raises it.
        """
        with _living():
            return future.result()

    def _submit(self, work: Callable[..., list[T]], some: Sequence[object], *more: object) -> "Future[list[T]]":
        if not some:
            nothing = Future[list[T]]()
            nothing.set_result([])
            return nothing
        return self._send(work, (some, *more))

    def _send(self, work: Callable[..., list[T]], arguments: Sequence[object]) -> "Future[list[T]]":
        with _living():
            return self._executor.submit(_in_room, work, arguments)


@contextmanager
def _living() -> Iterator[None]:
    died = False
    try:
        yield
    except BrokenExecutor:
        died = True
    if died:  # outside of `except`: what the pool says of it is not chained
        hint = "look at the system log, for example for memory, then send the same batch again"
        raise MachineError("issuing.worker", "a process that seals has died", hint=hint)


def _begin(open_room: Callable[[], PressRoom]) -> None:
    """A worker's beginning. Ctrl-C is for who issues; if that process is killed, nobody else tells this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    open_here(open_room)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def open_here(open_room: Callable[[], PressRoom]) -> None:
    """Open the room of this process."""
    global _room  # noqa: PLW0603 -- the room of this process
    _room = open_room()


def _in_room(work: Callable[..., list[T]], arguments: Sequence[object]) -> list[T]:
    if _room is None:
        raise RuntimeError("this process has no press room")
    with signing_errors():
        return work(_room, *arguments)

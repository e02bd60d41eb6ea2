"""Worker processes that check, print and seal, each with a press room of its own: of this machine, or of a cluster."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, Final, TypeVar

from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.key_folder import signing_errors
from license_lib.licenses.request import Draft, LicenseRequest
from license_lib.press_room import Order, Pressed, PressRoom

T = TypeVar("T")

_WHO: Final = "a process that seals"
_room: PressRoom | Exception | None = None
"""Of a worker process, or why it has none."""


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
            MachineError: `issuing.worker` if a process died; what a room raises, or kept it from being opened.
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
        hint = (
            "look at the system log, for example for memory, and in a script whether it issues below"
            " `if __name__ == '__main__':`; then send the same batch again"
        )
        raise MachineError("issuing.worker", f"{_WHO} has died", hint=hint)


def _begin(open_room: Callable[[], PressRoom]) -> None:
    """A worker's beginning. Ctrl-C is for who issues; if that process is killed, nobody else tells this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    global _room  # noqa: PLW0603 -- the room of this process
    try:
        with faults_of(_WHO):
            _room = open_room()
    except Exception as error:  # noqa: BLE001 -- who issues is told, with the first task; the pool would say "died"
        _room = error


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_room(work: Callable[..., list[T]], arguments: Sequence[object]) -> list[T]:
    if _room is None:
        raise RuntimeError("this process has no press room")
    if isinstance(_room, Exception):
        raise _room
    with faults_of(_WHO):
        return work(_room, *arguments)


@contextmanager
def faults_of(who: str) -> Iterator[None]:
    """Whatever is wrong where a room is, its configuration too, as a fault of that machine; for who issues, elsewhere.

    Raises:
        MachineError: with the same code and hint; `issuing.worker` for what the system says.
    """
    try:
        with signing_errors():
            yield
    except LicenseError as error:
        fault = MachineError(error.code, f"{who}: {error.message}", hint=error.hint)
    except OSError as error:
        fault = MachineError("issuing.worker", f"{who}: {error.strerror or type(error).__name__}")
    else:
        return
    raise fault  # outside of `except`: nothing is chained

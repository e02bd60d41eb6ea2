"""Many files at once, from one thread: several workers at work, the answers in the order of the files.

One thread, so that workers may be forks. Whatever goes wrong with a file, that file alone has it for an answer.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import wait
from typing import Final, Generic, TypeVar

from license_lib.errors import LicenseError, MachineError
from license_lib.verification.workers import Worker

_AHEAD: Final = 64 << 20
"""Bytes of files whose answers wait for that of an earlier file; while there are more, no further file is read."""
_ANSWER: Final = 256 << 10
"""Bytes that an answer is taken for, besides those of its file, which it may repeat."""

Name = TypeVar("Name")
Answer = TypeVar("Answer")


@dataclass(slots=True, eq=False)
class _File(Generic[Name, Answer]):
    """A file in the line; `data` until a worker has it, `answer` once there is one."""

    name: Name
    size: int
    data: bytes = b""
    answer: Answer | LicenseError | None = None


def judge_each(
    names: Iterable[Name],
    read: Callable[[Name], bytes],
    *,
    start: Callable[[], Worker],
    workers: int,
    overrun: Callable[[], Answer],
    at: datetime,
    now: datetime | None,
) -> Iterator[tuple[Name, Answer | LicenseError]]:
    """Judge files in several workers; see `Confined.verify_each`.

    Args:
        start: starts a worker.
        workers: how many at most.
        overrun: what is said of a file that takes more than the limits.
    """
    crew = _Crew[Name, Answer](start, workers, overrun, at, now)
    line: deque[_File[Name, Answer]] = deque()
    coming = iter(names)
    more = True
    try:
        while more or line:
            while more and crew.has_room() and sum(file.size for file in line) < _AHEAD:
                for name in coming:
                    line.append(_read(name, read))
                    crew.give(line[-1])
                    break
                else:
                    more = False
            while line and (answer := line[0].answer) is not None:
                yield line.popleft().name, answer
            if line:
                crew.listen()
    finally:
        crew.end()


def _read(name: Name, read: Callable[[Name], bytes]) -> "_File[Name, Answer]":
    try:
        data = read(name)
    except LicenseError as error:
        return _File(name, _ANSWER, answer=error)
    return _File(name, len(data) + _ANSWER, data)


class _Crew(Generic[Name, Answer]):
    """Workers, idle or each at a file."""

    def __init__(
        self,
        start: Callable[[], Worker],
        most: int,
        overrun: Callable[[], Answer],
        at: datetime,
        now: datetime | None,
    ) -> None:
        self._start, self._most, self._overrun = start, most, overrun
        self._at, self._now = at, now
        self._idle: list[Worker] = []
        self._busy: dict[Worker, _File[Name, Answer]] = {}

    def has_room(self) -> bool:
        """Whether a further file would be taken at once."""
        return len(self._busy) < self._most

    def give(self, file: _File[Name, Answer]) -> None:
        """Have a file judged, unless it has its answer; a new worker gets it as soon as it is open."""
        if file.answer is not None:
            return
        worker = self._take()
        self._busy[worker] = file
        if worker.opened:
            self._send(worker, file)

    def listen(self) -> None:
        """Wait until a worker speaks, or has been silent for too long.

        Raises:
            LicenseError: a worker could not open its judge.
            MachineError: `verification.worker`.
        """
        first = min(worker.deadline for worker in self._busy)
        wait([worker.connection for worker in self._busy], timeout=max(0.0, first - time.monotonic()))
        for worker, file in list(self._busy.items()):
            if not worker.connection.poll() and time.monotonic() < worker.deadline:
                continue
            if worker.opened:
                self._hear(worker, file)
            else:
                worker.open()
                self._send(worker, file)

    def end(self) -> None:
        """End all."""
        for worker in [*self._idle, *self._busy]:
            worker.end()

    def _take(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive():
                return worker
            worker.end()  # it died while nobody asked it anything
        return self._start()

    def _send(self, worker: Worker, file: _File[Name, Answer]) -> None:
        worker.send(file.data, self._at, self._now)
        file.data = b""  # the worker has it now

    def _hear(self, worker: Worker, file: _File[Name, Answer]) -> None:
        answer = worker.receive()
        del self._busy[worker]
        if answer is None:
            worker.end()
            file.answer = self._overrun()
            return
        self._idle.append(worker)
        if isinstance(answer, Exception) and not isinstance(answer, LicenseError):  # a fault of ours
            answer = MachineError("verification.fault", str(answer), hint="report it; keep the file")
        file.answer = answer

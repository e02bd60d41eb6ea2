"""Verification in worker processes: a file made to take for ever, or all memory, costs one worker and nothing else.

A limit on resources, not a sandbox: a worker has the rights of the process that started it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Any, Final, Generic, Literal, Self, TypeVar

from license_lib.catalogue import Catalogue
from license_lib.errors import LicenseError
from license_lib.findings import Finding
from license_lib.issuers import Issuers
from license_lib.verification.many import judge_each
from license_lib.verification.verdict import DOCUMENT_PROOFS, Evidence, Verdict
from license_lib.verification.verifier import MAX_FILE_BYTES, Verifier
from license_lib.verification.workers import Answer_co, JudgeOpener, Limits, Worker

WORKERS: Final = 2
SLOW_FILE: Final[ContextVar[Callable[[], None] | None]] = ContextVar("SLOW_FILE", default=None)
"""Who set it, in the context in which a file is judged, is told that the file has left the quick lane."""

Opener = Callable[[], AbstractContextManager[Verifier]]
Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class SlowLane:
    """Where a file goes that takes long, so that it does not stand in the way of those that do not.

    Args:
        after: seconds that a file may take in the quick lane.
        places: how many files may go on beside it, at a lower priority. A file that finds no place is given up.
    """

    after: float = 3
    places: int = 2


class Confined(Generic[Answer_co]):
    """A judge of files in worker processes.

    Threads may share it. Workers start when they are needed, and stay; one that went beyond its limits is replaced.
    Without a slow lane as many files as there are workers, made to take for ever, keep all others waiting.

    Args:
        open_judge: opens a judge, in each worker; it must pickle for `spawn`.
        overrun: what is said of a file that takes more than the limits, asked about a moment.
        limits: what one file may take.
        workers: how many files are judged at once; more callers wait.
        method: `spawn` where there are threads; `fork` spares a process with one thread the second import.
        slow: where files go that take long.
    """

    def __init__(
        self,
        open_judge: JudgeOpener,
        overrun: Callable[[datetime], Answer_co],
        *,
        limits: Limits | None = None,
        workers: int = WORKERS,
        method: Literal["spawn", "fork"] = "spawn",
        slow: SlowLane | None = None,
    ) -> None:
        self._overrun = overrun
        self._start = partial(Worker, method, open_judge, limits or Limits())
        self._workers = workers
        self._places = BoundedSemaphore(workers)
        self._slow = slow
        self._slow_places = BoundedSemaphore(slow.places if slow else 1)
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._keeps = True

    def start(self) -> None:
        """Start all workers without waiting for them."""
        with self._lock:
            self._idle += [self._start() for _ in range(self._workers - len(self._idle))]

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Answer_co:
        """As the judge's own `verify`.

        Raises:
            LicenseError: as the judge raised it in the worker, or could not be opened there.
            MachineError: `verification.worker`: no worker can be started.
            RuntimeError: the judge failed otherwise: a fault of ours.
        """
        with ExitStack() as place:
            place.enter_context(self._places)
            worker, sound = self._take(), False
            try:
                answer = self._ask(worker, place, data, at, now) if worker.open() else None
                sound = answer is not None
            finally:
                self._give_back(worker, sound=sound)
        if isinstance(answer, Exception):
            raise answer
        given: Answer_co | None = answer
        return self._overrun(at) if given is None else given

    def verify_each(
        self, names: Iterable[Name], read: Callable[[Name], bytes], *, at: datetime, now: datetime | None = None
    ) -> Iterator[tuple[Name, Answer_co | LicenseError]]:
        """Judge many files, several at once, in workers of their own; see `license_lib.verification.many`.

        With `fork` only for a process with one thread.

        Args:
            names: of the files, asked for as places get free.
            read: the bytes of a file.

        Yields:
            Each name in the order given, with its answer, or with what `read` or the judge raised for this file alone.

        Raises:
            LicenseError: the judge could not be opened in a worker.
            MachineError: `verification.worker`: no worker can be started.
        """
        return judge_each(
            names, read, start=self._start, workers=self._workers, overrun=lambda: self._overrun(at), at=at, now=now
        )

    def retire(self) -> None:
        """End the workers; those at work, after it. Whoever still holds this may ask on: a worker comes and goes."""
        with self._lock:
            idle, self._idle, self._keeps = self._idle, [], False
        for worker in idle:
            worker.end()

    def close(self) -> None:
        """End all workers at once; files under examination are left undetermined."""
        self.retire()
        with self._lock:
            for worker in self._busy:
                worker.kill()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers."""
        self.close()

    def _ask(self, worker: Worker, place: ExitStack, data: bytes, at: datetime, now: datetime | None) -> Any:
        """Its answer; None if the limits, or the worker, did not last, or nobody has the time for it."""
        worker.send(data, at, now)
        if self._slow and not worker.speaks_within(self._slow.after):
            if (tell := SLOW_FILE.get()) is not None:
                tell()
            if not self._slow_places.acquire(blocking=False):
                return None
            place.close()
            place.callback(self._slow_places.release)
            self._top_up()
            worker.step_back()
        return worker.receive()

    def _top_up(self) -> None:
        """Start a worker for the place that one has left, before anybody waits for it."""
        with self._lock:
            if self._keeps and len(self._idle) < self._workers:
                self._idle.append(self._start())

    def _take(self) -> "Worker":
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive():
                    break
                worker.end()  # it died while nobody asked it anything
            else:
                worker = self._start()
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: "Worker", *, sound: bool) -> None:
        with self._lock:
            self._busy.remove(worker)
            if sound and self._keeps and len(self._idle) < self._workers:
                self._idle.append(worker)
                return
        worker.end()
        if self._slow:
            self._top_up()


class ConfinedVerifier(Confined[Verdict]):
    """A `Verifier` that judges files in worker processes; codes and identifiers, which are small, where it is called.

    Args:
        open_verifier: opens a verifier, in each worker and, for codes, here; it must pickle for `spawn`.
        limits: what one file may take; one that takes more is UNDETERMINED, `verification.overrun`.
        workers: how many files are judged at once.
        method, slow: as for `Confined`.
    """

    def __init__(
        self,
        open_verifier: Opener,
        *,
        limits: Limits | None = None,
        workers: int = WORKERS,
        method: Literal["spawn", "fork"] = "spawn",
        slow: SlowLane | None = None,
    ) -> None:
        super().__init__(open_verifier, _overrun, limits=limits, workers=workers, method=method, slow=slow)
        self._open = open_verifier
        self._near_lock = Lock()
        self._near: Verifier | None = None
        self._stack = ExitStack()

    @property
    def catalogue(self) -> Catalogue:
        """The licence types that it knows."""
        return self._here().catalogue

    @property
    def issuers(self) -> Issuers:
        """The issuing bodies that it knows."""
        return self._here().issuers

    def start(self) -> None:
        """Open the verifier here, so that what is wrong shows now, and start all workers without waiting for them.

        Raises:
            LicenseError: the verifier cannot be opened.
        """
        self._here()
        super().start()

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Verdict:
        """As `Verifier.verify`, in a worker."""
        if len(data) > MAX_FILE_BYTES:
            return self._here().verify(data, at=at, now=now)  # refused without a look
        return super().verify(data, at=at, now=now)

    def verify_code(self, text: str, *, at: datetime, now: datetime | None = None) -> Verdict:
        """As `Verifier.verify_code`, in this process."""
        return self._here().verify_code(text, at=at, now=now)

    def status(self, identifier: str, *, at: datetime, now: datetime | None = None) -> Verdict | None:
        """As `Verifier.status`, in this process."""
        return self._here().status(identifier, at=at, now=now)

    def with_log_proof(self, verdict: Verdict, proof: bytes) -> Verdict:
        """As `Verifier.with_log_proof`, in this process."""
        return self._here().with_log_proof(verdict, proof)

    def retire(self) -> None:
        """End the workers, and what was opened here."""
        super().retire()
        with self._near_lock:
            self._stack.close()

    def _here(self) -> Verifier:
        with self._near_lock:
            if self._near is None:
                self._near = self._stack.enter_context(self._open())
            return self._near


def _overrun(at: datetime) -> Verdict:
    return Verdict(
        at=at,
        findings=(Finding("verification.overrun"),),
        proved=frozenset(),
        required=DOCUMENT_PROOFS,
        license=None,
        code=None,
        evidence=Evidence(),
    )

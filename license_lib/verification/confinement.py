"""Verification in worker processes: a file made to take for ever, or all memory, costs one worker and nothing else.

A limit on resources, not a sandbox: a worker has the rights of the process that started it.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Any, Final, Generic, Literal, Protocol, Self, TypeVar

from license_lib.catalogue import Catalogue
from license_lib.errors import LicenseError, MachineError
from license_lib.findings import Finding
from license_lib.issuers import Issuers
from license_lib.verification.verdict import DOCUMENT_PROOFS, Evidence, Verdict
from license_lib.verification.verifier import MAX_FILE_BYTES, Verifier

WORKERS: Final = 2
_START_SECONDS: Final = 60
"""A worker that has not opened its verifier by then has no verifier to open."""
_ORPHAN_SECONDS: Final = 2
"""A worker whose parent was killed in the middle of a file ends by itself so much after its limit."""

_PROCESSES: Final = Lock()
"""Starting a process looks after all others too, and two threads must not reap the same one."""

Answer_co = TypeVar("Answer_co", covariant=True)


class Judge(Protocol[Answer_co]):
    """What judges a file, in a worker."""

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Answer_co:
        """Judge a file."""
        ...


JudgeOpener = Callable[[], AbstractContextManager[Judge[Any]]]
Opener = Callable[[], AbstractContextManager[Verifier]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    Args:
        seconds: by the clock on the wall.
        memory: bytes of address space of the whole worker.
    """

    seconds: float = 20
    memory: int = 2 << 30


class Confined(Generic[Answer_co]):
    """A judge of files in worker processes.

    Threads may share it. Workers start when they are needed, and stay; one that went beyond its limits is replaced.

    Args:
        open_judge: opens a judge, in each worker; it must pickle for `spawn`.
        overrun: what is said of a file that takes more than the limits, asked about a moment.
        limits: what one file may take.
        workers: how many files are judged at once; more callers wait.
        method: `spawn` where there are threads; `fork` spares a process with one thread the second import.
    """

    def __init__(
        self,
        open_judge: JudgeOpener,
        overrun: Callable[[datetime], Answer_co],
        *,
        limits: Limits | None = None,
        workers: int = WORKERS,
        method: Literal["spawn", "fork"] = "spawn",
    ) -> None:
        self._overrun = overrun
        self._start = partial(_Worker, method, open_judge, limits or Limits())
        self._workers = workers
        self._places = BoundedSemaphore(workers)
        self._lock = Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
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
        with self._places:
            worker, sound = self._take(), False
            try:
                answer = worker.ask(data, at, now) if worker.open() else None
                sound = answer is not None
            finally:
                self._give_back(worker, sound=sound)
        if isinstance(answer, Exception):
            raise answer
        given: Answer_co | None = answer
        return self._overrun(at) if given is None else given

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

    def _take(self) -> "_Worker":
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

    def _give_back(self, worker: "_Worker", *, sound: bool) -> None:
        with self._lock:
            self._busy.remove(worker)
            if sound and self._keeps:
                self._idle.append(worker)
                return
        worker.end()


class ConfinedVerifier(Confined[Verdict]):
    """A `Verifier` that judges files in worker processes; codes and identifiers, which are small, where it is called.

    Args:
        open_verifier: opens a verifier, in each worker and, for codes, here; it must pickle for `spawn`.
        limits: what one file may take; one that takes more is UNDETERMINED, `verification.overrun`.
        workers: how many files are judged at once.
        method: as for `Confined`.
    """

    def __init__(
        self,
        open_verifier: Opener,
        *,
        limits: Limits | None = None,
        workers: int = WORKERS,
        method: Literal["spawn", "fork"] = "spawn",
    ) -> None:
        super().__init__(open_verifier, _overrun, limits=limits, workers=workers, method=method)
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


class _Worker:
    """The near side of a worker process, which says first that it is open, and then answers one file after another."""

    def __init__(self, method: str, open_judge: JudgeOpener, limits: Limits) -> None:
        context: Any = multiprocessing.get_context(method)  # `Process` differs by method, and mypy sees the base
        self._seconds = limits.seconds
        self._near, far = context.Pipe()
        with far, _PROCESSES:
            self._process = context.Process(target=_work, args=(far, self._near, open_judge, limits), daemon=True)
            self._process.start()
        self._opened = False

    def is_alive(self) -> bool:
        """Whether the process runs."""
        with _PROCESSES:
            return bool(self._process.is_alive())

    def open(self) -> Literal[True]:
        """Wait until a new one has opened its verifier.

        Raises:
            LicenseError: it could not, and why.
            MachineError: `verification.worker`: it does not say why.
        """
        if not self._opened:
            try:
                said = self._near.recv() if self._near.poll(_START_SECONDS) else None
            except (EOFError, OSError):
                said = None
            if isinstance(said, Exception):
                raise said
            if said is None:
                hint = "is there enough memory? does the main program start under `if __name__ == '__main__'`?"
                raise MachineError("verification.worker", "a worker process cannot be started", hint=hint)
            self._opened = True
        return True

    def ask(self, data: bytes, at: datetime, now: datetime | None) -> Any:
        """Its answer; None if the limits, or the worker, did not last."""
        try:
            self._near.send((data, at, now))
            answer = self._near.recv() if self._near.poll(self._seconds) else None
        except (EOFError, OSError):
            return None
        return answer

    def end(self) -> None:
        """End it at once, and leave nothing of it. It only reads, so there is nothing that it could leave undone."""
        self._near.close()
        with _PROCESSES:
            self._process.kill()
            self._process.join()
            self._process.close()

    def kill(self) -> None:
        """Stop it; whoever waits for its answer finds that there is none."""
        with _PROCESSES:
            self._process.kill()


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


def _work(far: Connection, near: Connection, open_judge: JudgeOpener, limits: Limits) -> None:
    """Life of a worker: it ends with its parent, when the other end of the pipe closes."""
    near.close()
    _confine(limits.memory)
    with suppress(EOFError, OSError, MemoryError):  # without an answer the parent knows enough
        try:
            with open_judge() as judge:
                far.send("open")
                while True:
                    data, at, now = far.recv()
                    signal.setitimer(signal.ITIMER_REAL, limits.seconds + _ORPHAN_SECONDS)
                    far.send_bytes(_answer(judge, data, at, now))
                    signal.setitimer(signal.ITIMER_REAL, 0)
        except LicenseError as error:
            far.send(error)


def _answer(judge: Judge[Any], data: bytes, at: datetime, now: datetime | None) -> memoryview:
    """What `Connection.recv` takes: an answer or an exception."""
    try:
        return ForkingPickler.dumps(judge.verify(data, at=at, now=now))
    except LicenseError as error:
        return ForkingPickler.dumps(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- told to the caller, without the message: it may quote the file
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "nowhere"
        return ForkingPickler.dumps(RuntimeError(f"{type(error).__name__} at {where}, in a worker"))


def _confine(memory: int) -> None:
    """Limit this process, and make it deaf to the keyboard and dumb."""
    import resource

    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    for what, wanted in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        _, most = resource.getrlimit(what)
        least = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(what, (least, most))

"""One worker process: its near side, which hands it a file and awaits the answer, and the life that it leads."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal, Protocol, TypeVar

from license_lib.errors import LicenseError, MachineError

_START_SECONDS: Final = 60
"""A worker that has not opened its verifier by then has no verifier to open."""
_ORPHAN_SECONDS: Final = 2
"""A worker whose parent was killed in the middle of a file ends by itself so much after its limit."""

_LOW_PRIORITY: Final = 10
"""`nice`: about a tenth of the time of those who do not stand back."""

_PROCESSES: Final = Lock()
"""Starting a process looks after all others too, and two threads must not reap the same one."""

Answer_co = TypeVar("Answer_co", covariant=True)


class Judge(Protocol[Answer_co]):
    """What judges a file, in a worker."""

    def verify(self, data: bytes, *, at: datetime, now: datetime | None = None) -> Answer_co:
        """Judge a file."""
        ...


JudgeOpener = Callable[[], AbstractContextManager[Judge[Any]]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    Args:
        seconds: by the clock on the wall.
        memory: bytes of address space that a worker may take, besides what it is born with.
    """

    seconds: float = 20
    memory: int = 2 << 30


class Worker:
    """The near side of a worker process, which says first that it is open, and then answers one file after another.

    Attributes:
        connection: where it speaks.
        deadline: by when it must, on the clock of `time.monotonic`.
        opened: whether it said that it is open.
    """

    def __init__(self, method: str, open_judge: JudgeOpener, limits: Limits) -> None:
        context: Any = multiprocessing.get_context(method)  # `Process` differs by method, and mypy sees the base
        self._seconds = limits.seconds
        self.connection, far = context.Pipe()
        with far, _PROCESSES:
            self._process = context.Process(target=_work, args=(far, self.connection, open_judge, limits), daemon=True)
            self._process.start()
        self.deadline = time.monotonic() + _START_SECONDS
        self.opened = False

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
        if not self.opened:
            said = self.receive()
            if isinstance(said, Exception):
                raise said
            if said is None:
                hint = "is there enough memory? does the main program start under `if __name__ == '__main__'`?"
                raise MachineError("verification.worker", "a worker process cannot be started", hint=hint)
            self.opened = True
        return True

    def send(self, data: bytes, at: datetime, now: datetime | None) -> None:
        """Hand it a file; its time begins. One that is dead will have no answer."""
        self.deadline = time.monotonic() + self._seconds
        with suppress(OSError):
            self.connection.send((data, at, now))

    def speaks_within(self, seconds: float) -> bool:
        """Whether it has something to say by then, be it that it is gone."""
        try:
            return bool(self.connection.poll(seconds))
        except (EOFError, OSError):
            return True

    def step_back(self) -> None:
        """Let others go first: the rest of its work has the time that nobody else wants."""
        with _PROCESSES, suppress(OSError, TypeError):  # it may be gone
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOW_PRIORITY)

    def receive(self) -> Any:
        """What it says by its deadline; None if that, or the worker, does not last."""
        try:
            remaining = max(0.0, self.deadline - time.monotonic())
            return self.connection.recv() if self.connection.poll(remaining) else None
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        """End it at once, and leave nothing of it. It only reads, so there is nothing that it could leave undone."""
        self.connection.close()
        with _PROCESSES:
            self._process.kill()
            self._process.join()
            self._process.close()

    def kill(self) -> None:
        """Stop it; whoever waits for its answer finds that there is none."""
        with _PROCESSES:
            self._process.kill()


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
    for what, wanted in ((resource.RLIMIT_AS, _address_space() + memory), (resource.RLIMIT_CORE, 0)):
        _, most = resource.getrlimit(what)
        least = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(what, (least, most))


def _address_space() -> int:
    """Bytes of address space that this process has, of which a forked one inherits its parent's; 0 if not told."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0

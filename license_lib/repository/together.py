"""Group commit: what several threads write at the same time becomes durable in one transaction.

A transaction costs a sync of the disk, whatever is in it. Who comes while another one is written waits, and then all
who wait are written together, by the first of them. Nobody goes on before their own work is durable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from license_lib.errors import LicenseError
from license_lib.repository.database import Database

T = TypeVar("T")
Work = Callable[[Connection], Any]
_MOST: Final = 64
"""In one transaction: it holds the end of the log, for which other processes wait."""


_OF_THE_MACHINE: Final = {"storage.locked", "storage.unreachable", "storage.full", "storage.read-only"}
"""Faults of nobody's work: tried one by one, each would wait as long again, and everybody else behind them."""


@dataclass(slots=True)
class _Job:
    work: Work
    order: int
    done: bool = False
    answer: Any = None
    error: BaseException | None = None


class Together:
    """Writes for the threads of a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = Lock()
        self._queue = Lock()
        self._waiting: list[_Job] = []

    def write(self, work: Callable[[Connection], T], *, order: int = 0) -> T:
        """Do work in a transaction, perhaps with that of others; durable when this returns.

        Args:
            order: when in the transaction. Works that lock different rows first have different ones: two processes
                never wait for each other then.

        Raises:
            MachineError, InputError: as `Database.write`; the work of others is none of this one's.
        """
        job = _Job(work, order)
        with self._queue:
            self._waiting.append(job)
        with self._turn:
            while not job.done:
                with self._queue:
                    jobs, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                try:
                    self._do(sorted(jobs, key=lambda one: one.order))
                except BaseException as error:  # Ctrl-C, say: nobody else would ever do what is left
                    for one in jobs:
                        if not one.done:
                            one.error, one.done = error, True
                    raise
        if job.error is not None:
            raise job.error
        answer: T = job.answer
        return answer

    def _do(self, jobs: list[_Job]) -> None:
        try:
            answers = self._database.write(lambda connection: [job.work(connection) for job in jobs])
        except Exception as error:  # noqa: BLE001 -- who asked for the work raises it again
            of_the_machine = isinstance(error, LicenseError) and error.code in _OF_THE_MACHINE
            if len(jobs) > 1 and not of_the_machine:  # whose fault it is shows alone
                for job in jobs:
                    self._do([job])
                return
            for job in jobs:
                job.error = error
        else:
            for job, answer in zip(jobs, answers, strict=True):
                job.answer = answer
        for job in jobs:
            job.done = True

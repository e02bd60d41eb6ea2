"""Press rooms on a cluster of dask.distributed: for batches that one machine takes too long for.

Keys never travel. Each worker of the cluster is set up as an authority of its own machine: `LICENSE_HOME` names its
folder with `license.toml` and its seal keys, `LICENSE_PASSPHRASE` opens these. Its files are kept where those of the
process that issues are: in one bucket or one shared folder. Who reaches a scheduler may run anything on its workers,
so one that is not on this machine is spoken to by TLS only, with certificates on both sides (dask's own settings).
"""

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import gethostname
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from license_lib.calendar import now
from license_lib.errors import InputError, MachineError
from license_lib.press_room import PressRoom
from license_lib.press_rooms import RoomOpener
from license_lib.press_workers import DistantRoom, faults_of
from license_lib.settings import IssuerSettings, Settings

T = TypeVar("T")

_HERE: Final = {"localhost", "127.0.0.1", "::1"}
_PATIENCE: Final = 30.0
"""Seconds for the scheduler to be reached, and then for a worker to be there."""
_ALONE: Final = 60.0
"""Seconds that it is waited for another worker where all went away, or for a scheduler that says nothing."""
_ANSWER: Final = 10.0
"""Seconds for the scheduler to answer one question."""
_AGAIN: Final = 0.1
"""Seconds after which it is asked again for its first worker."""
_LOOK: Final = 1.0
"""Seconds after which it is looked whether there still are workers, where nothing gets done."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a worker's configuration has to say as that of the process that issues does.

    Attributes:
        public_url: where the page behind the codes is.
        level: of the seals.
        issuers: the issuing bodies.
    """

    public_url: str
    level: str
    issuers: tuple[IssuerSettings, ...] = ()

    @staticmethod
    def of(settings: Settings) -> "Agreed":
        """What a configuration says."""
        return Agreed(settings.public_url, settings.sealing.level, settings.issuers)


@contextmanager
def workers_at(address: str, agreed: Agreed) -> "Iterator[tuple[DistantRoom, int]]":
    """The workers of a cluster. Where all of them went away, or the scheduler, they are waited for a minute.

    Args:
        address: of its scheduler, `tls://HOST:PORT`; `tcp://` on this machine only.

    Yields:
        Their rooms, and how many tasks they do at once.

    Raises:
        InputError: `issuing.cluster-address`.
        MachineError: `issuing.cluster-missing` without dask.distributed; `issuing.cluster-certificates` without those
            for TLS; `issuing.cluster` if nobody answers.
    """
    by_tls = _is_by_tls(address)
    try:
        import distributed  # noqa: F401 -- an extra: license-lib[dask]
    except ModuleNotFoundError:
        raise MachineError(
            "issuing.cluster-missing", "dask.distributed is not installed", hint="install license-lib[dask]"
        ) from None
    if by_tls:
        _require_certificates()
    client = _client_of(address)
    try:
        there = partial(_there, client)
        until = monotonic() + _PATIENCE
        while not (threads := there()):
            if monotonic() > until:
                raise _silent()
            sleep(_AGAIN)
        yield ClusterRoom(client.get_executor(pure=False), agreed, there), sum(threads.values())
    except MachineError as error:
        if error.code != "storage.file-missing":
            raise
        problem = "what the workers of the cluster sealed is not in the file store"
        raise MachineError(error.code, problem, hint="give all of them the same bucket or shared folder") from None
    finally:
        _close(client)


def _client_of(address: str) -> Any:  # it has no types
    """A connection to the scheduler. One that is frozen accepts it and says nothing, and dask waits without end."""
    made = Future[Any]()

    def connect() -> None:
        try:
            made.set_result(_connected(address))
        except BaseException as error:  # noqa: BLE001 -- for who waits
            made.set_exception(error)

    Thread(target=connect, daemon=True).start()
    try:
        return made.result(_PATIENCE + _ANSWER)
    except OSError:  # also `TimeoutError`
        made.add_done_callback(_close_late)
        raise _silent() from None


def _connected(address: str) -> Any:
    """A client of the scheduler.

    Raises:
        OSError: nobody answers.
    """
    from distributed import Client

    until = monotonic() + _PATIENCE
    while monotonic() < until:
        # Dask insists on one message at first, and a scheduler that has just woken up may send several.
        with suppress(AssertionError):
            return cast("Any", Client)(address, timeout=_PATIENCE, set_as_default=False)
        sleep(_AGAIN)
    raise TimeoutError


def _close_late(made: "Future[Any]") -> None:
    if not made.exception():
        _close(made.result())


def _close(client: Any) -> None:
    with suppress(OSError):  # also `TimeoutError`: the scheduler is not there to hear it
        client.close(timeout=_ANSWER)


def _silent() -> MachineError:
    problem = "the cluster does not answer, or has no workers"
    return MachineError("issuing.cluster", problem, hint="look at its scheduler")


def _gone() -> MachineError:
    problem = "the cluster's scheduler does not answer any more"
    return MachineError("issuing.cluster", problem, hint="look at it, then send the same batch again")


def _there(client: Any) -> Mapping[str, int] | None:
    """The threads of each worker; None if the scheduler does not answer."""
    try:
        threads: Mapping[str, int] = client.nthreads(callback_timeout=_ANSWER)
    except (OSError, AttributeError):  # also `TimeoutError`; the latter is dask's own while it looks for the scheduler
        return None
    return threads


def _is_by_tls(address: str) -> bool:
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname and parts.port)
    except ValueError:
        whole = False
    if not whole:
        problem = "this is no address of a scheduler: a host and a port are needed"
        raise InputError("issuing.cluster-address", problem, hint="give tls://HOST:PORT")
    if parts.scheme != "tls" and not (parts.scheme == "tcp" and parts.hostname in _HERE):
        problem = "the cluster's scheduler is on another machine, and not spoken to by TLS"
        raise InputError("issuing.cluster-address", problem, hint="give tls://HOST:PORT")
    return parts.scheme == "tls"


def _require_certificates() -> None:
    """Dask itself says it by a `TypeError`."""
    from distributed.security import Security

    try:
        context = cast("Any", Security)().get_connection_args("client")["ssl_context"]
    except (OSError, ValueError):  # also `ssl.SSLError`
        context = None
    if context is None:
        raise MachineError(
            "issuing.cluster-certificates",
            "there are no certificates to speak to the cluster by TLS, or they cannot be read",
            hint="set distributed.comm.tls.ca-file and distributed.comm.tls.client in dask's configuration",
        )


class ClusterRoom(DistantRoom):
    """The rooms of such workers. A worker that died is asked no more, and others do what it had.

    Args:
        executor: gives work to them.
        agreed: what their configuration must say.
        workers: asks the scheduler who is there; None if it does not answer.
    """

    def __init__(self, executor: Executor, agreed: Agreed, workers: Callable[[], Mapping[str, int] | None]) -> None:
        super().__init__(executor)
        self._agreed, self._batch = agreed, os.urandom(16)
        self._workers = workers

    def wait(self, futures: "Sequence[Future[Any]]") -> None:
        """See `DistantRoom.wait`.

        Raises:
            MachineError: `issuing.cluster`, nobody is there to do them, or to say what became of them.
        """
        seen = monotonic()
        while not wait(futures, timeout=_LOOK, return_when=FIRST_COMPLETED).done:
            there = self._workers()
            if there:
                seen = monotonic()
            elif monotonic() - seen > _ALONE and there is None:
                raise _gone()
            elif monotonic() - seen > _ALONE:
                raise MachineError(
                    "issuing.cluster", "the cluster has no workers any more", hint="look at them, then send it again"
                )

    def _send(self, work: Callable[..., list[T]], arguments: Sequence[object]) -> "Future[list[T]]":
        from distributed.client import ClosedClientError

        try:
            return self._executor.submit(_at_worker, self._agreed, self._batch, pickle.dumps((work, arguments)))  # type: ignore[arg-type]  # T is of `work`
        except ClosedClientError:
            raise _gone() from None

    def done(self, future: "Future[list[T]]") -> list[T]:
        """See `DistantRoom.done`."""
        from distributed import KilledWorker

        try:
            found: Any = future.result()
        except CancelledError:  # by dask, when its connection ends
            raise _gone() from None
        except KilledWorker:
            hint = "look at them, then send the same batch again"
            raise MachineError("issuing.worker", "processes of the cluster have died", hint=hint) from None
        return found if isinstance(found, list) else pickle.loads(found)  # noqa: S301 -- of our own workers


_rooms: dict[bytes, PressRoom] = {}
"""By batch: a worker outlives many, and keys, templates and what a body may issue are as they are when one begins."""
_MOST_ROOMS: Final = 2
_opening = Lock()
"""A worker process may have several threads; they share a room."""


def _at_worker(agreed: Agreed, batch: bytes, task: bytes) -> bytes:
    work, arguments = pickle.loads(task)  # noqa: S301 -- of the process that issues, as the scheduler sends it
    with faults_of(f"a worker of the cluster on {gethostname()}"):
        with _opening:
            if batch not in _rooms:
                _rooms[batch] = _opened(agreed)
                for old in list(_rooms)[:-_MOST_ROOMS]:
                    del _rooms[old]
            room = _rooms[batch]
        return pickle.dumps(work(room, *arguments))


def _opened(agreed: Agreed) -> PressRoom:
    settings = Settings.load(Path(os.environ.get("LICENSE_HOME", ".")))
    if Agreed.of(settings) != agreed:
        raise MachineError(
            "issuing.cluster-settings",
            "it is configured for another public address, level of seals or issuing bodies",
            hint="give all workers the license.toml of who issues",
        )
    passphrase = os.environ.get("LICENSE_PASSPHRASE", "").encode(errors="surrogateescape")
    return RoomOpener(settings, passphrase, now, os.urandom)()

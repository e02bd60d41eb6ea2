"""Processes that issue until they are killed, and say at every moment what they are doing.

Run as a script, this file is a nursery: it has loaded everything, and forks one writer for every order on standard
input, so that a thousand writers need not load it a thousand times. Each writer is a process of its own, opens
everything itself, and is killed as any process is.
"""

import hashlib
import importlib
import json
import mmap
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from recorded import recorded_license
from sqlalchemy import Engine, event
from support import PASSPHRASE, example_request

from license_lib.authority import Authority
from license_lib.licenses.record import parse_record
from license_lib.licenses.request import LicenseRequest
from license_lib.repository.repository import Repository
from license_lib.repository.values import AlreadyIssued, HolderEntry, IssuedLicense, Reservation, StoredLicense

FULL_TYPE = "food-business-permit"
BUSY_SECONDS = 60.0
_GONE = 3
_NUMBERS = 10**7
_LOADED_LATE = (
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "license_lib.issuing",
    "license_lib.rendering",
    "signing.sealing",
)
"""What writers would load each for themselves."""


class Phase(IntEnum):
    """What a writer is doing; each begins where the one before ends."""

    START = 0
    """It opens the repository."""
    ASK = 1
    """It reads what is on record."""
    RESERVE = 2
    """Statements of the first transaction: an identifier and a place in a status list."""
    RESERVE_COMMIT = 3
    """COMMIT of it is running."""
    SEAL = 4
    """It draws and seals, or does what stands for that here."""
    FILE = 5
    """It writes the sealed file."""
    RECORD = 6
    """Statements of the second transaction: licence, holders, leaf, event."""
    RECORD_COMMIT = 7
    """COMMIT of it is running."""
    RECORDED = 8
    """It is on record, and not acknowledged."""
    ACKNOWLEDGED = 9
    """It was acknowledged."""
    DONE = 10
    """The whole batch was."""


@dataclass(frozen=True)
class Order:
    """What a writer is to do.

    Args:
        name: of the writer; in every identifier that it proposes and every file that it seals.
        url, files: of the repository. home: of an authority with keys, if it is to issue as a city does.
        keys: requests, in their order.
        acks: file for acknowledgements. phases: file of one byte.
        too_early: acknowledge before the commit: what the test must notice.
    """

    name: str
    url: str
    files: str
    home: str
    keys: tuple[str, ...]
    acks: str
    phases: str
    too_early: bool = False

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @staticmethod
    def read(line: str) -> "Order":
        values = json.loads(line)
        return Order(**values | {"keys": tuple(values["keys"])})


@dataclass(frozen=True)
class Acknowledged:
    """What somebody was told: this request is this licence."""

    key: str
    identifier: str
    number: str
    holder: str
    file: str

    @staticmethod
    def of(key: str, stored: StoredLicense) -> "Acknowledged":
        return Acknowledged(key, stored.identifier, stored.number, stored.holders[0].number, stored.file_digest.hex())

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def read(data: bytes) -> "tuple[Acknowledged, ...]":
        """Whole lines only: one that a kill cut off was not said."""
        return tuple(
            Acknowledged(**json.loads(line)) for line in data.splitlines(keepends=True) if line.endswith(b"\n")
        )


class Office:
    """Issues with what stands for a sealed file, so that thousands of kills take minutes; the repository is real."""

    def __init__(self, name: str, repository: Repository, mark: Callable[[Phase], None]) -> None:
        self._name, self.repository, self._mark = name, repository, mark

    def issue(self, key: str, early: Callable[[Acknowledged], None] | None = None) -> Acknowledged:
        digest = hashlib.sha256(key.encode()).digest()
        now = datetime.now(UTC)
        proposed = f"{self._name}-{key}"
        answer = self.repository.reserve(proposed, request_key=key, request_digest=digest, at=now)
        if isinstance(answer, AlreadyIssued):
            return Acknowledged.of(key, answer.license)
        issued = self._sealed(key, answer, now)
        if early is not None:
            holder = issued.holders[0].number
            early(Acknowledged(key, issued.identifier, issued.number, holder, issued.file_digest.hex()))
        return Acknowledged.of(key, self.repository.commit(issued))

    def _sealed(self, key: str, reserved: Reservation, now: datetime) -> IssuedLicense:
        sealed = f"{key} sealed by {self._name} ".encode() * 200
        self._mark(Phase.FILE)
        file_digest = self.repository.files.put(sealed)
        return recorded_license(
            key,
            identifier=reserved.identifier,
            status=reserved.status,
            number=f"number {key}",
            holders=(HolderEntry("某人", f"holder {key}", "111"), HolderEntry("另一人", f"other {key}", "111")),
            record=sealed,
            record_digest=hashlib.sha256(sealed).digest(),
            file_digest=file_digest,
            at=now,
        )


class City:
    """Issues as a city does: request, draft, code, face, seal, archive time-stamp, repository."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self.repository = authority.repository

    def issue(self, key: str, early: Callable[[Acknowledged], None] | None = None) -> Acknowledged:
        assert early is None, "only the repository's own path can be broken"
        issued = self._authority.issue(city_request(key))
        stored = self.repository.by_identifier(issued.identifier)
        assert stored is not None
        assert parse_record(stored.record) == issued.license
        return Acknowledged.of(key, stored)


def city_request(key: str) -> LicenseRequest:
    """A request of its own number for every key."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % _NUMBERS
    return replace(example_request(FULL_TYPE), number=f"JY2620402{number:07d}", request_key=key)


@contextmanager
def issuer(order: Order, mark: Callable[[Phase], None]) -> Iterator[Office | City]:
    """Whoever issues what the order is for."""
    if order.home:
        with Authority.open(order.home, passphrase=PASSPHRASE) as authority:
            yield City(authority)
        return
    with Repository.open(order.url, Path(order.files), busy_seconds=BUSY_SECONDS) as repository:
        yield Office(order.name, repository, mark)


def write(order: Order) -> None:
    """Issue the batch; each licence is acknowledged once it is on record."""
    with Path(order.phases).open("r+b") as file:
        memory = mmap.mmap(file.fileno(), 1)

    def mark(phase: Phase) -> None:
        memory[0] = phase

    Watch(mark)
    acks = os.open(order.acks, os.O_WRONLY | os.O_APPEND)

    def acknowledge(told: Acknowledged) -> None:
        os.write(acks, told.line())
        mark(Phase.ACKNOWLEDGED)

    with issuer(order, mark) as office:
        for key in order.keys:
            mark(Phase.ASK)
            told = office.issue(key, acknowledge if order.too_early else None)
            mark(Phase.RECORDED)
            acknowledge(told)
    mark(Phase.DONE)


class Watch:
    """Follows what the database and the files are asked for; nothing of it is changed."""

    def __init__(self, mark: Callable[[Phase], None]) -> None:
        self._mark, self._at = mark, Phase.ASK
        event.listen(Engine, "before_cursor_execute", self._statement)
        event.listen(Engine, "commit", self._next_of(Phase.RESERVE, Phase.RECORD))
        event.listen(Engine, "checkin", self._next_of(Phase.RESERVE_COMMIT, Phase.RECORD_COMMIT))
        sys.addaudithook(self._audited)

    def _go(self, phase: Phase) -> None:
        self._at = phase
        self._mark(phase)

    def _statement(self, _connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        table = text.split(maxsplit=3)[2] if text.startswith("INSERT INTO") else ""
        if table in {"reservation", "status_list"} or text.startswith("UPDATE status_list"):
            self._go(Phase.RESERVE)
        elif table or text.startswith("UPDATE"):
            self._go(Phase.RECORD)

    def _next_of(self, *phases: Phase) -> Callable[..., None]:
        def go_on(*_: Any) -> None:
            if self._at in phases:
                self._go(Phase(self._at + 1))

        return go_on

    def _audited(self, name: str, _arguments: Any) -> None:
        if name == "tempfile.mkstemp" and self._at is Phase.SEAL:
            self._mark(Phase.FILE)


def nursery() -> None:
    """Fork a writer for every `start ORDER`, answer with its process id; `wait PID` gives its end."""
    for name in _LOADED_LATE:
        importlib.import_module(name)
    for line in sys.stdin:
        command, _, rest = line.partition(" ")
        if command == "wait":
            _, status = os.waitpid(int(rest), 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        child = os.fork()
        if child:
            print(child, flush=True)
            continue
        try:
            write(Order.read(rest))
        except BaseException as error:  # noqa: BLE001 — whatever it is, the parent asks for it
            sys.stderr.write(f"{getattr(error, 'code', repr(error))}\n")
            sys.stderr.flush()
            os._exit(_GONE)
        os._exit(0)


if __name__ == "__main__":
    nursery()

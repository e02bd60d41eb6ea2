"""What was published against the repository: nobody outside may have seen what is not on record here."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from license_lib.errors import MachineError
from license_lib.fsck.findings import FsckFinding, found
from license_lib.lifecycle import state_at
from license_lib.log.checkpoints import Checkpoint, LogPolicy, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.repository.database import Database
from license_lib.repository.events import events_of
from license_lib.repository.faults import os_fault
from license_lib.repository.statuses import StatusRecords
from license_lib.repository.tables import LICENSE
from license_lib.status import Status, StatusRef, status_of
from license_lib.status.errors import StatusListError
from license_lib.status.tokens import StatusToken, open_token

CHECKPOINT: Final = "log/checkpoint"
_FORMS: Final = ("", ".jwt")
_WHATEVER_AGE: Final = timedelta(days=36500)
_ABOUT_THEN: Final = (timedelta(0), timedelta(seconds=1), timedelta(minutes=1))
"""A list bears whole seconds, and its publisher reads the database a moment later."""


@dataclass(frozen=True, slots=True)
class Published:
    """The folder that is published, and who may have signed what is in it.

    Args:
        folder: holds `log/checkpoint` and `status/N`; need not exist.
        policy: the log's own key; None if there is none yet.
        signers: DER certificates of who signs status lists.
        base_url: public address of the authority.
    """

    folder: Path
    policy: LogPolicy | None
    signers: Collection[bytes]
    base_url: str

    def checkpoint(self) -> Checkpoint | FsckFinding | None:
        """What was said of the log last; None if nothing was.

        Raises:
            MachineError: `storage.…`.
        """
        data = _read(self.folder / CHECKPOINT)
        if data is None:
            return None
        if self.policy is None:
            return found("fsck.published-unreadable", path=CHECKPOINT, problem="there is no log key to check it with")
        try:
            return open_checkpoint(data, self.policy).checkpoint
        except LogError as error:
            return found("fsck.published-unreadable", path=CHECKPOINT, problem=error.message)

    def check_lists(self, database: Database, now: datetime) -> Iterator[FsckFinding]:
        """Compare every published status list with what the database says of its moment."""
        for number in StatusRecords(database).lists():
            for form in _FORMS:
                name = f"{number}{form}"
                data = _read(self.folder / "status" / name)
                if data is not None:
                    yield from self._check_list(database, number, name, data, now)

    def _check_list(
        self, database: Database, number: int, name: str, data: bytes, now: datetime
    ) -> Iterator[FsckFinding]:
        uri = StatusRef(number, 0).uri(self.base_url)
        try:
            token = open_token(data, uri=uri, signers=self.signers, now=now, max_staleness=_WHATEVER_AGE)
        except StatusListError as error:
            if error.code == "status.list-stale":
                yield found("fsck.list-stale", list=name)
            else:
                yield found("fsck.published-unreadable", path=f"status/{name}", problem=error.message)
            return
        wrong = [index for index in _differing(database, number, token) if not _was_so(database, number, index, token)]
        if wrong:
            yield found("fsck.list-differs", list=name, count=len(wrong), index=wrong[0])


def compare_checkpoint(said: Checkpoint, *, size: int, root: bytes | None) -> Iterator[FsckFinding]:
    """Compare the published head with the log.

    Args:
        size: of the log. root: of as much of it as was published; None if that much is not there.
    """
    if said.size > size:
        yield found("fsck.published-ahead", published=said.size, size=size)
    elif root != said.root:
        yield found("fsck.published-differs", published=said.size)


def _differing(database: Database, number: int, token: StatusToken) -> list[int]:
    """Entries that are not what we know today of that moment; what was learnt since explains some of them."""
    today = StatusRecords(database).at(number, token.issued_at)
    bits = token.bits
    changed = {index for index, byte in enumerate(bits.packed) if byte}
    width = 8 // bits.bits
    published = {
        index: bits[index] for start in changed for index in range(start * width, (start + 1) * width) if bits[index]
    }
    return sorted(
        index for index in today.keys() | published.keys() if today.get(index, Status.VALID) != published.get(index, 0)
    )


def _was_so(database: Database, number: int, index: int, token: StatusToken) -> bool:
    """Whether an entry is what was known when the list was made."""

    def work(connection: Connection) -> bool:
        query = select(LICENSE.c.identifier).where(LICENSE.c.status_list == number, LICENSE.c.status_index == index)
        identifier = connection.execute(query).scalar()
        if identifier is None:
            return False
        events = events_of(connection, identifier)
        moments = [token.issued_at + delay for delay in _ABOUT_THEN]
        return any(
            status_of(state_at(events, at, known_at=known)) == token.bits[index] for at in moments for known in moments
        )

    return database.read(work)


def _read(path: Path) -> bytes | None:
    fault: MachineError
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        fault = os_fault(error)
    raise fault

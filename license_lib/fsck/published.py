"""What was published against the repository: nobody outside may have seen what is not on record here."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from license_lib.fsck.findings import FsckFinding, found
from license_lib.fsck.published_log import PublishedLog, read_file
from license_lib.lifecycle import state_at
from license_lib.log.checkpoints import LogPolicy
from license_lib.repository.database import Database
from license_lib.repository.events import events_of
from license_lib.repository.statuses import StatusRecords
from license_lib.repository.tables import LICENSE
from license_lib.status import Status, StatusRef, status_of
from license_lib.status.errors import StatusListError
from license_lib.status.tokens import StatusToken, open_token

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

    @property
    def log(self) -> PublishedLog:
        """The log in it."""
        return PublishedLog(self.folder, self.policy)

    def check_lists(self, database: Database, now: datetime, *, logged: int, sound: bool) -> Iterator[FsckFinding]:
        """Compare every published status list with what the database says of its moment.

        Args:
            logged: entries of the log that are published; lists are written after them.
            sound: log and events are whole and as they were published, so that it is the list that is wrong.
        """
        numbers = StatusRecords(database).lists()
        for number in numbers:
            for name in (f"{number}{form}" for form in _FORMS):
                data = read_file(self.folder / "status" / name)
                if data is not None:
                    yield from self._check_list(database, name, data, now, number=number, sound=sound)
                elif database.read(partial(_is_told, number=number, logged=logged)):
                    yield found("fsck.list-missing", list=name)
        yield from (found("fsck.list-unknown", list=number) for number in sorted(self._numbers() - set(numbers)))

    def _numbers(self) -> set[int]:
        """Of the status lists that are there."""
        folder = self.folder / "status"
        stems = (path.name.removesuffix(_FORMS[1]) for path in folder.glob("*"))
        return {int(stem) for stem in stems if stem.isascii() and stem.isdecimal()}

    def _check_list(
        self, database: Database, name: str, data: bytes, now: datetime, *, number: int, sound: bool
    ) -> Iterator[FsckFinding]:
        uri = StatusRef(number, 0).uri(self.base_url)
        try:
            token = open_token(data, uri=uri, signers=self.signers, now=now, max_staleness=_WHATEVER_AGE)
        except StatusListError as error:
            if error.code == "status.list-stale":
                yield found("fsck.list-stale", list=name)
            else:
                yield found("fsck.list-unreadable", list=name, problem=error.message)
            return
        wrong = [index for index in _differing(database, number, token) if not _was_so(database, number, index, token)]
        if wrong:
            code = "fsck.list-differs" if sound else "fsck.list-contradicts"
            yield found(code, list=name, count=len(wrong), index=wrong[0])


def _is_told(connection: Connection, *, number: int, logged: int) -> bool:
    """Whether a published part of the log has a licence of this list."""
    query = select(LICENSE.c.position).where(LICENSE.c.status_list == number, LICENSE.c.position <= logged)
    return connection.execute(query.limit(1)).first() is not None


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

"""One round of publishing: new files of the log, its head, status lists, the bundle, a time-stamp; in this order.

Whoever sees a head finds all files that it stands for, and whoever sees a status list finds in the log published by
then why it says so: states are looked up first, then the end of the log.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from license_lib.errors import LicenseError, MachineError
from license_lib.log.checkpoints import Checkpoint, LogPolicy, SignedCheckpoint, sign_checkpoint
from license_lib.log.merkle import Frontier
from license_lib.log.proving import root_at
from license_lib.log.tiles import new_files, require_whole
from license_lib.publishing.bundles import Bundles
from license_lib.publishing.folder import CHECKPOINT, LOG, TIMESTAMP, WITNESSED, PublicFolder, published_checkpoint
from license_lib.publishing.status_lists import StatusLists
from license_lib.repository.repository import Repository
from signing.cms_reader import UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError
from signing.errors import SigningError
from signing.notes import Note, NoteKey, NoteSigner
from signing.timestamps import Timestamper
from signing.validation.time_stamps import imprint_problem


@dataclass(frozen=True, slots=True)
class Published:
    """What a round did.

    Attributes:
        size: entries of the log that are public now. added: how many of them are new.
        lists: numbers of the status lists that were signed anew.
        stamped: whether the head got a time-stamp in this round.
        warning: why it has none: that stops nothing, and is tried again.
        until: when there is something to do, if nothing is recorded before; None if never.
        bundle: number of the bundle that was made; None if none was.
        unbundled: why it was not, though there is a trust list: that stops nothing, and is tried again.
    """

    size: int
    added: int
    lists: tuple[int, ...]
    stamped: bool
    warning: LicenseError | None
    until: datetime | None
    bundle: int | None = None
    unbundled: LicenseError | None = None

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.added or self.lists or self.stamped or self.bundle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes what a repository says.

    Args:
        lists: the status lists. bundles: which are made of them.
        signer: gives the log's key.
        timestamper: gives a time-stamp authority; its errors are warnings. None: heads are not time-stamped.
        nonce: a fresh number for each time-stamp.
        clock: the time, aware.
    """

    repository: Repository
    folder: PublicFolder
    lists: StatusLists
    bundles: Bundles
    signer: Callable[[], NoteSigner]
    timestamper: Callable[[], Timestamper] | None
    nonce: Callable[[], int]
    clock: Callable[[], datetime]

    def publish(self, *, again: bool = False) -> Published:
        """Publish what is new; nothing, if nothing is.

        Args:
            again: write the log's files and the status lists that are there, too: somebody damaged or removed some.

        Raises:
            MachineError: `publishing.rolled-back`, `publishing.checkpoint`, `publishing.clock-behind`, and nothing was
                written; `publishing.folder`; `storage.…`, `storage.corrupt` for a log that is not whole; `key.…`.
        """
        with self.folder.alone():
            due = self.lists.due(self.clock(), again=again)
            head, signer = self.repository.log.head(), self.signer()
            old = published_checkpoint(self.folder, LogPolicy(signer.name, signer.key()))
            if old is not None:
                self._require_continuation(old.checkpoint, head)
            if again:
                self._write_again(old, head)
            note = old.note if old and old.checkpoint.size == head.size else self._publish_log(old, head, signer)
            for name, data in due.files:
                self.folder.write(name, data)
            bundle, unbundled = self._bundle(again=again)
            stamped, warning = self._stamp(stamped_bytes(note, signer.key()))
        added = head.size - (old.checkpoint.size if old else 0)
        return Published(head.size, added, due.numbers, stamped, warning, due.until, bundle, unbundled)

    def log_size(self) -> int:
        """Entries in the log now, public or not: a look that costs little."""
        return self.repository.log.head().size

    def _require_continuation(self, old: Checkpoint, head: Frontier) -> None:
        if old.size > head.size or root_at(old.size, self.repository.log) != old.root:
            raise MachineError(
                "publishing.rolled-back",
                f"The log in the database does not continue the {old.size} entries that were published",
                hint="somebody restored an old database or changed it: keep all as it is, see docs/log.md",
            )

    def _write_again(self, old: SignedCheckpoint | None, head: Frontier) -> None:
        """The files that are public by now, once every leaf and hash was seen to be what the end of the log says."""
        require_whole(head, self.repository.log, self.repository.log)
        size = old.checkpoint.size if old else 0
        for name, data in new_files(0, size, self.repository.log, self.repository.log):
            self.folder.write(f"{LOG}/{name}", data)

    def _publish_log(self, old: SignedCheckpoint | None, head: Frontier, signer: NoteSigner) -> Note:
        if old and len(old.note.signatures) > 1:  # what witnesses signed is not thrown away with the head
            self.folder.write(WITNESSED, old.note.encoded())
        start = old.checkpoint.size if old else 0
        for name, data in new_files(start, head.size, self.repository.log, self.repository.log):
            self.folder.write(f"{LOG}/{name}", data)
        note = sign_checkpoint(Checkpoint(signer.name, head.size, head.root()), signer)
        self.folder.write(CHECKPOINT, note.encoded())
        return note

    def _bundle(self, *, again: bool) -> tuple[int | None, LicenseError | None]:
        """Make the next bundle, if there is something new to put into it."""
        try:
            made = self.bundles.publish(self.clock(), again=again)
        except MachineError as error:
            return None, error
        return made.signed.manifest.sequence if made else None, None

    def _stamp(self, data: bytes) -> tuple[bool, LicenseError | None]:
        """Have the head time-stamped, unless it is."""
        if self.timestamper is None or is_stamped(self.folder.read(TIMESTAMP), data):
            return False, None
        try:
            token = self.timestamper().timestamp(hashlib.sha256(data).digest(), self.nonce())
        except SigningError as error:
            return False, MachineError(error.code, error.message, hint=error.hint)
        except MachineError as error:  # the authority cannot even be set up
            return False, error
        self.folder.write(TIMESTAMP, token)
        return True, None


def stamped_bytes(note: Note, key: NoteKey) -> bytes:
    """What the time-stamp of a head is over: the note with the log's signature alone, whoever else signed it later."""
    own = tuple(line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id))
    return Note(note.text, own).encoded()


def is_stamped(token: bytes | None, data: bytes) -> bool:
    """Whether a time-stamp token is over these bytes, whoever gave it."""
    if token is None:
        return False
    try:
        return not imprint_problem(read_signed_data(token), data)
    except (DerError, UnacceptableAlgorithmError):
        return False

"""The lists that were accepted, below `<home>/trust/`: all are kept, and the newest of each is current.

    trust/<list id>/<sequence, 16 digits>-<SHA-256>.jws

A list is accepted if a certificate signed it that the list before names: that list's own signer, or one that it
announced. The first is accepted on the word of whoever sets up the store, who names the signer. Nothing is overwritten,
so a crash leaves the list before.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from license_lib.errors import MachineError
from license_lib.trust_list.snapshots import Snapshot, TrustListError, open_list
from license_lib.whole_files import write_whole
from signing.clocks import CLOCK_TOLERANCE

_NAME: Final = re.compile(r"([0-9]{16})-([0-9a-f]{64})\.jws")


class ListStore:
    """Accepted lists in a folder; it need not exist until one is accepted.

    Args:
        folder: `<home>/trust`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self, list_id: str) -> Snapshot | None:
        """The newest accepted list of this id, or None.

        Raises:
            MachineError: `trust.store`: it cannot be read, or is not what its name says.
        """
        names = sorted(path.name for path in self._paths(list_id))
        return self._read(self._folder / list_id / names[-1]) if names else None

    def all_current(self) -> tuple[Snapshot, ...]:
        """The newest accepted list of every id.

        Raises:
            MachineError: `trust.store`.
        """
        try:
            ids = sorted(path.name for path in self._folder.iterdir() if path.is_dir())
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _unusable(f"cannot be read: {error.strerror}") from None
        return tuple(found for list_id in ids if (found := self.current(list_id)) is not None)

    def recognise(self, snapshot: Snapshot, *, signer: bytes | None = None) -> None:
        """Refuse a list by somebody who may not sign it, or older than one that was accepted.

        Args:
            signer: DER certificate that the operator names: who signs the first list, or takes over after a loss.

        Raises:
            TrustListError: `trust.unpinned`, `trust.signer`, `trust.rollback`.
            MachineError: `trust.store`.
        """
        current = self.current(snapshot.list.list_id)
        allowed = {signer} if signer is not None else set[bytes]()
        if signer is None and current is not None:
            allowed = {current.signer, *current.list.next_signers}
        if not allowed:
            hint = "name the certificate of its signer once, with --signer; get it by another way than the list"
            raise TrustListError("trust.unpinned", "nothing is known of who may sign this list", hint=hint)
        if snapshot.signer not in allowed:
            hint = "ask who publishes it; never name a new signer because a list asks for it"
            raise TrustListError("trust.signer", "the list is signed by somebody else than may sign it", hint=hint)
        if current is not None:
            _refuse_rollback(snapshot, current)

    def judge(self, document: bytes, *, now: datetime, signer: bytes | None = None) -> Snapshot:
        """Would this list be accepted?

        Raises:
            TrustListError: as `open_list` and `recognise`; `trust.future`, `trust.stale`.
            MachineError: `trust.store`.
        """
        snapshot = open_list(document)
        self.recognise(snapshot, signer=signer)
        if snapshot.list.issued_at > now + CLOCK_TOLERANCE:
            raise TrustListError("trust.future", "the list was issued in the future", hint="check the clock")
        if now > snapshot.list.next_update:
            hint = "fetch it again: somebody may be keeping the newer one from you"
            raise TrustListError("trust.stale", f"the list was good until {snapshot.list.next_update}", hint=hint)
        return snapshot

    def accept(self, document: bytes, *, now: datetime, signer: bytes | None = None) -> Snapshot:
        """Judge a list and make it current. The same list again changes nothing.

        Raises:
            TrustListError: as `judge`; the list before stays current.
            MachineError: `trust.store`.
        """
        with self._alone():
            snapshot = self.judge(document, now=now, signer=signer)
            name = f"{snapshot.list.sequence:016}-{snapshot.sha256}.jws"
            try:
                folder = self._folder / snapshot.list.list_id
                folder.mkdir(exist_ok=True)
                write_whole(folder / name, document)
            except OSError as error:
                raise _unusable(f"cannot be written: {error.strerror}") from None
        return snapshot

    def _paths(self, list_id: str) -> list[Path]:
        try:
            return [path for path in (self._folder / list_id).iterdir() if _NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(f"cannot be read: {error.strerror}") from None

    def _read(self, path: Path) -> Snapshot:
        try:
            document = path.read_bytes()
            snapshot = open_list(document)
        except OSError as error:
            raise _unusable(f"{path.name} cannot be read: {error.strerror}") from None
        except TrustListError as error:
            raise _unusable(f"{path.name} is damaged: {error.message}") from None
        if path.name != f"{snapshot.list.sequence:016}-{hashlib.sha256(document).hexdigest()}.jws":
            raise _unusable(f"{path.name} is not what its name says")
        return snapshot

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time: two that accept at once must each see what the other did."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise _unusable(f"cannot be written: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _refuse_rollback(snapshot: Snapshot, current: Snapshot) -> None:
    new, old = snapshot.list, current.list
    if new.sequence < old.sequence:
        problem = f"the list has number {new.sequence}; number {old.sequence} was accepted before"
    elif new.sequence == old.sequence and snapshot.sha256 != current.sha256:
        problem = f"the list has number {new.sequence}, as another one that was accepted before"
    elif new.issued_at < old.issued_at:
        problem = "the list was issued before the one that was accepted before"
    else:
        return
    raise TrustListError("trust.rollback", problem, hint="ask who publishes it")


def _unusable(problem: str) -> MachineError:
    return MachineError("trust.store", f"the accepted trust lists: {problem}", hint="restore the folder from a backup")

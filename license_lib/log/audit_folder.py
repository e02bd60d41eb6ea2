"""What an auditor keeps from one day to the next, so that a daily audit reads only what is new.

    <folder>/entries       all entries that were read, each after its length of two bytes
    <folder>/checkpoint    the last head that was believed

Entries are written before the head that stands for them. After a crash there may be more of them than the head says;
an entry that was cut off is read again.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from license_lib.log.audit import Audit, audit
from license_lib.log.checkpoints import LogPolicy, open_checkpoint
from license_lib.log.findings import LogError, LogFinding
from license_lib.log.ledger import Ledger
from license_lib.log.locking import alone, keep, kept, refused, unusable
from license_lib.log.tiles import Fetch, bundled

_ENTRIES: Final = "entries"
_CHECKPOINT: Final = "checkpoint"
_LENGTH_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found, and all that the log says as far as it can be believed."""

    result: Audit
    ledger: Ledger


class AuditFolder:
    """An auditor's folder for one log; it need not exist before the first audit.

    Args:
        folder: where.
        policy: which log, and which witnesses must have signed its heads.
    """

    def __init__(self, folder: Path, policy: LogPolicy) -> None:
        self._folder, self._policy = folder, policy

    def run(self, fetch: Fetch, *, known: Iterable[bytes] = ()) -> Audited:
        """Audit what is new, and keep it.

        Args:
            fetch: gives the log's published files.
            known: signed checkpoints that were got elsewhere before this audit began.

        Returns:
            Findings as `audit` has them. What is wrong with an entry is found again in every audit.

        Raises:
            MachineError: `log.folder`.
        """
        with alone(self._folder, "audit"):
            ledger, earlier, length = self._read()
            own = self._last(ledger)
            with _EntryFile(self._folder / _ENTRIES, length) as entries:
                known = [*filter(None, [own]), *known]
                result = audit(fetch, self._policy, ledger=ledger, known=known, taken=entries.append)
                entries.sync()
            if result.complete and result.signed is not None:
                keep(self._folder / _CHECKPOINT, result.signed.note.encoded())
        return Audited(replace(result, findings=(*earlier, *result.findings)), ledger)

    def _read(self) -> tuple[Ledger, list[LogFinding], int]:
        """The ledger of all entries that are whole, what is wrong with them, and how many bytes they take."""
        ledger, findings, at = Ledger(), list[LogFinding](), 0
        data = kept(self._folder / _ENTRIES) or b""
        while at + _LENGTH_BYTES <= len(data):
            end = at + _LENGTH_BYTES + int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
            if end > len(data):
                break
            findings.extend(ledger.take(data[at + _LENGTH_BYTES : end]))
            at = end
        return ledger, findings, at

    def _last(self, ledger: Ledger) -> bytes | None:
        """The last head that was believed, if any. The entries must be those that it stands for."""
        data = kept(self._folder / _CHECKPOINT)
        if data is None:
            return None
        try:
            head = open_checkpoint(data, LogPolicy(self._policy.origin, self._policy.key)).checkpoint
        except LogError:
            raise unusable("holds a checkpoint that the log did not sign") from None
        frontier = ledger.frontier
        if frontier.size < head.size or (frontier.size == head.size and frontier.root() != head.root):
            raise unusable("does not hold the entries that its checkpoint stands for")
        return data


class _EntryFile:
    """Entries at the end of a file; every refusal of the system is `log.folder`."""

    def __init__(self, path: Path, length: int) -> None:
        try:
            self._stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
            self._stream.truncate(length)
            self._stream.seek(length)
        except OSError as error:
            raise refused(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stream.close()
        except OSError as error:
            raise refused(error) from None

    def append(self, entry: bytes) -> None:
        try:
            self._stream.write(bundled([entry]))
        except OSError as error:
            raise refused(error) from None

    def sync(self) -> None:
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise refused(error) from None

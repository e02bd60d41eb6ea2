"""The heads of the log that are published: their proofs for single licences, and what witnesses add to them."""

from dataclasses import dataclass, replace
from typing import Final

from license_lib.errors import InputError, MachineError
from license_lib.log.checkpoints import LogPolicy, SignedCheckpoint, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.log.proofs import LogProof, check_proof, prove
from license_lib.log.proving import root_at
from license_lib.publishing.folder import CHECKPOINT, WITNESSED, PublicFolder, published_checkpoint
from license_lib.repository.repository import Repository
from signing.notes import Note, NoteError, parse_note

_LINE: Final = "— ".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The published heads of our own log.

    Args:
        policy: our log and its witnesses.
    """

    folder: PublicFolder
    policy: LogPolicy

    def newest(self) -> SignedCheckpoint | None:
        """The newest head, whoever witnessed it; None if nothing was published.

        Raises:
            MachineError: `publishing.checkpoint`, `publishing.folder`.
        """
        return published_checkpoint(self.folder, replace(self.policy, quorum=0))

    def witnessed(self) -> SignedCheckpoint | None:
        """The newest head that enough witnesses signed; where none are asked for, the newest. None if there is none.

        Raises:
            MachineError: `publishing.folder`.
        """
        for name in (CHECKPOINT, WITNESSED):
            data = self.folder.read(name)
            try:
                if data is not None:
                    return open_checkpoint(data, self.policy)
            except LogError:
                continue
        return None

    def prove(self, repository: Repository, identifier: str) -> LogProof:
        """The proof that a licence's issue is in the log; its `extra` is the entry.

        Raises:
            InputError: `license.unknown`; `log.not-published`, `log.unwitnessed`: the newest head, or the newest that
                was witnessed, does not have it yet.
            MachineError: `publishing.…`, `storage.…`.
        """
        stored = repository.by_identifier(identifier)
        if stored is None:
            raise InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")
        index, newest = stored.position - 1, self.newest()
        if newest is None or newest.checkpoint.size <= index:
            raise InputError(
                "log.not-published", "this licence is not in a published checkpoint yet", hint="run: license publish"
            )
        signed = self.witnessed()
        if signed is None or signed.checkpoint.size <= index:
            raise LogError("log.unwitnessed", count=len(newest.witnessed), quorum=self.policy.quorum)
        entry = repository.log.leaf(index)
        proof = replace(prove(index, signed, repository.log), extra=entry)
        try:
            check_proof(proof.encoded(), entry, self.policy)
        except LogError:
            raise MachineError(
                "publishing.rolled-back",
                "The database does not hold the log that was published",
                hint="keep all as it is, see docs/log.md",
            ) from None
        return proof

    def take(self, repository: Repository, data: bytes) -> tuple[str, ...]:
        """Take in what witnesses signed: a whole checkpoint with their lines, or lines for the newest one.

        A head before the newest is kept beside it, if no newer one was witnessed: a busy log goes on while they look.

        Returns:
            The names of the witnesses.

        Raises:
            InputError: `log.cosignature`: no line by a known witness, or of another head than ours.
            MachineError: `publishing.…`, `storage.…`.
        """
        with self.folder.alone():
            newest = self.newest()
            if newest is None:
                raise InputError("log.not-published", "no checkpoint was published yet", hint="run: license publish")
            signed = self._signed(newest, data)
            head = signed.checkpoint
            if head.size > newest.checkpoint.size or root_at(head.size, repository.log) != head.root:
                raise _refused("it is a checkpoint that this log never published")
            if head == newest.checkpoint:
                note = newest.note.with_signatures(*signed.note.signatures)
                self.folder.write(CHECKPOINT, note.encoded())
            else:
                self._keep_witnessed(signed)
        return tuple(dict.fromkeys(line.key.name for line in signed.witnessed))

    def _keep_witnessed(self, signed: SignedCheckpoint) -> None:
        note, before = signed.note, self.folder.read(WITNESSED)
        if before is not None:
            kept = open_checkpoint(before, replace(self.policy, quorum=0))
            if kept.checkpoint.size > signed.checkpoint.size:
                return
            if kept.checkpoint == signed.checkpoint:
                note = kept.note.with_signatures(*note.signatures)
        self.folder.write(WITNESSED, note.encoded())

    def _signed(self, newest: SignedCheckpoint, data: bytes) -> SignedCheckpoint:
        """What was handed in, with our own line and those of witnesses that we know; the others' are left out."""
        try:
            note = parse_note((newest.note.text + "\n").encode() + data if data.startswith(_LINE) else data)
            known = {(key.name, key.key_id) for key in self.policy.witnesses}
            lines = tuple(line for line in note.signatures if (line.name, line.key_id) in known)
            own = newest.note.signatures if note.text == newest.note.text else note.signatures
            ours = tuple(
                line for line in own if (line.name, line.key_id) == (self.policy.key.name, self.policy.key.key_id)
            )
            signed = open_checkpoint(Note(note.text, (*ours, *lines)).encoded(), replace(self.policy, quorum=0))
        except (LogError, NoteError) as error:
            raise _refused(error.message) from None
        if not signed.witnessed:
            raise _refused("no known witness signed it: their keys stand in license.toml")
        return signed


def _refused(problem: str) -> InputError:
    return InputError("log.cosignature", f"the cosignature is not taken in: {problem}")

"""A witness 见证方: it signs only heads of a log that continue what it signed before (C2SP tlog-witness).

Whoever is shown a head with enough cosignatures knows that the log shows the same to everybody.
"""

import hashlib
from pathlib import Path

from license_lib.log.checkpoints import Checkpoint, LogPolicy, SignedCheckpoint, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.log.locking import alone, keep, kept, unusable
from license_lib.log.merkle import verify_consistency
from license_lib.log.proving import consistency_proof
from license_lib.log.tiles import Fetch, TileReader
from signing.notes import NoteKey, NoteSignature, NoteSigner, SignatureKind


class Witness:
    """A witness of one log. Several processes may share its folder, and so may witnesses of several logs.

        <folder>/<SHA-256 of the origin>.checkpoint      the last head that was signed, by which the next is judged
        <folder>/<SHA-256 of the origin>.fork-<digest>   a head that contradicts it: evidence, signed by the log

    Args:
        folder: where it keeps what it signed. A witness that loses it would sign a fork.
        signer: its name and key.
        origin: of the log.
        key: of the log.

    Raises:
        ValueError: the witness has the log's own key.
    """

    def __init__(self, folder: Path, signer: NoteSigner, *, origin: str, key: NoteKey) -> None:
        self._folder, self._signer = folder, signer
        self._policy = LogPolicy(origin, key, (signer.key(SignatureKind.COSIGNATURE),))
        self._name = hashlib.sha256(origin.encode()).hexdigest()

    def cosign(self, data: bytes, *, fetch: Fetch, time: int) -> NoteSignature:
        """Check that a head continues the last one, keep it, and sign it. The first that is seen is believed.

        Args:
            data: the log's signed checkpoint.
            fetch: gives the log's published files.
            time: seconds since 1970.

        Returns:
            The cosignature, for whoever adds it to the checkpoint.

        Raises:
            LogError: `log.malformed`, `log.signature`; `log.rolled-back`, `log.forked`; `log.missing`, `log.altered`
                if the published files do not show what the head says.
            MachineError: `log.folder`.
        """
        signed = open_checkpoint(data, self._policy)
        with alone(self._folder, self._name):
            last = self._last()
            if last is not None:
                self._require_continuation(last.checkpoint, signed, fetch)
            line = self._signer.cosign(signed.note.text, time=time)
            # Kept before it is handed out: a crash between the two loses a signature, never the memory of one.
            keep(self._path("checkpoint"), signed.note.encoded())
        return line

    def last(self) -> SignedCheckpoint | None:
        """The last head that was signed.

        Raises:
            MachineError: `log.folder`.
        """
        with alone(self._folder, self._name):
            return self._last()

    def _last(self) -> SignedCheckpoint | None:
        data = kept(self._path("checkpoint"))
        if data is None:
            return None
        try:
            return open_checkpoint(data, self._policy)
        except LogError:
            raise unusable("holds a checkpoint that the log did not sign") from None

    def _require_continuation(self, last: Checkpoint, signed: SignedCheckpoint, fetch: Fetch) -> None:
        head = signed.checkpoint
        if head.size < last.size:
            raise LogError("log.rolled-back", seen=last.size, size=head.size)
        if head.size == last.size:
            continued = head.root == last.root
        else:
            proof = consistency_proof(last.size, head.size, TileReader(fetch, head.size, head.root))
            continued = verify_consistency(last.size, head.size, proof, last.root, head.root)
        if not continued:
            note = signed.note.encoded()
            keep(self._path(f"fork-{hashlib.sha256(note).hexdigest()[:16]}"), note)
            raise LogError("log.forked", seen=last.size)

    def _path(self, kind: str) -> Path:
        return self._folder / f"{self._name}.{kind}"

"""Proofs that travel with a document: this entry is in the log, and witnesses saw it (C2SP tlog-proof).

Who has the log's public key, and the names of witnesses to believe, needs no network to check one.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from license_lib.log.checkpoints import (
    LogPolicy,
    SignedCheckpoint,
    decoded_hashes,
    encoded_hash,
    open_checkpoint,
    parsed_size,
)
from license_lib.log.findings import LogError
from license_lib.log.merkle import leaf_hash, verify_inclusion
from license_lib.log.proving import HashSource, inclusion_proof
from signing.notes import MAX_NOTE_BYTES

SUFFIX: Final = ".tlog-proof"
"""Of a file that holds a proof."""
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + 64 * 1024
_HEADER: Final = "c2sp.org/tlog-proof@v1"
_MAX_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """A proof as it is written down; nothing in it is checked.

    Attributes:
        index: place of the entry.
        hashes: from the entry's sibling up.
        checkpoint: the signed note.
        extra: what an application adds; nobody vouches for it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def encoded(self) -> bytes:
        """The proof as a file."""
        extra = [f"extra {base64.b64encode(self.extra).decode('ascii')}"] if self.extra else []
        lines = [_HEADER, *extra, f"index {self.index}", *map(encoded_hash, self.hashes), "", ""]
        return "\n".join(lines).encode("ascii") + self.checkpoint

    @staticmethod
    def parse(data: bytes) -> "LogProof":
        """Read a proof strictly.

        Raises:
            LogError: `log.malformed`.
        """
        if len(data) > MAX_PROOF_BYTES:
            raise _malformed(f"larger than {MAX_PROOF_BYTES // 1024} KiB")
        head, _, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise _malformed("not ASCII above the checkpoint") from None
        extra = lines.pop(1)[len("extra ") :] if len(lines) > 1 and lines[1].startswith("extra ") else None
        match lines:
            case [header, index, *rest] if header == _HEADER and index.startswith("index "):
                place, hashes = parsed_size(index[len("index ") :]), decoded_hashes(rest)
            case _:
                raise _malformed("no header, or no index")
        if place is None or hashes is None or len(hashes) > _MAX_HASHES or not checkpoint:
            raise _malformed("no index, hashes and checkpoint")
        return LogProof(place, hashes, checkpoint, b"" if extra is None else _extra(extra))


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry that is in the log: at which place, and under which checkpoint."""

    index: int
    signed: SignedCheckpoint


def prove(index: int, signed: SignedCheckpoint, source: HashSource) -> LogProof:
    """Make the proof of an entry under a checkpoint.

    Raises:
        ValueError: the checkpoint's log has no such entry.
    """
    hashes = inclusion_proof(index, signed.checkpoint.size, source)
    return LogProof(index, hashes, signed.note.encoded())


def check_proof(data: bytes, entry: bytes, policy: LogPolicy) -> Proven:
    """Is this entry in the log? Needs nothing but the proof and the policy.

    Args:
        data: the proof's file.
        entry: what the leaf says.
        policy: which log and which witnesses are believed.

    Raises:
        LogError: `log.malformed`, `log.signature`, `log.unwitnessed`, `log.not-included`.
    """
    proof = LogProof.parse(data)
    signed = open_checkpoint(proof.checkpoint, policy)
    head = signed.checkpoint
    if not verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.hashes, head.root):
        raise LogError("log.not-included")
    return Proven(proof.index, signed)


def _extra(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode("ascii") != text:
        raise _malformed("extra data that is no base64")
    return data


def _malformed(problem: str) -> LogError:
    return LogError("log.malformed", what=SUFFIX, problem=problem)

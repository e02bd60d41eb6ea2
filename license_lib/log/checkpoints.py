"""Checkpoints 检查点: the log's size and root, signed by the log and by witnesses (C2SP tlog-checkpoint)."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from license_lib.log.findings import LogError
from license_lib.log.merkle import EMPTY_ROOT, HASH_BYTES
from signing.notes import Note, NoteError, NoteKey, NoteSigner, SignatureKind, Verified, parse_note, verify_note

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_LAST_SIZE: Final = 2**63 - 1
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself.

    Attributes:
        origin: which log.
        size: number of entries.
        root: of the tree over them.
        extensions: further lines, which nobody but the log vouches for.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """What is signed."""
        return "\n".join((self.origin, str(self.size), encoded_hash(self.root), *self.extensions, ""))

    @staticmethod
    def parse(text: str) -> "Checkpoint":
        """Read a checkpoint strictly.

        Raises:
            LogError: `log.malformed`.
        """
        lines = text.split("\n")
        if len(lines) <= _LINES or lines[-1] or not all(lines[:-1]):
            raise _malformed("not three lines or more, none of them empty")
        root = decoded_hash(lines[2])
        size = parsed_size(lines[1])
        if size is None or root is None:
            raise _malformed("no size, or no root")
        if size == 0 and root != EMPTY_ROOT:
            raise _malformed("a root of no entries")
        return Checkpoint(lines[0], size, root, tuple(lines[_LINES:-1]))


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """Which log is trusted, and how many of which witnesses must have seen what it shows.

    Attributes:
        origin: of the log.
        key: of the log.
        witnesses: those that count.
        quorum: how many of them must have cosigned.
    """

    origin: str
    key: NoteKey
    witnesses: tuple[NoteKey, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        """Refuse what could never be met, or would count one key twice.

        Raises:
            ValueError: keys of the wrong kind, one key in two places, more wanted than there are.
        """
        if self.key.kind is not SignatureKind.ED25519:
            raise ValueError("a log signs with a key of kind 1")
        if any(key.kind is not SignatureKind.COSIGNATURE for key in self.witnesses):
            raise ValueError("a witness signs with a key of kind 4")
        if len({key.public_key for key in (self.key, *self.witnesses)}) <= len(self.witnesses):
            raise ValueError("one key stands for two")
        if not 0 <= self.quorum <= len(self.witnesses):
            raise ValueError("more witnesses are wanted than there are")

    @staticmethod
    def of(key: str, witnesses: Iterable[str] = (), quorum: int = 0) -> "LogPolicy":
        """The policy of verifier keys as they are written in a trust list; the log's key bears its origin.

        Raises:
            NoteError: `note.key`.
            ValueError: as the constructor.
        """
        log = NoteKey.parse(key)
        return LogPolicy(log.name, log, tuple(map(NoteKey.parse, witnesses)), quorum)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose signatures hold.

    Attributes:
        checkpoint: what it says.
        note: as it was signed, with all its lines.
        witnessed: the cosignatures of the policy's witnesses.
    """

    checkpoint: Checkpoint
    note: Note
    witnessed: tuple[Verified, ...]


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> Note:
    """Sign as the log."""
    text = checkpoint.text()
    return Note(text, (signer.sign(text),))


def open_checkpoint(data: bytes, policy: LogPolicy) -> SignedCheckpoint:
    """Read a signed checkpoint of a trusted log.

    Raises:
        LogError: `log.malformed`, `log.signature`, `log.unwitnessed`.
    """
    try:
        note = parse_note(data)
    except NoteError as error:
        raise _malformed(error.message) from None
    try:
        verified = verify_note(note, (policy.key, *policy.witnesses))
    except NoteError as error:
        raise LogError("log.signature", problem=error.message) from None
    if all(line.key != policy.key for line in verified):
        raise LogError("log.signature", problem="only witnesses signed it")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != policy.origin:
        raise LogError("log.signature", problem="it is another log's")
    witnessed = tuple(line for line in verified if line.key != policy.key)
    count = len({line.key for line in witnessed})
    if count < policy.quorum:
        raise LogError("log.unwitnessed", count=count, quorum=policy.quorum)
    return SignedCheckpoint(checkpoint, note, witnessed)


def claimed_size(data: bytes) -> int:
    """The size that a checkpoint gives, whoever signed it: enough to be wary, never to believe. 0 if it gives none."""
    try:
        return Checkpoint.parse(parse_note(data).text).size
    except (NoteError, LogError):
        return 0


def encoded_hash(value: bytes) -> str:
    """A hash as a line of text."""
    return base64.b64encode(value).decode("ascii")


def decoded_hash(text: str) -> bytes | None:
    """The hash of a line, in its one spelling; None for any other text."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if len(value) == HASH_BYTES and encoded_hash(value) == text else None


def parsed_size(text: str) -> int | None:
    """A size or an index as the formats of C2SP write it; None for any other text."""
    return int(text) if _SIZE.fullmatch(text) and int(text) <= _LAST_SIZE else None


def decoded_hashes(lines: Iterable[str]) -> tuple[bytes, ...] | None:
    """The hashes of lines; None if one is none."""
    values = [decoded_hash(line) for line in lines]
    hashes = tuple(value for value in values if value is not None)
    return hashes if len(hashes) == len(values) else None


def _malformed(problem: str) -> LogError:
    return LogError("log.malformed", what="checkpoint", problem=problem)

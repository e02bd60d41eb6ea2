"""Signed notes: a text that people can read, and under it one line a signature (C2SP signed-note, tlog-cosignature).

Two kinds of signature are known: Ed25519 over the text, and a witness's cosignature, which also says when. Lines by
unknown keys are carried along and prove nothing. A line by a known key must verify, or the whole note is refused.
"""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signing.errors import SigningError

MAX_NOTE_BYTES: Final = 256 * 1024
"""Of a note: sixteen post-quantum signatures, which every reader must bear, have less than half of it."""
MAX_SIGNATURES: Final = 100
"""Of a note, known or not."""
_KEY_ID_BYTES: Final = 4
_PUBLIC_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_TIME_BYTES: Final = 8
_LAST_TIME: Final = 2**63 - 1
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_VERIFIER_KEY: Final = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


class NoteError(SigningError):
    """A text that is no note or key, or that no known key signed: `note.format`, `.key`, `.signature`, `.unsigned`."""


class SignatureKind(IntEnum):
    """How a key signs: the type identifier of signed-note; no other kind is known here."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class NoteKey:
    """A public key with the name under which it signs.

    Attributes:
        name: without spaces and plus signs, usually an address without its scheme (`licenses.baiyin.example/log`).
        kind: how it signs.
        public_key: the 32 bytes of an Ed25519 key.
    """

    name: str
    kind: SignatureKind
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse what cannot stand in a signature line.

        Raises:
            NoteError: `note.key`.
        """
        if not _is_name(self.name):
            raise NoteError("note.key", "A key's name is not empty and has neither spaces nor plus signs")
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key)
        except ValueError:
            raise NoteError("note.key", "The key is no Ed25519 public key") from None

    @staticmethod
    def parse(text: str) -> "NoteKey":
        """Read a verifier key: `name+id+base64(kind, key)`.

        Raises:
            NoteError: `note.key`.
        """
        match = _VERIFIER_KEY.fullmatch(text)
        data = _decoded(match[3]) if match else None
        if match is None or data is None or data[0] not in set(SignatureKind):
            raise NoteError("note.key", "not the verifier key of an Ed25519 log or witness: name+id+base64")
        key = NoteKey(match[1], SignatureKind(data[0]), data[1:])
        if key.key_id.hex() != match[2]:
            raise NoteError("note.key", "a verifier key whose id is not that of its name and key")
        return key

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes that, beside the name, tell whose a signature line is. They prove nothing."""
        return sha256(self.name.encode() + b"\n" + self._encoded).digest()[:_KEY_ID_BYTES]

    @property
    def _encoded(self) -> bytes:
        return bytes([self.kind]) + self.public_key

    def __str__(self) -> str:
        """The verifier key."""
        return f"{self.name}+{self.key_id.hex()}+{_encoded(self._encoded)}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line; `signature` is as its kind has it: what follows the key id."""

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)

    def __str__(self) -> str:
        """The line, with its end."""
        return f"— {self.name} {_encoded(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines, none of them checked.

    Attributes:
        text: ends with a newline; all of it is signed.
        signatures: in the order of the lines.
    """

    text: str
    signatures: tuple[NoteSignature, ...]

    def with_signatures(self, *more: NoteSignature) -> "Note":
        """The same text with further lines. A line that stands there already is not put twice."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))

    def encoded(self) -> bytes:
        """The note as a file."""
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds.

    Attributes:
        key: whose it is.
        time: seconds since 1970 at which a witness says that it signed; None for kinds that do not say.
    """

    key: NoteKey
    time: int | None


class PrivateKey(Protocol):
    """Something that signs with an Ed25519 key; the key objects of `cryptography` are."""

    def sign(self, data: bytes, /) -> bytes:
        """Return the 64 bytes of the signature."""
        ...

    def public_key(self) -> Ed25519PublicKey:
        """Return the public half."""
        ...


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Who signs notes, or cosigns them.

    Attributes:
        name: under which the key signs.
        private: the key, which is never shown.
    """

    name: str
    private: PrivateKey = field(repr=False)

    def key(self, kind: SignatureKind = SignatureKind.ED25519) -> NoteKey:
        """What others need to check the signatures.

        Raises:
            NoteError: `note.key` for a name that no key may have.
        """
        return NoteKey(self.name, kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> NoteSignature:
        """Sign a text; the same text gives the same signature.

        Raises:
            NoteError: `note.format` for a text that no note may have.
        """
        return NoteSignature(self.name, self.key().key_id, self.private.sign(_signable(text)))

    def cosign(self, text: str, *, time: int) -> NoteSignature:
        """Sign a checkpoint's text as a witness.

        Args:
            text: of the checkpoint.
            time: seconds since 1970.

        Raises:
            NoteError: `note.format` for a text that no note may have.
        """
        signature = self.private.sign(_cosigned(_signable(text), time))
        key_id = self.key(SignatureKind.COSIGNATURE).key_id
        return NoteSignature(self.name, key_id, time.to_bytes(_TIME_BYTES, "big") + signature)


def parse_note(data: bytes) -> Note:
    """Read a note strictly. Nothing it says may be used before `verify_note` has found a known key's signature.

    Raises:
        NoteError: `note.format`.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise NoteError("note.format", f"larger than {MAX_NOTE_BYTES // 1024} KiB")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise NoteError("note.format", "not UTF-8") from None
    head, separator, tail = whole.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("note.format", "no text, blank line and signature lines")
    text, lines = head + "\n", tail[:-1].split("\n")
    _signable(text)
    if len(lines) > MAX_SIGNATURES:
        raise NoteError("note.format", f"more than {MAX_SIGNATURES} signatures")
    return Note(text, tuple(_signature(line) for line in lines))


def verify_note(note: Note, keys: Collection[NoteKey]) -> tuple[Verified, ...]:
    """Check every line by a known key.

    Returns:
        What holds, in the order of the lines; at least one.

    Raises:
        NoteError: `note.signature` if a known key's line does not verify, `note.unsigned` if there is none.
    """
    known = {(key.name, key.key_id): key for key in keys}
    verified = tuple(
        _verified(note.text, line, key) for line in note.signatures if (key := known.get((line.name, line.key_id)))
    )
    if not verified:
        raise NoteError("note.unsigned", "no signature by a known key")
    return verified


def _verified(text: str, line: NoteSignature, key: NoteKey) -> Verified:
    message, signature, time = text.encode(), line.signature, None
    if key.kind is SignatureKind.COSIGNATURE:
        time, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
        message = _cosigned(message, time)
    if len(signature) != _SIGNATURE_BYTES or (time or 0) > _LAST_TIME or not _holds(key, signature, message):
        raise NoteError("note.signature", f"the signature by {key.name} does not verify")
    return Verified(key, time)


def _holds(key: NoteKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _signable(text: str) -> bytes:
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("note.format", "a text ends with a newline and has no other control characters")
    return text.encode()


def _cosigned(text: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (time, text)


def _signature(line: str) -> NoteSignature:
    match line.split(" "):
        case ["—", name, encoded] if _is_name(name):
            data = _decoded(encoded)
            if data is not None and len(data) > _KEY_ID_BYTES:
                return NoteSignature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])
    raise NoteError("note.format", "a signature line that is none")


def _is_name(text: str) -> bool:
    return bool(text) and "+" not in text and not _CONTROL.search(text) and text == "".join(text.split())


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes | None:
    """The bytes of base64 in its one spelling; None for any other, and for no bytes at all."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if data and _encoded(data) == text else None

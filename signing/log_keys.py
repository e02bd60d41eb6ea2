"""Keys that sign notes under a name: a transparency log's 透明日志 in the PKI folder, a witness's 见证方 in a file."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.errors import KeyLoadError
from signing.key_files import encrypt_private_key, load_ed25519_key, read_key_file
from signing.notes import NoteError, NoteKey, NoteSigner, SignatureKind

_SEED_BYTES = 32
_BLOCK_BYTES = 16


def load_log_key(folder: Path, passphrase: bytes) -> NoteSigner:
    """Load the log's key from the PKI folder layout of `signing.devkit`: `private/log.pem` and `public/log.vkey`.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`, or `key.mismatch` if the two are not a pair.
    """
    public = load_log_vkey(folder)
    signer = NoteSigner(public.name, load_ed25519_key(folder / "private" / "log.pem", passphrase))
    if signer.key() != public:
        raise KeyLoadError(
            "key.mismatch",
            "The log's private key does not belong to log.vkey",
            hint="pair each key with its public half",
        )
    return signer


def load_log_vkey(folder: Path) -> NoteKey:
    """Load the log's name and public key from `public/log.vkey`.

    Raises:
        KeyLoadError: `key.missing`, or `key.damaged` if it holds no Ed25519 verifier key.
    """
    return _vkey(folder / "public" / "log.vkey", SignatureKind.ED25519)


def create_witness_key(path: Path, name: str, passphrase: bytes, randomness: Callable[[int], bytes]) -> NoteKey:
    """Make a witness's key: an encrypted file, and its name and public half in another with `.vkey` behind.

    Args:
        path: where; nothing is replaced.
        name: like an address without its scheme, for ever.
        randomness: n → n random bytes.

    Raises:
        KeyLoadError: `key.exists`, `key.unwritable`.
        NoteError: `note.key`, no such name.
    """
    private = Ed25519PrivateKey.from_private_bytes(randomness(_SEED_BYTES))
    public = NoteSigner(name, private).key(SignatureKind.COSIGNATURE)
    pem = encrypt_private_key(private, passphrase, salt=randomness(_BLOCK_BYTES), iv=randomness(_BLOCK_BYTES))
    made = list[Path]()
    try:
        for target, data, mode in ((path, pem, 0o600), (_public(path), f"{public}\n".encode(), 0o644)):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
            made.append(target)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        for target in made:  # ours, and half of a pair
            with suppress(OSError):
                target.unlink()
        if isinstance(error, FileExistsError):
            raise KeyLoadError("key.exists", f"There is a key at {path.name}", hint="choose another file") from None
        raise KeyLoadError("key.unwritable", f"{path.name} cannot be written: {error.strerror}") from None
    return public


def load_witness_key(path: Path, passphrase: bytes) -> NoteSigner:
    """Load a witness's key from the two files that `create_witness_key` made.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`, `key.mismatch`.
    """
    public = _vkey(_public(path), SignatureKind.COSIGNATURE)
    signer = NoteSigner(public.name, load_ed25519_key(path, passphrase))
    if signer.key(SignatureKind.COSIGNATURE) != public:
        raise KeyLoadError("key.mismatch", f"{path.name} is not the other half of {_public(path).name}")
    return signer


def _public(path: Path) -> Path:
    return path.with_name(f"{path.name}.vkey")


def _vkey(path: Path, kind: SignatureKind) -> NoteKey:
    try:
        key = NoteKey.parse(read_key_file(path).decode("utf-8").removesuffix("\n"))
    except (UnicodeDecodeError, NoteError):
        key = None
    if key is None or key.kind is not kind:
        raise KeyLoadError("key.damaged", f"{path.name} holds no verifier key of a log or witness")
    return key

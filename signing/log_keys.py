"""The key of a transparency log 透明日志 in the PKI folder: it signs notes under the log's name."""

from pathlib import Path

from signing.errors import KeyLoadError
from signing.key_files import load_ed25519_key, read_key_file
from signing.notes import NoteError, NoteKey, NoteSigner, SignatureKind


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
    try:
        key = NoteKey.parse(read_key_file(folder / "public" / "log.vkey").decode("utf-8").removesuffix("\n"))
    except (UnicodeDecodeError, NoteError):
        key = None
    if key is None or key.kind is not SignatureKind.ED25519:
        raise KeyLoadError("key.damaged", "log.vkey holds no verifier key of a log")
    return key

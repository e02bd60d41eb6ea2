"""The key of a transparency log 透明日志: Ed25519, with the name that every checkpoint of the log bears.

Its public half is written as C2SP signed-note writes a verifier key: `<name>+<key hash>+<base64 of 0x01 and the key>`.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signing.errors import KeyLoadError
from signing.key_files import load_ed25519_key, read_key_file

_ED25519: Final = b"\x01"
"""Signature type of C2SP signed-note."""
_HASH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log's signing key.

    Attributes:
        name: the log's origin, for ever.
        key: the private key; not shown.
    """

    name: str
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def vkey(self) -> str:
        """Name and public half, for whoever verifies."""
        return vkey_text(self.name, self.key.public_key())


def vkey_text(name: str, key: Ed25519PublicKey) -> str:
    """A verifier key as text: `name+hash+key`, the hash being the first four bytes of SHA-256(name, LF, 0x01, key)."""
    encoded = _ED25519 + key.public_bytes_raw()
    digest = hashlib.sha256(name.encode("utf-8") + b"\n" + encoded).digest()[:_HASH_BYTES]
    return f"{name}+{digest.hex()}+{base64.b64encode(encoded).decode('ascii')}"


def load_log_key(folder: Path, passphrase: bytes) -> LogKey:
    """Load the log's key from the PKI folder layout of `signing.devkit`: `private/log.pem` and `public/log.vkey`.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`, or `key.mismatch` if the two are not a pair.
    """
    text = read_log_vkey(folder)
    key = LogKey(text.partition("+")[0], load_ed25519_key(folder / "private" / "log.pem", passphrase))
    if key.vkey != text:
        raise KeyLoadError(
            "key.mismatch",
            "The log's private key does not belong to log.vkey",
            hint="pair each key with its public half",
        )
    return key


def read_log_vkey(folder: Path) -> str:
    """The text of `public/log.vkey`; whether it is well-formed is for who uses it to judge.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`.
    """
    try:
        return read_key_file(folder / "public" / "log.vkey").decode("ascii").removesuffix("\n")
    except UnicodeDecodeError:
        raise KeyLoadError("key.damaged", "log.vkey holds no verifier key") from None

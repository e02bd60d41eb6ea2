"""Keys and certificates as files: encrypted PKCS #8 (RFC 5958) and PEM. Nothing here prints what it reads."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from signing import der
from signing.algorithms import MINIMUM_RSA_BITS
from signing.errors import KeyLoadError

_PBES2: Final = "1.2.840.113549.1.5.13"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
_AES_256_CBC: Final = "2.16.840.1.101.3.4.1.42"
_SCRYPT_COST: Final = 2**14
_SCRYPT_BLOCK: Final = 8
_KEY_BYTES: Final = 32
_ARMOUR: Final = "ENCRYPTED PRIVATE KEY"
_LINE: Final = 64


def encrypt_private_key(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, passphrase: bytes, *, salt: bytes, iv: bytes
) -> bytes:
    """Encode a key as encrypted PKCS #8 in PEM form: PBES2 with scrypt (RFC 7914 §7) and AES-256-CBC.

    Written here because `cryptography` derives its file keys with 2,048 rounds of PBKDF2, which is little; scrypt with
    16 MiB costs 40 ms per try. Every reader that knows RFC 7914 opens the result, OpenSSL among them.

    Args:
        key: the private key.
        passphrase: encrypts it.
        salt: 16 fresh random bytes.
        iv: 16 fresh random bytes.
    """
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    derived = Scrypt(salt=salt, length=_KEY_BYTES, n=_SCRYPT_COST, r=_SCRYPT_BLOCK, p=1).derive(passphrase)
    padder = padding.PKCS7(algorithms.AES.block_size).padder()
    encryptor = Cipher(algorithms.AES(derived), modes.CBC(iv)).encryptor()
    encrypted = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    derivation = der.tlv(
        der.SEQUENCE,
        der.oid(_SCRYPT),
        der.tlv(
            der.SEQUENCE,
            der.tlv(der.OCTET_STRING, salt),
            der.integer(_SCRYPT_COST),
            der.integer(_SCRYPT_BLOCK),
            der.integer(1),
        ),
    )
    scheme = der.tlv(der.SEQUENCE, der.oid(_AES_256_CBC), der.tlv(der.OCTET_STRING, iv))
    algorithm = der.tlv(der.SEQUENCE, der.oid(_PBES2), der.tlv(der.SEQUENCE, derivation, scheme))
    return _pem(der.tlv(der.SEQUENCE, algorithm, der.tlv(der.OCTET_STRING, encrypted)))


def load_signing_key(path: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    """Load an encrypted key of a seal: on P-256, or RSA. OpenSSL checks an RSA key for tens of milliseconds: keep it.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`.
    """
    key = _decrypted(path, passphrase)
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= MINIMUM_RSA_BITS:
        return key
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyLoadError("key.damaged", f"{path.name} holds no key on P-256, and none of RSA long enough")
    return key


def load_private_key(path: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """Load an encrypted P-256 key. An unencrypted one is refused: at rest, keys are encrypted.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`.
    """
    key = _decrypted(path, passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyLoadError("key.damaged", f"{path.name} holds no P-256 key")
    return key


def load_ed25519_key(path: Path, passphrase: bytes) -> ed25519.Ed25519PrivateKey:
    """Load an encrypted Ed25519 key; as `load_private_key` otherwise.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`.
    """
    key = _decrypted(path, passphrase)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise KeyLoadError("key.damaged", f"{path.name} holds no Ed25519 key")
    return key


def _decrypted(path: Path, passphrase: bytes) -> PrivateKeyTypes:
    pem = read_key_file(path)
    if f"-----BEGIN {_ARMOUR}-----".encode("ascii") not in pem:
        raise KeyLoadError("key.damaged", f"{path.name} is not an encrypted PKCS #8 key in PEM form")
    # Not chained: the library's text may describe what was decrypted. An empty passphrase would mean "not encrypted".
    try:
        return serialization.load_pem_private_key(pem, passphrase or b"\0")
    except ValueError:
        raise KeyLoadError(
            "key.passphrase", f"The passphrase does not open {path.name}", hint="the key file may also be damaged"
        ) from None


def load_certificates(path: Path) -> Sequence[x509.Certificate]:
    """Load one or more PEM certificates.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`.
    """
    try:
        return x509.load_pem_x509_certificates(read_key_file(path))
    except ValueError as error:
        raise KeyLoadError("key.damaged", f"{path.name} holds no PEM certificate") from error


def _pem(encoded: bytes) -> bytes:
    text = base64.b64encode(encoded).decode("ascii")
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((f"-----BEGIN {_ARMOUR}-----", *lines, f"-----END {_ARMOUR}-----", "")).encode("ascii")


def read_key_file(path: Path) -> bytes:
    """The bytes of a file in the key folder.

    Raises:
        KeyLoadError: `key.missing`.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyLoadError(
            "key.missing", f"There is no {path.parent.name}/{path.name}", hint="create or copy the keys first"
        ) from None
    except OSError as error:
        raise KeyLoadError("key.missing", f"{path.name} cannot be read: {error.strerror}") from None

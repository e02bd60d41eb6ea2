"""Signing credentials: a certificate, its chain, and something that can sign with its private key.

The private key is opaque behind `Signer`, so that a hardware token (PKCS#11) can take the place of the encrypted file.
It is loaded and checked once; nothing here prints or returns it.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.algorithms import ORGANIZATION_IDENTIFIER
from signing.errors import KeyLoadError
from signing.key_files import load_certificates, load_signing_key

_KEY_ID_BYTES: Final = 8
_DETERMINISTIC: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


def sha256(data: bytes) -> bytes:
    """Digest bytes with SHA-256."""
    return hashlib.sha256(data).digest()


def key_id(certificate_der: bytes) -> bytes:
    """First 8 bytes of SHA-256 over a certificate: short enough for a QR; on a collision try every certificate."""
    return sha256(certificate_der)[:_KEY_ID_BYTES]


PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
"""On P-256, or RSA."""


class Signer(Protocol):
    """Something that signs with a key which it does not show: on P-256, or RSA of at least 2048 bits."""

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of `data`: a DER ECDSA-Sig-Value, or RSA's PKCS #1 v1.5."""
        ...

    def public_key(self) -> PublicKey:
        """Return the public half."""
        ...


class SoftSigner:
    """A signer whose key lives in this process.

    Args:
        key: the private key; P-256, or RSA.
    """

    __slots__ = ("_key",)

    def __init__(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
        self._key = key

    def __repr__(self) -> str:
        """Show nothing of the key."""
        return "SoftSigner()"

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of `data`; the same data gives the same signature (RFC 6979)."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, _DETERMINISTIC)

    def public_key(self) -> PublicKey:
        """Return the public half."""
        return self._key.public_key()


@dataclass(frozen=True, slots=True, repr=False)
class SealCredential:
    """Who seals: certificate, chain up to but without the anchor, and the signer.

    Attributes:
        certificate: the end-entity certificate.
        chain: intermediate certificates, nearest issuer first.
        signer: holds the private key.
        certificate_der: the certificate's DER encoding.
        key_id: first 8 bytes of SHA-256 over `certificate_der`.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    signer: Signer
    certificate_der: bytes = field(init=False)
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Check once that key and certificate belong together.

        Raises:
            KeyLoadError: `key.mismatch`.
        """
        if self.certificate.public_key() != self.signer.public_key():
            raise KeyLoadError(
                "key.mismatch",
                "The private key does not belong to the certificate",
                hint="pair each key with the certificate that was issued for it",
            )
        encoded = self.certificate.public_bytes(serialization.Encoding.DER)
        object.__setattr__(self, "certificate_der", encoded)
        object.__setattr__(self, "key_id", key_id(encoded))

    def __repr__(self) -> str:
        """Show the subject only."""
        return f"SealCredential({self.certificate.subject.rfc4514_string()!r})"

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """DER encodings of the chain, nearest issuer first."""
        return tuple(link.public_bytes(serialization.Encoding.DER) for link in self.chain)

    @property
    def organization_id(self) -> str:
        """The subject's organizationIdentifier (2.5.4.97), e.g. `NTRCN-11620400000000101R`; empty if it has none."""
        return subject_value(self.certificate, ORGANIZATION_IDENTIFIER)

    @property
    def is_rsa(self) -> bool:
        """Whether the key is one of RSA."""
        return isinstance(self.signer.public_key(), rsa.RSAPublicKey)

    def sign(self, data: bytes) -> bytes:
        """Return the signature over SHA-256 of `data`, as its signer makes it; the same each time for soft keys."""
        return self.signer.sign(data)

    def sign_es256(self, data: bytes) -> bytes:
        """Return the DER ECDSA signature over SHA-256 of `data`, for what knows no other algorithm.

        Raises:
            KeyLoadError: `key.not-p256`.
        """
        if self.is_rsa:
            raise KeyLoadError(
                "key.not-p256",
                "An RSA key seals documents; codes, tokens and lists are signed on P-256",
                hint="have a certificate on P-256 issued for this body",
            )
        return self.signer.sign(data)

    def check_period(self, at: datetime) -> None:
        """Refuse to be used outside the certificate's period.

        Raises:
            KeyLoadError: `key.certificate-expired` or `key.certificate-not-yet-valid`.
        """
        if at > self.certificate.not_valid_after_utc:
            raise KeyLoadError(
                "key.certificate-expired",
                f"The certificate expired at {self.certificate.not_valid_after_utc.isoformat()}",
                hint="have a new certificate issued",
            )
        if at < self.certificate.not_valid_before_utc:
            raise KeyLoadError(
                "key.certificate-not-yet-valid",
                f"The certificate is valid from {self.certificate.not_valid_before_utc.isoformat()} only",
                hint="check the clock, or wait",
            )


def load_credential(folder: Path, name: str, *, passphrase: bytes, at: datetime) -> SealCredential:
    """Load a credential from the PKI folder layout of `signing.devkit`.

    Args:
        folder: the PKI folder, holding `private/` and `public/`.
        name: a seal's short name (`public/seals/<name>.pem`), or `tsa`, `ocsp`, `trust-list`, `status`.
        passphrase: of the encrypted key.
        at: now; the certificate must be inside its period.

    Raises:
        KeyLoadError: `key.missing`, `key.damaged`, `key.passphrase`, `key.mismatch`, `key.certificate-expired`,
            `key.certificate-not-yet-valid`.
    """
    if not _NAME.fullmatch(name):
        raise KeyLoadError(
            "key.missing",
            "A credential's name is short lower-case ASCII",
            hint="the names are those of the files in public/seals",
        )
    public = folder / "public"
    seal = public / "seals" / f"{name}.pem"
    certificate = seal if seal.is_file() else public / f"{name}.pem"
    return load_key_pair(folder / "private" / f"{name}.pem", certificate, passphrase=passphrase, at=at)


def load_key_pair(key: Path, certificate: Path, *, passphrase: bytes, at: datetime) -> SealCredential:
    """Load an encrypted PKCS #8 PEM key and a PEM file of its certificate followed by the chain.

    Args:
        key: path of the key.
        certificate: path of the certificate and its chain.
        passphrase: of the encrypted key.
        at: now; the certificate must be inside its period.

    Raises:
        KeyLoadError: as `load_credential`.
    """
    certificates = load_certificates(certificate)
    credential = SealCredential(certificates[0], tuple(certificates[1:]), SoftSigner(load_signing_key(key, passphrase)))
    credential.check_period(at)
    return credential


_ECDSA: Final = ec.ECDSA(hashes.SHA256())


def verify_signature(certificate_der: bytes, signature_der: bytes, data: bytes) -> bool:
    """Tell whether `signature_der` is the certificate's ECDSA P-256 signature over SHA-256 of `data`.

    Says nothing about trust in the certificate. Never raises on any bytes: what cannot be read does not verify.

    Args:
        certificate_der: the signer's certificate.
        signature_der: DER ECDSA-Sig-Value.
        data: what was signed.
    """
    try:
        key = p256_key(x509.load_der_x509_certificate(certificate_der))
    except (ValueError, TypeError):
        return False
    return key is not None and verify_with(key, signature_der, data)


def p256_key(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey | None:
    """The certificate's key if it is one on P-256. Who asks one certificate often keeps it: reading it takes time."""
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


def verify_with(key: ec.EllipticCurvePublicKey, signature_der: bytes, data: bytes) -> bool:
    """Tell whether `signature_der` is this key's ECDSA signature over SHA-256 of `data`; never raises on any bytes."""
    try:
        key.verify(signature_der, data, _ECDSA)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def subject_value(certificate: x509.Certificate, dotted: str) -> str:
    """Return the first value of a subject attribute, empty if there is none."""
    values = certificate.subject.get_attributes_for_oid(x509.ObjectIdentifier(dotted))
    return str(values[0].value) if values else ""

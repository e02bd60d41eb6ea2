"""What everybody may have of a key folder's public half: certificates, revocation lists, the log's key."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from license_lib.errors import MachineError

_ROLES: Final = (
    ("anchors/*.pem", "anchor"),
    ("intermediates/*.pem", "intermediate"),
    ("seals/*.pem", "seal"),
    ("status.pem", "status"),
    ("trust-list.pem", "trust-list"),
    ("tsa.pem", "time-stamp"),
    ("ocsp.pem", "ocsp"),
)
"""Where certificates are, and what for. The first place counts: behind a seal's certificate stand its issuers, too."""


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """A certificate.

    Args:
        role: `anchor`, `intermediate`, `seal`, `status`, `trust-list`, `time-stamp` or `ocsp`.
        subject: as RFC 4514 writes it. not_before, not_after: UTC.
        file: the name of its file, without `.pem`.
    """

    der: bytes = field(repr=False)
    role: str
    subject: str
    not_before: datetime
    not_after: datetime
    file: str

    @property
    def sha256(self) -> str:
        """Its fingerprint, hex."""
        return sha256(self.der).hexdigest()


def public_certificates(folder: Path) -> tuple[PublicCertificate, ...]:
    """All certificates of the public half of a key folder, each once.

    Raises:
        MachineError: `key.damaged`.
    """
    found: dict[bytes, PublicCertificate] = {}
    for pattern, role in _ROLES:
        for path in sorted(folder.glob(pattern)):
            for certificate in _certificates(path, role):
                found.setdefault(certificate.der, certificate)
    return tuple(found.values())


def revocation_list_names(folder: Path) -> tuple[str, ...]:
    """Names of the lists of revoked certificates (CRL), as `revocation_list` takes them."""
    return tuple(sorted(path.stem for path in (folder / "crl").glob("*.crl")))


def revocation_list(folder: Path, name: str) -> bytes | None:
    """A list of revoked certificates, DER; None if there is none of that name.

    Raises:
        MachineError: `key.damaged`.
    """
    return _read(folder / "crl" / f"{name}.crl") if name in revocation_list_names(folder) else None


def log_key(folder: Path) -> str:
    """The name and public key of the transparency log (C2SP signed-note); empty where there is no log.

    Raises:
        MachineError: `key.damaged`.
    """
    path = folder / "log.vkey"
    return _read(path).decode("ascii", "replace").strip() if path.exists() else ""


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise _damaged(path) from None


def _damaged(path: Path) -> MachineError:
    return MachineError("key.damaged", f"{path.name} cannot be read", hint="copy it again")


def _certificates(path: Path, role: str) -> Iterator[PublicCertificate]:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        certificates = x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise _damaged(path) from None
    for one in certificates:
        der = one.public_bytes(Encoding.DER)
        yield PublicCertificate(
            der, role, one.subject.rfc4514_string(), one.not_valid_before_utc, one.not_valid_after_utc, path.stem
        )

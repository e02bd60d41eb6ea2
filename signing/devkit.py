"""Make and maintain a development PKI. For development and tests only; never for seals that mean something.

Layout, below one folder:

    private/            0700, never leaves the machine
      root-ca.pem city-ca.pem tsa.pem ocsp.pem trust-list.pem status.pem log.pem <id>.pem    encrypted PKCS #8, 0600
    public/
      anchors/root-ca.pem  intermediates/city-ca.pem
      seals/<id>.pem       certificate followed by its chain
      seals/<id>.toml      the seal object: its picture, and who may use it when
      tsa.pem ocsp.pem trust-list.pem status.pem     the same
      log.vkey             name and public half of the log's key (Ed25519), as C2SP signed notes spell it
      crl/root.crl crl/city.crl                               DER
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from signing import certificates
from signing.certificates import Issuer, Revocation
from signing.errors import KeyLoadError, PkiError
from signing.key_files import encrypt_private_key, load_certificates, load_private_key
from signing.notes import NoteSigner
from signing.pki_description import Department, PkiDescription, load_description, parse_description
from signing.seals import Seal, SealLook, certificate_digest, seal_toml

__all__ = [
    "PkiDescription",
    "create_development_pki",
    "load_description",
    "parse_description",
    "publish_crls",
    "revoke_certificate",
]

_SHORTEST_PASSPHRASE: Final = 8
_SEAL_MM: Final = 42.0
_AUTHORITIES: Final = {"root": ("root-ca", "anchors"), "city": ("city-ca", "intermediates")}


def create_development_pki(folder: Path, description: PkiDescription, *, passphrase: bytes, at: datetime) -> None:
    """Create every key, certificate and CRL of the description below `folder`.

    Everything is built beside its place and moved in at the end: a failure leaves nothing behind.

    Args:
        folder: where `private/` and `public/` will be; created if absent.
        description: what to make.
        passphrase: encrypts every private key; at least 8 bytes.
        at: now; certificates start here.

    Raises:
        PkiError: `pki.exists` if there is (part of) a PKI already, `pki.passphrase` if it is too short,
            `pki.folder` if the folder cannot be written.
    """
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise PkiError("pki.passphrase", f"The passphrase is shorter than {_SHORTEST_PASSPHRASE} bytes")
    _refuse_existing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=".pki-", dir=folder))
    except OSError as error:
        raise PkiError("pki.folder", f"{folder.name} cannot be written: {error.strerror}") from error
    try:
        _Workshop(workplace, description, passphrase, at).make()
        _move_in(workplace, folder)
    except OSError as error:
        raise PkiError("pki.folder", f"{folder.name} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def publish_crls(
    folder: Path,
    *,
    passphrase: bytes,
    at: datetime,
    revoked: Mapping[str, Iterable[Revocation]] | None = None,
) -> None:
    """Issue new CRLs of both authorities: every earlier entry is kept, and each is good for as long as the one before.

    Args:
        folder: the PKI folder.
        passphrase: opens the authorities' keys.
        at: thisUpdate.
        revoked: revocations to add, by authority: `root`, `city`.

    Raises:
        KeyLoadError: keys missing or passphrase wrong.
        PkiError: `pki.damaged` if a CRL that should be there cannot be read.
    """
    with _alone(folder):
        _publish(folder, passphrase, at, revoked or {})


def _publish(folder: Path, passphrase: bytes, at: datetime, revoked: Mapping[str, Iterable[Revocation]]) -> None:
    for name, (key_name, place) in _AUTHORITIES.items():
        issuer = Issuer(
            load_certificates(folder / "public" / place / f"{key_name}.pem")[0],
            load_private_key(folder / "private" / f"{key_name}.pem", passphrase),
        )
        path = folder / "public" / "crl" / f"{name}.crl"
        entries, number, period = _read_crl(path)
        for entry in revoked.get(name, ()):
            entries.setdefault(entry.serial_number, entry)
        crl = certificates.revocation_list(issuer, entries.values(), number=number + 1, at=at, period=period)
        _replace(path, crl.public_bytes(serialization.Encoding.DER))


def revoke_certificate(
    folder: Path,
    certificate: x509.Certificate,
    *,
    passphrase: bytes,
    at: datetime,
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified,
) -> None:
    """Revoke a certificate from `at` on and publish new CRLs. Revoking twice keeps the first date.

    Args:
        folder: the PKI folder.
        certificate: issued by one of its two authorities.
        passphrase: opens the authorities' keys.
        at: revocation date and thisUpdate.
        reason: CRL reason code.

    Raises:
        PkiError: `pki.not-issued-here`.
    """
    for name, (key_name, place) in _AUTHORITIES.items():
        authority = load_certificates(folder / "public" / place / f"{key_name}.pem")[0]
        if certificate.issuer == authority.subject:
            entry = Revocation(certificate.serial_number, at.replace(microsecond=0), reason)
            publish_crls(folder, passphrase=passphrase, at=at, revoked={name: [entry]})
            return
    raise PkiError("pki.not-issued-here", "The certificate was not issued by this PKI")


class _Workshop:
    """Builds the two folders in a workplace that nobody else sees."""

    def __init__(self, place: Path, description: PkiDescription, passphrase: bytes, at: datetime) -> None:
        self._private = place / "private"
        self._public = place / "public"
        self._description = description
        self._passphrase = passphrase
        self._at = at

    def make(self) -> None:
        self._private.mkdir(mode=0o700)
        for name in ("anchors", "intermediates", "seals", "crl"):
            (self._public / name).mkdir(parents=True)
        description, at = self._description, self._at
        root_key = self._new_key("root-ca")
        root = Issuer(certificates.root_certificate(description, root_key, at), root_key)
        city_key = self._new_key("city-ca")
        city = Issuer(certificates.city_ca_certificate(description, root, city_key, at), city_key)
        self._write_certificates("anchors/root-ca.pem", root.certificate)
        self._write_certificates("intermediates/city-ca.pem", city.certificate)
        for name, make in (
            ("tsa", certificates.timestamp_certificate),
            ("ocsp", certificates.ocsp_certificate),
            ("trust-list", certificates.list_certificate),
            ("status", certificates.status_certificate),
        ):
            certificate = make(description, city, self._new_key(name).public_key(), at)
            self._write_certificates(f"{name}.pem", certificate, city.certificate)
        self._make_log_key()
        for department in description.departments:
            subject = certificates.subject(description, department.name, department.name, department.code)
            key = self._new_key(department.id).public_key()
            certificate = certificates.seal_certificate(description, city, key, subject, at)
            self._write_certificates(f"seals/{department.id}.pem", certificate, city.certificate)
            _replace(self._public / "seals" / f"{department.id}.toml", _seal(department, certificate).encode())
        period = timedelta(days=description.crl_days)
        for name, issuer in (("root", root), ("city", city)):
            crl = certificates.revocation_list(issuer, (), number=1, at=at, period=period)
            _replace(self._public / "crl" / f"{name}.crl", crl.public_bytes(serialization.Encoding.DER))

    def _new_key(self, name: str) -> ec.EllipticCurvePrivateKey:
        key = ec.generate_private_key(ec.SECP256R1())
        self._keep(name, key)
        return key

    def _make_log_key(self) -> None:
        key = ed25519.Ed25519PrivateKey.generate()
        self._keep("log", key)
        public = NoteSigner(self._description.log_origin, key).key()
        _replace(self._public / "log.vkey", f"{public}\n".encode("ascii"))

    def _keep(self, name: str, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
        pem = encrypt_private_key(key, self._passphrase, salt=secrets.token_bytes(16), iv=secrets.token_bytes(16))
        _replace(self._private / f"{name}.pem", pem, mode=0o600)

    def _write_certificates(self, name: str, *chain: x509.Certificate) -> None:
        pem = b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in chain)
        _replace(self._public / name, pem)


def _seal(department: Department, certificate: x509.Certificate) -> str:
    """A department's seal: round, 42 mm, as a body of a prefecture-level city has it; for its certificate alone."""
    seal = Seal(
        id=department.seal,
        name=department.name,
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        certificates=(certificate_digest(certificate.public_bytes(serialization.Encoding.DER)),),
        picture=SealLook(name=department.name, code=department.seal, width_mm=_SEAL_MM, height_mm=_SEAL_MM),
    )
    return seal_toml(seal)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time extend the lists: two that read the same list would lose a revocation."""
    try:
        descriptor = os.open(folder / "private", os.O_RDONLY)
    except OSError as error:
        raise KeyLoadError("key.missing", "There is no private folder", hint="create or copy the keys first") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refuse_existing(folder: Path) -> None:
    present = [name for name in ("private", "public") if (folder / name).exists()]
    if present:
        raise PkiError(
            "pki.exists",
            f"There are keys already: {folder.name}/{', '.join(present)}",
            hint="use them, or move them away first; nothing was changed",
        )


def _move_in(workplace: Path, folder: Path) -> None:
    """Move both folders into place; on failure of the second, take the first back."""
    _refuse_existing(folder)
    (workplace / "private").rename(folder / "private")
    try:
        (workplace / "public").rename(folder / "public")
    except OSError:
        (folder / "private").rename(workplace / "private")
        raise


def _read_crl(path: Path) -> tuple[dict[int, Revocation], int, timedelta]:
    """Read the entries, the number and the period of an earlier list."""
    try:
        crl = x509.load_der_x509_crl(path.read_bytes())
        number = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        if crl.next_update_utc is None:
            raise ValueError("no nextUpdate")  # noqa: TRY301 -- one more way of being damaged
        period = crl.next_update_utc - crl.last_update_utc
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        raise PkiError(
            "pki.damaged",
            f"The earlier list {path.name} cannot be read",
            hint="restore it: without it revocations would be forgotten",
        ) from error
    entries: dict[int, Revocation] = {}
    for item in crl:
        try:
            reason = item.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            reason = x509.ReasonFlags.unspecified
        entries[item.serial_number] = Revocation(item.serial_number, item.revocation_date_utc, reason)
    return entries, number, period


def _replace(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file in one step: a reader sees the old one or the new one."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Certificate revocation lists 证书吊销列表 (RFC 5280 §5): indexed by issuer, checked, asked with their freshness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from signing import algorithms, der
from signing.errors import TrustError

_UNDERSTOOD: Final = frozenset(
    {
        x509.CRLNumber.oid,
        x509.AuthorityKeyIdentifier.oid,
        x509.ObjectIdentifier(algorithms.EXPIRED_CERTIFICATES_ON_CRL),
    }
)
"""Extensions whose presence leaves a list complete. An issuing distribution point or a delta would not."""
_ACCEPTED_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


class Standing(StrEnum):
    """What is known about a certificate's revocation."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """The answer for one certificate.

    Attributes:
        standing: what is known.
        as_of: thisUpdate of the list used, None if there was none.
        next_update: nextUpdate of that list.
        revoked_at: revocation date, for `REVOKED`.
    """

    standing: Standing
    as_of: datetime | None = None
    next_update: datetime | None = None
    revoked_at: datetime | None = None

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether the list is still the newest at a moment; silence of a stale list proves nothing."""
        return self.next_update is not None and at <= self.next_update


class RevocationLists:
    """Every list that is at hand, by issuer.

    Args:
        crls: DER CRLs. Their signatures are checked when they are asked, against the issuer then known.

    Raises:
        TrustError: `trust.crl` if one cannot be read.
    """

    def __init__(self, crls: Iterable[bytes]) -> None:
        self._by_issuer: dict[bytes, list[_List]] = {}
        for encoded in crls:
            try:
                crl = x509.load_der_x509_crl(encoded)
                issuer = crl.issuer.public_bytes()
            except (ValueError, UnsupportedAlgorithm) as error:
                raise TrustError("trust.crl", "A revocation list cannot be read", hint="fetch it again") from error
            self._by_issuer.setdefault(issuer, []).append(_List(crl))
        for lists in self._by_issuer.values():
            lists.sort(key=lambda entry: entry.crl.last_update_utc, reverse=True)

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationAnswer:
        """Ask for a certificate's standing at a moment.

        The newest list that the issuer signed decides, stale or not: the answer tells its freshness. Silence about a
        certificate that expired before the list was made counts only if the list says that it keeps such certificates.

        Args:
            certificate: whose standing.
            issuer: the certificate of its issuer, already trusted.
            at: moment of validation.
        """
        entry = self._newest(certificate, issuer)
        if entry is not None:
            crl = entry.crl
            as_of, next_update = crl.last_update_utc, crl.next_update_utc
            revoked = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if revoked is not None and revoked.revocation_date_utc <= at:
                return RevocationAnswer(Standing.REVOKED, as_of, next_update, revoked.revocation_date_utc)
            if certificate.not_valid_after_utc < as_of and not _keeps_expired(crl, certificate):
                return RevocationAnswer(Standing.UNKNOWN, as_of, next_update)
            return RevocationAnswer(Standing.GOOD, as_of, next_update)
        return RevocationAnswer(Standing.UNKNOWN)

    def used_for(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """The list that `ask` would use, DER; None if there is none."""
        entry = self._newest(certificate, issuer)
        return entry.crl.public_bytes(serialization.Encoding.DER) if entry is not None else None

    def _newest(self, certificate: x509.Certificate, issuer: x509.Certificate) -> "_List | None":
        lists = self._by_issuer.get(certificate.issuer.public_bytes(), ())
        return next((entry for entry in lists if entry.is_usable(issuer)), None)


class _List:
    """A list that remembers for which issuers its signature was checked."""

    __slots__ = ("_usable", "crl")

    def __init__(self, crl: x509.CertificateRevocationList) -> None:
        self.crl = crl
        self._usable: dict[x509.Certificate, bool] = {}

    def is_usable(self, issuer: x509.Certificate) -> bool:
        """Tell whether the list is complete and signed by this issuer, who is trusted: there are few of them."""
        if issuer not in self._usable:
            self._usable[issuer] = _is_usable(self.crl, issuer)
        return self._usable[issuer]


def _is_usable(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Tell whether a list is complete and signed by this issuer, who may sign lists."""
    try:
        if any(extension.oid not in _UNDERSTOOD for extension in crl.extensions):
            return False
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        algorithm = crl.signature_hash_algorithm
        return (
            usage.crl_sign
            and crl.issuer == issuer.subject
            and algorithm is not None
            and algorithm.name in _ACCEPTED_HASHES
            and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # others raise TypeError
        )
    except (ValueError, TypeError, x509.ExtensionNotFound, x509.DuplicateExtension, UnsupportedAlgorithm):
        return False


def _keeps_expired(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Tell whether the list keeps certificates that expired as early as this one (expiredCertsOnCRL)."""
    try:
        extension = crl.extensions.get_extension_for_oid(
            x509.ObjectIdentifier(algorithms.EXPIRED_CERTIFICATES_ON_CRL)
        ).value
        if not isinstance(extension, x509.UnrecognizedExtension):
            return False
        return der.read(extension.value).as_time() <= certificate.not_valid_after_utc
    except (x509.ExtensionNotFound, der.DerError):
        return False

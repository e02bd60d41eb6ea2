"""Certificate revocation lists 证书吊销列表 (RFC 5280 §5): checked against an issuer, asked with their freshness."""

from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from signing import algorithms, der
from signing.errors import TrustError
from signing.evidence import Evidence
from signing.places import list_places
from signing.standing import RevocationAnswer, Standing, reason_name, unknown

_UNDERSTOOD: Final = frozenset(
    {
        x509.CRLNumber.oid,
        x509.AuthorityKeyIdentifier.oid,
        x509.IssuingDistributionPoint.oid,
        x509.ObjectIdentifier(algorithms.EXPIRED_CERTIFICATES_ON_CRL),
    }
)
"""Extensions that are judged here, or change nothing. A delta is not: it is not a list of its own."""
_ACCEPTED_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})


class RevocationList:
    """A list that remembers for which issuers its signature was checked.

    Args:
        encoded: DER. Its signature is checked when it is asked, against the issuer then known.

    Raises:
        TrustError: `trust.crl`, it cannot be read.
    """

    __slots__ = ("_crl", "_evidence", "_usable", "issuer_name")

    def __init__(self, encoded: bytes) -> None:
        try:
            self._crl = x509.load_der_x509_crl(encoded)
            self.issuer_name = self._crl.issuer.public_bytes()
        except MemoryError:
            raise
        except Exception as error:  # the library raises many types, not all of them ValueError
            raise TrustError("trust.crl", "A revocation list cannot be read", hint="fetch it again") from error
        self._evidence = Evidence(crls=(encoded,))
        self._usable: dict[x509.Certificate, bool] = {}

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationAnswer:
        """Ask for a certificate's standing at a moment.

        Silence about a certificate that expired before the list was made counts only if the list says that it keeps
        such certificates.

        Args:
            certificate: whose standing.
            issuer: the certificate of its issuer, already trusted.
            at: moment of validation.
        """
        if issuer not in self._usable:
            self._usable[issuer] = _is_usable(self._crl, issuer)
        if not self._usable[issuer]:
            return unknown("the list is not complete, or not the issuer's")
        crl = self._crl
        if not _covers(crl, certificate):
            return unknown("the list is about other certificates of the issuer")
        as_of, next_update = crl.last_update_utc, crl.next_update_utc
        revoked = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if revoked is not None and revoked.revocation_date_utc <= at:
            cause = _cause(revoked)
            return RevocationAnswer(
                Standing.REVOKED,
                as_of,
                next_update,
                revoked.revocation_date_utc,
                on_hold=cause is x509.ReasonFlags.certificate_hold,
                reason=reason_name(cause),
                evidence=self._evidence,
            )
        if certificate.not_valid_after_utc < as_of and not _keeps_expired(crl, certificate):
            reason = "the list is younger than the certificate's end, and does not keep such certificates"
            return RevocationAnswer(Standing.UNKNOWN, as_of, next_update, reason=reason)
        return RevocationAnswer(Standing.GOOD, as_of, next_update, evidence=self._evidence)


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


def _covers(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Tell whether a list that is about some certificates of its issuer only is about this one (RFC 5280 §6.3.3 b)."""
    try:
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if point.only_some_reasons or point.indirect_crl or point.only_contains_attribute_certs or point.relative_name:
        return False
    if point.only_contains_ca_certs if not _is_ca(certificate) else point.only_contains_user_certs:
        return False
    names = {name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    return point.full_name is None or not names.isdisjoint(list_places(certificate))


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _cause(entry: x509.RevokedCertificate) -> x509.ReasonFlags | None:
    """Why a certificate was revoked; a reason that cannot be read revokes for good, like none."""
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return None


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

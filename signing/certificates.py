"""X.509 certificates and CRLs of the development PKI (RFC 5280), as builders over `cryptography`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from signing import algorithms, der
from signing.keys import PublicKey
from signing.pki_description import PkiDescription

_DAYS_PER_YEAR: Final = 365.25
_POLICIES: Final = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier(algorithms.DEVELOPMENT_POLICY_OID), None)]
)


@dataclass(frozen=True, slots=True, repr=False)
class Issuer:
    """A certification authority: its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Revocation:
    """A revoked certificate: which, since when, why."""

    serial_number: int
    date: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


def subject(description: PkiDescription, common_name: str, organization: str, code: str) -> x509.Name:
    """Build a subject that says for whom it is and that it is for development only.

    The credit code stands in organizationIdentifier as `NTRCN-<code>`: ETSI EN 319 412-1 §5.1.4, national trade
    register, country CN.
    """
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, description.country),
            x509.NameAttribute(NameOID.LOCALITY_NAME, description.locality),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, algorithms.DEVELOPMENT_MARK),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRCN-{code}"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def root_certificate(description: PkiDescription, key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    """Issue the self-signed trust anchor."""
    name = subject(description, description.root, description.operator, description.operator_code)
    builder = _start(name, name, key.public_key(), at, description.root_years)
    return _with_ca_extensions(builder, path_length=1).sign(key, hashes.SHA256())


def city_ca_certificate(
    description: PkiDescription, root: Issuer, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.Certificate:
    """Issue the authority that issues everything else."""
    name = subject(description, description.city_ca, description.operator, description.operator_code)
    builder = _start(name, root.certificate.subject, key.public_key(), at, description.city_ca_years)
    builder = _with_issuer_extensions(_with_ca_extensions(builder, path_length=0), description, root)
    return builder.sign(root.key, hashes.SHA256())


def seal_certificate(
    description: PkiDescription, issuer: Issuer, key: PublicKey, name: x509.Name, at: datetime
) -> x509.Certificate:
    """Issue a department's seal certificate: digitalSignature and contentCommitment, nothing else."""
    builder = _start_end_entity(description, issuer, key, name, at, description.certificate_years)
    return builder.add_extension(_key_usage("digital_signature", "content_commitment"), critical=True).sign(
        issuer.key, hashes.SHA256()
    )


def timestamp_certificate(
    description: PkiDescription, issuer: Issuer, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.Certificate:
    """Issue the time-stamp authority's certificate (RFC 3161 §2.3: critical extended key usage, timeStamping alone).

    It lives as long as its authority: a time-stamp proves nothing once its certificate has expired.
    """
    name = subject(description, description.timestamp_authority, description.operator, description.operator_code)
    builder = _start_end_entity(description, issuer, key, name, at, description.city_ca_years)
    builder = builder.add_extension(_key_usage("digital_signature"), critical=True)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return builder.add_extension(usage, critical=True).sign(issuer.key, hashes.SHA256())


def ocsp_certificate(
    description: PkiDescription, issuer: Issuer, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.Certificate:
    """Issue the OCSP responder's certificate (RFC 6960 §4.2.2.2: delegated, not itself checked for revocation)."""
    name = subject(description, description.ocsp_responder, description.operator, description.operator_code)
    builder = _start_end_entity(description, issuer, key, name, at, description.certificate_years)
    builder = builder.add_extension(_key_usage("digital_signature"), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    return builder.add_extension(x509.OCSPNoCheck(), critical=False).sign(issuer.key, hashes.SHA256())


def list_certificate(
    description: PkiDescription, issuer: Issuer, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.Certificate:
    """Issue the certificate of whoever signs trust lists, for that purpose alone (ETSI TS 119 612 §5.7.1)."""
    name = subject(description, description.list_signer, description.operator, description.operator_code)
    builder = _start_end_entity(description, issuer, key, name, at, description.certificate_years)
    builder = builder.add_extension(_key_usage("digital_signature"), critical=True)
    usage = x509.ExtendedKeyUsage([x509.ObjectIdentifier(algorithms.LIST_SIGNING)])
    return builder.add_extension(usage, critical=True).sign(issuer.key, hashes.SHA256())


def status_certificate(
    description: PkiDescription, issuer: Issuer, key: ec.EllipticCurvePublicKey, at: datetime
) -> x509.Certificate:
    """Issue the certificate of whoever signs status lists 状态名单: digitalSignature, so that it serves for no seal.

    Without an extended key usage: that of the Token Status List (id-kp-oauthStatusSigning) has no number yet, and it is
    the trust list that says for what the certificate serves.
    """
    name = subject(description, description.status_signer, description.operator, description.operator_code)
    builder = _start_end_entity(description, issuer, key, name, at, description.certificate_years)
    return builder.add_extension(_key_usage("digital_signature"), critical=True).sign(issuer.key, hashes.SHA256())


def revocation_list(
    issuer: Issuer, revoked: Iterable[Revocation], *, number: int, at: datetime, period: timedelta
) -> x509.CertificateRevocationList:
    """Issue a complete CRL.

    Entries stay after their certificates expire, and the list says so (expiredCertsOnCRL, ITU-T X.509 §9.5.2.8):
    seals outlive certificates.

    Args:
        issuer: the authority.
        revoked: every revocation so far.
        number: CRL number, larger than that of every earlier list.
        at: thisUpdate.
        period: until nextUpdate.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + period)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
        .add_extension(
            x509.UnrecognizedExtension(
                x509.ObjectIdentifier(algorithms.EXPIRED_CERTIFICATES_ON_CRL),
                der.generalized_time(issuer.certificate.not_valid_before_utc),
            ),
            critical=False,
        )
    )
    for entry in sorted(revoked, key=lambda revocation: revocation.serial_number):
        item = x509.RevokedCertificateBuilder().serial_number(entry.serial_number).revocation_date(entry.date)
        if entry.reason is not x509.ReasonFlags.unspecified:  # RFC 5280 §5.3.1: leave it out rather than say nothing
            item = item.add_extension(x509.CRLReason(entry.reason), critical=False)
        builder = builder.add_revoked_certificate(item.build())
    return builder.sign(issuer.key, hashes.SHA256())


def _start(name: x509.Name, issuer: x509.Name, key: PublicKey, at: datetime, years: int) -> x509.CertificateBuilder:
    start = at.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=round(years * _DAYS_PER_YEAR)))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(_POLICIES, critical=False)
    )


def _start_end_entity(
    description: PkiDescription,
    issuer: Issuer,
    key: PublicKey,
    name: x509.Name,
    at: datetime,
    years: int,
) -> x509.CertificateBuilder:
    builder = _start(name, issuer.certificate.subject, key, at, years)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return _with_issuer_extensions(builder, description, issuer)


def _with_ca_extensions(builder: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    constraints = x509.BasicConstraints(ca=True, path_length=path_length)
    usage = _key_usage("key_cert_sign", "crl_sign")
    return builder.add_extension(constraints, critical=True).add_extension(usage, critical=True)


def _with_issuer_extensions(
    builder: x509.CertificateBuilder, description: PkiDescription, issuer: Issuer
) -> x509.CertificateBuilder:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    if not description.base_url:
        return builder
    name = "root" if issuer.certificate.issuer == issuer.certificate.subject else "city"
    point = x509.DistributionPoint([_url(description, f"crl/{name}.crl")], None, None, None)
    access = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, _url(description, "ocsp")),
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, _url(description, f"ca/{name}.cer")),
    ]
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False).add_extension(
        x509.AuthorityInformationAccess(access), critical=False
    )


def _url(description: PkiDescription, path: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(f"{description.base_url}/{path}")


def _key_usage(*wanted: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in wanted for name in every})

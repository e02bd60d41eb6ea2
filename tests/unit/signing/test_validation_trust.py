"""Trust: chain, purpose, period, revocation and time, each with its own finding. The moment asked decides."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing import devkit
from signing.certificates import Issuer, seal_certificate
from signing.errors import TrustError
from signing.key_files import load_certificates, load_private_key
from signing.keys import SealCredential, SoftSigner
from signing.pki_description import load_description
from signing.reports import Indication, SubIndication
from signing.sealing import seal
from signing.trust import TrustStore
from signing.validation import validate
from signing.validation.chain import judge_chain

DAY = timedelta(days=1)
DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"


def test_a_stranger_with_the_same_names_is_unknown(pki: Any, other_pki: Any, plain_pdf: bytes) -> None:
    report = validate(other_pki.seal(plain_pdf), trust=pki.trust(), at=pki.now)
    assert report.indication is Indication.INDETERMINATE
    assert "seal.unknown-issuer" in report.codes
    assert "seal.timestamp-untrusted" in report.codes
    assert report.sealed_at is None
    # Intact, so readable; but nobody vouches for it.
    assert report.covered != b""


def test_without_a_time_stamp_the_unknown_issuer_decides(pki: Any, other_pki: Any, plain_pdf: bytes) -> None:
    report = validate(other_pki.seal(plain_pdf, timestamped=False), trust=pki.trust(), at=pki.now)
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert report.codes == ("seal.unknown-issuer", "seal.timestamp-missing", "seal.development")


def test_embedded_certificates_make_no_trust(pki: Any, other_pki: Any, plain_pdf: bytes) -> None:
    """The stranger's root in the container is no anchor."""
    credential = other_pki.credential()
    root = load_certificates(other_pki.folder / "public" / "anchors" / "root-ca.pem")[0]
    generous = SealCredential(credential.certificate, (*credential.chain, root), credential.signer)
    sealed = seal(plain_pdf, credential=generous, timestamper=None, appearance=None, at=pki.now, nonce=lambda: 1)
    assert "seal.unknown-issuer" in validate(sealed, trust=pki.trust(), at=pki.now).codes


def test_no_anchor_is_refused_at_construction(tmp_path: Path) -> None:
    with pytest.raises(TrustError) as caught:
        TrustStore([])
    assert caught.value.code == "trust.empty"
    with pytest.raises(TrustError) as caught:
        TrustStore.load(tmp_path)
    assert caught.value.code == "trust.empty"


@pytest.mark.parametrize(("name", "code"), [("anchors/x.pem", "trust.certificate"), ("crl/x.crl", "trust.crl")])
def test_damaged_trust_material_is_refused(own_pki: Any, name: str, code: str) -> None:
    (own_pki.folder / "public" / name).write_bytes(b"damaged")
    with pytest.raises(TrustError) as caught:
        own_pki.trust()
    assert caught.value.code == code


def test_trust_needs_no_private_key(own_pki: Any, sealed_pdf: bytes) -> None:
    for path in (own_pki.folder / "private").iterdir():
        path.unlink()
    report = validate(sealed_pdf, trust=own_pki.trust(), at=own_pki.now)
    assert report.indication is Indication.TOTAL_PASSED


def test_a_certificate_that_expired_after_the_time_stamp_is_fine(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf)
    at = own_pki.created + timedelta(days=3 * 366)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=at - DAY)
    report = validate(sealed, trust=own_pki.trust(), at=at)
    assert report.signer is not None
    assert report.signer.not_after < at
    assert report.indication is Indication.TOTAL_PASSED
    assert report.sealed_at == own_pki.now


def test_without_a_time_stamp_an_expired_certificate_proves_nothing(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf, timestamped=False)
    at = own_pki.created + timedelta(days=3 * 366)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=at - DAY)
    report = validate(sealed, trust=own_pki.trust(), at=at)
    assert (report.indication, report.sub_indication) == (
        Indication.INDETERMINATE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
    )
    assert report.codes[0] == "seal.certificate-expired"


def test_a_certificate_used_before_its_period_is_found(pki: Any, plain_pdf: bytes) -> None:
    sealed = pki.seal(plain_pdf, timestamped=False)
    report = validate(sealed, trust=pki.trust(), at=pki.created - DAY)
    assert report.indication is Indication.INDETERMINATE
    assert report.codes[0] == "seal.certificate-not-yet-valid"


@pytest.mark.parametrize(
    ("start", "claimed", "code", "sub"),
    [
        (timedelta(days=-3 * 365 - 1, hours=-12), -DAY, "seal.sealed-after-expiry", SubIndication.EXPIRED),
        (timedelta(days=10), 11 * DAY, "seal.sealed-before-validity", SubIndication.NOT_YET_VALID),
    ],
)
def test_a_time_stamp_proves_that_a_seal_was_used_outside_its_period(
    pki: Any, plain_pdf: bytes, start: timedelta, claimed: timedelta, code: str, sub: SubIndication
) -> None:
    city = Issuer(*authority(pki, "city"))
    key = ec.generate_private_key(ec.SECP256R1())
    old = pki.credential().certificate
    made = seal_certificate(load_description(DESCRIPTION), city, key.public_key(), old.subject, pki.now + start)
    sealed = seal(
        plain_pdf,
        credential=SealCredential(made, (city.certificate,), SoftSigner(key)),
        timestamper=pki.timestamper(pki.now),
        appearance=None,
        at=pki.now + claimed,
        nonce=lambda: 1,
    )
    report = validate(sealed, trust=pki.trust(), at=pki.now)
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, sub)
    assert report.codes[0] == code


def test_the_period_of_an_authority_says_nothing_about_who_sealed(pki: Any) -> None:
    """The time-stamp is older than the authority: nobody is known who would vouch for that, but nothing is forged."""
    city = Issuer(*authority(pki, "city"))
    key = ec.generate_private_key(ec.SECP256R1())
    subject = pki.credential().certificate.subject
    made = seal_certificate(load_description(DESCRIPTION), city, key.public_key(), subject, pki.created - 9 * DAY)
    chain = judge_chain(made, (), pki.trust(), at=pki.now, existed_at=pki.created - 8 * DAY)
    assert [(one.finding.code, one.indication) for one in chain.problems] == [
        ("seal.unknown-issuer", Indication.INDETERMINATE)
    ]


def test_silence_about_expired_certificates_counts_only_if_the_list_keeps_them(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf)
    at = own_pki.created + timedelta(days=3 * 366)
    forgetful = [plain_list(own_pki, name, at - DAY, at + DAY) for name in ("root", "city")]
    public = own_pki.folder / "public"
    trust = TrustStore(
        load_certificates(public / "anchors" / "root-ca.pem"),
        load_certificates(public / "intermediates" / "city-ca.pem"),
        forgetful,
    )
    report = validate(sealed, trust=trust, at=at)
    assert (report.indication, report.codes[0]) == (Indication.INDETERMINATE, "seal.revocation-unknown")


def authority(pki: Any, name: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key_name, place = {"root": ("root-ca", "anchors"), "city": ("city-ca", "intermediates")}[name]
    return (
        load_certificates(pki.folder / "public" / place / f"{key_name}.pem")[0],
        load_private_key(pki.folder / "private" / f"{key_name}.pem", pki.passphrase),
    )


def plain_list(
    pki: Any,
    name: str,
    at: datetime,
    until: datetime,
    *,
    extensions: Sequence[x509.ExtensionType] = (),
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    certificate, own_key = authority(pki, name)
    builder = x509.CertificateRevocationListBuilder(certificate.subject, at, until)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key or own_key, hashes.SHA256()).public_bytes(Encoding.DER)


def trust_with(pki: Any, crls: Sequence[bytes]) -> TrustStore:
    public = pki.folder / "public"
    return TrustStore(
        load_certificates(public / "anchors" / "root-ca.pem"),
        load_certificates(public / "intermediates" / "city-ca.pem"),
        crls,
    )


def test_no_list_means_unknown(pki: Any, plain_pdf: bytes) -> None:
    report = validate(pki.seal(plain_pdf, timestamped=False), trust=trust_with(pki, ()), at=pki.now)
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, SubIndication.TRY_LATER)
    assert report.codes[0] == "seal.revocation-unknown"
    assert report.revocation_as_of is None


def test_a_list_by_a_stranger_is_no_list(pki: Any, plain_pdf: bytes) -> None:
    forged = plain_list(pki, "city", pki.created, pki.now + DAY, key=ec.generate_private_key(ec.SECP256R1()))
    root = plain_list(pki, "root", pki.created, pki.now + DAY)
    report = validate(pki.seal(plain_pdf, timestamped=False), trust=trust_with(pki, [forged, root]), at=pki.now)
    assert report.codes[0] == "seal.revocation-unknown"


def test_a_partial_list_is_no_list(pki: Any, plain_pdf: bytes) -> None:
    partial = x509.IssuingDistributionPoint(None, None, False, True, None, False, False)  # noqa: FBT003 - their signature
    lists = [
        plain_list(pki, "city", pki.created, pki.now + DAY, extensions=[partial]),
        plain_list(pki, "root", pki.created, pki.now + DAY),
    ]
    report = validate(pki.seal(plain_pdf, timestamped=False), trust=trust_with(pki, lists), at=pki.now)
    assert report.codes[0] == "seal.revocation-unknown"


def test_a_stale_list_is_neither_valid_nor_revoked(pki: Any, sealed_pdf: bytes) -> None:
    report = validate(sealed_pdf, trust=pki.trust(), at=pki.created + timedelta(days=31))
    assert report.indication is Indication.INDETERMINATE
    # The time-stamp's authority is on the same list.
    assert "seal.revocation-stale" in report.codes
    assert report.covered == sealed_pdf
    assert report.revocation_as_of == pki.created


def test_the_newest_list_decides(pki: Any, plain_pdf: bytes) -> None:
    at = pki.now + timedelta(days=40)
    public = pki.folder / "public" / "crl"
    stale = [(public / f"{name}.crl").read_bytes() for name in ("root", "city")]
    fresh = [plain_list(pki, name, at - DAY, at + DAY) for name in ("root", "city")]
    for lists in (stale + fresh, fresh + stale):
        report = validate(pki.seal(plain_pdf, timestamped=False), trust=trust_with(pki, lists), at=at)
        assert report.indication is Indication.TOTAL_PASSED
        assert report.revocation_as_of == at - DAY


@pytest.mark.parametrize(
    ("revoked_after", "indication", "sub"),
    [
        (timedelta(hours=1), Indication.TOTAL_PASSED, None),
        (timedelta(0), Indication.TOTAL_FAILED, SubIndication.REVOKED),
        (timedelta(hours=-1), Indication.TOTAL_FAILED, SubIndication.REVOKED),
    ],
    ids=["revoked after the time-stamp", "at the same moment", "before it"],
)
def test_revocation_against_a_time_stamp(
    own_pki: Any, plain_pdf: bytes, revoked_after: timedelta, indication: Indication, sub: SubIndication | None
) -> None:
    sealed = own_pki.seal(plain_pdf)
    revoke(own_pki, own_pki.credential().certificate, own_pki.now + revoked_after)
    report = validate(sealed, trust=own_pki.trust(), at=own_pki.now + DAY)
    assert (report.indication, report.sub_indication) == (indication, sub)
    assert ("seal.certificate-revoked" in report.codes) == (sub is not None)


def revoke(pki: Any, certificate: x509.Certificate, at: datetime) -> None:
    devkit.revoke_certificate(pki.folder, certificate, passphrase=pki.passphrase, at=at)


def test_revocation_without_a_time_stamp(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf, timestamped=False)
    revoke(own_pki, own_pki.credential().certificate, own_pki.now + timedelta(hours=1))
    report = validate(sealed, trust=own_pki.trust(), at=own_pki.now + DAY)
    assert (report.indication, report.sub_indication) == (Indication.INDETERMINATE, SubIndication.REVOKED_NO_POE)
    # Asked about a moment before the revocation, it was not revoked.
    before = validate(sealed, trust=own_pki.trust(), at=own_pki.now)
    assert before.indication is Indication.TOTAL_PASSED


def test_a_revoked_authority_condemns_what_it_issued(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf)
    revoke(own_pki, authority(own_pki, "city")[0], own_pki.now + timedelta(hours=1))
    report = validate(sealed, trust=own_pki.trust(), at=own_pki.now + DAY)
    assert report.indication is Indication.INDETERMINATE
    assert "seal.revoked-no-proof" in report.codes
    assert report.sealed_at is None


def test_a_revoked_time_stamp_authority_proves_nothing(own_pki: Any, plain_pdf: bytes) -> None:
    sealed = own_pki.seal(plain_pdf)
    revoke(own_pki, own_pki.credential("tsa").certificate, own_pki.now + timedelta(hours=1))
    report = validate(sealed, trust=own_pki.trust(), at=own_pki.now + DAY)
    assert (report.indication, report.codes[0]) == (Indication.INDETERMINATE, "seal.timestamp-untrusted")
    assert report.sealed_at is None


def test_a_damaged_certificate_in_the_container_is_found(pki: Any, plain_pdf: bytes) -> None:
    credential = pki.credential()
    unrelated = pki.credential("health").certificate
    crowded = SealCredential(credential.certificate, (*credential.chain, unrelated), credential.signer)
    sealed = seal(plain_pdf, credential=crowded, timestamper=None, appearance=None, at=pki.now, nonce=lambda: 1)
    report = validate(sealed, trust=pki.trust(), at=pki.now)
    assert (report.indication, report.codes[0]) == (Indication.INDETERMINATE, "seal.stray-certificate")


def usage(*, commitment: bool = True, certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


Extensions = list[tuple[x509.ExtensionType, bool]]
ODD: dict[str, Extensions] = {
    "no commitment": [(usage(commitment=False), True)],
    "no key usage": [],
    "an authority": [
        (usage(certificates=True), True),
        (x509.BasicConstraints(ca=True, path_length=None), True),
    ],
    "a time-stamp authority": [(usage(), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)],
    "a web server": [(usage(), True), (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)],
}


@pytest.mark.parametrize("extensions", ODD.values(), ids=ODD.keys())
def test_certificates_for_other_purposes_do_not_seal(pki: Any, plain_pdf: bytes, extensions: Extensions) -> None:
    report = validate(sealed_by_odd(pki, plain_pdf, extensions), trust=pki.trust(), at=pki.now)
    assert report.indication is Indication.INDETERMINATE
    assert "seal.key-usage" in report.codes or "seal.unknown-issuer" in report.codes


def test_document_signing_is_a_purpose_that_seals(pki: Any, plain_pdf: bytes) -> None:
    purpose = x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")])
    sealed = sealed_by_odd(pki, plain_pdf, [(usage(), True), (purpose, False)])
    report = validate(sealed, trust=pki.trust(), at=pki.now)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.codes == ("seal.timestamp-missing",)


def test_an_unknown_critical_extension_is_not_passed_over(pki: Any, plain_pdf: bytes) -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    sealed = sealed_by_odd(pki, plain_pdf, [(usage(), True), (unknown, True)])
    assert "seal.unknown-issuer" in validate(sealed, trust=pki.trust(), at=pki.now).codes


def sealed_by_odd(pki: Any, pdf: bytes, extensions: Extensions) -> bytes:
    """Seal with a certificate that the city CA issued with just these extensions."""
    issuer, issuer_key = authority(pki, "city")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "odd")])
    builder = x509.CertificateBuilder(issuer.subject, name, key.public_key(), 77, pki.created, pki.now + DAY)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    certificate = builder.add_extension(identifier, critical=False).sign(issuer_key, hashes.SHA256())
    credential = SealCredential(certificate, (issuer,), SoftSigner(key))
    return seal(pdf, credential=credential, timestamper=None, appearance=None, at=pki.now, nonce=lambda: 1)


def test_a_department_cannot_issue_certificates(pki: Any, plain_pdf: bytes) -> None:
    """A chain through an end entity's certificate is no chain."""
    department = pki.credential("health")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "child of a department")])
    builder = x509.CertificateBuilder(
        department.certificate.subject, name, key.public_key(), 78, pki.created, pki.now + DAY
    )
    child = builder.add_extension(usage(), critical=True).sign(
        load_private_key(pki.folder / "private" / "health.pem", pki.passphrase), hashes.SHA256()
    )
    credential = SealCredential(child, (department.certificate, *department.chain), SoftSigner(key))
    sealed = seal(plain_pdf, credential=credential, timestamper=None, appearance=None, at=pki.now, nonce=lambda: 1)
    report = validate(sealed, trust=pki.trust(), at=pki.now)
    assert (report.indication, report.codes[0]) == (Indication.INDETERMINATE, "seal.unknown-issuer")


def test_every_wrong_answer_has_a_reason(pki: Any, other_pki: Any, plain_pdf: bytes, sealed_pdf: bytes) -> None:
    trust = pki.trust()
    judged: list[Callable[[], Any]] = [
        lambda: validate(plain_pdf, trust=trust, at=pki.now),
        lambda: validate(other_pki.seal(plain_pdf), trust=trust, at=pki.now),
        lambda: validate(sealed_pdf, trust=trust, at=pki.now + timedelta(days=99)),
        lambda: validate(b"", trust=trust, at=pki.now),
    ]
    for judge in judged:
        report = judge()
        assert report.indication is not Indication.TOTAL_PASSED
        assert report.sub_indication is not None
        assert report.findings

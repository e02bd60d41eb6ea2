"""The OCSP responder: refusals, and answers as `cryptography` reads them. OpenSSL judges in the conformance tests."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from signing import devkit
from signing.key_files import load_certificates
from signing.ocsp import OcspResponder


def request(certificate: x509.Certificate, issuer: x509.Certificate, *, nonce: bytes | None = None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def city_ca(pki: Any) -> x509.Certificate:
    return load_certificates(pki.folder / "public" / "intermediates" / "city-ca.pem")[0]


def responder(pki: Any) -> OcspResponder:
    return OcspResponder.load(pki.folder, passphrase=pki.passphrase, at=pki.now)


def test_a_good_certificate(pki: Any) -> None:
    certificate = pki.credential().certificate
    answer = ocsp.load_der_ocsp_response(
        responder(pki).respond(request(certificate, city_ca(pki), nonce=b"0123456789abcdef"), pki.now)
    )
    assert answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == certificate.serial_number
    assert answer.produced_at_utc == pki.now
    assert answer.this_update_utc == pki.created
    assert answer.next_update_utc == pki.created + timedelta(days=30)
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"0123456789abcdef"
    key = answer.certificates[0].public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))


def test_a_revoked_certificate(own_pki: Any) -> None:
    certificate = own_pki.credential().certificate
    devkit.revoke_certificate(
        own_pki.folder,
        certificate,
        passphrase=own_pki.passphrase,
        at=own_pki.now,
        reason=x509.ReasonFlags.cessation_of_operation,
    )
    answer = ocsp.load_der_ocsp_response(
        responder(own_pki).respond(request(certificate, city_ca(own_pki)), own_pki.now)
    )
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == own_pki.now
    assert answer.revocation_reason is x509.ReasonFlags.cessation_of_operation


def test_of_unknown_certificates_nothing_is_said(pki: Any, other_pki: Any) -> None:
    issuer = city_ca(other_pki)
    same_number = (
        ocsp.OCSPRequestBuilder()
        .add_certificate_by_hash(
            hashlib.sha256(issuer.subject.public_bytes()).digest(),
            issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.ljust(32, b"\0"),
            pki.credential().certificate.serial_number,
            hashes.SHA256(),
        )
        .build()
        .public_bytes(Encoding.DER)
    )
    strangers = (
        same_number,
        request(other_pki.credential().certificate, city_ca(other_pki)),
        request(other_pki.credential().certificate, city_ca(pki)),
    )
    for asked in strangers:
        answer = ocsp.load_der_ocsp_response(responder(pki).respond(asked, pki.now))
        assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize("asked", [b"", b"\x30\x00", b"0" * 100, b"\x30\x80\x00\x00"])
def test_other_bytes_are_malformed(pki: Any, asked: bytes) -> None:
    answer = ocsp.load_der_ocsp_response(responder(pki).respond(asked, pki.now))
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST

"""Signature containers: what is written is read again, and every other shape is refused."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from signing import algorithms, der
from signing.cms import SignedDataTemplate, attribute
from signing.cms_reader import UnacceptableAlgorithmError, read_signed_data
from signing.der import DerError

DIGEST = hashlib.sha256(b"content").digest()
RSA_SHA256 = "1.2.840.113549.1.1.11"


def test_what_is_written_is_read_again(pki: Any) -> None:
    credential = pki.credential()
    signed = SignedDataTemplate(credential, algorithms.DATA).sign(DIGEST)
    found = read_signed_data(signed.finish(b"\x05\x00"))
    assert found.content is None
    assert found.certificate_der == credential.certificate_der
    assert found.others == credential.chain_der
    assert found.message_digest_is(DIGEST)
    assert not found.message_digest_is(bytes(32))
    assert found.signature_is_valid()
    assert found.names_its_certificate()
    assert found.unsigned[algorithms.SIGNATURE_TIME_STAMP].raw == b"\x05\x00"


def test_the_size_limit_holds(pki: Any) -> None:
    template = SignedDataTemplate(pki.credential(), algorithms.DATA)
    sizes = {len(template.sign(hashlib.sha256(bytes([number])).digest()).finish()) for number in range(50)}
    assert max(sizes) <= template.size_limit()
    assert template.size_limit() - max(sizes) < 200


def algorithm(dotted: str, *parameters: bytes) -> bytes:
    return der.tlv(der.SEQUENCE, der.oid(dotted), *parameters)


@dataclass(frozen=True)
class Shape:
    """A container, part by part, to be bent out of shape."""

    certificate: bytes
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    content_type: str = algorithms.SIGNED_DATA
    version: int = 1
    signer_version: int = 1
    digests: Sequence[bytes] = (algorithm(algorithms.SHA256),)
    digest: bytes = algorithm(algorithms.SHA256)
    signature: bytes = algorithm(algorithms.ECDSA_SHA256)
    certificates: Sequence[bytes] | None = None
    attributes: Sequence[bytes] | None = None
    identifier: bytes | None = None
    signers: int = 1
    crls: bytes = b""

    def fine_attributes(self) -> tuple[bytes, ...]:
        named = der.tlv(der.OCTET_STRING, hashlib.sha256(self.certificate).digest())
        return (
            attribute(algorithms.CONTENT_TYPE, der.oid(algorithms.DATA)),
            attribute(algorithms.MESSAGE_DIGEST, der.tlv(der.OCTET_STRING, DIGEST)),
            attribute(algorithms.SIGNING_CERTIFICATE_V2, wrap(wrap(wrap(named)))),
        )

    def build(self) -> bytes:
        loaded = x509.load_der_x509_certificate(self.certificate)
        attributes = der.set_of(*(self.fine_attributes() if self.attributes is None else self.attributes))
        if isinstance(self.key, rsa.RSAPrivateKey):
            value = self.key.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
        else:
            value = self.key.sign(attributes, ec.ECDSA(hashes.SHA256()))
        identifier = wrap(loaded.issuer.public_bytes(), der.integer(loaded.serial_number))
        signer = wrap(
            der.integer(self.signer_version),
            self.identifier or identifier,
            self.digest,
            b"\xa0" + attributes[1:],
            self.signature,
            der.tlv(der.OCTET_STRING, value),
        )
        bag = [self.certificate] if self.certificates is None else self.certificates
        return wrap(
            der.oid(self.content_type),
            der.tlv(
                0xA0,
                wrap(
                    der.integer(self.version),
                    der.tlv(der.SET, *self.digests),
                    wrap(der.oid(algorithms.DATA)),
                    der.tlv(0xA0, *bag),
                    self.crls,
                    der.tlv(der.SET, *([signer] * self.signers)),
                ),
            ),
        )


def wrap(*parts: bytes) -> bytes:
    return der.tlv(der.SEQUENCE, *parts)


def self_signed(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shape")])
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 5, start, end)
    builder = builder.add_extension(x509.SubjectKeyIdentifier(b"key identifier"), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def shape() -> Shape:
    key = ec.generate_private_key(ec.SECP256R1())
    return Shape(self_signed(key), key)


def test_the_plain_shape_is_fine(shape: Shape) -> None:
    found = read_signed_data(shape.build())
    assert found.signature_is_valid()
    assert found.message_digest_is(DIGEST)
    assert found.names_its_certificate()


def test_a_signer_may_be_named_by_key_identifier(shape: Shape) -> None:
    identifier = der.tlv(0x80, b"key identifier")
    found = read_signed_data(replace(shape, signer_version=3, version=3, identifier=identifier).build())
    assert found.certificate_der == shape.certificate


def test_revocation_lists_in_the_container_are_passed_over(shape: Shape) -> None:
    assert read_signed_data(replace(shape, crls=der.tlv(0xA1)).build()).signature_is_valid()


BENT: dict[str, Callable[[Shape], Shape]] = {
    "other content type": lambda shape: replace(shape, content_type=algorithms.DATA),
    "version 2": lambda shape: replace(shape, version=2),
    "signer version": lambda shape: replace(shape, signer_version=3),
    "no signer": lambda shape: replace(shape, signers=0),
    "two signers": lambda shape: replace(shape, signers=2),
    "no certificate": lambda shape: replace(shape, certificates=()),
    "a certificate of another kind": lambda shape: replace(shape, certificates=(der.tlv(0xA1), shape.certificate)),
    "digest algorithms disagree": lambda shape: replace(shape, digests=(algorithm(algorithms.SHA512),)),
    "no digest algorithm": lambda shape: replace(shape, digests=()),
    "unknown member": lambda shape: replace(shape, crls=der.tlv(0xA2)),
    "an attribute twice": lambda shape: replace(
        shape, attributes=(*shape.fine_attributes(), shape.fine_attributes()[1])
    ),
    "an attribute with two values": lambda shape: replace(
        shape,
        attributes=(
            *shape.fine_attributes()[:1],
            wrap(
                der.oid(algorithms.MESSAGE_DIGEST),
                der.set_of(der.tlv(der.OCTET_STRING, DIGEST), der.tlv(der.OCTET_STRING, b"other")),
            ),
        ),
    ),
    "an attribute without a value": lambda shape: replace(
        shape, attributes=(*shape.fine_attributes()[:2], wrap(der.oid("1.2.3"), der.tlv(der.SET)))
    ),
    "another key identifier": lambda shape: replace(shape, signer_version=3, identifier=der.tlv(0x80, b"other")),
    "another issuer": lambda shape: replace(shape, identifier=wrap(wrap(), der.integer(5))),
    "a cut certificate": lambda shape: replace(shape, certificates=(wrap(wrap(), wrap(), wrap()),)),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
def test_other_shapes_are_refused(shape: Shape, bend: Callable[[Shape], Shape]) -> None:
    with pytest.raises(DerError):
        read_signed_data(bend(shape).build())


def test_missing_attributes_are_noticed(shape: Shape) -> None:
    content_type, digest, named = shape.fine_attributes()
    assert read_signed_data(replace(shape, attributes=(content_type, digest)).build()).names_its_certificate() is None
    assert not read_signed_data(replace(shape, attributes=(content_type, named)).build()).message_digest_is(DIGEST)
    assert not read_signed_data(replace(shape, attributes=(digest, named)).build()).message_digest_is(DIGEST)


def test_a_signature_that_names_another_certificate_is_noticed(shape: Shape) -> None:
    """A second certificate for the same key, issuer and number must not take the place of the first."""
    twin = replace(shape, certificate=self_signed(shape.key), attributes=shape.fine_attributes())
    assert twin.certificate != shape.certificate
    found = read_signed_data(twin.build())
    assert found.signature_is_valid()
    assert found.names_its_certificate() is False


@pytest.mark.parametrize(
    "value", [b"\x05\x00", wrap(), wrap(wrap()), wrap(wrap(wrap())), wrap(wrap(wrap(b"\x05\x00")))]
)
def test_a_name_of_another_shape_names_nobody(shape: Shape, value: bytes) -> None:
    odd = attribute(algorithms.SIGNING_CERTIFICATE_V2, value)
    found = read_signed_data(replace(shape, attributes=(*shape.fine_attributes()[:2], odd)).build())
    assert found.names_its_certificate() is False


def test_a_name_by_another_digest_is_read(shape: Shape) -> None:
    digest = der.tlv(der.OCTET_STRING, hashlib.sha512(shape.certificate).digest())
    odd = attribute(algorithms.SIGNING_CERTIFICATE_V2, wrap(wrap(wrap(algorithm(algorithms.SHA512), digest))))
    found = read_signed_data(replace(shape, attributes=(*shape.fine_attributes()[:2], odd)).build())
    assert found.names_its_certificate() is True


@pytest.mark.parametrize("dotted", [RSA_SHA256, algorithms.RSA_ENCRYPTION])
def test_rsa_is_accepted_from_2048_bits(dotted: str) -> None:
    for bits, accepted in ((2048, True), (1024, False)):
        key = rsa.generate_private_key(65537, bits)
        found = read_signed_data(Shape(self_signed(key), key, signature=algorithm(dotted, der.tlv(der.NULL))).build())
        if accepted:
            assert found.signature_is_valid()
        else:
            with pytest.raises(UnacceptableAlgorithmError):
                found.signature_is_valid()


@pytest.mark.parametrize(
    "signature",
    [
        algorithm("1.2.840.10045.4.3.4"),  # ECDSA with SHA-512 over a SHA-256 digest
        algorithm("1.2.840.10045.4.1"),  # ECDSA with SHA-1
        algorithm(RSA_SHA256),
        algorithm(algorithms.ECDSA_SHA256, wrap()),
    ],
    ids=["another digest", "SHA-1", "RSA", "with parameters"],
)
def test_algorithms_that_do_not_fit_are_unacceptable(shape: Shape, signature: bytes) -> None:
    found = read_signed_data(replace(shape, signature=signature).build())
    with pytest.raises(UnacceptableAlgorithmError):
        found.signature_is_valid()


def test_an_unknown_digest_is_unacceptable(shape: Shape) -> None:
    sha1 = algorithm("1.3.14.3.2.26")
    found = read_signed_data(replace(shape, digests=(sha1,), digest=sha1).build())
    with pytest.raises(UnacceptableAlgorithmError):
        _ = found.digest_name


def test_a_small_curve_is_unacceptable() -> None:
    key = ec.generate_private_key(ec.SECP192R1())
    with pytest.raises(UnacceptableAlgorithmError):
        read_signed_data(Shape(self_signed(key), key).build()).signature_is_valid()

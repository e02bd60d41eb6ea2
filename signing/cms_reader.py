"""Signature containers of strangers (CMS, RFC 5652) read strictly into frozen values, and their arithmetic checked.

Only what PAdES (ETSI EN 319 142-1 §4.1) allows is read: DER, SignedData, exactly one signer. Trust is not judged here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing import algorithms, der
from signing.der import DerError, Node

_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_CONTEXT_0_PRIMITIVE: Final = 0x80
_FIELDS_TO_ISSUER: Final = 3
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    algorithms.SHA256: hashes.SHA256(),
    algorithms.SHA384: hashes.SHA384(),
    algorithms.SHA512: hashes.SHA512(),
}


class UnacceptableAlgorithmError(ValueError):
    """An algorithm or key that is not accepted, so that nothing can be said about integrity."""


@dataclass(frozen=True, slots=True)
class SignedData:
    """One signature container.

    Attributes:
        content_type: object identifier of the signed content's type.
        content: encapsulated content; None for a detached signature.
        certificate: the signer's certificate.
        certificate_der: its encoding, as embedded.
        others: every other embedded certificate, DER.
        digest_algorithm: object identifier.
        signature_algorithm: object identifier.
        signature: signature value.
        signed_attributes: encoded as the SET OF that was signed.
        attributes: signed attributes by type, each with its one value.
        unsigned: unsigned attributes by type, each with its one value.
    """

    content_type: str
    content: bytes | None
    certificate: x509.Certificate
    certificate_der: bytes
    others: tuple[bytes, ...]
    digest_algorithm: str
    signature_algorithm: str
    signature: bytes
    signed_attributes: bytes
    attributes: Mapping[str, Node]
    unsigned: Mapping[str, Node]

    @property
    def digest_name(self) -> str:
        """`hashlib` name of the digest algorithm.

        Raises:
            UnacceptableAlgorithmError: it is not an accepted one.
        """
        try:
            return algorithms.DIGESTS[self.digest_algorithm]
        except KeyError:
            raise UnacceptableAlgorithmError(self.digest_algorithm) from None

    def message_digest_is(self, digest: bytes) -> bool:
        """Tell whether the signed message digest is this one, for content of the declared type."""
        declared = self.attributes.get(algorithms.MESSAGE_DIGEST)
        content_type = self.attributes.get(algorithms.CONTENT_TYPE)
        return (
            declared is not None
            and declared.tag == der.OCTET_STRING
            and declared.content == digest
            and content_type is not None
            and content_type.raw == der.oid(self.content_type)
        )

    def names_its_certificate(self) -> bool | None:
        """Tell whether signing-certificate-v2 names the signer's certificate (RFC 5035 §3); None if it is absent."""
        value = self.attributes.get(algorithms.SIGNING_CERTIFICATE_V2)
        if value is None:
            return None
        try:
            # Certificates of the chain and policies may follow; the first identifier is the signer's.
            identifier = value.members(der.SEQUENCE, 1, 2)[0].members(der.SEQUENCE)[0].members(der.SEQUENCE, 1, 2, 3)
            algorithm = algorithms.SHA256
            if identifier[0].tag == der.SEQUENCE:
                algorithm = _algorithm(identifier[0])
                identifier = identifier[1:]
            name = algorithms.DIGESTS[algorithm]
            return identifier[0].expect(der.OCTET_STRING).content == hashlib.new(name, self.certificate_der).digest()
        except (DerError, IndexError, KeyError):
            return False

    def signature_is_valid(self) -> bool:
        """Tell whether the signature value is the signer's over the signed attributes.

        Raises:
            UnacceptableAlgorithmError: algorithm or key is not accepted.
        """
        digest = _HASHES.get(self.digest_algorithm)
        if digest is None:
            raise UnacceptableAlgorithmError(self.digest_algorithm)
        try:
            key = self.certificate.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UnacceptableAlgorithmError("public key") from error
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                self._expect_digest(algorithms.ECDSA_SIGNATURES.get(self.signature_algorithm))
                if not isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1):
                    raise UnacceptableAlgorithmError(key.curve.name)
                key.verify(self.signature, self.signed_attributes, ec.ECDSA(digest))
            elif isinstance(key, rsa.RSAPublicKey):
                if self.signature_algorithm != algorithms.RSA_ENCRYPTION:
                    self._expect_digest(algorithms.RSA_SIGNATURES.get(self.signature_algorithm))
                if key.key_size < algorithms.MINIMUM_RSA_BITS:
                    raise UnacceptableAlgorithmError(f"RSA {key.key_size}")
                key.verify(self.signature, self.signed_attributes, padding.PKCS1v15(), digest)
            else:
                raise UnacceptableAlgorithmError(type(key).__name__)
        except InvalidSignature:
            return False
        return True

    def _expect_digest(self, digest: str | None) -> None:
        if digest is None or digest != self.digest_algorithm:
            raise UnacceptableAlgorithmError(self.signature_algorithm)


def read_signed_data(encoded: bytes) -> SignedData:
    """Read a DER ContentInfo with SignedData of one signer.

    Raises:
        DerError: not DER, not of this shape, several signers, or the signer's certificate is not embedded.
    """
    content_type, wrapped = der.read(encoded).members(der.SEQUENCE, 2)
    if content_type.as_oid() != algorithms.SIGNED_DATA:
        raise DerError("not SignedData")
    (signed_data,) = wrapped.members(_CONTEXT_0, 1)
    version, digests, encapsulated, *optional, signer_infos = signed_data.members(der.SEQUENCE, 4, 5, 6)
    if version.as_integer() not in {1, 3}:
        raise DerError("unexpected version")
    (signer_info,) = signer_infos.members(der.SET, 1)
    bag = optional.pop(0) if optional and optional[0].tag == _CONTEXT_0 else None
    if [node.tag for node in optional] not in ([], [_CONTEXT_1]):
        raise DerError("unexpected member")
    certificates = [node.expect(der.SEQUENCE).raw for node in bag.members(_CONTEXT_0)] if bag else []
    content_type, *content = encapsulated.members(der.SEQUENCE, 1, 2)

    version, identifier, digest, attributes, algorithm, signature, *rest = signer_info.members(der.SEQUENCE, 6, 7)
    if version.as_integer() != (1 if identifier.tag == der.SEQUENCE else 3):
        raise DerError("unexpected version of SignerInfo")
    certificate, certificate_der = _find_signer(identifier, certificates)
    digest_algorithm = _algorithm(digest)
    if [_algorithm(node) for node in digests.members(der.SET)] != [digest_algorithm]:
        raise DerError("digest algorithms disagree")
    certificates.remove(certificate_der)
    return SignedData(
        content_type=content_type.as_oid(),
        content=content[0].members(_CONTEXT_0, 1)[0].expect(der.OCTET_STRING).content if content else None,
        certificate=certificate,
        certificate_der=certificate_der,
        others=tuple(certificates),
        digest_algorithm=digest_algorithm,
        signature_algorithm=_algorithm(algorithm),
        signature=signature.expect(der.OCTET_STRING).content,
        signed_attributes=bytes((der.SET,)) + attributes.raw[1:],
        attributes=_attributes(attributes, _CONTEXT_0),
        unsigned=_attributes(rest[0], _CONTEXT_1) if rest else {},
    )


def _find_signer(identifier: Node, certificates: list[bytes]) -> tuple[x509.Certificate, bytes]:
    """Find the certificate that a SignerIdentifier means (RFC 5652 §5.3)."""
    for encoded in certificates:
        if identifier.tag == der.SEQUENCE:
            same = _issuer_and_serial(encoded) == identifier.content
        else:
            same = _subject_key_identifier(encoded) == identifier.expect(_CONTEXT_0_PRIMITIVE).content
        if same:
            return _load(encoded), encoded
    raise DerError("the signer's certificate is not embedded")


def _issuer_and_serial(certificate: bytes) -> bytes:
    """Cut issuer and serial number out of a certificate (RFC 5280 §4.1) as they stand in a SignerIdentifier."""
    to_be_signed = der.read(certificate).members(der.SEQUENCE, 3)[0].members(der.SEQUENCE)
    fields = to_be_signed[1:] if to_be_signed and to_be_signed[0].tag == _CONTEXT_0 else to_be_signed
    if len(fields) < _FIELDS_TO_ISSUER:
        raise DerError("a certificate is cut short")
    return fields[2].raw + fields[0].raw


def _subject_key_identifier(certificate: bytes) -> bytes | None:
    try:
        return _load(certificate).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _load(certificate: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(certificate)
    except Exception as error:  # the library raises many types, not all of them ValueError
        raise DerError("a certificate cannot be read") from error


def _algorithm(node: Node) -> str:
    """Read an AlgorithmIdentifier whose parameters are absent or NULL."""
    identifier, *parameters = node.members(der.SEQUENCE, 1, 2)
    if parameters and parameters[0].raw != der.tlv(der.NULL):
        return f"{identifier.as_oid()} with parameters"
    return identifier.as_oid()


def _attributes(node: Node, tag: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for member in node.members(tag):
        kind, values = member.members(der.SEQUENCE, 2)
        if kind.as_oid() in found:
            raise DerError("an attribute occurs twice")
        members = values.members(der.SET)
        if len(members) != 1:
            raise DerError("an attribute has no value, or several")
        found[kind.as_oid()] = members[0]
    return found

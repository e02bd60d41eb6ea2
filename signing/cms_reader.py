"""Signature containers of strangers (CMS, RFC 5652) read strictly into frozen values, and their arithmetic checked.

Read strictly, only what PAdES (ETSI EN 319 142-1 §4.1) allows is: DER, SignedData, exactly one signer. Documents of
others are older, or their makers less careful: read as `foreign`, what has one meaning is accepted. Trust is not
judged here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from signing import algorithms, ber, der
from signing.der import DerError, Node
from signing.known_certificates import issuer_and_serial, read_certificate

_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_CONTEXT_2: Final = 0xA2
_CONTEXT_0_PRIMITIVE: Final = 0x80
_SHA1: Final = "1.3.14.3.2.26"
_SHA1_BYTES: Final = 20
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_OTHER_CURVES: Final = (ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1)
_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    algorithms.SHA256: hashes.SHA256(),
    algorithms.SHA384: hashes.SHA384(),
    algorithms.SHA512: hashes.SHA512(),
}
_OLD_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 -- judged by the policy of algorithms
    "sha224": hashes.SHA224(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
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
        pss: parameters of RSA-PSS, encoded; empty for every other signature algorithm.
        foreign: it was read as a document of others: attributes may be missing, algorithms old.
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
    pss: bytes = b""
    foreign: bool = False

    @property
    def known_digests(self) -> Mapping[str, str]:
        """Digests that are computed for this container: object identifier → `hashlib` name."""
        return algorithms.EVERY_DIGEST if self.foreign else algorithms.DIGESTS

    @property
    def digest_name(self) -> str:
        """`hashlib` name of the digest algorithm.

        Raises:
            UnacceptableAlgorithmError: it is not an accepted one.
        """
        try:
            return self.known_digests[self.digest_algorithm]
        except KeyError:
            raise UnacceptableAlgorithmError(self.digest_algorithm) from None

    def message_digest_is(self, digest: bytes) -> bool:
        """Tell whether the signed message digest is this one, for content of the declared type."""
        if self.foreign and not self.signed_attributes:
            return True  # RFC 5652 §5.4: then the signature is over the content itself
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
        algorithm = algorithms.SHA256
        if value is None and self.foreign:  # RFC 2634 §5.4, with SHA-1
            value, algorithm = self.attributes.get(algorithms.SIGNING_CERTIFICATE), _SHA1
        if value is None:
            return None
        try:
            # Certificates of the chain and policies may follow; the first identifier is the signer's.
            identifier = value.members(der.SEQUENCE, 1, 2)[0].members(der.SEQUENCE)[0].members(der.SEQUENCE, 1, 2, 3)
            if identifier[0].tag == der.SEQUENCE:
                algorithm = _algorithm(identifier[0])
                identifier = identifier[1:]
            name = self.known_digests[algorithm]
            return identifier[0].expect(der.OCTET_STRING).content == hashlib.new(name, self.certificate_der).digest()
        except (DerError, IndexError, KeyError):
            return False

    def signature_is_valid(self, content_digest: bytes = b"") -> bool:
        """Tell whether the signature value is the signer's over the signed attributes.

        Args:
            content_digest: digest of the content: what was signed where there are no signed attributes.

        Raises:
            UnacceptableAlgorithmError: algorithm or key is not accepted.
        """
        digest = _HASHES.get(self.digest_algorithm)
        if digest is None and self.foreign:
            digest = _OLD_HASHES.get(self.digest_name)
        if digest is None:
            raise UnacceptableAlgorithmError(self.digest_algorithm)
        signed = self.signed_attributes
        how: hashes.HashAlgorithm | Prehashed = digest
        if self.foreign and not signed:
            signed, how = content_digest, Prehashed(digest)
        try:
            key = self.certificate.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UnacceptableAlgorithmError("public key") from error
        try:
            if isinstance(key, ec.EllipticCurvePublicKey):
                self._expect_digest(algorithms.ECDSA_SIGNATURES.get(self.signature_algorithm))
                if not isinstance(key.curve, _CURVES + (_OTHER_CURVES if self.foreign else ())):
                    raise UnacceptableAlgorithmError(key.curve.name)
                key.verify(self.signature, signed, ec.ECDSA(how))
            elif isinstance(key, rsa.RSAPublicKey):
                if key.key_size < (1024 if self.foreign else algorithms.MINIMUM_RSA_BITS):
                    raise UnacceptableAlgorithmError(f"RSA {key.key_size}")
                key.verify(self.signature, signed, self._rsa_padding(digest), how)
            else:
                raise UnacceptableAlgorithmError(type(key).__name__)
        except InvalidSignature:
            return False
        return True

    def _rsa_padding(self, digest: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
        if self.foreign and self.signature_algorithm == algorithms.RSA_PSS:
            return padding.PSS(padding.MGF1(digest), _salt_length(self.pss, self.digest_algorithm))
        if self.signature_algorithm != algorithms.RSA_ENCRYPTION:
            self._expect_digest(algorithms.RSA_SIGNATURES.get(self.signature_algorithm))
        return padding.PKCS1v15()

    def _expect_digest(self, digest: str | None) -> None:
        if digest is None and self.foreign:
            digest = algorithms.OLD_SIGNATURES.get(self.signature_algorithm)
        if digest is None or digest != self.digest_algorithm:
            raise UnacceptableAlgorithmError(self.signature_algorithm)


def read_foreign(encoded: bytes) -> tuple[SignedData, int]:
    """Read the container at the start of some bytes as other people's software writes it: BER, older attributes.

    Returns:
        The container, and how many octets it took.

    Raises:
        DerError: it cannot be read, has several signers, or the signer's certificate is not embedded.
    """
    container, used = ber.to_der(encoded)
    return read_signed_data(container, foreign=True), used


def read_signed_data(encoded: bytes, *, foreign: bool = False) -> SignedData:
    """Read a DER ContentInfo with SignedData of one signer.

    Args:
        foreign: accept what PAdES forbids and other formats of signatures allow.

    Raises:
        DerError: not DER, not of this shape, several signers, or the signer's certificate is not embedded.
    """
    content_type, wrapped = der.read(encoded).members(der.SEQUENCE, 2)
    if content_type.as_oid() != algorithms.SIGNED_DATA:
        raise DerError("not SignedData")
    (signed_data,) = wrapped.members(_CONTEXT_0, 1)
    version, digests, encapsulated, *optional, signer_infos = signed_data.members(der.SEQUENCE, 4, 5, 6)
    if version.as_integer() not in {1, 3} and not foreign:
        raise DerError("unexpected version")
    (signer_info,) = signer_infos.members(der.SET, 1)
    bag = optional.pop(0) if optional and optional[0].tag == _CONTEXT_0 else None
    if [node.tag for node in optional] not in ([], [_CONTEXT_1]):
        raise DerError("unexpected member")
    members = bag.members(_CONTEXT_0) if bag else ()
    certificates = [node.raw if foreign else node.expect(der.SEQUENCE).raw for node in members]
    content_type, *content = encapsulated.members(der.SEQUENCE, 1, 2)

    version, identifier, digest, *rest = signer_info.members(der.SEQUENCE, *((5, 6, 7) if foreign else (6, 7)))
    if version.as_integer() != (1 if identifier.tag == der.SEQUENCE else 3) and not foreign:
        raise DerError("unexpected version of SignerInfo")
    attributes = rest.pop(0) if rest[0].tag == _CONTEXT_0 else None
    if (attributes is None and not foreign) or not 2 <= len(rest) <= 3:  # noqa: PLR2004 -- algorithm, value, attributes
        raise DerError("no signed attributes, or no signature value")
    algorithm, signature, *unsigned = rest
    certificate, certificate_der = _find_signer(identifier, certificates)
    digest_algorithm = _algorithm(digest)
    if [_algorithm(node) for node in digests.members(der.SET)] != [digest_algorithm] and not foreign:
        raise DerError("digest algorithms disagree")
    certificates.remove(certificate_der)
    is_pss = foreign and algorithm.members(der.SEQUENCE)[0].as_oid() == algorithms.RSA_PSS
    return SignedData(
        content_type=content_type.as_oid(),
        content=content[0].members(_CONTEXT_0, 1)[0].expect(der.OCTET_STRING).content if content else None,
        certificate=certificate,
        certificate_der=certificate_der,
        others=tuple(certificates),
        digest_algorithm=digest_algorithm,
        signature_algorithm=algorithms.RSA_PSS if is_pss else _algorithm(algorithm),
        signature=signature.expect(der.OCTET_STRING).content,
        signed_attributes=bytes((der.SET,)) + attributes.raw[1:] if attributes else b"",
        attributes=_attributes(attributes, _CONTEXT_0, several=foreign) if attributes else {},
        unsigned=_attributes(unsigned[0], _CONTEXT_1, several=foreign) if unsigned else {},
        pss=algorithm.raw if is_pss else b"",
        foreign=foreign,
    )


def _salt_length(algorithm: bytes, digest: str) -> int:
    """The salt's length of RSA-PSS (RFC 4055 §3.1), whose two digests must be that of the content.

    Raises:
        UnacceptableAlgorithmError: other digests, or other masks.
    """
    try:
        _, parameters = der.read(algorithm).members(der.SEQUENCE, 2)
        given = {node.tag: node.members(node.tag, 1)[0] for node in parameters.members(der.SEQUENCE)}
        mask, mask_digest = given[_CONTEXT_1].members(der.SEQUENCE, 2)
        same = _algorithm(given[_CONTEXT_0]) == _algorithm(mask_digest) == digest
        if not same or mask.as_oid() != algorithms.MASK_GENERATION_1:
            raise UnacceptableAlgorithmError("RSA-PSS parameters")
        return given[_CONTEXT_2].as_integer() if _CONTEXT_2 in given else _SHA1_BYTES
    except (DerError, KeyError) as error:
        raise UnacceptableAlgorithmError("RSA-PSS parameters") from error


def _find_signer(identifier: Node, certificates: list[bytes]) -> tuple[x509.Certificate, bytes]:
    """Find the certificate that a SignerIdentifier means (RFC 5652 §5.3)."""
    for encoded in certificates:
        if encoded[0] != der.SEQUENCE:
            continue  # an attribute certificate, or another kind that RFC 5652 §10.2.2 knows
        if identifier.tag == der.SEQUENCE:
            same = issuer_and_serial(encoded) == identifier.content
        else:
            same = _subject_key_identifier(encoded) == identifier.expect(_CONTEXT_0_PRIMITIVE).content
        if same:
            return _load(encoded), encoded
    raise DerError("the signer's certificate is not embedded")


def _subject_key_identifier(certificate: bytes) -> bytes | None:
    try:
        return _load(certificate).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


def _load(certificate: bytes) -> x509.Certificate:
    try:
        return read_certificate(certificate)
    except Exception as error:  # the library raises many types, not all of them ValueError
        raise DerError("a certificate cannot be read") from error


def _algorithm(node: Node) -> str:
    """Read an AlgorithmIdentifier whose parameters are absent or NULL."""
    identifier, *parameters = node.members(der.SEQUENCE, 1, 2)
    if parameters and parameters[0].raw != der.tlv(der.NULL):
        return f"{identifier.as_oid()} with parameters"
    return identifier.as_oid()


def _attributes(node: Node, tag: int, *, several: bool = False) -> dict[str, Node]:
    """Attributes by type; with `several`, the first of those that occur more than once."""
    found: dict[str, Node] = {}
    for member in node.members(tag):
        kind, values = member.members(der.SEQUENCE, 2)
        if several and (kind.as_oid() in found or not values.content):
            continue
        if kind.as_oid() in found:
            raise DerError("an attribute occurs twice")
        members = values.members(der.SET)
        if len(members) != 1 and not several:
            raise DerError("an attribute has no value, or several")
        found[kind.as_oid()] = members[0]
    return found

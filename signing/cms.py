"""Signature containers (CMS, RFC 5652) with one signer: written from a template, read strictly.

The static parts (certificates, algorithm identifiers, signer identifier) are encoded once per credential; a signature
then costs one hash and one private-key operation. Used for PAdES signatures and for time-stamp tokens alike.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from signing import algorithms, der
from signing.keys import SealCredential, sha256

_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_ALGORITHM_SHA256: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.SHA256))
_ALGORITHM_ECDSA_SHA256: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.ECDSA_SHA256))
_ALGORITHM_RSA_SHA256: Final = der.tlv(der.SEQUENCE, der.oid(algorithms.RSA_SHA256), der.tlv(der.NULL))
_LONGEST_P256_SIGNATURE: Final = 72
_RSA_HEADERS: Final = 8
"""What a signature of RSA adds to the headers: longer lengths, and a longer algorithm identifier."""


def attribute(type_oid: str, value: bytes) -> bytes:
    """Encode a CMS attribute with one value."""
    return der.tlv(der.SEQUENCE, der.oid(type_oid), der.tlv(der.SET, value))


class SignedDataTemplate:
    """Everything of a SignedData that does not change from one signature of a credential to the next.

    Args:
        credential: who signs.
        content_type: `algorithms.DATA` for a detached PDF signature, `algorithms.TST_INFO` for a time-stamp token.
    """

    def __init__(self, credential: SealCredential, content_type: str) -> None:
        self._credential = credential
        self._content_type = content_type
        certificate = credential.certificate
        issuer_and_serial = der.tlv(
            der.SEQUENCE, certificate.issuer.public_bytes(), der.integer(certificate.serial_number)
        )
        key = credential.signer.public_key()
        rsa_bytes = key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else 0
        self._algorithm = _ALGORITHM_RSA_SHA256 if rsa_bytes else _ALGORITHM_ECDSA_SHA256
        self._longest_signature = rsa_bytes + _RSA_HEADERS if rsa_bytes else _LONGEST_P256_SIGNATURE
        self._signer_head = der.integer(1) + issuer_and_serial + _ALGORITHM_SHA256
        self._certificates = der.set_of(credential.certificate_der, *credential.chain_der, tag=_CONTEXT_0)
        # ESSCertIDv2 without hash algorithm (SHA-256 is the default, RFC 5035 §3) and without issuerSerial: the hash
        # identifies the certificate.
        ess_cert_id = der.tlv(der.SEQUENCE, der.tlv(der.OCTET_STRING, sha256(credential.certificate_der)))
        self._fixed_attributes = (
            attribute(algorithms.CONTENT_TYPE, der.oid(content_type)),
            attribute(algorithms.SIGNING_CERTIFICATE_V2, der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, ess_cert_id))),
        )

    def sign(self, message_digest: bytes, *, content: bytes | None = None) -> "UnfinishedSignature":
        """Sign the SHA-256 digest of the content.

        Args:
            message_digest: SHA-256 of what is signed, 32 bytes.
            content: the encapsulated content, or None for a detached signature.

        Returns:
            The signature, to be finished with or without a time-stamp.
        """
        attributes = der.set_of(
            *self._fixed_attributes, attribute(algorithms.MESSAGE_DIGEST, der.tlv(der.OCTET_STRING, message_digest))
        )
        return UnfinishedSignature(self, attributes, self._credential.sign(attributes), content)

    def assemble(self, signed: "UnfinishedSignature", unsigned_attributes: bytes) -> bytes:
        """Put the container together; `unsigned_attributes` is the encoded set, or empty."""
        signer_info = der.tlv(
            der.SEQUENCE,
            self._signer_head,
            bytes((_CONTEXT_0,)) + signed.attributes[1:],
            self._algorithm,
            der.tlv(der.OCTET_STRING, signed.signature),
            unsigned_attributes,
        )
        encapsulated = b"" if signed.content is None else der.tlv(_CONTEXT_0, der.tlv(der.OCTET_STRING, signed.content))
        # RFC 5652 §5.1: version 3 as soon as the content is anything but plain data.
        version = 1 if self._content_type == algorithms.DATA else 3
        return der.tlv(
            der.SEQUENCE,
            der.oid(algorithms.SIGNED_DATA),
            der.tlv(
                _CONTEXT_0,
                der.tlv(
                    der.SEQUENCE,
                    der.integer(version),
                    der.tlv(der.SET, _ALGORITHM_SHA256),
                    der.tlv(der.SEQUENCE, der.oid(self._content_type), encapsulated),
                    self._certificates,
                    der.tlv(der.SET, signer_info),
                ),
            ),
        )

    def size_limit(self, *, content: int = 0, time_stamp: int = 0) -> int:
        """Give an upper bound for the container's size in bytes.

        Args:
            content: bytes of encapsulated content.
            time_stamp: upper bound for the time-stamp token that will be attached, 0 for none.
        """
        attributes = sum(map(len, self._fixed_attributes)) + 64
        headers = 64  # tags and lengths around it all
        return (
            (len(self._certificates) + len(self._signer_head) + attributes + self._longest_signature + headers)
            + (content + 32 if content else 0)
            + (time_stamp + 32 if time_stamp else 0)
        )


@dataclass(frozen=True, slots=True)
class UnfinishedSignature:
    """A signature value with its signed attributes, not yet in its container."""

    template: SignedDataTemplate
    attributes: bytes
    signature: bytes
    content: bytes | None

    def finish(self, time_stamp_token: bytes | None = None) -> bytes:
        """Assemble the container.

        Args:
            time_stamp_token: DER TimeStampToken over the SHA-256 of `signature` (CAdES-T, RFC 5126 §6.1.1), or None.

        Returns:
            DER ContentInfo.
        """
        unsigned = b""
        if time_stamp_token is not None:
            unsigned = der.tlv(_CONTEXT_1, attribute(algorithms.SIGNATURE_TIME_STAMP, time_stamp_token))
        return self.template.assemble(self, unsigned)

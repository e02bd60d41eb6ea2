"""The few algorithms that are used and accepted, by their object identifiers.

Made here: ECDSA on P-256 with SHA-256 (RFC 5758), deterministic nonces (RFC 6979); for seals also RSA PKCS #1 v1.5
with SHA-256. Accepted from others: the ECDSA and RSA suites that ETSI TS 119 312 lists as usable. SM2/SM3 is not here
yet.
"""

from types import MappingProxyType
from typing import Final

DEVELOPMENT_POLICY_OID: Final = "2.25.222766772181016861005316981116750895874"
"""Certificate and time-stamp policy of the development PKI (see `keys/README.md`): trust nothing that carries it."""

DEVELOPMENT_MARK: Final = "开发测试 DEVELOPMENT"
"""Stands in the subject of every certificate of the development PKI, for people."""

SHA256: Final = "2.16.840.1.101.3.4.2.1"
SHA384: Final = "2.16.840.1.101.3.4.2.2"
SHA512: Final = "2.16.840.1.101.3.4.2.3"
DIGESTS: Final = MappingProxyType({SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"})
"""Accepted digest algorithms → their `hashlib` names."""

ECDSA_SHA256: Final = "1.2.840.10045.4.3.2"
ECDSA_SIGNATURES: Final = MappingProxyType(
    {ECDSA_SHA256: SHA256, "1.2.840.10045.4.3.3": SHA384, "1.2.840.10045.4.3.4": SHA512}
)
"""Accepted ECDSA signature algorithms (RFC 5758 §3.2) → the digest they imply."""

RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
RSA_SHA256: Final = "1.2.840.113549.1.1.11"
RSA_SIGNATURES: Final = MappingProxyType(
    {RSA_SHA256: SHA256, "1.2.840.113549.1.1.12": SHA384, "1.2.840.113549.1.1.13": SHA512}
)
"""Accepted RSA PKCS #1 v1.5 signature algorithms (RFC 4055 §5) → the digest they imply."""

MINIMUM_RSA_BITS: Final = 2048

OLD_DIGESTS: Final = MappingProxyType(
    {
        "1.3.14.3.2.26": "sha1",
        "2.16.840.1.101.3.4.2.4": "sha224",
        **{f"2.16.840.1.101.3.4.2.{7 + index}": f"sha3_{size}" for index, size in enumerate((224, 256, 384, 512))},
    }
)
"""Digests in documents of others → their `hashlib` names: computed, and then judged by `signing.algorithm_policy`."""
EVERY_DIGEST: Final = MappingProxyType({**DIGESTS, **OLD_DIGESTS})
"""Both, for documents of others."""
OLD_SIGNATURES: Final = MappingProxyType(
    {
        "1.2.840.113549.1.1.5": "1.3.14.3.2.26",
        "1.3.14.3.2.29": "1.3.14.3.2.26",
        "1.2.840.113549.1.1.14": "2.16.840.1.101.3.4.2.4",
        "1.2.840.10045.4.1": "1.3.14.3.2.26",
        "1.2.840.10045.4.3.1": "2.16.840.1.101.3.4.2.4",
    }
)
"""Signature algorithms in documents of others → the digest they imply."""
RSA_PSS: Final = "1.2.840.113549.1.1.10"
MASK_GENERATION_1: Final = "1.2.840.113549.1.1.8"

DATA: Final = "1.2.840.113549.1.7.1"
SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIME_STAMP: Final = "1.2.840.113549.1.9.16.2.14"

ORGANIZATION_IDENTIFIER: Final = "2.5.4.97"
LIST_SIGNING: Final = "0.4.0.2231.3.0"
"""Extended key usage of whoever signs trust lists (ETSI TS 119 612 §5.7.1, id-tsl-kp-tslSigning)."""
EXPIRED_CERTIFICATES_ON_CRL: Final = "2.5.29.60"

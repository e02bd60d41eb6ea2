"""Certificates that were read before: the same few come with every seal, and what a certificate says never changes.

Whether one is valid at a moment does, and is not kept here.
"""

from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_LONGEST: Final = 8 * 1024
"""Bytes. A stranger's certificate may be as long as he likes: such a one is read anew each time."""


def read_certificate(encoded: bytes) -> x509.Certificate:
    """Read a certificate, DER.

    Raises:
        Exception: it cannot be read; the library raises many types.
    """
    return _read(encoded) if len(encoded) <= _LONGEST else x509.load_der_x509_certificate(encoded)


@lru_cache(maxsize=256)
def _read(encoded: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(encoded)


@lru_cache(maxsize=256)
def encoding_of(certificate: x509.Certificate) -> bytes:
    """DER."""
    return certificate.public_bytes(Encoding.DER)


@lru_cache(maxsize=256)
def issuer_name(certificate: x509.Certificate) -> bytes:
    """Who issued it: DER of the name."""
    return certificate.issuer.public_bytes()

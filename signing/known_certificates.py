"""Certificates that were read before: the same few come with every seal, and what a certificate says never changes.

Whether one is valid at a moment does, and is not kept here.
"""

from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing import der
from signing.der import DerError

_CONTEXT_0: Final = 0xA0
_FIELDS_TO_ISSUER: Final = 3
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


def issuer_and_serial(encoded: bytes) -> bytes:
    """Cut issuer and serial number out of a certificate (RFC 5280 §4.1) as they stand in a SignerIdentifier.

    Raises:
        DerError: it is not DER, or cut short.
    """
    return _issuer_and_serial(encoded) if len(encoded) <= _LONGEST else _cut(encoded)


def _cut(certificate: bytes) -> bytes:
    to_be_signed = der.read(certificate).members(der.SEQUENCE, 3)[0].members(der.SEQUENCE)
    fields = to_be_signed[1:] if to_be_signed and to_be_signed[0].tag == _CONTEXT_0 else to_be_signed
    if len(fields) < _FIELDS_TO_ISSUER:
        raise DerError("a certificate is cut short")
    return fields[2].raw + fields[0].raw


_issuer_and_serial: Final = lru_cache(maxsize=256)(_cut)


@lru_cache(maxsize=256)
def encoding_of(certificate: x509.Certificate) -> bytes:
    """DER."""
    return certificate.public_bytes(Encoding.DER)


@lru_cache(maxsize=256)
def issuer_name(certificate: x509.Certificate) -> bytes:
    """Who issued it: DER of the name."""
    return certificate.issuer.public_bytes()

"""Files of issuers' certificates as authorities publish them: one certificate, or a certs-only container (RFC 5280)."""

from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

_MOST: Final = 8


def read_issuer_file(data: bytes) -> tuple[x509.Certificate, ...]:
    """Read `.cer` (DER or PEM) or `.p7c`; nothing if it is none of them.

    Args:
        data: the file.
    """
    readers: tuple[Callable[[bytes], list[x509.Certificate]], ...] = (
        lambda data: [x509.load_der_x509_certificate(data)],
        x509.load_pem_x509_certificates,
        pkcs7.load_der_pkcs7_certificates,
    )
    for read in readers:
        try:
            return tuple(read(data)[:_MOST])
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S112 - the library raises many types; the next reader may know better
            continue
    return ()

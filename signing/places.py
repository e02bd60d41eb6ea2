"""Where a certificate says that its issuer, its lists and its status are (RFC 5280 §4.2.1.13, §4.2.2.1).

Addresses of http and https only: other schemes (ldap) are not spoken here. Extensions that cannot be read name nothing.
"""

from collections.abc import Iterable
from typing import TypeVar

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from signing.errors import NetworkError
from signing.network import host_of

_ExtensionT = TypeVar("_ExtensionT", bound=x509.ExtensionType)


def issuer_places(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where the issuer's certificate is."""
    return _access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)


def status_places(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where status requests (OCSP) are answered."""
    return _access(certificate, AuthorityInformationAccessOID.OCSP)


def list_places(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where the issuer's revocation list is; lists of other signers, or for some reasons only, are passed over."""
    points = _extension(certificate, x509.CRLDistributionPoints) or ()
    whole = [point for point in points if point.crl_issuer is None and point.reasons is None]
    return _addresses(name for point in whole for name in point.full_name or ())


def _access(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> tuple[str, ...]:
    access = _extension(certificate, x509.AuthorityInformationAccess) or ()
    return _addresses(one.access_location for one in access if one.access_method == method)


def _extension(certificate: x509.Certificate, kind: type[_ExtensionT]) -> _ExtensionT | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - absent, twice, or damaged: certificates of strangers raise anything
        return None


def _addresses(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(dict.fromkeys(url for url in found if _is_address(url)))


def _is_address(url: str) -> bool:
    try:
        host_of(url)
    except NetworkError:
        return False
    return True

"""From where a request comes: past our own proxies, and past nobody else's word."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import unquote

from fastapi import Request

from verify_api.problems import Problem

_SITE_BITS: Final = 64
"""Of an IPv6 address: what one subscriber has at least, so it counts as one."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Proxies:
    """The proxies that may say who asks.

    Args:
        trusted: addresses or networks. certificate_header: where they put a client's certificate; empty for none.
    """

    def __init__(self, trusted: Iterable[str], certificate_header: str) -> None:
        self._trusted = tuple(ip_network(one) for one in trusted)
        self._certificate_header = certificate_header

    def address(self, request: Request) -> str:
        """The address that asks: the last one that none of our proxies has; of IPv6 the network of its subscriber."""
        peer = _peer(request)
        forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        for given in reversed([one.strip() for one in forwarded]):
            if not self._trusts(peer) or _address(given) is None:
                break
            peer = given
        found = _address(peer)
        return str(ip_network((found, _SITE_BITS), strict=False)) if isinstance(found, IPv6Address) else peer

    def scheme(self, request: Request) -> str:
        """`https` or `http`, as the caller's side of our proxies has it."""
        told = request.headers.get("x-forwarded-proto", "")
        return told if self._trusts(_peer(request)) and told in {"http", "https"} else request.url.scheme

    def site(self, request: Request) -> str:
        """Our own origin, as the caller names it."""
        return f"{self.scheme(request)}://{request.headers.get('host', '')}"

    def certificate(self, request: Request) -> bytes | None:
        """SHA-256 of the certificate that the caller has shown a proxy of ours; None if none was shown.

        Raises:
            Problem: `access.header` if somebody else sends that header, or it holds no certificate.
        """
        given = request.headers.getlist(self._certificate_header) if self._certificate_header else []
        if not any(given):
            return None
        if len(given) > 1 or not self._trusts(_peer(request)):
            raise Problem("access.header")
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.x509 import load_pem_x509_certificate

        try:
            return load_pem_x509_certificate(unquote(given[0]).encode()).fingerprint(SHA256())
        except ValueError:
            raise Problem("access.header") from None

    def require_way(self, request: Request) -> bool:
        """Refuse to sign in where others may listen; True over TLS, False on this machine without.

        Raises:
            Problem: `access.insecure`.
        """
        if self.scheme(request) == "https":
            return True
        if request.url.hostname in _LOOPBACK and _peer(request) in _LOOPBACK:
            return False
        raise Problem("access.insecure")

    def require_own_page(self, request: Request) -> None:
        """Refuse a change that a page of another site asks for (Fetch Metadata, and Origin of RFC 6454).

        Raises:
            Problem: `access.foreign-page`, also if the browser says nothing of it.
        """
        if request.method in _SAFE:
            return
        fetched, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        own = origin == self.site(request)
        if fetched == "same-origin" and (own or origin in {None, "null"}):
            return
        if fetched is None and own:
            return
        raise Problem("access.foreign-page")

    def _trusts(self, peer: str) -> bool:
        found = _address(peer)
        return found is not None and any(found in network for network in self._trusted)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found

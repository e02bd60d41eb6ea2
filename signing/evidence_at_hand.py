"""Evidence from what a trust store holds: paths to its anchors, and its revocation lists. Asks no network."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import TrustError
from signing.evidence import Evidence
from signing.revocation import Standing
from signing.trust import TrustStore


def evidence_at_hand(certificates: Iterable[bytes], trust: TrustStore, at: datetime) -> Evidence:
    """Gather what proves certificates (ETSI EN 319 142-1 §5.4.2: chains with their anchors, revocation values).

    A revoked certificate has evidence like any other: whether the revocation harms is for validation to judge.

    Args:
        certificates: DER; each helps to find the paths of the others.
        trust: anchors, intermediates, revocation lists.
        at: now. An expired certificate is proved as of its last moment.

    Raises:
        TrustError: `evidence.incomplete`: no path, no list, or a list that is no longer the newest. A file must not
            look archived while its proof has a gap.
    """
    embedded = tuple(certificates)
    chains: dict[bytes, None] = {}
    crls: dict[bytes, None] = {}
    for encoded in embedded:
        if encoded in chains:  # an issuer in the path of one before: proved with it
            continue
        certificate = x509.load_der_x509_certificate(encoded)
        path = trust.find_path(certificate, embedded, min(at, certificate.not_valid_after_utc))
        if path is None:
            raise _incomplete("A certificate leads to no trust anchor", hint="add its issuer to the trusted ones")
        chains |= dict.fromkeys(link.public_bytes(Encoding.DER) for link in path)
        crls |= dict.fromkeys(_list_for(link, issuer, trust, at) for link, issuer in pairwise(path))
    return Evidence(tuple(chains), tuple(crls))


def _list_for(certificate: x509.Certificate, issuer: x509.Certificate, trust: TrustStore, at: datetime) -> bytes:
    answer = trust.revocation.ask(certificate, issuer, at)
    used = trust.revocation.used_for(certificate, issuer)
    if used is None or answer.standing is Standing.UNKNOWN:
        raise _incomplete("There is no revocation list for a certificate", hint="get the lists of its issuer")
    if not answer.is_fresh(at):
        raise _incomplete("A revocation list is no longer the newest", hint="get or publish fresh lists")
    return used


def _incomplete(message: str, *, hint: str) -> TrustError:
    return TrustError("evidence.incomplete", message, hint=hint)

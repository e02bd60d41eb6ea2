"""Collect what proves certificates for decades (ETSI EN 319 142-1 §5.4.2): from what is at hand, and from the network.

Certificates say where their issuer and the news of their revocation are (RFC 5280 §4.2.1.13, §4.2.2.1). Whatever comes
from there is checked before it is taken, and bounded in size, number and servers. What cannot be had is told.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from signing.clocks import CLOCK_TOLERANCE
from signing.crls import RevocationList
from signing.errors import NetworkError, TrustError
from signing.evidence import Evidence
from signing.issuer_files import read_issuer_file
from signing.known_certificates import encoding_of, read_certificate
from signing.network import Fetcher, host_of
from signing.ocsp_answers import ANSWER_LIMIT, REQUEST_TYPE, RESPONSE_TYPE, build_request, read_answer
from signing.places import issuer_places, list_places, status_places
from signing.standing import RevocationAnswer, Standing
from signing.trust import TrustStore

_LIST_LIMIT: Final = 10 * 1024 * 1024
_ISSUER_LIMIT: Final = 64 * 1024
_MOST_PLACES: Final = 3
"""Addresses of one kind that are tried for one certificate."""
_MOST_REQUESTS: Final = 32
_MOST_HOSTS: Final = 8
_MOST_ISSUERS: Final = 4
"""Issuers that are fetched for one certificate; no path is longer."""


@dataclass(frozen=True, slots=True)
class EvidenceGap:
    """What could not be had.

    Attributes:
        certificate: of whom, as people know it: the subject's common name.
        missing: `path` or `revocation`.
        tried: what was tried, and why it was not enough.
    """

    certificate: str
    missing: str
    tried: tuple[str, ...]

    def __str__(self) -> str:
        """The gap in one line."""
        what = "no path to a trust anchor" if self.missing == "path" else "no fresh evidence of revocation"
        return f"{self.certificate}: {what} ({'; '.join(self.tried)})"


class EvidenceIncompleteError(TrustError):
    """`evidence.incomplete`: a file must not look archived while its proof has a gap.

    Attributes:
        gaps: each of them.
        evidence: what was had all the same.
    """

    def __init__(self, gaps: Sequence[EvidenceGap], evidence: Evidence) -> None:
        self.gaps = tuple(gaps)
        self.evidence = evidence
        super().__init__(
            "evidence.incomplete",
            "Not everything that proves the certificates could be had: " + " | ".join(map(str, gaps)),
            hint="publish or fetch fresh lists, add missing issuers to public/intermediates, or check the network",
        )


def collect(
    certificates: Iterable[bytes],
    trust: TrustStore,
    *,
    fetcher: Fetcher | None,
    at: datetime,
    nonce: Callable[[], int],
) -> Evidence:
    """Gather the paths of certificates, and evidence of revocation for every link of them.

    For each link, fresh evidence at hand is taken; else its status responders are asked, then its lists fetched. That a
    certificate was revoked is evidence like any other: what it means is for validation to judge.

    Args:
        certificates: DER; each helps to find the paths of the others.
        trust: anchors, intermediates, evidence at hand.
        fetcher: the network; None: it is not asked.
        at: now. An expired certificate is proved as of its last moment.
        nonce: gives a fresh number for a request.

    Returns:
        All of it, each item once.

    Raises:
        EvidenceIncompleteError: `evidence.incomplete`, with every gap.
    """
    collector = _Collector(tuple(certificates), trust, fetcher, at, nonce)
    collector.run()
    if collector.gaps:
        raise EvidenceIncompleteError(collector.gaps, collector.evidence)
    return collector.evidence


class _Collector:
    """One collection: what it has, what it lacks, and how often it asked."""

    def __init__(
        self,
        certificates: tuple[bytes, ...],
        trust: TrustStore,
        fetcher: Fetcher | None,
        at: datetime,
        nonce: Callable[[], int],
    ) -> None:
        self.evidence = Evidence()
        self.gaps: list[EvidenceGap] = []
        self._certificates = certificates
        self._embedded = list(certificates)
        self._trust = trust
        self._network = _Bounded(fetcher) if fetcher else None
        self._at = at
        self._nonce = nonce
        self._proved: set[x509.Certificate] = set()

    def run(self) -> None:
        for encoded in self._certificates:
            try:
                certificate = read_certificate(encoded)
                moment = min(self._at, certificate.not_valid_after_utc)
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 - certificates of strangers raise anything; all mean the same here
                self.gaps.append(EvidenceGap("a certificate", "path", ("it cannot be read",)))
                continue
            if certificate not in self._proved:  # an issuer in the path of one before is proved with it
                self._prove(certificate, moment)

    def _prove(self, certificate: x509.Certificate, moment: datetime) -> None:
        tried: list[str] = []
        path = self._path(certificate, moment, tried)
        if path is None:
            self.gaps.append(EvidenceGap(_name(certificate), "path", tuple(tried) or ("its issuer is not known",)))
            return
        self.evidence |= Evidence(tuple(map(encoding_of, path)))
        for link, issuer in pairwise(path):
            if link not in self._proved:
                self._prove_link(link, issuer)
        self._proved.update(path)

    def _path(
        self, certificate: x509.Certificate, moment: datetime, tried: list[str]
    ) -> tuple[x509.Certificate, ...] | None:
        """Find a path, with the help of fetched issuers."""
        highest = certificate
        for _ in range(_MOST_ISSUERS):
            path = self._trust.find_path(certificate, self._embedded, moment)
            issuer = None if path else self._fetch_issuer(highest, tried)
            if issuer is None:
                return path
            self._embedded.append(encoding_of(issuer))
            highest = issuer
        return self._trust.find_path(certificate, self._embedded, moment)

    def _fetch_issuer(self, certificate: x509.Certificate, tried: list[str]) -> x509.Certificate | None:
        for url in issuer_places(certificate)[:_MOST_PLACES]:
            data = self._get(url, _ISSUER_LIMIT, tried)
            if data is None:
                continue
            for candidate in read_issuer_file(data):
                if _issued(certificate, candidate):
                    return candidate
            tried.append(f"{host_of(url)} has another certificate than the issuer's")
        return None

    def _prove_link(self, link: x509.Certificate, issuer: x509.Certificate) -> None:
        tried: list[str] = []
        answer = self._trust.revocation.ask(link, issuer, self._at)
        if not self._is_enough(answer, tried, "at hand"):
            found = self._ask_responders(link, issuer, tried) or self._fetch_lists(link, issuer, tried)
            if found is None:
                self.gaps.append(EvidenceGap(_name(link), "revocation", tuple(tried)))
                return
            answer = found
        self.evidence |= answer.evidence

    def _ask_responders(
        self, link: x509.Certificate, issuer: x509.Certificate, tried: list[str]
    ) -> RevocationAnswer | None:
        for url in status_places(link)[:_MOST_PLACES]:
            if self._network is None:
                return None
            # 32 octets (RFC 9654 §2.1) of whatever size the number has.
            nonce = hashlib.sha256(str(self._nonce()).encode("ascii")).digest()
            request = build_request(link, issuer, nonce)
            try:
                data = self._network.post(
                    url, request, content_type=REQUEST_TYPE, accept=RESPONSE_TYPE, limit=ANSWER_LIMIT
                )
            except NetworkError as error:
                tried.append(error.message)
                continue
            answer = read_answer(data, link, issuer, at=self._at, nonce=nonce)
            if self._is_enough(answer, tried, host_of(url)):
                return answer
        return None

    def _fetch_lists(
        self, link: x509.Certificate, issuer: x509.Certificate, tried: list[str]
    ) -> RevocationAnswer | None:
        for url in list_places(link)[:_MOST_PLACES]:
            data = self._get(url, _LIST_LIMIT, tried)
            if data is None:
                continue
            try:
                answer = RevocationList(data).ask(link, issuer, self._at)
            except TrustError as error:
                tried.append(f"{host_of(url)}: {error.message}")
                continue
            if self._is_enough(answer, tried, host_of(url)):
                return answer
        return None

    def _get(self, url: str, limit: int, tried: list[str]) -> bytes | None:
        if self._network is None:
            return None
        try:
            return self._network.get(url, limit=limit)
        except NetworkError as error:
            tried.append(error.message)
            return None

    def _is_enough(self, answer: RevocationAnswer, tried: list[str], source: str) -> bool:
        """Tell whether an answer says something, and is of now."""
        problem = ""
        if answer.standing is Standing.UNKNOWN:
            problem = answer.reason
        elif not answer.is_fresh(self._at):
            problem = "it is no longer the newest"
        elif answer.as_of is not None and answer.as_of > self._at + CLOCK_TOLERANCE:
            problem = "it is from the future"
        if problem:
            tried.append(f"{source}: {problem}")
        return not problem


class _Bounded:
    """A network that is asked so often and no more, at so many servers.

    What was got once is not got again, and who failed is not asked again: each failure may have cost a time-out.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._got: dict[str, bytes] = {}
        self._failed: dict[str, NetworkError] = {}
        self._hosts: set[str] = set()
        self._requests = 0

    def get(self, url: str, *, limit: int) -> bytes:
        if url not in self._got:
            self._got[url] = self._ask(url, lambda: self._fetcher.get(url, limit=limit))
        return self._got[url]

    def post(self, url: str, body: bytes, *, content_type: str, accept: str, limit: int) -> bytes:
        return self._ask(
            url, lambda: self._fetcher.post(url, body, content_type=content_type, accept=accept, limit=limit)
        )

    def _ask(self, url: str, request: Callable[[], bytes]) -> bytes:
        if url in self._failed:
            raise self._failed[url]
        hosts = self._hosts | {host_of(url)}
        if self._requests == _MOST_REQUESTS or len(hosts) > _MOST_HOSTS:
            raise NetworkError("network.refused", "The certificates ask for more requests or servers than are allowed")
        self._hosts = hosts
        self._requests += 1
        try:
            return request()
        except NetworkError as error:
            self._failed[url] = error
            raise


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()

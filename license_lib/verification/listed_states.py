"""States of other bodies' licences from the status lists 状态名单 that they publish, where a trust list says so.

One list answers for 2**20 licences. It is fetched whole and kept: whoever publishes it never learns which licence a
question is about, and while nobody can be reached it goes on to serve until it is too old. Only certificates that the
trust list names for this may have signed it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from license_lib.findings import Finding
from license_lib.identifiers import LicenseIdentifier, NumberError
from license_lib.status import StatusClaim, StatusListError
from license_lib.status.tokens import CWT_MEDIA_TYPE, MAX_TOKEN_BYTES, StatusToken, open_token
from license_lib.trust_list.model import ListedBody
from license_lib.verification.ground import Asked, StatesUnreachableError
from license_lib.verification.standing import OnList, StatusListUsed
from signing.errors import NetworkError
from signing.network import Revisitor

MAX_STALENESS: Final = timedelta(hours=24)
"""Age of the oldest list that is relied on, unless configured otherwise.

Whoever keeps a verifier from newer lists can pass a revoked licence for so long; a publisher that is down for so long
stops no counter. A day is the usual period of certificate revocation lists, and covers a night without anybody at work.
"""
_ASK_AGAIN: Final = timedelta(minutes=1)
"""So long nobody asks again, whatever came of it: a batch of a thousand files asks once, also where nobody answers."""


class ListedStates:
    """The status lists of the bodies of a trust list, as the place where verification looks up states.

    Safe for threads. Keeps what it fetched for as long as it lives.

    Args:
        body: a trust list's `TrustList.body`.
        fetcher: the network.
        signers: DER certificates that may sign status lists, as the trust list names them.
        max_staleness: age of the oldest list to rely on.
    """

    def __init__(
        self,
        body: Callable[[str], ListedBody | None],
        fetcher: Revisitor,
        signers: Sequence[bytes],
        max_staleness: timedelta = MAX_STALENESS,
    ) -> None:
        self._body = body
        self._fetcher = fetcher
        self._signers = tuple(signers)
        self._max_staleness = max_staleness
        self._lock = Lock()
        self._lists: dict[str, _PublishedList] = {}

    def state_of(self, asked: Asked, at: datetime, now: datetime) -> OnList:
        """What the issuing body's status list says of a licence. The list tells of the present, whatever `at` is.

        Raises:
            StatesUnreachableError: the body is not listed or publishes nothing, the licence names no list or one at
                another place, or there is no list that may be relied on now.
        """
        del at
        base = self._address(asked.identifier)
        place = asked.status.ref if isinstance(asked.status, StatusClaim) else asked.status
        if base is None or place is None:
            raise StatesUnreachableError
        uri = place.uri(base)
        if isinstance(asked.status, StatusClaim) and asked.status.uri != uri:
            raise StatesUnreachableError(_finding("status.list-other"))
        with self._lock:
            published = self._lists.setdefault(uri, _PublishedList(uri, self._fetcher, self._open))
        token = published.token(now)
        try:
            status = token.status(place.index)
        except StatusListError as error:
            raise StatesUnreachableError(_finding(error.code)) from None
        return OnList(status, StatusListUsed(uri, token.issued_at, token.expires_at))

    def _address(self, identifier: str) -> str | None:
        """Where the body that issued a licence publishes its lists."""
        try:
            body = self._body(str(LicenseIdentifier.parse_foreign(identifier).issuer))
        except NumberError:
            return None
        return body.status_url if body else None

    def _open(self, document: bytes, uri: str, now: datetime) -> StatusToken:
        return open_token(document, uri=uri, signers=self._signers, now=now, max_staleness=self._max_staleness)


class _PublishedList:
    """One list at its address: the newest that was fetched, and when somebody last asked for a newer."""

    def __init__(self, uri: str, fetcher: Revisitor, read: Callable[[bytes, str, datetime], StatusToken]) -> None:
        self._uri = uri
        self._fetcher = fetcher
        self._read = read
        self._lock = Lock()
        self._asked_at: datetime | None = None
        self._kept: tuple[bytes, str, datetime] | None = None  # document, its version's name, when it was signed
        self._fault = Finding("status.unknown")

    def token(self, now: datetime) -> StatusToken:
        """The newest list, judged at a moment.

        Raises:
            StatesUnreachableError: there is none, or none that may still be relied on.
        """
        with self._lock:
            if self._asked_at is None or abs(now - self._asked_at) >= _ASK_AGAIN:
                self._asked_at = now
                self._ask(now)
            if self._kept is None:
                raise StatesUnreachableError(self._fault)
            try:
                return self._read(self._kept[0], self._uri, now)
            except StatusListError as error:
                raise StatesUnreachableError(_finding(error.code)) from None

    def _ask(self, now: datetime) -> None:
        """Fetch the list if there is another. What cannot be used changes nothing: the one before serves on."""
        etag = self._kept[1] if self._kept else ""
        try:
            fetched = self._fetcher.get_newer(self._uri, limit=MAX_TOKEN_BYTES, accept=CWT_MEDIA_TYPE, etag=etag)
            token = self._read(fetched.body, self._uri, now) if fetched else None
        except NetworkError:
            self._fault = Finding("status.unknown")
            return
        except StatusListError as error:
            self._fault = _finding(error.code)
            return
        # An older list is a replay: what was known of revocations is not forgotten.
        if fetched and token and (self._kept is None or token.issued_at >= self._kept[2]):
            self._kept = (fetched.body, fetched.etag, token.issued_at)


def _finding(code: str) -> Finding:
    """A list's fault as what it means for a licence: too old, or no list at all."""
    return (
        Finding("status.list-stale") if code == "status.list-stale" else Finding("status.list-unusable", {"why": code})
    )

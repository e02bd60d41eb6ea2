"""What an issuing body publishes of its licences, asked at the address that a trust list names for it.

The answer is that of `GET /api/v1/licenses/{identifier}/status`: digests to compare with, and when it was revoked. What
protects it is TLS alone: it is not signed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from license_lib.identifiers import LicenseIdentifier, NumberError
from license_lib.trust_list.model import ListedBody
from license_lib.verification.ground import StatesUnreachableError
from signing.errors import NetworkError
from signing.network import Fetcher

_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_LIMIT: Final = 64 * 1024
_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class PublishedState:
    """A published answer: digests instead of the record, and the time of the answer by its giver's clock."""

    record_digest: bytes
    file_digest: bytes
    revoked_at: datetime | None
    as_of: datetime
    record: None = None


class PublishedStates:
    """The bodies of a list as the place where verification looks up states.

    Args:
        body: a trust list's `TrustList.body`.
        fetcher: the network.
    """

    def __init__(self, body: Callable[[str], ListedBody | None], fetcher: Fetcher) -> None:
        self._body = body
        self._fetcher = fetcher

    def state_of(self, identifier: str, at: datetime) -> PublishedState | None:
        """What its body publishes of a licence; None if the body does not know it.

        Raises:
            StatesUnreachableError: the body is not listed, publishes nothing, or gives no usable answer.
        """
        try:
            named = LicenseIdentifier.parse_foreign(identifier)
        except NumberError:
            raise StatesUnreachableError("no identifier") from None
        body = self._body(str(named.issuer))
        if body is None or body.status_url is None:
            raise StatesUnreachableError("the body publishes no states")
        url = f"{body.status_url}/api/v1/licenses/{quote(str(named), safe='.')}/status"
        try:
            answer = self._fetcher.get(url, limit=_LIMIT)
        except NetworkError as error:
            if error.status == _NOT_FOUND:
                return None
            raise StatesUnreachableError(error.message) from None
        return _read(answer, str(named), at)


def _read(answer: bytes, identifier: str, at: datetime) -> PublishedState:
    """The parts of the answer that count; it may say more."""
    try:
        document = json.loads(answer)
        recorded = document["recorded"]
        if document["license"]["identifier"] != identifier:
            raise ValueError("another licence")  # noqa: TRY301 -- one more way of being no answer
        revoked_at = _moment(recorded["revoked_at"]) if recorded["revoked_at"] is not None else None
        return PublishedState(
            record_digest=_digest(recorded["record_sha256"]),
            file_digest=_digest(recorded["file_sha256"]),
            revoked_at=revoked_at if revoked_at and revoked_at <= at else None,
            as_of=_moment(document["at"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StatesUnreachableError("not the answer of a verification service") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no offset")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("a moment that no calendar has")
    return moment


def _digest(text: str) -> bytes:
    digest = bytes.fromhex(text)
    if len(digest) != 32:  # noqa: PLR2004 -- SHA-256
        raise ValueError("no SHA-256")
    return digest

"""Time-stamp authorities elsewhere, over HTTP (RFC 3161 §3.4): one, or several in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from signing.clocks import CLOCK_TOLERANCE
from signing.errors import NetworkError, TimestampError
from signing.network import Fetcher, host_of
from signing.timestamp_answers import REPLY_TYPE, REQUEST_TYPE, Wanted, read_reply
from signing.timestamps import DIGEST_BYTES, Timestamper
from signing.trust import TrustStore

TOKEN_BYTES: Final = 8192
"""Room that a seal keeps for a token, and twice that in the file: for the authority's certificate and some above it."""
_ENVELOPE_BYTES: Final = 1024
_REST: Final = timedelta(minutes=1)


class NamedTimestamper(Timestamper, Protocol):
    """A time-stamp authority that can be told from others."""

    @property
    def name(self) -> str:
        """Its name, for people."""
        ...


class HttpTimestamper:
    """A time-stamp authority over HTTP. It is believed in nothing that it does not prove.

    Args:
        url: its address.
        fetcher: the network.
        trust: holds the anchor of the authority's certificate.
        clock: tells the time, to which a token must be close.
        token_bytes: most bytes of a token; so much room a seal keeps for it.
        policy: object identifier of the policy to ask for; empty: the authority's own.

    Raises:
        NetworkError: `network.url`.
    """

    def __init__(
        self,
        url: str,
        *,
        fetcher: Fetcher,
        trust: TrustStore,
        clock: Callable[[], datetime],
        token_bytes: int = TOKEN_BYTES,
        policy: str = "",
    ) -> None:
        self.name = host_of(url)
        self._url = url
        self._fetcher = fetcher
        self._trust = trust
        self._clock = clock
        self._token_bytes = token_bytes
        self._policy = policy

    @property
    def token_size_limit(self) -> int:
        """Upper bound for the size of a token, in bytes: a larger one is refused."""
        return self._token_bytes

    def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
        """Have a SHA-256 digest time-stamped.

        Raises:
            TimestampError: `timestamp.unreachable`, and what `read_reply` finds; the message names the authority.
        """
        if len(message_digest) != DIGEST_BYTES:
            raise TimestampError("timestamp.failed", "Only SHA-256 digests are time-stamped")
        wanted = Wanted(message_digest, nonce, self._policy, self._token_bytes, CLOCK_TOLERANCE)
        try:
            reply = self._fetcher.post(
                self._url,
                wanted.request(),
                content_type=REQUEST_TYPE,
                accept=REPLY_TYPE,
                limit=self._token_bytes + _ENVELOPE_BYTES,
            )
            return read_reply(reply, wanted, trust=self._trust, at=self._clock())
        except NetworkError as error:
            code = "timestamp.size" if error.code == "network.too-large" else "timestamp.unreachable"
            hint = "" if error.code == "network.too-large" else "check the address and the network, or wait"
            raise TimestampError(code, error.message, hint=hint) from error
        except TimestampError as error:
            raise TimestampError(error.code, f"{self.name}: {error.message}", hint=error.hint) from error


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An authority that gave no usable token, and why."""

    authority: str
    error: TimestampError


class EveryAuthorityFailedError(TimestampError):
    """None of several authorities gave a usable token.

    Attributes:
        attempts: what was tried, in order.
    """

    def __init__(self, attempts: Sequence[FailedAttempt]) -> None:
        self.attempts = tuple(attempts)
        told = "; ".join(f"[{one.error.code}] {one.error.message}" for one in attempts)
        super().__init__(
            "timestamp.unreachable"
            if all(one.error.code == "timestamp.unreachable" for one in attempts)
            else "timestamp.failed",
            f"None of {len(attempts)} time-stamp authorities gave a usable time-stamp: {told}",
            hint="check their addresses and the network, or configure another one",
        )


class FallbackTimestamper:
    """Several authorities: the next one is asked where one cannot be reached, refuses, or lies.

    Whoever failed is asked last for a minute: a dead authority must not cost every seal its time-out. Threads may share
    it.

    Args:
        authorities: at least one, the preferred first.
        clock: tells the time.
        notice: learns of each failure, also where the next authority helped: one that lies must not go unseen.
    """

    def __init__(
        self,
        authorities: Sequence[NamedTimestamper],
        *,
        clock: Callable[[], datetime],
        notice: Callable[[FailedAttempt], None],
    ) -> None:
        self._authorities = tuple(authorities)
        self._clock = clock
        self._notice = notice
        self._resting: dict[int, datetime] = {}

    @property
    def token_size_limit(self) -> int:
        """Upper bound for the size of a token of any of them, in bytes."""
        return max(authority.token_size_limit for authority in self._authorities)

    def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
        """Have a SHA-256 digest time-stamped by the first who does it well.

        Raises:
            EveryAuthorityFailedError: `timestamp.unreachable` if none could be asked, else `timestamp.failed`.
        """
        failed: list[FailedAttempt] = []
        for index in self._order():
            authority = self._authorities[index]
            try:
                token = authority.timestamp(message_digest, nonce)
            except TimestampError as error:
                failed.append(FailedAttempt(authority.name, error))
                self._notice(failed[-1])
                self._resting[index] = self._clock() + _REST
            else:
                self._resting.pop(index, None)
                return token
        raise EveryAuthorityFailedError(failed)

    def _order(self) -> list[int]:
        """In the given order, but those that rest last."""
        now = self._clock()
        indices = range(len(self._authorities))
        return sorted(indices, key=lambda index: self._resting.get(index, now) > now)

"""Who comes in, and how often: limits by address and by caller, before anything is read of a request."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Self

from fastapi import Depends, Request

from license_lib.settings import Settings
from verify_api.access import Anonymous, ClientSystem, Principal, recognised
from verify_api.access.gate import Gate
from verify_api.metrics import Metrics
from verify_api.pace import Pace, Places, Turn, neighbourhood
from verify_api.problems import Problem
from verify_api.suspects import Suspects

_ADDRESS: Final = "address "
"""Begins the key of a caller who did not say who they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """What one caller may take.

    Args:
        address: requests a minute of an address, whoever asks; many people may share one.
        anonymous: requests a minute of an address whose callers do not say who they are.
        caller: requests a minute of a person or program that does.
        files: files of one caller that are examined, or wait for it, at once.
        batch: documents in a batch.
        even_seconds: answers to look-ups by holder take a multiple of this; 0 for tests.
    """

    address: int = 1200
    anonymous: int = 120
    caller: int = 1200
    files: int = 4
    batch: int = 200
    even_seconds: float = 0.2

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As an authority configured them."""
        limits = settings.limits
        return cls(
            address=limits.address_per_minute,
            anonymous=limits.anonymous_per_minute,
            caller=limits.caller_per_minute,
            files=limits.files_at_once,
            batch=limits.batch_documents,
        )


class Turnstile:
    """Keeps the limits of one process."""

    def __init__(self, limits: ServiceLimits, clock: Callable[[], datetime], metrics: Metrics) -> None:
        self.limits = limits
        self._clock, self._metrics = clock, metrics
        self._addresses, self._anonymous = Pace(limits.address), Pace(limits.anonymous)
        self._callers, self._files = Pace(limits.caller), Places(limits.files)
        self._suspects = Suspects(clock)

    def admit_address(self, address: str) -> Turn:
        """Count a request of an address.

        Raises:
            Problem: `rate.address`.
        """
        return self._counted(self._addresses.take(address, self._clock()), "rate.address")

    def admit_caller(self, caller: str, *, known: bool) -> Turn:
        """Count a request of somebody; who does not say who they are is an address.

        Raises:
            Problem: `rate.caller`.
        """
        pace = self._callers if known else self._anonymous
        return self._counted(pace.take(caller, self._clock()), "rate.caller")

    @asynccontextmanager
    async def examination(self, caller: str) -> AsyncIterator[None]:
        """Have a file examined within the block, once it is its sender's turn (`suspects`).

        Raises:
            Problem: `rate.files`, `service.busy`.
        """
        if not self._files.take(caller):
            self._metrics.turned_away("rate.files")
            raise Problem("rate.files")
        try:
            async with self._suspects.judged(caller, known=not caller.startswith(_ADDRESS)):
                yield
        finally:
            self._files.give_back(caller)

    def _counted(self, turn: Turn, code: str) -> Turn:
        if not turn.granted:
            self._metrics.turned_away(code)
            raise Problem(code, headers={**_told(turn), "Retry-After": str(turn.wait)})
        return turn


async def _by_address(request: Request) -> None:
    turnstile_of(request).admit_address(address_of(request))


async def _by_caller(request: Request, who: Annotated[Principal, Depends(recognised)]) -> None:
    _admit(request, who)


def admit_to_page(request: Request, who: Principal) -> str:
    """The same for a page, which tells a problem in its own way: the key of the caller.

    Raises:
        Problem: `rate.address`, `rate.caller`.
    """
    turnstile_of(request).admit_address(address_of(request))
    return _admit(request, who)


def _admit(request: Request, who: Principal) -> str:
    request.state.who, request.state.caller = kind_of(who), caller_of(request, who)
    turn = turnstile_of(request).admit_caller(request.state.caller, known=not isinstance(who, Anonymous))
    request.state.answer_headers.update(_told(turn))
    caller: str = request.state.caller
    return caller


LIMITED: Final = (Depends(_by_address), Depends(_by_caller))
"""Dependencies of every route that does work for somebody."""


def turnstile_of(request: Request) -> Turnstile:
    """The turnstile of the application."""
    turnstile: Turnstile = request.app.state.turnstile
    return turnstile


def address_of(request: Request) -> str:
    """Where a request comes from, as it is counted; no proxy is believed but those configured."""
    gate: Gate | None = request.app.state.gate
    if gate is not None:
        return gate.proxies.address(request)
    return neighbourhood(request.client.host) if request.client else "-"


def caller_of(request: Request, who: Principal) -> str:
    """A key for who asks; it is never told to anybody."""
    match who:
        case Anonymous():
            return f"{_ADDRESS}{address_of(request)}"
        case ClientSystem():
            return f"client {who.client}"
    return f"person {who.login}"


def kind_of(who: Principal) -> str:
    """What kind of caller somebody is, for logs."""
    match who:
        case Anonymous():
            return "anonymous"
        case ClientSystem():
            return "client"
    return "person"


def _told(turn: Turn) -> dict[str, str]:
    """Header fields of the IETF's draft-ietf-httpapi-ratelimit-headers."""
    return {
        "RateLimit-Policy": f'"caller";q={turn.limit};w={turn.window}',
        "RateLimit": f'"caller";r={turn.left};t={turn.reset}',
    }

"""Requests as they go over the wire: tokens, problems, and another try where that does no harm."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus

import httpx2
from pydantic import BaseModel, ValidationError

from verify_api.client.errors import ServiceProblem, ServiceUnreachable
from verify_api.schemas import ProblemDocument

TOKEN: Final = "/oauth/token"  # noqa: S105 -- an address
_EARLY_SECONDS: Final = 30
_BROKEN_SECONDS: Final = 1.0
_BUSY: Final = frozenset({429, 503})
_REFUSED: Final = 401
_ERROR: Final = 400
_FALLBACK: Final = "http.refused"

Document = TypeVar("Document", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a program is (OAuth 2.0 client credentials).

    Args:
        client: its client id. secret: kept out of `repr`.
        scope: what the token is for, such as `look:food-business-permit export:*`; all that is granted if empty.
    """

    client: str
    secret: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try again.

    Args:
        tries: at most, the first included. longest: seconds between two; a service that asks for more is given up.
        sleep: waits. clock: seconds from any beginning, for how old a token is.
    """

    tries: int = 3
    longest: float = 30
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class Transport:
    """One connection pool to one service.

    Args:
        http: a client with the service's address. credentials: None for those who do not say who they are.
    """

    def __init__(self, http: httpx2.Client, credentials: Credentials | None, patience: Patience) -> None:
        self._http, self._credentials, self._patience = http, credentials, patience
        self._token, self._token_ends = "", 0.0

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def send(self, method: str, path: str, *, again: bool = True, **request: Any) -> httpx2.Response:
        """Send a request, and again where the service says so or cannot be reached.

        Args:
            again: whether it does no harm to send it twice.

        Raises:
            ServiceProblem: it cannot be answered.
            ServiceUnreachable: there is no answer.
        """
        tries = self._patience.tries if again else 1
        for left in range(tries - 1, -1, -1):
            try:
                answer = self._authorised(method, path, request)
            except httpx2.TransportError as error:
                if not left:
                    raise ServiceUnreachable(type(error).__name__) from error
                wait = _BROKEN_SECONDS
            else:
                if answer.status_code < _ERROR:
                    return answer
                wait = _asked_to_wait(answer)
                if answer.status_code not in _BUSY or not left or wait > self._patience.longest:
                    raise ServiceProblem(_problem(answer))
            self._patience.sleep(wait)
        raise AssertionError

    @contextmanager
    def stream(self, method: str, path: str, **request: Any) -> Iterator[Iterator[str]]:
        """Send a request once, and read the answer line by line.

        Raises:
            ServiceProblem, ServiceUnreachable: as `send`; the latter also if the answer breaks off.
        """
        try:
            with self._http.stream(method, path, **self._with_token(request)) as answer:
                if answer.status_code >= _ERROR:
                    answer.read()
                    raise ServiceProblem(_problem(answer))
                yield answer.iter_lines()
        except httpx2.TransportError as error:
            raise ServiceUnreachable(type(error).__name__) from error

    def _authorised(self, method: str, path: str, request: dict[str, Any]) -> httpx2.Response:
        answer = self._http.request(method, path, **self._with_token(request))
        if answer.status_code == _REFUSED and self._credentials is not None:
            self._token = ""  # it may have been revoked, or the service have forgotten it: refused before any work
            answer = self._http.request(method, path, **self._with_token(request))
        return answer

    def _with_token(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._credentials is None:
            return request
        if not self._token or self._patience.clock() >= self._token_ends:
            self._ask_for_token(self._credentials)
        headers = {**request.get("headers", {}), "Authorization": f"Bearer {self._token}"}
        return {**request, "headers": headers}

    def _ask_for_token(self, credentials: Credentials) -> None:
        form = {"grant_type": "client_credentials", **({"scope": credentials.scope} if credentials.scope else {})}
        who = quote_plus(credentials.client), quote_plus(credentials.secret)  # RFC 6749 §2.3.1
        answer = self._http.post(TOKEN, data=form, auth=who)
        if answer.status_code >= _ERROR:
            raise ServiceProblem(_problem(answer))
        told = answer.json()
        self._token = str(told["access_token"])
        lasts = float(told.get("expires_in", 0))
        self._token_ends = self._patience.clock() + max(lasts - _EARLY_SECONDS, lasts / 2)


def read(answer: httpx2.Response, document: type[Document]) -> Document:
    """An answer as its document. Members that a newer service added are passed over."""
    return document.model_validate_json(answer.content, extra="ignore")


def _problem(answer: httpx2.Response) -> ProblemDocument:
    """What the service says is wrong; a proxy in between says it in its own words, of which only the status counts."""
    try:
        return ProblemDocument.model_validate_json(answer.content, extra="ignore")
    except ValidationError:
        return ProblemDocument(
            type="about:blank",
            title=answer.reason_phrase,
            status=answer.status_code,
            detail=answer.reason_phrase,
            code=_FALLBACK,
            hint="ask whoever runs the service, or the proxy before it",
            title_zh="请求未能完成",
            hint_zh="请联系服务或代理的管理员",
            request_id=answer.headers.get("X-Request-ID", ""),
        )


def _asked_to_wait(answer: httpx2.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else 1.0

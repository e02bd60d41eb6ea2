"""The network behind a small interface: two verbs, every answer bounded in time, size and detours.

Certificates name the places where lists and answers are, and some certificates come from strangers. So nothing here
follows an address far, reads more than it was told to, or waits longer. Texts name the host only: the rest of an
address may hold a customer's key.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from signing.errors import NetworkError

if TYPE_CHECKING:
    import ssl

    import httpx2

_ADDRESS: Final = re.compile(r"[!-~]{1,2048}")
_SCHEMES: Final = ("http", "https")
_MOST_REDIRECTS: Final = 2
_CONNECT_SECONDS: Final = 5.0
_PAUSES: Final = (0.25, 1.0)
"""Seconds to wait before asking again."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED: Final = 304
_ETAG: Final = re.compile(r'(W/)?"[!#-~]{0,200}"')
_BUSY: Final = frozenset({429, 502, 503, 504})
"""Refusals of a server, or of a proxy before it, that did nothing: asking again is harmless, and often helps."""


class Fetcher(Protocol):
    """Something that gets and posts over HTTP."""

    def get(self, url: str, *, limit: int) -> bytes:
        """Get what is at an address.

        Args:
            url: http or https.
            limit: most bytes to accept.

        Raises:
            NetworkError: `network.url`, `network.refused`, `network.timeout`, `network.too-large`, `network.status`.
        """
        ...

    def post(self, url: str, body: bytes, *, content_type: str, accept: str, limit: int) -> bytes:
        """Post a request, and get its answer.

        Args:
            url: http or https.
            body: the request.
            content_type: its media type.
            accept: media type of the answer wanted.
            limit: most bytes to accept.

        Raises:
            NetworkError: as `get`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is at an address, and the server's name for this version of it (RFC 9110 §8.8.3); empty if it gave none."""

    body: bytes = field(repr=False)
    etag: str = ""


class Revisitor(Protocol):
    """Something that asks again for what it has, and gets it only if it is another by now."""

    def get_newer(self, url: str, *, limit: int, accept: str, etag: str = "") -> Fetched | None:
        """Get what is at an address; None if it is still the version that `etag` names (RFC 9110 §13.1.2).

        Args:
            url: http or https.
            limit: most bytes to accept.
            accept: media type of the answer wanted.
            etag: as an earlier answer named it; empty to get it in any case.

        Raises:
            NetworkError: as `Fetcher.get`.
        """
        ...


def host_of(url: str) -> str:
    """Name the server of an address, for people: host and port, nothing else.

    Raises:
        NetworkError: `network.url`: not an http or https address, or one with a password in it.
    """
    return _split(url).netloc


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request, as it is sent again after a redirect or a refusal."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    limit: int


_UNCHANGED: Final = Fetched(b"")
"""The answer that there is nothing newer."""


class HttpFetcher:
    """HTTP with limits. Keeps no connection, no cookie and no setting of the environment.

    Args:
        sleep: waits some seconds before a request is sent again.
        timeout_seconds: for one request and its whole answer, however slowly it drips.
        proxy: address of a proxy for every request; empty for none.
    """

    def __init__(self, *, sleep: Callable[[float], None], timeout_seconds: float = 10.0, proxy: str = "") -> None:
        if proxy:
            _split(proxy)
        self._sleep = sleep
        self._seconds = timeout_seconds
        self._proxy = proxy or None

    def get(self, url: str, *, limit: int) -> bytes:
        """Get what is at an address; at most two redirects, on the same host, never from https to http."""
        return self._ask(_Asked("GET", url, {}, None, limit)).body

    def get_newer(self, url: str, *, limit: int, accept: str, etag: str = "") -> Fetched | None:
        """Get what is at an address, unless it is still what it was; redirects as in `get`."""
        condition = {"If-None-Match": etag} if etag else {}
        fetched = self._ask(_Asked("GET", url, {"Accept": accept, **condition}, None, limit))
        return None if fetched is _UNCHANGED else fetched

    def post(self, url: str, body: bytes, *, content_type: str, accept: str, limit: int) -> bytes:
        """Post a request; a redirect is a refusal, because what was posted would be lost on the way."""
        return self._ask(_Asked("POST", url, {"Content-Type": content_type, "Accept": accept}, body, limit)).body

    def _ask(self, asked: _Asked) -> Fetched:
        for pause in _PAUSES:
            try:
                return self._follow(asked)
            except NetworkError as error:
                if not error.may_pass:
                    raise
                self._sleep(pause)
        return self._follow(asked)

    def _follow(self, asked: _Asked) -> Fetched:
        url = asked.url
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._exchange(asked, url)
            if isinstance(answer, Fetched):
                return answer
            url = _next(url, answer)
        raise NetworkError("network.status", f"{_split(url).netloc} redirects too often")

    def _exchange(self, asked: _Asked, url: str) -> Fetched | str:
        """Send it once; return the answer, or where the server points to instead."""
        import httpx2

        place = _split(url)
        timeout = httpx2.Timeout(self._seconds, connect=min(self._seconds, _CONNECT_SECONDS))
        watch = _Watch()
        try:
            with (
                watch.ends_after(self._seconds),
                httpx2.Client(verify=self._tls, trust_env=False, proxy=self._proxy, timeout=timeout) as client,
                client.stream(
                    asked.method,
                    url,
                    headers={"Accept-Encoding": "identity", **asked.headers},
                    content=asked.body,
                    extensions={"trace": watch.see},
                ) as response,
            ):
                if asked.method == "GET" and response.status_code in _REDIRECTS:
                    return response.headers.get("Location", "")
                if response.status_code == _NOT_MODIFIED and "If-None-Match" in asked.headers:
                    return _UNCHANGED
                fetched = _read(response, asked.limit, place.netloc)
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            if watch.is_over or isinstance(error, httpx2.TimeoutException):
                raise _late(place) from None
            # Names of errors only: their texts may hold the address. A server that never heard the request, or broke
            # off while nothing but a question was put to it, may be asked again.
            reason = f"{place.netloc} cannot be reached, or broke off ({type(error).__name__})"
            may_pass = isinstance(error, httpx2.ConnectError) or asked.method == "GET"
            raise NetworkError("network.refused", reason, may_pass=may_pass) from None
        if watch.is_over:  # the end of a broken connection may look like the end of the body
            raise _late(place)
        return fetched

    @cached_property
    def _tls(self) -> "ssl.SSLContext":
        import httpx2

        return httpx2.create_ssl_context(trust_env=False)


class _Watch:
    """Ends an exchange when its time is over.

    The library's time-outs are for each read: a server that sends an octet now and then is never too late for them.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None

    def see(self, event: str, info: Mapping[str, Any]) -> None:
        """Learn of the connection (httpcore's trace extension)."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
        if self.is_over:
            self._break()

    @contextmanager
    def ends_after(self, seconds: float) -> Iterator[None]:
        """Break the connection after some seconds, unless the block is left before."""
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        self._break()

    def _break(self) -> None:
        if self._socket is not None:
            try:
                # The socket under TLS: whoever is reading it goes on to read its end.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # closed already


def _read(response: "httpx2.Response", limit: int, host: str) -> Fetched:
    """Read the body of a good answer, and no more of it than allowed."""
    status = response.status_code
    if status != 200:  # noqa: PLR2004 - the one status that means an answer
        problem = f"{host} answered with status {status}"
        raise NetworkError("network.status", problem, may_pass=status in _BUSY, status=status)
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > limit:
            raise NetworkError("network.too-large", f"{host} answered with more than {limit} bytes")
    etag = response.headers.get("ETag", "")
    return Fetched(bytes(body), etag if _ETAG.fullmatch(etag) else "")


def _late(place: SplitResult) -> NetworkError:
    return NetworkError("network.timeout", f"{place.netloc} did not answer in time")


def _next(url: str, location: str) -> str:
    """Where a redirect leads, if it may: the same host, and the same scheme or https."""
    here = _split(url)
    target = urljoin(url, location)
    there = _split(target)
    if not location or there.hostname != here.hostname or (here.scheme, there.scheme) == ("https", "http"):
        raise NetworkError("network.status", f"{here.netloc} redirects to another place")
    return target


def _split(url: str) -> SplitResult:
    problem = NetworkError("network.url", "This is not an http or https address of a server", hint="correct it")
    if not _ADDRESS.fullmatch(url):
        raise problem
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise problem from None
    if parts.scheme not in _SCHEMES or not parts.hostname or "@" in parts.netloc or port == 0:
        raise problem
    return parts

"""Reading a public address: bounded in size and time, no redirects. Whoever needs the network is handed a `Fetcher`."""

from typing import Final, Protocol

_SECONDS: Final = 5.0
_FOUND: Final = 200


class FetchError(Exception):
    """An address gives no usable answer. `status` is the HTTP status, if there is one."""

    def __init__(self, problem: str, *, status: int | None = None) -> None:
        super().__init__(problem)
        self.status = status


class Fetcher(Protocol):
    """The network, as far as it is needed here."""

    def get(self, url: str, *, limit: int) -> bytes:
        """The body of an answer 200.

        Args:
            limit: bytes; a larger answer is none.

        Raises:
            FetchError: no answer, another status, or too large.
        """
        ...


class HttpFetcher:
    """Over HTTP and TLS, with this machine's certification authorities.

    Args:
        seconds: for connecting, and for each read.
    """

    def __init__(self, *, seconds: float = _SECONDS) -> None:
        self._seconds = seconds

    def get(self, url: str, *, limit: int) -> bytes:
        """The body of an answer 200.

        Raises:
            FetchError: no answer, another status, or too large.
        """
        import httpx2

        body = bytearray()
        try:
            with httpx2.stream("GET", url, timeout=self._seconds, follow_redirects=False) as answer:
                if answer.status_code != _FOUND:
                    raise FetchError(f"HTTP status {answer.status_code}", status=answer.status_code)
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > limit:
                        raise FetchError(f"larger than {limit} bytes")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise FetchError(f"no answer: {type(error).__name__}") from None
        return bytes(body)

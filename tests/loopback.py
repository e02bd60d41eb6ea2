"""Real servers on loopback for tests: prepared answers, time-stamp authorities, and whole PKIs of certomancer."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from signing import der
from signing.network import HttpFetcher
from signing.timestamps import Timestamper


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """What to answer. `drip`: write it slowly, until the caller has gone."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    drip: bool = False


Answer = Callable[[Asked], Reply]


@contextmanager
def serving(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on an ephemeral port as long as the block; gives the address, without a slash at its end."""
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        do_POST = do_GET  # noqa: N815 - the server's name for it

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = answer(Asked(self.command, self.path, dict(self.headers), body))
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            if not reply.drip:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            with suppress(OSError):  # the caller has gone
                self.wfile.write(reply.body)
                while reply.drip and not gone.wait(0.02):
                    self.wfile.write(b".")

        def handle(self) -> None:
            with suppress(OSError):  # the caller broke off, or did not like the certificate
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's name for it
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        finally:
            gone.set()
            server.shutdown()
            thread.join()


def closed_port() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def fetcher(*, seconds: float = 10.0, pauses: list[float] | None = None) -> HttpFetcher:
    """A fetcher that only notes how long it would sleep."""
    return HttpFetcher(sleep=(pauses if pauses is not None else []).append, timeout_seconds=seconds)


def stamping(timestamper: Timestamper) -> Answer:
    """Answer time-stamp requests (RFC 3161) with an authority's tokens."""

    def answer(asked: Asked) -> Reply:
        return Reply(granted(timestamper.timestamp(*read_request(asked.body))))

    return answer


def read_request(encoded: bytes) -> tuple[bytes, int]:
    """Digest and nonce of a TimeStampReq."""
    _version, imprint, *rest = der.read(encoded).members(der.SEQUENCE)
    digest = imprint.members(der.SEQUENCE)[1].content
    return digest, next(node.as_integer() for node in rest if node.tag == der.INTEGER)


def granted(token: bytes) -> bytes:
    """A TimeStampResp with a token."""
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, der.integer(0)), token)

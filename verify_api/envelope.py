"""What every answer gets: a request id, security headers, one log line without personal data, and never a traceback."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from verify_api.logs import LOG
from verify_api.metrics import Metrics
from verify_api.problems import answer, problem_of
from verify_api.refusals import Refusals

REQUEST_ID: Final = "X-Request-ID"
_REFUSED: Final = 400
_FAILED: Final = 500
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may do, and its service worker: nothing but with this site."""
_OF_ALL: Final = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
_OF_PAGES: Final = {
    **_OF_ALL,
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OF_FILES: Final = {**_OF_ALL, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
_FILES: Final = ("text/javascript", "text/css", "application/wasm")
"""Media types of what is never shown as a page. The rest would be a tenth of a visit, with twenty modules."""


class Envelope:
    """ASGI middleware.

    Args:
        clock: for the duration in the log line.
        randomness: n → n random bytes, for request ids.
        metrics: where answers are counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
        metrics: Metrics,
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.clock = clock
        self.randomness = randomness
        self.refusals = Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else self.randomness(8).hex()
        state = scope.setdefault("state", {})
        state |= {"request_id": request_id, "answer_headers": {}}
        started = self.clock()
        status = 0

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if _REFUSED <= status < _FAILED:
                    await self.refusals.turn()
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                headers.update(state["answer_headers"])
                file = headers.get("content-type", "").startswith(_FILES)
                for name, value in (_OF_FILES if file else _OF_PAGES).items():
                    headers.setdefault(name, value)  # what is published may be read by other sites' pages
            await send(message)

        try:
            await self.app(scope, receive, send_wrapped)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as error:  # noqa: BLE001 -- every other error is answered as a problem without internals
            problem = problem_of(error)
            if status:
                # Half an answer is out. Breaking the connection is the only honest end; the server logs what it gets,
                # so it gets an error that holds nothing.
                raise ConnectionAbortedError(problem.code) from None
            await answer(problem, request_id)(scope, receive, send_wrapped)
        finally:
            # The route's template, not the path: a path may hold an identifier.
            route = getattr(scope.get("route"), "path", "-")
            took = (self.clock() - started).total_seconds()
            self.metrics.answered(scope["method"], route, status, took)
            LOG.info(
                "answered",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(took * 1000),
                request_id=request_id,
                who=state.get("who", "-"),
            )

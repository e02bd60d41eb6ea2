"""The application factory, and the server that `license serve` starts."""

import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from license_lib.authority import now
from license_lib.errors import MachineError
from license_lib.health.gathering import health_of
from license_lib.resources import program_version
from license_lib.settings import Settings
from verify_api import admin, audit_page, counter, pages, problems, published, routes
from verify_api.access import Public, account, permissions_of, sign_in, tokens, ways
from verify_api.access.gate import Gate
from verify_api.access.installing import open_gate
from verify_api.bench import Bench, SettingsBench
from verify_api.cursors import Cursors
from verify_api.description import DescribedService
from verify_api.envelope import Envelope
from verify_api.health_watch import HealthWatch, Look
from verify_api.logs import log_settings
from verify_api.metrics import Metrics
from verify_api.pages import presenting
from verify_api.pages.anchor import Anchor
from verify_api.repeats import Repeats
from verify_api.routes.batches import places_for_batches
from verify_api.service import Service
from verify_api.turnstile import ServiceLimits, Turnstile

_GRACE_SECONDS: Final = 10


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = now,
    randomness: Callable[[int], bytes] = os.urandom,
) -> FastAPI:
    """The verification service of one authority.

    It judges with a read-only repository and public trust material; what it writes is the usage trail.

    Args:
        clock: the time, aware.
        randomness: n → n random bytes, for request ids.
    """
    return build_app(
        lambda: SettingsBench(settings, clock, randomness=randomness),
        settings.public_folder,
        Anchor.of(settings),
        clock=clock,
        randomness=randomness,
        limits=ServiceLimits.of(settings),
        gate=lambda: open_gate(settings, clock, randomness),
        health=partial(health_of, settings),
    )


def build_app(
    open_bench: Callable[[], Bench],
    public: Path,
    anchor: Anchor,
    *,
    clock: Callable[[], datetime],
    randomness: Callable[[int], bytes],
    limits: ServiceLimits | None = None,
    gate: Callable[[], AbstractContextManager[Gate | None]] = contextlib.nullcontext,
    health: Look | None = None,
) -> FastAPI:
    """The service around any judge.

    Args:
        open_bench: is called when it starts. public: the folder of what is published.
        anchor: what the page's own judge stands on.
        clock: the time, aware. randomness: n → n random bytes, for request ids and secrets.
        gate: opens what recognises people and programs; by default nobody can say who they are.
        limits: what one caller may take.
        health: how the installation is at a moment; by default nothing is known of it.
    """
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with contextlib.closing(open_bench()) as bench, gate() as app.state.gate:
            app.state.service = Service(bench, clock, metrics)
            app.state.cursors, app.state.repeats = Cursors(bench.key), Repeats(clock)
            app.state.batches = places_for_batches()
            yield

    app = DescribedService(
        title="电子证照核验 Licence verification",
        version=program_version(),
        description="Judges electronic licences 电子证照: sealed PDF files, and the QR codes on their paper copies.",
        lifespan=lifespan,
        openapi_url=None,  # its route would ask nobody who they are; ours is below
        # The usual documentation pages load scripts from other people's servers.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Its traces and logs would hold paths and the messages of exceptions.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    def description(_: Public) -> JSONResponse:
        """The description of the API."""
        return JSONResponse(app.openapi())

    app.state.metrics, app.state.turnstile = metrics, Turnstile(limits or ServiceLimits(), clock, metrics)
    app.state.watch = HealthWatch(health, clock, metrics)
    app.state.public_material = anchor.signer.parent
    app.include_router(routes.router)
    published.install(app, public, anchor.trust_list)
    pages.install(app, anchor)
    app.include_router(presenting.router)
    app.include_router(audit_page.router)
    app.include_router(admin.router)
    for part in (sign_in.router, account.router, tokens.router, counter.router):
        app.include_router(part)
    app.state.gate, app.state.randomness, app.state.clock = None, randomness, clock
    problems.install(app, ways.way_in)
    app.add_middleware(Envelope, clock=clock, randomness=randomness, metrics=metrics)
    permissions_of(app)  # a route that asks nobody who they are must not go out
    return app


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections, each of which sends at once.

    Without `TCP_NODELAY`, which connections have from here, an answer of two parts waits 40 ms for the caller's system
    to acknowledge the first: asyncio sets it only on sockets that name their protocol, which those of Python's do not.

    Raises:
        OSError: the address is taken, or none of this machine's.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(settings: Settings, *, host: str, port: int, clock: Callable[[], datetime] = now) -> None:
    """Run the service until it is told to stop (SIGINT or SIGTERM; answers under way are finished).

    Raises:
        InputError: the configuration or a template is wrong.
        MachineError: no trust anchor, the repository cannot be opened, or the address is taken (`service.address`).
    """
    with open_gate(settings, clock, os.urandom) as opened:  # here, so that errors reach the caller, not a server's log
        _serve(settings, opened, host=host, port=port, clock=clock)


def _serve(settings: Settings, opened: Gate, *, host: str, port: int, clock: Callable[[], datetime]) -> None:
    import uvicorn

    bench = SettingsBench(settings, clock)
    try:
        listener = listening(host, port)
    except OSError as error:
        bench.close()
        raise MachineError(
            "service.address", f"{host}:{port}: {error.strerror}", hint="choose another --host or --port"
        ) from None
    app = build_app(
        lambda: bench,
        settings.public_folder,
        Anchor.of(settings),
        clock=clock,
        randomness=os.urandom,
        limits=ServiceLimits.of(settings),
        gate=lambda: contextlib.nullcontext(opened),
        health=partial(health_of, settings),
    )
    config = uvicorn.Config(
        app,
        access_log=False,  # its lines hold paths, and a path may hold an identifier
        log_config=log_settings(),
        server_header=False,
        proxy_headers=False,  # `verify_api.access.origin` knows which proxies are ours
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    # uvicorn sends itself once more what stopped it: SIGTERM is then taken as SIGINT is, and the exit code is 0.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with listener, contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])

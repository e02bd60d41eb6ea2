"""Is the service there, can it work, and how much does it do."""

import ipaddress
from typing import Final

from fastapi import APIRouter, Request, Response

from verify_api.access import Public
from verify_api.health_watch import HealthWatch
from verify_api.metrics import MEDIA_TYPE, Metrics
from verify_api.problems import Problem, responses
from verify_api.routes.answers import service_of
from verify_api.schemas import Health

router = APIRouter(tags=["service"])

_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
_METRICS: Final = """# HELP license_requests_total Requests
# TYPE license_requests_total counter
license_requests_total{method="POST",route="/api/v1/verify",status="200"} 4711.0
"""


@router.get("/healthz", summary="The process answers", responses=responses())
async def healthz(_: Public) -> Health:
    """Answer as soon as the process does."""
    return Health()


@router.get("/readyz", summary="The repository can be read", responses=responses("storage.locked"))
async def readyz(_: Public, request: Request) -> Health:
    """Answer only if the repository can be read."""
    await service_of(request).require_ready()
    return Health()


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": _METRICS}}},
        **responses("http.not-found"),
    },
)
async def metrics(_: Public, request: Request) -> Response:
    """How much was asked, how fast it was answered and with what outcome; for programs on the same machine only.

    To others, and through a proxy, there is nothing here. No label holds what was sent.
    """
    if not _is_near(request):
        raise Problem("http.not-found")
    watch: HealthWatch = request.app.state.watch
    await watch.counted()
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


def _is_near(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False

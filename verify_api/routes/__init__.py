"""The API, version 1, by resource: each route reads the request, asks the service once and answers."""

from fastapi import APIRouter

from verify_api.routes import (
    batches,
    evidence,
    health,
    licenses,
    presentations,
    service_items,
    trail,
    usage,
    verification,
)

router = APIRouter()
for _resource in (
    verification,
    batches,
    presentations,
    licenses,
    service_items,
    usage,
    trail,
    evidence,
    health,
):
    router.include_router(_resource.router)

__all__ = ["router"]

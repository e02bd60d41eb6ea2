"""The counter page 窗口: one screen for who decides about the person in front of them (docs/counter.md)."""

from fastapi import APIRouter

from verify_api.counter import cases, days, looking, page

router = APIRouter(include_in_schema=False)
for _part in (page, looking, cases, days):
    router.include_router(_part.router)

__all__ = ["router"]

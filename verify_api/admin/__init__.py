"""Administration 系统管理: how the installation is, and who may use it. No secret but those that are shown once."""

from fastapi import APIRouter

from verify_api.admin import changes, page

router = APIRouter()
for _part in (page.router, changes.router):
    router.include_router(_part)

__all__ = ["router"]

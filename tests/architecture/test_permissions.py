"""No route lacks a permission: who may use it stands in its arguments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI

from verify_api.access import PERMISSIONS, Looker, Public, permissions_of
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor


def application(folder: Path) -> FastAPI:
    def never() -> None:
        raise NotImplementedError

    anchor = Anchor(trust_list=folder / "list", signer=folder / "signer")
    return build_app(never, folder, anchor, clock=lambda: datetime.now(UTC), randomness=bytes)  # type: ignore[arg-type]


def test_every_route_has_one_of_the_permissions(tmp_path: Path) -> None:
    found = permissions_of(application(tmp_path))
    assert found[("POST", "/api/v1/verify")] is PERMISSIONS["Anyone"]
    assert found[("GET", "/status/{number}")] is PERMISSIONS["Public"]
    assert ("GET", "/api/v1/openapi.json") in found
    assert set(map(id, found.values())) <= set(map(id, PERMISSIONS.values()))


def test_a_route_without_one_is_found() -> None:
    app = FastAPI(openapi_url=None)

    @app.get("/open")
    def nobody_decided() -> None: ...

    with pytest.raises(LookupError, match="/open has 0 permissions"):
        permissions_of(app)


def test_two_permissions_are_none() -> None:
    app = FastAPI(openapi_url=None)

    @app.get("/two")
    def undecided(_: Public, who: Looker) -> None: ...

    with pytest.raises(LookupError, match="/two has 2 permissions"):
        permissions_of(app)


def test_a_permission_may_stand_in_a_dependency() -> None:
    app = FastAPI(openapi_url=None)

    def below(who: Looker) -> str:
        return who.department.id

    @app.get("/below")
    def decided(department: Annotated[str, Depends(below)]) -> str:
        return department

    assert permissions_of(app)[("GET", "/below")] is PERMISSIONS["Looker"]


def test_what_the_framework_adds_by_itself_is_found() -> None:
    with pytest.raises(LookupError, match=r"openapi\.json has 0 permissions"):
        permissions_of(FastAPI())

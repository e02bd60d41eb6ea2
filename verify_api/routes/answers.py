"""What the routes share: the service of the application, the problems of many routes, and the use that a request is."""

from typing import Annotated, Any, Final

from fastapi import Path, Query, Request

from license_lib.repository.entries import Use
from verify_api.access import Anonymous, Principal
from verify_api.problems import responses
from verify_api.record_schemas import PurposeQuestion
from verify_api.service import Service

IDENTIFIER: Final = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
CURSOR: Final = "AAAAAAAAEmn3mXb0fGk5p0v2k3cQyWkM"
PLACE: Final = "api"
USE: Final[dict[str, Any]] = {
    "sequence": 4713,
    "kind": "verify",
    "at": "2026-11-22T04:00:00Z",
    "outcome": "IN_FORCE",
    "actor": "li.wei",
    "body": "白银市市场监督管理局",
    "purpose": "办理食品经营许可",
    "item": "000131001000",
    "case": "2026-1",
    "place": "api",
    "audience": "",
    "consent": 4700,
}
"""An entry of the usage trail, as an example."""
_VERIFYING: Final = "核验"
_RATES: Final = ("rate.address", "rate.caller")
_RECOGNISED: Final = (
    "access.token",
    "access.certificate",
    "access.header",
    "access.foreign-page",
    "access.form",
)
"""Problems with what somebody shows to say who they are."""
_PERMITTED: Final = ("access.unknown", "access.role", "access.program", "access.scope", "access.second-factor")

Identifier = Annotated[str, Path(description="证照标识, GB/T 36904", max_length=128, examples=[IDENTIFIER])]
Purpose = Annotated[
    str, Query(max_length=120, description="用途, of callers who say who they are", examples=["办理食品经营许可"])
]
Item = Annotated[str, Query(max_length=64, description="事项编码", examples=["000131001000"])]
Case = Annotated[str, Query(max_length=60, description="案卷号", examples=["2026-1"])]


def service_of(request: Request) -> Service:
    """The service that the application's lifespan opened."""
    service: Service = request.app.state.service
    return service


def limited(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The problems of a route that works for anybody, within limits; who says who they are may be refused, too."""
    return responses(*codes, *_RATES, *_RECOGNISED)


def guarded(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The problems of a route for those who may."""
    return limited(*codes, *_PERMITTED, "storage.locked", "http.invalid")


def verifying(who: Principal, purpose: str, item: str, case: str) -> Use | None:
    """The use that it is to have something judged: by the public, nobody's; by others, in their name."""
    if isinstance(who, Anonymous):
        return None
    return who.use(purpose=purpose or _VERIFYING, item=item, case_number=case, place=PLACE)


def use_for(who: Principal, asked: PurposeQuestion) -> Use:
    """The use that a look-up is; there is none without a purpose, and none of nobody."""
    if isinstance(who, Anonymous):
        raise TypeError("a route without permission")
    return who.use(purpose=asked.purpose, item=asked.item, case_number=asked.case, place=PLACE)

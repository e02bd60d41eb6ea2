"""Presentation codes 亮证码 over the API.

The code is in the body, never in an address: addresses stand in logs. Whoever redeems need not say who they are, and is
the public 公众 then; to whom the licence was shown is what they say.
"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from license_lib.repository.entries import Use
from verify_api.access import Anonymous, Anyone, ClientSystem, Principal
from verify_api.presentations import ANYBODY, PresentationDocument, RedeemQuestion, read_body, read_question
from verify_api.problems import Problem
from verify_api.routes.answers import limited, service_of
from verify_api.routes.verification import VERDICT
from verify_api.turnstile import LIMITED

router = APIRouter(prefix="/api/v1", tags=["presentation"], dependencies=LIMITED)

_PLACE: Final = "service"
_CONSENT: Final = {
    "given": 4711,
    "used": 4712,
    "given_at": "2026-11-22T03:59:30Z",
    "used_at": "2026-11-22T04:00:00Z",
    "audience": "白银市图书馆",
    "purpose": "办理借书证",
    "item": "",
    "case": "",
}
_PRESENTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What the code gave; a code that is not good any more is an answer, too.",
        "content": {"application/json": {"example": {"accepted": True, "verdict": VERDICT, "consent": _CONSENT}}},
    }
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": RedeemQuestion.model_json_schema()}}}
}


@router.post(
    "/redeem",
    summary="验亮证码 Use a presentation code up, and get its licence as of now",
    response_model_exclude_unset=True,
    responses={
        **_PRESENTED,
        **limited(
            "http.empty",
            "http.malformed",
            "http.timeout",
            "http.too-large",
            "http.media-type",
            "http.invalid",
            "service.busy",
            "storage.locked",
            "usage",
            "entry",
        ),
    },
    openapi_extra=_BODY,
)
async def redeem(who: Anyone, request: Request, response: Response) -> PresentationDocument:
    """The answer is 200 whatever the code is worth: look at `accepted`, then at the verdict's `outcome`.

    Every code can be used once, for two minutes at most. Sent again, it is answered as used: do not repeat a request
    that was answered.
    """
    response.headers["Cache-Control"] = "no-store"
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("http.media-type")
    question = read_question(await read_body(request))
    return await service_of(request).redeem(question.code, _use(who, question.audience))


def _use(who: Principal, audience: str) -> Use:
    """The use that redeeming is, in the name of who is known to ask."""
    match who:
        case Anonymous():
            return Use(actor=ANYBODY, audience=audience, place=_PLACE)
        case ClientSystem():
            return Use(actor=who.client, body=who.department.name, audience=audience, place=_PLACE)
    return Use(actor=who.login, body=who.department.name, audience=audience, place=_PLACE)

"""Presentation codes 亮证码 over the API: redeemed here, never made here.

The code is in the body, never in an address: addresses stand in logs. Whoever redeems is not signed in; to whom the
licence was shown is what they say.
"""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from license_lib.presenting import Presentation
from license_lib.presenting.telling import consent_value
from license_lib.repository import Use
from license_lib.repository.entries import LONGEST_TEXT
from verify_api.access import Public
from verify_api.problems import Problem, responses
from verify_api.questions import MAX_CODE_BYTES, read_whole
from verify_api.schemas import VerdictDocument, Words

if TYPE_CHECKING:
    from verify_api.service import Service

router = APIRouter()

SECONDS: Final = 60
"""For so long a body may take to arrive."""
ANYBODY: Final = "公众"
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class RedeemQuestion(BaseModel):
    """A presentation code as it was scanned, who redeems it, and for whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(
        min_length=1, max_length=4096, repr=False, examples=["HTTPS://LICENSE.EXAMPLE/P#129473055810244873561937002…"]
    )
    audience: Text = Field(default="", description="核验单位: as the holder named it, if the code is made for one")
    actor: Text = Field(default=ANYBODY, min_length=1, description="核验人: who redeems it; nobody checks that yet")

    @property
    def use(self) -> Use:
        """Who uses the licence."""
        return Use(actor=self.actor, audience=self.audience, place="service")


class ConsentDocument(BaseModel):
    """The consent record 授权记录: the holder's consent and this use of it stand in the usage trail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: int = Field(description="Place of the holder's consent in the trail, and so in the log")
    used: int = Field(description="Place of this use")
    given_at: AwareDatetime
    used_at: AwareDatetime
    audience: str
    purpose: str = Field(description="用途")
    item: str = Field(description="事项编码")
    case: str = Field(description="案卷号")


class PresentationDocument(BaseModel):
    """What redeeming a code gave. A refused code is `accepted: false`, UNDETERMINED, and the finding says why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accepted: bool = Field(description="Whether the code was good, and is used up now")
    verdict: VerdictDocument
    consent: ConsentDocument | None = Field(description="null if the code was refused")


def told_presentation(shown: Presentation, verdict: VerdictDocument) -> PresentationDocument:
    """A presentation as its documented report: the verdict with what the licence shows in public."""
    facts = verdict.license
    if facts is not None and shown.accepted:
        public = {each.code: each.text for each in shown.public}
        labels = {each.code: Words(zh=each.label.zh, en=each.label.en) for each in shown.public}
        facts = facts.model_copy(update={"public": public, "labels": labels})
        verdict = verdict.model_copy(update={"license": facts})
    consent = ConsentDocument.model_validate(consent_value(shown.consent)) if shown.consent else None
    return PresentationDocument(accepted=shown.accepted, verdict=verdict, consent=consent)


_BODY: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": RedeemQuestion.model_json_schema()}}}
}


@router.post(
    "/api/v1/redeem",
    tags=["presentation"],
    summary="验亮证码 Use a presentation code up, and get its licence as of now",
    response_model_exclude_unset=True,
    responses=responses(
        "http.empty",
        "http.malformed",
        "http.timeout",
        "http.too-large",
        "http.media-type",
        "http.invalid",
        "service.busy",
        "storage.locked",
    ),
    openapi_extra=_BODY,
)
async def redeem(_: Public, request: Request, response: Response) -> PresentationDocument:
    """The answer is 200 whatever the code is worth: look at `accepted`, then at the verdict's `outcome`.

    Every code can be used once, for two minutes at most. Sent again, it is answered as used: do not repeat a request
    that was answered.
    """
    response.headers["Cache-Control"] = "no-store"
    service: Service = request.app.state.service
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem("http.media-type")
    question = _question(await read_body(request))
    return await service.redeem(question.code, question.use)


async def read_body(request: Request) -> bytes:
    """A small body, which may not take its time.

    Raises:
        Problem: `http.timeout`, `http.too-large`, `http.empty`.
    """
    try:
        async with asyncio.timeout(SECONDS):
            body = await read_whole(request, MAX_CODE_BYTES)
    except TimeoutError:
        raise Problem("http.timeout", headers={"Connection": "close"}) from None
    if not body:
        raise Problem("http.empty")
    return body


def _question(body: bytes) -> RedeemQuestion:
    try:
        return RedeemQuestion.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        raise Problem("http.malformed")
    raise RequestValidationError(faults)

"""Presentation codes 亮证码 as the service is asked about them and tells them: redeemed here, never made here."""

import asyncio
from typing import Annotated, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from license_lib.presenting import Presentation
from license_lib.presenting.telling import consent_value
from license_lib.repository.entries import LONGEST_TEXT
from verify_api.problems import Problem
from verify_api.questions import MAX_CODE_BYTES, read_whole
from verify_api.schemas import VerdictDocument, Words

SECONDS: Final = 60
"""For so long a body may take to arrive."""
ANYBODY: Final = "公众"
"""Who redeems a code without having said who they are."""
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class RedeemQuestion(BaseModel):
    """A presentation code as it was scanned, and for whom it is redeemed. Who does that is not the caller's to say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(
        min_length=1, max_length=4096, repr=False, examples=["HTTPS://LICENSE.EXAMPLE/P#129473055810244873561937002…"]
    )
    audience: Text = Field(default="", description="核验单位: as the holder named it, if the code is made for one")


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


def read_question(body: bytes) -> RedeemQuestion:
    """What a body asks.

    Raises:
        Problem: `http.malformed`. RequestValidationError: it is JSON of another form.
    """
    try:
        return RedeemQuestion.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in faults):
        raise Problem("http.malformed")
    raise RequestValidationError(faults)

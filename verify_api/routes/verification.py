"""Judging: a file, a picture, the text of a code, an identifier."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from verify_api.access import Anyone
from verify_api.problems import Problem
from verify_api.questions import Question, read_question
from verify_api.routes.answers import IDENTIFIER, Case, Identifier, Item, Purpose, limited, service_of, verifying
from verify_api.schemas import CodeQuestion, PictureDocument, VerdictDocument
from verify_api.turnstile import LIMITED, turnstile_of

router = APIRouter(prefix="/api/v1", tags=["verification"], dependencies=LIMITED)

_BYTES: Final = {"type": "string", "format": "binary"}
_FILE_PARTS: Final = {
    "file": {**_BYTES, "description": "A PDF or a picture"},
    "at": {"type": "string", "format": "date-time"},
}
_CODE_PART: Final = {"code": {"type": "string", "description": "The text of a QR code, instead of a file"}}


def _body(parts: dict[str, Any], **further: dict[str, Any]) -> dict[str, Any]:
    """Documentation of a body: a form with these parts, a raw file, or what is given further."""
    form = {"type": "object", "properties": parts, "additionalProperties": False}
    content = {"multipart/form-data": form, "application/pdf": _BYTES, "image/*": _BYTES, **further}
    told = {media_type: {"schema": schema} for media_type, schema in content.items()}
    return {"requestBody": {"required": True, "content": told}}


_BODY: Final = _body({**_FILE_PARTS, **_CODE_PART}, **{"application/json": CodeQuestion.model_json_schema()})
_FILE_BODY: Final = _body(_FILE_PARTS)
VERDICT: Final[dict[str, Any]] = {
    "version": 2,
    "program": {"name": "license-lib", "version": "0.1.0"},
    "outcome": "NOT_IN_FORCE",
    "text": {"zh": "真实，但未在有效状态", "en": "Genuine, but not in force"},
    "at": "2026-11-22T04:00:00Z",
    "findings": [
        {
            "code": "status.revoked",
            "effect": "not-in-force",
            "severity": "error",
            "params": {"date": "2026-10-01"},
            "text": {"zh": "证照已于2026-10-01撤销", "en": "Revoked on 2026-10-01"},
            "remedy": {"zh": "证照已失效，不予采信", "en": "Do not accept it"},
        }
    ],
    "steps": [
        {"number": 7, "step": "status", "proved": False, "result": "against"},
        {"number": 8, "step": "validity", "proved": True, "result": "proved"},
    ],
    "license": {
        "identifier": IDENTIFIER,
        "type": "安全生产管理人员证",
        "issuer": {"name": "", "code": "11430000006122244L"},
        "issued_on": "2023-04-03",
        "valid_from": "2023-04-03",
        "valid_until": "2026-12-31",
    },
    "evidence": {
        "sealed_at": "2023-04-03T02:10:00Z",
        "revocation_as_of": "2026-11-22T00:00:00Z",
        "status_as_of": "2026-11-22T04:00:00Z",
        "trust_list": None,
        "status_list": None,
        "log": {
            "origin": "licenses.baiyin.example/log",
            "index": 4711,
            "size": 5000,
            "published": True,
            "source": "repository",
        },
    },
    "seal": {"level": "B-LTA", "archive_time_stamps": 1},
}
_VERDICT: Final[dict[str, Any]] = {
    "description": "The verdict. A forged document is answered here too, with NOT_GENUINE.",
    "content": {"application/json": {"example": VERDICT}},
}
_PICTURE: Final[dict[str, Any]] = {
    "description": "A verdict for each code that was found; a picture without one has a finding instead.",
    "content": {"application/json": {"example": {"complete": True, "findings": [], "verdicts": [VERDICT]}}},
}
_AT: Final = Query(
    description="The moment that the question is about, ISO 8601; now if left out, Beijing time if it has no offset. "
    "In the body instead where that is a form or JSON.",
    examples=["2026-11-22T12:00:00+08:00"],
)
_READING: Final = (
    "http.empty",
    "http.malformed",
    "http.ambiguous",
    "http.timeout",
    "http.too-large",
    "http.media-type",
)
_JUDGING: Final = ("http.at", "http.invalid", "service.busy", "rate.files", "storage.locked", "usage", "entry")


@router.post(
    "/verify",
    summary="核验 Judge a PDF, a picture or the text of a QR code",
    response_model_exclude_unset=True,
    responses={200: _VERDICT, **limited(*_READING, *_JUDGING)},
    openapi_extra=_BODY,
)
async def verify(
    who: Anyone,
    request: Request,
    response: Response,
    at: Annotated[str | None, _AT] = None,
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> VerdictDocument:
    """Judge a document. The answer is 200 whatever the document is worth: look at `outcome`.

    Send at most 32 MiB as multipart/form-data (`file`), as a raw PDF or picture, or `{"code": …}` as JSON.
    """
    response.headers["Cache-Control"] = "no-store"
    use = verifying(who, purpose, item, case)
    question = await read_question(request, at)
    if not question.data:
        return await service_of(request).verify(question, use)
    async with turnstile_of(request).examination(request.state.caller):
        return await service_of(request).verify(question, use)


@router.post(
    "/verify/picture",
    summary="核验图片 Judge every code of a picture or a scan",
    response_model_exclude_unset=True,
    responses={200: _PICTURE, **limited(*_READING, *_JUDGING)},
    openapi_extra=_FILE_BODY,
)
async def verify_picture(
    who: Anyone,
    request: Request,
    response: Response,
    at: Annotated[str | None, _AT] = None,
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> PictureDocument:
    """Judge several licences on one photo, or on the pages of a scanned PDF, by the codes on them."""
    response.headers["Cache-Control"] = "no-store"
    use = verifying(who, purpose, item, case)
    question: Question = await read_question(request, at)
    if not question.data:
        raise Problem("http.media-type")
    async with turnstile_of(request).examination(request.state.caller):
        return await service_of(request).verify_picture(question.data, question.at, use)


@router.get(
    "/licenses/{identifier}/status",
    summary="状态 State of a licence by its identifier",
    response_model_exclude_unset=True,
    responses={
        200: _VERDICT,
        **limited("license.unknown", "number", "http.invalid", "storage.locked", "usage", "entry"),
    },
)
async def status(
    who: Anyone,
    request: Request,
    response: Response,
    identifier: Identifier,
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> VerdictDocument:
    """Is a licence of this repository in force now? Minimal facts: neither holder nor number.

    Never cached: a revocation counts from the moment it is recorded.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service_of(request).status(identifier, verifying(who, purpose, item, case))

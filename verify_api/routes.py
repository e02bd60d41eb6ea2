"""The API, version 1: each route reads the request, asks the service once and answers."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from verify_api.access import Anyone, Public
from verify_api.problems import responses
from verify_api.questions import read_question
from verify_api.schemas import CodeQuestion, Health, VerdictDocument
from verify_api.service import Service

router = APIRouter()

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A PDF or a picture"},
                        "code": {"type": "string", "description": "The text of a QR code, instead of a file"},
                        "at": {"type": "string", "format": "date-time"},
                    },
                    "additionalProperties": False,
                }
            },
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "image/*": {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": CodeQuestion.model_json_schema()},
        },
    }
}
_VERDICT: Final[dict[str, Any]] = {
    "description": "The verdict. A forged document is answered here too, with NOT_GENUINE.",
    "content": {
        "application/json": {
            "example": {
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
                    "identifier": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
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
        }
    },
}


def service_of(request: Request) -> Service:
    """The service that the application's lifespan opened."""
    service: Service = request.app.state.service
    return service


@router.post(
    "/api/v1/verify",
    tags=["verification"],
    summary="核验 Judge a PDF, a picture or the text of a QR code",
    response_model_exclude_unset=True,
    responses={
        200: _VERDICT,
        **responses(
            "http.empty",
            "http.malformed",
            "http.ambiguous",
            "http.timeout",
            "http.too-large",
            "http.media-type",
            "http.at",
            "http.invalid",
            "service.busy",
            "storage.locked",
        ),
    },
    openapi_extra=_BODY,
)
async def verify(
    _: Anyone,
    request: Request,
    response: Response,
    at: Annotated[
        str | None,
        Query(
            description="The moment that the question is about, ISO 8601; now if left out, Beijing time if it has no "
            "offset. In the body instead where that is a form or JSON.",
            examples=["2026-11-22T12:00:00+08:00"],
        ),
    ] = None,
) -> VerdictDocument:
    """Judge a document. The answer is 200 whatever the document is worth: look at `outcome`.

    Send at most 32 MiB as multipart/form-data (`file`), as a raw PDF or picture, or `{"code": …}` as JSON.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service_of(request).verify(await read_question(request, at))


@router.get(
    "/api/v1/licenses/{identifier}/status",
    tags=["verification"],
    summary="状态 State of a licence by its identifier",
    response_model_exclude_unset=True,
    responses={200: _VERDICT, **responses("license.unknown", "number", "http.invalid", "storage.locked")},
)
async def status(
    _: Anyone,
    request: Request,
    response: Response,
    identifier: Annotated[
        str,
        Path(
            description="证照标识, GB/T 36904",
            max_length=128,
            examples=["1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"],
        ),
    ],
) -> VerdictDocument:
    """Is a licence of this repository in force now? Minimal facts: neither holder nor number.

    Never cached: a revocation counts from the moment it is recorded.
    """
    response.headers["Cache-Control"] = "no-store"
    return await service_of(request).status(identifier)


@router.get("/healthz", tags=["service"], summary="The process answers")
async def healthz(_: Public) -> Health:
    """Answer as soon as the process does."""
    return Health()


@router.get("/readyz", tags=["service"], summary="The repository can be read", responses=responses("storage.locked"))
async def readyz(_: Public, request: Request) -> Health:
    """Answer only if the repository can be read."""
    await service_of(request).require_ready()
    return Health()

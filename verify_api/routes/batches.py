"""Many documents in one request, answered as they are done."""

from typing import Annotated, Any, Final

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from verify_api.access import Verifier
from verify_api.batches import BATCHES_AT_ONCE, BatchOfCodes, answers, read_batch
from verify_api.problems import Problem, problem_of
from verify_api.questions import Question, read_moment
from verify_api.routes.answers import Case, Item, Purpose, guarded, service_of, verifying
from verify_api.routes.verification import VERDICT
from verify_api.schemas import ProblemDocument, VerdictDocument
from verify_api.turnstile import LIMITED, turnstile_of

router = APIRouter(prefix="/api/v1", tags=["verification"], dependencies=LIMITED)

NDJSON: Final = "application/x-ndjson"
_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A line of JSON (`BatchLine`) for each document, in the order in which they are done; the last "
        "line has `done` alone. An answer without it was cut off.",
        "content": {
            NDJSON: {
                "schema": {"$ref": "#/components/schemas/BatchLine"},
                "examples": {
                    "verdict": {"value": {"reference": "desk-3/1", "verdict": VERDICT}},
                    "last": {"value": {"done": 1}},
                },
            }
        },
    }
}
_PART: Final = {"oneOf": [{"type": "string", "format": "binary"}, {"type": "string"}]}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "description": "Each part under a name of your own: a file, or the text of a code",
                    "minProperties": 1,
                    "additionalProperties": _PART,
                }
            },
            "application/json": {"schema": BatchOfCodes.model_json_schema()},
        },
    }
}


@router.post(
    "/verify/batch",
    summary="批量核验 Judge many documents, answered as they are done",
    response_class=StreamingResponse,
    responses={
        **_LINES,
        **guarded(
            "http.empty",
            "http.malformed",
            "http.ambiguous",
            "http.at",
            "http.timeout",
            "http.too-large",
            "http.too-many",
            "http.media-type",
            "service.busy",
            "usage",
            "entry",
        ),
    },
    openapi_extra=_BODY,
)
async def verify_batch(
    who: Verifier,
    request: Request,
    at: Annotated[str, Query(max_length=40, description="As for a single document, for all of them")] = "",
    purpose: Purpose = "",
    item: Item = "",
    case: Case = "",
) -> StreamingResponse:
    """Judge up to 200 files and codes, 256 MiB all in all. Each answer bears the name that you gave the part.

    A document that cannot be judged has a problem in its line, and the others are answered all the same.
    """
    use = verifying(who, purpose, item, case)
    moment = read_moment(at) if at else None
    places: anyio.CapacityLimiter = request.app.state.batches
    if places.available_tokens < 1:
        raise Problem("service.busy")
    service, request_id = service_of(request), request.state.request_id
    batch = await read_batch(request, turnstile_of(request).limits.batch)

    async def judge(question: Question) -> VerdictDocument:
        return await service.verify(Question(question.data, question.code, moment), use)

    def refuse(error: Exception) -> ProblemDocument:
        return problem_of(error).document(request_id)

    async def lines() -> Any:
        async with places:
            async for line in answers(batch, judge, refuse):
                yield line

    return StreamingResponse(lines(), media_type=NDJSON, headers={"Cache-Control": "no-store"})


def places_for_batches() -> anyio.CapacityLimiter:
    """So many batches are answered at once; more are told to come again."""
    return anyio.CapacityLimiter(BATCHES_AT_ONCE)

"""Looking at something: the one input of the page, the comparison by eye, and the materials."""

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response

from license_lib.acceptance import ANSWER_TEXTS
from verify_api.access import Counter, Staff
from verify_api.counter.asking import Asked, case_of, read_asked, read_object
from verify_api.counter.checks import Answered, Checks
from verify_api.counter.rendering import part, text
from verify_api.even_time import even_time
from verify_api.problems import Problem
from verify_api.repeats import Repeats
from verify_api.routes.answers import service_of
from verify_api.turnstile import LIMITED, turnstile_of

router = APIRouter(dependencies=LIMITED)

_KEPT: Final = 128
"""Answers that may be asked for again: they hold pictures."""

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=130)]


@router.post("/counter/look")
async def look(who: Counter, request: Request, key: Key = None) -> Response:
    """A text, a file or a picture: judged, put on record, and shown. Sent again with its key, it is one check."""
    service = service_of(request)
    asked = await read_asked(request, service.bench.items)

    async def work() -> str:
        checks = _checks(request, who)
        if asked.data:
            async with turnstile_of(request).examination(request.state.caller):
                return await service.examine(lambda: _told(checks.file(asked)))
        async with even_time(turnstile_of(request).limits.even_seconds):
            return await service.look(lambda _, __: _told(checks.typed(asked)))

    content, repeated = await _repeats(request).once(key, request.state.caller, _content(asked), work)
    answer = part(request, content)
    if repeated:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


@router.post("/counter/seen")
async def seen(who: Counter, request: Request) -> Response:
    """A print was compared by eye."""
    fields = await read_object(request)
    if fields.get("seen") not in {"same", "different"}:
        raise Problem("http.invalid")
    same, held = fields["seen"] == "same", fields.get("held", "")
    checks = _checks(request, who)
    return part(request, await service_of(request).look(lambda _, __: _told(checks.seen(held, same=same))))


@router.post("/counter/materials")
async def materials(who: Counter, request: Request) -> Response:
    """What of the item's materials the repository has already."""
    fields = await read_object(request)
    case = case_of(fields, service_of(request).bench.items)
    checks, identifier = _checks(request, who), fields.get("identifier", "")
    async with even_time(turnstile_of(request).limits.even_seconds):
        content = await service_of(request).look(
            lambda _, __: text("materials.html", checklist=checks.materials(case, identifier), answers=ANSWER_TEXTS)
        )
    return part(request, content)


def _told(answered: Answered) -> str:
    return text("answered.html", answered=answered, answers=ANSWER_TEXTS)


def _checks(request: Request, who: Staff) -> Checks:
    return Checks(service_of(request).bench, who, request.app.state.clock())


def _repeats(request: Request) -> Repeats:
    if not hasattr(request.app.state, "counter_repeats"):
        request.app.state.counter_repeats = Repeats(request.app.state.clock, most=_KEPT)
    repeats: Repeats = request.app.state.counter_repeats
    return repeats


def _content(asked: Asked) -> bytes:
    """What tells a question from another one under the same key."""
    case = asked.case
    applicants = case.applicants.numbers if case.applicants else ()
    facts = (case.purpose, case.item.code if case.item else "", case.number, applicants, asked.text, asked.name)
    return repr(facts).encode() + hashlib.sha256(asked.data).digest()

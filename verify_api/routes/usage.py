"""Who used a licence 用证留痕, for those who watch over their own department."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from license_lib.accounts import Action
from license_lib.records import Records
from license_lib.repository.entries import Usage
from verify_api.access import Watcher
from verify_api.bench import Judge
from verify_api.cursors import Cursors
from verify_api.record_schemas import UsagePage, UsageQuestion
from verify_api.routes.answers import CURSOR, USE, Identifier, guarded, service_of, use_for
from verify_api.telling import usage_entry
from verify_api.turnstile import LIMITED

router = APIRouter(prefix="/api/v1/licenses", tags=["licenses"], dependencies=LIMITED)

_PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What your own department did with the licence; none is an answer, too.",
        "content": {"application/json": {"example": {"entries": [USE], "next": CURSOR}}},
    }
}


@router.get(
    "/{identifier}/usage",
    summary="用证记录 Who of your department used a licence",
    responses={**_PAGE, **guarded("http.cursor", "license.unknown", "usage", "entry")},
)
async def usage(
    who: Watcher,
    request: Request,
    response: Response,
    identifier: Identifier,
    asked: Annotated[UsageQuestion, Query()],
) -> UsagePage:
    """Who looked at, took, printed or verified a licence, and what for. Asking is a look like any other."""
    response.headers["Cache-Control"] = "private, no-store"
    use = use_for(who, asked)
    cursors: Cursors = request.app.state.cursors
    question = (request.state.caller, "usage", identifier)
    after = cursors.read(asked.cursor, *question)

    def ask(records: Records, _: Judge) -> tuple[Usage, ...]:
        told = records.usage_by(who.department.name, identifier, after=after, limit=asked.limit + 1)
        records.look(use, identifier, allowed=lambda key: who.may(Action.USAGE, key))  # not part of its own answer
        return told

    found = await service_of(request).look(ask)
    page = found[: asked.limit]
    following = cursors.write(page[-1].sequence, *question) if len(found) > len(page) else None
    return UsagePage(entries=tuple(map(usage_entry, page)), next=following)

"""The usage trail of one's own department 用证审计: page after page, or whole as a file. Reading it leaves an entry."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from license_lib.accounts import EVERY_TYPE, Action
from license_lib.records import Records
from license_lib.repository.entries import Usage
from license_lib.usage_files import csv_pieces, json_pieces
from verify_api.access import Anonymous, ClientSystem, Principal, Watcher
from verify_api.bench import Judge
from verify_api.cursors import Cursors
from verify_api.record_schemas import SheetQuestion, TrailPage, TrailQuestion
from verify_api.routes.answers import CURSOR, IDENTIFIER, USE, guarded, service_of, use_for
from verify_api.telling import trail_entry
from verify_api.turnstile import LIMITED

router = APIRouter(prefix="/api/v1", tags=["usage"], dependencies=LIMITED)

Asked = Annotated[TrailQuestion, Query()]
Pages = Iterable[Iterable[Usage]]
_PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What your own department did, the newest first; none is an answer, too.",
        "content": {"application/json": {"example": {"entries": [{"identifier": IDENTIFIER, **USE}], "next": CURSOR}}},
    }
}
_CSV: Final = "text/csv; charset=utf-8"
_LINES: Final = "application/jsonl"
_NO_STORE: Final = "private, no-store"


@router.get(
    "/usage",
    summary="用证审计 What your department did, the newest first",
    responses={**_PAGE, **guarded("http.cursor", "usage", "entry")},
)
async def trail(who: Watcher, request: Request, response: Response, asked: Asked) -> TrailPage:
    """Entries of your own department's trail: by day, person, licence, purpose or item, kind and outcome."""
    response.headers["Cache-Control"] = _NO_STORE
    found, following = await read_page(who, request, asked)
    return TrailPage(entries=tuple(map(trail_entry, found)), next=following)


@router.get(
    "/usage.csv",
    summary="用证审计 The same as CSV, whole",
    response_class=Response,
    responses={
        200: {
            "description": "UTF-8 with a byte order mark",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": "日志序号,时间（北京）…\r\n"}},
        },
        **guarded("usage", "entry"),
    },
)
async def as_csv(who: Watcher, request: Request, asked: Annotated[SheetQuestion, Query()]) -> Response:
    """All entries, for spreadsheets; `limit` and `cursor` count for nothing."""

    def written(pages: Pages) -> Iterator[bytes]:
        return csv_pieces(pages, english=asked.lang == "en")

    return await _file(who, request, asked, written, _CSV, "usage.csv")


@router.get(
    "/usage.jsonl",
    summary="用证审计 The same as JSON lines, whole",
    response_class=Response,
    responses={
        200: {
            "description": 'The last line is `{"done": n}`',
            "content": {_LINES: {"schema": {"type": "string"}, "example": '{"done": 0}\n'}},
        },
        **guarded("usage", "entry"),
    },
)
async def as_lines(who: Watcher, request: Request, asked: Asked) -> Response:
    """All entries, for programs; `limit` and `cursor` count for nothing. Without its last line it was cut off."""
    return await _file(who, request, asked, json_pieces, _LINES, "usage.jsonl")


async def read_page(who: Principal, request: Request, asked: TrailQuestion) -> tuple[tuple[Usage, ...], str | None]:
    """A page of the trail, and the cursor of the next one.

    Raises:
        Problem: `http.cursor`. InputError, MachineError: as `Records.watched`.
    """
    use, wanted = use_for(who, asked), asked.wanted(_body(who), _types(who))
    cursors: Cursors = request.app.state.cursors
    question = (request.state.caller, "trail", asked.model_dump_json(exclude={"cursor", "limit"}))
    after = cursors.read(asked.cursor, *question)

    def ask(records: Records, _: Judge) -> tuple[Usage, ...]:
        return records.watched(use, wanted, after=after, limit=asked.limit + 1)

    found = await service_of(request).look(ask)
    page = found[: asked.limit]
    return page, cursors.write(page[-1].sequence, *question) if len(found) > len(page) else None


async def _file(
    who: Principal,
    request: Request,
    asked: TrailQuestion,
    written: Callable[[Pages], Iterator[bytes]],
    media_type: str,
    name: str,
) -> Response:
    """A file, sent as it is read. What goes wrong before its first piece is a problem; later the connection breaks."""
    use, wanted = use_for(who, asked), asked.wanted(_body(who), _types(who))

    def ask(records: Records, _: Judge) -> Iterator[bytes]:
        pieces = written(records.exported(use, wanted))
        return chain([next(pieces)], pieces)

    pieces = await service_of(request).look(ask)
    headers = {"Cache-Control": _NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


def _body(who: Principal) -> str:
    """The department of who asks, as the trail names it."""
    return who.department.name if not isinstance(who, Anonymous) else ""


def _types(who: Principal) -> frozenset[str] | None:
    """The types that a program may ask about; None for all, and what found no licence besides."""
    if not isinstance(who, ClientSystem):
        return None
    types = frozenset(one.type_key for one in who.grants if one.action is Action.USAGE)
    return None if EVERY_TYPE in types else types

"""Licences on record, for those who may look them up or take them; each use is on the trail before the answer goes out.

What somebody may not see is unknown to them: the same answer as for what is not there, and by holder in the same time.
"""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response

from license_lib.accounts import Action
from license_lib.errors import InputError
from license_lib.records import Page, Records
from verify_api.access import Exporter, Looker
from verify_api.bench import Judge
from verify_api.cursors import Cursors
from verify_api.even_time import even_time
from verify_api.problems import Problem
from verify_api.record_schemas import (
    FoundLicense,
    FoundLicenses,
    HolderQuestion,
    LicenseDocument,
    PageQuestion,
    PurposeQuestion,
)
from verify_api.repeats import Repeats
from verify_api.routes.answers import CURSOR, IDENTIFIER, Identifier, guarded, service_of, use_for
from verify_api.served_files import ServedFile
from verify_api.telling import found_license, license_document
from verify_api.turnstile import LIMITED, turnstile_of

router = APIRouter(prefix="/api/v1/licenses", tags=["licenses"], dependencies=LIMITED)

_PRIVATE: Final = "private, no-store"
"""What somebody looked up rests in no cache; `ETag` is for programs that keep it on purpose."""
_PDF: Final = "application/pdf"
_PNG: Final = "image/png"
_BINARY: Final = {"type": "string", "format": "binary"}
_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As `If-None-Match` has it already"}}
_FOUND: Final = {
    "identifier": IDENTIFIER,
    "type": {"key": "food-business-permit", "code": "11100000MB0143028R048", "name": "食品经营许可证"},
    "number": "JY16204020000001",
    "issuer": {"name": "白银市市场监督管理局", "code": "11620400000000102W"},
    "issued_on": "2023-04-03",
    "valid_from": "2023-04-03",
    "valid_until": "2028-04-02",
    "state": "issued",
    "since": "2023-04-02T16:00:00Z",
}
_EVENT: Final = {
    "sequence": 4712,
    "kind": "issue",
    "effective_at": "2023-04-02T16:00:00Z",
    "recorded_at": "2023-04-03T02:10:00Z",
    "body": "白银市市场监督管理局",
    "reason": "",
    "legal_basis": "",
    "paper": "",
    "details": {},
}
_LICENSE: Final = {
    **_FOUND,
    "previous": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20200000403.001.X",
    "next": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20260000403.001.O",
    "state_code": "0",
    "inspection_due": "2027-04-03",
    "file_sha256": "5e" * 32,
    "record_sha256": "c0" * 32,
    "record": {"version": 1, "identifier": IDENTIFIER},
    "events": [_EVENT],
}


def _json(example: dict[str, Any], description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {"application/json": {"example": example}}}}


def _file(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {media_type: {"schema": _BINARY}}}}


@router.post(
    "/search",
    summary="查询 A holder's licences, by their number",
    responses={
        **_json({"licenses": [_FOUND], "next": CURSOR}, "The licences that you may see; none is an answer, too."),
        **guarded(
            "http.malformed",
            "http.cursor",
            "usage",
            "entry",
            "idempotency.key",
            "idempotency.reused",
            "idempotency.running",
        ),
    },
)
async def search(
    who: Looker,
    request: Request,
    response: Response,
    asked: HolderQuestion,
    idempotency_key: Annotated[
        str | None, Header(max_length=130, description="Of a request that may be sent again: one use, one entry")
    ] = None,
) -> FoundLicenses:
    """Look up by ID number, credit code or another 持证主体代码, with a purpose.

    The answer is the same, and takes as long, whether there is no licence or none that you may see.
    """
    response.headers["Cache-Control"] = _PRIVATE
    use, caller = use_for(who, asked), request.state.caller
    cursors: Cursors = request.app.state.cursors
    question = (caller, "search", asked.holder_number)
    after = cursors.read(asked.cursor, *question)

    def ask(records: Records, _: Judge) -> tuple[Page, tuple[FoundLicense, ...]]:
        page = records.search(
            use, asked.holder_number, allowed=partial(who.may, Action.LOOK), after=after, limit=asked.limit
        )
        return page, tuple(found_license(records.told(one)) for one in page.licenses)

    async def work() -> FoundLicenses:
        page, found = await service_of(request).look(ask)
        following = cursors.write(page.licenses[-1].position, *question) if page.more else None
        return FoundLicenses(licenses=found, next=following)

    async with even_time(turnstile_of(request).limits.even_seconds):
        repeats: Repeats = request.app.state.repeats
        answer, repeated = await repeats.once(idempotency_key, caller, asked.model_dump_json().encode(), work)
    if repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return answer


@router.get(
    "/{identifier}",
    summary="证照 A licence with its record and its life",
    response_model=LicenseDocument,
    responses={
        **_json(_LICENSE, "The licence as it is on record."),
        **_UNCHANGED,
        **guarded("license.unknown", "usage", "entry"),
    },
)
async def license_record(
    who: Looker, request: Request, identifier: Identifier, asked: Annotated[PurposeQuestion, Query()]
) -> Response:
    """What is on record of a licence: the record that its file holds, its events, and what they make of it now."""
    use = use_for(who, asked)

    def ask(records: Records, _: Judge) -> bytes:
        found = records.look(use, identifier, allowed=partial(who.may, Action.LOOK))
        return license_document(records.told(found)).model_dump_json().encode()

    data = await service_of(request).look(ask)
    return ServedFile(data, "application/json", _PRIVATE).answer(request)


@router.get(
    "/{identifier}/file",
    summary="证照文件 The sealed PDF",
    response_class=Response,
    responses={
        **_file(_PDF, "The file, as it was sealed, with the evidence that followed."),
        **_UNCHANGED,
        **guarded("license.unknown", "usage", "entry"),
    },
)
async def license_file(
    who: Exporter, request: Request, identifier: Identifier, asked: Annotated[PurposeQuestion, Query()]
) -> Response:
    """Take the file 调取, whatever the state of the licence."""
    data = await _taken(who, request, identifier, asked)
    name = {"Content-Disposition": f'attachment; filename="{_file_name(identifier)}.pdf"'}
    return ServedFile(data, _PDF, _PRIVATE, headers=name).answer(request)


@router.get(
    "/{identifier}/pages/{page}",
    summary="证照图像 A page as a picture",
    response_class=Response,
    responses={
        **_file(_PNG, "The page, as it is printed."),
        **_UNCHANGED,
        **guarded("license.unknown", "page.unknown", "usage", "entry"),
    },
)
async def license_page(
    who: Exporter,
    request: Request,
    identifier: Identifier,
    page: Annotated[int, Path(ge=1, le=999, description="From 1")],
    asked: Annotated[PageQuestion, Query()],
) -> Response:
    """Draw a page of the file as PNG. It proves nothing: who decides, has the file verified."""
    from license_lib.rendering.preview import page_png

    data = await _taken(who, request, identifier, asked)

    def draw() -> bytes:
        try:
            return page_png(data, page - 1, asked.dpi)
        except InputError:
            raise Problem("page.unknown") from None

    drawn = await service_of(request).draw(draw)
    return ServedFile(drawn, _PNG, _PRIVATE).answer(request)


async def _taken(who: Exporter, request: Request, identifier: str, asked: PurposeQuestion) -> bytes:
    use = use_for(who, asked)

    def ask(records: Records, _: Judge) -> bytes:
        return records.take(use, identifier, allowed=partial(who.may, Action.EXPORT))

    return await service_of(request).look(ask)


def _file_name(identifier: str) -> str:
    """The identifier as far as it can stand in a header; whoever is here has one that is well-formed."""
    return "".join(one for one in identifier if one.isascii() and (one.isalnum() or one in ".-"))

"""Service items 政务服务事项: what they ask for, and what of that lies in the repository already."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Request, Response

from license_lib.acceptance import Applicants, MaterialsCheck, check_materials, checklist_value
from license_lib.accounts import Action
from license_lib.records import Records
from verify_api.access import Anyone, Looker
from verify_api.bench import Judge
from verify_api.even_time import even_time
from verify_api.item_schemas import ChecklistDocument, ItemDocument, ItemsDocument, MaterialsQuestion
from verify_api.record_schemas import CODE_LENGTH
from verify_api.repeats import Repeats
from verify_api.routes.answers import IDENTIFIER, guarded, limited, service_of, use_for
from verify_api.turnstile import LIMITED, turnstile_of

router = APIRouter(prefix="/api/v1/service-items", tags=["service items"], dependencies=LIMITED)

ItemCode = Annotated[
    str,
    Path(description="事项编码", max_length=CODE_LENGTH, examples=["511A0005200004-511602000000-000-68236467-9-1-00"]),
]
_MATERIAL: Final = {
    "name": "营业执照",
    "english": "Business licence",
    "required": True,
    "accepts": [{"type": "business-license", "whose": "applicant"}],
}
_ITEM: Final = {
    "code": "511A0005200004-511602000000-000-68236467-9-1-00",
    "name": "食品经营许可新办",
    "english": "Food business permit",
    "regions": ["6204"],
    "materials": [_MATERIAL],
}
_CHECKLIST: Final = {
    "item": {name: _ITEM[name] for name in ("code", "name", "english")},
    "complete": False,
    "materials": [
        {
            **{name: _MATERIAL[name] for name in ("name", "english", "required")},
            "answer": "not-in-force",
            "text": {"zh": "库中有，但不能用", "en": "In the repository, but does not serve"},
            "licenses": [
                {
                    "identifier": IDENTIFIER,
                    "type": "营业执照",
                    "issuer": "白银市市场监督管理局",
                    "valid_until": "2028-04-02",
                    "reasons": [
                        {
                            "code": "status.suspended",
                            "text": {"zh": "证照自2026-10-01起被暂扣", "en": "Suspended since 2026-10-01"},
                            "remedy": {"zh": "请持证人先办理发还", "en": "Have the holder see to it first"},
                        }
                    ],
                }
            ],
        }
    ],
}


def _json(example: dict[str, Any], description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {"application/json": {"example": example}}}}


@router.get(
    "",
    summary="事项 All service items and their materials",
    responses={**_json({"items": [_ITEM]}, "As service_items.toml has them."), **limited()},
)
def service_items(_: Anyone, request: Request) -> ItemsDocument:
    """What applicants hand in for each item, and which licences serve."""
    return ItemsDocument(items=tuple(ItemDocument.of(one) for one in service_of(request).bench.items))


@router.get(
    "/{code}/materials",
    summary="申请材料 What a service item asks for",
    responses={**_json(_ITEM, "The item."), **limited("service-item", "http.invalid")},
)
def materials(_: Anyone, request: Request, code: ItemCode) -> ItemDocument:
    """The materials of one item."""
    return ItemDocument.of(service_of(request).bench.items.get(code))


@router.post(
    "/{code}/materials",
    summary="材料核对 What of it the repository has already",
    responses={
        **_json(_CHECKLIST, "For each material: there, there but of no use, or to be asked for."),
        **guarded(
            "http.malformed",
            "service-item",
            "applicant",
            "number",
            "usage",
            "entry",
            "idempotency.key",
            "idempotency.reused",
            "idempotency.running",
        ),
    },
)
async def check(
    who: Looker,
    request: Request,
    response: Response,
    code: ItemCode,
    asked: MaterialsQuestion,
    idempotency_key: Annotated[
        str | None, Header(max_length=130, description="Of a request that may be sent again: one use, one entry")
    ] = None,
) -> ChecklistDocument:
    """What need not be asked for 免提交. Only types that serve are looked at, and the trail has those that are told of.

    The answer is the same, and takes as long, whether there is no licence or none that you may see.
    """
    response.headers["Cache-Control"] = "private, no-store"
    item = service_of(request).bench.items.get(code)
    use = use_for(who, asked.model_copy(update={"item": item.code}))
    question = MaterialsCheck(item=item, applicants=Applicants(asked.applicants), until=asked.until)

    def ask(records: Records, judge: Judge) -> ChecklistDocument:
        at = request.app.state.clock()
        checklist = check_materials(
            records,
            use,
            question,
            lambda identifier: judge.status(identifier, at=at),
            allowed=partial(who.may, Action.LOOK),
        )
        return ChecklistDocument.model_validate(checklist_value(checklist))

    async def work() -> ChecklistDocument:
        return await service_of(request).look(ask)

    repeats: Repeats = request.app.state.repeats
    content = f"{code}\n{asked.model_dump_json()}".encode()
    async with even_time(turnstile_of(request).limits.even_seconds):
        answer, repeated = await repeats.once(idempotency_key, request.state.caller, content, work)
    if repeated:
        response.headers["Idempotent-Replayed"] = "true"
    return answer

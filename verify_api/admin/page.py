"""The page of administrators, and the report that programs read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from license_lib.accounts import EVERY_TYPE, Action, Department, Role
from license_lib.accounts.changes import AccountChange
from license_lib.accounts.clients import Client
from license_lib.accounts.staff import StaffAccount
from license_lib.accounts.telling import DONE, KINDS
from license_lib.calendar import CHINA
from license_lib.health import State
from license_lib.health.values import AREAS, STATES
from verify_api.access import Admin, Administrator
from verify_api.access.account import ROLES
from verify_api.access.gate import Gate
from verify_api.access.rendering import form_token_of, page
from verify_api.access.sign_in import Lang, gate_of
from verify_api.admin.schemas import HealthDocument
from verify_api.health_watch import HealthWatch, health_document
from verify_api.routes.answers import guarded
from verify_api.turnstile import LIMITED

router = APIRouter(dependencies=LIMITED)

PATH: Final = "/admin"
_CHANGES: Final = 50
_EXAMPLE: Final = {
    "state": "look",
    "at": "2026-11-22T04:00:00Z",
    "types": [
        {"key": "residence-permit", "name": "居住证", "english": "Residence permit", "version": 2, "in_force": 4711}
    ],
    "lines": [
        {
            "area": "certificate",
            "subject": "market",
            "state": "look",
            "text": {"zh": "印章证书，有效至 2026-12-31，还有 38 天", "en": "seal, good until 2026-12-31, 38 days"},
            "mend": "docs/administration.md#certificates",
            "days_left": 38.7,
        }
    ],
}
_REPORT: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {"example": _EXAMPLE}}}}
_PLACES: Final = {"command line": "命令行", "service": "本系统"}
"""Where changes come from, if not from a browser."""
_SIGNS: Final[Mapping[State, str]] = {State.OK: "✓", State.LOOK: "▲", State.ACT: "■"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a change gave: a refusal, or a secret that is shown this once."""

    refusal: str = ""
    login: str = ""
    secret: str = ""
    is_client: bool = False


@dataclass(frozen=True, slots=True)
class _Accounts:
    departments: tuple[Department, ...]
    staff: tuple[StaffAccount, ...]
    clients: tuple[Client, ...]
    changes: tuple[AccountChange, ...]


@router.get(
    "/api/v1/health-report",
    summary="运行状况 What an administrator has to look at",
    tags=["service"],
    responses={**_REPORT, **guarded("http.not-found")},
)
async def health_report(_: Admin, request: Request, response: Response) -> HealthDocument:
    """The same as `license health`: certificates, lists, log, backups, with days until they end."""
    response.headers["Cache-Control"] = "private, no-store"
    return health_document(await watch_of(request).report())


@router.get(PATH, include_in_schema=False, response_class=HTMLResponse)
async def administration(who: Admin, request: Request, lang: Lang = "zh") -> Response:
    """Everything on one page."""
    return await shown(request, who, lang)


async def shown(
    request: Request, who: Administrator, lang: str, told: Told | None = None, *, status: int = 200
) -> Response:
    """The page, with what a change gave."""
    gate, report = gate_of(request), await watch_of(request).report()
    found = await anyio.to_thread.run_sync(_read, gate)
    english = lang == "en"
    lines = [
        {
            "area": AREAS[line.area][english],
            "subject": line.subject,
            "state": str(line.state),
            "word": STATES[line.state][english],
            "sign": _SIGNS[line.state],
            "text": line.en if english else line.zh,
            "mend": line.mend,
        }
        for line in report.lines
    ]
    return page(
        request,
        "admin.html",
        lang,
        status=status,
        who=who,
        told=told,
        token=form_token_of(request),
        state=str(report.state),
        wanting=[line for state in (State.ACT, State.LOOK) for line in lines if line["state"] == state],
        well=[line for line in lines if line["state"] == State.OK],
        types=[(one.english if english else one.name, one.key, one.version, one.in_force) for one in report.types],
        at=_moment(report.at),
        departments=found.departments,
        staff=[_person(one, lang) for one in found.staff],
        clients=[_program(one) for one in found.clients],
        changes=[_change(one, lang) for one in found.changes],
        places={} if english else _PLACES,
        roles={str(role): words.en if english else words.zh for role, words in ROLES.items()},
        grants=[f"{action}:{EVERY_TYPE}" for action in Action],
    )


def watch_of(request: Request) -> HealthWatch:
    """What looks at the installation."""
    watch: HealthWatch = request.app.state.watch
    return watch


def _read(gate: Gate) -> _Accounts:
    accounts = gate.accounts
    return _Accounts(
        accounts.staff.departments(), accounts.staff.all(), accounts.clients.all(), accounts.changes.newest(_CHANGES)
    )


def _person(one: StaffAccount, lang: str) -> dict[str, Any]:
    return {
        "login": one.login,
        "name": one.name,
        "department": one.department.name,
        "has": {str(role) for role in one.roles},
        "roles": [ROLES[role].en if lang == "en" else ROLES[role].zh for role in Role if role in one.roles],
        "second_factor": one.seed is not None,
        "provider": one.from_provider,
        "seen": _moment(one.signed_in_at) if one.signed_in_at else "",
        "disabled": one.disabled,
    }


def _program(one: Client) -> dict[str, Any]:
    return {
        "id": one.id,
        "department": one.department.name,
        "grants": sorted(map(str, one.grants)),
        "seen": _moment(one.used_at) if one.used_at else "",
        "until": f"{one.certificate_until.astimezone(CHINA):%Y-%m-%d}" if one.certificate_until else "",
        "disabled": one.disabled,
    }


def _change(one: AccountChange, lang: str) -> dict[str, Any]:
    english = lang == "en"
    return {
        "at": _moment(one.recorded_at),
        "actor": one.actor,
        "place": one.place,
        "done": DONE[one.action][english],
        "kind": KINDS[one.kind][english],
        "subject": one.subject,
        "details": one.details,
    }


def _moment(at: Any) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"

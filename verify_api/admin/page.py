"""The page of administrators, and the report that programs read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import anyio
from fastapi import APIRouter, Query, Request
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

Text = Annotated[str, Query(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]

PATH: Final = "/admin"
_CHANGES: Final = 50
_ROWS: Final = 50
"""Accounts on a page of their table; each has its forms."""
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
class Part:
    """Which accounts are shown: people in whose account or name `find` stands, and those after the last of a page."""

    find: str = ""
    after: str = ""
    after_client: str = ""


@dataclass(frozen=True, slots=True)
class _Accounts:
    departments: tuple[Department, ...]
    staff: tuple[StaffAccount, ...]
    next_staff: str
    clients: tuple[Client, ...]
    next_client: str
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
async def administration(
    who: Admin, request: Request, lang: Lang = "zh", find: Text = "", after: Text = "", after_client: Text = ""
) -> Response:
    """Everything on one page; of accounts, a part."""
    return await shown(request, who, lang, part=Part(find.strip(), after, after_client))


async def shown(
    request: Request,
    who: Administrator,
    lang: str,
    told: Told | None = None,
    *,
    status: int = 200,
    part: Part | None = None,
) -> Response:
    """The page, with what a change gave."""
    gate, report = gate_of(request), await watch_of(request).report()
    part = part or Part()
    found = await anyio.to_thread.run_sync(_read, gate, part)
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
        part=part,
        staff=[_person(one, lang) for one in found.staff],
        more_staff=_address(lang, Part(part.find, found.next_staff)) if found.next_staff else "",
        clients=[_program(one) for one in found.clients],
        more_clients=_address(lang, Part(after_client=found.next_client)) if found.next_client else "",
        changes=[_change(one, lang) for one in found.changes],
        places={} if english else _PLACES,
        roles={str(role): words.en if english else words.zh for role, words in ROLES.items()},
        grants=[f"{action}:{EVERY_TYPE}" for action in Action],
    )


def watch_of(request: Request) -> HealthWatch:
    """What looks at the installation."""
    watch: HealthWatch = request.app.state.watch
    return watch


def _read(gate: Gate, part: Part) -> _Accounts:
    accounts = gate.accounts
    staff = accounts.staff.all(find=part.find, after=part.after, limit=_ROWS + 1)
    clients = accounts.clients.all(after=part.after_client, limit=_ROWS + 1)
    return _Accounts(
        accounts.staff.departments(),
        staff[:_ROWS],
        staff[_ROWS - 1].login if len(staff) > _ROWS else "",
        clients[:_ROWS],
        clients[_ROWS - 1].id if len(clients) > _ROWS else "",
        accounts.changes.newest(_CHANGES),
    )


def _address(lang: str, part: Part) -> str:
    """Of the page with another part of the accounts."""
    return f"admin?{urlencode({'lang': lang, **{name: value for name, value in asdict(part).items() if value}})}"


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

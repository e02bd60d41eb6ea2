"""One's own account: who one is here, where one is signed in, and the second factor."""

from typing import Final

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from license_lib.accounts.one_time import enrolment_uri, seed_text
from license_lib.accounts.values import Role
from license_lib.errors import LicenseError
from verify_api.access import cookies, ways
from verify_api.access.forms import form_of
from verify_api.access.gate import Signed
from verify_api.access.permissions import SignedIn
from verify_api.access.rendering import form_token_of, page
from verify_api.access.sign_in import Lang, gate_of
from verify_api.problems import SEE_OTHER, Problem, problem_of
from verify_api.schemas import Words

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ROLES: Final = {
    Role.STAFF: Words(zh="窗口人员", en="Counter staff"),
    Role.AUDITOR: Words(zh="审计人员", en="Auditor"),
    Role.ADMINISTRATOR: Words(zh="管理员", en="Administrator"),
}
_SERVICE: Final = "电子证照"
_QUIET: Final = 4
"""Modules of white around a QR code (ISO/IEC 18004 §6.3.8)."""


@router.get(ways.ACCOUNT)
async def account(who: SignedIn, request: Request, lang: Lang = "zh") -> Response:
    """Who one is here, and the way out."""
    sessions = gate_of(request).accounts.sessions
    count = await anyio.to_thread.run_sync(sessions.count, who.login)
    token = form_token_of(request)
    roles = [ROLES[role] for role in sorted(who.roles)]
    return page(request, "account.html", lang, who=who, roles=roles, sessions=count, token=token)


@router.get(ways.ENROL)
async def enrolment(_: SignedIn, request: Request, lang: Lang = "zh") -> Response:
    """A new seed, to be put into an authenticator: each look at the page makes another, and none is shown again."""
    if _signed(request).session.complete:
        return RedirectResponse(ways.ACCOUNT, SEE_OTHER)
    return await _enrolment(request, lang)


@router.post(ways.ENROL)
async def enrol(_: SignedIn, request: Request, lang: Lang = "zh") -> Response:
    """Prove to have the seed: it counts from now on. The recovery codes are shown once."""
    gate, signed = gate_of(request), _signed(request)
    secure = gate.proxies.require_way(request)
    if signed.session.complete:
        return RedirectResponse(ways.ACCOUNT, SEE_OTHER)
    code = (await form_of(request)).get("code", "")
    try:
        secret, codes = await anyio.to_thread.run_sync(gate.accounts.local.enrol, signed.secret, signed.session, code)
    except LicenseError as error:
        return await _enrolment(request, lang, problem_of(error))
    answer = page(request, "recovery.html", lang, codes=codes)
    cookies.write(answer, cookies.SESSION, secret, secure=secure)
    return answer


async def _enrolment(request: Request, lang: str, problem: Problem | None = None) -> Response:
    signed = _signed(request)
    seed = await anyio.to_thread.run_sync(gate_of(request).accounts.local.new_seed, signed.secret)
    uri = enrolment_uri(seed, signed.session.account.login, _SERVICE)
    return page(
        request,
        "enrol.html",
        lang,
        status=problem.kind.status if problem else 200,
        problem=problem.document(request.state.request_id) if problem else None,
        code=drawn(uri),
        seed=seed_text(seed),
        token=form_token_of(request),
    )


def drawn(text: str) -> tuple[int, str]:
    """A QR code as an SVG path: its width in modules, white border included, and the path."""
    from qrcode import QRCode

    code = QRCode(border=_QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(
        f"M{column} {line}h1v1h-1z" for line, row in enumerate(rows) for column, dark in enumerate(row) if dark
    )
    return len(rows), path


def _signed(request: Request) -> Signed:
    signed: Signed = request.state.signed
    return signed

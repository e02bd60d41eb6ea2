"""Signing in and out: pages that work without a script."""

from typing import Annotated, Final, Literal

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from license_lib.accounts.secrets import new_secret
from license_lib.accounts.signing_in import Given
from license_lib.errors import LicenseError
from verify_api.access import cookies, ways
from verify_api.access.forms import form_of
from verify_api.access.gate import Gate
from verify_api.access.oidc import Provider
from verify_api.access.permissions import Public, SignedIn
from verify_api.access.rendering import page
from verify_api.problems import SEE_OTHER, Problem, problem_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Lang = Annotated[Literal["zh", "en"], Query()]
Next = Annotated[str, Query(alias="next", max_length=600)]
_QUEUE: Final = 20
"""How many may wait for a password to be looked at; each look takes 64 MiB."""


def gate_of(request: Request) -> Gate:
    """What recognises people.

    Raises:
        Problem: `http.not-found`: nobody signs in to this service.
    """
    gate: Gate | None = request.app.state.gate
    if gate is None:
        raise Problem("http.not-found")
    return gate


@router.get(ways.SIGN_IN)
async def form(_: Public, request: Request, lang: Lang = "zh", onward: Next = ways.ACCOUNT) -> Response:
    """The page to sign in on."""
    return _form(request, lang, onward)


@router.post(ways.SIGN_IN)
async def sign_in(_: Public, request: Request, lang: Lang = "zh") -> Response:
    """Sign in by a password."""
    gate = gate_of(request)
    secure = gate.proxies.require_way(request)
    onward = ways.ACCOUNT
    try:
        fields = await form_of(request)
        onward = ways.own_path(fields.get("next", ""))
        await gate.require_form(request, cookies.read(request, cookies.ATTEMPT, secure=secure))
        if not gate.rules.local:
            raise Problem("http.not-found")  # noqa: TRY301 -- it becomes a page like all others
        given = Given(fields.get("login", ""), fields.get("password", ""), fields.get("code", ""))
        secret, complete = await _signed_in(gate, request, given, secure=secure)
    except (Problem, LicenseError) as error:
        return _form(request, lang, onward, problem_of(error))
    return _welcome(ways.in_language(onward if complete else ways.ENROL, lang), secret, secure=secure)


@router.get("/sign-in-provider")
async def leave(_: Public, request: Request, lang: Lang = "zh", onward: Next = ways.ACCOUNT) -> Response:
    """Go to the identity provider."""
    gate, provider = gate_of(request), _provider(request)
    secure = gate.proxies.require_way(request)
    attempt = new_secret(request.app.state.randomness)
    try:
        place = await anyio.to_thread.run_sync(provider.address, attempt, _back(gate, request))
    except Problem as problem:
        return _form(request, lang, onward, problem)
    answer = RedirectResponse(place, SEE_OTHER, headers={"Cache-Control": "no-store"})
    cookies.write(answer, cookies.ATTEMPT, attempt, secure=secure)
    cookies.write_onward(answer, ways.own_path(onward), secure=secure)
    return answer


@router.get(ways.RETURN)
async def come_back(_: Public, request: Request, lang: Lang = "zh") -> Response:
    """Come back from the identity provider."""
    gate, provider = gate_of(request), _provider(request)
    secure = gate.proxies.require_way(request)
    attempt = cookies.read(request, cookies.ATTEMPT, secure=secure)
    onward = ways.own_path(cookies.read_onward(request, secure=secure))
    old = cookies.read(request, cookies.SESSION, secure=secure)
    answer, back = dict(request.query_params), _back(gate, request)

    def work() -> str:
        found = provider.identify(answer, attempt, back)
        account = gate.accounts.staff.provided(
            found.login,
            found.name,
            found.department,
            found.roles,
            issuer=provider.settings.issuer,
            subject=found.subject,
        )
        if account.disabled:
            raise Problem("sign-in.place")
        return gate.accounts.sessions.begin(account.login, complete=True, instead_of=old)

    try:
        secret = await anyio.to_thread.run_sync(work)
    except (Problem, LicenseError) as error:
        refused = _form(request, lang, onward, problem_of(error))
        cookies.remove(refused, cookies.ATTEMPT, secure=secure)
        return refused
    return _welcome(onward, secret, secure=secure)


@router.post("/sign-out")
async def sign_out(who: SignedIn, request: Request) -> Response:
    """End this session, or all of them (`everywhere`), and the one at the identity provider after that."""
    gate = gate_of(request)
    everywhere = (await form_of(request)).get("everywhere") == "yes"
    secure = gate.proxies.require_way(request)
    secret, from_provider = request.state.signed.secret, request.state.signed.session.account.from_provider

    def work() -> str | None:
        gate.accounts.sessions.end(secret)
        if everywhere:
            gate.accounts.sessions.end_all(who.login)
        if gate.provider is None or not from_provider:
            return None
        return gate.provider.way_out(f"{gate.proxies.site(request)}{ways.SIGN_IN}")

    place = await anyio.to_thread.run_sync(work)
    answer = RedirectResponse(place or ways.SIGN_IN, SEE_OTHER, headers={"Cache-Control": "no-store"})
    cookies.remove(answer, cookies.SESSION, secure=secure)
    return answer


def _form(request: Request, lang: str, onward: str, problem: Problem | None = None) -> Response:
    gate = gate_of(request)
    secure = gate.proxies.require_way(request)
    attempt = cookies.read(request, cookies.ATTEMPT, secure=secure) or new_secret(request.app.state.randomness)
    answer = page(
        request,
        "sign_in.html",
        lang,
        status=problem.kind.status if problem else 200,
        problem=problem.document(request.state.request_id) if problem else None,
        token=cookies.form_token(attempt),
        onward=ways.own_path(onward),
        rules=gate.rules,
    )
    answer.headers.update(problem.headers if problem else {})
    cookies.write(answer, cookies.ATTEMPT, attempt, secure=secure)
    return answer


async def _signed_in(gate: Gate, request: Request, given: Given, *, secure: bool) -> tuple[str, bool]:
    if gate.hashing.statistics().tasks_waiting >= _QUEUE:
        raise Problem("service.busy")
    address, old = gate.proxies.address(request), cookies.read(request, cookies.SESSION, secure=secure)
    return await anyio.to_thread.run_sync(
        lambda: gate.accounts.local.sign_in(given, address=address, instead_of=old), limiter=gate.hashing
    )


def _welcome(onward: str, secret: str, *, secure: bool) -> Response:
    answer = RedirectResponse(onward, SEE_OTHER, headers={"Cache-Control": "no-store"})
    cookies.write(answer, cookies.SESSION, secret, secure=secure)
    cookies.remove(answer, cookies.ATTEMPT, secure=secure)
    return answer


def _provider(request: Request) -> Provider:
    provider = gate_of(request).provider
    if provider is None:
        raise Problem("http.not-found")
    return provider


def _back(gate: Gate, request: Request) -> str:
    return f"{gate.proxies.site(request)}{ways.RETURN}"

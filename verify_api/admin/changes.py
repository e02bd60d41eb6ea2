"""Changes of accounts by the forms of the page; each is on record, with who asked for it and from where.

Their addresses stand beside the page's own, not below it: what they answer with is the page, whose links are relative.
Passwords and secrets are made here and shown once: nobody types one in for somebody else.
"""

from collections.abc import Callable, Mapping
from typing import Final

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from license_lib.accounts import Department, Grant, Role
from license_lib.accounts.changes import Actor
from license_lib.accounts.clients import require_types
from license_lib.accounts.opening import Accounts
from license_lib.accounts.secrets import new_recovery_code
from license_lib.error_texts import error_lines
from license_lib.errors import InputError
from verify_api.access import Admin, ways
from verify_api.access.forms import form_of
from verify_api.access.sign_in import Lang, gate_of
from verify_api.admin.page import PATH, Told, shown
from verify_api.problems import SEE_OTHER, Problem
from verify_api.routes.answers import service_of
from verify_api.turnstile import LIMITED

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=LIMITED)

Fields = Mapping[str, str]
Change = Callable[[Accounts, Actor, Fields], Told]
_REFUSED: Final = 422


@router.post(f"{PATH}-department")
async def department(who: Admin, request: Request, lang: Lang = "zh") -> Response:
    """Add a department, or give it another name."""
    return await _done(who, request, lang, {"add": _add_department})


@router.post(f"{PATH}-staff")
async def staff(who: Admin, request: Request, lang: Lang = "zh") -> Response:
    """Add a person, give them other roles, reset or disable them."""
    randomness: Callable[[int], bytes] = request.app.state.randomness

    def password() -> str:
        return new_recovery_code(randomness)

    return await _done(
        who,
        request,
        lang,
        {
            "add": lambda accounts, by, fields: _add_person(accounts, by, fields, password()),
            "reset": lambda accounts, by, fields: _reset(accounts, by, fields, password()),
            "roles": _set_roles,
            "disable": _disable_person,
        },
    )


@router.post(f"{PATH}-client")
async def client(who: Admin, request: Request, lang: Lang = "zh") -> Response:
    """Add a program, give it a new secret, or disable it."""
    catalogue = service_of(request).catalogue

    def add(accounts: Accounts, by: Actor, fields: Fields) -> Told:
        grants = [Grant.parse(one) for one in fields.get("grants", "").replace(",", " ").split()]
        require_types(grants, catalogue)
        login = _text(fields, "client")
        secret = accounts.clients.acting(by).add(login, _text(fields, "department"), grants)
        return Told(login=login, secret=secret, is_client=True)

    return await _done(who, request, lang, {"add": add, "rotate": _rotate, "disable": _disable_program})


async def _done(who: Admin, request: Request, lang: str, ways_: Mapping[str, Change]) -> Response:
    """Do what the form asks for (`do`): back to the page, or the page with a secret, or with why not.

    Raises:
        Problem: `http.malformed`: this is none of our forms.
    """
    fields, gate = await form_of(request), gate_of(request)
    change = ways_.get(fields.get("do", ""))
    if change is None:
        raise Problem("http.malformed")
    by = Actor(who.login, gate.proxies.address(request), account=who.login)
    try:
        told = await anyio.to_thread.run_sync(change, gate.accounts, by, fields, limiter=gate.hashing)
    except InputError as error:
        refusal = "\n".join(error_lines(error, english=lang == "en"))
        return await shown(request, who, lang, Told(refusal), status=_REFUSED)
    if told.secret:
        return await shown(request, who, lang, told)
    headers = {"Cache-Control": "no-store"}
    return RedirectResponse(ways.in_language(PATH, lang) + "#changes", SEE_OTHER, headers=headers)


def _add_department(accounts: Accounts, by: Actor, fields: Fields) -> Told:
    accounts.staff.acting(by).add_department(Department(_text(fields, "short"), _text(fields, "name")))
    return Told()


def _add_person(accounts: Accounts, by: Actor, fields: Fields, password: str) -> Told:
    login, name, where = (_text(fields, key) for key in ("login", "name", "department"))
    accounts.staff.acting(by).add(login, name, where, _roles(fields), password=accounts.passwords.hashed(password))
    return Told(login=login, secret=password)


def _reset(accounts: Accounts, by: Actor, fields: Fields, password: str) -> Told:
    login = _text(fields, "login")
    accounts.staff.acting(by).reset(login, accounts.passwords.hashed(password))
    accounts.attempts.forget(login)
    return Told(login=login, secret=password)


def _set_roles(accounts: Accounts, by: Actor, fields: Fields) -> Told:
    accounts.staff.acting(by).set_roles(_text(fields, "login"), _roles(fields))
    return Told()


def _disable_person(accounts: Accounts, by: Actor, fields: Fields) -> Told:
    accounts.staff.acting(by).disable(_text(fields, "login"))
    return Told()


def _rotate(accounts: Accounts, by: Actor, fields: Fields) -> Told:
    login = _text(fields, "client")
    return Told(login=login, secret=accounts.clients.acting(by).rotate(login), is_client=True)


def _disable_program(accounts: Accounts, by: Actor, fields: Fields) -> Told:
    accounts.clients.acting(by).disable(_text(fields, "client"))
    return Told()


def _roles(fields: Fields) -> list[Role]:
    return [role for role in Role if fields.get(f"role-{role}")]


def _text(fields: Fields, name: str) -> str:
    return fields.get(name, "").strip()

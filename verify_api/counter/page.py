"""The page itself, and what its script asks when it comes back: who is signed in, and the token for what it sends."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from license_lib.verification.verifier import MAX_FILE_BYTES
from verify_api.access import Counter
from verify_api.access.rendering import form_token_of, signed_in_headers
from verify_api.access.sign_in import Lang
from verify_api.counter.rendering import page
from verify_api.pages.assets import assets
from verify_api.routes.answers import service_of

router = APIRouter()

PURPOSES: Final = (
    ("办理", "an application"),
    ("变更", "an amendment"),
    ("年检、校验", "an inspection"),
    ("现场检查", "an inspection on site"),
    ("核实举报", "a report from the public"),
)
"""Offered, and not the only ones."""


@router.get("/counter")
def counter(who: Counter, request: Request, lang: Lang = "zh") -> Response:
    """The counter page."""
    facts = {
        "token": form_token_of(request),
        "login": who.login,
        "scanner": assets().scanner,
        "limit": MAX_FILE_BYTES,
    }
    items = list(service_of(request).bench.items)
    return page(request, "counter.html", lang, who=who, facts=facts, items=items, purposes=PURPOSES)


@router.get("/counter/session")
def session(who: Counter, request: Request) -> Response:
    """Who is signed in now, and the token of their session: somebody may have signed in again beside this page."""
    told = {"login": who.login, "token": form_token_of(request)}
    return JSONResponse(told, headers=signed_in_headers(request))

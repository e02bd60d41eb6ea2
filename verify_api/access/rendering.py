"""Pages of people who sign in: in the look of the others, kept by nobody, and in no frame."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from verify_api.access import cookies
from verify_api.access.gate import Gate, Signed
from verify_api.envelope import POLICY
from verify_api.pages.assets import assets

_HERE: Final = Path(__file__).resolve().parent
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader([_HERE / "templates", _HERE.parent / "pages" / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, lang: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page of this room; the problem of a request has its status."""
    text = _TEMPLATES.get_template(template).render(lang=lang, assets=assets(), **values)
    return HTMLResponse(text, status, headers=signed_in_headers(request))


def signed_in_headers(request: Request) -> dict[str, str]:
    """What every page of somebody who has signed in, or is about to, is sent with.

    `Referrer-Policy`: with `no-referrer` a browser would send `Origin: null` with our own forms. `form-action`: signing
    out leads on to the identity provider, and browsers ask whether that is allowed.
    """
    gate: Gate = request.app.state.gate
    policy = POLICY
    if gate.rules.oidc is not None:
        parts = urlsplit(gate.rules.oidc.issuer)
        policy = policy.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}")
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    }


def form_token_of(request: Request) -> str:
    """The token for the forms of a page, and for scripts (header `X-Form-Token`); the route asks for a session."""
    signed: Signed = request.state.signed
    return cookies.form_token(signed.secret)

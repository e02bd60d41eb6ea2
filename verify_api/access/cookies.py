"""Two cookies: the session, and the attempt to get one. Each is a random secret, from which the rest is derived.

The attempt's gives the form's token, and state, nonce and verifier of the way to an identity provider: nothing of an
attempt is kept here, and nobody can fill our disk by beginning one.
"""

import base64
import hashlib
import re
from hmac import compare_digest
from typing import Final

from fastapi import Request, Response

SESSION: Final = "session"
ATTEMPT: Final = "sign-in"
_SECURE_PREFIX: Final = "__Host-"
"""A browser takes such a cookie from this host alone, over TLS, for all paths (RFC 6265bis §4.1.3.2)."""
_ATTEMPT_SECONDS: Final = 600
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def read(request: Request, name: str, *, secure: bool) -> str:
    """A secret that the caller has; empty if there is none, or nothing that we made."""
    value = request.cookies.get(_full(name, secure=secure), "")
    return value if _SECRET.fullmatch(value) else ""


def write(response: Response, name: str, secret: str, *, secure: bool) -> None:
    """Give the caller a secret: no script sees it, and no other site sends it along with a form."""
    response.set_cookie(
        _full(name, secure=secure),
        secret,
        max_age=_ATTEMPT_SECONDS if name == ATTEMPT else None,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def remove(response: Response, name: str, *, secure: bool) -> None:
    """Take it away."""
    response.delete_cookie(_full(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def derived(secret: str, purpose: str) -> str:
    """Another secret that follows from one, and from which that one does not follow."""
    digest = hashlib.sha256(f"license cookie {purpose}\0{secret}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def form_token(secret: str) -> str:
    """What a form has to bring besides the cookie."""
    return derived(secret, "form")


def is_form_token(secret: str, given: str) -> bool:
    """Whether a form brings it."""
    return bool(secret) and compare_digest(form_token(secret).encode(), given.encode(errors="replace"))


def _full(name: str, *, secure: bool) -> str:
    return f"{_SECURE_PREFIX if secure else ''}{name}"


def write_onward(response: Response, path: str, *, secure: bool) -> None:
    """Remember where somebody wanted to go, while they are at an identity provider."""
    response.set_cookie(
        _full("onward", secure=secure),
        path,
        max_age=_ATTEMPT_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def read_onward(request: Request, *, secure: bool) -> str:
    """Where somebody wanted to go; it is the caller's word, so look at it before sending anybody there."""
    return request.cookies.get(_full("onward", secure=secure), "")

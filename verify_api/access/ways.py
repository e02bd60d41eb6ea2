"""Addresses inside this service: where somebody may be sent on to, and what the pages are called."""

import re
from typing import Final
from urllib.parse import quote, unquote

from fastapi import Request

from verify_api.problems import Problem

SIGN_IN: Final = "/sign-in"
ENROL: Final = "/second-factor"
ACCOUNT: Final = "/account"
RETURN: Final = "/sign-in-return"
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,500}")


def own_path(text: str) -> str:
    """A path of ours to go on to; the account's page for whatever else was given (no open redirects)."""
    decoded = unquote(text)
    if not _PATH.fullmatch(text) or decoded.startswith(("//", "/\\")) or any(ord(sign) < ord(" ") for sign in decoded):
        return ACCOUNT
    return text


def in_language(path: str, lang: str) -> str:
    """The same page in the language that somebody has chosen; Chinese is what they get by themselves."""
    return f"{path}?lang={lang}" if lang != "zh" and "?" not in path else path


def way_in(problem: Problem, request: Request) -> str:
    """Where to send somebody who opens a page and may not yet see it; empty for programs, which read the problem."""
    opens = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if not opens or request.app.state.gate is None:
        return ""
    if problem.code == "access.second-factor":
        return ENROL
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{SIGN_IN}?next={quote(own_path(path), safe='/')}" if problem.code == "access.unknown" else ""

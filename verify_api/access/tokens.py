"""Access tokens for department systems: OAuth 2.0 client credentials (RFC 6749 §4.4), as opaque bearer tokens."""

import base64
import binascii
from typing import Any, Final
from urllib.parse import unquote_plus

import anyio
from fastapi import APIRouter, Request, Response

from license_lib.accounts.clients import TOKEN_LIFE, Client, Clients, narrowed
from license_lib.accounts.values import Grant
from license_lib.errors import InputError
from verify_api.access.forms import MEDIA_TYPE, form_of
from verify_api.access.permissions import Public
from verify_api.access.sign_in import gate_of
from verify_api.problems import Problem, responses
from verify_api.schemas import Token

router = APIRouter(tags=["access"])

_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "grant_type": {"type": "string", "const": "client_credentials"},
                        "scope": {"type": "string", "examples": ["look:food-business-permit export:*"]},
                        "client_id": {"type": "string", "description": "Unless Authorization: Basic has it"},
                        "client_secret": {"type": "string", "description": "The same"},
                    },
                    "required": ["grant_type"],
                }
            }
        },
    }
}
_ERRORS: Final = {
    "oauth.client": "invalid_client",
    "oauth.scope": "invalid_scope",
    "oauth.grant": "unsupported_grant_type",
}
"""Codes of ours → those of RFC 6749 §5.2; any other is `invalid_request`."""
_FORM: Final = ("http.media-type", "http.too-large", "http.timeout", "http.malformed")
_EXAMPLE: Final = {
    "access_token": "dGhpcyBpcyBhbiBleGFtcGxlIG9mIGEgdG9rZW4",
    "token_type": "Bearer",
    "expires_in": 600,
    "scope": "export:* look:food-business-permit",
}
_BASIC: Final = 'Basic realm="license", charset="UTF-8"'


@router.post(
    "/oauth/token",
    summary="令牌 A token for a department system (OAuth 2.0 client credentials)",
    responses={
        200: {"content": {"application/json": {"example": _EXAMPLE}}},
        **responses(*_ERRORS, "http.media-type", "http.too-large", "http.timeout", "http.malformed", "access.header"),
    },
    openapi_extra=_BODY,
)
async def token(_: Public, request: Request, response: Response) -> Token:
    """A token for what a client may do, or for the part of it that `scope` names; it lives for ten minutes.

    A client proves who it is by its secret (`Authorization: Basic`, or in the form), or by a certificate.
    """
    try:
        grants, secret = await _issued(request)
    except Problem as problem:
        problem.members["error"] = _ERRORS.get(problem.code, "invalid_request")
        raise
    response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
    return Token(
        access_token=secret,
        token_type="Bearer",  # noqa: S106 -- the word of RFC 6750
        expires_in=int(TOKEN_LIFE.total_seconds()),
        scope=" ".join(sorted(map(str, grants))),
    )


async def _issued(request: Request) -> tuple[frozenset[Grant], str]:
    form = await form_of(request)
    client = await _client(request, form.get("client_id", ""), form.get("client_secret", ""))
    if form.get("grant_type") != "client_credentials":
        raise Problem("oauth.grant")
    grants = _asked(client, form.get("scope", ""))
    clients = gate_of(request).accounts.clients
    return grants, await anyio.to_thread.run_sync(clients.issue_token, client, grants)


async def _client(request: Request, given_id: str, given_secret: str) -> Client:
    gate = gate_of(request)
    clients, fingerprint = gate.accounts.clients, gate.proxies.certificate(request)
    if header := request.headers.get("authorization"):
        if given_secret:
            raise Problem("oauth.client", headers={"WWW-Authenticate": _BASIC})  # one way of two, RFC 6749 §2.3
        given_id, given_secret = _basic(header)
    found = await anyio.to_thread.run_sync(_known, clients, given_id, given_secret, fingerprint)
    if found is None:
        raise Problem("oauth.client", headers={"WWW-Authenticate": _BASIC})
    return found


def _known(clients: Clients, given_id: str, given_secret: str, fingerprint: bytes | None) -> Client | None:
    if given_secret or fingerprint is None:
        return clients.by_secret(given_id, given_secret)
    found = clients.by_certificate(fingerprint)
    return found if found and given_id in {"", found.id} else None


def _basic(header: str) -> tuple[str, str]:
    scheme, _, text = header.partition(" ")
    try:
        decoded = base64.b64decode(text.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    given_id, _, secret = decoded.partition(":")
    return unquote_plus(given_id), unquote_plus(secret)


def _asked(client: Client, scope: str) -> frozenset[Grant]:
    try:
        asked = frozenset(map(Grant.parse, scope.split()))
    except InputError:
        raise Problem("oauth.scope") from None
    grants = narrowed(client.grants, asked) if asked else client.grants
    if len(grants) < len(asked):
        raise Problem("oauth.scope")
    return grants

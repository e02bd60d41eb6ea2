"""What recognises who asks: a token, a certificate that a proxy of ours has seen, or a session. Nothing else counts."""

from dataclasses import dataclass
from typing import Final

import anyio
from fastapi import Request

from license_lib.access_settings import SignInSettings
from license_lib.accounts.clients import Client
from license_lib.accounts.opening import Accounts
from license_lib.accounts.sessions import Session
from verify_api.access import cookies
from verify_api.access.forms import form_of, is_form
from verify_api.access.oidc import Provider
from verify_api.access.origin import Proxies
from verify_api.access.principals import ANONYMOUS, ClientSystem, Person, Principal
from verify_api.problems import Problem

REALM: Final = 'Bearer realm="license"'
"""How to say who one is (RFC 6750 §3); a sign-in page has no scheme of its own in HTTP."""
TOKEN_HEADER: Final = "X-Form-Token"  # noqa: S105 -- a header's name
_TOKEN_FIELD: Final = "token"  # noqa: S105 -- a field's name
_HASHED_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class Signed:
    """A session that a request came with."""

    secret: str
    session: Session


class Gate:
    """Everything that is needed to know who asks.

    Args:
        rules: how people sign in. provider: an identity provider, if there is one.
    """

    def __init__(
        self, accounts: Accounts, rules: SignInSettings, proxies: Proxies, provider: Provider | None = None
    ) -> None:
        self.accounts = accounts
        self.rules = rules
        self.proxies = proxies
        self.provider = provider
        self.hashing = anyio.CapacityLimiter(_HASHED_AT_ONCE)

    async def principal(self, request: Request) -> Principal:
        """Who asks.

        Raises:
            Problem: `access.token`, `access.certificate`: what they show is not, or no longer, good; `access.header`;
                `access.foreign-page`, `access.form`: a change that no page of ours asked for.
        """
        certificate = self.proxies.certificate(request)
        if given := request.headers.get("authorization"):
            return await self._by_token(given)
        if certificate is not None:
            client = await anyio.to_thread.run_sync(self.accounts.clients.by_certificate, certificate)
            if client is None:
                raise Problem("access.certificate", headers={"WWW-Authenticate": REALM})
            return system_of(client)
        signed = await self.signed(request)
        if signed is None:
            return ANONYMOUS
        await self.require_form(request, signed.secret)
        request.state.signed = signed
        account = signed.session.account
        return Person(
            login=account.login,
            name=account.name,
            department=account.department,
            roles=account.roles if signed.session.complete else frozenset(),
        )

    async def signed(self, request: Request) -> Signed | None:
        """The session that a request comes with, if it lasts."""
        secret = cookies.read(request, cookies.SESSION, secure=self.proxies.scheme(request) == "https")
        session = await anyio.to_thread.run_sync(self.accounts.sessions.find, secret) if secret else None
        return Signed(secret, session) if session else None

    async def require_form(self, request: Request, secret: str) -> None:
        """Refuse a change that no page of ours asked for: by what the browser says of it, and by the form's token.

        Raises:
            Problem: `access.foreign-page`, `access.form`.
        """
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        self.proxies.require_own_page(request)
        token = request.headers.get(TOKEN_HEADER) or ""
        if not token and is_form(request):
            token = (await form_of(request)).get(_TOKEN_FIELD, "")
        if not cookies.is_form_token(secret, token):
            raise Problem("access.form")

    async def _by_token(self, given: str) -> ClientSystem:
        scheme, _, token = given.partition(" ")
        client = None
        if scheme.lower() == "bearer":
            client = await anyio.to_thread.run_sync(self.accounts.clients.by_token, token.strip())
        if client is None:
            raise Problem("access.token", headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
        return system_of(client)


async def recognised(request: Request) -> Principal:
    """Who asks. Tests may override this dependency; nothing else decides it."""
    gate: Gate | None = request.app.state.gate
    if gate is not None:
        return await gate.principal(request)
    if request.headers.get("authorization"):
        raise Problem("access.token", headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
    return ANONYMOUS


def system_of(client: Client) -> ClientSystem:
    """A client as it asks."""
    return ClientSystem(client=client.id, department=client.department, grants=client.grants)

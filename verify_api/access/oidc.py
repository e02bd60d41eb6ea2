"""Signing in by an identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636).

Checked are `state` (the answer is to our question), `iss` of the answer (RFC 9207: it is this provider's),
and of the ID token signature, algorithm, `iss`, `aud`, `azp`, `exp`, `iat`, `nonce` (§3.1.3.7). Keys are fetched again
when a token names one that we do not know, but not more often than twice a minute.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from license_lib.access_settings import OidcSettings
from license_lib.accounts import Role
from verify_api.access import cookies
from verify_api.problems import Problem

_KNOWN_FOR: Final = timedelta(hours=1)
_ASK_AGAIN: Final = timedelta(seconds=30)
_DRIFT_SECONDS: Final = 60
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures alone: with `none` or a shared secret anybody, or we ourselves, could make the token."""
_KEY_KINDS: Final = frozenset({"RSA", "EC", "OKP"})
_CODE: Final = re.compile(r"[!-~]{1,4096}")


class Web(Protocol):
    """How the provider is asked; see `verify_api.access.web`."""

    def get(self, url: str, *, bearer: str = "") -> Mapping[str, Any]:
        """Get a JSON object.

        Raises:
            Problem: `sign-in.unreachable`.
        """
        ...

    def post(self, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None) -> Mapping[str, Any]:
        """Post a form, and get a JSON object.

        Raises:
            Problem: `sign-in.unreachable`; `sign-in.refused` if the provider says no.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody for whom the provider vouches, and what its claims mean here."""

    subject: str = field(repr=False)
    login: str = field(repr=False)
    name: str = field(repr=False)
    department: str
    roles: frozenset[Role]


class Provider:
    """An identity provider.

    Args:
        secret: what it calls our password; empty for a public client.
        clock: the time, aware.
    """

    def __init__(self, settings: OidcSettings, secret: str, web: Web, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self._secret = secret
        self._web = web
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, list[Mapping[str, Any]]] | None = None

    def address(self, attempt: str, back: str) -> str:
        """Where to send somebody to sign in.

        Args:
            attempt: the secret of their attempt. back: our address for the answer, exactly as it is registered there.

        Raises:
            Problem: `sign-in.unreachable`, `sign-in.provider`.
        """
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": " ".join(self.settings.scopes),
            "state": cookies.derived(attempt, "state"),
            "nonce": cookies.derived(attempt, "nonce"),
            "code_challenge": _challenge(cookies.derived(attempt, "verifier")),
            "code_challenge_method": "S256",
        }
        return _with(self._endpoint("authorization_endpoint"), asked)

    def way_out(self, back: str) -> str | None:
        """Where to sign out there, too (OpenID Connect RP-Initiated Logout 1.0); None if it has no such place.

        Without the ID token, which we do not keep, the provider asks the person whether they mean it.
        """
        try:
            place = self._endpoint("end_session_endpoint")
        except Problem:
            return None
        return _with(place, {"client_id": self.settings.client_id, "post_logout_redirect_uri": back})

    def identify(self, answer: Mapping[str, str], attempt: str, back: str) -> Identity:
        """Who it is that comes back.

        Args:
            answer: the query that they bring. attempt: the secret of their attempt; empty if they have none.
            back: as in `address`.

        Raises:
            Problem: `sign-in.state`, `sign-in.refused`, `sign-in.token`, `sign-in.place`, `sign-in.unreachable`, …
        """
        state = cookies.derived(attempt, "state")
        if not attempt or not compare_digest(state.encode(), answer.get("state", "").encode(errors="replace")):
            raise Problem("sign-in.state")
        named = answer.get("iss")
        required = self._metadata().get("authorization_response_iss_parameter_supported") is True
        if named != self.settings.issuer and (named is not None or required):
            raise Problem("sign-in.state")
        if "error" in answer or not _CODE.fullmatch(answer.get("code", "")):
            raise Problem("sign-in.refused")
        tokens = self._exchange(answer["code"], cookies.derived(attempt, "verifier"), back)
        claims = self._claims(str(tokens.get("id_token", "")), cookies.derived(attempt, "nonce"))
        return self._identity(self._completed(claims, tokens))

    def _exchange(self, code: str, verifier: str, back: str) -> Mapping[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        form["client_id"] = self.settings.client_id
        methods = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = None
        if self._secret and "client_secret_basic" in methods:
            basic = (self.settings.client_id, self._secret)
        elif self._secret:
            form["client_secret"] = self._secret
        return self._web.post(self._endpoint("token_endpoint"), form, basic=basic)

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token that is for us, from it, of now, and an answer to this very question (§3.1.3.7)."""
        from joserfc import jws, jwt
        from joserfc.errors import JoseError

        try:
            header = jws.extract_compact(token.encode()).headers()
            key = self._key(str(header.get("kid", "")), str(header.get("alg", "")))
            claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=list(_ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError):
            raise Problem("sign-in.token") from None
        us, now = self.settings.client_id, self._clock().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        good = (
            claims.get("iss") == self.settings.issuer
            and us in audiences
            and (claims.get("azp", us) == us and (len(audiences) == 1 or "azp" in claims))
            and _number(claims.get("exp")) > now - _DRIFT_SECONDS
            and _number(claims.get("iat")) < now + _DRIFT_SECONDS
            and compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
            and _text(claims.get("sub"))
        )
        if not good:
            raise Problem("sign-in.token")
        return claims

    def _completed(self, claims: Mapping[str, Any], tokens: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims, with those that the provider keeps at its own place (§5.3); both have to be about one person."""
        wanted = {self.settings.login, self.settings.name, self.settings.department, self.settings.roles}
        access = tokens.get("access_token")
        if wanted <= claims.keys() or "userinfo_endpoint" not in self._metadata() or not isinstance(access, str):
            return claims
        more = self._web.get(self._endpoint("userinfo_endpoint"), bearer=access)
        if more.get("sub") != claims["sub"]:
            raise Problem("sign-in.token")
        return {**more, **claims}

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        rules = self.settings
        departments = {
            rules.departments[one] for one in _values(claims.get(rules.department)) if one in rules.departments
        }
        roles = frozenset(rules.role_names[one] for one in _values(claims.get(rules.roles)) if one in rules.role_names)
        login = _text(claims.get(rules.login)).lower()
        if len(departments) != 1 or not roles or not login:
            raise Problem("sign-in.place")
        name = _text(claims.get(rules.name)) or login
        return Identity(subject=_text(claims["sub"]), login=login, name=name, department=departments.pop(), roles=roles)

    def _metadata(self) -> Mapping[str, Any]:
        with self._lock:
            if self._known is None or self._clock() - self._known[0] > _KNOWN_FOR:
                issuer = self.settings.issuer
                found = self._web.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != issuer:
                    raise Problem("sign-in.provider")
                self._known = (self._clock(), found)
            return self._known[1]

    def _endpoint(self, name: str) -> str:
        """One of its addresses; as safe as the issuer's."""
        address = self._metadata().get(name)
        ours = urlsplit(self.settings.issuer)
        if not isinstance(address, str) or (ours.scheme == "https" and urlsplit(address).scheme != "https"):
            raise Problem("sign-in.provider")
        return address

    def _key(self, kid: str, algorithm: str) -> Any:
        """The key that a token names; asked for again if it is none that we know.

        Raises:
            ValueError: there is no such key, and no other can be meant.
        """
        from joserfc.jwk import JWKRegistry

        if algorithm not in _ALGORITHMS:
            raise ValueError
        for fresh in (False, True):
            keys = [one for one in self._fetched_keys(fresh=fresh) if _serves(one, kid, algorithm)]
            if len(keys) == 1:
                return JWKRegistry.import_key(dict(keys[0]))
        raise ValueError

    def _fetched_keys(self, *, fresh: bool) -> list[Mapping[str, Any]]:
        address = self._endpoint("jwks_uri")
        with self._lock:
            age = self._clock() - self._keys[0] if self._keys else None
            if self._keys is None or age is None or age > _KNOWN_FOR or (fresh and age > _ASK_AGAIN):
                found = self._web.get(address).get("keys")
                self._keys = (
                    self._clock(),
                    [one for one in found if isinstance(one, dict)] if isinstance(found, list) else [],
                )
            return self._keys[1]


def _serves(key: Mapping[str, Any], kid: str, algorithm: str) -> bool:
    """Whether a key may be the one of a token: by its id if that names one, and never one for something else."""
    named = key.get("kid") == kid if kid else True
    return (
        named
        and key.get("kty") in _KEY_KINDS
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    )


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _number(value: Any) -> float:
    """A NumericDate; what is none is never in time."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _values(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]

"""Answers of an identity provider that are not to be believed. The provider is ours, and lies as a test tells it to."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from loopback import Asked, Reply, closed_port, serving
from signing_in import SITE, Clock

from license_lib.access_settings import OidcSettings
from license_lib.accounts import Role
from license_lib.accounts.secrets import new_secret
from license_lib.settings import NetworkSettings
from verify_api.access import cookies
from verify_api.access.oidc import Identity, Provider
from verify_api.access.web import HttpWeb
from verify_api.problems import Problem

BACK = f"{SITE}/sign-in-return"
FIRST, SECOND, STRANGER = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("1", "2", "1"))
ATTEMPT = new_secret(lambda count: b"a" * count)
NONCE = cookies.derived(ATTEMPT, "nonce")


@dataclass
class Liar:
    """What the provider says."""

    issuer: str = ""
    key: Key = field(default_factory=lambda: FIRST)
    published: list[Key] = field(default_factory=lambda: [FIRST])
    algorithm: str = "ES256"
    claims: dict[str, Any] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    token: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    status: int = 200

    def __call__(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        path = asked.path.partition("?")[0]
        if path == "/token":
            return self._json({"access_token": "access", "token_type": "Bearer", "id_token": self.token}, self.status)
        if path == "/userinfo":
            return self._json(self.more)
        if path == "/jwks":
            return self._json({"keys": [key.as_dict(private=key.key_type == "oct") for key in self.published]})
        told = {
            "issuer": self.issuer,
            **{f"{one}_endpoint": f"{self.issuer}/{one}" for one in ("authorization", "token")},
        }
        return self._json({**told, "jwks_uri": f"{self.issuer}/jwks", **self.metadata})

    @staticmethod
    def _json(value: object, status: int = 200) -> Reply:
        return Reply(json.dumps(value).encode(), status, (("Content-Type", "application/json"),))

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def liar() -> Iterator[Liar]:
    found = Liar()
    with serving(found) as address:
        found.issuer = address
        yield found


@pytest.fixture
def provider(liar: Liar, clock: Clock) -> Provider:
    settings = OidcSettings(
        issuer=liar.issuer,
        client_id="license",
        departments={"0012": "market", "0013": "tax"},
        role_names={"counter": Role.STAFF, "audit": Role.AUDITOR},
    )
    return Provider(settings, "secret", HttpWeb(NetworkSettings()), clock)


def told(liar: Liar, provider: Provider, clock: Clock, **answer: str) -> Identity:
    """The provider makes its token, and somebody comes back with a code."""
    now = int(clock().timestamp())
    claims = {
        "iss": liar.issuer,
        "aud": "license",
        "sub": "42",
        "iat": now,
        "exp": now + 300,
        "nonce": NONCE,
        "preferred_username": "Li.Wei",
        "name": "李伟",
        "department": "0012",
        "roles": ["counter", "chess"],
        **liar.claims,
    }
    claims = {name: value for name, value in claims.items() if name not in liar.without}
    if liar.token is None:
        header = {"alg": liar.algorithm, "kid": liar.key.kid or "1"}
        liar.token = jwt.encode(header, claims, liar.key, algorithms=[liar.algorithm])
    return provider.identify({"code": "code", "state": cookies.derived(ATTEMPT, "state"), **answer}, ATTEMPT, BACK)


def refused(liar: Liar, provider: Provider, clock: Clock, **answer: str) -> str:
    with pytest.raises(Problem) as caught:
        told(liar, provider, clock, **answer)
    return caught.value.code


def test_what_is_right_is_believed(liar: Liar, provider: Provider, clock: Clock) -> None:
    found = told(liar, provider, clock)
    assert (found.subject, found.login, found.department) == ("42", "li.wei", "market")
    assert found.roles == {Role.STAFF}
    (token,) = [asked for asked in liar.asked if asked.path == "/token"]
    assert token.headers["Authorization"] == "Basic " + base64.b64encode(b"license:secret").decode()
    assert f"code_verifier={cookies.derived(ATTEMPT, 'verifier')}".encode() in token.body


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"nonce": "another"}, "sign-in.token"),
        ({"nonce": ""}, "sign-in.token"),
        ({"nonce": None}, "sign-in.token"),
        ({"aud": "other"}, "sign-in.token"),
        ({"aud": []}, "sign-in.token"),
        ({"aud": ["other"]}, "sign-in.token"),
        ({"aud": ["license", "other"]}, "sign-in.token"),
        ({"aud": ["license", "other"], "azp": "other"}, "sign-in.token"),
        ({"azp": "other"}, "sign-in.token"),
        ({"iss": "https://evil.example"}, "sign-in.token"),
        ({"sub": ""}, "sign-in.token"),
        ({"sub": 42}, "sign-in.token"),
        ({"exp": 0}, "sign-in.token"),
        ({"exp": "soon"}, "sign-in.token"),
        ({"exp": True}, "sign-in.token"),
        ({"iat": 4_000_000_000}, "sign-in.token"),
        ({"department": "9999"}, "sign-in.place"),
        ({"department": ["0012", "0013"]}, "sign-in.place"),
        ({"department": {"0012": 1}}, "sign-in.place"),
        ({"roles": ["chess"]}, "sign-in.place"),
        ({"roles": "administrator"}, "sign-in.place"),
        ({"preferred_username": ""}, "sign-in.place"),
    ],
)
def test_claims_of_another_or_of_another_time_are_refused(
    liar: Liar, provider: Provider, clock: Clock, claims: dict[str, Any], code: str
) -> None:
    liar.claims = claims
    assert refused(liar, provider, clock) == code


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_what_is_missing_is_wrong(liar: Liar, provider: Provider, clock: Clock, missing: str) -> None:
    liar.without = frozenset({missing})
    assert refused(liar, provider, clock) == "sign-in.token"


def test_two_audiences_are_good_if_we_are_the_one_that_asked(liar: Liar, provider: Provider, clock: Clock) -> None:
    liar.claims = {"aud": ["license", "other"], "azp": "license"}
    assert told(liar, provider, clock).subject == "42"


def unsigned(header: dict[str, str]) -> Callable[[str], str]:
    """The same claims without a signature."""

    def make(token: str) -> str:
        encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
        return f"{encoded}.{token.split('.')[1]}."

    return make


@pytest.mark.parametrize(
    "change",
    [
        unsigned({"alg": "none"}),
        unsigned({"alg": "None", "kid": "1"}),
        unsigned({"alg": "ES256", "kid": "1"}),
        lambda token: token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"),
        lambda token: token.replace(".", "", 1),
        lambda _: "",
        lambda _: "a.b.c",
        lambda _: "é.é.é",
        lambda token: token + ".x",
    ],
)
def test_a_token_without_a_good_signature_is_none(
    liar: Liar, provider: Provider, clock: Clock, change: Callable[[str], str]
) -> None:
    told(liar, provider, clock)
    liar.token = change(liar.token or "")
    assert refused(liar, provider, clock) == "sign-in.token"


def test_a_key_of_somebody_else_with_the_same_name_signs_nothing(liar: Liar, provider: Provider, clock: Clock) -> None:
    liar.key = STRANGER
    assert refused(liar, provider, clock) == "sign-in.token"


def test_a_public_key_is_no_shared_secret(liar: Liar, provider: Provider, clock: Clock) -> None:
    """Algorithm confusion: HS256 with what everybody can read."""
    public = RSAKey.generate_key(2048, {"kid": "1"})
    liar.published = [public]
    liar.key, liar.algorithm = OctKey.import_key(public.as_pem(private=False).hex(), {"kid": "1"}), "HS256"
    assert refused(liar, provider, clock) == "sign-in.token"
    liar.token, liar.published = None, [liar.key]
    clock.wait(hours=2)
    assert refused(liar, provider, clock) == "sign-in.token", "nor is a shared secret a key"


def test_new_keys_are_fetched_when_a_token_names_them(liar: Liar, provider: Provider, clock: Clock) -> None:
    told(liar, provider, clock)
    liar.key, liar.published, liar.token = SECOND, [SECOND], None
    clock.wait(minutes=1)
    assert told(liar, provider, clock).subject == "42"
    liar.key, liar.token = FIRST, None
    clock.wait(minutes=1)
    assert refused(liar, provider, clock) == "sign-in.token", "a key that was withdrawn counts no more"


def test_unknown_keys_are_not_asked_for_without_end(liar: Liar, provider: Provider, clock: Clock) -> None:
    liar.key = SECOND
    for _ in range(5):
        assert refused(liar, provider, clock) == "sign-in.token"
    assert liar.count("/jwks") == 1


def test_keys_for_other_things_sign_nothing(liar: Liar, provider: Provider, clock: Clock) -> None:
    other = ECKey.import_key({**FIRST.as_dict(private=True), "use": "enc"})
    liar.published = [other]
    assert refused(liar, provider, clock) == "sign-in.token"


def test_an_answer_to_another_question_is_none(liar: Liar, provider: Provider, clock: Clock) -> None:
    for answer in ({"state": ""}, {"state": "x"}, {"state": cookies.derived(ATTEMPT, "nonce")}, {"state": "\ud800"}):
        assert refused(liar, provider, clock, **answer) == "sign-in.state"
    with pytest.raises(Problem) as caught:
        provider.identify({"code": "code", "state": cookies.derived("", "state")}, "", BACK)
    assert caught.value.code == "sign-in.state", "who began nothing has nothing to come back from"
    assert liar.count("/token") == 0


def test_an_answer_of_another_provider_is_none(liar: Liar, provider: Provider, clock: Clock) -> None:
    """Mix-up (RFC 9207)."""
    assert refused(liar, provider, clock, iss="https://evil.example") == "sign-in.state"
    assert told(liar, provider, clock, iss=liar.issuer).subject == "42"
    liar.metadata = {"authorization_response_iss_parameter_supported": True}
    clock.wait(hours=2)
    liar.token = None
    assert refused(liar, provider, clock) == "sign-in.state"


def test_refusals_and_silence_are_told_apart(liar: Liar, provider: Provider, clock: Clock) -> None:
    assert refused(liar, provider, clock, error="access_denied") == "sign-in.refused"
    assert refused(liar, provider, clock, code="") == "sign-in.refused"
    liar.status = 400
    assert refused(liar, provider, clock) == "sign-in.refused"
    liar.status = 500
    assert refused(liar, provider, clock) == "sign-in.unreachable"


def test_a_provider_under_another_name_is_another(liar: Liar, provider: Provider) -> None:
    liar.metadata = {"issuer": "https://evil.example"}
    with pytest.raises(Problem) as caught:
        provider.address(ATTEMPT, BACK)
    assert caught.value.code == "sign-in.provider"


@pytest.mark.parametrize(
    "reply", [Reply(b"x"), Reply(b"[]"), Reply(b"{" * 100), Reply(b" " * 600_000), Reply(b"{}", 302)]
)
def test_what_is_no_answer_is_a_problem_and_no_crash(clock: Clock, reply: Reply) -> None:
    with serving(lambda _: reply) as address:
        settings = OidcSettings(issuer=address, client_id="license", departments={}, role_names={})
        with pytest.raises(Problem) as caught:
            Provider(settings, "", HttpWeb(NetworkSettings()), clock).address(ATTEMPT, BACK)
    assert caught.value.code == "sign-in.unreachable"


def test_nobody_there_is_a_problem_too(clock: Clock) -> None:
    settings = OidcSettings(issuer=closed_port(), client_id="license", departments={}, role_names={})
    silent = Provider(settings, "", HttpWeb(NetworkSettings()), clock)
    with pytest.raises(Problem) as caught:
        silent.address(ATTEMPT, BACK)
    assert caught.value.code == "sign-in.unreachable"
    assert silent.way_out(BACK) is None, "signing out here does not wait for it"


def test_claims_from_the_providers_own_place_are_about_the_same_person(
    liar: Liar, provider: Provider, clock: Clock
) -> None:
    liar.metadata = {"userinfo_endpoint": f"{liar.issuer}/userinfo"}
    liar.without = frozenset({"department", "roles"})
    liar.more = {"sub": "42", "department": "0013", "roles": "audit", "preferred_username": "other"}
    found = told(liar, provider, clock)
    assert (found.department, found.login) == ("tax", "li.wei")
    assert found.roles == {Role.AUDITOR}
    liar.more["sub"] = "43"
    assert refused(liar, provider, clock) == "sign-in.token"


def test_secrets_and_codes_are_in_no_log(
    liar: Liar, provider: Provider, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    liar.status = 500
    with caplog.at_level("DEBUG", logger="verify_api"):
        refused(liar, provider, clock)
    assert caplog.records
    assert not [one for one in caplog.records if "code" in one.getMessage() or "secret" in one.getMessage()]


def test_times_may_differ_by_a_minute(liar: Liar, provider: Provider, clock: Clock) -> None:
    told(liar, provider, clock)
    clock.at += timedelta(seconds=300 + 59)
    assert provider.identify({"code": "c", "state": cookies.derived(ATTEMPT, "state")}, ATTEMPT, BACK)
    clock.at += timedelta(seconds=1)
    assert refused(liar, provider, clock) == "sign-in.token"

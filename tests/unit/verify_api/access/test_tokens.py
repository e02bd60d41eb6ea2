"""Department systems: how they get tokens, what these are good for, and what is no proof of anything."""

import base64
import datetime as dt
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi.testclient import TestClient
from signing_in import CERTIFICATE_HEADER, PROXY, SITE, Desk

from license_lib.accounts import Grant


def client_of(desk: Desk, peer: str = "192.0.2.7") -> TestClient:
    return TestClient(desk.app, base_url=SITE, client=(peer, 1))


def grants(*texts: str) -> frozenset[Grant]:
    return frozenset(map(Grant.parse, texts))


@pytest.fixture
def secret(desk: Desk) -> str:
    return desk.accounts.clients.add("tax-desk", "market", grants("look:*", "export:food-business-permit"))


@pytest.fixture
def certificate() -> bytes:
    key, name = generate_private_key(SECP256R1()), x509.Name([])
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, since, since + dt.timedelta(days=900))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


def test_basic_and_form_get_a_token_that_works(desk: Desk, secret: str) -> None:
    http = client_of(desk)
    asked = {"grant_type": "client_credentials"}
    by_header = http.post("/oauth/token", data=asked, auth=("tax-desk", secret))
    by_form = http.post("/oauth/token", data={**asked, "client_id": "tax-desk", "client_secret": secret})
    for answer in (by_header, by_form):
        told = answer.json()
        assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 600)
        assert told["scope"] == "export:food-business-permit look:*"
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
        used = http.get("/probe/looker", headers={"Authorization": f"Bearer {told['access_token']}"})
        assert used.json() == {"who": "ClientSystem"}


def test_a_narrower_token_does_not_do_more(desk: Desk, secret: str) -> None:
    http = client_of(desk)
    asked = {"grant_type": "client_credentials", "scope": "look:birth-certificate"}
    token = http.post("/oauth/token", data=asked, auth=("tax-desk", secret)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.get("/probe/looker", headers=bearer).status_code == 200
    refused = http.get("/probe/exporter", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.scope")
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert http.get("/probe/counter", headers=bearer).json()["code"] == "access.program"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": ""}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "export:*"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "look:* usage:*"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "fly"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "client_secret": "both"}, 401, "invalid_client"),
    ],
)
def test_refusals_are_those_of_rfc_6749(desk: Desk, secret: str, form: dict[str, str], status: int, error: str) -> None:
    answer = client_of(desk).post("/oauth/token", data=form, auth=("tax-desk", secret))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"
    assert secret not in answer.text


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /////w==", "Bearer abc", "Digest username=a"])
def test_what_is_no_proof_is_refused(desk: Desk, header: str) -> None:
    answer = client_of(desk).post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_unknown_disabled_and_wrong_are_told_alike(desk: Desk, secret: str) -> None:
    http = client_of(desk)
    desk.accounts.clients.add("old-desk", "market", grants("look:*"))
    desk.accounts.clients.disable("old-desk")
    answers = [
        http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=given).json()
        for given in (("tax-desk", "wrong"), ("nobody", secret), ("old-desk", secret), ("", ""))
    ]
    for answer in answers:
        answer.pop("request_id")
    assert all(answer == answers[0] for answer in answers)


def test_a_disabled_client_has_nothing_at_once(desk: Desk) -> None:
    token = desk.token("look:*")
    http, bearer = client_of(desk), {"Authorization": f"Bearer {token}"}
    assert http.get("/probe/looker", headers=bearer).status_code == 200
    desk.accounts.clients.disable("tax-desk")
    answer = http.get("/probe/looker", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "access.token")
    assert answer.headers["www-authenticate"] == 'Bearer realm="license", error="invalid_token"'


def test_a_token_ends_and_one_of_another_service_is_none(desk: Desk) -> None:
    token = desk.token("look:*")
    http = client_of(desk)
    signed = base64.urlsafe_b64encode(b'{"alg":"RS256"}').decode().rstrip("=")
    for foreign in (f"{signed}.e30.c2ln", "x", "", f"{token}x", token[:-1], f"{token} {token}"):
        for scheme in ("Bearer", "bearer", "Basic", "Token"):
            answer = http.get("/probe/anyone", headers={"Authorization": f"{scheme} {foreign}"})
            assert (answer.status_code, answer.json()["code"]) == (401, "access.token"), foreign
    assert http.get("/probe/looker", headers={"Authorization": f"bearer {token}"}).status_code == 200
    desk.clock.wait(minutes=10)
    assert http.get("/probe/looker", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    browser.sign_in("li.wei")
    http = client_of(desk)
    assert http.get("/probe/anyone", headers={"Authorization": f"Bearer {browser.session}"}).status_code == 401
    http.cookies.set("__Host-session", desk.token("look:*"), domain="license.example", path="/")
    assert http.get("/probe/anyone").json() == {"who": "Anonymous"}


def test_a_certificate_counts_if_a_proxy_of_ours_saw_it(desk: Desk, certificate: bytes) -> None:
    fingerprint = x509.load_pem_x509_certificate(certificate).fingerprint(SHA256())
    desk.accounts.clients.add("tax-desk", "market", grants("look:*"), certificate=fingerprint)
    seen = {CERTIFICATE_HEADER: quote(certificate.decode())}
    proxy = client_of(desk, PROXY)
    assert proxy.get("/probe/looker", headers=seen).json() == {"who": "ClientSystem"}
    token = proxy.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=seen)
    assert token.json()["scope"] == "look:*"
    other_name = {"grant_type": "client_credentials", "client_id": "other"}
    assert proxy.post("/oauth/token", data=other_name, headers=seen).json()["error"] == "invalid_client"
    desk.accounts.clients.disable("tax-desk")
    assert proxy.get("/probe/looker", headers=seen).json()["code"] == "access.certificate"


def test_nobody_else_says_who_asks(desk: Desk, certificate: bytes) -> None:
    """Header spoofing: whoever reaches the service past the proxy, or through it with a header of their own."""
    fingerprint = x509.load_pem_x509_certificate(certificate).fingerprint(SHA256())
    desk.accounts.clients.add("tax-desk", "market", grants("look:*"), certificate=fingerprint)
    seen = {CERTIFICATE_HEADER: quote(certificate.decode())}
    stranger = client_of(desk)
    for more in ({}, {"X-Forwarded-For": PROXY}, {"Forwarded": f"for={PROXY}"}, {"X-Real-IP": PROXY}):
        answer = stranger.get("/probe/looker", headers={**seen, **more})
        assert (answer.status_code, answer.json()["code"]) == (400, "access.header")
    assert stranger.get("/probe/looker", headers={CERTIFICATE_HEADER: ""}).status_code == 401
    proxy = client_of(desk, PROXY)
    twice = [(CERTIFICATE_HEADER, quote(certificate.decode()))] * 2
    assert proxy.get("/probe/looker", headers=twice).json()["code"] == "access.header"
    for broken in ("x", quote(certificate.decode()[:200]), quote("-----BEGIN CERTIFICATE-----\n"), "%ff"):
        assert proxy.get("/probe/looker", headers={CERTIFICATE_HEADER: broken}).json()["code"] == "access.header"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (PROXY, f"203.0.113.9, 198.51.100.1, {PROXY}", "198.51.100.1"),
        (PROXY, "nonsense", PROXY),
        (PROXY, "203.0.113.9, nonsense", PROXY),
        (PROXY, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.7", "198.51.100.1", "198.51.100.1"),
        (PROXY, "", PROXY),
    ],
)
def test_an_address_is_the_word_of_our_proxies_alone(peer: str, forwarded: str, address: str) -> None:
    from fastapi import Request

    from verify_api.access.origin import Proxies

    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "headers": headers, "client": (peer, 1)})
    assert Proxies([f"{PROXY}/32"], "").address(request) == address

"""What a scanner would ask of every route: headers, who may call it, cookies, reflection, forms of other sites."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx2 import Response
from signing_in import Browser, Desk

from license_lib.accounts import Role
from verify_api.access import PERMISSIONS, permissions_of
from verify_api.access.permissions import Permission

MARK = "<svg/onload=alert(7)>"
JUNK = "620402199001010000"
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example", "Content-Type": "text/plain"}
OWN_MEANS = {("POST", "/oauth/token"), ("POST", "/sign-in"), ("GET", "/sign-in-return"), ("POST", "/sign-in/provider")}
"""Routes at which callers say who they are, each with refusals of its own."""
Route = tuple[str, str, Permission]


def routes(app: FastAPI) -> list[Route]:
    found = permissions_of(app).items()
    return [(method, path, one) for (method, path), one in found if not path.startswith("/probe/") and method != "HEAD"]


def filled(path: str) -> str:
    """The path with something in each of its places."""
    return re.sub(r"\{[^}]+\}", JUNK, path)


def asked(browser: Browser, method: str, path: str, **headers: str) -> Response:
    return browser.http.request(method, filled(path), headers=headers)


@pytest.fixture
def everything(desk: Desk) -> list[Route]:
    found = routes(desk.app)
    assert len(found) > 60
    return found


@pytest.fixture
def people(desk: Desk) -> dict[Role, Browser]:
    """Somebody of each role alone."""
    signed_in: dict[Role, Browser] = {}
    for role in Role:
        desk.add(f"only.{role.value}", role)
        signed_in[role] = desk.browser(f"192.0.2.{len(signed_in) + 10}")
        assert signed_in[role].sign_in(f"only.{role.value}").status_code == 303
    return signed_in


def answers(desk: Desk, everything: list[Route]) -> Iterator[tuple[str, str, Permission, Response]]:
    """What a stranger gets of each route; from many addresses, for none of them may ask so often."""
    for number, (method, path, permission) in enumerate(everything):
        yield method, path, permission, asked(desk.browser(f"198.51.100.{number % 200}"), method, path)


def test_every_answer_is_in_its_envelope(desk: Desk, everything: list[Route]) -> None:
    for method, path, _, answer in answers(desk, everything):
        headers, where = answer.headers, f"{method} {path}"
        assert answer.status_code < 500, where
        assert headers["x-content-type-options"] == "nosniff", where
        assert headers["cross-origin-resource-policy"] in {"same-origin", "cross-origin"}, where
        assert "frame-ancestors 'none'" in headers["content-security-policy"], where
        assert "unsafe" not in headers["content-security-policy"], where
        assert headers.get("referrer-policy", "no-referrer") in {"no-referrer", "same-origin"}, where
        assert not {"server", "x-powered-by"} & set(headers), where
        assert "charset" in headers.get("content-type", "charset") or "text" not in headers["content-type"], where
        if headers.get("access-control-allow-origin"):
            assert headers["access-control-allow-origin"] == "*", where
            assert "access-control-allow-credentials" not in headers, where


def test_who_has_not_said_who_they_are_gets_public_things_alone(desk: Desk, everything: list[Route]) -> None:
    for method, path, permission, answer in answers(desk, everything):
        if not permission.anonymous:
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.headers["cache-control"] == "no-store", f"{method} {path}"
            assert answer.json()["code"] == "access.unknown"


def test_nobody_does_what_another_role_is_for(everything: list[Route], people: dict[Role, Browser]) -> None:
    refused = 0
    for method, path, permission in everything:
        for role, browser in people.items():
            if permission.anonymous or permission.role in {None, role}:
                continue
            answer = asked(browser, method, path, **{"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code == 403, f"{role} {method} {path}"
            assert answer.json()["code"] in {"access.role", "access.form"}, f"{role} {method} {path}"
            refused += 1
    assert refused > 50


def test_a_program_without_the_scope_is_refused(desk: Desk, everything: list[Route]) -> None:
    token = desk.token("usage:*")
    for number, (method, path, permission) in enumerate(everything):
        if permission.anonymous or permission is PERMISSIONS["Watcher"]:
            continue
        browser = desk.browser(f"203.0.113.{number % 200}")
        answer = asked(browser, method, path, Authorization=f"Bearer {token}")
        assert answer.status_code == 403, f"{method} {path}"
        assert answer.json()["code"] in {"access.scope", "access.program"}, f"{method} {path}"


def test_a_form_of_another_site_changes_nothing(everything: list[Route], people: dict[Role, Browser]) -> None:
    tried = 0
    for method, path, permission in everything:
        if method in {"GET", "HEAD"} or permission.anonymous or (method, path) in OWN_MEANS:
            continue
        browser = people[permission.role or Role.STAFF]
        answer = asked(browser, method, path, **CROSS_SITE)
        assert answer.status_code == 403, f"{method} {path}"
        assert answer.json()["code"] == "access.foreign-page", f"{method} {path}"
        tried += 1
    assert tried > 10


def test_cookies_are_for_this_site_over_tls_and_no_script(desk: Desk) -> None:
    desk.add("another", Role.STAFF)
    browser = desk.browser("192.0.2.99")
    cookies = browser.get("/sign-in").headers.get_list("set-cookie")
    cookies += browser.sign_in("another").headers.get_list("set-cookie")
    kept = [one for one in cookies if "Max-Age=0" not in one and "1970" not in one]
    assert kept
    for cookie in kept:
        assert cookie.startswith("__Host-"), cookie.partition("=")[0]
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(cookie.lower().split("; ")), cookie.partition(
            "="
        )[0]
        assert "domain=" not in cookie.lower()


def test_nothing_that_is_sent_comes_back_as_markup(desk: Desk, everything: list[Route]) -> None:
    for number, (method, path, _) in enumerate(everything):
        where = re.sub(r"\{[^}]+\}", quote(MARK, safe=""), path)
        answer = desk.browser(f"203.0.113.{number % 200}").http.request(
            method,
            f"{where}?q={quote(MARK)}&lang={quote(MARK)}&next={quote(MARK)}&at={quote(MARK)}",
            headers={"X-Request-ID": MARK, "Accept": "text/html", "User-Agent": MARK},
        )
        assert answer.status_code < 500, f"{method} {path}"
        if "html" in answer.headers.get("content-type", ""):
            assert MARK not in answer.text, f"{method} {path}"
        assert MARK not in "\n".join(answer.headers.values()), f"{method} {path}"


def test_what_is_personal_is_kept_by_no_cache(everything: list[Route], people: dict[Role, Browser]) -> None:
    for method, path, permission in everything:
        if permission.anonymous or method != "GET":
            continue
        browser = people[permission.role or Role.STAFF]
        answer = asked(browser, method, path, Accept="text/html")
        if answer.status_code == 303:  # nobody keeps those (RFC 9110, 15.4.4)
            continue
        assert "no-store" in answer.headers.get("cache-control", ""), f"{method} {path} {answer.status_code}"

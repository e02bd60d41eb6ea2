"""Signing in by the pages, and every known way to get at somebody's session."""

import base64
import re

import pytest
from signing_in import PASSWORD, SITE, Desk

from license_lib.accounts import Role
from license_lib.accounts.secrets import new_secret
from license_lib.accounts.staff import RECOVERY_CODES

EVIL = "https://evil.example"


def test_signing_in_leads_on_and_says_who_one_is(desk: Desk) -> None:
    desk.add("li.wei", Role.STAFF, Role.AUDITOR)
    browser = desk.browser()
    answer = browser.sign_in("li.wei", next="/probe/looker")
    assert (answer.status_code, answer.headers["location"]) == (303, "/probe/looker")
    assert browser.get("/probe/looker").json() == {"who": "Staff"}
    assert browser.get("/probe/watcher").json() == {"who": "Auditor"}
    assert browser.get("/probe/anyone").json() == {"who": "Person"}
    assert browser.get("/probe/admin").json()["code"] == "access.role"
    page = browser.get("/account")
    assert "李伟 (li.wei)" in page.text
    assert "白银市市场监督管理局" in page.text


def test_who_opens_a_page_is_sent_to_sign_in_and_programs_are_told(desk: Desk) -> None:
    browser = desk.browser()
    answer = browser.get("/account?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account%3Flang%3Den")
    told = browser.get("/account", Accept="application/json")
    assert (told.status_code, told.json()["code"]) == (401, "access.unknown")
    assert told.headers["www-authenticate"] == 'Bearer realm="license"'
    assert told.json()["title_zh"] == "请先登录"


def test_the_second_factor_is_enrolled_at_the_first_sign_in(desk: Desk) -> None:
    hashed = desk.accounts.passwords.hashed(PASSWORD)
    desk.accounts.staff.add("li.wei", "李伟", "market", [Role.STAFF], password=hashed)
    browser = desk.browser()
    assert browser.sign_in("li.wei").headers["location"] == "/second-factor"
    assert browser.get("/probe/looker", Accept="*/*").json()["code"] == "access.second-factor"
    assert browser.get("/probe/looker").headers["location"] == "/second-factor"
    first, second = browser.get("/second-factor").text, browser.get("/second-factor").text
    seeds = [re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "") for page in (first, second)]
    assert seeds[0] != seeds[1], "what was shown is not shown again"
    desk.seeds["li.wei"] = base64.b32decode(seeds[1])
    token = re.findall(r'name="token" value="([^"]+)"', second)[0]
    before = browser.session
    wrong = browser.submit("/second-factor", {"token": token, "code": "000000"})
    assert wrong.status_code == 422
    seed = re.findall(r"<code>([A-Z2-7 ]+)</code>", wrong.text)[0].replace(" ", "")
    desk.seeds["li.wei"] = base64.b32decode(seed)
    done = browser.submit("/second-factor", {"token": token, "code": desk.code("li.wei")})
    assert len(re.findall(r"<li><code>([a-z2-7-]+)</code>", done.text)) == RECOVERY_CODES
    assert 'id="language"' not in done.text, "whoever left the page would not see them again"
    assert browser.session != before
    assert browser.get("/probe/looker").json() == {"who": "Staff"}
    assert browser.get("/second-factor").headers["location"] == "/account", "there is no second look"


def test_a_session_that_was_there_before_is_not_the_one_after(desk: Desk) -> None:
    """Session fixation: somebody plants an id of theirs, or of their own session, in another's browser."""
    desk.add("li.wei")
    desk.add("mallory")
    attacker = desk.browser()
    attacker.sign_in("mallory")
    for planted in (new_secret(desk.accounts.sessions._randomness), attacker.session or ""):  # noqa: SLF001
        victim = desk.browser()
        victim.http.cookies.set("__Host-session", planted, domain="license.example", path="/")
        victim.sign_in("li.wei")
        sessions = [cookie.value for cookie in victim.http.cookies.jar if cookie.name == "__Host-session"]
        assert sessions
        assert sessions[-1] != planted
        assert desk.accounts.sessions.find(planted) is None


def test_cookies_are_for_this_host_over_tls_and_for_no_script(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    page = browser.get("/sign-in")
    answer = browser.sign_in("li.wei")
    for response, name in ((page, "__Host-sign-in"), (answer, "__Host-session")):
        (header,) = [one for one in response.headers.get_list("set-cookie") if one.startswith(f"{name}=")]
        parts = {part.strip().lower() for part in header.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)
    assert not any("max-age" in one and "__Host-session" in one for one in answer.headers.get_list("set-cookie"))


def test_the_id_is_long_random_and_only_its_digest_is_kept(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    browser.sign_in("li.wei")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", browser.session or "")
    kept = desk.accounts._database.read(  # noqa: SLF001
        lambda connection: repr(connection.exec_driver_sql("SELECT * FROM session").all())
    )
    assert (browser.session or "-") not in kept


def test_nobody_signs_in_where_others_may_listen(desk: Desk) -> None:
    from fastapi.testclient import TestClient

    far = TestClient(desk.app, base_url="http://license.example", client=("192.0.2.7", 1))
    assert far.get("/sign-in").json()["code"] == "access.insecure"
    spoofed = far.get("/sign-in", headers={"X-Forwarded-Proto": "https", "Host": "localhost"})
    assert spoofed.json()["code"] == "access.insecure"
    near = TestClient(desk.app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1))
    (cookie,) = near.get("/sign-in").headers.get_list("set-cookie")
    assert cookie.startswith("sign-in=")
    assert "secure" not in cookie.lower()
    proxied = TestClient(desk.app, base_url="http://license.example", client=("10.0.0.7", 1))
    assert proxied.get("/sign-in", headers={"X-Forwarded-Proto": "https"}).status_code == 200


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f/evil.example/",
        "/%5cevil.example",
        "javascript:alert(1)",
        "/account\r\nSet-Cookie: a=b",
        "/%0d%0aSet-Cookie: a=b",
        "http:evil.example",
        "",
        "account",
        "/\t/evil.example",
        "/" + "a" * 600,
    ],
)
def test_nobody_is_sent_on_to_another_site(desk: Desk, onward: str) -> None:
    desk.add("li.wei")
    answer = desk.browser().sign_in("li.wei", next=onward)
    assert answer.headers["location"] == "/account"
    assert "a=b" not in str(answer.headers)


def test_a_path_of_ours_with_a_query_is_kept(desk: Desk) -> None:
    desk.add("li.wei")
    assert desk.browser().sign_in("li.wei", next="/counter?lang=en").headers["location"] == "/counter?lang=en"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Sec_Fetch_Site": "cross-site", "Origin": EVIL}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "same-site"}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "none"}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "same-origin", "Origin": EVIL}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "", "Origin": ""}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "", "Origin": "null"}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "", "Origin": SITE + ".evil.example"}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "", "Origin": "http://license.example"}, "access.foreign-page"),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, None),
        ({"Sec_Fetch_Site": "", "Origin": SITE}, None),
    ],
)
def test_no_other_site_changes_anything(desk: Desk, headers: dict[str, str], code: str | None) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    browser.sign_in("li.wei")
    answer = browser.submit("/probe/looker", {"token": browser.token("/account")}, **headers)
    assert (answer.json().get("code"), answer.status_code) == (code, 403 if code else 200)


def test_a_change_needs_the_token_of_a_form_of_this_session(desk: Desk) -> None:
    desk.add("li.wei")
    desk.add("mallory")
    browser, attacker = desk.browser(), desk.browser()
    browser.sign_in("li.wei")
    attacker.sign_in("mallory")
    token = browser.token("/account")
    for given in (
        "",
        "x",
        attacker.token("/account"),
        browser.session or "",
        "\ud800".encode(errors="replace").decode(),
    ):
        answer = browser.submit("/sign-out", {"token": given})
        assert (answer.status_code, answer.json()["code"]) == (403, "access.form"), given
    in_header = browser.submit("/probe/looker", {}, X_Form_Token=token)
    assert in_header.status_code == 200
    other_type = browser.http.post(
        "/probe/looker",
        content=f"token={token}",
        headers={"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain"},
    )
    assert other_type.json()["code"] == "access.form"


def test_signing_in_is_a_change_too(desk: Desk) -> None:
    """Else somebody is signed in as another, and works in their name without knowing."""
    desk.add("li.wei")
    browser = desk.browser()
    form = {"login": "li.wei", "password": PASSWORD, "code": desk.code("li.wei")}
    assert "access.form" in browser.submit("/sign-in", form).text
    token = browser.token("/sign-in")
    assert (
        "access.foreign-page" in browser.submit("/sign-in", {**form, "token": token}, Sec_Fetch_Site="cross-site").text
    )
    assert "access.form" in desk.browser().submit("/sign-in", {**form, "token": token}).text
    assert browser.session is None


def test_reading_needs_no_token_and_changes_nothing(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    browser.sign_in("li.wei")
    assert browser.get("/sign-out", Accept="*/*").status_code == 405
    assert browser.get("/probe/looker").status_code == 200


def test_signed_in_pages_are_in_no_frame_and_no_cache(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    first = browser.get("/sign-in")
    for address in re.findall(r'<link [^>]*href="(assets/[^"]+)"', first.text):
        assert browser.get(f"/{address}").status_code == 200, address
    answer = browser.sign_in("li.wei")
    for one in (first, browser.get("/account")):
        policy = one.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "form-action 'self';" in policy
        assert one.headers["x-frame-options"] == "DENY"
        assert one.headers["referrer-policy"] == "same-origin"
        assert one.headers["x-content-type-options"] == "nosniff"
    for one in (first, answer, browser.get("/account")):
        assert one.headers["cache-control"] == "no-store"


def test_signing_out_ends_the_session_here_or_everywhere(desk: Desk) -> None:
    desk.add("li.wei")
    browsers = [desk.browser() for _ in range(3)]
    for browser in browsers:
        browser.sign_in("li.wei")
    kept = browsers[0].session
    answer = browsers[0].submit("/sign-out", {"token": browsers[0].token("/account")})
    assert answer.headers["location"] == "/sign-in"
    assert browsers[0].session is None
    browsers[0].http.cookies.set("__Host-session", kept or "", domain="license.example", path="/")
    assert browsers[0].get("/probe/looker", Accept="*/*").status_code == 401, "the cookie alone is worth nothing"
    assert browsers[1].get("/probe/looker").status_code == 200
    browsers[1].submit("/sign-out", {"token": browsers[1].token("/account"), "everywhere": "yes"})
    assert browsers[2].get("/probe/looker", Accept="*/*").status_code == 401


def test_who_is_disabled_or_loses_a_role_has_lost_it_with_the_next_request(desk: Desk) -> None:
    desk.add("boss", Role.ADMINISTRATOR)
    desk.add("li.wei", Role.STAFF, Role.ADMINISTRATOR)
    browser = desk.browser()
    browser.sign_in("li.wei")
    assert browser.get("/probe/admin").status_code == 200
    desk.accounts.staff.set_roles("li.wei", [Role.STAFF])
    assert browser.get("/probe/admin").json()["code"] == "access.role"
    assert browser.get("/probe/looker").status_code == 200
    desk.accounts.staff.disable("li.wei")
    assert browser.get("/probe/looker", Accept="*/*").json()["code"] == "access.unknown"


def test_a_session_ends_when_nobody_is_there(desk: Desk) -> None:
    desk.add("li.wei")
    browser = desk.browser()
    browser.sign_in("li.wei")
    desk.clock.wait(minutes=31)
    assert browser.get("/probe/looker", Accept="*/*").status_code == 401


def test_a_page_says_the_same_of_names_that_nobody_has(desk: Desk) -> None:
    desk.add("li.wei")
    desk.add("wang.fang")
    desk.accounts.staff.disable("wang.fang")
    pages = set()
    for login in ("li.wei", "nobody", "wang.fang"):
        answer = desk.browser().sign_in(login, password="something else", code="123456")  # noqa: S106
        told = re.sub(r'value="[^"]{43}"|Request id</span> \w+|\b[0-9a-f]{16}\b', "", answer.text)
        pages.add((answer.status_code, told, tuple(sorted(set(answer.headers) - {"set-cookie"}))))
    assert len(pages) == 1
    assert pages.pop()[0] == 403


def test_guessing_is_slowed_down_for_one_address_and_one_name(desk: Desk) -> None:
    desk.add("li.wei")
    statuses = [desk.browser().sign_in("li.wei", password="guess", code="").status_code for _ in range(6)]  # noqa: S106
    assert statuses == [403] * 5 + [429]
    answer = desk.browser("192.0.2.99").sign_in("li.wei", code="000000")
    assert answer.status_code == 429
    assert "sign-in.wait" in answer.text
    assert answer.headers["retry-after"] == "30"


def test_a_one_time_password_is_good_once(desk: Desk) -> None:
    desk.add("li.wei")
    code = desk.code("li.wei")
    assert desk.browser().sign_in("li.wei", code=code).status_code == 303
    assert desk.browser().sign_in("li.wei", code=code).status_code == 403


def test_a_form_is_small_and_in_words(desk: Desk) -> None:
    browser = desk.browser()
    token = browser.token("/sign-in")
    assert browser.submit("/sign-in", {"token": token, "login": "x" * 20_000}).status_code == 413
    body = b"token=%ff%fe&" + b"a=" * 60
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    assert browser.http.post("/sign-in", content=body, headers=headers).status_code == 400
    assert (
        browser.http.post(
            "/sign-in", json={"token": token}, headers=headers | {"Content-Type": "application/json"}
        ).status_code
        == 415
    )


def test_what_was_typed_is_in_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.add("li.wei")
    with caplog.at_level("DEBUG"):
        browser = desk.browser()
        browser.sign_in("li.wei", password="a wrong password", code="123456")  # noqa: S106
        browser.sign_in("li.wei")
        browser.get("/account")
        browser.get("/probe/anyone", Authorization="Bearer a-wrong-token")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx2")]
    assert any("'route': '/sign-in', 'status': 303" in line for line in ours)
    for secret in ("li.wei", "李伟", PASSWORD, "a wrong password", "123456", "a-wrong-token", browser.session or "-"):
        assert not [line for line in ours if secret in line], secret

"""The page of administrators: who sees it, what it changes, and what nobody may do with it."""

import re
from html import unescape

import pytest
from httpx2 import Response
from signing_in import PASSWORD, SITE, Browser, Desk

from license_lib.accounts import Action, Department, Grant, Role
from license_lib.accounts.changes import Done

MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture
def boss(desk: Desk) -> Browser:
    desk.add("boss", Role.ADMINISTRATOR)
    desk.add("li.wei", Role.STAFF)
    browser = desk.browser()
    assert browser.sign_in("boss").status_code == 303
    return browser


def submit(browser: Browser, what: str, **form: str) -> Response:
    token = browser.token("/account")
    return browser.submit(f"/admin-{what}?lang=en", {"token": token, **form})


def secret_of(answer: Response) -> str:
    found = re.search(r'<p class="secret"><code>([^<]+)</code>', answer.text)
    assert found is not None, answer.text[:3000]
    return unescape(found[1])


def roles_of(desk: Desk, login: str) -> frozenset[Role]:
    found = desk.accounts.staff.find(login)
    assert found is not None
    return found.roles


@pytest.mark.parametrize("roles", [[Role.STAFF], [Role.AUDITOR], [Role.STAFF, Role.AUDITOR]])
def test_nobody_else_sees_or_changes_anything(desk: Desk, roles: list[Role]) -> None:
    desk.add("boss", Role.ADMINISTRATOR)
    desk.add("li.wei", *roles)
    stranger, browser = desk.browser(), desk.browser()
    assert stranger.get("/admin").headers["location"] == "/sign-in?next=/admin"
    browser.sign_in("li.wei")
    assert browser.get("/admin").status_code == 403
    before = desk.accounts.changes.newest(99)
    for what in ("staff", "client", "department"):
        assert submit(browser, what, do="add").status_code == 403
        assert stranger.submit(f"/admin-{what}", {"do": "add"}).status_code == 401
    assert desk.accounts.changes.newest(99) == before


def test_a_program_is_no_administrator(desk: Desk) -> None:
    token = desk.token("look:*", "export:*", "usage:*", "verify:*")
    told = {"Authorization": f"Bearer {token}"}
    assert desk.browser().http.get("/admin", headers=told).json()["code"] == "access.program"
    assert desk.browser().http.get("/api/v1/health-report", headers=told).json()["code"] == "access.program"


def test_the_page_shows_what_there_is_and_no_secret(desk: Desk, boss: Browser) -> None:
    secret = desk.accounts.clients.add("tax-desk", "market", [Grant(Action.LOOK)])
    page = boss.get("/admin")
    assert page.headers["cache-control"] == "no-store"
    assert (
        page.headers["x-frame-options"] == "DENY" or "frame-ancestors 'none'" in page.headers["content-security-policy"]
    )
    for told in ("li.wei", "tax-desk", "look:*", "白银市市场监督管理局（样例）", "须处理", "证照类型", "变更记录"):
        assert told in page.text
    person = desk.accounts.staff.find("li.wei")
    assert person is not None
    assert person.password
    for hidden in (secret, person.password, "argon2"):
        assert hidden not in page.text
    assert "Administration" in boss.get("/admin?lang=en").text


def test_an_account_is_added_and_its_password_shown_once(desk: Desk, boss: Browser) -> None:
    answer = submit(
        boss, "staff", do="add", login="chen.jie", name="陈洁", department="market", **{"role-auditor": "yes"}
    )
    password = secret_of(answer)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert roles_of(desk, "chen.jie") == {Role.AUDITOR}
    assert password not in boss.get("/admin").text
    assert desk.browser().sign_in("chen.jie", password=password).headers["location"].startswith("/second-factor")
    assert desk.browser().sign_in("chen.jie").status_code == 403, "nobody's usual password is right"
    change = next(one for one in desk.accounts.changes.newest(9) if one.action is Done.ADD)
    assert (change.actor, change.place, change.subject) == ("boss", "192.0.2.7", "chen.jie")


def test_roles_reset_and_disabling(desk: Desk, boss: Browser) -> None:
    other = desk.browser()
    other.sign_in("li.wei")
    answer = submit(boss, "staff", do="roles", login="li.wei", **{"role-staff": "yes", "role-auditor": "yes"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin?lang=en#changes")
    assert roles_of(desk, "li.wei") == {Role.STAFF, Role.AUDITOR}
    submit(boss, "staff", do="disable", login="li.wei")
    assert other.get("/account").status_code == 303, "the session has ended"
    assert "disabled</span></strong>" in boss.get("/admin?lang=en").text
    password = secret_of(submit(boss, "staff", do="reset", login="li.wei"))
    desk.seeds.pop("li.wei")
    assert desk.browser().sign_in("li.wei", password=password).status_code == 303
    told = [one.action for one in desk.accounts.changes.newest(3)]
    assert told == [Done.RESET, Done.DISABLE, Done.ROLES]


def test_programs_and_departments(desk: Desk, boss: Browser) -> None:
    assert submit(boss, "department", do="add", short="tax", name="税务局").status_code == 303
    assert Department("tax", "税务局") in desk.accounts.staff.departments()
    first = secret_of(submit(boss, "client", do="add", client="tax-desk", department="tax", grants="look:*, export:*"))
    assert desk.accounts.clients.by_secret("tax-desk", first)
    second = secret_of(submit(boss, "client", do="rotate", client="tax-desk"))
    assert desk.accounts.clients.by_secret("tax-desk", first) is None
    assert desk.accounts.clients.by_secret("tax-desk", second)
    submit(boss, "client", do="disable", client="tax-desk")
    assert desk.accounts.clients.by_secret("tax-desk", second) is None


@pytest.mark.parametrize(
    ("what", "form", "code"),
    [
        ("staff", {"do": "roles", "login": "li.wei"}, "staff.roles"),
        ("staff", {"do": "roles", "login": "nobody", "role-staff": "yes"}, "staff.unknown"),
        ("staff", {"do": "disable", "login": "boss"}, "staff.own-account"),
        ("staff", {"do": "reset", "login": "boss"}, "staff.own-account"),
        ("staff", {"do": "roles", "login": "boss", "role-staff": "yes"}, "staff.own-account"),
        (
            "staff",
            {"do": "add", "login": "A B", "name": "x", "department": "market", "role-staff": "yes"},
            "staff.login",
        ),
        ("staff", {"do": "add", "login": "new", "name": "", "department": "market", "role-staff": "yes"}, "staff.name"),
        (
            "staff",
            {"do": "add", "login": "new", "name": "x", "department": "x", "role-staff": "yes"},
            "department.unkn",
        ),
        (
            "staff",
            {"do": "add", "login": "li.wei", "name": "x", "department": "market", "role-staff": "1"},
            "staff.exi",
        ),
        ("client", {"do": "add", "client": "x-desk", "department": "market", "grants": "burn:*"}, "client.grant"),
        ("client", {"do": "add", "client": "x-desk", "department": "market", "grants": "look:nothing"}, "type.unknown"),
        ("client", {"do": "add", "client": "x-desk", "department": "market", "grants": ""}, "client.grant"),
        ("client", {"do": "rotate", "client": "nobody"}, "client.unknown"),
        ("department", {"do": "add", "short": "X", "name": "x"}, "department.id"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(
    desk: Desk, boss: Browser, what: str, form: dict[str, str], code: str
) -> None:
    before = desk.accounts.changes.newest(99)
    answer = submit(boss, what, **form)
    assert answer.status_code == 422
    assert f"[{code}" in answer.text
    assert desk.accounts.changes.newest(99) == before


def test_the_last_administrator_is_kept(desk: Desk, boss: Browser) -> None:
    desk.add("second", Role.ADMINISTRATOR)
    other = desk.browser()
    other.sign_in("second")
    assert submit(boss, "staff", do="disable", login="second").status_code == 303
    assert other.get("/admin").status_code == 303
    assert roles_of(desk, "boss") == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("what", ["staff", "client", "department"])
def test_a_form_of_another_site_changes_nothing(desk: Desk, boss: Browser, what: str) -> None:
    token, before = boss.token("/account"), desk.accounts.changes.newest(99)
    form = {"do": "disable", "login": "li.wei", "client": "x", "short": "x", "name": "x"}
    answers = [
        boss.submit(f"/admin-{what}", form),
        boss.submit(f"/admin-{what}", {**form, "token": "x" * 43}),
        boss.submit(
            f"/admin-{what}", {**form, "token": token}, Sec_Fetch_Site="cross-site", Origin="https://evil.example"
        ),
        boss.submit(f"/admin-{what}", {**form, "token": token}, Sec_Fetch_Site="", Origin=""),
        boss.http.get(f"/admin-{what}", params={**form, "token": token}),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403, 403, 405]
    assert desk.accounts.changes.newest(99) == before


def test_a_form_that_is_none_of_ours(desk: Desk, boss: Browser) -> None:
    assert submit(boss, "staff", do="burn", login="li.wei").status_code == 400
    assert submit(boss, "client").status_code == 400
    assert roles_of(desk, "li.wei") == {Role.STAFF}


def logins_of(page: str) -> list[str]:
    table = page[page.index('id="staff"') : page.index('id="clients"')]
    return re.findall(r'<span class="which">([^<]+)</span>', table)


def following(page: str, anchor: str) -> str:
    """Where the next page of a table is; empty if there is none."""
    found = re.search(rf'href="(admin\?[^"]*#{anchor})" rel="next"', page)
    return f"/{unescape(found[1])}" if found else ""


def test_many_people_and_programs_are_paged(desk: Desk, boss: Browser) -> None:
    people = [f"p{number:03}" for number in range(120)]
    for login in people:
        desk.accounts.staff.add(login, "样例", "market", [Role.STAFF], password="-")  # noqa: S106
    programs = [f"desk-{number:03}" for number in range(60)]
    for client in programs:
        desk.accounts.clients.add(client, "market", [Grant(Action.LOOK)])
    seen, place = [], "/admin?lang=en"
    for _ in range(3):
        page = boss.get(place).text
        assert len(logins_of(page)) <= 50
        assert len(page) < 200_000
        seen += logins_of(page)
        place = following(page, "staff")
    assert (seen, place) == (["boss", "li.wei", *people], "")
    first = boss.get("/admin").text
    second = boss.get(following(first, "clients")).text
    shown = [re.findall(r'name="client" value="([^"]+)"', page) for page in (first, second)]
    assert [sorted(set(one)) for one in shown] == [programs[:50], programs[50:]]
    assert following(second, "clients") == ""
    assert logins_of(second) == logins_of(first)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("zhao", ["zhao_1", "zhaox1"]),
        ("O_1", ["zhao_1"]),
        ("小明", ["zhaox1"]),
        (" ", ["boss", "li.wei", "zhao_1", "zhaox1"]),
        ("%", []),
    ],
)
def test_people_are_found_by_account_or_name(desk: Desk, boss: Browser, sought: str, found: list[str]) -> None:
    for login, name in (("zhao_1", "赵大明"), ("zhaox1", "赵小明")):
        desk.accounts.staff.add(login, name, "market", [Role.STAFF], password="-")  # noqa: S106
    page = boss.http.get("/admin", params={"find": sought, "lang": "en"}).text
    assert logins_of(page) == found
    assert ("Nobody was found" in page) == (not found)


def test_what_is_sought_is_kept_on_the_next_page_and_shown_as_text(desk: Desk, boss: Browser) -> None:
    for number in range(60):
        desk.accounts.staff.add(f"a.b{number:02}", "样例&", "market", [Role.STAFF], password="-")  # noqa: S106
    page = boss.http.get("/admin", params={"find": "例&"}).text
    second = boss.get(following(page, "staff")).text
    assert logins_of(page) + logins_of(second) == [f"a.b{number:02}" for number in range(60)]
    assert MARKUP not in boss.http.get("/admin", params={"find": MARKUP}).text
    assert boss.http.get("/admin", params={"find": "\0"}).status_code == 422
    assert boss.http.get("/admin", params={"after": "\0"}).status_code == 422


def test_names_are_shown_as_text(desk: Desk, boss: Browser) -> None:
    desk.accounts.staff.add_department(Department("evil", MARKUP))
    desk.accounts.staff.add("mallory", MARKUP, "evil", [Role.STAFF], password=PASSWORD)
    page = boss.get("/admin").text
    assert MARKUP not in page
    assert "&lt;img src=x" in page


def test_who_has_no_administrator_page_gets_no_way_to_it(desk: Desk, boss: Browser) -> None:
    other = desk.browser()
    other.sign_in("li.wei")
    assert 'href="admin' not in other.get("/account").text
    assert 'href="admin' in boss.get("/account").text
    assert SITE not in boss.get("/admin").text

"""The pages of administrators and auditors in a real browser: used as people use them, by day, by night, in English."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from browser.opened import objections
from browser.served_city import ServedCity
from playwright.sync_api import Browser, Page

from license_lib.accounts import Department, Role
from license_lib.accounts.one_time import SECONDS, password_of
from license_lib.accounts.opening import Accounts
from license_lib.authority import Authority, now
from license_lib.repository.entries import UsageKind, Use

MARKET = Department("market", "白银市市场监督管理局（样例）")
LONG = "甘肃省白银市白银区高新技术产业开发区样例国际商贸物流中心食品经营许可新办" + "x" * 60
PASSWORD = "purple-ladder-seven-clouds"  # noqa: S105 -- of nobody
SEED = bytes(range(20))
WIDE = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def accounts(city: ServedCity) -> Iterator[Accounts]:
    with Accounts.open(city.settings, now) as opened:
        opened.staff.add_department(MARKET)
        hashed = opened.passwords.hashed(PASSWORD)
        for login, roles in (("boss", list(Role)), ("chen.jie", [Role.ADMINISTRATOR]), ("li.wei", [Role.STAFF])):
            opened.staff.add(login, "李伟", "market", roles, password=hashed)
        opened.staff.enrol("boss", SEED, 0)
        yield opened


@pytest.fixture(scope="module")
def trail(city: ServedCity) -> int:
    """A trail of 120 looks, one of which is the one that is looked for; its place in the log."""
    at = datetime.now(UTC) - timedelta(hours=2)
    with Authority(city.settings) as authority:
        usage, name = authority.repository.usage, next(authority.repository.iterate()).identifier
        for number in range(120):
            use = Use(actor=f"clerk.{number % 7}", body=MARKET.name, purpose="设立登记", item="000131001000")
            usage.record(UsageKind.LOOK, [name], use, at=at)
        use = Use(actor="li.wei", body=MARKET.name, purpose=LONG, case_number="2026-4711")
        (one,) = usage.record(UsageKind.VERIFY, [name], use, at=at, outcome="NOT_GENUINE")
    return one.sequence


@contextmanager
def signed_in(browser: Browser, city: ServedCity, accounts: Accounts) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]  # a dict is what it takes
    secret = accounts.sessions.begin("boss", complete=True)
    context.add_cookies([{"name": "session", "value": secret, "url": city.url, "httpOnly": True, "sameSite": "Lax"}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    assert errors == []
    context.close()


@pytest.fixture
def page(browser: Browser, city: ServedCity, accounts: Accounts) -> Iterator[Page]:
    with signed_in(browser, city, accounts) as opened:
        yield opened


def test_an_auditor_finds_one_look_by_what_is_known_of_it(page: Page, city: ServedCity, trail: int) -> None:
    page.goto(f"{city.url}/account")
    page.click("text=用证审计")
    assert "点“查询”" in page.inner_text("main")
    page.click("button:has-text('查询')")
    assert page.locator(".trail tbody tr").count() == 50
    assert page.locator("tr.false").count() == 1
    page.click("text=下一页")
    page.click("text=下一页")
    assert "已到最后" in page.inner_text("main")
    assert page.locator(".trail tbody tr").count() >= 21
    page.fill("#about", "2026-4711")
    page.press("#about", "Enter")
    assert page.locator(".trail tbody tr").count() == 1
    assert page.locator("tr.false").count() == 1
    assert page.inner_text("td.number") == str(trail)
    page.click("td a:has-text('li.wei')")
    assert page.input_value("#actor") == "li.wei"
    page.fill("#about", "无此事项")
    page.press("#about", "Enter")
    assert "没有符合条件的记录" in page.inner_text("main")


def test_what_was_found_is_taken_home_as_a_file(page: Page, city: ServedCity, trail: int, tmp_path: Path) -> None:
    page.goto(f"{city.url}/audit?purpose=审计&about=2026-4711")
    with page.expect_download() as expected:
        page.click("text=CSV")
    path = tmp_path / expected.value.suggested_filename
    expected.value.save_as(path)
    assert path.name == "usage.csv"
    heading, row = path.read_bytes().decode("utf-8-sig").splitlines()
    assert heading.startswith("日志序号,时间（北京）")
    assert row.startswith(f"{trail},")


def test_an_administrator_adds_a_person_who_signs_in(
    page: Page, browser: Browser, city: ServedCity, accounts: Accounts
) -> None:
    page.goto(f"{city.url}/account")
    page.click("text=系统管理")
    page.click("text=增设人员账户")
    page.fill("#new-login", "zhao.lei")
    page.fill("#new-name", "赵磊")
    page.click("text=增设，并显示一次口令")
    password = page.inner_text(".secret code")
    assert page.evaluate("getComputedStyle(document.querySelector('.once')).borderTopWidth") == "2px", "with its styles"
    page.goto(f"{city.url}/admin")
    assert password not in page.content()
    assert "zhao.lei" in page.inner_text("main")
    other = browser.new_context().new_page()
    other.goto(f"{city.url}/sign-in")
    other.fill("[name=login]", "zhao.lei")
    other.fill("[name=password]", password)
    other.press("[name=password]", "Enter")
    other.wait_for_url("**/second-factor*")
    page.click("summary[aria-label='变更 zhao.lei']")
    page.click("tr:has-text('zhao.lei') button.danger")
    page.wait_for_url("**/admin#changes")
    assert "已停用" in page.inner_text("tr:has(summary[aria-label='变更 zhao.lei'])")
    other.reload()
    assert "/sign-in" in other.url
    other.context.close()
    assert [one.subject for one in accounts.changes.newest(2)] == ["zhao.lei", "zhao.lei"]
    own = page.inner_text("tr:has(.which:text-is('boss'))")
    assert "由其他管理员变更" in own


def test_a_second_factor_is_asked_for_and_checked(browser: Browser, city: ServedCity, accounts: Accounts) -> None:
    assert accounts
    page = browser.new_context().new_page()
    page.goto(f"{city.url}/sign-in?next=/admin")
    page.fill("[name=login]", "boss")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", password_of(SEED, int(datetime.now(UTC).timestamp()) // SECONDS).decode())
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/admin")
    assert "运行状况" in page.inner_text("main")
    page.context.close()


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/admin", "/audit", "/audit?purpose=x"])
def test_everybody_can_use_them(
    page: Page, city: ServedCity, trail: int, path: str, lang: str, light: Literal["light", "dark"]
) -> None:
    """axe-core finds nothing to object to; nothing is wider than the screen, at 1366 and at 125 %."""
    assert trail
    page.emulate_media(color_scheme=light)
    page.goto(f"{city.url}{path}{'&' if '?' in path else '?'}lang={lang}")
    for summary in page.locator("section > details > summary").all():
        summary.click()
    assert objections(page) == []
    for width in (1366, 1093):
        page.set_viewport_size({"width": width, "height": 614})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

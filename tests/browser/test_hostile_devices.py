"""Browsers that keep nothing, have no room, or break; and addresses that hold something else than a code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.opened import Opened, opened
from browser.served_city import ServedCity
from playwright.sync_api import Browser, sync_playwright

NO_ROOM = """if (self.caches) { // on the blank page before there is none
    CacheStorage.prototype.has = () => Promise.resolve(true);
    Cache.prototype.put = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
}"""
NO_QUESTIONS = "Object.defineProperty(window, 'caches', { get() { throw new DOMException('no', 'SecurityError'); } });"
BROKEN = "if (crypto.subtle) crypto.subtle.verify = () => Promise.reject(new Error('out of order'));"


@pytest.fixture
def page(browser: Browser, city: ServedCity) -> Iterator[Opened]:
    with opened(browser, city.url) as one:
        yield one


def test_a_browser_that_lets_no_site_keep_anything_judges(chromium: str, city: ServedCity, tmp_path: Path) -> None:
    """As Chromium's own setting "block all cookies" does: the very question whether something is kept is an error."""
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path), executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = Opened(context.new_page(), context, city.url)
        page.page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.open(city.codes["good"])
        assert page.page.evaluate("caches.has('x').catch(error => error.name)") == "SecurityError"
        assert page.outcome()[0] == "IN_FORCE"
        context.close()


@pytest.mark.parametrize("device", [NO_ROOM, NO_QUESTIONS], ids=["no-room", "no-questions"])
def test_where_nothing_can_be_kept_the_page_judges_by_the_network(page: Opened, city: ServedCity, device: str) -> None:
    page.context.add_init_script(device)
    page.open(city.codes["good"])
    assert page.outcome()[0] == "IN_FORCE"


def test_a_page_that_breaks_says_so_and_offers_the_server(page: Opened, city: ServedCity) -> None:
    page.context.add_init_script(BROKEN)
    page.open(city.codes["good"])
    page.wait("#result", "未能核验")
    assert "不代表证照无效" in page.seen("#result")
    assert page.errors == ["out of order"], "who looks at the console is told"
    page.errors.clear()
    page.page.click("#hand-in")
    assert page.outcome()[0] == "IN_FORCE"


@pytest.mark.parametrize("fragment", ["garbage", "%31%32%33", "1&appinstall=0", "0" * 15, "9" * 1_000_000])
def test_no_answer_stands_under_another_address(page: Opened, city: ServedCity, fragment: str) -> None:
    page.open(city.codes["good"])
    assert page.outcome()[0] == "IN_FORCE"
    page.page.evaluate("hash => { location.hash = hash; }", fragment)
    page.page.wait_for_selector('[data-code="qr.foreign"]')
    assert page.outcome() == ("UNDETERMINED", {"qr.foreign"})
    page.page.evaluate("() => { location.hash = ''; }")
    page.page.wait_for_selector("[data-outcome]", state="detached")
    assert page.seen("#status") == ""


def test_a_place_on_the_page_is_no_code(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["good"])
    assert page.outcome()[0] == "IN_FORCE"
    page.page.evaluate("() => { location.hash = 'main'; }")
    page.page.wait_for_timeout(200)
    assert page.outcome()[0] == "IN_FORCE"

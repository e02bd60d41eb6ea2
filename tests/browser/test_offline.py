"""An inspector without a network: the page is kept, and judges by what it has, as long as that is not too old."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser.film import jpeg, photographed
from browser.opened import Opened, opened
from browser.served_city import ServedCity
from playwright.sync_api import Browser

HOUR = timedelta(hours=1)


@pytest.fixture
def page(browser: Browser, city: ServedCity) -> Iterator[Opened]:
    """A page that was kept, and then lost its network."""
    with opened(browser, city.url) as one:
        one.page.goto(one.url)
        keep(one)
        one.context.set_offline(True)
        yield one


def keep(page: Opened) -> None:
    page.page.click("#keep")
    page.page.wait_for_selector("#forget", state="visible")
    page.wait("#keeping-words", "已存到本机")


def later(page: Opened, time: timedelta) -> None:
    """The device's clock goes on."""
    page.page.clock.set_fixed_time(datetime.now(UTC) + time)


def test_a_kept_page_judges_without_a_network(page: Opened, city: ServedCity) -> None:
    for name, outcome in (("good", "IN_FORCE"), ("revoked", "NOT_IN_FORCE"), ("suspended", "NOT_IN_FORCE")):
        page.open(city.codes[name])
        assert page.outcome()[0] == outcome
        assert "存于本机" in page.seen("#result")
    assert "信任名单" in page.seen("#kept")
    assert "状态名单 1" in page.seen("#kept")


def test_a_kept_page_scans_without_a_network(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.choose("#photo", "photo.jpg", "image/jpeg", jpeg(photographed(city.pdf)))
    assert page.outcome()[0] == "IN_FORCE"


def test_what_is_known_grows_old(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["good"])
    later(page, 23 * HOUR)
    page.type(city.codes["good"])
    page.wait("#result", "23 小时前")
    assert page.outcome()[0] == "IN_FORCE"
    for time, reason in ((25 * HOUR, "status.list-stale"), (8 * 24 * HOUR, "trust.stale")):
        later(page, time)
        page.type(city.codes["good"])
        page.page.wait_for_selector(f'[data-code="{reason}"]')
        assert page.outcome()[0] == "UNDETERMINED"
    later(page, 25 * HOUR)
    page.type(city.code(valid_until=(datetime.now(UTC) - 48 * HOUR).date()))
    page.page.wait_for_selector('[data-code="validity.expired"]')
    assert page.outcome()[0] == "NOT_IN_FORCE", "what has expired is not saved by a list that is too old"


def test_a_clock_that_goes_back_proves_nothing(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["good"])
    later(page, -HOUR)
    page.type(city.codes["good"])
    page.page.wait_for_selector('[data-outcome="UNDETERMINED"]')


def test_with_a_network_again_the_newest_counts_and_an_older_one_never(page: Opened, city: ServedCity) -> None:
    """A server that gives an older list again does not undo what is known of a revocation."""
    before = city.status_list.read_bytes()
    page.context.set_offline(False)
    city.status_list.write_bytes(city.signed_status_list(datetime.now(UTC) - 2 * HOUR))
    try:
        page.open(city.codes["revoked"])
        assert page.outcome()[0] == "NOT_IN_FORCE"
        city.status_list.write_bytes(city.signed_status_list(datetime.now(UTC)))
        page.open(city.codes["revoked"])
        page.page.wait_for_selector('[data-outcome="IN_FORCE"]')
    finally:
        city.status_list.write_bytes(before)
    page.context.set_offline(True)
    page.open(city.codes["revoked"])
    assert page.outcome()[0] == "IN_FORCE", "the newer list was kept"


def test_a_failed_update_leaves_what_was_kept(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.page.click("#keep")
    page.wait("#keeping-words", "未能更新")
    page.open(city.codes["good"])
    assert page.outcome()[0] == "IN_FORCE"


def test_what_is_kept_can_be_deleted(page: Opened) -> None:
    page.page.goto(page.url)
    page.page.click("#forget")
    page.page.wait_for_selector("#forget", state="hidden")
    page.wait("#keeping-words", "删除")
    assert page.page.evaluate("caches.keys()") == []
    assert page.page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0


def test_nothing_that_is_kept_says_whose_licence_was_looked_at(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["good"])
    page.outcome()
    kept = page.page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(one => one.keys()))))"
        ".then(all => [].concat(...all).map(request => request.url))"
    )
    assert len(kept) > 20
    assert not any(city.codes["good"].partition("#")[2][:20] in url for url in kept)
    names = {Path(url).name for url in kept}
    assert {"trust-list", "status-1", "page.mjs", "zxing_reader.wasm"} <= names


def test_without_a_network_and_without_evidence_the_page_does_not_guess(browser: Browser, city: ServedCity) -> None:
    with opened(browser, city.url) as page:
        page.page.goto(page.url)
        page.context.set_offline(True)
        page.type(city.codes["good"])
        assert page.outcome() == ("UNDETERMINED", {"trust.unknown"})

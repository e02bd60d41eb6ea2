"""An offline bundle taken from a file, or from the site: judged by without a network, as long as it is not too old."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browser.opened import Opened, opened
from browser.served_city import ServedCity
from playwright.sync_api import Browser

from license_lib.bundle import Bundle, Kind
from license_lib.bundle.making import make_bundle
from license_lib.publishing.folder import BUNDLE, MANIFESTS, PublicFolder
from license_lib.trust_list import open_list

HOUR = timedelta(hours=1)
VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "bundles"


@pytest.fixture
def page(browser: Browser, city: ServedCity) -> Iterator[Opened]:
    """A page that was opened once, keeps nothing, and lost its network."""
    with opened(browser, city.url) as one:
        one.page.goto(one.url)
        one.context.set_offline(True)
        yield one


def made(city: ServedCity, *, before: Bundle | None = None, states: bytes | None = None) -> Bundle:
    """What the city publishes, in a bundle; or with another status list."""
    document = city.trust_list.read_bytes()
    contents = {
        (Kind.TRUST_LIST, open_list(document).list.list_id): document,
        (Kind.STATUS_LIST, f"{city.settings.public_url}/status/1"): states or city.status_list.read_bytes(),
    }
    signed = before.signed if before else None
    return make_bundle(contents, signer=city.credential("status"), before=signed, at=datetime.now(UTC))


def take(page: Opened, data: bytes) -> None:
    page.page.eval_on_selector("#keeping-words", "each => { each.textContent = ''; }")
    page.choose("#bundle", "city.bundle", "application/octet-stream", data)


def judge(page: Opened, text: str, code: str = "") -> tuple[str, set[str]]:
    page.page.eval_on_selector("#result", "each => { each.textContent = ''; }")
    page.type(text)
    if code:
        page.page.wait_for_selector(f'[data-code="{code}"]')
    return page.outcome()


def test_a_bundle_from_a_file_is_all_that_is_needed(page: Opened, city: ServedCity) -> None:
    assert judge(page, city.codes["good"]) == ("UNDETERMINED", {"trust.unknown"})
    take(page, made(city).encoded())
    page.wait("#keeping-words", "已取用离线包")
    assert "离线包：" in page.seen("#kept")
    assert "含状态名单 1 份" in page.seen("#kept")
    for name, outcome in (("good", "IN_FORCE"), ("revoked", "NOT_IN_FORCE"), ("suspended", "NOT_IN_FORCE")):
        assert judge(page, city.codes[name])[0] == outcome
        assert "来自离线包" in page.seen("#result")
    of_another_city = json.loads((VECTORS.parent / "codes" / "ordinary" / "case.json").read_text("utf-8"))["text"]
    assert judge(page, of_another_city) == ("UNDETERMINED", {"qr.unknown-key"})


def test_a_bundle_grows_old(page: Opened, city: ServedCity) -> None:
    take(page, made(city).encoded())
    page.wait("#keeping-words", "已取用离线包")
    page.page.clock.set_fixed_time(datetime.now(UTC) + 23 * HOUR)
    assert judge(page, city.codes["good"])[0] == "IN_FORCE"
    assert "23 小时前制作" in page.seen("#result")
    page.page.clock.set_fixed_time(datetime.now(UTC) + 25 * HOUR)
    outcome, codes = judge(page, city.codes["good"], "bundle.stale")
    assert (outcome, "bundle.stale" in codes) == ("UNDETERMINED", True)
    page.page.clock.set_fixed_time(datetime.now(UTC) - HOUR)
    outcome, codes = judge(page, city.codes["good"])
    assert outcome == "UNDETERMINED"


def test_what_is_no_bundle_of_the_city_is_refused_and_says_why(page: Opened, city: ServedCity) -> None:
    good = made(city)
    newer = made(city, before=good, states=city.signed_status_list(datetime.now(UTC)))
    stranger = (VECTORS / "an-ordinary-one" / "file.bundle").read_bytes()
    take(page, newer.encoded())
    page.wait("#keeping-words", "已取用离线包")
    for data, reason in (
        (b"this is no bundle", "不是正确的离线包"),
        (good.encoded()[:-1], "不是正确的离线包"),
        (stranger, "签发者不符"),
        (good.encoded(), "比已有的旧"),
        (good.since(newer.signed).encoded(), "比已有的旧"),
        (newer.since(good.signed).encoded(), "不对应"),
    ):
        take(page, data)
        page.wait("#keeping-words", reason)
    assert judge(page, city.codes["revoked"])[0] == "IN_FORCE", "the newer list, which says nothing of it, still counts"


def test_a_delta_leads_on(page: Opened, city: ServedCity) -> None:
    good = made(city)
    newer = made(city, before=good, states=city.signed_status_list(datetime.now(UTC)))
    take(page, good.encoded())
    page.wait("#keeping-words", "已取用离线包")
    assert judge(page, city.codes["revoked"])[0] == "NOT_IN_FORCE"
    take(page, newer.since(good.signed).encoded())
    page.wait("#keeping-words", "已取用离线包")
    assert judge(page, city.codes["revoked"])[0] == "IN_FORCE"


def test_a_bundle_beside_newer_lists_of_the_site(page: Opened, city: ServedCity) -> None:
    """An older bundle hides nothing that the site says."""
    take(page, made(city, states=city.signed_status_list(datetime.now(UTC) - 2 * HOUR)).encoded())
    page.wait("#keeping-words", "已取用离线包")
    assert judge(page, city.codes["revoked"])[0] == "IN_FORCE"
    page.context.set_offline(False)
    assert judge(page, city.codes["revoked"], "status.invalid")[0] == "NOT_IN_FORCE"
    page.context.set_offline(True)
    assert judge(page, city.codes["revoked"], "status.invalid")[0] == "NOT_IN_FORCE", "and that was kept"


def test_the_site_gives_its_bundle_and_then_what_leads_on(browser: Browser, city: ServedCity) -> None:
    good = made(city)
    newer = made(city, before=good, states=city.signed_status_list(datetime.now(UTC)))
    with opened(browser, city.url) as page:
        page.page.goto(page.url)
        publish(city, good)
        keep(page, "已存到本机")
        assert "/status/1" not in page.asked(), "all of it stands in the bundle"
        publish(city, newer)
        keep(page, "已存到本机")
        bundles = [path for path in page.asked() if path.startswith("/bundle")]
        assert bundles == ["/bundle", f"/bundle/since/{good.signed.sha256.hex()}"]
        page.context.set_offline(True)
        page.open(city.codes["revoked"])
        assert page.outcome()[0] == "IN_FORCE", "as the newer one says"
        assert "来自离线包" in page.seen("#result")


def test_a_site_that_gives_an_older_bundle_again_is_refused(browser: Browser, city: ServedCity) -> None:
    """Whoever can replace the published files cannot make a device forget."""
    ended = made(city)
    replayed = made(city, states=city.signed_status_list(datetime.now(UTC) - HOUR))
    newer = made(city, before=ended)
    with opened(browser, city.url) as page:
        page.page.goto(page.url)
        publish(city, newer)
        keep(page, "已存到本机")
        publish(city, replayed)
        keep(page, "比已有的旧")
        page.context.set_offline(True)
        page.open(city.codes["revoked"])
        assert page.outcome()[0] == "NOT_IN_FORCE"


def publish(city: ServedCity, bundle: Bundle) -> None:
    """Put a bundle where `license publish` puts it."""
    folder = PublicFolder(city.settings.public_folder)
    folder.write(f"{MANIFESTS}/{bundle.signed.sha256.hex()}", bundle.signed.message)
    folder.write(BUNDLE, bundle.encoded())


def keep(page: Opened, words: str) -> None:
    page.page.eval_on_selector("#keeping-words", "each => { each.textContent = ''; }")
    page.page.click("#keep")
    page.wait("#keeping-words", words)

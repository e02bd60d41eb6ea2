"""The counter in Chromium: by account and by provider, keyboard-scanner, camera and file; and without a network."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser.film import SIZE, film, jpeg, photographed
from browser.opened import Opened, browsing, objections, opened
from browser.served_city import CAUSE, KEYS_MADE
from counter_home import ITEM, ITEMS
from integration.served_process import free_port, served_home
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Route, expect
from support import PASSPHRASE, example_request

from license_lib.accounts import Department, Role
from license_lib.accounts.opening import Accounts
from license_lib.authority import Authority, now
from license_lib.issuing import Issued
from license_lib.lifecycle import EventKind
from license_lib.qr import scan_file
from license_lib.repository.entries import Usage
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import FILE_NAME, Settings

CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
LOGIN, PASSWORD = "li.wei", "purple-ladder-seven-clouds"
SMALL = {"width": 1366, "height": 768}
ZOOMED = {"width": 1093, "height": 614}
"""1366 x 768 at 125 %, in the pixels of style sheets."""
_PROVIDER = """
import json, sys
from oidc_provider_mock import User, run_server_in_thread
claims = {"name": "王芳", "preferred_username": "wang.fang", "dept": "0012", "groups": ["counter"]}
with run_server_in_thread(user_claims=[User(sub="42", claims=claims)], require_nonce=True) as server:
    print(f"http://localhost:{server.server_port}", flush=True)
    sys.stdin.read()
"""
_RULES = """
[sign_in]
second_factor = false

[sign_in.oidc]
issuer = "{issuer}"
client_id = "license"
client_secret_file = "oidc-secret"
department = "dept"
roles = "groups"
departments = {{ "0012" = "market" }}
role_names = {{ "counter" = "staff" }}
"""


_GIVEN = """([bytes, kind]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], "photo.jpg", { type: "image/jpeg" }));
    document.body.dispatchEvent(kind === "paste"
        ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true }));
}"""
_KEPT = """Promise.all([indexedDB.databases(), caches.keys()]).then(
    (all) => [...all.flat(), ...Object.keys(localStorage), ...Object.keys(sessionStorage)].length)"""


@dataclass(frozen=True)
class Counter:
    """A service with a clerk, and licences: in force, revoked, forged, and one that nobody here issued."""

    url: str
    settings: Settings
    log: Path
    good: Issued
    revoked: Issued
    stranger: bytes

    @property
    def forged(self) -> bytes:
        changed = bytearray(self.good.pdf)
        changed[len(changed) // 3] ^= 1
        return bytes(changed)

    @property
    def code(self) -> str:
        return scan_file(self.good.pdf)[0]

    def trail(self) -> list[Usage]:
        with Authority(self.settings) as authority:
            return [one for one in authority.repository.usage.after(0, 10_000) if one.use.place == "counter"]


@contextmanager
def identity_provider() -> Iterator[str]:
    import subprocess

    command = [sys.executable, "-W", "ignore", "-c", _PROVIDER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    home, port = tmp_path_factory.mktemp("counter"), free_port()
    with identity_provider() as issuer:
        initialise(home)
        with (home / FILE_NAME).open("a", encoding="utf-8") as rules:
            rules.write(_RULES.format(issuer=issuer))
        (home / "oidc-secret").write_text("secret", encoding="utf-8")
        (home / "service_items.toml").write_text(ITEMS, encoding="utf-8")
        settings = Settings.load(home)
        create_development_keys(settings, PASSPHRASE, at=KEYS_MADE)
        with Authority(settings, passphrase=PASSPHRASE) as authority:
            good, revoked = (
                authority.issue(example_request(key)) for key in ("business-license", "food-business-permit")
            )
            authority.record(revoked.identifier, EventKind.REVOKE, CAUSE)
        elsewhere = initialise(tmp_path_factory.mktemp("elsewhere"))
        create_development_keys(elsewhere, PASSPHRASE, at=KEYS_MADE)
        with Authority(elsewhere, passphrase=PASSPHRASE) as other:
            stranger = other.issue(example_request("business-license")).pdf
        with Accounts.open(settings, now) as accounts:
            accounts.staff.add_department(Department("market", "白银市市场监督管理局（样例）"))
            accounts.staff.add(LOGIN, "李伟", "market", [Role.STAFF], password=accounts.passwords.hashed(PASSWORD))
        with served_home(home, port) as (_, client, log):
            yield Counter(str(client.base_url).rstrip("/"), settings, log, good, revoked, stranger)


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory, counter: Counter) -> Iterator[Browser]:
    desk = Image.new("RGB", SIZE, (92, 86, 78))
    seen = film(tmp_path_factory.mktemp("film") / "seen.mjpeg", [desk, photographed(counter.good.pdf, angle=2.0)])
    with browsing(chromium, *CAMERA, f"--use-file-for-fake-video-capture={seen}") as running:
        yield running


@pytest.fixture
def page(browser: Browser, counter: Counter) -> Iterator[Opened]:
    with opened(browser, counter.url, permissions=["camera"]) as one:
        one.page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
        sign_in(one)
        yield one
        assert one.errors == []


def sign_in(one: Opened, lang: str = "zh") -> None:
    one.page.goto(f"{one.url}/sign-in?next=/counter")
    one.page.fill("#login", LOGIN)
    one.page.fill("#password", PASSWORD)
    one.page.press("#password", "Enter")
    one.page.wait_for_selector("#entry")
    one.page.goto(f"{one.url}/counter?lang={lang}")
    one.page.wait_for_selector(".verdict.empty")


def begin(one: Opened, case: str = "2026-1") -> None:
    """Set the case, by keyboard alone."""
    one.page.focus("#item")
    one.page.fill("#item", f"食品(含保健食品)经营许可核发 {ITEM}")
    one.page.dispatch_event("#item", "change")
    assert one.page.input_value("#purpose") == "办理食品(含保健食品)经营许可核发"
    one.page.fill("#case-number", case)
    one.page.focus("#entry")


def scan(one: Opened, text: str, into: str = "") -> None:
    """As a keyboard scanner does: a burst of keys wherever the cursor is, and Enter."""
    if into:
        one.page.focus(into)
    one.page.keyboard.type(text)
    one.page.keyboard.press("Enter")


def give(one: Opened, name: str, media_type: str, data: bytes) -> None:
    one.page.set_input_files("#file", files=FilePayload(name=name, mimeType=media_type, buffer=data))


def verdict(one: Opened, outcome: str) -> None:
    one.page.wait_for_selector(f"#verdict [data-outcome={outcome}]")
    assert one.errors == []


def test_somebody_signs_in_by_their_provider(browser: Browser, counter: Counter) -> None:
    with opened(browser, counter.url) as one:
        one.page.goto(f"{one.url}/counter")
        one.page.click("text=用统一身份认证登录")
        one.page.fill("input[name=sub]", "42")
        one.page.click("button, input[type=submit]")
        one.page.wait_for_selector("#entry")
        assert one.page.url.startswith(f"{one.url}/counter")
        assert "王芳" in one.seen("header")


def test_nothing_is_looked_at_without_item_and_purpose(page: Opened, counter: Counter) -> None:
    before = len(counter.trail())
    scan(page, counter.code, "#entry")
    page.wait("#notice", "请先选择事项")
    assert page.page.evaluate("document.activeElement.id") == "item"
    assert page.page.input_value("#entry") == counter.code, "it need not be scanned again"
    assert len(counter.trail()) == before
    assert not [made for made in page.requests if made.method == "POST" and made.path == "/counter/look"]


def test_a_good_one_by_keyboard_scanner_in_every_state_of_the_keyboard(page: Opened, counter: Counter) -> None:
    begin(page)
    scan(page, counter.code)
    verdict(page, "IN_FORCE")
    assert "真实有效" in page.seen("#verdict .headline")
    page.page.wait_for_selector("#face canvas[data-drawn]")
    for typed in (counter.code.lower(), counter.code.replace("#", "")):
        page.page.keyboard.press("F2")
        page.page.keyboard.press("Alt+l")
        scan(page, typed, "#entry")
        verdict(page, "IN_FORCE")
    page.page.focus("#materials-panel")  # the cursor is somewhere else
    scan(page, counter.code)
    expect(page.page.locator("#results li")).to_have_count(2)
    scan(page, counter.code, "#purpose")
    expect(page.page.locator("#results li")).to_have_count(3)
    assert page.page.input_value("#purpose") == "办理食品(含保健食品)经营许可核发", "what a scanner typed there is gone"
    scan(page, counter.code[:200], "#entry")
    page.wait("#verdict", "二维码扫描不完整")
    assert page.page.query_selector("#verdict [data-outcome]") is None
    secret = counter.code.partition("#")[2][:30]
    assert secret not in counter.log.read_text(encoding="utf-8")
    assert not any(secret in made.url for made in page.requests)


def test_revoked_forged_and_unknown_by_file(page: Opened, counter: Counter) -> None:
    begin(page)
    give(page, "许可证.pdf", "application/pdf", counter.revoked.pdf)
    verdict(page, "NOT_IN_FORCE")
    assert "撤销" in page.seen("#verdict")
    give(page, "a.pdf", "application/pdf", counter.forged)
    verdict(page, "NOT_GENUINE")
    assert page.page.query_selector("#face canvas") is None
    give(page, "a.pdf", "application/pdf", counter.stranger)
    verdict(page, "UNDETERMINED")
    assert page.page.locator("#results li").count() == 3
    page.page.keyboard.press("Alt+1")
    verdict(page, "NOT_IN_FORCE")
    page.page.click("#tab-history")
    page.wait("#history", "撤销")


def test_paper_before_the_camera_is_compared_by_eye(page: Opened, counter: Counter) -> None:
    begin(page)
    page.page.keyboard.press("F8")
    page.page.wait_for_selector(".verdict.compare", timeout=90_000)
    assert not page.page.is_visible("#video")
    page.page.wait_for_selector(".compared canvas[data-drawn]")
    assert "白银市样例商贸有限公司" in page.seen("#face").replace("\n", "")
    page.page.keyboard.press("Alt+y")
    verdict(page, "IN_FORCE")
    assert page.page.is_visible(".compared"), "what was compared stays in sight"
    assert [one.outcome for one in counter.trail() if one.outcome][-2:] == ["UNDETERMINED", "IN_FORCE"]
    page.page.keyboard.press("Alt+n")
    verdict(page, "IN_FORCE")


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_photo_that_is_dropped_or_pasted(page: Opened, counter: Counter, how: str) -> None:
    begin(page)
    page.page.evaluate(_GIVEN, [list(jpeg(photographed(counter.good.pdf, angle=2.0))), how])
    page.page.wait_for_selector(".verdict.compare", timeout=90_000)


def test_a_number_materials_and_a_report(page: Opened, counter: Counter) -> None:
    holder = counter.good.license.holders[0].number
    begin(page, "2026-77")
    scan(page, holder.lower(), "#entry")
    page.page.wait_for_selector("#verdict .found")
    assert page.page.input_value("#applicants") == holder.lower()
    page.wait("#materials", "还差 2 项必需材料")
    assert page.page.get_attribute("#materials li", "data-answer-of") == "present"
    page.page.keyboard.press("Enter")  # the first of the list has the focus
    verdict(page, "IN_FORCE")
    assert "可作为“主体资格证明”" in page.seen("#verdict")
    page.page.keyboard.press("F4")
    page.wait("#notice", "已存入案卷")
    with page.context.expect_page() as shown:
        page.page.click("#reports a")
    address = shown.value.url
    assert re.fullmatch(rf"{page.url}/counter/reports/\d+", address)
    answer = page.context.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
    page.page.click("#tab-queue")
    page.wait("#queue", "2026-77")
    assert holder not in " ".join(made.url for made in page.requests) + counter.log.read_text(encoding="utf-8")


def test_the_network_drops_for_a_while(page: Opened, counter: Counter) -> None:
    begin(page)
    scan(page, counter.code)
    verdict(page, "IN_FORCE")
    before = len([one for one in counter.trail() if one.outcome])
    page.context.set_offline(offline=True)
    scan(page, scan_file(counter.revoked.pdf)[0])
    scan(page, counter.code)
    page.wait("#verdict", "尚未核验")
    expect(page.page.locator("#pending li")).to_have_count(2)
    assert page.page.query_selector("#verdict [data-outcome]") is None, "nothing shows as verified"
    assert page.page.query_selector("#face canvas") is None
    assert "尚未核验" in page.seen("#live")
    page.page.keyboard.press("F2")
    page.wait("#notice", "还有尚未核验的内容")
    kept = page.page.evaluate(_KEPT)
    assert kept == 0, "only this page's memory has it"
    page.context.set_offline(offline=False)
    expect(page.page.locator("#results li")).to_have_count(3, timeout=30_000)
    verdict(page, "IN_FORCE")
    outcomes = [one.outcome for one in counter.trail() if one.outcome][before:]
    assert outcomes == ["NOT_IN_FORCE", "IN_FORCE"], "in order, each once"


def test_an_answer_that_was_lost_is_not_a_second_check(page: Opened, counter: Counter) -> None:
    begin(page)
    before = len([one for one in counter.trail() if one.outcome])
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        route.fetch()  # it arrives and is answered
        lost.append("answer")
        route.abort()

    page.page.route("**/counter/look", lose)
    scan(page, counter.code)
    verdict(page, "IN_FORCE")
    assert lost == ["answer"]
    assert len([one for one in counter.trail() if one.outcome]) == before + 1


def test_the_session_ends_and_what_was_typed_stays(page: Opened, counter: Counter) -> None:
    begin(page)
    page.context.clear_cookies()
    scan(page, counter.code)
    page.wait("#verdict", "登录已结束")
    expect(page.page.locator("#pending li")).to_have_count(1)
    beside = page.context.new_page()
    beside.goto(f"{page.url}/sign-in")
    beside.fill("#login", LOGIN)
    beside.fill("#password", PASSWORD)
    beside.press("#password", "Enter")
    beside.wait_for_selector("h1")
    page.page.click("#go-on")
    verdict(page, "IN_FORCE")


def test_the_next_applicant_finds_nothing_of_the_one_before(page: Opened, counter: Counter) -> None:
    begin(page)
    give(page, "a.pdf", "application/pdf", counter.good.pdf)
    verdict(page, "IN_FORCE")
    page.page.keyboard.press("Alt+m")
    page.page.wait_for_selector("#materials [data-answer-of]")
    page.page.keyboard.press("F2")
    page.page.wait_for_selector(".verdict.empty")
    for name in ("#item", "#purpose", "#case-number", "#applicants", "#entry"):
        assert page.page.input_value(name) == ""
    holder = counter.good.license.holders[0].name
    assert holder not in page.page.inner_text("body")
    assert holder not in page.seen("#live")
    assert page.page.title() == "窗口核验 Counter"
    assert page.page.url in {f"{page.url}/counter", f"{page.url}/counter?lang=zh"}


@pytest.mark.parametrize(("size", "lang"), [(SMALL, "zh"), (ZOOMED, "zh"), (SMALL, "en"), (ZOOMED, "en")])
def test_one_screen_and_a_verdict_that_fills_a_third_of_it(
    browser: Browser, counter: Counter, size: dict[str, int], lang: str
) -> None:
    with opened(browser, counter.url) as one:
        one.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        sign_in(one, lang)
        begin(one)
        scan(one, counter.code)
        verdict(one, "IN_FORCE")
        whole = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert one.page.evaluate(whole) == [size["width"], size["height"]]
        box = one.page.locator("#verdict").bounding_box()
        assert box is not None
        assert box["width"] * box["height"] > size["width"] * size["height"] * 0.3
        letters = one.page.eval_on_selector("#verdict .headline", "each => parseFloat(getComputedStyle(each).fontSize)")
        assert letters >= 38, "to be read from two metres"
        assert one.page.evaluate(
            "document.querySelector('#verdict').scrollHeight <= document.querySelector('#verdict').clientHeight"
        )


def test_nothing_serious_for_axe(page: Opened, counter: Counter) -> None:
    assert objections(page.page) == []
    page.page.click("#keys-button")
    assert objections(page.page) == []
    page.page.keyboard.press("Escape")
    begin(page)
    scan(page, counter.code)
    verdict(page, "IN_FORCE")
    page.page.keyboard.press("Alt+m")
    page.page.wait_for_selector("#materials [data-answer-of]")
    assert objections(page.page) == []
    give(page, "a.pdf", "application/pdf", counter.forged)
    verdict(page, "NOT_GENUINE")
    assert objections(page.page) == []
    give(page, "photo.jpg", "image/jpeg", jpeg(photographed(counter.good.pdf, angle=2.0)))
    page.page.wait_for_selector(".verdict.compare", timeout=90_000)
    assert objections(page.page) == []
    page.page.goto(f"{page.url}/counter-shift")
    assert objections(page.page) == []


def test_what_a_file_is_called_stays_text(page: Opened, counter: Counter) -> None:
    begin(page, "<img src=x onerror=alert(1)>")
    give(page, "<img src=x onerror=document.title=1>.pdf", "application/pdf", counter.good.pdf)
    verdict(page, "IN_FORCE")
    page.page.keyboard.press("F4")
    page.wait("#notice", "已存入案卷")
    assert page.page.title() == "窗口核验 Counter"
    assert page.page.query_selector("main img") is None


def test_the_language_changes_without_losing_anything(page: Opened, counter: Counter) -> None:
    begin(page)
    scan(page, counter.code)
    verdict(page, "IN_FORCE")
    page.page.click("#language")
    assert "Genuine and in force" in page.seen("#verdict")
    assert page.page.get_attribute("html", "lang") == "en"
    assert page.page.input_value("#case-number") == "2026-1"

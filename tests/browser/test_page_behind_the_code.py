"""What somebody sees whose phone opened the address in a QR: the page and its script in a real browser."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from browser.opened import Opened, objections, opened
from browser.served_city import NOW, ServedCity
from playwright.sync_api import Browser

from license_lib.findings import CODES, Effect
from license_lib.status import StatusRef
from license_lib.verification import OUTCOME_TEXTS, Outcome

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "codes"


@pytest.fixture
def page(browser: Browser, city: ServedCity) -> Iterator[Opened]:
    with opened(browser, city.url) as one:
        yield one


def vector(name: str) -> str:
    text: str = json.loads((VECTORS / name / "case.json").read_text(encoding="utf-8"))["text"]
    return text


def tampered(text: str) -> str:
    at = len(text) - 40
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def other_letter(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    return bytes(changed)


@contextmanager
def file_is(path: Path, data: bytes | None) -> Iterator[None]:
    """A published file holds something else for a while, or is not there."""
    before = path.read_bytes()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    yield
    path.write_bytes(before)


@pytest.mark.parametrize("path", ["/V", "/v", "/V?lang=en", "/V?from=singlemessage"])
def test_the_code_is_judged_as_the_page_opens(page: Opened, city: ServedCity, path: str) -> None:
    page.open(city.codes["good"], path)
    assert page.outcome() == ("IN_FORCE", {"seal.development", "paper.compare"})
    words = OUTCOME_TEXTS[Outcome.IN_FORCE]["en" in path]
    assert words in page.seen("#status")
    assert page.seen("#outcome").endswith(words)
    for text in ("白银市市场监督管理局（样例）", "白银市样例商贸有限公司", "营业执照"):
        assert text in page.seen("#result")
    assert page.page.evaluate("document.activeElement.id") == "outcome"


def test_the_server_never_sees_what_a_code_says(page: Opened, city: ServedCity) -> None:
    text = city.codes["good"]
    page.open(text)
    page.outcome()
    page.type(text)
    page.outcome()
    secret = text.partition("#")[2]
    assert {"/V", "/trust-list.jws", "/status/1"} <= {request.path for request in page.requests}
    for request in page.requests:
        assert secret[:20] not in request.whole, request.path
        assert "cookie" not in request.whole.lower()
        assert request.method == "GET"
    assert all(request.url.startswith(f"{city.url}/") for request in page.requests)
    assert secret[:20] not in city.log.read_text()
    assert page.context.cookies() == []
    assert page.page.evaluate("caches.keys()") == [], "whoever did not ask for it has nothing kept"


def test_all_of_it_is_light(page: Opened, city: ServedCity) -> None:
    """Every byte that the server sends for one verification: headers, icons, and a list of which a hundredth ended."""
    ended = random.Random(6).sample(range(1 << 20), 10_486)  # noqa: S311 - any hundredth
    with file_is(city.status_list, city.signed_status_list(NOW, ended=ended)):
        assert len(city.status_list.read_bytes()) > 15_000
        page.open(city.code(status=StatusRef(1, ended[0])))
        assert page.outcome()[0] == "NOT_IN_FORCE"
        assert page.weight() < 100_000


CASES: dict[str, tuple[str, str, set[str]]] = {
    "revoked": ("revoked", "NOT_IN_FORCE", {"status.invalid"}),
    "suspended": ("suspended", "NOT_IN_FORCE", {"status.suspended"}),
    "a-parameter-behind": ("good&appinstall=0", "IN_FORCE", set()),
    "tampered": ("tampered", "NOT_GENUINE", {"qr.signature"}),
    "shortened": ("shortened", "NOT_GENUINE", {"qr.malformed"}),
    "expired": ("expired", "NOT_IN_FORCE", {"validity.expired"}),
    "not-yet": ("not-yet", "NOT_IN_FORCE", {"validity.not-yet"}),
    "of-another-city": ("ordinary", "UNDETERMINED", {"qr.unknown-key"}),
    "newer": ("newer-version", "UNDETERMINED", {"qr.version"}),
    "newer-in-all": ("newer-with-another-algorithm", "UNDETERMINED", {"qr.version"}),
    "in-another-list": ("in-another-list", "UNDETERMINED", {"status.unknown"}),
    "in-no-list": ("in-no-list", "UNDETERMINED", {"status.unknown"}),
}


def text_of(city: ServedCity, name: str) -> str:
    good = city.codes["good"]
    made: dict[str, Any] = {
        "good&appinstall=0": lambda: f"{good}&appinstall=0",
        "tampered": lambda: tampered(good),
        "shortened": lambda: good[:-1],
        "expired": lambda: city.code(valid_until=NOW.date() - timedelta(days=1)),
        "not-yet": lambda: city.code(valid_from=NOW.date() + timedelta(days=2)),
        "in-another-list": lambda: city.code(status=StatusRef(9, 5)),
        "in-no-list": lambda: city.code(status=None),
    }
    return city.codes[name] if name in city.codes else made[name]() if name in made else vector(name)


@pytest.mark.parametrize("name", CASES)
def test_each_code_has_its_outcome(page: Opened, city: ServedCity, name: str) -> None:
    code, outcome, reasons = CASES[name]
    page.open(text_of(city, code))
    told, codes = page.outcome()
    assert told == outcome
    assert {each for each in codes if CODES[each].effect is not Effect.NOTE} == reasons
    for each in reasons:
        assert CODES[each].remedy_zh in page.seen("#result")
    assert ("12345" in page.seen("#result")) == (outcome == "NOT_GENUINE")


def test_what_was_not_proved_is_not_shown_as_said(page: Opened, city: ServedCity) -> None:
    page.open(tampered(city.codes["good"]))
    page.outcome()
    assert "白银市样例商贸有限公司" not in page.seen("#result")


def test_the_newest_evidence_decides_and_nothing_fails_open(page: Opened, city: ServedCity) -> None:
    """Lists that are missing, stale, damaged, of another signer, or a login page: the question stays open."""
    stale = city.signed_status_list(NOW - timedelta(days=2))
    ahead = city.signed_status_list(NOW + timedelta(hours=2))
    past = city.signed_trust_list(issued_at=NOW - timedelta(days=9), next_update=NOW - timedelta(days=2))
    cases = [
        (city.status_list, None, "status.unknown"),
        (city.status_list, stale, "status.list-stale"),
        (city.status_list, ahead, "status.list-unusable"),
        (city.status_list, city.status_list.read_bytes()[:-1], "status.list-unusable"),
        (city.status_list, b"<html>login</html>", "status.list-unusable"),
        (city.trust_list, None, "trust.unknown"),
        (city.trust_list, past, "trust.stale"),
        (city.trust_list, b"<html>login</html>", "trust.unusable"),
        (city.trust_list, other_letter(city.trust_list.read_bytes(), -40), "trust.unusable"),
    ]
    for path, data, reason in cases:
        with file_is(path, data):
            page.open(city.codes["good"])
            outcome, codes = page.outcome()
        assert (outcome, reason in codes) == ("UNDETERMINED", True), reason
    page.open(city.codes["good"])
    assert page.outcome()[0] == "IN_FORCE"


def test_a_list_of_a_signer_that_the_page_does_not_pin_is_not_believed(page: Opened, city: ServedCity) -> None:
    """Whoever can only put another list in place, with a certificate for lists of their own, gets nowhere."""
    pin = city.settings.keys_folder / "public" / "trust-list.pem"
    with file_is(pin, (city.settings.keys_folder / "public" / "status.pem").read_bytes()):
        page.open(city.codes["good"])
        outcome, codes = page.outcome()
    assert (outcome, codes) == ("UNDETERMINED", {"trust.unusable"})


def test_the_server_is_asked_only_if_somebody_says_so(page: Opened, city: ServedCity) -> None:
    with file_is(city.trust_list, None):
        page.open(city.codes["good"])
        assert page.outcome()[0] == "UNDETERMINED"
    assert {request.method for request in page.requests} == {"GET"}
    page.page.click("#hand-in")
    page.page.wait_for_selector('[data-outcome="IN_FORCE"]')
    assert [request.path for request in page.requests if request.method == "POST"] == ["/verify?part=result&lang=zh"]


@pytest.mark.parametrize("address", ["/", "/V", "/V#main", "/V#<img src=x onerror=alert(1)>"])
def test_without_a_code_nothing_is_asked(page: Opened, address: str) -> None:
    page.page.goto(page.url + address)
    page.page.wait_for_selector("#scan:not([hidden])")
    assert page.page.query_selector("[data-outcome]") is None
    assert not any(request.path == "/trust-list.jws" for request in page.requests)


def test_a_code_is_never_markup(page: Opened, city: ServedCity) -> None:
    page.open(city.code(public={"CZZT": "<img src=x onerror=alert(1)>", "KZ_A": "&amp;"}))
    page.outcome()
    assert page.page.query_selector("#result img") is None
    assert "<img src=x onerror=alert(1)>" in page.seen("#result")
    assert page.errors == []


def test_the_language_changes_without_asking_again(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["revoked"])
    page.outcome()
    asked = page.asked()
    page.page.click("#language")
    assert OUTCOME_TEXTS[Outcome.NOT_IN_FORCE][1] in page.seen("#outcome")
    assert OUTCOME_TEXTS[Outcome.NOT_IN_FORCE][0] not in page.seen("#outcome")
    assert page.asked() == asked
    assert page.page.url.endswith(city.codes["revoked"].partition("#")[2])


def test_a_file_is_judged_by_the_server(page: Opened, city: ServedCity) -> None:
    page.page.goto(page.url)
    page.choose("#file", "licence.pdf", "application/pdf", city.pdf)
    page.page.click("#file-form button")
    assert page.outcome()[0] == "IN_FORCE"


def test_without_a_script_the_form_still_works(browser: Browser, city: ServedCity) -> None:
    with opened(browser, city.url, java_script_enabled=False) as page:
        page.page.goto(f"{city.url}/V#{city.codes['good'].partition('#')[2]}")
        assert not page.page.is_visible("#scan")
        page.page.fill("#code", city.codes["good"])
        page.page.click("#code-form button")
        assert page.outcome()[0] == "IN_FORCE"
        page.page.goto(f"{city.url}/")
        page.page.fill("#code", city.codes["revoked"])
        page.page.click("#code-form button")
        assert page.outcome()[0] == "NOT_IN_FORCE"


def test_without_cryptography_the_page_says_so(browser: Browser, city: ServedCity) -> None:
    """As on a page that was opened by http: nothing is judged, nothing is sent, and the form is filled in."""
    with opened(browser, city.url) as page:
        page.context.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
        page.open(city.codes["good"])
        page.page.wait_for_selector("#outcome")
        assert "无法自行核验" in page.seen("#result")
        assert page.page.query_selector("[data-outcome]") is None
        assert {request.method for request in page.requests} == {"GET"}
        page.page.click("#code-form button")
        assert page.outcome()[0] == "IN_FORCE"


@pytest.mark.parametrize(("width", "light"), [(360, "light"), (360, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", ["good", "revoked", "tampered", "in-no-list"])
def test_everybody_can_use_it(
    page: Opened, city: ServedCity, name: str, width: int, light: Literal["light", "dark"]
) -> None:
    """axe-core finds nothing to object to, by day and by night; nothing is wider than the screen."""
    page.page.set_viewport_size({"width": width, "height": 800})
    page.page.emulate_media(color_scheme=light)
    page.open(text_of(city, name))
    page.outcome()
    assert objections(page.page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_letters_twice_as_large_and_long_names_find_room(page: Opened, city: ServedCity, lang: str) -> None:
    long = "甘肃省白银市白银区高新技术产业开发区样例国际商贸物流中心第十二期东南区三十六号楼二千零八室"
    page.page.set_viewport_size({"width": 320, "height": 640})
    for code in (city.code(public={"CZZT": long, "KZ_A": "Llanfairpwllgwyngyll" * 4}), text_of(city, "in-no-list")):
        page.open(code, f"/V?lang={lang}")
        page.outcome()
        page.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 320
        wide = page.page.eval_on_selector("#outcome", "each => each.scrollWidth - each.clientWidth")
        assert wide <= 0
        one_line = page.page.eval_on_selector("#words", "each => parseFloat(getComputedStyle(each).fontSize) * 1.35")
        lines = page.page.eval_on_selector("#words", "each => each.getBoundingClientRect().height") / one_line
        assert lines < len(page.seen("#words").split()) + 2, "no word is broken letter by letter"


def test_what_speaks_against_a_licence_is_said_as_such(page: Opened, city: ServedCity) -> None:
    page.open(city.codes["revoked"])
    page.outcome()
    assert "不符合：状态名单载明已失效，或已暂扣" in page.seen(".bounds .against")
    page.open(text_of(city, "expired"))
    page.page.wait_for_selector('[data-code="validity.expired"]')
    assert page.seen(".bounds .against") == "不符合：今天不在有效期内"


def test_outcomes_differ_in_word_shape_and_border(page: Opened, city: ServedCity) -> None:
    seen = set()
    for name in ("good", "revoked", "tampered", "in-no-list"):
        page.open(text_of(city, name))
        page.outcome()
        shape = page.page.eval_on_selector("#result .icon", "each => each.innerHTML")
        border = page.page.eval_on_selector(
            ".verdict", "each => getComputedStyle(each).borderLeft.split(' rgb')[0] + each.className"
        )
        seen.add((page.seen("#outcome"), re.sub(r"\s+", " ", shape), border))
    assert [len({one[part] for one in seen}) for part in range(3)] == [4, 4, 4]

"""A presentation code is scanned with a phone's camera: the page opens, and nothing happens before somebody presses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from browser.opened import objections
from integration.served_process import Served, served_license
from playwright.sync_api import Browser, Page

from license_lib.authority import Authority
from license_lib.repository.entries import Use

HOLDER = Use(actor="持证人", purpose="办理入学", audience="样例学校")


@dataclass
class Desk:
    """A running service, its authority, and a browser."""

    served: Served
    authority: Authority
    browser: Browser
    posted: list[str | None] = field(default_factory=list)

    def code(self, use: Use = HOLDER) -> str:
        """The digits of a fresh code."""
        return self.authority.present(self.served.issued.identifier, use).text.partition("#")[2]

    def page(self, *, script: bool = True, width: int = 360) -> Page:
        context = self.browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 760})
        page = context.new_page()
        page.on("request", lambda request: self.posted.append(request.post_data) if request.method == "POST" else None)
        return page

    def address(self, path: str) -> str:
        return str(self.served.client.base_url).rstrip("/") + path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("served")
    with served_license(home, "residence-permit") as served, Authority.open(home) as authority:
        yield Desk(served, authority, browser)


def used(desk: Desk) -> int:
    return len([1 for one in desk.authority.repository.usage.of_license(desk.served.issued.identifier) if one.outcome])


def test_only_the_press_of_the_button_uses_it_up(desk: Desk) -> None:
    digits, before = desk.code(), used(desk)
    for _ in range(3):
        page = desk.page()
        page.goto(desk.address(f"/P?from=singlemessage#{digits}&appinstall=0"))
        assert page.input_value("#code").endswith(f"/P#{digits}")
        assert not page.is_visible("#code-part")
    assert (used(desk), desk.posted) == (before, [])
    page.fill("#audience", "样例学校")
    page.press("#audience", "Enter")
    page.wait_for_selector("[data-outcome=IN_FORCE]")
    assert used(desk) == before + 1
    assert len(desk.posted) == 1
    assert digits not in page.url
    assert digits not in page.content()
    page.go_back()
    page.click("button")
    page.wait_for_selector("[data-code='presentation.used']")
    assert digits not in desk.served.log.read_text()


def test_two_presses_are_one(desk: Desk) -> None:
    digits, before = desk.code(Use(actor="持证人")), used(desk)
    page = desk.page()
    page.goto(desk.address(f"/p?lang=en#{digits}"))
    page.dblclick("button")
    page.wait_for_selector("[data-outcome=IN_FORCE]")
    page.wait_for_load_state("networkidle")
    assert page.query_selector("[data-outcome=IN_FORCE]") is not None, "a second press would be told that it is used"
    assert used(desk) == before + 1


def test_without_a_script_the_text_is_pasted(desk: Desk) -> None:
    page = desk.page(script=False)
    page.goto(desk.address("/P"))
    page.fill("#code", f"HTTPS://LICENSE.EXAMPLE/P#{desk.code()}")
    page.fill("#audience", "样例学校")
    page.click("button")
    assert page.get_attribute("section.verdict", "data-outcome") == "IN_FORCE"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "light"), [(360, "light"), (360, "dark"), (1280, "light")])
def test_everybody_can_use_it(desk: Desk, lang: str, width: int, light: Literal["light", "dark"]) -> None:
    """The form, what was presented, and a refusal: axe-core has no objection, and nothing is wider than the screen."""
    page = desk.page(width=width)
    page.emulate_media(color_scheme=light)
    page.goto(desk.address(f"/P?lang={lang}#{desk.code()}"))
    assert faults(page, light) == []
    page.fill("#audience", "样例学校")
    page.click("button")
    page.wait_for_selector("#consent")
    assert faults(page, light) == []
    page.go_back()
    page.click("button")
    page.wait_for_selector("[data-code='presentation.used']")
    assert faults(page, light) == []


def faults(page: Page, light: str) -> list[object]:
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor.match(/[0-9]+/g).map(Number)")
    found: list[object] = [*objections(page)]
    if (sum(ground) > 3 * 128) is not (light == "light"):
        found.append(("the ground is of the wrong colour", ground))
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("it is wider than the screen")
    return found


def test_other_fragments_are_left_alone(desk: Desk) -> None:
    for fragment in ("", "#1", "#" + "1" * 600, "#<img src=x onerror=alert(1)>", "#main"):
        page = desk.page()
        page.goto(desk.address(f"/P{fragment}"))
        assert page.is_visible("#code-part")
        assert not page.input_value("#code")


def test_the_page_for_paper_leads_to_it(desk: Desk) -> None:
    """Pasted there, or scanned by its camera; the host in the text is not where it leads."""
    digits, before = desk.code(Use(actor="持证人")), len(desk.posted)
    page = desk.page()
    page.goto(desk.address("/V"))
    page.fill("#code", f"HTTPS://EVIL.EXAMPLE/P#{digits}")
    page.click("#code-form button")
    page.wait_for_selector("#redeem-form")
    assert page.url == desk.address(f"/P#{digits}")
    assert len(desk.posted) == before
    page.click("#redeem-form button")
    page.wait_for_selector("[data-outcome=IN_FORCE]")

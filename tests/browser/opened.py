"""A page in Chromium, and every request that it made."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Request, expect, sync_playwright

AXE = Path(__file__).resolve().parents[1] / "npm" / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Made:
    """A request: what of it left the browser."""

    method: str
    url: str
    whole: str

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")


@dataclass
class Opened:
    """A page, its requests and its errors."""

    page: Page
    context: BrowserContext
    url: str
    requests: list[Made] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, code: str, path: str = "/V") -> None:
        """Open the page as a telephone does that scanned a code; each time anew."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}{path}#{code.partition('#')[2]}")

    def type(self, text: str) -> None:
        self.page.fill("#code", text)
        self.page.click("#code-form button")

    def choose(self, selector: str, name: str, media_type: str, data: bytes) -> None:
        """Choose a file, as with the system's dialogue."""
        self.page.set_input_files(selector, files=FilePayload(name=name, mimeType=media_type, buffer=data))

    def outcome(self) -> tuple[str, set[str]]:
        """Outcome and findings, as soon as they are shown."""
        self.page.wait_for_selector("[data-outcome]")
        outcome = self.page.get_attribute("[data-outcome]", "data-outcome") or ""
        codes = self.page.eval_on_selector_all("[data-code]", "all => all.map(each => each.dataset.code)")
        assert self.errors == []
        return outcome, set(codes)

    def seen(self, selector: str) -> str:
        """What is to be read there, in the language that is shown."""
        return self.page.inner_text(selector)

    def wait(self, selector: str, text: str) -> None:
        """Until a text is to be read there."""
        expect(self.page.locator(selector)).to_contain_text(text, use_inner_text=True, timeout=30_000)

    def asked(self) -> list[str]:
        """What was asked of the server, apart from files that never change."""
        return [request.path for request in self.requests if "/assets/" not in request.url]

    def weight(self) -> int:
        """Bytes that were received, with headers."""
        sizes = [request.sizes() for request in self.sent]
        return sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)

    def note(self, request: Request) -> None:
        headers = request.all_headers()
        url = request.url.partition("#")[0]  # browsers never send what follows
        self.requests.append(Made(request.method, url, f"{url}\n{headers}\n{request.post_data or ''}"))
        self.sent.append(request)


def objections(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds that would keep somebody from using a page: rules, and the elements that break them."""
    assert AXE.exists(), "axe-core is missing: .ci/set-up browser installs it"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]


@contextlib.contextmanager
def browsing(program: str, *flags: str) -> Iterator[Browser]:
    """A browser that speaks to nobody by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking", *flags]
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Opened]:
    """A page of its own: nothing of another visit is there."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    one = Opened(page, context, url)
    context.on("requestfinished", one.note)
    context.on("requestfailed", one.note)
    page.on("pageerror", lambda error: one.errors.append(str(error)))
    yield one
    context.close()

"""A counter's service over a real repository: service items, licences of a company and of people, a clerk."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi.testclient import TestClient
from httpx2 import Response
from signing_in import MARKET, SITE, Browser, Clock, Desk
from support import NOON, example_request

from license_lib.access_settings import SignInSettings
from license_lib.accounts.opening import Accounts
from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.lifecycle import EventKind
from license_lib.repository.entries import Cause, Usage
from license_lib.settings import Settings
from verify_api.access.gate import Gate
from verify_api.access.origin import Proxies
from verify_api.app import build_app
from verify_api.bench import SettingsBench
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

ITEM = "511A0005200004-511602000000-000-115113016823646795-1-00"
ITEMS = f"""
[[items]]
code = "{ITEM}"
name = "食品(含保健食品)经营许可核发"
english = "Food business permit, new"

[[items.materials]]
name = "主体资格证明"
english = "Proof of who applies"
required = true
accepts = [{{ type = "business-license", whose = "applicant" }}]

[[items.materials]]
name = "现有许可证"
english = "The present permit"
required = true
accepts = [{{ type = "food-business-permit", whose = "applicant" }}]

[[items.materials]]
name = "申请表"
english = "Form"
required = true
"""
CASE = {"purpose": "办理食品经营许可", "item": ITEM, "case": "2026-1", "applicants": ""}
CAUSE = Cause(actor="样例·窗口人员", reason="测试")


@dataclass(frozen=True)
class City:
    """An authority with licences: in force, revoked, suspended."""

    authority: Authority
    good: Issued
    revoked: Issued
    suspended: Issued

    @property
    def holder(self) -> str:
        """Number of the company whose 营业执照 is in force."""
        return self.good.license.holders[0].number

    def trail(self) -> tuple[Usage, ...]:
        """The whole usage trail."""
        return self.authority.repository.usage.after(0, 1000)


def prepare(authority: Authority) -> City:
    """Issue, revoke, suspend; and write the service items down."""
    (authority.settings.home / "service_items.toml").write_text(ITEMS, encoding="utf-8")
    issued = [
        authority.issue(example_request(key))
        for key in ("business-license", "food-business-permit", "road-transport-permit")
    ]
    good, revoked, suspended = issued
    authority.record(revoked.identifier, EventKind.REVOKE, CAUSE)
    authority.record(suspended.identifier, EventKind.SUSPEND, CAUSE)
    return City(authority, good, revoked, suspended)


@contextmanager
def counter_desk(settings: Settings) -> Iterator[Desk]:
    """The service with accounts over this repository; its time is that of the licences."""
    clock = Clock(NOON)
    with Accounts.open(settings, clock) as accounts:
        accounts.staff.add_department(MARKET)
        gate = Gate(accounts, SignInSettings(), Proxies((), ""))

        @contextmanager
        def opened() -> Iterator[Gate]:
            yield gate

        app = build_app(
            lambda: SettingsBench(settings, clock),
            settings.public_folder,
            Anchor.of(settings),
            clock=clock,
            randomness=os.urandom,
            limits=ServiceLimits(even_seconds=0),
            gate=opened,
        )
        with TestClient(app):
            yield Desk(app, accounts, clock)


@dataclass
class Clerk:
    """Somebody at the counter, and what they do there."""

    browser: Browser
    token: str

    def look(self, text: str = "", *, file: tuple[str, bytes] | None = None, key: str = "", **case: str) -> "Answer":
        """Type a text, or hand a file in."""
        headers = {"X-Form-Token": self.token, "Sec-Fetch-Site": "same-origin", "Origin": SITE}
        fields = {**CASE, **case, **({"text": text} if file is None else {})}
        parts = {name: (None, value) for name, value in fields.items()}
        files = parts | ({"file": file} if file else {})
        sent = headers | ({"Idempotency-Key": key} if key else {})
        return Answer(self.browser.http.post("/counter/look", files=files, headers=sent))

    def ask(self, path: str, **fields: str) -> "Answer":
        """Ask a small question, as the page's script does."""
        headers = {"X-Form-Token": self.token, "Sec-Fetch-Site": "same-origin", "Origin": SITE}
        return Answer(self.browser.http.post(path, json=fields, headers=headers))


@dataclass
class Answer:
    """What came back."""

    response: Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def code(self) -> str:
        """Of a problem."""
        return str(self.response.json()["code"])

    @property
    def outcome(self) -> str:
        return self._found(r'data-outcome="([A-Z_]+)"')

    @property
    def held(self) -> str:
        """What the page holds, to hand it back."""
        return self._found(r'data-held value="([^"]*)"')

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.text)
        assert found is not None, self.text[:2000]
        return found[1]

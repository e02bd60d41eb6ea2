"""The service with accounts, over TLS as its callers see it; a clock that a test moves, and browsers of people."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from license_lib.access_settings import ServiceSettings, SignInSettings
from license_lib.accounts import Department, Grant, Role
from license_lib.accounts.one_time import SECONDS, password_of
from license_lib.accounts.opening import Accounts
from license_lib.accounts.seeds import Seeds
from license_lib.health.gathering import health_of
from license_lib.repository.database import Database
from license_lib.repository.schema import create_or_upgrade
from license_lib.settings import Settings, StorageSettings
from verify_api.access import Admin, Anyone, Counter, Exporter, Looker, SignedIn, Watcher
from verify_api.access.gate import Gate
from verify_api.access.oidc import Provider
from verify_api.access.origin import Proxies
from verify_api.app import build_app
from verify_api.bench import Bench
from verify_api.pages.anchor import Anchor

MARKET = Department("market", "白银市市场监督管理局（样例）")
SITE = "https://license.example"
PASSWORD = "purple-ladder-seven-clouds"  # noqa: S105 -- of nobody
PROXY = "10.0.0.7"
CERTIFICATE_HEADER = "X-Client-Certificate"


@dataclass
class Clock:
    """The time, as a test moves it."""

    at: datetime = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Desk:
    """The service, its accounts and the time."""

    app: FastAPI
    accounts: Accounts
    clock: Clock
    seeds: dict[str, bytes] = field(default_factory=dict)

    def add(self, login: str, *roles: Role) -> None:
        """Somebody with a password and an authenticator."""
        hashed = self.accounts.passwords.hashed(PASSWORD)
        self.accounts.staff.add(login, "李伟", "market", roles or [Role.STAFF], password=hashed)
        self.seeds[login] = login.encode().ljust(20, b"-")[:20]
        self.accounts.staff.enrol(login, self.seeds[login], 0)

    def code(self, login: str) -> str:
        """What their authenticator shows; the next moment it shows another."""
        self.clock.wait(seconds=SECONDS)
        return password_of(self.seeds[login], int(self.clock().timestamp()) // SECONDS).decode()

    def browser(self, peer: str = "192.0.2.7") -> "Browser":
        """A browser without cookies."""
        return Browser(TestClient(self.app, base_url=SITE, follow_redirects=False, client=(peer, 50000)), self)

    def token(self, *scopes: str, client: str = "tax-desk") -> str:
        """A token of a client that may do this."""
        grants = frozenset(map(Grant.parse, scopes))
        secret = self.accounts.clients.add(client, "market", grants)
        found = self.accounts.clients.by_secret(client, secret)
        assert found is not None
        return self.accounts.clients.issue_token(found, grants)


@dataclass
class Browser:
    """A browser: it sends what browsers send with forms, and shows what a page has."""

    http: TestClient
    desk: Desk

    def get(self, path: str, **headers: str) -> Response:
        return self.http.get(path, headers={"Accept": "text/html", **headers})

    def submit(self, path: str, form: dict[str, str], **headers: str) -> Response:
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": SITE, **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.http.post(path, data=form, headers={k: v for k, v in sent.items() if v})

    def token(self, path: str) -> str:
        """The token of a page's form."""
        found = re.search(r'name="token" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return unescape(found[1])

    def sign_in(self, login: str, **more: str) -> Response:
        """Fill in the form and send it."""
        form = {"token": self.token("/sign-in"), "login": login, "password": PASSWORD, "code": "", **more}
        if login in self.desk.seeds and "code" not in more:
            form["code"] = self.desk.code(login)
        return self.submit("/sign-in", form)

    @property
    def session(self) -> str | None:
        """The secret of the session cookie."""
        return self.http.cookies.get("__Host-session")


def add_probes(app: FastAPI) -> None:
    """A route for each permission: what the rooms that come later will have."""
    kinds: dict[str, Any] = {
        "anyone": Anyone,
        "signed-in": SignedIn,
        "looker": Looker,
        "exporter": Exporter,
        "counter": Counter,
        "watcher": Watcher,
        "admin": Admin,
    }
    for name, kind in kinds.items():

        def who(principal: object) -> dict[str, str]:
            return {"who": type(principal).__name__}

        who.__annotations__["principal"] = kind
        app.add_api_route(f"/probe/{name}", who, methods=["GET", "POST"], include_in_schema=False)


MakeProvider = Callable[[Clock], Provider | None]


@contextmanager
def open_desk(folder: Path, judge: Bench, rules: SignInSettings, make_provider: MakeProvider) -> Iterator[Desk]:
    """The service over a new database in a folder."""
    url, clock = f"sqlite:///{folder}/accounts.db", Clock()
    create_or_upgrade(url)
    service = ServiceSettings(trusted_proxies=(f"{PROXY}/32",), certificate_header=CERTIFICATE_HEADER)
    storage = StorageSettings(database="sqlite:///accounts.db")
    settings = Settings(home=folder, public_url=SITE, sign_in=rules, service=service, storage=storage)
    with closing(Database.open(url)) as database:
        Seeds(settings.seed_key, os.urandom).prepare(database)
        accounts = Accounts(database, settings, clock)
        accounts.staff.add_department(MARKET)
        gate = Gate(accounts, rules, Proxies(service.trusted_proxies, CERTIFICATE_HEADER), make_provider(clock))
        app = build_app(
            lambda: judge,
            folder / "public",
            Anchor(trust_list=folder / "trust-list.jws", signer=folder / "trust-list.pem"),
            clock=clock,
            randomness=os.urandom,
            gate=lambda: nullcontext(gate),
            health=partial(health_of, settings),
        )
        add_probes(app)
        with TestClient(app):
            yield Desk(app, accounts, clock)

"""Signing in by two real identity providers, of two authors: `oidc-provider-mock` (Python), and npm's oidc-provider."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from signing_in import SITE, Browser, Clock, Desk, open_desk
from unit.verify_api.told_judge import BODY, ToldJudge

from license_lib.access_settings import OidcSettings, SignInSettings
from license_lib.accounts import Role
from license_lib.authority import now
from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.resources import resource_folder
from license_lib.settings import NetworkSettings
from verify_api.access.oidc import Provider
from verify_api.access.web import HttpWeb

NPM = Path(__file__).resolve().parents[1] / "npm"
BACK = f"{SITE}/sign-in-return"
SECRET = "a secret: with + and %"  # noqa: S105 -- of nobody
CLAIMS = {"name": "李伟", "preferred_username": "Li.Wei", "dept": "0012", "groups": ["counter", "chess"]}
PEOPLE = {"42": CLAIMS, "43": {**CLAIMS, "groups": ["chess"]}}


@dataclass(frozen=True)
class Running:
    """A provider, and how somebody signs in there: fields of its forms."""

    issuer: str
    person: dict[str, str]
    registers: bool


_PYTHON_PROVIDER = """
import json, sys
from oidc_provider_mock import User, run_server_in_thread
users = [User(sub=sub, claims=claims) for sub, claims in json.loads(sys.argv[1]).items()]
with run_server_in_thread(user_claims=users, require_nonce=True) as server:
    print(f"http://localhost:{server.server_port}", flush=True)
    sys.stdin.read()
"""


@contextmanager
def started(*command: str | Path) -> Iterator[str]:
    """A provider in a process of its own, which prints its issuer and ends with its input."""
    with subprocess.Popen(
        command, cwd=NPM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


@contextmanager
def python_provider() -> Iterator[Running]:
    # -W: what it is made of warns of its own age.
    with started(sys.executable, "-W", "ignore", "-c", _PYTHON_PROVIDER, json.dumps(PEOPLE)) as issuer:
        yield Running(issuer, {"sub": "42"}, registers=False)


@contextmanager
def npm_provider() -> Iterator[Running]:
    if shutil.which("node") is None or not (NPM / "node_modules" / "oidc-provider").exists():
        pytest.skip("tests/npm is not installed: run .ci/set-up test")
    client = {
        "client_id": "license",
        "client_secret": SECRET,
        "redirect_uris": [BACK],
        "post_logout_redirect_uris": [f"{SITE}/sign-in"],
    }
    with started("node", "identity_provider.mjs", json.dumps({"client": client, "accounts": PEOPLE})) as issuer:
        yield Running(issuer, {"login": "42", "password": "-"}, registers=True)


@pytest.fixture(params=[python_provider, npm_provider], ids=["oidc-provider-mock", "npm-oidc-provider"])
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    with request.param() as found:
        yield found


@pytest.fixture
def rules(running: Running) -> SignInSettings:
    oidc = OidcSettings(
        issuer=running.issuer,
        client_id="license",
        department="dept",
        roles="groups",
        departments={"0012": "market"},
        role_names={"counter": Role.STAFF, "audit": Role.AUDITOR},
    )
    return SignInSettings(oidc=oidc)


@pytest.fixture
def desk(tmp_path: Path, rules: SignInSettings) -> Iterator[Desk]:
    def make(_: Clock) -> Provider:
        assert rules.oidc is not None
        return Provider(
            rules.oidc, SECRET, HttpWeb(NetworkSettings()), now
        )  # it has a clock of its own, and so have we

    judge = ToldJudge(Catalogue.load(resource_folder("templates")), Issuers([BODY]))
    with open_desk(tmp_path, judge, rules, make) as opened:
        yield opened


def at_the_provider(address: str, person: dict[str, str]) -> str:
    """Do what a person does there: fill in each form, until it sends them back. Gives the address that they come to."""
    with httpx2.Client(timeout=30, trust_env=False) as http:
        answer = http.get(address)
        for _ in range(10):
            if "location" in answer.headers:
                place = urljoin(str(answer.url), answer.headers["location"])
                if place.startswith(SITE):
                    return place
                answer = http.get(place)
                continue
            action = re.search(r'<form[^>]*action="([^"]*)"', answer.text)
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)"', answer.text))
            place = urljoin(str(answer.url), unescape(action[1])) if action else str(answer.url)
            answer = http.post(place, data={**hidden, **person})
    raise AssertionError(answer.text)


def signed_in(browser: Browser, running: Running, **person: str) -> httpx2.Response:
    leaving = browser.get("/sign-in-provider?next=/probe/looker")
    assert leaving.status_code == 303, leaving.text
    return browser.get(at_the_provider(leaving.headers["location"], {**running.person, **person}).removeprefix(SITE))


def test_somebody_signs_in_with_department_and_roles(desk: Desk, running: Running) -> None:
    browser = desk.browser()
    assert "sign-in-provider?lang=zh" in browser.get("/sign-in").text
    answer = signed_in(browser, running)
    assert (answer.status_code, answer.headers["location"]) == (303, "/probe/looker"), answer.text
    assert browser.get("/probe/looker").json() == {"who": "Staff"}
    assert browser.get("/probe/watcher").json()["code"] == "access.role"
    account = desk.accounts.staff.find("li.wei")
    assert account is not None
    assert (account.name, account.department.id, account.password) == ("李伟", "market", None)


def test_the_question_is_what_the_standards_ask_for(desk: Desk, running: Running) -> None:
    first, second = (desk.browser().get("/sign-in-provider").headers["location"] for _ in range(2))
    assert first.startswith(running.issuer)
    asked, again = (parse_qs(urlsplit(place).query) for place in (first, second))
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [BACK]
    assert asked["code_challenge_method"] == ["S256"]
    for secret in ("state", "nonce", "code_challenge"):
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", asked[secret][0])
        assert asked[secret] != again[secret]
    assert len({asked[name][0] for name in ("state", "nonce", "code_challenge")}) == 3


def test_an_answer_is_good_once_and_in_the_browser_that_asked(desk: Desk, running: Running) -> None:
    browser, other = desk.browser(), desk.browser()
    place = browser.get("/sign-in-provider").headers["location"]
    back = at_the_provider(place, running.person).removeprefix(SITE)
    assert "sign-in.state" in other.get(back).text
    other.get("/sign-in-provider")
    assert "sign-in.state" in other.get(back).text, "an attempt of theirs is another"
    assert browser.get(back).status_code == 303
    assert "sign-in.state" in browser.get(back).text
    assert other.session is None


def test_a_code_of_another_attempt_is_refused(desk: Desk, running: Running) -> None:
    """Code injection: PKCE, and the nonce, bind a code to the attempt that asked for it."""
    victim, attacker = desk.browser(), desk.browser()
    stolen = at_the_provider(victim.get("/sign-in-provider").headers["location"], running.person)
    mine = at_the_provider(attacker.get("/sign-in-provider").headers["location"], running.person)
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    own = parse_qs(urlsplit(mine).query)["code"][0]
    answer = attacker.get(mine.removeprefix(SITE).replace(own, code))
    assert answer.status_code == 403
    assert re.search(r"sign-in\.(refused|token)", answer.text)
    assert attacker.session is None


def test_who_has_no_place_here_is_told_so(desk: Desk, running: Running) -> None:
    browser = desk.browser()
    other = {next(iter(running.person)): "43"}
    answer = signed_in(browser, running, **other)
    assert (answer.status_code, browser.session) == (403, None)
    assert "您在本系统没有岗位" in answer.text


def test_a_disabled_account_stays_out_whatever_the_provider_says(desk: Desk, running: Running) -> None:
    browser = desk.browser()
    signed_in(browser, running)
    desk.accounts.staff.disable("li.wei")
    assert browser.get("/probe/looker", Accept="*/*").status_code == 401
    answer = signed_in(desk.browser(), running)
    assert "sign-in.place" in answer.text


def test_signing_out_leads_to_the_providers_own_place(desk: Desk, running: Running) -> None:
    browser = desk.browser()
    signed_in(browser, running)
    page = browser.get("/account")
    assert f"form-action 'self' {running.issuer};" in page.headers["content-security-policy"]
    answer = browser.submit("/sign-out", {"token": browser.token("/account")})
    place = answer.headers["location"]
    assert place.startswith(running.issuer)
    assert parse_qs(urlsplit(place).query)["post_logout_redirect_uri"] == [f"{SITE}/sign-in"]
    assert browser.session is None
    there = httpx2.get(place, trust_env=False)
    assert there.status_code == 200, "the provider takes it, and asks the person"


def test_saying_no_there_is_a_page_here(desk: Desk, running: Running) -> None:
    if running.registers:
        pytest.skip("its development pages have no button for it")
    browser = desk.browser()
    leaving = browser.get("/sign-in-provider").headers["location"]
    back = at_the_provider(leaving, {"action": "deny"}).removeprefix(SITE)
    assert "error=access_denied" in back
    assert browser.get(back).status_code == 403

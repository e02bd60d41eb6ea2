"""The typed client against the service itself, with accounts, tokens and a repository."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from support import StillClock, counted_randomness, example_request

from license_lib.accounts import Department, Grant
from license_lib.accounts.opening import Accounts
from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.public_material import log_key
from license_lib.qr import scan_file
from license_lib.repository.database import Database
from license_lib.settings import Settings
from verify_api.app import create_app
from verify_api.client import Credentials, LicenseClient, Outcome, Patience, ServiceProblem, Why

WHY = Why("办理居住登记", case="2026-1")
SITE = "https://license.example"


@pytest.fixture
def permit(authority: Authority) -> Issued:
    return authority.issue(example_request("residence-permit"))


@pytest.fixture
def accounts(authority: Authority, clock: StillClock) -> Iterator[Accounts]:
    with closing(Database.open(authority.settings.database_url)) as database:
        opened = Accounts(database, authority.settings, clock)
        opened.staff.add_department(Department("police", "白银市公安局（样例）"))
        yield opened


@pytest.fixture
def http(authority: Authority, permit: Issued, clock: StillClock) -> Iterator[TestClient]:
    assert permit
    settings = Settings.load(authority.settings.home)
    app = create_app(settings, clock=clock, randomness=counted_randomness("client"))
    with TestClient(app, base_url=SITE) as opened:
        yield opened


@pytest.fixture
def stranger(http: TestClient) -> LicenseClient:
    return LicenseClient(http=http, patience=Patience(tries=1))


@pytest.fixture
def desk(http: TestClient, accounts: Accounts, clock: StillClock) -> LicenseClient:
    grants = frozenset(map(Grant.parse, ("look:residence-permit", "export:*", "usage:*", "verify:*")))
    secret = accounts.clients.add("police-desk", "police", grants)
    patience = Patience(tries=1, clock=lambda: clock().timestamp())
    return LicenseClient(credentials=Credentials("police-desk", secret), http=http, patience=patience)


def test_strangers_verify(stranger: LicenseClient, permit: Issued, clock: StillClock) -> None:
    assert stranger.verify_file(permit.pdf).outcome is Outcome.IN_FORCE
    code = scan_file(permit.pdf)[0]
    assert stranger.verify_code(code).outcome is Outcome.IN_FORCE
    assert stranger.verify_code(code, at=clock() - timedelta(days=3650)).outcome is Outcome.NOT_IN_FORCE
    assert stranger.verify_file(b"%PDF-1.7 nothing").outcome is Outcome.NOT_GENUINE
    assert stranger.status(str(permit.identifier)).outcome is Outcome.IN_FORCE
    (verdict,) = stranger.verify_picture(permit.pdf).verdicts
    assert verdict.outcome is Outcome.IN_FORCE
    with pytest.raises(ServiceProblem) as caught:
        stranger.status("no identifier?")
    assert (caught.value.status, caught.value.code.partition(".")[0]) == (422, "number")


def test_strangers_look_nothing_up(stranger: LicenseClient, permit: Issued) -> None:
    with pytest.raises(ServiceProblem) as caught:
        stranger.license(str(permit.identifier), WHY)
    assert (caught.value.code, caught.value.status) == ("access.unknown", 401)
    assert caught.value.hint_zh
    assert caught.value.request_id
    assert str(permit.identifier) not in str(caught.value)


def test_a_department_looks_up_takes_and_sees_its_own_use(
    desk: LicenseClient, permit: Issued, authority: Authority
) -> None:
    number, name = permit.license.holders[0].number, str(permit.identifier)
    assert number
    (found,) = desk.search(number, WHY)
    assert found.identifier == name
    assert list(desk.search("620402199506129999", WHY)) == []
    told = desk.license(name, WHY)
    assert (told.type.key, [event.kind for event in told.events]) == ("residence-permit", ["issue"])
    assert desk.file(name, WHY) == permit.pdf
    assert desk.page(name, 1, WHY, dpi=50).startswith(b"\x89PNG")
    used = list(desk.usage(name, Why("审计"), page=2))
    assert [(one.kind, one.actor, one.case) for one in used] == [
        ("look", "police-desk", "2026-1"),
        ("look", "police-desk", "2026-1"),
        ("export", "police-desk", "2026-1"),
        ("export", "police-desk", "2026-1"),
        ("look", "police-desk", ""),
        ("look", "police-desk", ""),
    ], "the last two are the pages before, of this answer"
    assert len(authority.repository.usage.after(0, 100)) == 8


def test_many_documents_at_once(desk: LicenseClient, permit: Issued) -> None:
    documents: dict[str, bytes | str] = {"1": permit.pdf, "2": scan_file(permit.pdf)[0], "3": b"%PDF-1.7 nothing"}
    told = {line.reference: line.verdict.outcome for line in desk.verify_batch(documents) if line.verdict}
    assert told == {"1": Outcome.IN_FORCE, "2": Outcome.IN_FORCE, "3": Outcome.NOT_GENUINE}


def test_a_token_that_ended_is_replaced_and_a_client_that_was_disabled_is_refused(
    desk: LicenseClient, permit: Issued, accounts: Accounts, clock: StillClock
) -> None:
    name = str(permit.identifier)
    desk.license(name, WHY)
    clock.advance(hours=1)
    desk.license(name, WHY)
    accounts.clients.disable("police-desk")
    with pytest.raises(ServiceProblem) as caught:
        desk.license(name, WHY)
    assert caught.value.code == "oauth.client"


def test_everything_that_is_published_is_found_from_the_directory(
    stranger: LicenseClient, http: TestClient, authority: Authority
) -> None:
    authority.publisher.publish()
    public = authority.settings.keys_folder / "public"
    told = stranger.discovery()
    evidence = told.evidence
    assert {one.role for one in evidence.certificates} >= {"anchor", "intermediate", "seal", "status", "time-stamp"}
    assert [one.href for one in evidence.revocation_lists] == ["/crl/city.crl", "/crl/root.crl"]
    assert [one.href for one in evidence.status_lists] == ["/status/1"]
    assert evidence.log.key == log_key(public)
    hrefs = [
        *(one.href for one in evidence.certificates),
        *(one.href for one in (*evidence.revocation_lists, *evidence.status_lists)),
        evidence.log.checkpoint,
        told.openapi,
        told.problems,
    ]
    assert all(stranger.published(href) for href in hrefs)
    for href in ("/api/v1", evidence.certificates[0].href, "/crl/city.crl"):
        answer = http.get(href)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "public" in answer.headers["cache-control"]
        again = http.get(href, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert http.head(href).status_code == 200
    assert http.get("/crl/city.crl").content == (public / "crl" / "city.crl").read_bytes()
    for lost in ("/crl/..%2f..%2fprivate%2froot.crl", "/crl/none.crl", f"/certificates/{'0' * 64}.cer"):
        assert http.get(lost).status_code == 404

"""Look-ups over a real repository: who may sees, each look is on the trail, and nobody learns what is hidden."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from support import StillClock, counted_randomness, example_request

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.repository.entries import Usage
from verify_api.access import ClientSystem, Department, Grant, Person, Principal, Role, recognised
from verify_api.app import build_app
from verify_api.bench import SettingsBench
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

SEARCH = "/api/v1/licenses/search"
WHY = {"purpose": "办理居住登记", "item": "000131001000", "case": "2026-1"}
POLICE = Department("police", "白银市公安局（样例）")
MARKET = Department("market", "白银市市场监督管理局（样例）")
DESK = ClientSystem(
    client="police-desk",
    department=POLICE,
    grants=frozenset(map(Grant.parse, ("look:residence-permit", "export:*", "usage:*"))),
)
STRANGER = ClientSystem(client="tax-desk", department=MARKET, grants=frozenset({Grant.parse("look:business-license")}))
CLERK = Person(login="li.wei", name="李伟", department=POLICE, roles=frozenset({Role.STAFF}))
AUDITOR = Person(login="wang.fang", name="王芳", department=POLICE, roles=frozenset({Role.AUDITOR}))


class Caller:
    """A client whose requests are those of whoever is set."""

    def __init__(self, app: FastAPI, client: TestClient) -> None:
        self.app, self.client = app, client
        self.be(DESK)

    def be(self, who: Principal) -> "Caller":
        self.app.dependency_overrides[recognised] = lambda: who
        return self

    def search(self, number: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
        return self.client.post(SEARCH, json={"holder_number": number, **WHY, **more}, headers=headers or {})

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Response:
        return self.client.get(f"/api/v1/licenses/{path}", params={**WHY, **query}, headers=headers or {})


@pytest.fixture
def permit(authority: Authority) -> Issued:
    return authority.issue(example_request("residence-permit"))


@pytest.fixture
def number(permit: Issued) -> str:
    told = permit.license.holders[0].number
    assert told
    return told


@pytest.fixture
def caller(authority: Authority, permit: Issued, clock: StillClock) -> Iterator[Caller]:
    assert permit
    settings, randomness = authority.settings, counted_randomness("lookups")
    app = build_app(
        lambda: SettingsBench(settings, clock, randomness=randomness),
        settings.public_folder,
        Anchor.of(settings),
        clock=clock,
        randomness=randomness,
        limits=ServiceLimits(even_seconds=0),
    )
    with TestClient(app) as client:
        yield Caller(app, client)


def trail(authority: Authority) -> tuple[Usage, ...]:
    return authority.repository.usage.after(0, 1000)


def test_a_holders_licences_are_found_and_the_look_is_on_the_trail(
    caller: Caller, authority: Authority, permit: Issued, number: str
) -> None:
    answer = caller.search(number)
    (found,) = answer.json()["licenses"]
    assert (found["identifier"], found["type"]["key"], found["state"]) == (
        str(permit.identifier), "residence-permit", "issued",
    )  # fmt: skip
    assert answer.json()["next"] is None
    assert answer.headers["cache-control"] == "private, no-store"
    (entry,) = trail(authority)
    assert (entry.kind, entry.identifier) == ("look", str(permit.identifier))
    assert (entry.use.actor, entry.use.body, entry.use.place) == ("police-desk", POLICE.name, "api")
    assert (entry.use.purpose, entry.use.item, entry.use.case_number) == tuple(WHY.values())


def test_nobody_learns_whether_there_is_nothing_or_nothing_for_them(
    caller: Caller, authority: Authority, number: str
) -> None:
    caller.be(STRANGER)
    none, hidden = caller.search("620402199506129999"), caller.search(number)
    assert (none.status_code, none.content) == (hidden.status_code, hidden.content)
    assert none.json() == {"licenses": [], "next": None}
    assert set(none.headers) == set(hidden.headers)
    assert [(one.kind, one.identifier) for one in trail(authority)] == [("look", None)] * 2


def test_an_identifier_that_may_not_be_seen_is_unknown(caller: Caller, authority: Authority, permit: Issued) -> None:
    caller.be(STRANGER)
    hidden = caller.get(str(permit.identifier), headers={"X-Request-ID": "the-same-one"})
    unknown = caller.get("1.2.3", headers={"X-Request-ID": "the-same-one"})
    assert (hidden.status_code, hidden.json()["code"]) == (404, "license.unknown")
    assert hidden.json() == unknown.json()
    assert [(one.kind, one.identifier) for one in trail(authority)] == [("look", None)] * 2
    assert caller.be(DESK).get(str(permit.identifier)).status_code == 200


def test_no_look_without_a_purpose_or_a_trail(caller: Caller, authority: Authority, number: str) -> None:
    for body in ({"holder_number": number}, {"holder_number": number, "purpose": ""}):
        assert caller.client.post(SEARCH, json=body).json()["code"] == "http.invalid"
    assert caller.search(number, purpose=" ").json()["code"] == "usage.purpose-missing"
    assert caller.search(number, case="a\x00b").json()["code"].startswith(("entry.", "http."))
    assert trail(authority) == ()


def test_who_may_not_is_told_so_before_anything_is_looked_up(caller: Caller, authority: Authority, number: str) -> None:
    path = "1.2.3"
    del caller.app.dependency_overrides[recognised]
    refused = caller.search(number)
    assert (refused.status_code, refused.json()["code"]) == (401, "access.unknown")
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert caller.be(AUDITOR).search(number).json()["code"] == "access.role"
    assert caller.be(STRANGER).get(f"{path}/file").json()["code"] == "access.scope"
    assert caller.be(CLERK).get(f"{path}/usage").json()["code"] == "access.role"
    assert trail(authority) == ()


def test_a_record_with_its_life(caller: Caller, authority: Authority, permit: Issued, clock: StillClock) -> None:
    first = caller.get(str(permit.identifier))
    told = first.json()
    stored = authority.repository.by_identifier(str(permit.identifier))
    assert stored
    assert told["record"] == json.loads(stored.record)
    assert (told["record_sha256"], told["file_sha256"]) == (stored.record_digest.hex(), stored.file_digest.hex())
    assert [one["kind"] for one in told["events"]] == ["issue"]
    assert "actor" not in told["events"][0]
    again = caller.get(str(permit.identifier), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    clock.advance(hours=1)
    authority.revoke(str(permit.identifier), reason="test", actor="tester")
    after = caller.get(str(permit.identifier), headers={"If-None-Match": first.headers["etag"]})
    assert (after.status_code, after.json()["state"]) == (200, "revoked")


def test_the_file_and_its_pages(caller: Caller, authority: Authority, permit: Issued) -> None:
    name = str(permit.identifier)
    file = caller.get(f"{name}/file")
    assert file.content == permit.pdf
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == f'attachment; filename="{name}.pdf"'
    assert caller.get(f"{name}/file", headers={"If-None-Match": file.headers["etag"]}).status_code == 304
    page = caller.get(f"{name}/pages/1", dpi=50)
    with Image.open(BytesIO(page.content)) as picture:
        assert (picture.format, min(picture.size) > 200) == ("PNG", True)
    missing = caller.get(f"{name}/pages/9")
    assert (missing.status_code, missing.json()["code"]) == (404, "page.unknown")
    assert caller.get(f"{name}/pages/0").status_code == caller.get(f"{name}/pages/1", dpi=5000).status_code == 422
    assert [one.kind for one in trail(authority)] == ["export"] * 4


def test_a_repeated_request_is_one_use(caller: Caller, authority: Authority, number: str, clock: StillClock) -> None:
    key = {"Idempotency-Key": '"7f8c0a52"'}
    first = caller.search(number, headers=key)
    again = caller.search(number, headers=key)
    assert first.content == again.content
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert len(trail(authority)) == 1
    other = caller.search("620402199506129999", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused")
    assert caller.search(number, headers={"Idempotency-Key": "a b"}).json()["code"] == "idempotency.key"
    assert caller.be(CLERK).search(number, headers=key).status_code == 200, "another's key is another"
    assert len(trail(authority)) == 2
    clock.advance(minutes=3)
    assert caller.search(number, headers=key).status_code == 200
    assert len(trail(authority)) == 3


def test_pages_of_an_answer(caller: Caller, authority: Authority) -> None:
    business = example_request("business-license")
    number = business.holders[0].number
    permit = replace(example_request("food-business-permit"), holders=business.holders)
    both = [str(authority.issue(one).identifier) for one in (business, permit)]
    caller.be(replace(DESK, grants=frozenset({Grant.parse("look:*")})))
    first = caller.search(number, limit=1).json()
    second = caller.search(number, limit=1, cursor=first["next"]).json()
    assert [one["identifier"] for page in (first, second) for one in page["licenses"]] == both
    assert second["next"] is None
    assert [one.identifier for one in trail(authority)] == both, "what was not told was not used"
    for wrong in (first["next"][:-1] + "A", "x", "!", first["next"] + "AAAA"):
        answer = caller.search(number, limit=1, cursor=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "http.cursor"), wrong
    assert caller.search("620402199506129999", cursor=first["next"]).json()["code"] == "http.cursor"
    other = caller.be(CLERK).search(number, cursor=first["next"])
    assert other.json()["code"] == "http.cursor", "another's cursor is none of ours"


def test_an_auditor_sees_what_their_own_department_did(caller: Caller, authority: Authority, permit: Issued) -> None:
    name = str(permit.identifier)
    for who in (DESK, CLERK):
        assert caller.be(who).get(name).status_code == 200
    foreign = Person(login="zhao", name="赵", department=MARKET, roles=frozenset({Role.STAFF}))
    assert caller.be(foreign).get(name).status_code == 200
    told = caller.be(AUDITOR).get(f"{name}/usage", purpose="审计")
    assert [one["actor"] for one in told.json()["entries"]] == ["police-desk", "li.wei"]
    first = caller.get(f"{name}/usage", limit=1).json()
    second = caller.get(f"{name}/usage", limit=1, cursor=first["next"]).json()
    assert [one["actor"] for page in (first, second) for one in page["entries"]] == ["police-desk", "li.wei"]
    assert [one.use.actor for one in trail(authority)][-3:] == ["wang.fang"] * 3, "who watches is watched"
    assert caller.get("1.2.3/usage").json()["code"] == "license.unknown"


def test_what_is_judged_for_somebody_is_judged_in_their_name(
    caller: Caller, authority: Authority, permit: Issued
) -> None:
    post = caller.client.post
    post("/api/v1/verify", content=permit.pdf, headers={"Content-Type": "application/pdf"}, params=WHY)
    del caller.app.dependency_overrides[recognised]
    post("/api/v1/verify", content=permit.pdf, headers={"Content-Type": "application/pdf"}, params=WHY)
    assert [(one.use.actor, one.use.purpose) for one in trail(authority)] == [
        ("police-desk", WHY["purpose"]),
        ("公众", "公众核验"),
    ]


def test_logs_and_metrics_hold_nothing_of_anybody(
    caller: Caller, permit: Issued, number: str, caplog: pytest.LogCaptureFixture
) -> None:
    name, holder = str(permit.identifier), permit.license.holders[0].name
    with caplog.at_level(logging.DEBUG):
        cursor = caller.search(number, headers={"Idempotency-Key": "7f8c0a52-key"}).json()["next"]
        assert cursor is None
        caller.search(number, cursor="forged-cursor")
        for path in (name, f"{name}/file", f"{name}/pages/1", f"{name}/status", f"{name}/nothing", f"{number}/file"):
            caller.get(path)
        caller.be(AUDITOR).get(f"{name}/usage")
        caller.client.post("/api/v1/verify", content=permit.pdf, headers={"Content-Type": "application/pdf"})
        caller.client.post(SEARCH, json={"holder_number": [number], holder: number})
    metrics = caller.client.get("/metrics", headers={})
    ours = [record for record in caplog.records if not record.name.startswith("httpx2")]  # the caller's own
    written = "\n".join(str(record.__dict__) for record in ours) + metrics.text
    for private in (
        number, name, holder, permit.license.number or name, "police-desk", "wang.fang", "王芳", *WHY.values(),
        "7f8c0a52-key", "forged-cursor",
    ):  # fmt: skip
        assert private not in written
    assert "/api/v1/licenses/{identifier}/file" in written

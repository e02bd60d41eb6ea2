"""The auditor's view of the trail: their own department's and nobody else's, whole, harmless, and never unseen."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from support import StillClock, counted_randomness, example_request

from license_lib.authority import Authority
from license_lib.calendar import CHINA
from license_lib.repository.entries import Usage, UsageKind, Use
from verify_api.access import ClientSystem, Department, Grant, Person, Principal, Role, recognised
from verify_api.app import create_app
from verify_api.client import LicenseClient, Patience, Wanted, Why

MARKET, TAX = Department("market", "市场监管局（样例）"), Department("tax", "税务局（样例）")
AUDITOR = Person(login="wang.fang", name="王芳", department=MARKET, roles=frozenset({Role.AUDITOR}))
CLERK = Person(login="li.wei", name="李伟", department=MARKET, roles=frozenset({Role.STAFF}))
BOSS = Person(login="boss", name="赵", department=MARKET, roles=frozenset({Role.ADMINISTRATOR}))
WHY = {"purpose": "用证审计"}
SCRIPT = "<script>alert(1)</script>"


def program(*grants: str) -> ClientSystem:
    return ClientSystem(client="audit-desk", department=MARKET, grants=frozenset(map(Grant.parse, grants)))


class Caller:
    """A client whose requests are those of whoever is set."""

    def __init__(self, app: FastAPI, http: TestClient) -> None:
        self.app, self.http = app, http
        self.be(AUDITOR)

    def be(self, who: Principal) -> "Caller":
        self.app.dependency_overrides[recognised] = lambda: who
        return self

    def ask(self, ending: str = "", /, **query: str | int | None) -> Response:
        return self.http.get(f"/api/v1/usage{ending}", params={**WHY, **query})

    def told(self, **query: str | int) -> list[int]:
        answer = self.ask(**query)
        assert answer.status_code == 200, answer.text
        return [one["sequence"] for one in answer.json()["entries"]]

    def page(self, **query: str | int | None) -> Response:
        return self.http.get("/audit", params=query, headers={"Accept": "text/html"})


@pytest.fixture
def caller(authority: Authority, clock: StillClock) -> Iterator[Caller]:
    app = create_app(authority.settings, clock=clock, randomness=counted_randomness("trail"))
    with TestClient(app) as http:
        yield Caller(app, http)


class Trail:
    """Puts uses on record, a minute apart."""

    def __init__(self, authority: Authority, clock: StillClock) -> None:
        self.authority, self.clock = authority, clock

    def use(self, *identifiers: str, kind: UsageKind = UsageKind.LOOK, outcome: str = "", **who: str) -> int:
        use = Use(**{"actor": "li.wei", "body": MARKET.name, "purpose": "办证", "item": "000131001000", **who})
        self.clock.advance(minutes=1)
        recorded = self.authority.repository.usage.record(kind, identifiers, use, at=self.clock(), outcome=outcome)
        return recorded[0].sequence

    def all(self) -> tuple[Usage, ...]:
        return self.authority.repository.usage.after(0, 10_000)


@pytest.fixture
def trail(authority: Authority, clock: StillClock) -> Trail:
    return Trail(authority, clock)


def test_each_filter_keeps_the_others_away(caller: Caller, trail: Trail, authority: Authority) -> None:
    permit = str(authority.issue(example_request("residence-permit")).identifier)
    first = trail.use(permit)
    day = trail.clock()
    trail.clock.advance(days=2)
    other = trail.use(actor="chen.jie", purpose="补办_100%", case_number="2026-7")
    forged = trail.use(permit, kind=UsageKind.VERIFY, outcome="NOT_GENUINE", item="")
    trail.use(body=TAX.name)
    trail.use(actor="公众", body="")
    assert caller.told() == [forged, other, first], "the newest first, and none of another department"
    assert caller.told(actor="chen.jie") == [other]
    assert caller.told(identifier=permit, outcome="NOT_GENUINE") == [forged]
    assert caller.told(kind="verify") == [forged]
    assert caller.told(kind="look", about="000131001000") == [other, first]
    for about in ("2026-7", "办_100%", "0%"):
        assert caller.told(about=about) == [other]
    assert caller.told(about="%证%") == caller.told(about="___") == []
    assert caller.told(until=f"{day:%Y-%m-%d}", kind="look") == [first]
    assert caller.told(since=f"{day + timedelta(days=1):%Y-%m-%d}", kind="look") == [other]
    assert caller.told(actor="chen.jie", kind="verify") == caller.told(actor="li") == []


def test_a_day_begins_at_midnight_in_beijing(caller: Caller, trail: Trail) -> None:
    here = trail.clock().astimezone(CHINA)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), CHINA)
    trail.clock.advance(seconds=(midnight - here).total_seconds() - 90)
    before, after = trail.use(), trail.use()
    assert caller.told(since=f"{midnight:%Y-%m-%d}", kind="look") == [after]
    assert caller.told(until=f"{here:%Y-%m-%d}", kind="look") == [before]


def test_pages_go_on_where_they_ended_and_no_entry_is_twice(caller: Caller, trail: Trail, clock: StillClock) -> None:
    made = [trail.use() for _ in range(5)]
    clock.advance(hours=-3)  # a clock that was set back: the order stays the same on each page
    made.append(trail.use())
    clock.advance(hours=4)
    whole = caller.told(kind="look")
    seen = list[int]()
    cursor: str | None = ""
    while cursor is not None:
        answer = caller.ask(kind="look", limit=2, cursor=cursor).json()
        seen += [one["sequence"] for one in answer["entries"]]
        cursor = answer["next"]
        trail.use()  # others go on; what is new is not on later pages
    assert seen == whole
    assert sorted(seen) == sorted(made)
    first = caller.ask(kind="look", limit=2).json()["next"]
    assert caller.ask(limit=2, cursor=first).json()["code"] == "http.cursor", "of another question"
    assert caller.be(replace(AUDITOR, login="other")).ask(kind="look", limit=2, cursor=first).status_code == 400


def test_reading_leaves_an_entry_and_is_not_in_its_own_answer(
    caller: Caller, trail: Trail, authority: Authority
) -> None:
    permit = str(authority.issue(example_request("residence-permit")).identifier)
    trail.use(permit)
    assert len(caller.told(identifier=permit)) == 1
    caller.ask(".csv")
    caller.ask(".jsonl", identifier="1.2.3")
    caller.page(**WHY)
    told = [(one.kind, one.identifier, one.use.actor, one.use.body, one.use.purpose) for one in trail.all()[1:]]
    theirs = (AUDITOR.login, MARKET.name, "用证审计")
    assert told == [(UsageKind.AUDIT, one, *theirs) for one in (permit, None, None, None)]
    assert caller.told(kind="audit") == [one.sequence for one in trail.all()[-2:0:-1]]


def test_the_page_alone_reads_nothing(caller: Caller, trail: Trail) -> None:
    trail.use()
    page = caller.page()
    assert page.status_code == 200
    assert "点“查询”" in page.text
    assert "li.wei</a>" not in page.text
    assert len(trail.all()) == 1


def test_where_nothing_can_be_put_on_record_nothing_is_read(caller: Caller, trail: Trail) -> None:
    trail.use(actor="secret.person")
    for ending in ("", ".csv", ".jsonl"):
        answer = caller.ask(ending, purpose=" ")
        assert (answer.status_code, answer.json()["code"]) == (422, "usage.purpose-missing")
        assert caller.http.get(f"/api/v1/usage{ending}").json()["code"] == "http.invalid"
    page = caller.page(purpose="x" * 121)
    assert page.status_code == 422
    assert "查阅事由" in page.text
    assert "secret.person" not in page.text


@pytest.mark.parametrize("who", [CLERK, BOSS, program("look:*"), program("verify:*", "export:*")])
def test_nobody_else_may(caller: Caller, trail: Trail, who: Principal) -> None:
    trail.use()
    caller.be(who)
    answers = [caller.ask(), caller.ask(".csv"), caller.ask(".jsonl"), caller.page(**WHY)]
    assert {answer.status_code for answer in answers} == {403}
    assert len(trail.all()) == 1


def test_a_program_sees_the_types_that_it_was_granted(caller: Caller, trail: Trail, authority: Authority) -> None:
    permit, license_ = (
        str(authority.issue(example_request(key)).identifier) for key in ("residence-permit", "business-license")
    )
    of_permit, of_license, of_none = trail.use(permit), trail.use(license_), trail.use()
    assert caller.be(program("usage:residence-permit")).told() == [of_permit]
    assert caller.told(identifier=license_) == []
    assert trail.all()[-1].identifier is None, "nor does its question say that there is such a licence"
    both = program("usage:residence-permit", "usage:business-license", "look:*")
    assert caller.be(both).told(kind="look") == [of_license, of_permit]
    assert caller.be(program("usage:*")).told(kind="look") == [of_none, of_license, of_permit]


def test_a_spreadsheet_opens_the_file_and_runs_nothing(caller: Caller, trail: Trail) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")', 'a"b,c', SCRIPT]
    for purpose in evil:
        trail.use(purpose=purpose, kind=UsageKind.VERIFY, outcome="IN_FORCE", case_number="\t=1")
    answer = caller.ask(".csv", kind="verify")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="usage.csv"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heading, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert heading[:5] == ["日志序号", "时间（北京）", "部门", "人员", "操作"]
    assert [row[7] for row in rows[::-1]] == [f"'{one}" if one[0] in "=+-@" else one for one in evil]
    assert {row[9] for row in rows} == {"'\t=1"}
    assert {row[4] for row in rows} == {"核验"}
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    english = caller.ask(".csv", lang="en", kind="verify").content.decode("utf-8-sig")
    assert english.startswith("Log entry,Time (Beijing)")


def test_a_file_is_whole_however_long_and_says_so(caller: Caller, trail: Trail, authority: Authority) -> None:
    use = Use(actor="li.wei", body=MARKET.name, purpose="办证")
    one = str(authority.issue(example_request("residence-permit")).identifier)
    authority.repository.usage.record(UsageKind.LOOK, [one] * 1203, use, at=trail.clock())
    *lines, last = (json.loads(line) for line in caller.ask(".jsonl", kind="look").text.splitlines())
    assert last == {"done": 1203}
    assert [line["sequence"] for line in lines] == [entry.sequence for entry in trail.all()[1202::-1]]
    client = LicenseClient(http=caller.http, patience=Patience(tries=1))
    why, wanted = Why("审计"), Wanted(kind="look", since=trail.clock().date(), actor="li.wei")
    assert [entry["sequence"] for entry in client.trail_file(why, wanted)] == [line["sequence"] for line in lines]
    assert [entry.sequence for entry in client.trail(why, wanted)] == [line["sequence"] for line in lines]


def test_the_page_shows_hostile_values_as_text(caller: Caller, trail: Trail) -> None:
    trail.use(purpose=SCRIPT, actor='"><img src=x>', case_number="&amp;")
    answer = caller.page(**WHY, actor="")
    assert "&lt;script&gt;alert(1)" in answer.text
    assert SCRIPT not in answer.text
    assert "<img src=x" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    echoed = caller.page(**WHY, about=SCRIPT, identifier='" onfocus="x', lang="en")
    assert SCRIPT not in echoed.text
    assert 'onfocus="x' not in echoed.text
    assert "Nothing was found" in echoed.text


@pytest.mark.parametrize(
    ("query", "named"),
    [({"since": "2026-02-30"}, "开始日期"), ({"kind": "burn"}, "kind"), ({"actor": "x" * 65}, "人员或系统")],
)
def test_the_page_says_what_is_wrong_with_a_filter(caller: Caller, query: dict[str, str], named: str) -> None:
    answer = caller.page(**WHY, **query)
    assert answer.status_code == 422
    assert named in answer.text


def test_the_page_leads_to_the_next_one(caller: Caller, trail: Trail) -> None:
    made = [trail.use() for _ in range(51)]
    first = caller.page(**WHY)
    address = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = caller.http.get(f"/{address}")
    assert f">{made[-1]}</td>" in first.text
    assert f">{made[0]}</td>" not in first.text
    assert f">{made[0]}</td>" in second.text
    assert caller.page(**WHY, cursor="AAAA").status_code == 400

"""What facts mean, as a table: nothing is read here, and no clock asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from license_lib.health import Line, Report, State, judge
from license_lib.health.facts import (
    AccountFacts,
    ArchiveFacts,
    Certificate,
    Done,
    Ending,
    Facts,
    Fault,
    LogFacts,
    StatusListFacts,
    TrustListFacts,
)
from license_lib.health.telling import line_text, line_value
from license_lib.health.values import AREAS, STATES, Area
from license_lib.settings import HealthSettings

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Facts(
    at=AT,
    schema="0007",
    expected_schema="0007",
    database="SQLite",
    certificates=(Certificate("seal", "market", AT + 400 * DAY),),
    crls=(Ending("city", AT + 20 * DAY),),
    trust_lists=(TrustListFacts("city", 3, AT - DAY, AT + 6 * DAY, own=True),),
    status_lists=(StatusListFacts(1, AT - HOUR, AT + 23 * HOUR),),
    log=LogFacts(100, 100, None, 0, 0),
    archives=ArchiveFacts(5, {AT + 3000 * DAY: 5}, wanted=True),
    backup=Done(AT - HOUR, sound=True),
    fsck=Done(AT - HOUR, sound=True),
    accounts=AccountFacts(5, 2, 0),
    clients=(Ending("tax-desk", AT + 300 * DAY),),
)


def judged(**changed: Any) -> Report:
    return judge(replace(WELL, **changed), HealthSettings(), refresh=HOUR)


def line(area: Area, **changed: Any) -> Line:
    (found,) = (one for one in judged(**changed).lines if one.area is area)
    return found


def test_a_healthy_installation_is_ok_and_nothing_is_to_be_mended() -> None:
    report = judged()
    assert report.state is State.OK
    assert {one.area for one in report.lines} == set(Area)
    assert {one.mend for one in report.lines} == {""}


@pytest.mark.parametrize(
    ("days", "state"),
    [(61, State.OK), (60, State.LOOK), (15, State.LOOK), (14, State.ACT), (0, State.ACT), (-1, State.ACT)],
)
def test_a_certificate_is_the_worse_the_nearer_its_end(days: int, state: State) -> None:
    found = line(Area.CERTIFICATE, certificates=(Certificate("seal", "market", AT + days * DAY),))
    assert (found.state, found.days_left, bool(found.mend)) == (state, days, state is not State.OK)
    assert ("到期" in found.zh) == (days <= 0)
    assert line(Area.CLIENT, clients=(Ending("tax-desk", AT + days * DAY),)).state is state


def test_a_seal_that_seals_nothing_any_more_may_end() -> None:
    found = line(Area.CERTIFICATE, certificates=(Certificate("seal", "old", AT - DAY, used=False),))
    assert (found.state, found.mend) == (State.OK, "")
    assert "不再使用" in found.zh


@pytest.mark.parametrize(("hours", "state"), [(73, State.OK), (72, State.LOOK), (24, State.ACT), (-1, State.ACT)])
def test_lists_end_within_days(hours: int, state: State) -> None:
    ends = AT + hours * HOUR
    crl = line(Area.CRL, crls=(Ending("city", ends),))
    own = line(Area.TRUST_LIST, trust_lists=(TrustListFacts("city", 3, AT, ends, own=True),))
    accepted = line(Area.TRUST_LIST, trust_lists=(TrustListFacts("other", 3, AT, ends, own=False),))
    assert {crl.state, own.state, accepted.state} == {state}
    if state is not State.OK:
        mends = "license keys publish", "license trust publish", "license trust update SOURCE"
        assert (crl.mend, own.mend, accepted.mend) == mends


@pytest.mark.parametrize(
    ("issued", "ends", "state"),
    [
        (AT - 2 * HOUR, AT + HOUR, State.OK),
        (AT - 2 * HOUR - timedelta(minutes=1), AT + HOUR, State.LOOK),
        (AT - HOUR, AT, State.ACT),
        (None, None, State.ACT),
    ],
)
def test_a_status_list_is_fresh(issued: datetime | None, ends: datetime | None, state: State) -> None:
    found = line(Area.STATUS_LIST, status_lists=(StatusListFacts(1, issued, ends),))
    assert found.state is state
    assert found.mend == ("" if state is State.OK else "license publish")


@pytest.mark.parametrize(
    ("log", "state", "said"),
    [
        (LogFacts(100, 90, AT - HOUR, 0, 0), State.OK, "未公布 10 条"),
        (LogFacts(100, 90, AT - 3 * HOUR, 0, 0), State.LOOK, "最早的始于"),
        (LogFacts(100, 90, AT - 25 * HOUR, 0, 0), State.ACT, "最早的始于"),
        (LogFacts(100, None, AT - 25 * HOUR, 0, 0), State.ACT, "未公布 100 条"),
        (LogFacts(0, None, None, 0, 0), State.OK, "0 条"),
        (LogFacts(90, 100, None, 0, 0), State.ACT, "少于已公布"),
    ],
)
def test_the_log_is_published(log: LogFacts, state: State, said: str) -> None:
    found = line(Area.LOG, log=log)
    assert found.state is state
    assert said in found.zh


def test_witnesses_are_missed_only_where_some_are_asked_for() -> None:
    for witnessed, quorum, states in ((0, 0, [State.OK]), (0, 1, [State.OK, State.LOOK]), (1, 1, [State.OK] * 2)):
        report = judged(log=LogFacts(9, 9, None, witnessed, quorum))
        assert [one.state for one in report.lines if one.area is Area.LOG] == states


@pytest.mark.parametrize(
    ("done", "state"),
    [
        (Done(AT - 26 * HOUR, sound=True), State.OK),
        (Done(AT - 27 * HOUR, sound=True), State.LOOK),
        (Done(AT - 79 * HOUR, sound=True), State.ACT),
        (Done(AT, sound=False), State.ACT),
        (None, State.LOOK),
    ],
)
def test_a_backup_is_young_and_sound(done: Done | None, state: State) -> None:
    assert line(Area.BACKUP, backup=done).state is state


def test_archives_are_told_by_what_they_lean_on() -> None:
    until = {AT + 10 * DAY: 2, AT + 100 * DAY: 3, AT + 1000 * DAY: 4}
    report = judged(archives=ArchiveFacts(10, until, wanted=True))
    told = [one for one in report.lines if one.area is Area.TIME_STAMP]
    assert [one.state for one in told] == [State.ACT, State.LOOK, State.OK, State.LOOK]
    assert "2 份证照" in told[0].zh
    assert told[-1].zh.startswith("1 份证照尚未存档")
    report = judged(archives=ArchiveFacts(10, until, wanted=False))
    assert len([one for one in report.lines if one.area is Area.TIME_STAMP]) == 3


def test_one_administrator_is_too_few_and_nobody_at_all_is_no_matter() -> None:
    assert line(Area.ACCOUNTS, accounts=AccountFacts(3, 1, 0)).state is State.LOOK
    report = judged(accounts=AccountFacts(3, 2, 1))
    assert [one.state for one in report.lines if one.area is Area.ACCOUNTS] == [State.OK, State.LOOK]
    assert not [one for one in judged(accounts=AccountFacts(0, 0, 0)).lines if one.area is Area.ACCOUNTS]


def test_what_cannot_be_looked_at_is_to_be_acted_on() -> None:
    fault = Fault(Area.CRL, "trust.crl", "city cannot be read", "fetch it again")
    found = line(Area.CRL, crls=(), faults=(fault,))
    assert (found.state, found.mend) == (State.ACT, "fetch it again")
    assert "[trust.crl] city cannot be read" in found.en
    assert line(Area.DATABASE, schema="0005").mend == "license init"


def test_each_is_told_to_people_and_programs() -> None:
    found = line(Area.CRL, crls=(Ending("city", AT + DAY),))
    assert line_value(found) == {
        "area": "crl",
        "subject": "city",
        "state": "act",
        "text": {"zh": "有效至 2026-11-27，还有 1 天", "en": "good until 2026-11-27, 1 day"},
        "mend": "license keys publish",
        "days_left": 1.0,
    }
    assert line_text(found, english=True).splitlines() == [
        "[act now]  Certificate revocation lists  city  good until 2026-11-27, 1 day",
        "  → license keys publish",
    ]
    assert set(AREAS) == set(Area)
    assert set(STATES) == set(State)

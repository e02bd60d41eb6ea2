"""What a state means for somebody who would rely on the licence: every state at every time, by record and by list."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOON

from license_lib.findings import CODES, Effect
from license_lib.lifecycle import LicenseState, Overdue
from license_lib.status import Status
from license_lib.verification import OnList, OnRecord, StatusListUsed
from license_lib.verification.standing import judge_standing, judge_validity

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FIRST, LAST = date(2026, 3, 2), date(2026, 11, 30)
ENDED = {
    LicenseState.REVOKED: "status.revoked",
    LicenseState.WITHDRAWN: "status.withdrawn",
    LicenseState.CANCELLED: "status.cancelled",
    LicenseState.SUPERSEDED: "status.superseded",
    LicenseState.TRANSFERRED: "status.transferred",
    LicenseState.HOLDER_ENDED: "status.holder-ended",
}


def on_record(**facts: object) -> OnRecord:
    return OnRecord(record=b"{}", file_digest=bytes(32), **facts)  # type: ignore[arg-type]


def on_list(status: Status) -> OnList:
    return OnList(status, StatusListUsed("https://license.example/status/1", NOON, NOON + DAY))


def codes(known: OnRecord | OnList, *, ahead: timedelta = timedelta()) -> list[str]:
    return [finding.code for finding in judge_standing(known, at=NOON + ahead, now=NOON)]


@pytest.mark.parametrize("state", LicenseState)
def test_every_state_but_issued_speaks_against_it(state: LicenseState) -> None:
    known = on_record(state=state, since=NOON - DAY)
    now, tomorrow = codes(known), codes(known, ahead=DAY)
    if state is LicenseState.ISSUED:
        assert (now, tomorrow) == ([], ["status.future"])
    elif state is LicenseState.SUSPENDED:
        assert (now, tomorrow) == (["status.suspended"], ["status.future"]), "it may be given back until then"
    else:
        assert now == tomorrow == [ENDED[state]]
    assert all(CODES[code].effect is Effect.NOT_IN_FORCE for code in now)


def test_the_date_and_the_new_version_are_told_in_words() -> None:
    known = on_record(state=LicenseState.SUPERSEDED, since=NOON - DAY, next_identifier="1.2.156.3005.2.X")
    (finding,) = judge_standing(known, at=NOON, now=NOON)
    assert finding.params == {"date": "2026-11-21", "next": "1.2.156.3005.2.X"}
    assert finding.text("zh") == "证照已被新版取代（日期：2026-11-21；新证照标识：1.2.156.3005.2.X）"
    (unknown,) = judge_standing(on_record(state=LicenseState.SUPERSEDED, since=NOON), at=NOON, now=NOON)
    assert unknown.text("en") == "A new version took its place (on: 2026-11-22; its identifier: —)"
    (suspended,) = judge_standing(on_list(Status.SUSPENDED), at=NOON, now=NOON)
    assert suspended.text("zh") == "证照暂扣中（起始日期：—）"


def test_what_was_not_issued_yet_is_for_its_days_to_say() -> None:
    assert codes(on_record(state=None)) == []


@pytest.mark.parametrize(
    ("due", "noted", "strict"),
    [
        (NOON.date(), [], []),
        ((NOON - DAY).date(), ["status.inspection-due"], ["status.inspection-overdue"]),
        (None, [], []),
    ],
)
def test_an_inspection_is_overdue_from_the_day_after(due: date | None, noted: list[str], strict: list[str]) -> None:
    assert codes(on_record(inspection_due=due)) == noted
    assert codes(on_record(inspection_due=due, overdue=Overdue.NOT_IN_FORCE)) == strict


def test_what_has_ended_is_not_asked_for_its_inspection() -> None:
    known = on_record(state=LicenseState.REVOKED, since=NOON, inspection_due=(NOON - DAY).date())
    assert codes(known) == ["status.revoked"]


@pytest.mark.parametrize(
    ("status", "now", "tomorrow"),
    [
        (Status.VALID, [], ["status.future"]),
        (Status.INVALID, ["status.invalid"], ["status.invalid"]),
        (Status.SUSPENDED, ["status.suspended"], ["status.future"]),
    ],
)
def test_a_list_tells_of_the_present(status: Status, now: list[str], tomorrow: list[str]) -> None:
    assert codes(on_list(status)) == codes(on_list(status), ahead=-5 * MINUTE) == now
    assert codes(on_list(status), ahead=DAY) == tomorrow
    assert codes(on_list(status), ahead=-6 * MINUTE) == ["status.past"]


def test_an_extension_moves_the_last_day_and_is_told() -> None:
    known = on_record(valid_until=LAST + 90 * DAY)

    def days(known: OnRecord | OnList | None, day: date, last: date | None = LAST) -> list[str]:
        at = NOON + (day - NOON.date())
        return [finding.code for finding in judge_validity(FIRST, last, known, at=at)]

    assert days(None, LAST) == []
    assert days(None, LAST + DAY) == ["validity.expired"]
    assert days(known, LAST + 90 * DAY) == ["status.extended"]
    assert days(known, LAST + 91 * DAY) == ["status.extended", "validity.expired"]
    assert days(on_record(valid_until=LAST - DAY), LAST) == [], "an extension takes nothing away"
    assert days(known, LAST + 900 * DAY, None) == [], "what has no end needs none"
    assert days(on_list(Status.VALID), LAST + DAY) == ["validity.expired"], "a list knows of no extension"
    assert days(known, FIRST - DAY) == ["status.extended", "validity.not-yet"]


@given(
    state=st.sampled_from(LicenseState),
    status=st.sampled_from(Status),
    minutes=st.integers(-(10**6), 10**6),
    due=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_nothing_but_issued_and_valid_is_in_force(
    state: LicenseState, status: Status, minutes: int, due: date | None
) -> None:
    ahead = minutes * MINUTE
    recorded = codes(on_record(state=state, since=NOON, inspection_due=due), ahead=ahead)
    listed = codes(on_list(status), ahead=ahead)
    harmless = [all(CODES[code].effect is Effect.NOTE for code in found) for found in (recorded, listed)]
    assert harmless == [
        state is LicenseState.ISSUED and minutes <= 0,
        status is Status.VALID and -5 <= minutes <= 0,
    ]

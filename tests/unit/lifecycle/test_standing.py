"""More than the state: since when, by what, the last day by decree, neighbours, and when an inspection is due."""

from dataclasses import replace
from datetime import date

import pytest
from lifecycle_history import correction, day, event, way_to

from license_lib.errors import MachineError
from license_lib.lifecycle import (
    DEFAULT_RULES,
    EventError,
    EventKind,
    LicenseState,
    Standing,
    Subject,
    TypeRules,
    check,
    standing_at,
)

YEARLY = TypeRules(inspection_months=12)
FACE = Subject(valid_until=date(2030, 1, 1))


def sure(standing: Standing | None) -> Standing:
    assert standing is not None
    return standing


def test_since_when_and_by_what() -> None:
    events = (*way_to(LicenseState.SUSPENDED), event(3, EventKind.INSPECT, 5), correction(4, 9, 2, moved=2))
    assert standing_at(events, day(-1)) is None
    standing = sure(standing_at(events, day(9)))
    assert (standing.state, standing.since, standing.cause) == (LicenseState.SUSPENDED, day(2), events[1])
    before = sure(standing_at(events, day(9), known_at=day(8)))
    assert before.since == day(1)


def test_neighbours() -> None:
    events = (
        event(1, EventKind.ISSUE, 0, previous="version 1"),
        event(2, EventKind.RENEW, 5, next="version 3"),
        event(3, EventKind.REVOKE, 9),
    )
    standing = sure(standing_at(events, day(4)))
    assert (standing.previous, standing.next) == ("version 1", None)
    standing = sure(standing_at(events, day(9)))
    assert (standing.state, standing.previous, standing.next) == (LicenseState.REVOKED, "version 1", "version 3")


def test_extensions() -> None:
    events = (*way_to(LicenseState.ISSUED), event(2, EventKind.EXTEND, 5, valid_until="2031-06-30"))
    assert sure(standing_at(events, day(4))).valid_until is None
    assert sure(standing_at(events, day(5))).valid_until == date(2031, 6, 30)


@pytest.mark.parametrize(
    ("until", "face", "allowed"),
    [
        ("2030-01-02", FACE, True),
        ("2030-01-01", FACE, False),
        ("2029-12-31", FACE, False),
        ("2099-12-31", Subject(valid_until=None), False),
        ("2020-01-01", None, True),
    ],
)
def test_an_extension_gives_a_later_day(until: str, face: Subject | None, *, allowed: bool) -> None:
    new = event(9, EventKind.EXTEND, 5, valid_until=until)
    if allowed:
        check(way_to(LicenseState.SUSPENDED), new, DEFAULT_RULES, subject=face)
        return
    with pytest.raises(EventError) as error:
        check(way_to(LicenseState.SUSPENDED), new, DEFAULT_RULES, subject=face)
    assert error.value.code == "event.extends-nothing"


def test_extensions_grow_in_the_order_of_their_effect() -> None:
    events = (*way_to(LicenseState.ISSUED), event(2, EventKind.EXTEND, 20, valid_until="2031-01-01"))
    check(events, event(3, EventKind.EXTEND, 10, 30, valid_until="2030-06-01"), DEFAULT_RULES, subject=FACE)
    for new in (
        event(3, EventKind.EXTEND, 30, valid_until="2031-01-01"),
        event(3, EventKind.EXTEND, 10, 30, valid_until="2031-01-01"),
    ):
        with pytest.raises(EventError) as error:
            check(events, new, DEFAULT_RULES, subject=FACE)
        assert error.value.code == "event.extends-nothing"
    more = (*events, event(3, EventKind.EXTEND, 30, valid_until="2032-01-01"))
    with pytest.raises(EventError) as error:
        check(more, correction(4, 40, 2, moved=35), DEFAULT_RULES)
    assert error.value.code == "event.extends-nothing"
    # A licence that was extended before its face was looked at can still be corrected.
    check(more, correction(4, 40, 3), DEFAULT_RULES, subject=Subject(valid_until=None))


@pytest.mark.parametrize("value", ["", "2030-13-01", "20300101", "2030-01-01T00:00:00Z", 20300101, None])
def test_days_are_read_strictly(value: object) -> None:
    with pytest.raises(EventError) as error:
        check(way_to(LicenseState.ISSUED), event(9, EventKind.EXTEND, 5, valid_until=value), DEFAULT_RULES)
    assert error.value.code == "event.details"
    assert "details.valid_until" in error.value.message


@pytest.mark.parametrize(
    ("kind", "details", "name"),
    [
        (EventKind.RENEW, {"next": None}, "next"),
        (EventKind.AMEND, {"next": 3}, "next"),
        (EventKind.REPLACE, {"next": "x" * 257}, "next"),
        (EventKind.INSPECT, {"passed": "yes"}, "passed"),
        (EventKind.INSPECT, {"passed": 1}, "passed"),
        (EventKind.INSPECT, {"next_due": "tomorrow"}, "next_due"),
    ],
)
def test_every_kind_says_what_its_rules_need(kind: EventKind, details: dict[str, object], name: str) -> None:
    new = event(9, kind, 5)
    wrong = replace(new, details={**new.details, **details})
    with pytest.raises(EventError) as error:
        check(way_to(LicenseState.ISSUED), wrong, DEFAULT_RULES)
    assert error.value.code == "event.details"
    assert f"details.{name}" in error.value.message


def test_when_an_inspection_is_due() -> None:
    issued = way_to(LicenseState.ISSUED)
    assert sure(standing_at(issued, day(0))).inspection_due is None
    assert sure(standing_at(issued, day(0), rules=YEARLY)).inspection_due == date(2027, 11, 22)
    events = (*issued, event(2, EventKind.INSPECT, 30, passed=False))
    failed = sure(standing_at(events, day(30), rules=YEARLY))
    assert (failed.inspection_failed, failed.inspection_due) == (True, date(2027, 11, 22))
    events = (*events, event(3, EventKind.INSPECT, 40))
    again = sure(standing_at(events, day(40), rules=YEARLY))
    assert (again.inspection_failed, again.inspection_due) == (False, date(2028, 1, 1))
    events = (*events, event(4, EventKind.INSPECT, 50, next_due="2030-01-11"))
    assert sure(standing_at(events, day(50), rules=YEARLY)).inspection_due == date(2030, 1, 11)
    assert sure(standing_at(events, day(50))).inspection_due == date(2030, 1, 11)


def test_a_month_ends_where_it_ends() -> None:
    three_months = TypeRules(inspection_months=3)
    # 2026-11-30 at noon in China, three months on.
    events = (event(1, EventKind.ISSUE, 8),)
    assert sure(standing_at(events, day(8), rules=three_months)).inspection_due == date(2027, 2, 28)
    # 20 hours later it is the first of December in China.
    assert sure(standing_at((event(1, EventKind.ISSUE, 8.6),), day(9), rules=three_months)).inspection_due == date(
        2027, 3, 1
    )


@pytest.mark.parametrize("kind", [EventKind.RENEW, EventKind.AMEND, EventKind.REPLACE])
def test_what_has_expired_needs_a_new_application(kind: EventKind) -> None:
    face = Subject(valid_until=date(2026, 12, 2))
    issued = way_to(LicenseState.ISSUED)
    check(issued, event(9, kind, 10.4), DEFAULT_RULES, subject=face)  # 21:36 on that day in China
    late = event(9, kind, 10.6)
    with pytest.raises(EventError) as error:
        check(issued, late, DEFAULT_RULES, subject=face)
    assert error.value.code == "event.expired"
    check(issued, event(9, kind, 10.4, 100), DEFAULT_RULES, subject=face)  # decided late, in force in time
    check(issued, late, TypeRules(late=frozenset({kind})), subject=face)
    check(issued, late, DEFAULT_RULES, subject=Subject(valid_until=None))
    extended = (*issued, event(2, EventKind.EXTEND, 5, valid_until="2026-12-31"))
    check(extended, late, DEFAULT_RULES, subject=face)


def test_a_standing_is_not_guessed_either() -> None:
    with pytest.raises(MachineError):
        standing_at((*way_to(LicenseState.ISSUED), event(2, EventKind.INSPECT, 5, passed="yes")), day(9))
    with pytest.raises(MachineError):
        standing_at((event(1, EventKind.CANCEL, 0),), day(9))

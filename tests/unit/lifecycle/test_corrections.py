"""Two time axes: what was so, and what was known. Corrections, backdated events, and what they may not undo."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from lifecycle_history import correction, day, event, way_to

from license_lib.errors import MachineError
from license_lib.lifecycle import (
    DEFAULT_RULES,
    EventError,
    EventKind,
    LicenseState,
    Proposed,
    Subject,
    check,
    last_state,
    state_at,
)

ISSUED, SUSPENDED, REVOKED = LicenseState.ISSUED, LicenseState.SUSPENDED, LicenseState.REVOKED
History = tuple[Proposed, ...]
SUSPENSION: History = (event(1, EventKind.ISSUE, 0), event(2, EventKind.SUSPEND, 10))


def refused(events: Sequence[Proposed], new: Proposed, subject: Subject | None = None) -> str:
    with pytest.raises(EventError) as error:
        check(events, new, DEFAULT_RULES, subject=subject)
    assert error.value.message
    assert error.value.message_zh
    assert error.value.hint
    return error.value.code


def accepted(events: Sequence[Proposed], new: Proposed, subject: Subject | None = None) -> History:
    check(events, new, DEFAULT_RULES, subject=subject)
    return (*events, new)


def test_an_event_that_did_not_happen() -> None:
    events = accepted(SUSPENSION, correction(3, 20, 2))
    assert state_at(events, day(15)) is ISSUED
    assert state_at(events, day(15), known_at=day(19)) is SUSPENDED
    assert state_at(events, day(15), known_at=day(20)) is ISSUED
    assert last_state(events) is ISSUED


def test_an_event_that_took_effect_at_another_time() -> None:
    events = accepted(SUSPENSION, correction(3, 20, 2, moved=12))
    assert [state_at(events, day(at)) for at in (11.9, 12)] == [ISSUED, SUSPENDED]
    assert state_at(events, day(11), known_at=day(19)) is SUSPENDED


def test_a_correction_is_taken_back_and_that_again() -> None:
    events = accepted(SUSPENSION, correction(3, 20, 2))
    events = accepted(events, correction(4, 21, 3))
    assert last_state(events) is SUSPENDED
    events = accepted(events, correction(5, 22, 4))
    assert last_state(events) is ISSUED
    assert [state_at(events, day(15), known_at=day(known)) for known in (19, 20, 21, 22)] == [
        SUSPENDED, ISSUED, SUSPENDED, ISSUED
    ]  # fmt: skip


def test_of_several_corrections_the_last_counts() -> None:
    events = accepted(SUSPENSION, correction(3, 20, 2, moved=12))
    events = accepted(events, correction(4, 21, 2, moved=14))
    assert [state_at(events, day(at)) for at in (13.9, 14)] == [ISSUED, SUSPENDED]
    events = accepted(events, correction(5, 22, 4))
    assert [state_at(events, day(at)) for at in (11.9, 12)] == [ISSUED, SUSPENDED]
    # The first one says nothing any more while the second stands.
    assert refused((*events[:4],), correction(5, 22, 3)) == "event.nothing-to-correct"


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (correction(3, 20, 9), "event.nothing-to-correct"),  # no such event
        (correction(3, 20, 3), "event.nothing-to-correct"),  # itself
        (correction(3, 20, 2, moved=10), "event.nothing-to-correct"),  # the time that it has
        (correction(3, 20, 1), "event.issue-stands"),
        (correction(3, 20, 1, moved=5), "event.issue-stands"),
        (correction(3, 20, 2, moved=-1), "event.before-issue"),
        (event(3, EventKind.CORRECT, 19, 20, corrects=2), "event.time"),
        (event(3, EventKind.CORRECT, 20), "event.details"),
        (event(3, EventKind.CORRECT, 20, corrects=True), "event.details"),
        (event(3, EventKind.CORRECT, 20, corrects=2, effective_at="2026-12-01"), "event.details"),
        (event(3, EventKind.CORRECT, 20, corrects=2, effective_at="soon"), "event.details"),
        (event(3, EventKind.CORRECT, 20, corrects=2, effective_at=""), "event.details"),
    ],
)
def test_what_no_correction_may_say(new: Proposed, code: str) -> None:
    assert refused(SUSPENSION, new) == code


def test_a_correction_has_no_time_to_move() -> None:
    events = accepted(SUSPENSION, correction(3, 20, 2))
    assert refused(events, correction(4, 21, 3, moved=12)) == "event.details"
    assert refused(events, correction(4, 21, 2)) == "event.nothing-to-correct"


def test_what_would_contradict_a_later_event() -> None:
    events: History = (*SUSPENSION, event(3, EventKind.REINSTATE, 20))
    with pytest.raises(EventError) as error:
        check(events, correction(4, 30, 2), DEFAULT_RULES)
    assert error.value.code == "event.contradicts"
    assert "event 3" in error.value.message
    assert "2026-12-12 12:00" in error.value.message_zh
    assert "发还" in error.value.message_zh
    assert refused(events, event(4, EventKind.WITHDRAW, 15, 30)) == "event.contradicts"
    assert refused(events, correction(4, 30, 2, moved=21)) == "event.contradicts"
    # One after the other it goes.
    events = accepted(events, correction(4, 30, 3))
    assert last_state(accepted(events, correction(5, 30, 2))) is ISSUED


def test_backdated_events() -> None:
    events: History = (*SUSPENSION, event(3, EventKind.REINSTATE, 20))
    events = accepted(events, event(4, EventKind.INSPECT, 15, 30))
    events = accepted(events, event(5, EventKind.WITHDRAW, 25, 30))
    assert [state_at(events, day(at)) for at in (15, 20, 25)] == [SUSPENDED, ISSUED, LicenseState.WITHDRAWN]
    assert state_at(events, day(25), known_at=day(29)) is ISSUED


def test_events_of_the_same_moment_follow_each_other_as_recorded() -> None:
    events = accepted(SUSPENSION, event(3, EventKind.REINSTATE, 10))
    assert state_at(events, day(10)) is ISSUED
    assert refused(SUSPENSION[:1], event(2, EventKind.REINSTATE, 10)) == "event.not-allowed"


def test_an_event_planned_for_later_binds_already() -> None:
    events = accepted(SUSPENSION, event(3, EventKind.REINSTATE, 40, 12))
    assert [state_at(events, day(at), known_at=day(12)) for at in (39, 40)] == [SUSPENDED, ISSUED]
    assert last_state(events) is ISSUED
    assert refused(events, event(4, EventKind.CANCEL, 20)) == "event.contradicts"


@pytest.mark.parametrize(
    ("kind", "state"), [(EventKind.REVOKE, REVOKED), (EventKind.HOLDER_ENDED, LicenseState.HOLDER_ENDED)]
)
def test_what_is_learnt_late_overtakes_what_was_recorded_before(kind: EventKind, state: LicenseState) -> None:
    events: History = (
        *SUSPENSION,
        event(3, EventKind.REINSTATE, 20),
        event(4, EventKind.RENEW, 30),
    )
    events = accepted(events, event(5, kind, 5, 40))
    assert [state_at(events, day(at)) for at in (4, 5, 10, 20, 30)] == [ISSUED, state, state, state, state]
    assert state_at(events, day(30), known_at=day(39)) is LicenseState.SUPERSEDED
    # What comes on record afterwards has to reckon with it.
    assert refused(events, event(6, EventKind.SUSPEND, 25, 41)) == "event.not-allowed"
    # Taken back, all is as before.
    assert last_state(accepted(events, correction(6, 41, 5))) is LicenseState.SUPERSEDED


def test_a_revocation_can_void_a_licence_from_its_issue() -> None:
    events = accepted((*SUSPENSION, event(3, EventKind.REINSTATE, 20)), event(4, EventKind.REVOKE, 0, 30))
    assert {state_at(events, day(at)) for at in (0, 10, 20, 30)} == {REVOKED}


def test_an_overtaken_cancellation_still_counts_where_it_may_follow() -> None:
    events: History = (event(1, EventKind.ISSUE, 0), event(2, EventKind.CANCEL, 20))
    events = accepted(events, event(3, EventKind.HOLDER_ENDED, 10, 30))
    assert [state_at(events, day(at)) for at in (10, 20)] == [LicenseState.HOLDER_ENDED, LicenseState.CANCELLED]


def test_a_new_version_cannot_lose_what_it_follows() -> None:
    events = way_to(LicenseState.SUPERSEDED)
    taken_back, moved = correction(3, 20, 2), correction(3, 20, 2, moved=2)
    standing = Subject(valid_until=None, successor=ISSUED)
    superseded = Subject(valid_until=None, successor=LicenseState.SUPERSEDED)
    revoked = Subject(valid_until=None, successor=REVOKED)
    for subject in (None, standing, superseded):
        assert refused(events, taken_back, subject) == "event.successor-stands"
    assert refused(events, moved, revoked) == "event.successor-stands"
    events = accepted(events, taken_back, revoked)
    assert last_state(events) is ISSUED
    # Another round about: taking the correction of the correction back is the same thing.
    events = accepted(events, correction(4, 21, 3))
    assert refused(events, correction(5, 22, 4), standing) == "event.successor-stands"
    assert last_state(accepted(events, correction(5, 22, 4), revoked)) is ISSUED


def test_times_without_a_zone_are_refused() -> None:
    naive = datetime(2027, 1, 1)  # noqa: DTZ001 -- that is the point
    new = event(3, EventKind.REINSTATE, 20)
    assert refused(SUSPENSION, replace(new, effective_at=naive)) == "event.time"
    assert refused(SUSPENSION, replace(new, recorded_at=naive)) == "event.time"


def test_a_clock_that_lags_stops_the_recording() -> None:
    with pytest.raises(MachineError) as error:
        check(SUSPENSION, event(3, EventKind.REINSTATE, 20, 9.999), DEFAULT_RULES)
    assert error.value.code == "event.clock-behind"


BROKEN: Sequence[Sequence[Proposed]] = [
    (event(1, EventKind.SUSPEND, 0),),
    (event(1, EventKind.ISSUE, 0), event(2, EventKind.REINSTATE, 1)),
    (*SUSPENSION, event(3, EventKind.RENEW, 20)),
    (*SUSPENSION, correction(3, 20, 7)),
    (*SUSPENSION, correction(3, 20, 3)),
    (*SUSPENSION, correction(3, 20, 2), correction(4, 20, 3, moved=2)),
    (*SUSPENSION, event(3, EventKind.CORRECT, 20, corrects="2")),
]


@pytest.mark.parametrize("events", BROKEN)
def test_no_state_is_guessed_from_a_broken_record(events: Sequence[Proposed]) -> None:
    with pytest.raises(MachineError) as error:
        state_at(events, day(100))
    assert error.value.code == "event.record-broken"
    with pytest.raises(MachineError):
        last_state(events)


def test_two_events_in_the_same_place_are_a_broken_record() -> None:
    for new in (event(2, EventKind.REINSTATE, 20), event(1, EventKind.REINSTATE, 20)):
        with pytest.raises(MachineError):
            check(SUSPENSION, new, DEFAULT_RULES)
    with pytest.raises(MachineError):
        check((SUSPENSION[0], SUSPENSION[0]), event(3, EventKind.SUSPEND, 20), DEFAULT_RULES)

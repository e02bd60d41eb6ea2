"""Random lives of a licence, legal and not, backdated and corrected, against a model that knows nothing of folding."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lifecycle_history import START, correction, day, event

from license_lib.lifecycle import DEFAULT_RULES, EventError, EventKind, LicenseState, Proposed, Subject, check, state_at
from license_lib.lifecycle.details import corrects, moved_to

NEW_VERSION = ("renew", "amend", "replace")
KINDS = tuple(kind for kind in EventKind if kind is not EventKind.CORRECT)
DAYS = st.integers(-1, 9)
Times = dict[int, datetime | None]


def after(state: str, kind: str) -> str | None:  # noqa: PLR0911 -- one sentence a line
    """What an event makes of a licence, in sentences."""
    over = {"revoked", "withdrawn", "cancelled", "superseded", "transferred", "holder-ended"}
    if state == "":
        return "issued" if kind == "issue" else None
    if kind == "revoke":
        return "revoked" if state != "revoked" else None
    if kind == "cancel":
        return "cancelled" if state not in over or state in {"withdrawn", "holder-ended"} else None
    if state in over:
        return "issued" if (state, kind) == ("transferred", "transfer-in") else None
    if kind in {"inspect", "extend"}:
        return state
    if kind in {"withdraw", "holder-ended"}:
        return {"withdraw": "withdrawn", "holder-ended": "holder-ended"}[kind]
    if state == "suspended":
        return "issued" if kind == "reinstate" else None
    made = {"suspend": "suspended", "transfer-out": "transferred"} | dict.fromkeys(NEW_VERSION, "superseded")
    return made.get(kind)


def taken_back(one: Proposed, events: Sequence[Proposed]) -> bool:
    return any(
        later.kind == "correct" and corrects(later) == one.sequence and not taken_back(later, events)
        for later in events
        if later.sequence > one.sequence
    )


def times(events: Sequence[Proposed]) -> Times:
    """When each event took effect, None for those that did not happen; corrections are left out."""
    found: Times = {}
    for one in events:
        if one.kind != "correct":
            found[one.sequence] = one.effective_at
        elif not taken_back(one, events) and corrects(one) in found:
            found[corrects(one)] = moved_to(one)
    return found


def life(events: Sequence[Proposed], at: datetime) -> str | None:
    """The state at a moment ("" before the issue); None if the events up to then cannot have been."""
    when, state, overtakers = times(events), "", [0]
    happened = [one for one in events if when.get(one.sequence) is not None]
    for moment in sorted({one for one in when.values() if one is not None and one <= at}):
        for one in sorted((one for one in happened if when[one.sequence] == moment), key=lambda one: one.sequence):
            made = after(state, one.kind)
            if made is not None:
                state = made
                overtakers += [one.sequence] if one.kind in {"revoke", "holder-ended"} else []
            elif one.sequence > max(overtakers):
                return None
    return state


def may_follow(events: Sequence[Proposed], new: Proposed, *, successor_revoked: bool) -> bool:
    whole = [*events, new]
    if new.kind == "correct":
        target = next((one for one in events if one.sequence == corrects(new)), None)
        if target is None or target.kind == "issue" or (target.kind == "correct" and moved_to(new) is not None):
            return False
        before, now = times(events), times(whole)
        if before == now:
            return False
        for one in events:
            if one.kind in NEW_VERSION and before[one.sequence] not in {None, now[one.sequence]}:
                gone = now[one.sequence] is None
                if not (gone and successor_revoked):
                    return False
    elif new.kind == "issue" and events:
        return False
    return life(whole, datetime(2100, 1, 1, tzinfo=UTC)) is not None


class Lives(RuleBasedStateMachine):
    """One licence; the clock never goes back, and stands still at times."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Proposed] = []
        self.clock = 0
        self.told: dict[tuple[int, int], LicenseState | None] = {}

    def offer(self, new: Proposed, *, successor_revoked: bool) -> None:
        subject = Subject(valid_until=None, successor=LicenseState.REVOKED if successor_revoked else None)
        # An extension of a licence without an end is refused; that rule has tests of its own.
        known = None if new.kind is EventKind.EXTEND else subject
        if may_follow(self.events, new, successor_revoked=successor_revoked):
            check(self.events[::-1], new, DEFAULT_RULES, subject=known)
            self.events.append(new)
        else:
            with pytest.raises(EventError):
                check(self.events, new, DEFAULT_RULES, subject=known)

    @initialize(effective=st.integers(0, 3))
    def begin(self, effective: int) -> None:
        self.offer(event(1, EventKind.ISSUE, effective, 0), successor_revoked=False)

    @rule(kind=st.sampled_from(KINDS), effective=DAYS, wait=st.integers(0, 2))
    def happen(self, kind: EventKind, effective: int, wait: int) -> None:
        self.clock += wait
        number = len(self.events) + 1
        until = {"valid_until": f"{2030 + number}-01-01"} if kind is EventKind.EXTEND else {}
        if kind is EventKind.EXTEND and any(one.kind is EventKind.EXTEND for one in self.events):
            return  # which extension is the longer is no matter of states
        self.offer(event(number, kind, effective, self.clock, **until), successor_revoked=False)

    @rule(kind=st.sampled_from((EventKind.SUSPEND, EventKind.REINSTATE, EventKind.INSPECT)), wait=st.integers(0, 2))
    def happen_today(self, kind: EventKind, wait: int) -> None:
        self.clock += wait
        self.offer(event(len(self.events) + 1, kind, self.clock, self.clock), successor_revoked=False)

    @precondition(lambda self: self.events)
    @rule(which=st.integers(0, 20), moved=st.none() | DAYS, wait=st.integers(0, 2), void=st.booleans())
    def correct(self, which: int, moved: int | None, wait: int, *, void: bool) -> None:
        self.clock += wait
        number = len(self.events) + 1
        self.offer(correction(number, self.clock, which % number + 1, moved), successor_revoked=void)

    @invariant()
    def the_model_agrees_on_both_axes(self) -> None:
        for known in {0, self.clock // 2, self.clock - 1, self.clock}:
            seen = [one for one in self.events if one.recorded_at <= day(known)]
            for at in range(-1, 10):
                told = state_at(self.events, day(at), known_at=day(known))
                assert (told or "") == life(seen, day(at))
                if known < self.clock:
                    # What was known on an earlier day stays as it is, whatever is recorded later.
                    assert self.told.setdefault((known, at), told) is told

    @invariant()
    def the_order_of_arrival_does_not_matter(self) -> None:
        for at in range(-2, 11, 3):
            assert state_at(self.events[::-1], day(at)) is state_at(self.events, day(at))
            assert state_at(iter(self.events), day(at), known_at=day(self.clock)) is state_at(self.events, day(at))


Lives.TestCase.settings = settings(max_examples=150, stateful_step_count=15, deadline=None)
TestLives = Lives.TestCase


def test_the_model_begins_where_the_tests_do() -> None:
    assert day(0) == START

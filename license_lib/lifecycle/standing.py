"""All that the events say of a licence at a moment: its state, since when and why, its last day, its neighbours."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from license_lib.calendar import day_of
from license_lib.lifecycle.details import next_due_of, next_of, passed, previous_of, valid_until_of
from license_lib.lifecycle.faults import EventError, broken_record
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind, Happened, LicenseState
from license_lib.lifecycle.rules import DEFAULT_RULES, TypeRules
from license_lib.lifecycle.timeline import Step, effects, timeline

_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a licence was at a moment.

    Args:
        state: its legal state.
        since: when that began, after corrections. cause: the event that began it.
        valid_until: the last day that an extension by decree gave; None if none did, and the record's own counts.
        next: identifier of the version in its place. previous: identifier of the version before it.
        inspection_due: the last day for its next inspection 年检; None if none is asked for.
        inspection_failed: whether the newest inspection was not passed.
    """

    state: LicenseState
    since: datetime
    cause: Happened
    valid_until: date | None = None
    next: str | None = None
    previous: str | None = None
    inspection_due: date | None = None
    inspection_failed: bool = False


def standing_at(
    events: Iterable[Happened], at: datetime, *, known_at: datetime | None = None, rules: TypeRules = DEFAULT_RULES
) -> Standing | None:
    """What a licence was at a moment, as far as was known at another; None if it was not issued yet.

    Args:
        events, at, known_at: see `state_at`.
        rules: of its type; they say when inspections are due, nothing else.

    Raises:
        MachineError: `event.record-broken`.
    """
    placed = (one for one in timeline(events, known_at=known_at) if one.effective_at <= at)
    try:
        return _folded(effects(placed), rules)
    except EventError as error:
        raise broken_record(error.message) from None


def _folded(done: Iterable[Step], rules: TypeRules) -> Standing | None:
    began: tuple[LicenseState, datetime, Happened] | None = None
    valid_until: date | None = None
    following: str | None = None
    previous: str | None = None
    due: date | None = None
    failed = False
    for step in done:
        event, moment = step.placed.event, step.placed.effective_at
        if step.after is not None and step.after is not step.before:
            began = (step.after, moment, event)
        if event.kind is EventKind.ISSUE:
            previous, due = previous_of(event), _due(moment, rules)
        elif event.kind in SUCCESSIONS:
            following = next_of(event)
        elif event.kind is EventKind.EXTEND:
            valid_until = valid_until_of(event)
        elif event.kind is EventKind.INSPECT:
            failed = not passed(event)
            if not failed:
                due = next_due_of(event) or _due(moment, rules)
    if began is None:
        return None
    state, since, cause = began
    return Standing(
        state=state,
        since=since,
        cause=cause,
        valid_until=valid_until,
        next=following,
        previous=previous,
        inspection_due=due,
        inspection_failed=failed,
    )


def _due(moment: datetime, rules: TypeRules) -> date | None:
    """So many months after a moment's day; in a shorter month its last day."""
    if rules.inspection_months is None:
        return None
    day = day_of(moment)
    years, month = divmod(day.month - 1 + rules.inspection_months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))

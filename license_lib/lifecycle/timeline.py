"""What was so, when, and as far as was known when: events folded into the state of a licence, on two time axes.

`at` asks about the world: events count that take effect by then. `known_at` asks about us: events count that were
recorded by then. The state is a function of the set of events, however they are handed in.

A correction 更正 is an event of its own. It changes no state; it says that an earlier event did not happen, or when
that took effect. Of several corrections of one event the one recorded last counts. A correction of a correction takes
that one back. Its own `effective_at` says nothing: it counts as soon as it is recorded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from license_lib.lifecycle.details import corrects, moved_to
from license_lib.lifecycle.faults import EventError, broken_record
from license_lib.lifecycle.kinds import AFTER, OVERTAKING, EventKind, Happened, LicenseState
from license_lib.lifecycle.words import KIND_WORDS, state_words


@dataclass(frozen=True, slots=True)
class Placed:
    """An event where it belongs after all corrections."""

    event: Happened
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What an event did to a licence.

    Args:
        before: state before it; None while there is no licence.
        after: state after it; None if it is not legal from there.
        overtaken: an event that was recorded later, but takes effect earlier, leaves it without effect.
    """

    placed: Placed
    before: LicenseState | None
    after: LicenseState | None
    overtaken: bool = False


def timeline(events: Iterable[Happened], *, known_at: datetime | None = None) -> tuple[Placed, ...]:
    """The events that happened as far as was known, in the order in which they took effect.

    Of events that take effect at the same moment the one recorded later comes later.

    Args:
        known_at: only events recorded by then count; None counts all.

    Raises:
        MachineError: `event.record-broken`: a correction on record makes no sense.
    """
    known = sorted(
        (event for event in events if known_at is None or event.recorded_at <= known_at),
        key=lambda event: event.sequence,
    )
    corrected = corrections(known)
    placed = [
        Placed(event, moment)
        for event in known
        if event.kind is not EventKind.CORRECT
        and (moment := corrected.get(event.sequence, event.effective_at)) is not None
    ]
    return tuple(sorted(placed, key=lambda one: (one.effective_at, one.event.sequence)))


def corrections(known: Iterable[Happened]) -> Mapping[int, datetime | None]:
    """What is known better of which event, by sequence: when it took effect, or None if it did not happen.

    A correction that was taken back is in it with None, as any other event that did not happen.

    Raises:
        MachineError: `event.record-broken`.
    """
    by_sequence = {event.sequence: event for event in known}
    found: dict[int, datetime | None] = {}
    # The last first: whether a correction was taken back is known before it is applied.
    for sequence in sorted(by_sequence, reverse=True):
        correction = by_sequence[sequence]
        if correction.kind is not EventKind.CORRECT or sequence in found:
            continue
        try:
            target, moment = corrects(correction), moved_to(correction)
        except EventError as error:
            raise broken_record(error.message) from None
        if target not in by_sequence or target >= sequence:
            raise broken_record(f"event {sequence} corrects none before it")
        if by_sequence[target].kind is EventKind.CORRECT and moment is not None:
            raise broken_record(f"event {sequence} moves a correction")
        found.setdefault(target, moment)
    return found


def steps(placed: Iterable[Placed]) -> Iterator[Step]:
    """Fold a timeline: what each event did, up to and including the first that is not legal."""
    state: LicenseState | None = None
    newest_overtaking = 0
    for one in placed:
        event = one.event
        after = AFTER[state].get(event.kind)
        if after is None:
            overtaken = event.sequence < newest_overtaking
            yield Step(one, state, None, overtaken)
            if not overtaken:
                return
            continue
        yield Step(one, state, after)
        state = after
        if event.kind in OVERTAKING:
            newest_overtaking = max(newest_overtaking, event.sequence)


def effects(placed: Iterable[Placed]) -> Iterator[Step]:
    """Fold events on record: only those that had an effect.

    Raises:
        MachineError: `event.record-broken`: the events are not legal; no state may be guessed from them.
    """
    for step in steps(placed):
        if step.after is not None:
            yield step
        elif not step.overtaken:
            event = step.placed.event
            kind, state = KIND_WORDS[event.kind].en, state_words(step.before).en
            raise broken_record(f"event {event.sequence} is a {kind} of a licence that is {state}")


def state_at(events: Iterable[Happened], at: datetime, *, known_at: datetime | None = None) -> LicenseState | None:
    """The state of a licence at a moment, as far as was known at another; None if it was not issued yet.

    Args:
        events: all events of one licence, in any order.
        at: the moment asked about; aware.
        known_at: count only what was recorded by then; None counts all.

    Raises:
        MachineError: `event.record-broken`.
    """
    return _last(one for one in timeline(events, known_at=known_at) if one.effective_at <= at)


def last_state(events: Iterable[Happened]) -> LicenseState | None:
    """The state after all events on record, those included that take effect later than now; None if there are none.

    Raises:
        MachineError: `event.record-broken`.
    """
    return _last(timeline(events))


def _last(placed: Iterable[Placed]) -> LicenseState | None:
    state: LicenseState | None = None
    for step in effects(placed):
        state = step.after
    return state

"""A decree that extends the validity of many licences 延长有效期: a whole type, or what is chosen of it.

Licences are taken in the order of issue, some hundred in a transaction: a run that was stopped is run again. What has
the decree on record has it, also if it was corrected since: a second run never does what somebody took back.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from license_lib.calendar import day_of
from license_lib.errors import InputError
from license_lib.lifecycle import EventKind, Proposed, Subject, TypeRules, check
from license_lib.lifecycle.details import valid_until_of
from license_lib.repository.entries import Cause, Change, Event
from license_lib.repository.repository import Repository
from license_lib.repository.values import Selection, StoredLicense

_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """Who extends what, until when and why.

    Args:
        selection: the licences; those that ended or have no last day are left out by themselves.
        until: the last day from then on.
        cause: who and why; its `paper` 文号 names the decree, and is needed.
        effective_at: from when. What had expired before that day is extended only if the selection asks for it
            (`expires_from`).
    """

    selection: Selection
    until: date
    cause: Cause
    effective_at: datetime

    @property
    def expires_from(self) -> date:
        """The first of the last days that it is for."""
        return self.selection.expires_from or day_of(self.effective_at)

    def change(self, recorded_at: datetime) -> Change:
        """The event of each licence."""
        return Change(
            kind=EventKind.EXTEND,
            cause=self.cause,
            effective_at=self.effective_at,
            recorded_at=recorded_at,
            details={"valid_until": self.until.isoformat()},
        )

    def is_on_record(self, events: Iterable[Event]) -> bool:
        """Whether a licence has it already, corrected since or not."""
        return any(event.kind is EventKind.EXTEND and self._is(event) for event in events)

    def is_for(self, stored: StoredLicense, events: Sequence[Event]) -> bool:
        """Whether a licence's last day, by its face and other decrees, is one of those that it is for."""
        others = [valid_until_of(one) for one in events if one.kind is EventKind.EXTEND and not self._is(one)]
        last = max(day for day in (stored.valid_until, *others) if day is not None)
        until = self.selection.expires_until
        return last >= self.expires_from and (until is None or last <= until)

    def _is(self, event: Event) -> bool:
        return event.cause.paper == self.cause.paper and valid_until_of(event) == self.until


@dataclass(frozen=True, slots=True)
class Extended:
    """What came of one licence.

    Args:
        license: it. refused: why not; None if it is extended, now or before.
        already: the decree was on its record before.
    """

    license: StoredLicense
    refused: InputError | None = None
    already: bool = False


def extend(
    repository: Repository, decree: Decree, rules: TypeRules, clock: Callable[[], datetime], *, dry_run: bool
) -> Iterator[Extended]:
    """Extend licences one after the other.

    Args:
        rules: of the type.
        clock: the time, aware: each batch is recorded at its own.
        dry_run: ask the same rules, and record nothing.

    Raises:
        InputError: `event.actor-missing`, `event.reason-missing`, `event.paper-missing`, before anything is recorded.
        MachineError: what was extended stays extended; run it again.
    """
    decree.cause.require()
    if not decree.cause.paper.strip():
        raise InputError("event.paper-missing", "The decree has no number", hint="give its number 文号 as the paper")
    after = 0
    while page := repository.selected(decree.selection, decree.effective_at, after=after, limit=_AT_ONCE):
        after = page[-1].position
        histories = {stored.identifier: repository.events(stored.identifier) for stored in page}
        meant = [stored for stored in page if decree.is_for(stored, histories[stored.identifier])]
        change = decree.change(clock())
        if dry_run:
            yield from (_tried(stored, histories[stored.identifier], decree, change, rules) for stored in meant)
            continue
        identifiers = [stored.identifier for stored in meant]
        done = repository.record_each(identifiers, change, rules=rules, unless=decree.is_on_record)
        for stored, one in zip(meant, done, strict=True):
            yield Extended(stored, one if isinstance(one, InputError) else None, already=one is None)


def _tried(
    stored: StoredLicense, events: Sequence[Event], decree: Decree, change: Change, rules: TypeRules
) -> Extended:
    if decree.is_on_record(events):
        return Extended(stored, already=True)
    proposed = Proposed(
        sequence=events[-1].sequence + 1,
        kind=change.kind,
        effective_at=change.effective_at,
        recorded_at=change.recorded_at,
        details=change.details,
    )
    try:
        check(events, proposed, rules, subject=Subject(valid_until=stored.valid_until))
    except InputError as error:
        return Extended(stored, error)
    return Extended(stored)

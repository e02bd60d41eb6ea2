"""A decree that extends the validity of many licences 延长有效期: a whole type, or what is chosen of it.

Licences are taken in the order of issue, some hundred in a transaction: a run that was stopped is run again, and what
was extended before is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from license_lib.errors import InputError
from license_lib.lifecycle import Candidate, EventKind, Planned, Subject, TypeRules, plan
from license_lib.repository import Cause, Change, Repository, Selection, StoredLicense

_AT_ONCE = 200
_HAS_IT = "event.extends-nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """Who extends what, until when and why.

    Args:
        selection: the licences; those that ended or have no last day are left out by themselves.
        until: the last day from then on.
        cause: who and why; the decree's number 文号 is its `paper`.
        effective_at: from when. recorded_at: now.
    """

    selection: Selection
    until: date
    cause: Cause
    effective_at: datetime
    recorded_at: datetime

    def change(self) -> Change:
        """The event of each licence."""
        return Change(
            kind=EventKind.EXTEND,
            cause=self.cause,
            effective_at=self.effective_at,
            recorded_at=self.recorded_at,
            details={"valid_until": self.until.isoformat()},
        )


@dataclass(frozen=True, slots=True)
class Extended:
    """What came of one licence.

    Args:
        license: it. refused: why not; None if it is extended, now or before.
        already: it runs as long, or longer, without this.
    """

    license: StoredLicense
    refused: InputError | None = None
    already: bool = False


def extend(repository: Repository, decree: Decree, rules: TypeRules, *, dry_run: bool) -> Iterator[Extended]:
    """Extend licences one after the other.

    Args:
        rules: of the type.
        dry_run: ask the same rules, and record nothing.

    Raises:
        InputError: `event.actor-missing`, `event.reason-missing`, before anything is recorded.
        MachineError: what was extended stays extended; run it again.
    """
    decree.cause.require()
    after = 0
    while page := repository.selected(decree.selection, after=after, limit=_AT_ONCE):
        after = page[-1].position
        refusals = _planned(repository, page, decree, rules) if dry_run else _recorded(repository, page, decree, rules)
        for stored, refused in zip(page, refusals, strict=True):
            if refused is not None and refused.code == _HAS_IT:
                yield Extended(stored, already=True)
            else:
                yield Extended(stored, refused)


def _recorded(
    repository: Repository, page: tuple[StoredLicense, ...], decree: Decree, rules: TypeRules
) -> list[InputError | None]:
    done = repository.record_each([one.identifier for one in page], decree.change(), rules=rules)
    return [one if isinstance(one, InputError) else None for one in done]


def _planned(
    repository: Repository, page: tuple[StoredLicense, ...], decree: Decree, rules: TypeRules
) -> list[InputError | None]:
    change = decree.change()
    candidates = (
        Candidate(
            identifier=stored.identifier,
            events=repository.events(stored.identifier),
            rules=rules,
            subject=Subject(valid_until=stored.valid_until),
        )
        for stored in page
    )
    planned: Iterator[Planned] = plan(
        change.kind,
        candidates,
        effective_at=change.effective_at,
        recorded_at=change.recorded_at,
        details=change.details,
    )
    return [one.refused for one in planned]

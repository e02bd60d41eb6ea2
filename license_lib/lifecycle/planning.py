"""One event over many licences: who may have it and who may not, and why. A dry run and the run itself share the plan.

Nothing is recorded here. The run plans each licence once more, inside the transaction that records its event, with the
events as they are then: between the dry run and the run somebody else may have been faster.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from license_lib.errors import InputError
from license_lib.identifiers import LicenseIdentifier
from license_lib.lifecycle.checking import Subject, check
from license_lib.lifecycle.faults import EventError
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind, Happened, Proposed
from license_lib.lifecycle.rules import TypeRules
from license_lib.lifecycle.versions import next_identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A licence that one event of many is for.

    Args:
        identifier: 证照标识.
        events: all of its events on record.
        rules: of its type.
        subject: what else is known of it.
        versions: identifiers of other versions of the same licence, for renewals, amendments and replacements.
        details: what the event says of this licence alone; it goes over what it says of all.
    """

    identifier: str
    events: Sequence[Happened]
    rules: TypeRules
    subject: Subject
    versions: tuple[LicenseIdentifier, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What comes of one licence: an event to record, or the reason why not; exactly one of them."""

    identifier: str
    event: Proposed | None = None
    refused: InputError | None = None


def plan(
    kind: EventKind,
    candidates: Iterable[Candidate],
    *,
    effective_at: datetime,
    recorded_at: datetime,
    details: Mapping[str, object],
) -> Iterator[Planned]:
    """Plan one event for many licences, in the order in which they come; a stream, so that a million fit.

    The event of a renewal, amendment or replacement names the new version's identifier, unless its details do.

    Args:
        effective_at, recorded_at: of every event; aware.
        details: what every event says.

    Raises:
        MachineError: `event.record-broken`, `event.clock-behind`: nothing about it is the licences' fault.
    """
    seen: set[str] = set()
    for candidate in candidates:
        identifier = candidate.identifier
        try:
            if identifier in seen:
                raise EventError(
                    "event.planned-twice",
                    "The licence is in the list twice; the first entry counts",
                    "证照在清单中出现两次，以第一次为准：请删去重复项",
                    hint="remove one of them",
                )
            seen.add(identifier)
            event = Proposed(
                sequence=max((event.sequence for event in candidate.events), default=0) + 1,
                kind=kind,
                effective_at=effective_at,
                recorded_at=recorded_at,
                details={**_successor(kind, candidate), **details, **candidate.details},
            )
            check(candidate.events, event, candidate.rules, subject=candidate.subject)
        except InputError as error:
            yield Planned(identifier=identifier, refused=error)
        else:
            yield Planned(identifier=identifier, event=event)


def _successor(kind: EventKind, candidate: Candidate) -> Mapping[str, object]:
    if kind not in SUCCESSIONS or "next" in candidate.details:
        return {}
    return {"next": str(next_identifier(LicenseIdentifier.parse(candidate.identifier), candidate.versions))}

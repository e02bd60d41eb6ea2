"""What a log's entries say, arranged for questions: is this licence there, this event, what is each licence's state?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from license_lib.errors import MachineError
from license_lib.lifecycle import EventKind, state_at
from license_lib.log.findings import LogError, LogFinding
from license_lib.log.leaves import EventLeaf, parse_leaf
from license_lib.log.merkle import Frontier, leaf_hash
from license_lib.status.references import StatusRef
from license_lib.status.states import status_of
from license_lib.status.values import Status

_KINDS: Final = frozenset(EventKind)


class Entries(Protocol):
    """The entries of a published status list; `license_lib.status.StatusBits` has them."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, index: int, /) -> int:
        """The value of one."""
        ...


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as the log tells it, for the rules of the life cycle (`license_lib.lifecycle.Happened`)."""

    sequence: int
    kind: EventKind
    effective_at: datetime
    recorded_at: datetime
    details: Mapping[str, object]


class Ledger:
    """The entries of a log, taken in one by one from the first on. What is taken in must have been authenticated."""

    def __init__(self) -> None:
        self.frontier = Frontier.empty()
        """The tree over what was taken in: its size is where reading goes on, its root what a head must continue."""
        self._licenses: dict[bytes, list[tuple[int, EventLeaf]]] = {}
        self._events: dict[bytes, tuple[int, EventLeaf]] = {}
        self._places: dict[StatusRef, bytes] = {}

    def take(self, entry: bytes) -> tuple[LogFinding, ...]:
        """Take in the next entry.

        Returns:
            What is wrong with it: `log.malformed`, `log.repeated`. It is counted all the same.
        """
        index = self.frontier.size
        self.frontier, _ = self.frontier.append(leaf_hash(entry))
        try:
            leaf = parse_leaf(entry)
        except LogError as error:
            return (
                LogFinding("log.malformed", {"what": f"entries#{index}", "problem": error.finding.params["problem"]}),
            )
        return tuple(self._taken(index, leaf)) if isinstance(leaf, EventLeaf) else ()

    def _taken(self, index: int, leaf: EventLeaf) -> Iterator[LogFinding]:
        if leaf.kind not in _KINDS:
            yield LogFinding("log.malformed", {"what": f"entries#{index}", "problem": "a kind that is not known"})
        if leaf.event in self._events:
            yield _repeated(index, "event")
            return
        events = self._licenses.setdefault(leaf.license, [])
        if leaf.file is not None and _issue(events) is not None:
            yield _repeated(index, "issue")
        if leaf.status is not None and self._places.setdefault(leaf.status, leaf.license) != leaf.license:
            yield _repeated(index, "status")
        self._events[leaf.event] = index, leaf
        events.append((index, leaf))

    def check_license(self, record: bytes, file: bytes) -> LogFinding | None:
        """Is this licence in the log, with this file?

        Args:
            record: SHA-256 of its record.
            file: SHA-256 of its sealed file.

        Returns:
            None if it is; else `log.unlogged-license`, `log.other-file`.
        """
        issue = _issue(self._licenses.get(record, ()))
        if issue is None:
            return LogFinding("log.unlogged-license")
        return None if issue.file == file else LogFinding("log.other-file")

    def check_event(self, told: EventLeaf) -> LogFinding | None:
        """Does an event stand in the log as it was told?

        Args:
            told: the entry that follows from the event.

        Returns:
            None if it does; else `log.changed-event`, `log.unlogged-event`.
        """
        found = self._events.get(told.event)
        if found is None:
            found = next(
                (
                    (index, leaf)
                    for index, leaf in self._licenses.get(told.license, ())
                    if (leaf.kind, leaf.recorded) == (told.kind, told.recorded)
                ),
                None,
            )
        if found is None:
            return LogFinding("log.unlogged-event")
        index, logged = found
        differing = [part.name for part in fields(told) if getattr(told, part.name) != getattr(logged, part.name)]
        if not differing:
            return None
        return LogFinding("log.changed-event", {"index": str(index), "values": ", ".join(differing)})

    def statuses(self, list_number: int, at: datetime) -> tuple[dict[int, Status], tuple[LogFinding, ...]]:
        """What a status list should say, by the log alone.

        Args:
            list_number: which list.
            at: when the list was made: what was recorded and took effect by then counts.

        Returns:
            Status by index, where it is not 0; and `log.impossible` for licences whose events make no sense. Those are
            invalid here: nobody can say that they are in force.
        """
        found, problems = dict[int, Status](), []
        for place, license_digest in self._places.items():
            if place.list_number != list_number:
                continue
            events = self._licenses[license_digest]
            try:
                status = status_of(state_at(self._happened(events), at, known_at=at))
            except (MachineError, ValueError):
                status = Status.INVALID
                problems.append(LogFinding("log.impossible", {"index": str(events[0][0])}))
            if status is not Status.VALID:
                found[place.index] = status
        return found, tuple(problems)

    @property
    def lists(self) -> frozenset[int]:
        """Numbers of the status lists that licences refer to."""
        return frozenset(place.list_number for place in self._places)

    def check_status_list(
        self, list_number: int, published: Entries, at: datetime, *, slack: timedelta = timedelta(0)
    ) -> tuple[LogFinding, ...]:
        """Does a published status list say what follows from the log?

        Args:
            list_number: which list.
            published: its entries.
            at: when it was made.
            slack: an entry may be as it was at any moment so shortly before or after: to record takes its time, and a
                list's own time is told in whole seconds.

        Returns:
            `log.status-differs`, `log.impossible`; nothing if all is well.
        """
        expected, problems = self.statuses(list_number, at)
        differing = [index for index in range(len(published)) if published[index] != expected.get(index, Status.VALID)]
        differing += [index for index in expected if index >= len(published)]
        if slack:
            differing = [
                index
                for index in differing
                if index >= len(published)
                or published[index] not in self._statuses_around(StatusRef(list_number, index), at, slack)
            ]
        if not differing:
            return problems
        first = differing[0]
        params = {
            "list": str(list_number),
            "count": str(len(differing)),
            "index": str(first),
            "published": str(published[first]) if first < len(published) else "–",
            "expected": str(int(expected.get(first, Status.VALID))),
        }
        return (LogFinding("log.status-differs", params), *problems)

    def _statuses_around(self, place: StatusRef, at: datetime, slack: timedelta) -> frozenset[Status]:
        """What a place might have said at some moment around another."""
        events = self._licenses.get(self._places.get(place, b""), [])
        times = {moment for _, leaf in events for moment in (leaf.effective, leaf.recorded, leaf.moved_to) if moment}
        around = {at - slack, at + slack} | {moment for moment in times if abs(moment - at) <= slack}
        found = set[Status]()
        for moment in around:
            try:
                found.add(status_of(state_at(self._happened(events), moment, known_at=moment)))
            except (MachineError, ValueError):
                found.add(Status.INVALID)
        return frozenset(found)

    def _happened(self, events: Sequence[tuple[int, EventLeaf]]) -> list[LoggedEvent]:
        return [
            LoggedEvent(index, EventKind(leaf.kind), leaf.effective, leaf.recorded, self._details(leaf))
            for index, leaf in events
        ]

    def _details(self, leaf: EventLeaf) -> Mapping[str, object]:
        """What the rules ask of a correction: the place of what it corrects. One that is not there is not guessed."""
        if leaf.corrects is None:
            return {}
        place, _ = self._events.get(leaf.corrects, (-1, leaf))
        moved = {"effective_at": leaf.moved_to.astimezone(UTC).isoformat()} if leaf.moved_to else {}
        return {"corrects": place, **moved}


def _issue(events: Sequence[tuple[int, EventLeaf]]) -> EventLeaf | None:
    return next((leaf for _, leaf in events if leaf.file is not None), None)


def _repeated(index: int, what: str) -> LogFinding:
    return LogFinding("log.repeated", {"index": str(index), "what": what})

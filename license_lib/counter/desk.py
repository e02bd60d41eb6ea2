"""The counter's way to the records: each check and each look is on the usage trail before its answer is shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from license_lib.acceptance import Checklist, MaterialsCheck
from license_lib.acceptance.materials import Held, Judge
from license_lib.calendar import CHINA, day_of
from license_lib.history import History
from license_lib.identifiers.basics import clean_upper
from license_lib.records import Records, canonical
from license_lib.repository.case_reports import CaseReport
from license_lib.repository.entries import Usage, UsageKind, Use
from license_lib.repository.repository import Repository
from license_lib.repository.values import StoredLicense
from license_lib.trail import Trail

Allowed = Callable[[str], bool]
_MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A licence on the screen: all that is on record of it, and its file, for the picture."""

    history: History
    file: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a number found: licences, the newest first, and which materials they are.

    Args:
        more: whether there are others. checklist: None if no item was asked about.
    """

    licenses: tuple[History, ...]
    more: bool
    checklist: Checklist | None


class CounterDesk:
    """The records as a counter uses them.

    Args:
        trail: where every use goes; a use without purpose is refused.
        clock: the time, aware.
    """

    def __init__(self, repository: Repository, trail: Trail, records: Records, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._trail = trail
        self._records = records
        self._clock = clock

    def require(self, use: Use) -> None:
        """Refuse a use that answers for nothing, before anything is judged."""
        self._trail.require(use)

    def checked(self, use: Use, outcome: str, identifier: str | None) -> Usage:
        """Somebody had something judged at the counter: on record whatever it is, for they answer for what follows.

        Args:
            identifier: the licence that it names; it is on record if it is one of ours.

        Raises:
            InputError: of the use. MachineError: it cannot be put on record; show nothing then.
        """
        self._trail.require(use)
        ours = [identifier] if identifier and self._repository.by_identifier(identifier) else []
        (entry,) = self._repository.usage.record(UsageKind.VERIFY, ours, use, at=self._clock(), outcome=outcome)
        return entry

    def shown(self, use: Use, identifier: str, *, allowed: Allowed) -> Shown | None:
        """A licence of ours for the screen; None for what is not there, or may not be seen.

        Raises:
            InputError, MachineError: as `checked`; `storage.file-missing`, `storage.corrupt`.
        """
        stored = self._repository.by_identifier(identifier)
        if stored is None or not allowed(stored.type_key):
            return None
        told = Shown(self._records.told(stored), self._repository.newest_file(stored))
        self._trail.used(UsageKind.LOOK, (stored,), use)
        return told

    def search(self, use: Use, number: str, *, allowed: Allowed, check: MaterialsCheck | None, judge: Judge) -> Found:
        """Licences of that holder, or of that number.

        Args:
            check: of whose item the materials are wanted, too.

        Raises:
            InputError, MachineError: as `checked`.
        """
        self._trail.require(use)
        spellings = dict.fromkeys((number.strip(), clean_upper(number), canonical(number)))
        held = [one for spelling in spellings for one in self._repository.by_holder_number(spelling)]
        named = [one for spelling in spellings for one in self._repository.by_number(spelling)]
        visible = {one.position: one for one in (*held, *named) if allowed(one.type_key)}
        newest = [visible[position] for position in sorted(visible, reverse=True)]
        checklist = None
        if check is not None:
            theirs = {one.position for one in held}
            candidates = [Held(one, frozenset({0})) for one in newest if one.position in theirs]
            checklist = check.answered([one for one in candidates if one.license.type_key in check.item.types], judge)
        listed = tuple(newest[:_MOST_FOUND])
        told = {one.position: one for one in (*listed, *(checklist.told if checklist else ()))}
        histories = tuple(self._records.told(one) for one in listed)
        self._trail.used(UsageKind.LOOK, tuple(told.values()), use)
        return Found(histories, len(newest) > len(listed), checklist)

    def holders_of(self, identifier: str, *, allowed: Allowed) -> tuple[str, ...]:
        """Numbers of a licence's holders, to look further with; they are not to be shown. Empty if there is none."""
        stored = self._repository.by_identifier(identifier)
        if stored is None or not allowed(stored.type_key):
            return ()
        return tuple(one.number for one in stored.holders if one.number)

    def day(self, actor: str, day: date) -> tuple[Usage, ...]:
        """What somebody did on a day in Beijing, in the order of record."""
        begun = datetime.combine(day, time(), CHINA)
        return self._repository.usage.of_person(actor, since=begun, until=begun + timedelta(days=1))

    def today(self) -> date:
        """The day it is in Beijing."""
        return day_of(self._clock())

    def named(self, identifier: str) -> StoredLicense | None:
        """A licence that an entry of the trail names, for its type's name."""
        return self._repository.by_identifier(identifier)

    def save(self, sequence: int, value: bytes) -> bool:
        """Save the report of a check into its case; False if it was saved before."""
        return self._repository.case_reports.save(sequence, value, at=self._clock())

    def reports(self, body: str, case_number: str) -> tuple[CaseReport, ...]:
        """The reports of a department's case."""
        return self._repository.case_reports.of_case(body, case_number)

    def report(self, use: Use, sequence: int) -> CaseReport | None:
        """A saved report of one's own department; None of any other. Reading it is a look at its licence."""
        self._trail.require(use)
        found = self._repository.case_reports.get(sequence)
        if found is None or found.check.use.body != use.body:
            return None
        stored = self.named(found.check.identifier) if found.check.identifier else None
        self._trail.used(UsageKind.LOOK, (stored,) if stored else (), use)
        return found

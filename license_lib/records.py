"""What people ask of the records: each answer is on the usage trail 用证留痕 before it is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from license_lib.calendar import day_of
from license_lib.errors import InputError
from license_lib.history import History
from license_lib.identifiers import CitizenId, NumberError
from license_lib.identifiers.basics import clean_upper
from license_lib.lifecycle import LicenseState, TypeRules, condition_of, standing_at, state_words
from license_lib.repository.entries import Usage, UsageKind, Use
from license_lib.repository.notices import write_notice
from license_lib.repository.repository import Repository
from license_lib.repository.usage_search import UsageFilter
from license_lib.repository.values import StoredLicense
from license_lib.trail import Trail

Allowed = Callable[[str], bool]
"""Whether whoever asks may see licences of a type, by its key."""


class Told(Protocol):
    """An answer that knows of which licences it tells."""

    @property
    def told(self) -> Sequence[StoredLicense]:
        """These."""
        ...


Weighing = TypeVar("Weighing", bound=Told)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a holder's licences, in the order of issue; `more` if others follow the last one."""

    licenses: tuple[StoredLicense, ...]
    more: bool


class Records:
    """Licences for those who look them up, take them out or print them; and who did so before.

    Args:
        trail: where every use goes.
        rules: of a licence type, by its key.
        clock: the time, aware.
    """

    def __init__(
        self,
        repository: Repository,
        trail: Trail,
        rules: Callable[[str], TypeRules],
        clock: Callable[[], datetime],
    ) -> None:
        self._repository = repository
        self._trail = trail
        self._rules = rules
        self._clock = clock

    def find(
        self, use: Use, *, identifier: str = "", number: str = "", holder_number: str = ""
    ) -> tuple[StoredLicense, ...]:
        """Look up by identifier, by licence number 证照编号, or by holder number (ID number or credit code).

        A number that a holder had before it was corrected finds the same licences.

        Raises:
            InputError: `lookup.one-key` unless exactly one is given; `usage.actor-missing`, `usage.purpose-missing`.
        """
        self._trail.require(use)
        found = self._found(identifier=identifier, number=number, holder_number=holder_number)
        self._trail.used(UsageKind.LOOK, found, use)
        return found

    def search(self, use: Use, holder_number: str, *, allowed: Allowed, after: int = 0, limit: int = 50) -> Page:
        """A holder's licences of the types that whoever asks may see; only those that are told are on the trail.

        That there are none and that none may be seen is the same answer and the same entry, without a licence. It does
        not take quite the same time: who answers strangers evens that out.

        Args:
            after: `position` of the last one seen; 0 to begin. limit: at most so many.

        Raises:
            InputError: of the use as `find`.
        """
        self._trail.require(use)
        found = self._repository.by_holder_number(holder_number.strip())
        found += self._repository.by_holder_number(canonical(holder_number))
        visible = {one.position: one for one in found if one.position > after and allowed(one.type_key)}
        page = tuple(visible[position] for position in sorted(visible)[:limit])
        self._trail.used(UsageKind.LOOK, page, use)
        return Page(page, len(visible) > len(page))

    def weighed(
        self,
        use: Use,
        holder_numbers: Sequence[str],
        weigh: Callable[[Sequence[tuple[StoredLicense, frozenset[int]]]], Weighing],
        *,
        allowed: Allowed,
    ) -> Weighing:
        """An answer made of the licences of some holders; the licences that it tells of are on the trail before it is.

        Args:
            weigh: is given each licence, with the places in `holder_numbers` of those that found it.

        Raises:
            InputError: of the use as `find`.
        """
        self._trail.require(use)
        found: dict[int, StoredLicense] = {}
        by: dict[int, set[int]] = {}
        for place, number in enumerate(holder_numbers):
            spellings = dict.fromkeys((number.strip(), canonical(number)))
            for one in (one for spelling in spellings for one in self._repository.by_holder_number(spelling)):
                if allowed(one.type_key):
                    found[one.position] = one
                    by.setdefault(one.position, set()).add(place)
        answer = weigh([(one, frozenset(by[position])) for position, one in found.items()])
        self._trail.used(UsageKind.LOOK, answer.told, use)
        return answer

    def look(self, use: Use, identifier: str, *, allowed: Allowed) -> StoredLicense:
        """A licence that whoever asks may see; what they may not see is unknown, and the question on the trail.

        Raises:
            InputError: `license.unknown`; of the use as `find`.
        """
        self._trail.require(use)
        found = self._visible(identifier, allowed)
        self._trail.used(UsageKind.LOOK, found, use)
        if not found:
            raise _unknown()
        return found[0]

    def take(self, use: Use, identifier: str, *, allowed: Allowed) -> bytes:
        """The file of a licence that whoever asks may see; see `look` and `export`.

        Raises:
            InputError, MachineError: as these.
        """
        self._trail.require(use)
        found = self._visible(identifier, allowed)
        if not found:
            self._trail.used(UsageKind.LOOK, (), use)
            raise _unknown()
        return self.export(use, found[0])

    def history(self, use: Use, identifier: str, *, at: datetime | None = None) -> History:
        """A licence, all its events, and what they make of it now or at another moment.

        Raises:
            InputError: `license.unknown`; of the use as `find`.
        """
        found = self.find(use, identifier=identifier)
        if not found:
            raise _unknown()
        return self.told(found[0], at=at)

    def told(self, found: StoredLicense, *, at: datetime | None = None) -> History:
        """All that is on record of a licence that `find` has found, now or at another moment."""
        seen = self._repository.history(found.identifier)
        if seen is None:
            raise _unknown()
        stored, events = seen
        moment, rules = at or self._clock(), self._rules(stored.type_key)
        standing = standing_at(events, moment, rules=rules)
        if standing is None:
            return History(stored, events, None)
        condition = condition_of(
            standing.state,
            day_of(moment),
            valid_from=stored.valid_from,
            valid_until=standing.valid_until or stored.valid_until,
        )
        return History(stored, events, standing, rules.codes.code(condition))

    def notice(self, use: Use, identifier: str, sequence: int | None = None) -> bytes:
        """The notice of an event 办理告知, for the party that it concerns; of the last one if none is named.

        Raises:
            InputError: `license.unknown`; `notice.unknown`; of the use as `find`.
        """
        history = self.history(use, identifier)
        found = [event for event in history.events if sequence in {None, event.sequence}]
        if not found:
            raise InputError("notice.unknown", "this licence has no such event", hint="license history shows them all")
        return write_notice(found[-1], self._repository.log.leaf(found[-1].sequence - 1))

    def is_corrected(self, holder_number: str) -> bool:
        """Whether a number is the old or the new one of a correction on record."""
        corrections = self._repository.subjects.corrections
        return bool(corrections(holder_number.strip()) or corrections(canonical(holder_number)))

    def export(self, use: Use, stored: StoredLicense) -> bytes:
        """The file of a licence, whatever its state: as it was sealed, with the evidence that followed.

        Raises:
            InputError: of the use as `find`.
            MachineError: `storage.file-missing`, `storage.corrupt`.
        """
        self._trail.require(use)
        file = self._repository.newest_file(stored)
        self._trail.used(UsageKind.EXPORT, (stored,), use)
        return file

    def print_copy(self, use: Use, identifier: str) -> bytes:
        """The file for the printer of a licence that has not ended 打印件: paper is issued with the file.

        Raises:
            InputError: `license.unknown`, or `license.ended`; of the use as `find`.
        """
        from license_lib.rendering import print_copy

        self._trail.require(use)
        stored = self._repository.by_identifier(identifier)
        if stored is None:
            raise _unknown()
        standing = self.told(stored).standing  # now: an event that is to come does not count yet
        state = standing.state if standing else None
        if state is not LicenseState.ISSUED:
            raise InputError("license.ended", f"the licence is {state_words(state).en}: no paper is issued of it")
        copy = print_copy(self._repository.newest_file(stored))
        self._trail.used(UsageKind.PRINT, (stored,), use)
        return copy

    def used(self, use: Use, *, identifier: str = "", holder_number: str = "") -> tuple[Usage, ...]:
        """Who used a licence, or a holder's licences, in the order of record 谁用过我的证照.

        It tells which licences there are, and what for they were used: asking is a look like any other, except that it
        is not part of its own answer.

        Raises:
            InputError: `lookup.one-key` unless exactly one is given; `license.unknown`; of the use as `find`.
        """
        self._trail.require(use)
        found = self._found(identifier=identifier, holder_number=holder_number)
        told = [one for stored in found for one in self._repository.usage.of_license(stored.identifier)]
        self._trail.used(UsageKind.LOOK, found, use)
        if identifier and not found:
            raise _unknown()
        return tuple(sorted(told, key=lambda one: one.sequence))

    def usage_by(self, body: str, identifier: str, *, after: int = 0, limit: int = 50) -> tuple[Usage, ...]:
        """What a department did with a licence that `look` has found, in the order of record.

        Args:
            after: `sequence` of the last one seen; 0 to begin. limit: at most so many.
        """
        entries = self._repository.usage.of_license(identifier)
        return tuple(one for one in entries if one.use.body == body and one.sequence > after)[:limit]

    def watched(self, use: Use, wanted: UsageFilter, *, after: int = 0, limit: int = 50) -> tuple[Usage, ...]:
        """What a department did, the newest first 用证审计. Reading it is on the trail, and not in its own answer.

        Args:
            after: `sequence` of the last one seen; 0 to begin. limit: at most so many.

        Raises:
            InputError: of the use as `find`.
        """
        self._trail.require(use)
        told = self._repository.usage.search(wanted, after=after, limit=limit)
        self._note_audit(use, wanted)
        return told

    def exported(self, use: Use, wanted: UsageFilter, *, step: int = 500) -> Iterator[tuple[Usage, ...]]:
        """All of that, `step` entries at a time, so that a trail of any length fits; one entry on the trail for all.

        Raises:
            InputError: of the use as `find`.
            MachineError: the trail cannot be read, or the reading not be put on record; also on the way.
        """
        self._trail.require(use)
        page = self._repository.usage.search(wanted, limit=step)
        self._note_audit(use, wanted)
        yield page
        while len(page) == step:
            page = self._repository.usage.search(wanted, after=page[-1].sequence, limit=step)
            yield page

    def _note_audit(self, use: Use, wanted: UsageFilter) -> None:
        found = self._repository.by_identifier(wanted.identifier) if wanted.identifier else None
        seen = found is not None and (wanted.types is None or found.type_key in wanted.types)
        self._trail.used(UsageKind.AUDIT, (found,) if found and seen else (), use)

    def _visible(self, identifier: str, allowed: Allowed) -> tuple[StoredLicense, ...]:
        found = self._found(identifier=identifier)
        return tuple(one for one in found if allowed(one.type_key))

    def _found(self, *, identifier: str = "", number: str = "", holder_number: str = "") -> tuple[StoredLicense, ...]:
        if sum(map(bool, (identifier, number, holder_number))) != 1:
            raise InputError("lookup.one-key", "give exactly one of identifier, number and holder number")
        if identifier:
            one = self._repository.by_identifier(identifier)
            return (one,) if one else ()
        if number:
            return self._repository.by_number(number)
        as_typed = self._repository.by_holder_number(holder_number.strip())
        return as_typed or self._repository.by_holder_number(canonical(holder_number))


def canonical(holder_number: str) -> str:
    """A holder number as records spell it: 18 characters for an old citizen ID of 15, capitals, half width."""
    try:
        return CitizenId.parse(holder_number).number
    except NumberError:
        return clean_upper(holder_number)


def _unknown() -> InputError:
    return InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")

"""What people ask of the records: each answer is on the usage trail 用证留痕 before it is given."""

from collections.abc import Callable
from datetime import datetime

from license_lib.errors import InputError
from license_lib.history import History
from license_lib.identifiers import CitizenId, NumberError
from license_lib.identifiers.basics import clean_upper
from license_lib.lifecycle import LicenseState, TypeRules, standing_at, state_words
from license_lib.repository import Repository, StoredLicense, Usage, UsageKind, Use
from license_lib.trail import Trail


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
        if sum(map(bool, (identifier, number, holder_number))) != 1:
            raise InputError("lookup.one-key", "give exactly one of identifier, number and holder number")
        self._trail.require(use)
        if identifier:
            one = self._repository.by_identifier(identifier)
            found: tuple[StoredLicense, ...] = (one,) if one else ()
        elif number:
            found = self._repository.by_number(number)
        else:
            found = self._repository.by_holder_number(holder_number.strip())
            found = found or self._repository.by_holder_number(canonical(holder_number))
        self._trail.used(UsageKind.LOOK, found, use)
        return found

    def history(self, use: Use, identifier: str, *, at: datetime | None = None) -> History:
        """A licence, all its events, and what they make of it now or at another moment.

        Raises:
            InputError: `license.unknown`; of the use as `find`.
        """
        self._trail.require(use)
        found = self._repository.history(identifier)
        self._trail.used(UsageKind.LOOK, found[:1] if found else (), use)
        if found is None:
            raise _unknown()
        stored, events = found
        standing = standing_at(events, at or self._clock(), rules=self._rules(stored.type_key))
        return History(stored, events, standing)

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
        if stored.state is not LicenseState.ISSUED:
            words = state_words(stored.state).en
            raise InputError("license.ended", f"the licence is {words}: no paper is issued of it")
        copy = print_copy(self._repository.newest_file(stored))
        self._trail.used(UsageKind.PRINT, (stored,), use)
        return copy

    def used(self, *, identifier: str = "", holder_number: str = "") -> tuple[Usage, ...]:
        """Who used a licence, or a holder's licences, in the order of record 谁用过我的证照.

        This tells nothing of the licence, and is a right of its holder: asking goes on no record.

        Raises:
            InputError: `lookup.one-key` unless exactly one is given; `license.unknown`.
        """
        if sum(map(bool, (identifier, holder_number))) != 1:
            raise InputError("lookup.one-key", "give either an identifier or a holder number")
        if holder_number:
            usage = self._repository.usage.of_holder(holder_number.strip())
            return usage or self._repository.usage.of_holder(canonical(holder_number))
        if self._repository.by_identifier(identifier) is None:
            raise _unknown()
        return self._repository.usage.of_license(identifier)


def canonical(holder_number: str) -> str:
    """A holder number as records spell it: 18 characters for an old citizen ID of 15, capitals, half width."""
    try:
        return CitizenId.parse(holder_number).number
    except NumberError:
        return clean_upper(holder_number)


def _unknown() -> InputError:
    return InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")

"""Archive time-stamps renewed before they age: a sealed file is proved as long as the newest one's certificate lasts.

Order as in issuing: archive → store → commit. A crash at any point leaves the licence in the file that it rested in,
and at most a file that nothing points to; the same renewal, started again, takes up what is left.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.key_folder import signing_errors
from license_lib.repository.repository import Repository
from license_lib.repository.values import ArchiveEntry, CurrentFile
from signing.errors import SealingError

if TYPE_CHECKING:
    from signing.sealing import Archived, Sealer

_STEP = 500
_OF_ONE_FILE = frozenset({"storage.file-missing", "storage.corrupt"})
"""Faults that say nothing of the other files."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A licence whose archive time-stamp is to be renewed.

    Attributes:
        identifier: 证照标识.
        ended: when the certificate of its newest archive time-stamp ends; None if it was never archived.
        until: the same after the renewal; None if nothing was done.
        error: why nothing was done, or None.
    """

    identifier: str
    ended: datetime | None
    until: datetime | None = None
    error: LicenseError | None = None


class Archiving:
    """The archive of one authority.

    Args:
        sealer: gives what makes archive time-stamps; asked for when the first is made, for it needs the passphrase.
        clock: the time, aware.
    """

    def __init__(
        self, repository: Repository, *, sealer: "Callable[[], Sealer]", clock: Callable[[], datetime]
    ) -> None:
        self._repository = repository
        self._sealer = sealer
        self._clock = clock

    def archive_file(self, pdf: bytes) -> "Archived":
        """Archive a sealed file that need not be of this repository: the first time, or again.

        Raises:
            InputError: `archive.not-sealed`, `archive.changed-after`, `seal.not-a-pdf`, `seal.too-large`: of the file.
            MachineError: `evidence.incomplete`, `timestamp.failed` …
        """
        from signing.reports import FileOutcome
        from signing.validation import examine

        if examine(pdf, trust=None, at=self._clock()).outcome in {FileOutcome.ALTERED, FileOutcome.MALFORMED}:
            raise InputError("archive.changed-after", "the file is not what was sealed", hint="license verify says why")
        with signing_errors():
            try:
                return self._sealer().archive(pdf)
            except SealingError as error:
                raise InputError(error.code, error.message, hint=error.hint) from None

    def due(self, within: timedelta, *, identifier: str = "") -> Iterator[CurrentFile]:
        """The files whose newest archive time-stamp ends soon, or that have none, in the order of issue.

        Whatever the state of the licence: that it was genuine may be asked of a revoked one, too.

        Args:
            within: how soon is soon.
            identifier: only this licence's.

        Raises:
            InputError: `license.unknown`.
        """
        if identifier and self._repository.by_identifier(identifier) is None:
            raise InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")
        ending, after = self._clock() + within, 0
        while found := self._repository.current_files(ending=ending, identifier=identifier, after=after, limit=_STEP):
            yield from found
            after = found[-1].position

    def renew(self, due: Iterable[CurrentFile]) -> Iterator[Renewal]:
        """Archive files again, one after the other. One that is damaged gives its error in its place; the others go on.

        Raises:
            MachineError: evidence, time-stamps or storage failed: the rest would fail too. What was renewed stays so.
        """
        for current in due:
            renewal = Renewal(current.identifier, current.until)
            try:
                until = self._renew(current)
            except LicenseError as error:
                if isinstance(error, MachineError) and error.code not in _OF_ONE_FILE:
                    raise
                yield replace(renewal, error=error)
            else:
                yield replace(renewal, until=until)

    def _renew(self, current: CurrentFile) -> datetime:
        """Archive, store, commit; give when the certificate of the new time-stamp ends.

        Raises:
            LicenseError: of the file or of the machine; `archive.no-gain`, `archive.renewed`.
        """
        archived = self.archive_file(self._repository.files.get(current.digest))
        if current.until is not None and archived.until <= current.until:
            raise InputError(
                "archive.no-gain",
                "A new archive time-stamp would last no longer than the old one",
                hint="have a new certificate issued to the time-stamp authority first",
            )
        entry = ArchiveEntry(self._repository.files.put(archived.pdf), archived.until, self._clock())
        if not self._repository.archive(current, entry):
            raise InputError("archive.renewed", "Another process archived the file meanwhile")
        return archived.until

"""Issuing as the repository sees it: reserve, commit, and what a request was given before; for one request or many."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from license_lib.errors import InputError, MachineError
from license_lib.lifecycle import DEFAULT_RULES, TypeRules
from license_lib.repository import archives, issuing
from license_lib.repository.database import Database
from license_lib.repository.files import FileStore
from license_lib.repository.lookups import Lookups
from license_lib.repository.together import Together
from license_lib.repository.values import (
    AlreadyIssued,
    IssuedLicense,
    NumberClaim,
    Proposal,
    Reservation,
    StoredLicense,
)

T = TypeVar("T")
Answer = TypeVar("Answer")

_RESERVING, _COMMITTING = 0, 1


class Issues(Lookups):
    """What issues licences into a database and a file store; methods as those of `Repository`.

    Attributes:
        files: the sealed files.
    """

    def __init__(self, database: Database, files: FileStore, randomness: Callable[[int], bytes]) -> None:
        super().__init__(database)
        self.files, self._randomness, self._together = files, randomness, Together(database)

    def fulfilled(self, requests: Sequence[issuing.Asked]) -> dict[issuing.Asked, StoredLicense]:
        """The licences that requests were given, by key and digest; those that were not fulfilled are left out.

        Args:
            requests: the idempotency key and the digest of each; another request under the same key is left out, too.
        """
        return self._database.read(lambda connection: issuing.fulfilled(connection, requests))

    def reserve(
        self,
        identifier: str,
        *,
        request_key: str,
        request_digest: bytes,
        at: datetime,
        claim: NumberClaim | None = None,
    ) -> Reservation | AlreadyIssued:
        """`reserve_each` of one request; arguments as of `Proposal`.

        Raises:
            InputError: as it is answered there.
        """
        proposal = Proposal(
            identifier=identifier, request_key=request_key, request_digest=request_digest, at=at, claim=claim
        )
        (answer,) = self.reserve_each([proposal])
        if isinstance(answer, InputError):
            raise answer
        return answer

    def reserve_each(self, proposals: Sequence[Proposal]) -> list[Reservation | AlreadyIssued | InputError]:
        """Keep identifiers for requests, for ever, in one transaction.

        Returns:
            For each its reservation, also that of an earlier attempt; or the licence, if the request was fulfilled
            before; or why it is refused, and nothing of it was written: `request.key-reused` for another request under
            the same key, `identifier.taken`, `license.number-taken`.
        """
        return self._of_each(
            proposals,
            lambda connection, some: issuing.reserve(connection, some, randomness=self._randomness),
            order=_RESERVING,
        )

    def commit(self, issued: IssuedLicense, *, rules: TypeRules = DEFAULT_RULES) -> StoredLicense:
        """`commit_each` of one licence.

        Args:
            rules: of its type.

        Raises:
            InputError: as it is answered there.
            MachineError: as there.
        """
        (answer,) = self.commit_each([issued], rules=lambda _: rules)
        if isinstance(answer, InputError):
            raise answer
        return answer

    def commit_each(
        self, issued: Sequence[IssuedLicense], *, rules: Callable[[str], TypeRules]
    ) -> list[StoredLicense | InputError]:
        """Put sealed licences on record: licence, holders, event and leaf at once. Only now may they be handed out.

        Put their files into `files` before. An issue takes effect with the start of its date (China time). A new
        version ends the one before as soon as it is valid itself.

        Args:
            issued: the licences; their leaves stand in this order.
            rules: of a type, by its key: the end of a version before has to follow them.

        Returns:
            For each the licence on record. If another process was faster with the same request, that is *its* licence:
            hand out `newest_file` of this value, never your own. Or why it is refused, and nothing of it was written:
            `license.number-taken`, `reservation.unknown`, `reservation.status`; of the version before,
            `license.unknown` and whatever `license_lib.lifecycle.check` refuses.

        Raises:
            MachineError: `storage.file-missing` if a file was not put before; nothing is put on record.
        """
        for one in issued:
            self._require_file(one.archive.digest if one.archive else one.file_digest)
        return self._of_each(
            issued,
            lambda connection, some: issuing.commit(connection, some, rules=rules, randomness=self._randomness),
            order=_COMMITTING,
        )

    def newest_file(self, stored: StoredLicense) -> bytes:
        """The file to hand out: as it was sealed, or with the evidence and archive time-stamps that followed.

        Raises:
            MachineError: `storage.file-missing`; `storage.corrupt`, also if it does not begin with what was sealed.
        """
        (file,) = self.newest_files([stored])
        return file

    def newest_files(self, stored: Sequence[StoredLicense]) -> list[bytes]:
        """The same of many."""
        if not stored:
            return []
        names = self._database.read(lambda connection: archives.newest_names(connection, stored))
        return [archives.require_own(self.files.get(names[one.position]), one) for one in stored]

    def _of_each(
        self, items: Sequence[T], work: Callable[[Connection, Sequence[T]], list[Answer]], *, order: int
    ) -> list[Answer | InputError]:
        """Do it for all in one transaction; where the database refuses a text, it shows alone whose that is."""
        if not items:
            return []
        try:
            return [*self._together.write(lambda connection: work(connection, items), order=order)]
        except InputError as error:
            if len(items) == 1:
                return [error]
        return [answer for item in items for answer in self._of_each([item], work, order=order)]

    def _require_file(self, digest: bytes) -> None:
        if not self.files.contains(digest):
            raise MachineError("storage.file-missing", "The sealed file is not in the file store", hint="put it first")

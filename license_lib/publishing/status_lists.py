"""Which status lists are to be signed anew, and their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from license_lib.errors import LicenseError, MachineError
from license_lib.publishing.folder import PublicFolder, status_name, status_names
from license_lib.repository.repository import Repository
from license_lib.status import LIST_SIZE, Status, StatusBits, StatusListError
from license_lib.status.tokens import StatusToken, read_token, sign_cwt, sign_jwt
from signing.errors import SigningError
from signing.keys import SealCredential

TTL: Final = timedelta(minutes=5)
"""So long a reader may keep a list before it asks again: a revocation is known everywhere soon after."""


_SLACK: Final = timedelta(minutes=10)
"""So long an event may take from its time to its place on record."""


@dataclass(frozen=True, slots=True)
class DueLists:
    """What is to be published of the status lists.

    Attributes:
        files: name and content, in order.
        numbers: of the lists that are signed anew.
        until: when the next is due, if nothing is recorded before; None if there is no list.
    """

    files: tuple[tuple[str, bytes], ...]
    numbers: tuple[int, ...]
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLists:
    """The status lists of a repository, as they are published.

    Args:
        base_url: where: the public address of the authority, which the lists bear.
        signer: gives the key that signs them.
        refresh: a list that is older is signed anew, though nothing has changed.
        validity: from its issue to its end.
    """

    repository: Repository
    folder: PublicFolder
    base_url: str
    signer: Callable[[], SealCredential]
    refresh: timedelta
    validity: timedelta

    def due(self, now: datetime, *, again: bool = False) -> DueLists:
        """Compare what is published with what is on record.

        Args:
            again: all are due, whatever is published.

        Raises:
            MachineError: `publishing.clock-behind`: a published list is of a later time; `publishing.state-lost`;
                `storage.…`, `key.…`.
        """
        files, numbers, ends = list[tuple[str, bytes]](), list[int](), list[datetime]()
        for number in self.repository.statuses.lists():
            bits = StatusBits.of(self.repository.statuses.at(number, now), size=LIST_SIZE)
            issued = self._published_as(number, bits, now)
            if again or issued is None or now - issued >= self.refresh:
                files += self._signed(number, bits, now)
                numbers.append(number)
                issued = now
            ends.append(issued + self.refresh)
        change = self.repository.statuses.next_change(now)
        return DueLists(tuple(files), tuple(numbers), min([*ends, *([change] if change else [])], default=None))

    def _published_as(self, number: int, bits: StatusBits, now: datetime) -> datetime | None:
        """Since when a list is published with these very states, in both forms and by this signer; else None.

        What cannot be read is no list: it was damaged, and a new one takes its place.
        """
        tokens = list[StatusToken]()
        for name in status_names(number):
            data = self.folder.read(name)
            try:
                token = read_token(data) if data is not None else None
            except StatusListError:
                token = None
            if token is not None and token.issued_at > now and self._is_ours(token):
                raise MachineError(
                    "publishing.clock-behind",
                    f"Status list {number} was published at a later time than it is now: {token.issued_at.isoformat()}",
                    hint="set the clock of this machine; nothing was published",
                )
            if token is not None:
                tokens.append(token)
        tokens = [one for one in tokens if one.uri == self._uri(number) and self._is_ours(one)]
        for token in tokens:
            self._require_explained(number, token, bits)
        good = [token.issued_at for token in tokens if token.bits == bits]
        return min(good) if len(good) == len(status_names(number)) else None

    def _is_ours(self, token: StatusToken) -> bool:
        """Whether our signer signed it; whoever can write into the folder could have put another one there."""
        try:
            return token.signer == self.signer().certificate_der
        except (
            SigningError,
            LicenseError,
        ):  # a clock that is behind the certificate: then the list that is there knows better
            return True

    def _require_explained(self, number: int, published: StatusToken, bits: StatusBits) -> None:
        """Refuse to tell of a licence that it is in force again where nothing on record says so: a record was lost."""
        back = [index for index in published.bits.changed(bits) if bits[index] == Status.VALID]
        if back and not self.repository.statuses.explained(number, back, since=published.issued_at - _SLACK):
            raise MachineError(
                "publishing.state-lost",
                f"Status list {number} would take back a state that is published, and no event on record says why",
                hint="run: license fsck; the database lost an event, or is an older one; nothing was published",
            )

    def _signed(self, number: int, bits: StatusBits, now: datetime) -> list[tuple[str, bytes]]:
        return [
            (
                name,
                sign(
                    bits,
                    uri=self._uri(number),
                    issued_at=now,
                    expires_at=now + self.validity,
                    ttl_seconds=int(min(TTL, self.validity).total_seconds()),
                    signer=self.signer(),
                ),
            )
            for name, sign in zip(status_names(number), (sign_cwt, sign_jwt), strict=True)
        ]

    def _uri(self, number: int) -> str:
        return f"{self.base_url.rstrip('/')}/{status_name(number)}"

"""Issuing: check everything → reserve the identifier → sign the code, render, seal → store → commit.

Design law 6: what has not been committed has not been issued. A crash at any point leaves at most a reserved identifier
and a file that nothing points to; the same request, sent again, takes up the reservation.

One request or a group of them, the steps are the same; a group takes each step together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from license_lib.calendar import day_of
from license_lib.errors import InputError, MachineError
from license_lib.identifiers import LicenseIdentifier
from license_lib.licenses import License
from license_lib.licenses.record import SALT_BYTES, parse_record, record_digest
from license_lib.licenses.request import Draft, LicenseRequest
from license_lib.lifecycle import LicenseState, TypeRules, next_identifier, state_words
from license_lib.press_room import Order, Pressed, PressRoom
from license_lib.repository.entries import Cause
from license_lib.repository.repository import Repository
from license_lib.repository.values import (
    AlreadyIssued,
    ArchiveEntry,
    HolderEntry,
    IssuedLicense,
    NumberClaim,
    Override,
    Proposal,
    Reservation,
    StoredLicense,
)
from license_lib.request_digest import request_digest
from license_lib.serials import drawn_identifier
from license_lib.succession import Succession, require_succession

_DRAWS = 3


@dataclass(frozen=True, slots=True)
class Issued:
    """A licence that is sealed, stored and committed.

    Args:
        already: it had been issued before for the same request; nothing new was made.
    """

    license: License
    pdf: bytes = field(repr=False)
    already: bool

    @property
    def identifier(self) -> str:
        """证照标识."""
        return str(self.license.identifier)


@dataclass(slots=True)
class Slip:
    """A request on its way; it is done once it has an answer."""

    request: LicenseRequest
    cause: Cause | None = None
    succession: Succession | None = None
    key: str = ""
    digest: bytes = b""
    unreadable: InputError | None = None
    draft: Draft = field(init=False)
    reserved: Reservation = field(init=False)
    document: License = field(init=False)
    answer: Issued | InputError | None = None

    @property
    def asked(self) -> tuple[str, bytes]:
        """The request's idempotency key and its digest: the key alone may come with another request, too."""
        return self.key, self.digest

    @property
    def number(self) -> NumberClaim:
        """The number that its licence is to have."""
        return NumberClaim(
            type_code=self.draft.license_type.code.value,
            issuer_code=self.draft.issuer.code,
            number=self.draft.number,
            previous=self.succession.previous if self.succession else "",
        )

    @property
    def issuing(self) -> Cause:
        """Who issues it; the body alone if nobody is named."""
        return self.cause or Cause(actor="", body=self.draft.issuer.name)


class Issuing:
    """The issuing side of an authority: everything that needs a seal key.

    Threads may share it.

    Args:
        room: checks requests, prints and seals.
        rules: life-cycle rules of a type, by its key.
        clock: the time, aware. randomness: n → n random bytes, for serials and salts.
    """

    def __init__(
        self,
        *,
        repository: Repository,
        room: PressRoom,
        public_url: str,
        rules: Callable[[str], TypeRules],
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._repository = repository
        self._room = room
        self._public_url = public_url
        self._rules = rules
        self._clock = clock
        self._randomness = randomness

    def issue(
        self, request: LicenseRequest, *, cause: Cause | None = None, succession: Succession | None = None
    ) -> Issued:
        """Issue a licence, or return the one that the same request was given before.

        Args:
            request: what to issue.
            cause: who issues it, and why; the body alone if None.
            succession: what it is for the version before; None for a new licence.

        Raises:
            InputError: the request is wrong; nothing was written. Only if another process took the same number in the
                very moment between check and commit, an unused reservation and a file that nothing names remain.
            MachineError: storage or randomness failed; the same request can be sent again.
            signing.errors.SigningError: the seal key is missing, locked or expired; the same request can be sent again.
        """
        slips = [Slip(request, cause, succession)]
        self.begin(slips)
        orders = self.reserve(slips, self._room.check_each(to_check(slips), self.today()))
        (answer,) = self.commit(slips, self._room.press_each(orders))
        if isinstance(answer, InputError):
            raise answer
        return answer

    def today(self) -> date:
        """The day that requests are checked for."""
        return day_of(self._clock())

    def begin(self, slips: Sequence[Slip]) -> None:
        """First: who sends a batch again, of which half is done, waits for the other half only."""
        for slip in slips:
            try:
                slip.digest = request_digest(slip.request, slip.succession)
                slip.key = slip.request.request_key or f"request:{slip.digest.hex()}"
            except InputError as error:  # a text that cannot be; the check says which
                slip.unreadable = error
        asked = [slip for slip in slips if slip.unreadable is None]
        found = self._repository.fulfilled([slip.asked for slip in asked]) if asked else {}
        self._answer_already([(slip, found[slip.asked]) for slip in asked if slip.asked in found])

    def reserve(self, slips: Sequence[Slip], checked: Sequence[Draft | InputError]) -> list[Order]:
        """Keep identifiers, for what passed the check.

        Args:
            checked: what the room says of `to_check`.

        Returns:
            What is to be printed and sealed.
        """
        for slip, answer in zip(_open(slips), checked, strict=True):
            if isinstance(answer, InputError) or slip.unreadable is not None:
                slip.answer = answer if isinstance(answer, InputError) else slip.unreadable
                continue
            slip.draft = answer
            if slip.succession is None:
                continue
            try:
                require_succession(
                    self._repository, slip.succession, slip.draft, slip.issuing, at=self._clock(), rules=self._rules
                )
            except InputError as error:
                slip.answer = error
        self._reserve(_open(slips))
        return [self._order(slip) for slip in _open(slips)]

    def commit(self, slips: Sequence[Slip], pressed: Sequence[Pressed]) -> list[Issued | InputError]:
        """Put on record what was printed and sealed.

        Args:
            pressed: what the room made of the orders.

        Returns:
            For each its licence, or why the request is refused.
        """
        now, waiting = self._clock(), _open(slips)
        entries = [_entry(slip, one, now) for slip, one in zip(waiting, pressed, strict=True)]
        committed = self._repository.commit_each(entries, rules=self._rules)
        others = []
        for slip, one, stored in zip(waiting, pressed, committed, strict=True):
            if isinstance(stored, InputError):
                slip.answer = stored
            elif stored.record != one.record:  # somebody else's commit came first
                others.append((slip, stored))
            else:
                slip.answer = Issued(slip.document, one.pdf, already=False)
        self._answer_with(others)
        return [slip.answer for slip in slips if slip.answer is not None]

    def _answer_already(self, found: Sequence[tuple[Slip, StoredLicense]]) -> None:
        """With the licences that requests were given, unless they ended."""
        self._answer_with([(slip, stored) for slip, stored in found if not self._has_ended(slip, stored)])

    def _answer_with(self, found: Sequence[tuple[Slip, StoredLicense]]) -> None:
        files = self._repository.newest_files([stored for _, stored in found])
        for (slip, stored), file in zip(found, files, strict=True):
            slip.answer = Issued(parse_record(stored.record), file, already=True)

    def _has_ended(self, slip: Slip, stored: StoredLicense) -> bool:
        if stored.settled_at is None:  # nothing followed its issue
            return False
        state = self._repository.state_at(stored.identifier, self._clock())
        if state in {None, LicenseState.ISSUED}:
            return False
        slip.answer = InputError(
            "request.ended",
            f"the licence that this request was given is {state_words(state).en}",
            hint="send a request_key of its own to have a new one issued",
        )
        return True

    def _reserve(self, slips: Sequence[Slip]) -> None:
        """Reserve a drawn serial, or the next version of one; given away before, the next one is tried."""
        last: dict[int, LicenseIdentifier] = {}
        for _ in range(_DRAWS):
            proposals = []
            for slip in slips:
                last[id(slip)] = self._proposed(slip, last.get(id(slip)))
                proposals.append(
                    Proposal(
                        identifier=str(last[id(slip)]),
                        request_key=slip.key,
                        request_digest=slip.digest,
                        at=self._clock(),
                        claim=slip.number,
                    )
                )
            answers = self._repository.reserve_each(proposals)
            taken = []
            for slip, answer in zip(slips, answers, strict=True):
                if isinstance(answer, Reservation):
                    slip.reserved = answer
                elif isinstance(answer, AlreadyIssued):
                    self._answer_already([(slip, answer.license)])
                elif answer.code == "identifier.taken":
                    taken.append(slip)
                else:
                    slip.answer = answer
            if not taken:
                return
            slips = taken
        for slip in slips:
            slip.answer = self._without_identifier(slip)

    def _proposed(self, slip: Slip, last: LicenseIdentifier | None) -> LicenseIdentifier:
        if slip.succession is not None:  # a version that a request reserved and never issued is left out for ever
            return next_identifier(last or LicenseIdentifier.parse(slip.succession.previous))
        kind, issuer = slip.draft.license_type, slip.draft.issuer
        return drawn_identifier(kind, issuer.code, slip.draft.issued_on, self._randomness)

    def _without_identifier(self, slip: Slip) -> InputError:
        if slip.succession is None:
            raise MachineError(
                "identifier.taken",
                f"{_DRAWS} serials in a row had been given away before",
                hint="the source of random numbers is broken: mend it before anything else is issued",
            )
        return InputError(
            "license.versions-taken",
            "other requests have reserved the next versions of this licence",
            hint="send one of those requests again, or issue a licence of its own",
        )

    def _order(self, slip: Slip) -> Order:
        status = slip.reserved.status.claim(self._public_url) if slip.reserved.status else None
        identifier = LicenseIdentifier.parse(slip.reserved.identifier)
        slip.document = slip.draft.license(identifier, self._randomness(SALT_BYTES), status)
        return Order(slip.document, slip.draft.photo)


def to_check(slips: Sequence[Slip]) -> list[LicenseRequest]:
    """The requests that have no answer yet."""
    return [slip.request for slip in _open(slips)]


def _open(slips: Sequence[Slip]) -> list[Slip]:
    return [slip for slip in slips if slip.answer is None]


def _entry(slip: Slip, pressed: Pressed, now: datetime) -> IssuedLicense:
    document, kind, succession = slip.document, slip.draft.license_type, slip.succession
    return IssuedLicense(
        identifier=str(document.identifier),
        type_code=document.type_code,
        type_key=kind.key,
        type_version=kind.version,
        type_name=document.type_name,
        number=document.number,
        issuer_code=document.issuer.code,
        issuer_name=document.issuer.name,
        holders=tuple(HolderEntry(one.name, one.number, one.number_kind) for one in document.holders),
        issued_on=document.issued_on,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        record=pressed.record,
        record_digest=record_digest(pressed.record),
        file_digest=pressed.file_digest,
        key_id=pressed.key_id,
        request_key=slip.key,
        at=now,
        status=slip.reserved.status,
        cause=slip.issuing,
        previous=succession.previous if succession else "",
        replaces=succession.kind if succession else None,
        archive=ArchiveEntry(pressed.stored_as, pressed.archived_until, now) if pressed.archived_until else None,
        overrides=tuple(
            Override("credit-code.check", override.reason, override.approved_by) for override in slip.draft.overrides
        ),
    )

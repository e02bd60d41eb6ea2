"""The composition root: one configuration in, one object out. The only place where all rooms meet.

`Authority` issues, revokes and verifies; it needs the passphrase of the seal keys as soon as it issues. `open_verifier`
gives the judging half alone, with public material and a read-only repository: what a verification service runs on.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from license_lib.calendar import day_of, now
from license_lib.configured import load_catalogue, load_issuers, load_rules_of
from license_lib.errors import InputError, LicenseError
from license_lib.key_folder import KeyFolder, signing_errors
from license_lib.licenses.request import LicenseRequest
from license_lib.licenses.rules import checked_number
from license_lib.lifecycle import SUCCESSIONS, EventKind
from license_lib.official_documents import SealPlace
from license_lib.repository.entries import Cause, Change, Correction, Event, HolderNumber, Use
from license_lib.repository.repository import Repository
from license_lib.settings import Settings
from license_lib.succession import Succession
from license_lib.trail import Trail

if TYPE_CHECKING:
    from license_lib.archiving import Archiving
    from license_lib.extending import Decree, Extended
    from license_lib.issuing import Issued, Issuing  # loads the sealing half, which judges do without
    from license_lib.presenting import Presentation, PresentationCode, Presenting
    from license_lib.press_rooms import RoomOpener
    from license_lib.publishing.publisher import Publisher
    from license_lib.records import Records
    from license_lib.verification import Verdict, Verifier
    from signing.sealing import Sealer

__all__ = ["Authority", "now"]

_FEW = 32
"""Requests for which no worker processes are started: that takes a second or two."""


class Authority:
    """A city's licence authority.

    Args:
        passphrase: of the seal keys; may be left out by those who only look up, verify or revoke.
        clock: the time, aware. randomness: n → n random bytes.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        passphrase: bytes | None = None,
        clock: Callable[[], datetime] = now,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.settings = settings
        self.catalogue = load_catalogue(settings)
        self.issuers = load_issuers(settings)
        self.rules = load_rules_of(settings)
        self.repository = Repository.open(settings.database_url, settings.files, randomness=randomness)
        self._passphrase = passphrase
        self._clock = clock
        self._randomness = randomness

    @classmethod
    def open(cls, home: Path | str = ".", *, passphrase: bytes | None = None) -> "Authority":
        """Open the authority whose `license.toml` is in a folder.

        Raises:
            InputError: the configuration or a template is wrong.
            MachineError: the repository cannot be opened.
        """
        return cls(Settings.load(Path(home)), passphrase=passphrase)

    def __enter__(self) -> Self:
        """Use it as a context manager to close the repository at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the repository."""
        self.close()

    def close(self) -> None:
        """Close the repository."""
        self.repository.close()

    def issue(self, request: LicenseRequest, cause: Cause | None = None) -> "Issued":
        """Issue a licence 新发; see `license_lib.issuing.Issuing.issue`."""
        with signing_errors():
            return self._issuing.issue(request, cause=cause)

    def issue_all(
        self, requests: Iterable[LicenseRequest | InputError], *, processes: int = 0, cluster: str = ""
    ) -> "Generator[Issued | LicenseError, None, None]":
        """Issue many; a request that is wrong gives its error in its place, and the others go on.

        Args:
            requests: asked for as places get free.
            processes: worker processes that print and seal; with 0, or for a few requests, this process does, one
                licence after the other. They load the main script once more: issue below
                `if __name__ == "__main__":`.
            cluster: address of a scheduler whose workers do it instead, see `license_lib.cluster`.

        Yields:
            For each request, in order: its licence, or its error. Closed before its end, it stops in order.

        Raises:
            MachineError: storage or keys failed: the rest would fail too. What was issued stays issued, and the same
                batch can be sent again.
        """
        waiting = iter(requests)
        first = list(islice(waiting, _FEW))
        if not (processes or cluster) or len(first) < _FEW:
            for request in chain(first, waiting):
                try:
                    yield request if isinstance(request, InputError) else self.issue(request)
                except InputError as error:
                    yield error
            return
        from license_lib.batch_issuing import UNDER_WAY, issue_each, rooms_of

        issuing = self._issuing  # what is wrong with keys or fonts shows here, before anything is issued
        with signing_errors(), rooms_of(self._opener, processes, cluster) as (room, tasks):
            yield from issue_each(chain(first, waiting), issuing, room, under_way=UNDER_WAY * tasks)

    def verify(self, data: bytes, *, at: datetime | None = None, use: Use | None = None) -> "Verdict":
        """Judge a PDF or a picture, now or at another moment.

        In this process: a file that somebody made who holds a seal key may take for ever to draw. Strangers' files are
        for `license_lib.judges.confined_verifier`, whose workers have limits of time and memory.

        Args:
            use: who asks, and what for; on the trail before the answer. None for those who judge for themselves.
        """
        present = self._clock()
        return self._noted(self.verifier.verify(data, at=at or present, now=present), use)

    def verify_code(self, text: str, *, at: datetime | None = None, use: Use | None = None) -> "Verdict":
        """Judge the text of a QR, in the same way."""
        present = self._clock()
        return self._noted(self.verifier.verify_code(text, at=at or present, now=present), use)

    def status(self, identifier: str, *, at: datetime | None = None, use: Use | None = None) -> "Verdict | None":
        """State of a licence of this repository; None if it is not there."""
        present = self._clock()
        verdict = self.verifier.status(identifier, at=at or present, now=present)
        return self._noted(verdict, use) if verdict else None

    def _noted(self, verdict: "Verdict", use: Use | None) -> "Verdict":
        if use is not None:
            self.trail.verified(verdict, use)
        return verdict

    def seal_document(
        self, pdf: bytes, issuer: str, place: SealPlace, *, across_pages: bool = True, reason: str | None = None
    ) -> bytes:
        """Seal an official document 电子公文; see `license_lib.official_documents.seal_document`."""
        from license_lib.official_documents import seal_document

        body = self.issuers.get(issuer)
        return seal_document(pdf, body, place, self._keys, self._sealer, across_pages=across_pages, reason=reason)

    def renew(self, identifier: str, request: LicenseRequest, cause: Cause) -> "Issued":
        """Renew a licence 延续: issue a new version, which takes its place; see `license_lib.issuing`."""
        return self._succeed(EventKind.RENEW, identifier, request, cause)

    def amend(self, identifier: str, request: LicenseRequest, cause: Cause) -> "Issued":
        """Amend a licence 变更, in the same way."""
        return self._succeed(EventKind.AMEND, identifier, request, cause)

    def replace(self, identifier: str, request: LicenseRequest, cause: Cause) -> "Issued":
        """Replace a licence that was lost or damaged 补发、换发, in the same way."""
        return self._succeed(EventKind.REPLACE, identifier, request, cause)

    def record(
        self,
        identifier: str,
        kind: EventKind,
        cause: Cause,
        *,
        effective_at: datetime | None = None,
        details: Mapping[str, object] | None = None,
    ) -> Event:
        """Put on record what happens to a licence: suspend 暂扣, revoke 撤销, cancel 注销 and all the others.

        Args:
            identifier: 证照标识.
            kind: what happens; a new version is issued by `renew`, `amend` or `replace`.
            cause: who, and why.
            effective_at: from when it has effect; now if None.
            details: what else belongs to it, see `license_lib.lifecycle.details`.

        Raises:
            InputError: `event.actor-missing`, `event.reason-missing`, `license.unknown`, and whatever the life cycle of
                its type refuses.
        """
        cause.require()
        stored = self.repository.by_identifier(identifier)
        if stored is None:
            raise InputError("license.unknown", "there is no licence with this identifier", hint="check the identifier")
        if kind in SUCCESSIONS or kind is EventKind.ISSUE:
            raise InputError(
                "event.needs-file", "a new version is issued, and recorded with it", hint="renew, amend or replace"
            )
        moment = self._clock()
        change = Change(
            kind=kind,
            cause=cause,
            effective_at=effective_at or moment,
            recorded_at=moment,
            details=details or {},
        )
        return self.repository.record(identifier, change, rules=self.rules(stored.type_key))

    def revoke(self, identifier: str, *, reason: str, actor: str, legal_basis: str = "") -> Event:
        """Revoke a licence 撤销, with effect from now; see `record`."""
        return self.record(identifier, EventKind.REVOKE, Cause(actor=actor, reason=reason, legal_basis=legal_basis))

    def _succeed(self, kind: EventKind, identifier: str, request: LicenseRequest, cause: Cause) -> "Issued":
        with signing_errors():
            return self._issuing.issue(request, cause=cause, succession=Succession(kind, identifier))

    def extend(self, decree: "Decree", *, dry_run: bool) -> "Iterator[Extended]":
        """Extend the validity of many licences 延长有效期; see `license_lib.extending`.

        Raises:
            InputError: `catalogue.unknown` for a type that is in no catalogue; the decree has no person or reason.
        """
        from license_lib.extending import extend

        kind = self.catalogue.get(decree.selection.type_key)
        return extend(self.repository, decree, self.rules(kind.key), self._clock, dry_run=dry_run)

    def correct_number(self, old: HolderNumber, new: HolderNumber, cause: Cause, *, join: bool = False) -> Correction:
        """Correct a holder's number; from now on both find the holder's licences. See `Subjects.correct_number`.

        Raises:
            InputError: `number.…` if the new number is none of its kind.
        """
        number, kind = checked_number(new.number, new.kind, None, "new", day_of(self._clock()))
        new = HolderNumber(number, kind)
        return self.repository.subjects.correct_number(old, new, cause=cause, recorded_at=self._clock(), join=join)

    def withdraw_correction(self, sequence: int, cause: Cause) -> Correction:
        """Take a correction of a number back; see `Subjects.withdraw_correction`."""
        return self.repository.subjects.withdraw_correction(sequence, cause=cause, recorded_at=self._clock())

    def present(self, identifier: str, use: Use, *, holder_number: str = "", seconds: int = 60) -> "PresentationCode":
        """Present a licence 亮证: make a short-lived code for its holder; see `Presenting.present`."""
        return self.presenting.present(identifier, use, holder_number=holder_number, seconds=seconds)

    def redeem(self, text: str, use: Use) -> "Presentation":
        """Use such a code up, and judge its licence as of now; see `Presenting.redeem`."""
        return self.presenting.redeem(text, use)

    @cached_property
    def presenting(self) -> "Presenting":
        """What makes and redeems presentation codes."""
        from license_lib.presenting import Presenting

        return Presenting(
            self.repository,
            self.trail,
            lambda: self.verifier,
            public_url=self.settings.public_url,
            clock=self._clock,
            randomness=self._randomness,
        )

    @cached_property
    def trail(self) -> Trail:
        """The usage trail, for those who give answers themselves."""
        return Trail(self.repository, self._clock, purpose_required=self.settings.usage.purpose_required)

    @cached_property
    def records(self) -> "Records":
        """Licences for those who look them up, take them out or print them."""
        from license_lib.records import Records

        return Records(self.repository, self.trail, self.rules, self._clock)

    @cached_property
    def archiving(self) -> "Archiving":
        """Archive time-stamps, renewed before they age."""
        from license_lib.archiving import Archiving

        return Archiving(self.repository, sealer=lambda: self._sealer, clock=self._clock)

    @cached_property
    def publisher(self) -> "Publisher":
        """What writes status lists and the log into the folder that the world reads."""
        from license_lib.publishing.composing import make_publisher

        return make_publisher(self.settings, self.repository, self._keys, self._clock)

    @cached_property
    def verifier(self) -> "Verifier":
        """The judging half."""
        from license_lib.judges import make_verifier

        return make_verifier(self.settings, self.catalogue, self.issuers, self.repository)

    @cached_property
    def _opener(self) -> "RoomOpener":
        from license_lib.press_rooms import RoomOpener

        if self._passphrase is None:
            raise InputError(
                "key.passphrase", "sealing needs the passphrase of the seal keys", hint="see keys/README.md"
            )
        return RoomOpener(self.settings, self._passphrase, self._clock, self._randomness)

    @cached_property
    def _keys(self) -> KeyFolder:
        return self._opener.keys()

    @cached_property
    def _sealer(self) -> "Sealer":
        return self._keys.sealer(long_term=self.settings.sealing.level == "B-LTA")

    @cached_property
    def _issuing(self) -> "Issuing":
        from license_lib.issuing import Issuing

        return Issuing(
            repository=self.repository,
            room=self._opener.room(self._keys, self.catalogue, self.issuers, self.repository.files),
            public_url=self.settings.public_url,
            rules=self.rules,
            clock=self._clock,
            randomness=self._randomness,
        )

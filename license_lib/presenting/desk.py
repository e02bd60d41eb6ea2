"""Presenting 亮证: a holder shows a licence from a phone, once, to one who gets the state of this very moment.

The holder's app, after its own login, has a code made; making it is the holder's consent 授权, on record in the usage
trail. Whoever scans the code redeems it: for the first one the licence is judged and shown, and that is on record, too.
For anybody later, it is a code that was used. See docs/presenting.md.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from license_lib.calendar import CHINA
from license_lib.catalogue import Catalogue, LicenseType
from license_lib.errors import InputError, MachineError
from license_lib.findings import Finding
from license_lib.licenses import License
from license_lib.licenses.public import public_values
from license_lib.lifecycle import Words
from license_lib.qr.presented import SECRET_BYTES, presentation_text, presented_secret
from license_lib.records import canonical
from license_lib.repository.entries import Usage, Use, require_plain
from license_lib.repository.presentations import Refusal, by_consent
from license_lib.repository.repository import Repository
from license_lib.trail import Trail
from license_lib.verification import Verdict
from license_lib.verification.verdict import RECORD_PROOFS, Evidence

SHORTEST, USUAL, LONGEST = 30, 60, 120
"""Seconds that a code lives."""
_CLOCKS: Final = timedelta(seconds=10)
"""How far the clocks of our own machines may differ: one that is further behind would let codes live on."""
_TRIES: Final = 3
_DOMAIN: Final = b"license-lib presentation v1\x00"


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that a licence shows in public: its GB/T 36903 code, what that is called, and what it says."""

    code: str
    label: Words
    text: str


class Judge(Protocol):
    """What is needed of `license_lib.verification.Verifier`."""

    @property
    def catalogue(self) -> Catalogue:
        """Licence types: what each shows in public."""
        ...

    def status(self, identifier: str, *, at: datetime) -> Verdict | None:
        """State of a licence of our repository."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationCode:
    """A presentation code 亮证码, to be shown as a QR.

    Args:
        text: of the QR. It is a secret until it is used: whoever has it may redeem it.
        made_at, expires_at: its life.
        consent: the entry of the usage trail by which the holder consented.
        verdict: what it would say at this moment.
    """

    text: str = field(repr=False)
    made_at: datetime
    expires_at: datetime
    consent: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The consent record 授权记录: both its entries are in the usage trail, and so in the log.

    Args:
        given, used: places of the entries. identifier: the licence.
        presenter: who presented it. redeemer: who redeemed it, and to whom it was shown (`audience`).
        given_at, used_at: when.
    """

    given: int
    used: int
    identifier: str
    presenter: Use
    redeemer: Use
    given_at: datetime
    used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """What redeeming a code gives.

    Args:
        verdict: on the licence, as of this moment; of a code that was refused UNDETERMINED, with the reason.
        public: what the licence's own code shows in public; empty if it was refused.
        consent: the record; None if it was refused.
    """

    verdict: Verdict
    public: tuple[Shown, ...]
    consent: Consent | None

    @property
    def accepted(self) -> bool:
        """Whether the code was good, and is used up now. The licence may still be out of force."""
        return self.consent is not None


class Presenting:
    """Makes and redeems presentation codes.

    Args:
        repository: writable. trail: of it.
        judge: who judges licences at the moment.
        public_url: of the page behind the codes.
        clock: the time, aware. randomness: n → n random bytes.
    """

    def __init__(
        self,
        repository: Repository,
        trail: Trail,
        judge: Callable[[], Judge],
        *,
        public_url: str,
        clock: Callable[[], datetime],
        randomness: Callable[[int], bytes],
    ) -> None:
        self._repository = repository
        self._trail = trail
        self._judge = judge
        self._public_url = public_url
        self._clock = clock
        self._randomness = randomness

    def present(self, identifier: str, use: Use, *, holder_number: str = "", seconds: int = USUAL) -> PresentationCode:
        """Make a code for a licence, in whatever state that is: the answer to who redeems it says so.

        Args:
            identifier: 证照标识.
            use: who presents it, to whom (`audience`; empty: whoever redeems it first), and what for.
            holder_number: of whom the app has logged in; must be one that a holder of the licence has or had. Leave it
                out only where the caller has made sure of that otherwise.
            seconds: how long it lives.

        Raises:
            InputError: `presentation.seconds`; `license.unknown`, also for a licence of somebody else;
                `usage.actor-missing`, `usage.purpose-missing`, `entry.text`.
            MachineError: it cannot be put on record.
        """
        if not SHORTEST <= seconds <= LONGEST:
            raise InputError(
                "presentation.seconds", f"a code lives for {SHORTEST} to {LONGEST} seconds", hint=f"say {USUAL}"
            )
        self._trail.require(use)
        at = self._clock()
        verdict = self._judge().status(identifier, at=at)
        if verdict is None or (holder_number and not self._holds(holder_number, identifier)):
            raise InputError("license.unknown", "there is no such licence of this holder", hint="check the identifier")
        secret = self._randomness(SECRET_BYTES)
        expires_at = at + timedelta(seconds=seconds)
        consent = self._repository.presentations.make(_digest(secret), identifier, use, at=at, expires_at=expires_at)
        return PresentationCode(
            text=presentation_text(secret, self._public_url),
            made_at=at,
            expires_at=expires_at,
            consent=consent.sequence,
            verdict=verdict,
        )

    def redeem(self, text: str, use: Use) -> Presentation:
        """Use a code up, and judge its licence as of now. Never raises for a bad code: that is UNDETERMINED.

        Args:
            text: as it was scanned; the address may be of any host, for the page knows its own only.
            use: who redeems it, and for whom (`audience`). Purpose, item and case are those of the consent, if it has
                any.

        Raises:
            InputError: `usage.actor-missing`, `usage.purpose-missing`, `entry.text`.
            MachineError: `presentation.clock-behind`; it cannot be judged or put on record. The code is not used then.
        """
        require_plain(use)
        secret = presented_secret(text)
        if secret is None:
            return _refused("presentation.foreign", self._clock())
        digest = _digest(secret)
        for _ in range(_TRIES):
            at = self._clock()
            found = self._repository.presentations.find(digest)  # guesses end here: they write nothing
            if found is None:
                return _refused(Refusal.UNKNOWN, at)
            use = by_consent(found.consent.use, use)
            self._trail.require(use)
            if at < found.consent.recorded_at - _CLOCKS:
                raise MachineError("presentation.clock-behind", "The code was made later than it is here")
            refusal = found.refusal(use, at)
            if refusal is not None:
                self._repository.presentations.refuse(digest, use, at=at)
                return _refused(
                    refusal, at, {Refusal.USED: found.used_at, Refusal.EXPIRED: found.expires_at}.get(refusal)
                )
            presentation = self._redeemed(digest, found.consent, use, at)
            if presentation is not None:
                return presentation
        raise MachineError("storage.locked", "The licence is being changed", hint="try again in a moment")

    def _redeemed(self, digest: bytes, given: Usage, use: Use, at: datetime) -> Presentation | None:
        """None if somebody else was faster, or something happened to the licence meanwhile."""
        judge, identifier = self._judge(), str(given.identifier)
        seen = self._repository.log.head().size
        verdict = judge.status(identifier, at=at)
        if verdict is None or verdict.license is None:
            raise MachineError("storage.corrupt", "A licence that was presented is not there", hint="run: license fsck")
        used = self._repository.presentations.redeem(digest, use, at=at, outcome=verdict.outcome.value, seen=seen)
        if used is None:
            return None
        kind = judge.catalogue.drawn_by(verdict.license.template)
        return Presentation(
            verdict=verdict,
            public=_shown(kind, verdict.license) if kind else (),
            consent=Consent(
                given=given.sequence,
                used=used.sequence,
                identifier=identifier,
                presenter=given.use,
                redeemer=used.use,
                given_at=given.recorded_at,
                used_at=used.recorded_at,
            ),
        )

    def _holds(self, number: str, identifier: str) -> bool:
        found = self._repository.by_holder_number
        theirs = found(number.strip()) or found(canonical(number))
        return any(one.identifier == identifier for one in theirs)


def _refused(code: str, at: datetime, when: datetime | None = None) -> Presentation:
    """The answer to who shows a code that is not good; of a replay, when it was used, and not by whom."""
    params = {"time": f"{when.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"} if when else {}
    verdict = Verdict(
        at=at,
        findings=(Finding(str(code), params),),
        proved=frozenset(),
        required=RECORD_PROOFS,
        license=None,
        code=None,
        evidence=Evidence(),
    )
    return Presentation(verdict=verdict, public=(), consent=None)


def _shown(kind: LicenseType, document: License) -> tuple[Shown, ...]:
    values = public_values(kind, document)
    return tuple(Shown(code, Words(*kind.public_labels.get(code, (code, code))), text) for code, text in values.items())


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + secret).digest()

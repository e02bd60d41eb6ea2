"""A trust list as frozen values; they are parsed and written from the same models, so that the two cannot differ.

Every member is known and means something: an unknown one is refused, and a new one is a new `format`.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, model_validator

from license_lib import canonical_json
from license_lib.issuers import Issuers, IssuingBody
from license_lib.licenses import Issuer
from license_lib.toml_files import mendable
from license_lib.trust_list.values import (
    Address,
    CertificateDer,
    CreditCodeText,
    Day,
    LogKeyText,
    Moment,
    Region,
    RevocationListDer,
    TypeCodeText,
    WitnessKeyText,
)
from signing.algorithms import ORGANIZATION_IDENTIFIER
from signing.keys import subject_value

FORMAT: Final = "license-trust-list/2"
LONGEST: Final = timedelta(days=366)
"""From issue to next update: who is kept from newer lists notices after that time at the latest."""
_REGION: Final = slice(2, 8)
"""Where a credit code has the division that registered the body (GB 32100)."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SealState(StrEnum):
    """What a seal certificate is, from a moment on."""

    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    """Retired in good order: nothing new is sealed with it, and what was sealed stays good."""
    WITHDRAWN = "withdrawn"
    """Taken away: what is not proved to be older is doubtful."""
    COMPROMISED = "compromised"
    """Others may have its key: what is not proved to be older proves nothing."""


_AFTER: Final = {
    SealState.IN_FORCE: frozenset({SealState.SUPERSEDED, SealState.WITHDRAWN, SealState.COMPROMISED}),
    SealState.SUPERSEDED: frozenset({SealState.WITHDRAWN, SealState.COMPROMISED}),
    SealState.WITHDRAWN: frozenset({SealState.COMPROMISED}),
    SealState.COMPROMISED: frozenset[SealState](),
}


class StateChange(_Frozen):
    """A state, and since when."""

    state: SealState
    since: Moment


class ListedSeal(_Frozen):
    """A seal certificate with its history, the oldest first. It begins in force, and never comes back."""

    certificate: CertificateDer
    history: Annotated[tuple[StateChange, ...], Field(min_length=1, max_length=4)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.history[0].state is not SealState.IN_FORCE:
            raise mendable("a seal's history begins with in-force", "say since when it was in force")
        for earlier, later in pairwise(self.history):
            if later.since <= earlier.since:
                raise mendable("a seal's history goes back in time", "order it by `since`, the oldest first")
            if later.state not in _AFTER[earlier.state]:
                raise mendable(f"{later.state} cannot follow {earlier.state}", "leave out what no longer matters")
        return self

    def at(self, moment: datetime) -> StateChange | None:
        """The state at a moment; None before the first."""
        past = [change for change in self.history if change.since <= moment]
        return past[-1] if past else None


class Scope(_Frozen):
    """Licence types × regions × period: what a body may issue. Days are inclusive; a missing one sets no bound."""

    types: Annotated[tuple[TypeCodeText, ...], Field(min_length=1)]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    valid_from: Day | None = None
    valid_until: Day | None = None

    def covers_region(self, region: str) -> bool:
        """Does a division lie within one of the regions?"""
        return any(region.startswith(prefix) for prefix in self.regions)

    def covers_day(self, day: date) -> bool:
        """Does a day lie within the period?"""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


class ListedBody(_Frozen):
    """An issuing body 颁发机构: its seals, what it may issue, and where it publishes what became of it."""

    name: Annotated[str, Field(min_length=2, max_length=60)]
    code: CreditCodeText
    level: Annotated[int, Field(ge=1, le=5, strict=True)]
    status_url: Address | None = None
    seals: tuple[ListedSeal, ...]
    scopes: tuple[Scope, ...]

    @property
    def region(self) -> str:
        """The division of the body, six digits (GB/T 2260), as its credit code has it."""
        return self.code[_REGION]

    def seal(self, certificate_der: bytes) -> ListedSeal | None:
        """The body's seal with exactly this certificate."""
        return next((one for one in self.seals if one.certificate == certificate_der), None)

    @model_validator(mode="after")
    def _own_seals(self) -> Self:
        for position, seal in enumerate(self.seals):
            named = subject_value(x509.load_der_x509_certificate(seal.certificate), ORGANIZATION_IDENTIFIER)
            if named != f"NTRCN-{self.code}":
                raise mendable(f"seals[{position}] is another body's", "list it under the body that it names")
        if len({seal.certificate for seal in self.seals}) != len(self.seals):
            raise mendable("a seal stands twice", "list each certificate once")
        return self


class ListedLog(_Frozen):
    """The transparency log 透明日志 that holds what became of the bodies' licences, and who watches it.

    Args:
        vkey: the log's name and key (C2SP signed-note).
        witnesses: names and keys of those whose cosignatures count (C2SP tlog-cosignature).
        quorum: how many of the witnesses must have signed a checkpoint before anybody relies on it.
    """

    vkey: LogKeyText
    witnesses: tuple[WitnessKeyText, ...] = ()
    quorum: Annotated[int, Field(ge=0, strict=True)] = 0

    @model_validator(mode="after")
    def _watched(self) -> Self:
        parts = [one.split("+", 2) for one in self.witnesses]
        for what, which in ((0, "name"), (2, "key")):
            if len({one[what] for one in parts}) != len(parts):
                raise mendable(f"two witnesses have one {which}", "list each witness once")
        # With nobody's signature needed, a list of witnesses would only look like a protection.
        if not min(1, len(parts)) <= self.quorum <= len(parts):
            raise mendable("the quorum is not from 1 to the number of witnesses", "0 only where there are none")
        return self


class TrustList(_Frozen):
    """A trust list 信任名单.

    Args:
        list_id: which list this is, for ever; by default the credit code of who publishes it.
        authority: name of who publishes it.
        sequence: 1, 2, 3 …; gaps are allowed, going back is not.
        issued_at: when it was signed. next_update: until when it may be relied on.
        next_signers: certificates that may sign later lists, besides this one's own.
        anchors: of the seals. intermediates: help to reach an anchor. timestamp_anchors: of time-stamps. crls: of all.
        status_signers: certificates of those who may sign the bodies' status lists; nobody else may.
        log: where every event of the bodies' licences is entered; None where there is no log.
        bodies: the issuing bodies, each once.
    """

    format: Literal["license-trust-list/2"] = FORMAT
    list_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
    authority: Annotated[str, Field(min_length=2, max_length=60)]
    sequence: Annotated[int, Field(ge=1, le=2**53 - 1, strict=True)]
    issued_at: Moment
    next_update: Moment
    next_signers: tuple[CertificateDer, ...] = ()
    anchors: Annotated[tuple[CertificateDer, ...], Field(min_length=1)]
    intermediates: tuple[CertificateDer, ...] = ()
    timestamp_anchors: tuple[CertificateDer, ...] = ()
    crls: tuple[RevocationListDer, ...] = ()
    status_signers: tuple[CertificateDer, ...] = ()
    log: ListedLog | None = None
    bodies: tuple[ListedBody, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.issued_at < self.next_update <= self.issued_at + LONGEST:
            raise mendable("next_update is not within a year after issued_at", "publish more often")
        if len({body.code for body in self.bodies}) != len(self.bodies):
            raise mendable("a body stands twice", "list each body once")
        return self

    @model_validator(mode="after")
    def _one_purpose(self) -> Self:
        """A key that signs states signs nothing else: whoever steals it must not be able to seal, or to certify."""
        others = {*self.anchors, *self.intermediates, *self.next_signers}
        others |= {seal.certificate for body in self.bodies for seal in body.seals}
        taken = {_key_of(certificate) for certificate in others}
        for position, signer in enumerate(self.status_signers):
            key = x509.load_der_x509_certificate(signer).public_key()
            if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
                raise mendable(f"status_signers[{position}] has no P-256 key", "status lists are signed with ES256")
            if _key_of(signer) in taken:
                raise mendable(f"status_signers[{position}] has a key that serves twice", "use a key for this alone")
            taken.add(_key_of(signer))
        return self

    def body(self, code: str) -> ListedBody | None:
        """The body with this credit code, or None."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, ListedBody]:
        return {body.code: body for body in self.bodies}

    def issuers(self) -> Issuers:
        """The bodies as verification shows them; their types are type codes here, their ids credit codes."""
        return Issuers(
            IssuingBody(
                body.code,
                Issuer(body.name, body.code, body.level),
                frozenset(code for scope in body.scopes for code in scope.types),
            )
            for body in self.bodies
        )

    def canonical_bytes(self) -> bytes:
        """The list's one spelling: JSON Canonicalization Scheme (RFC 8785), UTF-8; what has no value is left out."""
        return canonical_json.dumps(self.model_dump(mode="json", exclude_none=True))


def _key_of(certificate_der: bytes) -> bytes:
    """The public key of a certificate (SubjectPublicKeyInfo): two certificates of one key are one signer."""
    try:
        key = x509.load_der_x509_certificate(certificate_der).public_key()
    except UnsupportedAlgorithm:
        return b""  # no signer of states has such a key
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

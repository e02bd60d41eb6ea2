"""What goes into the repository and comes out of it: frozen, plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from license_lib.errors import InputError

DIGEST_BYTES = 32
"""Length of every digest kept here (SHA-256)."""


class EventKind(StrEnum):
    """What happened to a licence. The life cycle (GB/T 36901) has more; each gets its name here when it is built."""

    ISSUE = "issue"  # 新发
    REVOKE = "revoke"  # 撤销


class LicenseState(StrEnum):
    """Legal state of a licence. Expiry is no state: it follows from the validity and the date."""

    ISSUED = "issued"
    REVOKED = "revoked"


STATE_AFTER: Mapping[EventKind, LicenseState] = {
    EventKind.ISSUE: LicenseState.ISSUED,
    EventKind.REVOKE: LicenseState.REVOKED,
}
"""The state that each event leads to."""


@dataclass(frozen=True, slots=True)
class HolderEntry:
    """A holder 持证主体 under which the licence can be found.

    Args:
        name: 持证主体.
        number: 持证主体代码, in its canonical form (look-ups compare it exactly); kept out of `repr`.
        number_kind: 持证主体代码类型 (GB/T 36903 annex A).
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    number_kind: str


@dataclass(frozen=True, slots=True)
class Override:
    """A rule that somebody set aside for this licence, for ever on record (e.g. a credit code with a wrong check).

    Args:
        what: the rule and where it was set aside, e.g. `credit-code.check holders[0]`; no ID number.
        reason: why.
        approved_by: who answers for it.
    """

    what: str
    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file that begins with the sealed one and goes on with evidence and archive time-stamps.

    Args:
        digest: its SHA-256, 32 bytes; its name in the file store.
        until: when the certificate of its newest archive time-stamp ends. at: when it was made.
    """

    digest: bytes
    until: datetime
    at: datetime

    def __post_init__(self) -> None:
        """Refuse what could not be found again."""
        require_digest(self.digest, "digest")
        require_zone(self.until, "until")
        require_zone(self.at, "at")


@dataclass(frozen=True, slots=True)
class CurrentFile:
    """The file that a licence rests in now.

    Args:
        position: the licence's place in the order of issue. identifier: 证照标识.
        digest: SHA-256 of the file; its name in the file store.
        until: when the certificate of its newest archive time-stamp ends; None if it was never archived.
    """

    position: int
    identifier: str
    digest: bytes
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseEntry:
    """What the repository keeps of a licence.

    Args:
        identifier: 证照标识 (GB/T 36904).
        type_code: 证照类型代码. type_name: 证照名称.
        type_key: template that draws it. type_version: version of that template.
        number: 证照编号.
        issuer_code: 颁发机构代码. issuer_name: 颁发机构.
        holders: 持证主体, in the order of the face; at least one.
        issued_on: 颁发日期. valid_from: 有效期起始.
        valid_until: 有效期截止, inclusive; None is 长期.
        record: the record's canonical JSON, byte for byte; opaque here.
        record_digest: the record's SHA-256 commitment, 32 bytes.
        file_digest: SHA-256 of the PDF as it was sealed, 32 bytes: the file's identity, whatever evidence follows. Its
            name in the file store until it is archived; see `Repository.newest_file`.
        key_id: identifies the seal certificate.
    """

    identifier: str
    type_code: str
    type_key: str
    type_version: int
    type_name: str
    number: str = field(repr=False)
    issuer_code: str
    issuer_name: str
    holders: tuple[HolderEntry, ...]
    issued_on: date
    valid_from: date
    valid_until: date | None
    record: bytes = field(repr=False)
    record_digest: bytes
    file_digest: bytes
    key_id: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be found again."""
        require_digest(self.record_digest, "record_digest")
        require_digest(self.file_digest, "file_digest")
        if not self.holders:
            raise InputError("repository.value", "A licence needs a holder", hint="give at least one holder")


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLicense(LicenseEntry):
    """A sealed licence on its way into the repository.

    Args:
        request_key: idempotency key under which the identifier was reserved.
        at: when this is recorded, with its time zone.
        actor: the person or system that issues.
        overrides: rules that were set aside.
        archive: the file to keep, if it was archived at once; None to keep the sealed one.
    """

    request_key: str
    at: datetime
    actor: str = ""
    overrides: tuple[Override, ...] = ()
    archive: ArchiveEntry | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be found again."""
        # No zero-argument super(): slots make a new class and break it.
        LicenseEntry.__post_init__(self)
        require_zone(self.at, "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLicense(LicenseEntry):
    """A licence as the repository holds it.

    Args:
        position: place of its issue in the sequence of all events, counted from 1; the cursor of `page`.
        state: legal state after all recorded events, also after those that take effect later; see `state_at`.
        recorded_at: when the issue was recorded, in UTC.
    """

    position: int
    state: LicenseState
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Reservation:
    """An identifier that is kept for one request, for ever.

    Args:
        identifier: the identifier to issue under; not the proposed one if the request already had one.
        request_key: idempotency key of the request.
        resumed: True if an earlier attempt (crashed, or still running elsewhere) made the reservation.
    """

    identifier: str
    request_key: str
    resumed: bool


@dataclass(frozen=True, slots=True)
class AlreadyIssued:
    """The request was fulfilled before; this is the licence that came of it."""

    license: StoredLicense


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of the append-only event record.

    Args:
        sequence: place in the record, from 1, without gaps.
        identifier: the licence concerned.
        kind: what happened.
        effective_at: from when it has effect, UTC. recorded_at: when we learnt of it, UTC.
        actor: who did it. reason: why.
        details: what else belongs to it, JSON values (digests in hex); no ID number.
        previous: digest of the event before it (32 zero bytes before the first).
        digest: SHA-256 over all of the above, see `chain.event_digest`.
    """

    sequence: int
    identifier: str
    kind: EventKind
    effective_at: datetime
    recorded_at: datetime
    actor: str
    reason: str
    details: Mapping[str, object]
    previous: bytes
    digest: bytes


def require_digest(value: bytes, what: str) -> None:
    """Refuse a digest of another length.

    Raises:
        InputError: `repository.value`.
    """
    if len(value) != DIGEST_BYTES:
        raise InputError("repository.value", f"{what} has {len(value)} bytes", hint=f"give {DIGEST_BYTES} bytes")


def require_zone(value: datetime, what: str) -> None:
    """Refuse a time that does not say which time zone it is in.

    Raises:
        InputError: `repository.value`.
    """
    if value.utcoffset() is None:
        raise InputError("repository.value", f"{what} has no time zone", hint="give a date-time with its time zone")

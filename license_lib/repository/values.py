"""Licences on their way into the repository and out of it: frozen, plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime

from license_lib.errors import InputError
from license_lib.lifecycle import EventKind, LicenseState
from license_lib.repository.entries import Cause, require_digest, require_zone
from license_lib.status import StatusRef


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which licences of a type, among those that are in use and have a last day; days inclusive, None is no bound.

    Args:
        type_key: of the template. issuer_code: 颁发机构代码; all if empty.
        issued_from, issued_until: day of issue. expires_from, expires_until: last day, of the face or a decree.
    """

    type_key: str
    issuer_code: str = ""
    issued_from: date | None = None
    issued_until: date | None = None
    expires_from: date | None = None
    expires_until: date | None = None


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
class NumberClaim:
    """A number that a licence is to have: nobody else of its type and issuing body may have it.

    Args:
        type_code: 证照类型代码. issuer_code: 颁发机构代码. number: 证照编号.
        previous: identifier of the version before, which may have it; empty if there is none.
    """

    type_code: str
    issuer_code: str
    number: str = field(repr=False)
    previous: str = ""

    @property
    def of(self) -> tuple[str, str, str]:
        """Type, issuing body and number."""
        return self.type_code, self.issuer_code, self.number


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
        status: where a status list tells its state; None for one that was issued before there were lists.
        previous: the version before 原证照标识; empty if there is none.
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
    status: StatusRef | None = None
    previous: str = ""

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
        cause: who issues it, and why.
        replaces: what the issue is for the version before: `renew`, `amend` or `replace`; None if there is none.
        overrides: rules that were set aside.
        archive: the file to keep, if it was archived at once; None to keep the sealed one.
    """

    request_key: str
    at: datetime
    cause: Cause
    replaces: EventKind | None = None
    overrides: tuple[Override, ...] = ()
    archive: ArchiveEntry | None = None

    @property
    def claim(self) -> NumberClaim:
        """The number that it takes."""
        return NumberClaim(
            type_code=self.type_code, issuer_code=self.issuer_code, number=self.number, previous=self.previous
        )

    def __post_init__(self) -> None:
        """Refuse what could not be found again."""
        # No zero-argument super(): slots make a new class and break it.
        LicenseEntry.__post_init__(self)
        require_zone(self.at, "at")
        if bool(self.previous) != (self.replaces is not None):
            raise InputError("repository.value", "A new version names the one before and what it is for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLicense(LicenseEntry):
    """A licence as the repository holds it.

    Args:
        position: place of its issue in the log, counted from 1; the cursor of `page`.
        state: legal state after all recorded events, also after those that take effect later; see `state_at`.
        settled_at: from when on `state` holds; None if nothing followed the issue.
        recorded_at: when the issue was recorded, in UTC.
    """

    position: int
    state: LicenseState
    settled_at: datetime | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An identifier that is proposed for a request.

    Args:
        identifier: proposed 证照标识; not used if the request already has one.
        request_key: idempotency key of the request.
        request_digest: 32 bytes that differ for different requests.
        at: now.
        claim: the number that the licence is to have, asked before what `commit` will ask again; None asks nothing.
    """

    identifier: str
    request_key: str
    request_digest: bytes
    at: datetime
    claim: NumberClaim | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be told from another."""
        require_digest(self.request_digest, "request_digest")
        require_zone(self.at, "at")


@dataclass(frozen=True, slots=True)
class Reservation:
    """An identifier that is kept for one request, for ever.

    Args:
        identifier: the identifier to issue under; not the proposed one if the request already had one.
        request_key: idempotency key of the request.
        resumed: True if an earlier attempt (crashed, or still running elsewhere) made the reservation.
        status: the place in a status list that is kept with it; None for one that was made before there were lists.
    """

    identifier: str
    request_key: str
    resumed: bool
    status: StatusRef | None


@dataclass(frozen=True, slots=True)
class AlreadyIssued:
    """The request was fulfilled before; this is the licence that came of it."""

    license: StoredLicense

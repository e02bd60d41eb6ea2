"""Step 7: what is known of a licence at a moment, and what that means for whoever would rely on it.

Our own repository tells the legal state with its date, and what was issued. A status list of another body tells of a
place in it whether it is valid, invalid or suspended, as it was when the list was signed, and no more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from license_lib.calendar import day_of
from license_lib.findings import Finding
from license_lib.lifecycle import LicenseState, Overdue
from license_lib.status import Status
from signing.clocks import CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Where the issue of a licence stands in a transparency log 透明日志.

    Args:
        origin: which log.
        index: place of its entry, from 0.
        size: entries of the head that it was compared with; 0 if none was published.
        by_proof: a proof beside the file told so; else the repository.
        holds: the head stands for this very entry; True where the head does not reach it.
        readable: what is published as the head can be read, or nothing is published.
    """

    origin: str
    index: int
    size: int
    by_proof: bool = False
    holds: bool = True
    readable: bool = True

    @property
    def published(self) -> bool:
        """Whether the head has the entry: anybody may check it."""
        return self.holds and self.index < self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What the repository knows of a licence at a moment.

    Args:
        record: canonical record bytes.
        file_digest: SHA-256 of the one file that was issued, as it was sealed: evidence that followed does not count.
        state: legal state; None before the issue took effect.
        since: when that state began.
        valid_until: the last day after an extension by decree 延长有效期; None without one.
        next_identifier: the version that took its place 延续、变更、补发; None if none is known.
        inspection_due: last day for the inspection 年检 that is to come; None if none is asked for.
        overdue: what it means for this type that the day has passed.
        log: where its issue stands in the log; None if nobody can tell.
    """

    record: bytes = field(repr=False)
    file_digest: bytes
    state: LicenseState | None = LicenseState.ISSUED
    since: datetime | None = None
    valid_until: date | None = None
    next_identifier: str | None = None
    inspection_due: date | None = None
    overdue: Overdue = Overdue.NOTED
    log: Logged | None = None

    @property
    def record_digest(self) -> bytes:
        """SHA-256 of the record."""
        return sha256(self.record).digest()


@dataclass(frozen=True, slots=True)
class StatusListUsed:
    """Which status list 状态名单 was relied on: its address, when it was signed, and until when it may be used."""

    uri: str
    as_of: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class OnList:
    """What a status list says of a licence's place in it."""

    status: Status
    used: StatusListUsed


Known = OnRecord | OnList

_CODES: Final[Mapping[LicenseState | None, str]] = {
    LicenseState.SUSPENDED: "status.suspended",
    LicenseState.REVOKED: "status.revoked",
    LicenseState.WITHDRAWN: "status.withdrawn",
    LicenseState.CANCELLED: "status.cancelled",
    LicenseState.SUPERSEDED: "status.superseded",
    LicenseState.TRANSFERRED: "status.transferred",
    LicenseState.HOLDER_ENDED: "status.holder-ended",
}


def judge_standing(known: Known, *, at: datetime, now: datetime) -> Iterator[Finding]:
    """What a source's answer says against the licence.

    Args:
        at: the moment that the question is about. now: the present, at which the answer was given.
    """
    yield from _of_list(known, at, now) if isinstance(known, OnList) else _of_record(known, at, now)


def judge_validity(first: date, last: date | None, known: Known | None, *, at: datetime) -> Iterator[Finding]:
    """Step 8: the day asked for lies within the period of validity, first and last day included.

    Args:
        first: 有效期起始. last: 有效期截止; None is 长期.
        known: whether an extension by decree moved the last day. A status list tells of none.
    """
    day = day_of(at)
    extended = known.valid_until if isinstance(known, OnRecord) else None
    if last is not None and extended is not None and extended > last:
        yield Finding("status.extended", {"date": extended.isoformat()})
        last = extended
    if day < first:
        yield Finding("validity.not-yet", {"date": first.isoformat()})
    if last is not None and day > last:
        yield Finding("validity.expired", {"date": last.isoformat()})


def _of_record(known: OnRecord, at: datetime, now: datetime) -> Iterator[Finding]:
    if known.log is not None and not known.log.holds:
        yield Finding("log.rewritten")
    if known.log is not None and not known.log.readable:
        yield Finding("log.head-unreadable")
    code = _CODES.get(known.state)
    # What has ended stays ended; a suspension may be lifted until a day that is to come.
    if code is not None and (at <= now or known.state is not LicenseState.SUSPENDED):
        yield Finding(code, _said(known))
    elif at > now:
        yield Finding("status.future")
    elif known.inspection_due is not None and day_of(at) > known.inspection_due:
        due = {"date": known.inspection_due.isoformat()}
        if known.overdue is Overdue.NOT_IN_FORCE:
            yield Finding("status.inspection-overdue", due)
        else:
            yield Finding("status.inspection-due", due)


def _said(known: OnRecord) -> dict[str, str]:
    """The values that a finding's text names; what is not known is left out."""
    said = {"date": day_of(known.since).isoformat()} if known.since else {}
    if known.state is LicenseState.SUPERSEDED and known.next_identifier:
        said["next"] = known.next_identifier
    return said


def _of_list(known: OnList, at: datetime, now: datetime) -> Iterator[Finding]:
    if at < known.used.as_of - CLOCK_TOLERANCE:
        # Nothing says how it was before: "invalid" comes without a date, and a suspension may have ended since.
        yield Finding("status.past", {"date": day_of(known.used.as_of).isoformat()})
    elif known.status is Status.INVALID:
        yield Finding("status.invalid")
    elif at > now:
        yield Finding("status.future")
    elif known.status is Status.SUSPENDED:
        yield Finding("status.suspended")

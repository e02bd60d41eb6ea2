"""Entries of the log as values: events of licences, uses of records, corrected numbers, and who is behind each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Final
from unicodedata import category

from license_lib.errors import InputError
from license_lib.lifecycle import EventKind

LONGEST_TEXT: Final = 500
"""Characters of a reason, a name, a purpose."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
DIGEST_BYTES = 32
"""Length of every digest kept here (SHA-256)."""


class UsageKind(StrEnum):
    """What somebody did with a record."""

    LOOK = "look"
    """Looked it up."""
    EXPORT = "export"
    """Took its file out."""
    PRINT = "print"
    """Printed it."""
    VERIFY = "verify"
    """Had a file, a code or an identifier of it judged."""
    PRESENT = "present"
    """Its holder consented to show it, and got a presentation code 亮证码."""
    REDEEM = "redeem"
    """Redeemed such a code, or was refused."""
    AUDIT = "audit"
    """Read who of their department used what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who did something to a record, and why.

    Args:
        actor: the person 经办人. body: the body that acts through them 办理机构.
        reason: why 事由. legal_basis: the legal provision 法律依据.
        paper: the paper that it stands on 文号, such as a decision's number.
    """

    actor: str
    body: str = ""
    reason: str = ""
    legal_basis: str = ""
    paper: str = ""

    def require(self) -> None:
        """Refuse a cause that answers for nothing.

        Raises:
            InputError: `event.actor-missing`, `event.reason-missing`; `entry.text`.
        """
        for name, value in (("actor", self.actor), ("reason", self.reason)):
            if not shown(value).strip():
                raise InputError(f"event.{name}-missing", f"The event has no {name}", hint=f"say the {name}")
        require_plain(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Who uses a record, and what for 用证.

    Args:
        actor: the person. body: their department.
        purpose: 用途. item: the service item's code 事项编码. case_number: 案卷号.
        place: from where, such as a counter or an address.
        audience: to whom it is shown 出示对象; of presenting only.
    """

    actor: str
    body: str = ""
    purpose: str = ""
    item: str = ""
    case_number: str = ""
    place: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to happen to a licence.

    Args:
        kind: what. cause: who and why.
        effective_at: from when it has effect; the past and the future are allowed.
        recorded_at: now.
        details: what else belongs to it, JSON values; see `license_lib.lifecycle`. No ID number.
    """

    kind: EventKind
    cause: Cause
    effective_at: datetime
    recorded_at: datetime
    details: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse times without a zone."""
        require_zone(self.effective_at, "effective_at")
        require_zone(self.recorded_at, "recorded_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of the append-only event record.

    Args:
        sequence: its place in the log, from 1.
        identifier: the licence concerned.
        kind: what happened.
        effective_at: from when it has effect, UTC. recorded_at: when we learnt of it, UTC.
        cause: who did it, and why.
        details: what else belongs to it, JSON values (digests in hex); no ID number.
        salt: random bytes that keep the digest from being guessed.
        digest: SHA-256 over all of the above, see `commitments.event_digest`; it stands in the log.
    """

    sequence: int
    identifier: str
    kind: EventKind
    effective_at: datetime
    recorded_at: datetime
    cause: Cause
    details: Mapping[str, object]
    salt: bytes
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """An entry of the append-only usage trail 用证留痕.

    Args:
        sequence: its place in the log, from 1.
        identifier: the licence that was used; None where nothing was found.
        kind: what was done. outcome: what came of it, such as the outcome of a verification.
        recorded_at: when, UTC. use: who, and what for.
        salt, digest: as of an event.
        consent: of redeeming, the entry by which the holder consented.
    """

    sequence: int
    identifier: str | None
    kind: UsageKind
    outcome: str
    recorded_at: datetime
    use: Use
    salt: bytes
    digest: bytes
    consent: int | None = None


@dataclass(frozen=True, slots=True)
class HolderNumber:
    """A number 持证主体代码 in its canonical form, and its type 持证主体代码类型 (GB/T 36903 annex A)."""

    number: str = field(repr=False)
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A holder's number that was corrected 持证主体代码更正: both numbers find all of the holder's licences.

    Args:
        sequence: its place in the log, from 1.
        subject: who that is, whatever the number.
        old: the number as it was. new: as it is now.
        withdraws: the earlier correction that this one takes back; None if it takes none back.
        recorded_at: when, UTC. cause: who, and why.
        salt, digest: as of an event.
    """

    sequence: int
    subject: int
    old: HolderNumber
    new: HolderNumber
    withdraws: int | None
    recorded_at: datetime
    cause: Cause
    salt: bytes
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


def require_plain(entry: "Cause | Use") -> None:
    """Refuse texts that could pass for something else where they are shown: each is one line, and not a long one.

    Raises:
        InputError: `entry.text`.
    """
    for field_ in fields(entry):
        value = getattr(entry, field_.name)
        if len(value) > LONGEST_TEXT or shown(value) != value:
            raise InputError(
                "entry.text",
                f"{field_.name}: more than {LONGEST_TEXT} characters, or one that is not seen",
                hint="write one line, without line ends, control characters or direction marks",
            )


def shown(text: str) -> str:
    """A text without what is not seen: control and format characters, line and paragraph ends."""
    return "".join(character for character in text if category(character) not in _UNSEEN)

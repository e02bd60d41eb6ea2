"""What may happen to a licence 证照, what that makes of it, and which may follow which (GB/T 36901, 行政许可法).

The table is the whole law of the life cycle; docs/lifecycle.md argues each cell. Expiry is no state: it follows from
the validity and the day asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class EventKind(StrEnum):
    """What happened to a licence."""

    ISSUE = "issue"  # 新发
    RENEW = "renew"  # 延续: a new version takes its place
    AMEND = "amend"  # 变更: the same
    REPLACE = "replace"  # 补发、换发: the same
    INSPECT = "inspect"  # 年检
    SUSPEND = "suspend"  # 暂扣
    REINSTATE = "reinstate"  # 发还
    REVOKE = "revoke"  # 撤销: it should never have been issued
    WITHDRAW = "withdraw"  # 吊销: a penalty
    CANCEL = "cancel"  # 注销
    TRANSFER_OUT = "transfer-out"  # 转出
    TRANSFER_IN = "transfer-in"  # 转入
    HOLDER_ENDED = "holder-ended"  # 持证主体死亡或者终止
    EXTEND = "extend"  # 延长有效期, by decree for many at once
    CORRECT = "correct"  # 更正: an earlier event did not happen, or took effect at another time


class LicenseState(StrEnum):
    """Legal state of a licence."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    TRANSFERRED = "transferred"
    HOLDER_ENDED = "holder-ended"


class Happened(Protocol):
    """An event, as the rules see it; `repository.Event` is one.

    Attributes:
        sequence: its place in the record; of two, the greater was recorded later.
        effective_at: from when it has effect. recorded_at: when it became known. Both aware.
        details: what else belongs to it, JSON values; see `license_lib.lifecycle.details`.
    """

    @property
    def sequence(self) -> int: ...  # noqa: D102 -- told above
    @property
    def kind(self) -> EventKind: ...  # noqa: D102
    @property
    def effective_at(self) -> datetime: ...  # noqa: D102
    @property
    def recorded_at(self) -> datetime: ...  # noqa: D102
    @property
    def details(self) -> Mapping[str, object]: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """An event that is not on record yet; see `Happened`."""

    sequence: int
    kind: EventKind
    effective_at: datetime
    recorded_at: datetime
    details: Mapping[str, object] = field(default_factory=dict)


SUCCESSIONS: Final = frozenset({EventKind.RENEW, EventKind.AMEND, EventKind.REPLACE})
"""What puts a new version in the place of a licence."""
OVERTAKING: Final = frozenset({EventKind.REVOKE, EventKind.HOLDER_ENDED})
"""What is often learnt late, and true all the same: it passes over what was recorded before it for a later time."""

_ENDINGS: Final[Mapping[EventKind, LicenseState]] = {
    EventKind.REVOKE: LicenseState.REVOKED,
    EventKind.WITHDRAW: LicenseState.WITHDRAWN,
    EventKind.CANCEL: LicenseState.CANCELLED,
    EventKind.HOLDER_ENDED: LicenseState.HOLDER_ENDED,
}
_VOIDED: Final[Mapping[EventKind, LicenseState]] = {EventKind.REVOKE: LicenseState.REVOKED}
_VOIDED_OR_CLOSED: Final[Mapping[EventKind, LicenseState]] = {
    EventKind.REVOKE: LicenseState.REVOKED,
    EventKind.CANCEL: LicenseState.CANCELLED,
}

AFTER: Final[Mapping[LicenseState | None, Mapping[EventKind, LicenseState]]] = MappingProxyType(
    {
        None: {EventKind.ISSUE: LicenseState.ISSUED},
        LicenseState.ISSUED: {
            **dict.fromkeys(SUCCESSIONS, LicenseState.SUPERSEDED),
            EventKind.INSPECT: LicenseState.ISSUED,
            EventKind.EXTEND: LicenseState.ISSUED,
            EventKind.SUSPEND: LicenseState.SUSPENDED,
            EventKind.TRANSFER_OUT: LicenseState.TRANSFERRED,
            **_ENDINGS,
        },
        LicenseState.SUSPENDED: {
            EventKind.INSPECT: LicenseState.SUSPENDED,
            EventKind.EXTEND: LicenseState.SUSPENDED,
            EventKind.REINSTATE: LicenseState.ISSUED,
            **_ENDINGS,
        },
        LicenseState.SUPERSEDED: _VOIDED,
        LicenseState.TRANSFERRED: {EventKind.TRANSFER_IN: LicenseState.ISSUED, **_VOIDED},
        LicenseState.WITHDRAWN: _VOIDED_OR_CLOSED,
        LicenseState.HOLDER_ENDED: _VOIDED_OR_CLOSED,
        LicenseState.CANCELLED: _VOIDED,
        LicenseState.REVOKED: {},
    }
)
"""State before (None: no licence yet) → kind → state after. A kind that is missing is not legal from there; corrections
stand outside the table, for they change the record and not the licence."""

"""Kinds and states as people read them, Chinese and English; the one table for the command line and the pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from license_lib.lifecycle.kinds import EventKind, LicenseState


class Words(NamedTuple):
    """A term in Chinese and in English."""

    zh: str
    en: str


KIND_WORDS: Final[Mapping[EventKind, Words]] = MappingProxyType(
    {
        EventKind.ISSUE: Words("新发", "issue"),
        EventKind.RENEW: Words("延续", "renewal"),
        EventKind.AMEND: Words("变更", "amendment"),
        EventKind.REPLACE: Words("补发（换发）", "replacement"),
        EventKind.INSPECT: Words("年检", "inspection"),
        EventKind.SUSPEND: Words("暂扣", "suspension"),
        EventKind.REINSTATE: Words("发还", "reinstatement"),
        EventKind.REVOKE: Words("撤销", "revocation"),
        EventKind.WITHDRAW: Words("吊销", "withdrawal"),
        EventKind.CANCEL: Words("注销", "cancellation"),
        EventKind.TRANSFER_OUT: Words("转出", "transfer out"),
        EventKind.TRANSFER_IN: Words("转入", "transfer in"),
        EventKind.HOLDER_ENDED: Words("持证主体死亡或者终止", "end of the holder"),
        EventKind.EXTEND: Words("延长有效期", "extension"),
        EventKind.CORRECT: Words("更正", "correction"),
    }
)
STATE_WORDS: Final[Mapping[LicenseState, Words]] = MappingProxyType(
    {
        LicenseState.ISSUED: Words("正常", "issued"),
        LicenseState.SUSPENDED: Words("暂扣", "suspended"),
        LicenseState.REVOKED: Words("已撤销", "revoked"),
        LicenseState.WITHDRAWN: Words("已吊销", "withdrawn"),
        LicenseState.CANCELLED: Words("已注销", "cancelled"),
        LicenseState.SUPERSEDED: Words("已有新版本", "superseded by a new version"),
        LicenseState.TRANSFERRED: Words("已转出", "transferred to another authority"),
        LicenseState.HOLDER_ENDED: Words("持证主体已死亡或者终止", "ended with its holder"),
    }
)
NOT_ISSUED: Final = Words("尚未颁发", "not issued")


def state_words(state: LicenseState | None) -> Words:
    """A state as people read it; None is no licence yet."""
    return NOT_ISSUED if state is None else STATE_WORDS[state]

"""What is told of a thing: whether it is well, in words, and the command that mends it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """How a thing is."""

    OK = "ok"
    LOOK = "look"
    """Look at it soon."""
    ACT = "act"
    """Act now: something fails already, or will within days."""


class Area(StrEnum):
    """What a line is about."""

    DATABASE = "database"
    BACKUP = "backup"
    FSCK = "fsck"
    LOG = "log"
    STATUS_LIST = "status-list"
    TRUST_LIST = "trust-list"
    CRL = "crl"
    CERTIFICATE = "certificate"
    TIME_STAMP = "time-stamp"
    ACCOUNTS = "accounts"
    CLIENT = "client"


AREAS: Final[dict[Area, tuple[str, str]]] = {
    Area.DATABASE: ("数据库", "Database"),
    Area.BACKUP: ("备份", "Backup"),
    Area.FSCK: ("数据检查", "Check of the data"),
    Area.LOG: ("透明日志", "Transparency log"),
    Area.STATUS_LIST: ("状态名单", "Status lists"),
    Area.TRUST_LIST: ("信任名单", "Trust lists"),
    Area.CRL: ("证书吊销列表", "Certificate revocation lists"),
    Area.CERTIFICATE: ("证书", "Certificates"),
    Area.TIME_STAMP: ("存档时间戳", "Archive time-stamps"),
    Area.ACCOUNTS: ("账户", "Accounts"),
    Area.CLIENT: ("部门系统证书", "Certificates of programs"),
}
STATES: Final[dict[State, tuple[str, str]]] = {
    State.OK: ("正常", "ok"),
    State.LOOK: ("请关注", "look at it"),
    State.ACT: ("须处理", "act now"),
}
_ORDER: Final = (State.OK, State.LOOK, State.ACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing.

    Args:
        area, subject: what it is: `certificate`, `market`. No secret, and no person.
        zh, en: how it is.
        mend: the command that mends it, or where that is written; empty where there is nothing to mend.
        days_left: until it ends; negative since it ended; None where nothing ends.
    """

    area: Area
    subject: str
    state: State
    zh: str
    en: str
    mend: str = ""
    days_left: float | None = None


def worst(lines: tuple[Line, ...]) -> State:
    """The worst of their states."""
    return max((one.state for one in lines), key=_ORDER.index, default=State.OK)

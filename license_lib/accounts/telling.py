"""The record of changes of accounts, for people and for programs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from license_lib.accounts.changes import AccountChange, Done, Kind
from license_lib.calendar import CHINA

KINDS: Final[Mapping[Kind, tuple[str, str]]] = MappingProxyType(
    {Kind.STAFF: ("人员", "person"), Kind.CLIENT: ("部门系统", "program"), Kind.DEPARTMENT: ("部门", "department")}
)
DONE: Final[Mapping[Done, tuple[str, str]]] = MappingProxyType(
    {
        Done.ADD: ("增设", "added"),
        Done.NAME: ("更名", "renamed"),
        Done.ROLES: ("变更岗位", "given other roles"),
        Done.KEEP: ("拒绝变更最后一名管理员的岗位", "kept as the last administrator, against the identity provider"),
        Done.DISABLE: ("停用", "disabled"),
        Done.RESET: ("重置", "reset"),
        Done.ENROL: ("绑定身份验证器", "second factor set up"),
        Done.ROTATE: ("更换密钥", "given a new secret"),
    }
)
"""What kinds and changes are called, in Chinese and English."""


def change_value(change: AccountChange) -> dict[str, Any]:
    """An entry for programs; time in UTC."""
    return {
        "number": change.number,
        "at": change.recorded_at.isoformat(),
        "actor": change.actor,
        "place": change.place,
        "kind": str(change.kind),
        "subject": change.subject,
        "action": str(change.action),
        "details": change.details,
    }


def change_line(change: AccountChange, *, english: bool) -> str:
    """An entry for people; time in Beijing."""
    parts = (
        f"{change.recorded_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        change.actor,
        change.place,
        DONE[change.action][english],
        KINDS[change.kind][english],
        change.subject,
        change.details,
    )
    return "  ".join(filter(None, parts))

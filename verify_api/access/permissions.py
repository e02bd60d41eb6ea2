"""Permissions, as the types of route arguments: `who: Looker` is at once who may call a route, and who calls.

`docs/access.md` has the same as a table, which a test compares with this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import Depends

from license_lib.accounts import EVERY_TYPE, Action, Role
from verify_api.access.gate import REALM, recognised
from verify_api.access.principals import (
    ANONYMOUS,
    Administrator,
    Anonymous,
    Auditor,
    ClientSystem,
    Person,
    Principal,
    Staff,
)
from verify_api.problems import Problem

_ACTING: Final[dict[Role, type[Person]]] = {
    Role.STAFF: Staff,
    Role.AUDITOR: Auditor,
    Role.ADMINISTRATOR: Administrator,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may use a route.

    Args:
        zh, en: what it is for.
        anonymous: nobody need say who they are.
        role: what a person must be; None is any of the roles.
        action: what a department system must be granted for at least one type; the route asks `may` for the type at
            hand. None: no program may.
    """

    zh: str
    en: str
    anonymous: bool = False
    role: Role | None = None
    action: Action | None = None


class Unasked(Permission):
    """For what is public: who asks is not even looked at, so no account and no session is read."""

    def __call__(self) -> Anonymous:
        """Nobody in particular."""
        return ANONYMOUS


class Asked(Permission):
    """As a FastAPI dependency it gives who asks, as what they act here, or answers with a problem."""

    def __call__(self, who: Annotated[Principal, Depends(recognised)]) -> Principal:
        """Who asks.

        Raises:
            Problem: `access.unknown` (401) if they have not said who they are; `access.second-factor`,
                `access.role`, `access.program` or `access.scope` (403) if they may not.
        """
        if self.anonymous:
            return who
        match who:
            case Anonymous():
                raise Problem("access.unknown", headers={"WWW-Authenticate": REALM})
            case Person() if self.role is None:
                return who
            case Person() if not who.roles:
                raise Problem("access.second-factor")
            case Person() if self.role in who.roles:
                return _ACTING[self.role].acting(who)
            case Person():
                raise Problem("access.role")
            case ClientSystem() if self.action is None:
                raise Problem("access.program")
            case ClientSystem() if any(grant.action is self.action for grant in who.grants):
                return who
        told = f'{REALM}, error="insufficient_scope", scope="{self.action}:{EVERY_TYPE}"'
        raise Problem("access.scope", headers={"WWW-Authenticate": told})


PERMISSIONS: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "Public": Unasked(zh="公开内容", en="what is published, and pages without data", anonymous=True),
        "Anyone": Asked(zh="核验证照", en="having documents judged", anonymous=True),
        "Verifier": Asked(zh="批量核验", en="having many documents judged", role=Role.STAFF, action=Action.VERIFY),
        "SignedIn": Asked(zh="本人账户", en="one's own account and session"),
        "Looker": Asked(zh="查询证照", en="looking licences up", role=Role.STAFF, action=Action.LOOK),
        "Exporter": Asked(zh="调取证照文件", en="taking files and pages", role=Role.STAFF, action=Action.EXPORT),
        "Counter": Asked(zh="窗口工作", en="the counter page", role=Role.STAFF),
        "Watcher": Asked(
            zh="查看本部门用证记录", en="the usage trail of one's department", role=Role.AUDITOR, action=Action.USAGE
        ),
        "Admin": Asked(zh="账户管理", en="accounts, departments, clients", role=Role.ADMINISTRATOR),
    }
)
"""Every permission by the name of its type below."""

Public = Annotated[Anonymous, Depends(PERMISSIONS["Public"])]
Anyone = Annotated[Principal, Depends(PERMISSIONS["Anyone"])]
Verifier = Annotated[Staff | ClientSystem, Depends(PERMISSIONS["Verifier"])]
SignedIn = Annotated[Person, Depends(PERMISSIONS["SignedIn"])]
Looker = Annotated[Staff | ClientSystem, Depends(PERMISSIONS["Looker"])]
Exporter = Annotated[Staff | ClientSystem, Depends(PERMISSIONS["Exporter"])]
Counter = Annotated[Staff, Depends(PERMISSIONS["Counter"])]
Watcher = Annotated[Auditor | ClientSystem, Depends(PERMISSIONS["Watcher"])]
Admin = Annotated[Administrator, Depends(PERMISSIONS["Admin"])]

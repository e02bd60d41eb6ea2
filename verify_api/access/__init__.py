"""Who may do what: principals, and permissions as the types of a route's arguments (docs/access.md).

    async def usage(who: Watcher) -> …:

A route names one of the permissions in `permissions`, or the application does not start. What it gets is a frozen value
that says who asks; `who.use(purpose=…)` is the entry for the usage trail, so nobody writes it in another's name.
"""

from license_lib.accounts import Action, Department, Grant, Role
from verify_api.access.gate import recognised
from verify_api.access.permissions import (
    PERMISSIONS,
    Admin,
    Anyone,
    Counter,
    Exporter,
    Looker,
    Permission,
    Public,
    SignedIn,
    Verifier,
    Watcher,
)
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
from verify_api.access.routes import permissions_of

__all__ = [
    "ANONYMOUS",
    "PERMISSIONS",
    "Action",
    "Admin",
    "Administrator",
    "Anonymous",
    "Anyone",
    "Auditor",
    "ClientSystem",
    "Counter",
    "Department",
    "Exporter",
    "Grant",
    "Looker",
    "Permission",
    "Person",
    "Principal",
    "Public",
    "Role",
    "SignedIn",
    "Staff",
    "Verifier",
    "Watcher",
    "permissions_of",
    "recognised",
]

"""Who asks: frozen values. They hold what the usage trail says about a use, and nothing that proves who it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Final, Self

from license_lib.accounts import Action, Department, Grant, Role
from license_lib.repository.entries import Use
from license_lib.trail import require_use


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Anybody 公众: is told what is public, and is not asked who they are."""

    def may(self, action: Action, type_key: str) -> bool:
        """To have a document judged is everybody's right; nothing else is."""
        return action is Action.VERIFY and bool(type_key)


ANONYMOUS: Final = Anonymous()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of a department who has signed in. What they act as in a request, the permission of its route says.

    Args:
        login: what they sign in as; it stands on the usage trail. name: as colleagues know them.
        roles: one person may have several.
    """

    login: str
    name: str = field(repr=False)
    department: Department
    roles: frozenset[Role]

    @classmethod
    def acting(cls, person: "Person") -> Self:
        """The same person in this role."""
        return cls(**{one.name: getattr(person, one.name) for one in fields(Person)})

    def use(self, *, purpose: str, item: str = "", case_number: str = "", place: str = "") -> Use:
        """What they put on the usage trail: in their own name, for their own department, and never without a purpose.

        Raises:
            InputError: `usage.purpose-missing`, `entry.text`.
        """
        return _use(self.login, self.department, purpose, item, case_number, place)

    def may(self, action: Action, type_key: str) -> bool:
        """A person is not bound to types: what they look at, and what for, is on the trail."""
        return bool(action and type_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff(Person):
    """窗口人员, who decides about people in front of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor(Person):
    """审计人员, who reads what their own department did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator(Person):
    """管理员, who keeps accounts, departments and clients. Licences are not theirs to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSystem:
    """部门系统, a program of a department.

    Args:
        client: its client id; it stands on the usage trail. grants: what it may do with which licence types.
    """

    client: str
    department: Department
    grants: frozenset[Grant]

    def may(self, action: Action, type_key: str) -> bool:
        """Whether it may do this with licences of a type, as the catalogue names it (`food-business`)."""
        return any(grant.covers(action, type_key) for grant in self.grants)

    def allowed(self, action: Action, type_keys: Iterable[str]) -> frozenset[str]:
        """Those of the types with which it may do this."""
        return frozenset(key for key in type_keys if self.may(action, key))

    def use(self, *, purpose: str, item: str = "", case_number: str = "", place: str = "") -> Use:
        """What it puts on the usage trail, in its own name.

        Raises:
            InputError: `usage.purpose-missing`, `entry.text`.
        """
        return _use(self.client, self.department, purpose, item, case_number, place)


Principal = Anonymous | Person | ClientSystem


def _use(actor: str, department: Department, purpose: str, item: str, case_number: str, place: str) -> Use:
    use = Use(actor=actor, body=department.name, purpose=purpose, item=item, case_number=case_number, place=place)
    require_use(use, purpose_required=True)
    return use

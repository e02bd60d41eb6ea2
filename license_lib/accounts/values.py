"""The words of accounts, as frozen values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from license_lib.errors import InputError

EVERY_TYPE: Final = "*"
"""In a grant: every licence type, also those that are yet to come."""
_TYPE_KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Role(StrEnum):
    """What a person may be; one may be several."""

    STAFF = "staff"
    """窗口人员: looks licences up for people in front of them."""
    AUDITOR = "auditor"
    """审计人员: reads who of the department used what."""
    ADMINISTRATOR = "administrator"
    """管理员: keeps accounts; reads no licences."""


class Action(StrEnum):
    """What a department system may be allowed to do; the same words as on the usage trail, where both have them."""

    VERIFY = "verify"
    LOOK = "look"
    EXPORT = "export"
    USAGE = "usage"


@dataclass(frozen=True, slots=True)
class Department:
    """A department 部门. `id` is the short name in configurations, `name` the one on the usage trail."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """An action with a licence type, written `look:food-business`, or `look:*`: an OAuth scope (RFC 6749 §3.3)."""

    action: Action
    type_key: str = EVERY_TYPE

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ACTION:TYPE`.

        Raises:
            InputError: `client.grant`.
        """
        action, _, type_key = text.partition(":")
        if action not in set(Action) or not (type_key == EVERY_TYPE or _TYPE_KEY.fullmatch(type_key)):
            hint = f"write ACTION:TYPE; actions are {', '.join(Action)}, and TYPE is a licence type or *"
            raise InputError("client.grant", "this is no grant", hint=hint)
        return cls(Action(action), type_key)

    def covers(self, action: Action, type_key: str) -> bool:
        """Whether it allows an action with licences of a type."""
        return self.action is action and self.type_key in {EVERY_TYPE, type_key}

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.action}:{self.type_key}"

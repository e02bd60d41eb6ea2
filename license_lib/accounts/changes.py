"""The record of what was done with accounts: who added, disabled, reset, gave which role or grant; when, from where.

It is written in the transaction that makes the change, so there is none without an entry. It is no part of the log
(docs/adr/0023-changes-of-accounts.md).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select, text

from license_lib.repository.account_tables import ACCOUNT_CHANGE
from license_lib.repository.database import Database


class Kind(StrEnum):
    """What kind of account was changed."""

    STAFF = "staff"
    CLIENT = "client"
    DEPARTMENT = "department"


class Done(StrEnum):
    """What was done with it."""

    ADD = "add"
    NAME = "name"
    """It was given another name."""
    ROLES = "roles"
    KEEP = "keep"
    """The identity provider took the role from the last administrator, which was refused."""
    DISABLE = "disable"
    RESET = "reset"
    """A new password; the second factor is enrolled anew."""
    ENROL = "enrol"
    """Its owner set a second factor up."""
    ROTATE = "rotate"
    """A new secret."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something with accounts, and from where.

    Args:
        name: the login name of the machine for the command line, the account's for somebody who has signed in.
        place: `command line`, the address of a browser, or the service itself.
        account: login of the account that acts; empty for the command line and the service.
    """

    name: str
    place: str
    account: str = ""


SERVICE: Final = Actor("service", "service")
"""The service, which does nothing of this by itself but what its owner or an identity provider asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """An entry of the record.

    Args:
        number: its place in the record, from 1. recorded_at: when, UTC.
        actor, place: who, and from where. kind, subject: of which account. action: what was done.
        details: roles or grants that it has since, or was to have, or its name; empty where there is nothing to say.
    """

    number: int
    recorded_at: datetime
    actor: str
    place: str
    kind: Kind
    subject: str
    action: Done
    details: str = field(repr=False)


def note(
    connection: Connection, actor: Actor, what: tuple[Kind, str, Done], *, at: datetime, details: str = ""
) -> None:
    """Put a change on record, as a part of the transaction that makes it."""
    if connection.dialect.name == "postgresql":  # SQLite's write lock already keeps others out
        connection.execute(text("LOCK TABLE account_change IN SHARE ROW EXCLUSIVE MODE"))
    last = connection.execute(select(func.coalesce(func.max(ACCOUNT_CHANGE.c.number), 0))).scalar_one()
    kind, subject, action = what
    values = {"number": last + 1, "recorded_at": at, "actor": actor.name, "place": actor.place, "details": details}
    connection.execute(ACCOUNT_CHANGE.insert().values(values | {"kind": kind, "subject": subject, "action": action}))


def last_of(connection: Connection, kind: Kind, subject: str) -> tuple[Done, str] | None:
    """What was done last with an account, and its details."""
    of_it = (ACCOUNT_CHANGE.c.kind == kind) & (ACCOUNT_CHANGE.c.subject == subject)
    query = select(ACCOUNT_CHANGE).where(of_it).order_by(ACCOUNT_CHANGE.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return (Done(row.action), row.details) if row else None


class Changes:
    """The record, to be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, limit: int, *, before: int = 0) -> tuple[AccountChange, ...]:
        """The newest entries, the last one first.

        Args:
            limit: at most so many. before: only those with a smaller number; 0 for all.
        """
        query = select(ACCOUNT_CHANGE).order_by(ACCOUNT_CHANGE.c.number.desc()).limit(limit)
        if before:
            query = query.where(ACCOUNT_CHANGE.c.number < before)

        def work(connection: Connection) -> tuple[AccountChange, ...]:
            return tuple(
                AccountChange(
                    number=row.number,
                    recorded_at=row.recorded_at,
                    actor=row.actor,
                    place=row.place,
                    kind=Kind(row.kind),
                    subject=row.subject,
                    action=Done(row.action),
                    details=row.details,
                )
                for row in connection.execute(query)
            )

        return self._database.read(work)

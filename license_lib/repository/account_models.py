"""The tables of accounts: who may sign in, and who has. Of whatever proves an identity they hold a digest or a hash.

A seed of one-time passwords is the exception: who checks them has to know it. It is encrypted with a key that is not in
the database (docs/adr/0023-changes-of-accounts.md).
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text
from sqlmodel import Field

from license_lib.repository.columns import UtcDateTime
from license_lib.repository.table import Table

TRANSIENT = {"transient": True}
"""Rows that end by themselves: no backup keeps them, so that no restored one lets somebody in again."""


class DepartmentRow(Table, table=True):
    """A department 部门."""

    __tablename__ = "department"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_type=UtcDateTime)


class StaffRow(Table, table=True):
    """A person of a department: with a password here, or known to an identity provider by issuer and subject."""

    __tablename__ = "staff"
    __table_args__ = (Index("uq_staff_subject", "issuer", "subject", unique=True),)

    login: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    department: str = Field(foreign_key="department.id", sa_type=Text)
    roles: str = Field(sa_type=Text)
    password: str | None = Field(default=None, sa_type=Text)
    seed: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_step: int = Field(sa_type=BigInteger)
    issuer: str | None = Field(default=None, sa_type=Text)
    subject: str | None = Field(default=None, sa_type=Text)
    added_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    signed_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCodeRow(Table, table=True):
    """A recovery code that was not used yet, by its digest."""

    __tablename__ = "recovery_code"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    login: str = Field(foreign_key="staff.login", index=True, sa_type=Text)


class SessionRow(Table, table=True):
    """A session of somebody who signed in, by the digest of its id. `enrolling`: a seed that is not confirmed yet."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"), {"info": TRANSIENT})

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    login: str = Field(foreign_key="staff.login", index=True, sa_type=Text)
    complete: bool
    enrolling: bytes | None = Field(default=None, sa_type=LargeBinary)
    began_at: datetime = Field(index=True, sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class AttemptRow(Table, table=True):
    """How often signing in failed, by the digest of a name or an address; whether there is such an account, or not."""

    __tablename__ = "attempt"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"), {"info": TRANSIENT})

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    failures: int
    last_at: datetime = Field(index=True, sa_type=UtcDateTime)


class ClientRow(Table, table=True):
    """A program of a department: known by a secret (its digest), or by a certificate (its SHA-256)."""

    __tablename__ = "client"

    id: str = Field(primary_key=True, sa_type=Text)
    department: str = Field(foreign_key="department.id", sa_type=Text)
    grants: str = Field(sa_type=Text)
    secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    certificate: bytes | None = Field(default=None, unique=True, sa_type=LargeBinary)
    added_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    certificate_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TokenRow(Table, table=True):
    """An access token of a client, by its digest, and what it covers."""

    __tablename__ = "token"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"), {"info": TRANSIENT})

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    client: str = Field(foreign_key="client.id", index=True, sa_type=Text)
    grants: str = Field(sa_type=Text)
    expires_at: datetime = Field(index=True, sa_type=UtcDateTime)


class AccountChangeRow(Table, table=True):
    """What was done with an account, append-only (triggers refuse changes)."""

    __tablename__ = "account_change"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    place: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    details: str = Field(sa_type=Text)

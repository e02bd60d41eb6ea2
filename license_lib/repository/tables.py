"""The tables, as SQLModel classes; `migrations/` builds the same, and a test compares the two.

Queries run as SQLAlchemy Core statements over these tables: objects of the session machinery cost several times the
query.
"""

from datetime import UTC, date, datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
    text,
)
from sqlmodel import Field, SQLModel

from license_lib.repository.values import LicenseState


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always UTC. SQLite knows no time zones, so it stores what is UTC by agreement."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """To UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy's signature
        """To an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(SQLModel):
    """Base of our tables; their own `MetaData` keeps tables of other software out of our migrations."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ReservationRow(Table, table=True):
    """An identifier and the request that it is kept for; never deleted, so neither can be used again."""

    __tablename__ = "reservation"
    __table_args__ = (CheckConstraint("length(request_digest) = 32", name="request_digest"),)

    identifier: str = Field(primary_key=True, sa_type=Text)
    request_key: str = Field(unique=True, sa_type=Text)
    request_digest: bytes = Field(sa_type=LargeBinary)
    reserved_at: datetime = Field(sa_type=UtcDateTime)
    committed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LicenseRow(Table, table=True):
    """An issued licence. Only `state` ever changes; it mirrors the events, for the index on numbers in use."""

    __tablename__ = "license"
    __table_args__ = (
        Index("ix_license_number", "number", "type_code"),
        Index(
            "uq_license_number_in_use",
            "type_code",
            "issuer_code",
            "number",
            unique=True,
            sqlite_where=text(f"state <> '{LicenseState.REVOKED}'"),
            postgresql_where=text(f"state <> '{LicenseState.REVOKED}'"),
        ),
        CheckConstraint("length(record_digest) = 32", name="record_digest"),
        CheckConstraint("length(file_digest) = 32", name="file_digest"),
    )

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    identifier: str = Field(unique=True, sa_type=Text, sa_column_args=[ForeignKey("reservation.identifier")])
    type_code: str = Field(sa_type=Text)
    type_key: str = Field(sa_type=Text)
    type_version: int
    type_name: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    issuer_code: str = Field(sa_type=Text)
    issuer_name: str = Field(sa_type=Text)
    issued_on: date
    valid_from: date
    valid_until: date | None = None
    record: bytes = Field(sa_type=LargeBinary)
    record_digest: bytes = Field(sa_type=LargeBinary)
    file_digest: bytes = Field(sa_type=LargeBinary)
    key_id: bytes = Field(sa_type=LargeBinary)
    state: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class HolderRow(Table, table=True):
    """A holder of a licence, in the order of the face."""

    __tablename__ = "holder"
    __table_args__ = (Index("ix_holder_number", "number", "number_kind"),)

    position: int = Field(primary_key=True, foreign_key="license.position", sa_column_kwargs={"autoincrement": False})
    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    number_kind: str = Field(sa_type=Text)


class ArchiveRow(Table, table=True):
    """A file that a licence rests in since it was archived, append-only (triggers refuse changes): the last counts."""

    __tablename__ = "archive"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    position: int = Field(primary_key=True, foreign_key="license.position", sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: bytes = Field(sa_type=LargeBinary)
    until: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime = Field(sa_type=UtcDateTime)


class EventRow(Table, table=True):
    """What happened, append-only (triggers refuse changes), each entry holding the digest of the one before."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    identifier: str = Field(index=True, sa_type=Text, sa_column_args=[ForeignKey("license.identifier")])
    kind: str = Field(sa_type=Text)
    effective_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    details: str = Field(sa_type=Text)
    previous: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class ChainHeadRow(Table, table=True):
    """The one row that says where the event record ends; locking it puts writers in a line."""

    __tablename__ = "chain_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sequence: int
    digest: bytes = Field(sa_type=LargeBinary)


METADATA = Table.metadata
RESERVATION = METADATA.tables["reservation"]
LICENSE = METADATA.tables["license"]
ARCHIVE = METADATA.tables["archive"]
HOLDER = METADATA.tables["holder"]
EVENT = METADATA.tables["event"]
CHAIN_HEAD = METADATA.tables["chain_head"]

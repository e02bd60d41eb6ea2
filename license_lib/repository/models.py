"""The tables, as SQLModel classes; `migrations/` builds the same, and a test compares the two.

For those who make, copy or check whole tables; queries go by `tables.py`.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlmodel import Field

import license_lib.repository.account_models  # noqa: F401 -- its tables belong to the same metadata
from license_lib.repository.columns import UtcDateTime
from license_lib.repository.table import Table
from license_lib.repository.tables import CHANGED, IN_USE


class ReservationRow(Table, table=True):
    """An identifier and the request that it is kept for; never deleted, so neither can be used again."""

    __tablename__ = "reservation"
    __table_args__ = (
        Index("uq_reservation_status", "status_list", "status_index", unique=True),
        CheckConstraint("length(request_digest) = 32", name="request_digest"),
    )

    identifier: str = Field(primary_key=True, sa_type=Text)
    request_key: str = Field(unique=True, sa_type=Text)
    request_digest: bytes = Field(sa_type=LargeBinary)
    status_list: int | None = None
    status_index: int | None = None
    reserved_at: datetime = Field(sa_type=UtcDateTime)
    committed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LicenseRow(Table, table=True):
    """An issued licence. Only `state` and `settled_at` ever change; both mirror the events."""

    __tablename__ = "license"
    __table_args__ = (
        Index("ix_license_number", "number", "type_code"),
        Index(
            "uq_license_number_in_use",
            "type_code",
            "issuer_code",
            "number",
            unique=True,
            sqlite_where=text(IN_USE),
            postgresql_where=text(IN_USE),
        ),
        Index("ix_license_changed", "status_list", sqlite_where=text(CHANGED), postgresql_where=text(CHANGED)),
        Index("ix_license_settled_at", "settled_at"),
        Index("ix_license_previous", "previous"),
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
    status_list: int | None = None
    status_index: int | None = None
    previous: str | None = Field(default=None, sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HolderRow(Table, table=True):
    """A holder of a licence, in the order of the face; `subject` is who that is, whatever the number."""

    __tablename__ = "holder"

    position: int = Field(primary_key=True, foreign_key="license.position", sa_column_kwargs={"autoincrement": False})
    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    number_kind: str = Field(sa_type=Text)
    subject: int = Field(index=True, sa_type=BigInteger)


class SubjectNumberRow(Table, table=True):
    """A number that a subject has or had; of several subjects where two people were given one number."""

    __tablename__ = "subject_number"
    __table_args__ = (Index("ix_subject_number_subject", "subject"),)

    number: str = Field(primary_key=True, sa_type=Text)
    number_kind: str = Field(primary_key=True, sa_type=Text)
    subject: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


class CorrectionRow(Table, table=True):
    """A holder's number was corrected, append-only; `sequence` is its place in the log."""

    __tablename__ = "correction"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    sequence: int = Field(primary_key=True, foreign_key="leaf.sequence", sa_column_kwargs={"autoincrement": False})
    subject: int = Field(sa_type=BigInteger)
    old_number: str = Field(sa_type=Text)
    old_kind: str = Field(sa_type=Text)
    new_number: str = Field(sa_type=Text)
    new_kind: str = Field(sa_type=Text)
    withdraws: int | None = None
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    legal_basis: str = Field(sa_type=Text)
    paper: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class ArchiveRow(Table, table=True):
    """A file that a licence rests in since it was archived, append-only (triggers refuse changes): the last counts."""

    __tablename__ = "archive"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    position: int = Field(primary_key=True, foreign_key="license.position", sa_column_kwargs={"autoincrement": False})
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: bytes = Field(sa_type=LargeBinary)
    until: datetime = Field(sa_type=UtcDateTime)
    archived_at: datetime = Field(sa_type=UtcDateTime)


class LeafRow(Table, table=True):
    """A leaf of the log, append-only: what it says and its hash (RFC 6962). Leaf number 0 has the sequence 1."""

    __tablename__ = "leaf"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash"),)

    sequence: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    data: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class TileHashRow(Table, table=True):
    """The root of a complete subtree of 256 to the power of `level` leaves: what a proof needs besides leaves."""

    __tablename__ = "tile_hash"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="hash"),)

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=LargeBinary)


class LogHeadRow(Table, table=True):
    """The one row that says where the log ends; locking it puts writers in a line."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    size: int
    frontier: bytes = Field(sa_type=LargeBinary)


class EventRow(Table, table=True):
    """What happened, append-only (triggers refuse changes); `sequence` is its place in the log."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"),)

    sequence: int = Field(primary_key=True, foreign_key="leaf.sequence", sa_column_kwargs={"autoincrement": False})
    identifier: str = Field(index=True, sa_type=Text, sa_column_args=[ForeignKey("license.identifier")])
    kind: str = Field(sa_type=Text)
    effective_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    legal_basis: str = Field(sa_type=Text)
    paper: str = Field(sa_type=Text)
    details: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class UsageRow(Table, table=True):
    """Who looked at, took out or judged which licence, append-only; `sequence` is its place in the log."""

    __tablename__ = "usage"
    __table_args__ = (
        Index("ix_usage_body", "body", "recorded_at", "sequence"),
        Index("ix_usage_actor_recorded_at", "actor", "recorded_at"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )

    sequence: int = Field(primary_key=True, foreign_key="leaf.sequence", sa_column_kwargs={"autoincrement": False})
    identifier: str | None = Field(
        index=True, sa_type=Text, nullable=True, sa_column_args=[ForeignKey("license.identifier")]
    )
    kind: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    item: str = Field(sa_type=Text)
    case_number: str = Field(sa_type=Text)
    place: str = Field(sa_type=Text)
    audience: str = Field(sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    consent: int | None = None
    salt: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class CaseReportRow(Table, table=True):
    """A verification report that was saved into a case; of which check, its place in the usage trail says."""

    __tablename__ = "case_report"
    __table_args__ = (Index("ix_case_report_body_case_number", "body", "case_number"),)

    sequence: int = Field(primary_key=True, foreign_key="usage.sequence", sa_column_kwargs={"autoincrement": False})
    body: str = Field(sa_type=Text)
    case_number: str = Field(sa_type=Text)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    value: bytes = Field(sa_type=LargeBinary)


class PresentationRow(Table, table=True):
    """A presentation code 亮证码, for a day after its end: of its secret the digest, and the consent in the trail."""

    __tablename__ = "presentation"
    __table_args__ = (
        Index("ix_presentation_expires_at", "expires_at"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    consent: int = Field(unique=True, foreign_key="usage.sequence")
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    refused: int


class StatusListRow(Table, table=True):
    """A status list: how many of its indices were given away, and the key that scatters them."""

    __tablename__ = "status_list"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    used: int
    key: bytes = Field(sa_type=LargeBinary)


METADATA = Table.metadata
"""What migrations make, with the tables of accounts."""

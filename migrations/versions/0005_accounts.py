"""Accounts: departments, people and programs; their sessions and tokens, and how often signing in failed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("department", "staff", "recovery_code", "session", "attempt", "client", "token")


def upgrade() -> None:
    """Make the tables. Unlike those of licences they change: what people did stands on the usage trail."""
    _table("department", _text("name"), _moment("added_at"), key=_text("id"))
    _table(
        "staff",
        *(_text(name) for name in ("name", "department", "roles")),
        sa.Column("password", sa.Text, nullable=True),
        sa.Column("seed", sa.LargeBinary, nullable=True),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("issuer", sa.Text, nullable=True),
        sa.Column("subject", sa.Text, nullable=True),
        _moment("added_at"),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        key=_text("login"),
        parent=("department", "department.id"),
    )
    op.create_index("uq_staff_subject", "staff", ["issuer", "subject"], unique=True)
    _table("recovery_code", _text("login"), key=_digest(), parent=("login", "staff.login"))
    _table(
        "session",
        _text("login"),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("enrolling", sa.LargeBinary, nullable=True),
        _moment("began_at"),
        _moment("seen_at"),
        key=_digest(),
        parent=("login", "staff.login"),
    )
    _table("attempt", sa.Column("failures", sa.Integer, nullable=False), _moment("last_at"), key=_digest())
    _table(
        "client",
        *(_text(name) for name in ("department", "grants")),
        sa.Column("secret", sa.LargeBinary, nullable=True),
        sa.Column("certificate", sa.LargeBinary, nullable=True),
        _moment("added_at"),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.UniqueConstraint("certificate", name="uq_client_certificate"),
        key=_text("id"),
        parent=("department", "department.id"),
    )
    _table(
        "token",
        *(_text(name) for name in ("client", "grants")),
        _moment("expires_at"),
        key=_digest(),
        parent=("client", "client.id"),
    )
    indexes = {"recovery_code": "login", "attempt": "last_at", "token": "client"}
    for table, column in (*indexes.items(), ("session", "login"), ("session", "began_at"), ("token", "expires_at")):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Drop the tables: older software knows no accounts, so nobody is let in by forgetting them."""
    for name in reversed(_TABLES):
        op.drop_table(name)


def _table(name: str, *columns: Any, key: sa.Column[Any], parent: tuple[str, str] | None = None) -> None:
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(key.name, name=f"pk_{name}")]
    if key.name == "digest":
        constraints.append(sa.CheckConstraint("length(digest) = 32", name=f"ck_{name}_digest"))
    if parent:
        constraints.append(sa.ForeignKeyConstraint([parent[0]], [parent[1]], name=f"fk_{name}_{parent[0]}"))
    op.create_table(name, key, *columns, *constraints)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, _MOMENT, nullable=False)


def _digest() -> sa.Column[Any]:
    return sa.Column("digest", sa.LargeBinary, nullable=False)

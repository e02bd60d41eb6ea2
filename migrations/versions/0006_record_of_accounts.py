"""Who changed which account; when accounts were last used; and an order in which a department's trail is read."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

_MOMENT = sa.DateTime(timezone=True)
_LATER = {"staff": ("signed_in_at",), "client": ("used_at", "certificate_until")}
_SEED_BYTES = 20


def upgrade() -> None:
    """Make the record, which nobody changes; of accounts that are there it is not known when they were used."""
    op.create_table(
        "account_change",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("recorded_at", _MOMENT, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "place", "kind", "subject", "action")),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_account_change"),
    )
    for table, names in _LATER.items():
        for name in names:
            op.add_column(table, sa.Column(name, _MOMENT, nullable=True))
    op.create_index("ix_usage_body", "usage", ["body", "recorded_at", "sequence"])
    _guard()


def downgrade() -> None:
    """Take them away again.

    Only while the trail holds nothing, and no account anything, that older software cannot read.
    """
    if not op.get_context().as_sql:
        _refuse_losses()
    op.drop_index("ix_usage_body", "usage")
    for table, names in _LATER.items():
        for name in names:
            op.drop_column(table, name)
    op.drop_table("account_change")


def _refuse_losses() -> None:
    asked = {
        "entries of the usage trail are about audits": "SELECT count(*) FROM usage WHERE kind = 'audit'",
        "second factors are encrypted": f"SELECT count(*) FROM staff WHERE length(seed) <> {_SEED_BYTES}",  # noqa: S608 -- a constant
    }
    for what, query in asked.items():
        if rows := op.get_bind().execute(sa.text(query)).scalar_one():
            raise RuntimeError(f"{rows} {what}: older software cannot read them")


def _guard() -> None:
    table = "account_change"
    if op.get_context().dialect.name == "postgresql":
        call = "EXECUTE FUNCTION license_refuse_change()"
        op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}")
        return
    refuse = "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
    there = f"EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"  # noqa: S608 -- a constant
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}")

"""Archived files: sealed files with evidence and archive time-stamps behind the seal."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table and its guards. Licences that are there rest as they were sealed: they need no row."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "archive",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("archived_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("position", "number", name="pk_archive"),
        sa.ForeignKeyConstraint(["position"], ["license.position"], name="fk_archive_position"),
        sa.CheckConstraint("length(digest) = 32", name="ck_archive_digest"),
    )
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    """Drop the table; the triggers go with it.

    Only while it is empty: what older software looks for under a licence's digest is the beginning of the archived
    file, and no file of its own.
    """
    if not op.get_context().as_sql:
        rows = op.get_bind().execute(sa.text("SELECT count(*) FROM archive")).scalar_one()
        if rows:
            raise RuntimeError(f"{rows} licences are archived: older software would not find their files")
    op.drop_table("archive")


def _guards() -> list[str]:
    """The table is append-only, as those of 0001 are."""
    if op.get_context().dialect.name == "postgresql":
        call = "EXECUTE FUNCTION license_refuse_change()"
        return [
            f"CREATE TRIGGER archive_append_only BEFORE UPDATE OR DELETE ON archive FOR EACH ROW {call}",
            f"CREATE TRIGGER archive_no_truncate BEFORE TRUNCATE ON archive FOR EACH STATEMENT {call}",
        ]
    refuse = "BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END"
    there = "EXISTS (SELECT 1 FROM archive WHERE position = NEW.position AND number = NEW.number)"
    return [
        f"CREATE TRIGGER archive_no_update BEFORE UPDATE ON archive {refuse}",
        f"CREATE TRIGGER archive_no_delete BEFORE DELETE ON archive {refuse}",
        f"CREATE TRIGGER archive_no_replace BEFORE INSERT ON archive WHEN {there} {refuse}",
    ]

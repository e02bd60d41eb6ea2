"""Verification reports that were saved into a case, and an index by which a person's day is read from the trail."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table. What it holds are copies for a case's file; that the check was made stands on the usage trail."""
    op.create_table(
        "case_report",
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_case_report"),
        sa.ForeignKeyConstraint(["sequence"], ["usage.sequence"], name="fk_case_report_sequence"),
    )
    op.create_index("ix_case_report_body_case_number", "case_report", ["body", "case_number"])
    op.create_index("ix_usage_actor_recorded_at", "usage", ["actor", "recorded_at"])


def downgrade() -> None:
    """Drop both: the reports are lost, the trail is not."""
    op.drop_index("ix_usage_actor_recorded_at", "usage")
    op.drop_table("case_report")

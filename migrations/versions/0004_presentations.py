"""Presentation codes 亮证码: a row for each as long as it matters; in the usage trail, to whom and by which consent."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Make the table, and widen the trail; what is in it has no audience and no consent, and keeps its digests."""
    moment = sa.DateTime(timezone=True)
    op.add_column("usage", sa.Column("audience", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("usage", sa.Column("consent", sa.Integer, nullable=True))
    op.create_table(
        "presentation",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("consent", sa.Integer, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_presentation"),
        sa.ForeignKeyConstraint(["consent"], ["usage.sequence"], name="fk_presentation_consent"),
        sa.UniqueConstraint("consent", name="uq_presentation_consent"),
        sa.CheckConstraint("length(digest) = 32", name="ck_presentation_digest"),
    )
    op.create_index("ix_presentation_expires_at", "presentation", ["expires_at"])


def downgrade() -> None:
    """Drop the table and the columns.

    Only while nobody has presented anything: older software does not know such entries, and would find their digests
    wrong.
    """
    if not op.get_context().as_sql:
        query = (
            "SELECT count(*) FROM usage WHERE kind IN ('present', 'redeem') OR audience <> '' OR consent IS NOT NULL"
        )
        if rows := op.get_bind().execute(sa.text(query)).scalar_one():
            raise RuntimeError(
                f"{rows} entries of the usage trail are about presentations: older software cannot read them"
            )
    op.drop_index("ix_presentation_expires_at", "presentation")
    op.drop_table("presentation")
    op.drop_column("usage", "consent")
    op.drop_column("usage", "audience")

"""Closed weeks: what their reports said at the closing, and each time they were told anew."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "report_versions",
        sa.Column("id", Id(), nullable=False),
        sa.Column("iso_week", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("figures", Json(), nullable=False),
        sa.Column("visits", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_versions")),
        sa.UniqueConstraint("iso_week", "number", name=op.f("uq_report_versions_iso_week_number")),
    )


def downgrade() -> None:

    op.drop_table("report_versions")

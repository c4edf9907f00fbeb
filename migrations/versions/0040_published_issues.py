"""What is told to everybody of the round table's issues: words that were written for it, step by step."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published_issues",
        sa.Column("id", Id(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "step", name=op.f("pk_published_issues")),
    )
    op.add_column("round_table_issues", sa.Column("published_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("round_table_issues", "published_id")
    op.drop_table("published_issues")

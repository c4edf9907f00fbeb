"""School holidays, which no library knows: each city's board sets them."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "school_holidays",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holidays")),
    )
    op.create_index(op.f("ix_school_holidays_from_day"), "school_holidays", ["from_day"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_school_holidays_from_day"), table_name="school_holidays")
    op.drop_table("school_holidays")

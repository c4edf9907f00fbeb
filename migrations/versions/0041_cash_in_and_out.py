"""Cash that goes into tills and out of them besides sales."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cash_movements",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("iso_week", sa.BigInteger(), nullable=False),
        sa.Column("mesh", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", Id(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_yen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_movements")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_cash_movements_visit_id_visits")),
    )
    op.create_index(op.f("ix_cash_movements_visit_id"), "cash_movements", ["visit_id"])


def downgrade() -> None:
    op.drop_table("cash_movements")

"""Receipts that are paid in several ways, discounts, and what is given back of a receipt."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ADDED = (
    ("sales", "discount_yen", sa.BigInteger()),
    ("sales", "payments", Json()),
    ("sales", "cash_yen", sa.BigInteger()),
    ("sales", "free_reason", sa.Text()),
    ("sales", "free_rule", sa.Text()),
    ("sale_lines", "discount_yen", sa.BigInteger()),
    ("sale_lines", "off_yen", sa.BigInteger()),
)


def upgrade() -> None:
    for table, name, kept in _ADDED:
        op.add_column(table, sa.Column(name, kept, nullable=True))
    op.create_table(
        "sale_refunds",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("occurred_at", Utc(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("iso_week", sa.BigInteger(), nullable=False),
        sa.Column("mesh", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", Id(), nullable=False),
        sa.Column("sale_id", Id(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total_yen", sa.BigInteger(), nullable=False),
        sa.Column("cash_yen", sa.BigInteger(), nullable=False),
        sa.Column("payments", Json(), nullable=False),
        sa.Column("taxes", Json(), nullable=False),
        sa.Column("ticket_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_refunds")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_sale_refunds_visit_id_visits")),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_sale_refunds_sale_id_sales")),
    )
    op.create_index(op.f("ix_sale_refunds_visit_id"), "sale_refunds", ["visit_id"])
    op.create_index(op.f("ix_sale_refunds_sale_id"), "sale_refunds", ["sale_id"])
    op.create_table(
        "sale_refund_lines",
        sa.Column("refund_id", Id(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("yen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("refund_id", "line", name=op.f("pk_sale_refund_lines")),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["sale_refunds.id"], name=op.f("fk_sale_refund_lines_refund_id_sale_refunds")
        ),
    )


def downgrade() -> None:
    op.drop_table("sale_refund_lines")
    op.drop_table("sale_refunds")
    for table, name, _ in _ADDED:
        op.drop_column(table, name)

"""Totals of weeks, so that reports of a fleet's ten years read no more than those of one van's."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ENDS = ("valid_to", "withdrawn_on")
_TICKETS = sa.text("measure IN ('tickets', 'tickets_yen')")


def upgrade() -> None:
    op.create_table(
        "week_totals",
        sa.Column("iso_week", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("iso_week", "measure", "key", name=op.f("pk_week_totals")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO week_totals (iso_week, measure, key, value)"
        " SELECT iso_week, measure, key, SUM(value) FROM visit_totals GROUP BY iso_week, measure, key"
    )
    # Without the value, which every push changes: nobody sums by this index any more.
    op.drop_index("ix_visit_totals_tickets", "visit_totals")
    op.drop_index("ix_visit_totals_iso_week", "visit_totals")
    op.create_index("ix_visit_totals_iso_week", "visit_totals", ["iso_week"])
    # What ends soon is looked for among the permissions of all years.
    for column in _ENDS:
        op.create_index(f"ix_permissions_{column}", "permissions", [column])


def downgrade() -> None:
    for column in _ENDS:
        op.drop_index(f"ix_permissions_{column}", "permissions")
    op.drop_index("ix_visit_totals_iso_week", "visit_totals")
    columns = ["measure", "key", "iso_week", "value"]
    op.create_index(
        "ix_visit_totals_tickets",
        "visit_totals",
        columns,
        sqlite_where=_TICKETS,
        postgresql_where=_TICKETS,
    )
    op.create_index("ix_visit_totals_iso_week", "visit_totals", ["iso_week", "measure", "key", "value"])
    op.drop_table("week_totals")

"""Of all totals of weeks, what is owed on tickets asks only for those of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TICKETS = sa.text("measure IN ('tickets', 'tickets_yen')")


def upgrade() -> None:
    op.create_index(
        "ix_week_totals_tickets",
        "week_totals",
        ["measure", "key", "iso_week", "value"],
        sqlite_where=_TICKETS,
        postgresql_where=_TICKETS,
    )


def downgrade() -> None:
    op.drop_index(
        "ix_week_totals_tickets",
        "week_totals",
        sqlite_where=_TICKETS,
        postgresql_where=_TICKETS,
    )

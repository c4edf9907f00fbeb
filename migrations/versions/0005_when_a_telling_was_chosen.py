"""When a coordinator chose which telling of a visit stands; and a total of what is kept beside the one that does."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TOLD = {
    "heads": "head_counts WHERE NOT counted",
    "receipts": "sales WHERE NOT counted AND NOT EXISTS (SELECT 1 FROM sale_voids WHERE sale_id = sales.id)",
    "tickets": "ticket_entries WHERE NOT counted AND sale_id IS NULL",
    "till": "cash_ups WHERE NOT counted",
}


def upgrade() -> None:
    op.add_column("visits", sa.Column("telling_chosen_at", Utc(), nullable=True))
    for subject, held_back in _TOLD.items():
        op.execute(
            "INSERT INTO visit_totals (visit_id, measure, key, iso_week, value) "  # noqa: S608
            f"SELECT visit_id, 'held_back', '{subject}', iso_week, count(*) FROM {held_back} "
            "GROUP BY visit_id, iso_week"
        )


def downgrade() -> None:
    op.execute("DELETE FROM visit_totals WHERE measure = 'held_back'")
    op.drop_column("visits", "telling_chosen_at")

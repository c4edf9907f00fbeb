"""Tickets by number, with a message, allotted through partners; settled overdrafts; what donors paid, by way of paying."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_ADDED = (
    ("message", sa.Text()),
    ("valid_until", sa.Date()),
    ("allotment_id", Id()),
    ("settles_id", Id()),
    ("settled_by", sa.Text()),
    ("beyond_pool", sa.BigInteger()),
)

_DONATIONS = """
INSERT INTO visit_totals (visit_id, measure, key, iso_week, value)
SELECT visit_id, 'donations_yen', payment, iso_week, SUM(quantity * face_yen) FROM ticket_entries
WHERE event = 'issued' AND counted AND payment IS NOT NULL GROUP BY visit_id, payment, iso_week
"""
_BY_WEEK = """
INSERT INTO week_totals (iso_week, measure, key, value)
SELECT iso_week, measure, key, SUM(value) FROM visit_totals WHERE measure = 'donations_yen'
GROUP BY iso_week, measure, key
"""


def upgrade() -> None:
    op.create_table(
        "ticket_allotments",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("partner_id", Id(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("face_yen", sa.BigInteger(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_allotments")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_ticket_allotments_partner_id_partners")
        ),
    )
    op.create_table(
        "ticket_returns",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("allotment_id", Id(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_returns")),
        sa.ForeignKeyConstraint(
            ["allotment_id"],
            ["ticket_allotments.id"],
            name=op.f("fk_ticket_returns_allotment_id_ticket_allotments"),
        ),
    )
    op.create_index(op.f("ix_ticket_returns_allotment_id"), "ticket_returns", ["allotment_id"])
    op.create_table(
        "ticket_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("entry_id", Id(), nullable=False),
        sa.PrimaryKeyConstraint("number", "entry_id", name=op.f("pk_ticket_numbers")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ticket_entries.id"], name=op.f("fk_ticket_numbers_entry_id_ticket_entries")
        ),
    )
    op.create_index(op.f("ix_ticket_numbers_entry_id"), "ticket_numbers", ["entry_id"])
    for name, kept in _ADDED:
        op.add_column("ticket_entries", sa.Column(name, kept, nullable=True))
    op.execute(_DONATIONS)
    op.execute(_BY_WEEK)


def downgrade() -> None:
    op.execute("DELETE FROM visit_totals WHERE measure = 'donations_yen'")
    op.execute("DELETE FROM week_totals WHERE measure = 'donations_yen'")
    for name, _ in _ADDED:
        op.drop_column("ticket_entries", name)
    for table in ("ticket_numbers", "ticket_returns", "ticket_allotments"):
        op.drop_table(table)

"""Tickets and countings of tills can be told twice too: each row says by whom, and whether it counts."""

import uuid

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A receipt that a merge held back had got a second entry that took its tickets back.
_DROP_GIVEN_BACK = """
    DELETE FROM ticket_entries WHERE quantity < 0
    AND sale_id IN (SELECT id FROM sales WHERE NOT counted)
    AND NOT EXISTS (SELECT 1 FROM sale_voids WHERE sale_voids.sale_id = ticket_entries.sale_id)
"""
_HOLD_BACK = """
    UPDATE ticket_entries SET counted = false WHERE sale_id IN (SELECT id FROM sales WHERE NOT counted)
"""
_NAME_TELLERS = """
    UPDATE ticket_entries SET source = coalesce(
        (SELECT source FROM sales WHERE sales.id = ticket_entries.sale_id),
        (SELECT min(source) FROM sales WHERE sales.visit_id = ticket_entries.visit_id AND counted),
        (SELECT source FROM visits WHERE visits.id = ticket_entries.visit_id))
"""
_MARK_TOLD_ON_PAPER = """
    UPDATE visits SET source = 'paper' WHERE source <> 'paper' AND (
        EXISTS (SELECT 1 FROM head_counts f WHERE f.visit_id = visits.id AND f.source = 'paper')
        OR EXISTS (SELECT 1 FROM sales f WHERE f.visit_id = visits.id AND f.source = 'paper')
        OR EXISTS (SELECT 1 FROM cash_ups f WHERE f.visit_id = visits.id AND f.source = 'paper'))
"""
# A receipt that never counted had no entry at all; it needs one that can begin to count.
_FACT = ("change_no", "received_at", "occurred_at", "local_day", "iso_week", "mesh", "visit_id")
_WITHOUT_ENTRY = f"""
    SELECT id, {", ".join(_FACT)}, ticket_count, ticket_face_yen, source FROM sales
    WHERE ticket_count > 0 AND NOT counted
    AND NOT EXISTS (SELECT 1 FROM ticket_entries WHERE sale_id = sales.id)
    AND NOT EXISTS (SELECT 1 FROM sale_voids WHERE sale_id = sales.id)
"""  # noqa: S608
_ADD_ENTRY = f"""
    INSERT INTO ticket_entries (id, event, quantity, face_yen, sale_id, source, counted, {", ".join(_FACT)})
    VALUES (:entry_id, 'redeemed', :ticket_count, :ticket_face_yen, :id, :source, false,
            {", ".join(f":{name}" for name in _FACT)})
"""  # noqa: S608


def upgrade() -> None:
    op.add_column("cash_ups", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("ticket_entries", sa.Column("source", sa.Text(), nullable=False, server_default="app"))
    op.add_column(
        "ticket_entries", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    for statement in (_DROP_GIVEN_BACK, _HOLD_BACK, _NAME_TELLERS, _MARK_TOLD_ON_PAPER):
        op.execute(statement)
    add = sa.text(_ADD_ENTRY).bindparams(sa.bindparam("entry_id", type_=Id()))
    for row in op.get_bind().execute(sa.text(_WITHOUT_ENTRY)).mappings().all():
        op.get_bind().execute(add, {**row, "entry_id": uuid.uuid4()})
    op.drop_index("ix_ticket_entries_balance", table_name="ticket_entries")
    op.create_index(
        "ix_ticket_entries_balance", "ticket_entries", ["counted", "event", "quantity", "face_yen"]
    )


def downgrade() -> None:
    # The version before adds up every entry that it finds.
    op.execute("DELETE FROM ticket_entries WHERE NOT counted")
    op.drop_index("ix_ticket_entries_balance", table_name="ticket_entries")
    op.create_index("ix_ticket_entries_balance", "ticket_entries", ["event", "quantity", "face_yen"])
    op.drop_column("ticket_entries", "counted")
    op.drop_column("ticket_entries", "source")
    op.drop_column("cash_ups", "counted")

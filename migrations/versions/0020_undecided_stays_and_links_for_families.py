"""Stays that are not decided yet, how places are read, and links for families."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Utc

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Of each kind the first that is in use, as ledger/links.py chooses.
_LINKS = """
INSERT INTO published_links (kind, url)
SELECT kind, url FROM destinations AS one
WHERE kind IN ('link', 'line') AND active AND url IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM destinations AS other
    WHERE other.kind = one.kind AND other.active AND other.url IS NOT NULL AND (
        other.created_at < one.created_at OR (other.created_at = one.created_at AND other.id < one.id)
    )
)
"""
_KANA = """
UPDATE published_timetable SET place_kana = (
    SELECT min(kana) FROM stops WHERE stops.name = published_timetable.place AND stops.publicity = 'public'
) WHERE NOT area_only
"""
# Calendars knew 0, and 1 once it was cancelled: a number never goes back.
_CHANGES = "UPDATE published_timetable SET changes = 1 WHERE status = 'cancelled'"


def upgrade() -> None:
    op.create_table(
        "published_links",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_published_links")),
    )
    no, none = sa.false(), sa.text("0")
    op.add_column("plan_stops", sa.Column("undecided", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("plan_stops", sa.Column("decide_by", sa.Time(), nullable=True))
    op.add_column(
        "plan_stops", sa.Column("decide_days_before", sa.Integer(), nullable=False, server_default=none)
    )
    op.add_column("published_timetable", sa.Column("place_kana", sa.Text(), nullable=True))
    op.add_column("published_timetable", sa.Column("decided_at", Utc(), nullable=True))
    op.add_column(
        "published_timetable", sa.Column("changes", sa.Integer(), nullable=False, server_default=none)
    )
    for statement in (_LINKS, _KANA, _CHANGES):
        op.execute(statement)


def downgrade() -> None:
    for column in ("changes", "decided_at", "place_kana"):
        op.drop_column("published_timetable", column)
    for column in ("decide_days_before", "decide_by", "undecided"):
        op.drop_column("plan_stops", column)
    op.drop_table("published_links")

"""What was held at each stop up to a day, so that maps of ten years cost no more than those of one."""

import datetime as dt
import uuid
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BANDS = (
    "infant",
    "preschool",
    "elem_low",
    "elem_high",
    "junior_high",
    "high_school",
    "young_adult",
    "guardian",
    "adult",
    "senior",
    "unknown",
)
_SUMS = ("visits", "seconds_open", *_BANDS)
_ALL_VANS = uuid.UUID(int=0)
_VISITS = sa.table(
    "visits",
    sa.column("id", Id()),
    sa.column("stop_id", Id()),
    sa.column("van_id", Id()),
    sa.column("local_day", sa.Date()),
    sa.column("status", sa.Text()),
    sa.column("merged_into", Id()),
    sa.column("opened_at", Utc()),
    sa.column("closed_at", Utc()),
)
_TOTALS = sa.table(
    "visit_totals",
    sa.column("visit_id", Id()),
    sa.column("measure", sa.Text()),
    sa.column("key", sa.Text()),
    sa.column("value", sa.BigInteger()),
)


def upgrade() -> None:
    table = op.create_table(
        "held_days",
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("van_id", Id(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_held_days_stop_id_stops")),
        sa.PrimaryKeyConstraint("stop_id", "van_id", "local_day", name=op.f("pk_held_days")),
        sqlite_with_rowid=False,
    )
    rows = list(_rows(op.get_bind()))
    for start in range(0, len(rows), 1_000):
        op.bulk_insert(table, rows[start : start + 1_000])


def _rows(connection):
    own = defaultdict(lambda: dict.fromkeys(_SUMS, 0))
    v, t = _VISITS.c, _TOTALS.c
    held = sa.and_(v.status.in_(("open", "closed")), v.merged_into.is_(None))
    visits = sa.select(v.stop_id, v.van_id, v.local_day, v.opened_at, v.closed_at).where(held)
    for stop_id, van_id, day, opened_at, closed_at in connection.execute(visits):
        known = opened_at is not None and closed_at is not None
        length = closed_at - opened_at if known else dt.timedelta()
        for who in (van_id, _ALL_VANS):
            own[stop_id, who, day]["visits"] += 1
            own[stop_id, who, day]["seconds_open"] += max(0, int(length.total_seconds()))
    came = (
        sa.select(v.stop_id, v.van_id, v.local_day, t.key, t.value)
        .select_from(_VISITS.join(_TOTALS, t.visit_id == v.id))
        .where(held, t.measure == "attendance")
    )
    for stop_id, van_id, day, band, people in connection.execute(came):
        for who in (van_id, _ALL_VANS):
            own[stop_id, who, day][band] += people
    chain, sums = None, {}
    for (stop_id, van_id, day), figures in sorted(own.items()):
        if chain != (stop_id, van_id):
            chain, sums = (stop_id, van_id), dict.fromkeys(_SUMS, 0)
        sums = {name: sums[name] + figures[name] for name in _SUMS}
        yield {"stop_id": stop_id, "van_id": van_id, "local_day": day, **sums}


def downgrade() -> None:
    op.drop_table("held_days")

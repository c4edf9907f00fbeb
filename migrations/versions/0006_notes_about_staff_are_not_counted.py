"""Notes about staff leave the totals: beside the notes that others see, a sum told that there was one more."""

from collections import Counter

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NOTES = sa.table(
    "contact_notes",
    sa.column("visit_id", Id()),
    sa.column("iso_week", sa.BigInteger()),
    sa.column("familiarity", sa.Text()),
    sa.column("depth", sa.Text()),
    sa.column("stages", Json()),
    sa.column("topics", Json()),
    sa.column("info_given", Json()),
    sa.column("first_connection", sa.Boolean()),
    sa.column("about_staff", sa.Boolean()),
)
_TOTALS = sa.table(
    "visit_totals",
    sa.column("visit_id", Id()),
    sa.column("measure", sa.Text()),
    sa.column("key", sa.Text()),
    sa.column("iso_week", sa.BigInteger()),
    sa.column("value", sa.BigInteger()),
)


def upgrade() -> None:
    _count(-1)


def downgrade() -> None:
    _count(1)


def _count(by: int) -> None:
    connection = op.get_bind()
    sums: Counter[tuple[object, int, str, str]] = Counter()
    for note in connection.execute(sa.select(_NOTES).where(_NOTES.c.about_staff)):
        told = [("contacts", note.familiarity), ("contact_depth", note.depth)]
        told += [("contact_stage", stage) for stage in note.stages]
        told += [("contact_topic", topic) for topic in note.topics]
        if note.info_given:
            told.append(("contacts_informed", ""))
        if note.first_connection is not None:
            told.append(("first_connection", "yes" if note.first_connection else "no"))
        sums.update((note.visit_id, note.iso_week, measure, key) for measure, key in told)
    for (visit_id, iso_week, measure, key), count in sums.items():
        total = {"visit_id": visit_id, "measure": measure, "key": key}
        found = connection.execute(
            sa.update(_TOTALS)
            .where(*(_TOTALS.c[name] == value for name, value in total.items()))
            .values(value=_TOTALS.c.value + by * count)
        )
        if not found.rowcount:
            connection.execute(sa.insert(_TOTALS).values(**total, iso_week=iso_week, value=by * count))

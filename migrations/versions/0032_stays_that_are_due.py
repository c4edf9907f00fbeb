"""Which stops and days changed since they were told, so that a release looks at no others."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_STAY = ("stop_id", "local_day")


def upgrade() -> None:
    table = op.create_table(
        "due_stays",
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_due_stays_stop_id_stops")),
        sa.PrimaryKeyConstraint(*_STAY, name=op.f("pk_due_stays")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_released_atoms_stop_id_local_day", "released_atoms", [*_STAY])
    # What changed so far nobody wrote down: the next release looks at all of it once more.
    held, told = (
        sa.select(sa.column("stop_id", Id()), sa.column("local_day", sa.Date())).select_from(sa.table(name))
        for name in ("visits", "released_atoms")
    )
    op.execute(sa.insert(table).from_select(list(_STAY), held.union(told)))


def downgrade() -> None:
    op.drop_index("ix_released_atoms_stop_id_local_day", "released_atoms")
    op.drop_table("due_stays")

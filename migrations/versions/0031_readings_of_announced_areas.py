"""How the neighbourhood is read that is announced of an area-only stop: children read the timetable, too."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stops", sa.Column("announced_area_kana", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("stops", "announced_area_kana")

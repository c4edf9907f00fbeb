"""How long drives take, as roads said."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "travel_legs",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("from_lat", sa.Integer(), nullable=False),
        sa.Column("from_lon", sa.Integer(), nullable=False),
        sa.Column("to_lat", sa.Integer(), nullable=False),
        sa.Column("to_lon", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "from_lat", "from_lon", "to_lat", "to_lon", name=op.f("pk_travel_legs")
        ),
    )
    op.create_index(op.f("ix_travel_legs_asked_at"), "travel_legs", ["asked_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_travel_legs_asked_at"), table_name="travel_legs")
    op.drop_table("travel_legs")

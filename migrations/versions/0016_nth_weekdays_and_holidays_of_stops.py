"""Windows of the nth weekday of a month, and stops that are shut on public holidays."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opening_windows", sa.Column("nth", sa.Integer(), nullable=True))
    op.add_column(
        "stops", sa.Column("closed_on_holidays", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("stops", "closed_on_holidays")
    op.drop_column("opening_windows", "nth")

"""The fresh water that a van carries a day, so that nobody stands somewhere with an empty tank."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vans", sa.Column("water_litres", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("vans", "water_litres")

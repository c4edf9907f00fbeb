"""Tokens of pages: they open what one page asks, and end with the token that asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("tokens", "pairings"):
        op.add_column(table, sa.Column("only", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("made_with", sa.Text(), nullable=True))


def downgrade() -> None:
    for table in ("tokens", "pairings"):
        op.drop_column(table, "made_with")
        op.drop_column(table, "only")

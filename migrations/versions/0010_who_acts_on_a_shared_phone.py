"""Who held a shared phone, beside what was entered and read on it."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("acting_id", Id(), nullable=True))
    op.add_column("receipts", sa.Column("acting_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("receipts", "acting_id")
    op.drop_column("audit", "acting_id")

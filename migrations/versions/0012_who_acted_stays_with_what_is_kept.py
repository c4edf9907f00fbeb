"""Who held a shared phone, beside what it sent and was kept: quarantine is performed as that person's."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejections", sa.Column("acting_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("rejections", "acting_id")

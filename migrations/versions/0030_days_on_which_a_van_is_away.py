"""Days on which a van can't go out: a week in the garage is planned around and forgotten by nobody."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Json

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vans", sa.Column("outages", Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("vans", "outages")

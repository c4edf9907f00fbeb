"""When a coordinator chose which telling of a visit stands."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("telling_chosen_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("visits", "telling_chosen_at")

"""Dead letters and both clocks."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rejections",
        sa.Column("id", Id(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder_id", Id(), nullable=False),
        sa.Column("van_id", Id(), nullable=True),
        sa.Column("op_id", Id(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("entity_id", Id(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("said_at", Utc(), nullable=True),
        sa.Column("about_staff", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("purged_at", Utc(), nullable=True),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.Column("settled_by", Id(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejections")),
    )
    op.create_index(op.f("ix_rejections_entity_id"), "rejections", ["entity_id"], unique=False)
    op.create_index(
        "ix_rejections_holder_id_state_op_id", "rejections", ["holder_id", "state", "op_id"], unique=False
    )
    op.create_index("ix_rejections_received_at", "rejections", ["received_at", "id"], unique=False)
    op.add_column("change_counter", sa.Column("backed_up_no", sa.BigInteger(), nullable=True))
    op.add_column("change_counter", sa.Column("backed_up_at", Utc(), nullable=True))
    op.add_column("receipts", sa.Column("said_at", Utc(), nullable=True))
    op.drop_index(op.f("ix_receipts_change_no"), table_name="receipts")
    op.create_index("ix_receipts_holder_id_said_at", "receipts", ["holder_id", "said_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_receipts_holder_id_said_at", table_name="receipts")
    op.create_index(op.f("ix_receipts_change_no"), "receipts", ["change_no"], unique=False)
    op.drop_column("receipts", "said_at")
    op.drop_column("change_counter", "backed_up_at")
    op.drop_column("change_counter", "backed_up_no")
    op.drop_index("ix_rejections_received_at", table_name="rejections")
    op.drop_index("ix_rejections_holder_id_state_op_id", table_name="rejections")
    op.drop_index(op.f("ix_rejections_entity_id"), table_name="rejections")
    op.drop_table("rejections")

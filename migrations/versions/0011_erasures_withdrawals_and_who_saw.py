"""What was erased at stops on request, when a consent was withdrawn, and an index for who saw what since when."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_erasures",
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("erased", sa.BigInteger(), nullable=False),
        sa.Column("kept_on_hold", sa.BigInteger(), nullable=False),
        sa.Column("kept_with_concern", sa.BigInteger(), nullable=False),
        sa.Column("letters_erased", sa.BigInteger(), nullable=False),
        sa.Column("letters_kept", sa.BigInteger(), nullable=False),
        sa.Column("letters_unplaced", sa.BigInteger(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_text_erasures_stop_id_stops")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_erasures")),
    )
    op.create_index(op.f("ix_text_erasures_stop_id"), "text_erasures", ["stop_id"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_holder_id"), "audit", ["holder_id"], unique=False)
    op.add_column("referrals", sa.Column("consent_withdrawn_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("referrals", "consent_withdrawn_at")
    op.drop_index(op.f("ix_audit_holder_id"), table_name="audit")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_index(op.f("ix_text_erasures_stop_id"), table_name="text_erasures")
    op.drop_table("text_erasures")

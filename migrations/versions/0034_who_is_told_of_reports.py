"""Who is told of closed, restated and released weeks by itself, what they were told, and each attempt."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_subscriptions",
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("emails", Json(), nullable=False),
        sa.Column("events", Json(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("secret_no", sa.BigInteger(), nullable=False),
        sa.Column("secret_used_at", Utc(), nullable=True),
        sa.Column("previous_no", sa.BigInteger(), nullable=True),
        sa.Column("previous_until", Utc(), nullable=True),
        sa.Column("failing_since", Utc(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscriptions")),
    )
    op.create_table(
        "report_deliveries",
        sa.Column("id", Id(), nullable=False),
        sa.Column("subscription_id", Id(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["report_subscriptions.id"],
            name=op.f("fk_report_deliveries_subscription_id_report_subscriptions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_deliveries")),
    )
    op.create_index(op.f("ix_report_deliveries_status"), "report_deliveries", ["status"], unique=False)
    op.create_index(
        op.f("ix_report_deliveries_subscription_id"), "report_deliveries", ["subscription_id"], unique=False
    )
    op.create_table(
        "report_delivery_attempts",
        sa.Column("delivery_id", Id(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("http_status", sa.BigInteger(), nullable=True),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("again_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["report_deliveries.id"],
            name=op.f("fk_report_delivery_attempts_delivery_id_report_deliveries"),
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_report_delivery_attempts")),
    )


def downgrade() -> None:
    op.drop_table("report_delivery_attempts")
    op.drop_index(op.f("ix_report_deliveries_subscription_id"), table_name="report_deliveries")
    op.drop_index(op.f("ix_report_deliveries_status"), table_name="report_deliveries")
    op.drop_table("report_deliveries")
    op.drop_table("report_subscriptions")

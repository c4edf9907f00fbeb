"""Steps of stops, days between their visits, problems of published plans, and how hot it is expected to be."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heat_expected",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("wbgt_tenths", sa.Integer(), nullable=True),
        sa.CheckConstraint("(on_day IS NULL) <> (month IS NULL)", name=op.f("ck_heat_expected_day_or_month")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heat_expected")),
    )
    op.create_index(op.f("ix_heat_expected_month"), "heat_expected", ["month"], unique=False)
    op.create_index(op.f("ix_heat_expected_on_day"), "heat_expected", ["on_day"], unique=False)
    op.create_table(
        "stop_steps",
        sa.Column("id", Id(), nullable=False),
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("holder_id", Id(), nullable=True),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_stop_steps_stop_id_stops")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_steps")),
    )
    op.create_index(op.f("ix_stop_steps_stop_id"), "stop_steps", ["stop_id"], unique=False)
    op.create_table(
        "plan_problems",
        sa.Column("plan_id", Id(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("plan_stop_ids", Json(), nullable=False),
        sa.Column("numbers", Json(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_problems_plan_id_plans")),
        sa.PrimaryKeyConstraint("plan_id", "place", name=op.f("pk_plan_problems")),
    )
    op.add_column("plans", sa.Column("checked_at", Utc(), nullable=True))
    op.add_column("plans", sa.Column("broken_since", Utc(), nullable=True))
    op.create_index(op.f("ix_plans_broken_since"), "plans", ["broken_since"], unique=False)
    op.add_column("stops", sa.Column("min_days_between", sa.Integer(), nullable=True))
    op.add_column("stops", sa.Column("max_days_between", sa.Integer(), nullable=True))
    # What a stop was before steps were kept is its first one.
    op.execute(
        "INSERT INTO stop_steps (id, stop_id, change_no, at, status)"
        " SELECT id, id, change_no, created_at, status FROM stops"
    )


def downgrade() -> None:
    op.drop_column("stops", "max_days_between")
    op.drop_column("stops", "min_days_between")
    op.drop_index(op.f("ix_plans_broken_since"), table_name="plans")
    op.drop_column("plans", "broken_since")
    op.drop_column("plans", "checked_at")
    op.drop_table("plan_problems")
    op.drop_index(op.f("ix_stop_steps_stop_id"), table_name="stop_steps")
    op.drop_table("stop_steps")
    op.drop_index(op.f("ix_heat_expected_on_day"), table_name="heat_expected")
    op.drop_index(op.f("ix_heat_expected_month"), table_name="heat_expected")
    op.drop_table("heat_expected")

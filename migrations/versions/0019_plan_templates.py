"""Templates of plans, which plans were made of them, and what each making did."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_templates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("van_id", Id(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=True),
        sa.Column("more_days", Json(), nullable=False),
        sa.Column("except_days", Json(), nullable=False),
        sa.Column("on_public_holiday", sa.Text(), nullable=False),
        sa.Column("on_school_holiday", sa.Text(), nullable=False),
        sa.Column("school_area", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["van_id"], ["vans.id"], name=op.f("fk_plan_templates_van_id_vans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_templates")),
    )
    op.create_table(
        "materialisations",
        sa.Column("id", Id(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("template_id", Id(), nullable=False),
        sa.Column("template_version", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("done", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["plan_templates.id"],
            name=op.f("fk_materialisations_template_id_plan_templates"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materialisations")),
    )
    op.create_index(
        op.f("ix_materialisations_template_id"), "materialisations", ["template_id"], unique=False
    )
    op.create_table(
        "plan_template_stays",
        sa.Column("template_id", Id(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("arrive", sa.Time(), nullable=False),
        sa.Column("depart", sa.Time(), nullable=False),
        sa.Column("announce", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_plan_template_stays_stop_id_stops")),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["plan_templates.id"],
            name=op.f("fk_plan_template_stays_template_id_plan_templates"),
        ),
        sa.PrimaryKeyConstraint("template_id", "line", name=op.f("pk_plan_template_stays")),
    )
    op.create_table(
        "template_plans",
        sa.Column("template_id", Id(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("plan_id", Id(), nullable=False),
        sa.Column("written_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_template_plans_plan_id_plans")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["plan_templates.id"], name=op.f("fk_template_plans_template_id_plan_templates")
        ),
        sa.PrimaryKeyConstraint("template_id", "day", name=op.f("pk_template_plans")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_template_plans_plan_id")),
    )


def downgrade() -> None:
    op.drop_table("template_plans")
    op.drop_table("plan_template_stays")
    op.drop_index(op.f("ix_materialisations_template_id"), table_name="materialisations")
    op.drop_table("materialisations")
    op.drop_table("plan_templates")

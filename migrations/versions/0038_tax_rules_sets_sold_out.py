"""Which goods are taxed how from a day on; sets of items, their icons, and what is sold out today."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tax_rules",
        sa.Column("tax_category", sa.Text(), nullable=False),
        sa.Column("service_mode", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tax_category", "service_mode", "valid_from", name=op.f("pk_tax_rules")),
    )
    op.create_table(
        "sold_out",
        sa.Column("van_id", Id(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("item_id", Id(), nullable=False),
        sa.PrimaryKeyConstraint("van_id", "local_day", "item_id", name=op.f("pk_sold_out")),
        sa.ForeignKeyConstraint(["van_id"], ["vans.id"], name=op.f("fk_sold_out_van_id_vans")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_sold_out_item_id_items")),
    )
    op.add_column("items", sa.Column("icon", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("parts", Json(), nullable=True))
    # Without a foreign key: the most numerous rows of all are not copied for it, and items are never deleted.
    op.add_column("sale_lines", sa.Column("set_id", Id(), nullable=True))


def downgrade() -> None:
    op.drop_column("sale_lines", "set_id")
    op.drop_column("items", "parts")
    op.drop_column("items", "icon")
    op.drop_table("sold_out")
    op.drop_table("tax_rules")

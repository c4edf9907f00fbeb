"""Where a stop's position comes from, gazetteers, and what geocoders answered."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gazetteer_imports",
        sa.Column("id", Id(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("cities", Json(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.Column("ready_at", Utc(), nullable=True),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gazetteer_imports")),
    )
    op.create_table(
        "geocode_answers",
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("question", name=op.f("pk_geocode_answers")),
    )
    op.create_index(op.f("ix_geocode_answers_ends_at"), "geocode_answers", ["ends_at"], unique=False)
    op.create_table(
        "geocoder_turns",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("free_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_geocoder_turns")),
    )
    op.create_table(
        "gazetteer_places",
        sa.Column("import_id", Id(), nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prefecture", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("town_key", sa.Text(), nullable=False),
        sa.Column("area_key", sa.Text(), nullable=False),
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("numbered", sa.Text(), nullable=False),
        sa.Column("lat_micro", sa.BigInteger(), nullable=False),
        sa.Column("lon_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["gazetteer_imports.id"],
            name=op.f("fk_gazetteer_places_import_id_gazetteer_imports"),
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_gazetteer_places")),
    )
    op.create_index(
        "ix_gazetteer_places_area_key_block", "gazetteer_places", ["area_key", "block"], unique=False
    )
    op.create_index(
        "ix_gazetteer_places_town_key_block", "gazetteer_places", ["town_key", "block"], unique=False
    )
    op.add_column("stops", sa.Column("position_precision", sa.Text(), nullable=True))
    op.add_column("stops", sa.Column("position_source", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("stops", "position_source")
    op.drop_column("stops", "position_precision")
    op.drop_index("ix_gazetteer_places_town_key_block", table_name="gazetteer_places")
    op.drop_index("ix_gazetteer_places_area_key_block", table_name="gazetteer_places")
    op.drop_table("gazetteer_places")
    op.drop_table("geocoder_turns")
    op.drop_index(op.f("ix_geocode_answers_ends_at"), table_name="geocode_answers")
    op.drop_table("geocode_answers")
    op.drop_table("gazetteer_imports")

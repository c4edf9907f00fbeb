"""Releases: what was told of which stop and day, and the rounded sums that everybody may see."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Utc

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_week", sa.BigInteger(), nullable=False),
        sa.Column("iso_week", sa.BigInteger(), nullable=False),
        sa.Column("made_by", Id(), nullable=False),
        sa.Column("key_check", sa.LargeBinary(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("number", name=op.f("uq_releases_number")),
        sa.UniqueConstraint("iso_week", name=op.f("uq_releases_iso_week")),
    )
    op.create_table(
        "released_atoms",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("mesh_1km", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "release_id", "stop_id", "local_day", "figure", name=op.f("pk_released_atoms")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_released_atoms_release_id_releases")
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_released_atoms_stop_id_stops")),
    )
    op.create_table(
        "released_rare",
        sa.Column("release_id", Id(), nullable=False),
        sa.Column("quarter_day", sa.Date(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "quarter_day", "figure", name=op.f("pk_released_rare")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_released_rare_release_id_releases")
        ),
    )
    op.create_table(
        "published_releases",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_week", sa.BigInteger(), nullable=False),
        sa.Column("iso_week", sa.BigInteger(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("census_id", Id(), nullable=True),
        sa.Column("census_label", sa.Text(), nullable=True),
        sa.Column("census_counts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_published_releases")),
    )
    for name, of, more in (
        ("published_reach", "from_day", [sa.Column("mesh_1km", sa.BigInteger(), nullable=False)]),
        ("published_rare", "quarter_day", []),
    ):
        op.create_table(
            name,
            sa.Column("number", sa.BigInteger(), nullable=False),
            sa.Column(of, sa.Date(), nullable=False),
            *more,
            sa.Column("figure", sa.Text(), nullable=False),
            sa.Column("value", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint(
                "number", of, *(column.name for column in more), "figure", name=op.f(f"pk_{name}")
            ),
            sa.ForeignKeyConstraint(
                ["number"], ["published_releases.number"], name=op.f(f"fk_{name}_number_published_releases")
            ),
        )
    op.create_index(op.f("ix_published_reach_from_day"), "published_reach", ["from_day"])
    op.create_table(
        "published_census",
        sa.Column("mesh_1km", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mesh_1km", name=op.f("pk_published_census")),
    )


def downgrade() -> None:
    for name in (
        "published_census",
        "published_rare",
        "published_reach",
        "published_releases",
        "released_rare",
        "released_atoms",
        "releases",
    ):
        op.drop_table(name)

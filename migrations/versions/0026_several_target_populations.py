"""Imports keep every target population that their files know; sets of areas, such as school districts."""

import sqlalchemy as sa
from alembic import op

from outreach_api.storage.base import Id, Json, Utc

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TARGETS = ("children_0_14", "children_0_5", "households_under_6")
# Until now a target was what somebody asked for by its label, and children of 0 to 14 unless somebody did.
_CHILDREN = "０～１４歳人口　総数"
_IMPORTS = sa.table(
    "population_imports",
    sa.column("id", Id()),
    sa.column("target_label", sa.Text()),
    sa.column("targets", Json()),
)
_OF_CHILDREN = "import_id IN (SELECT id FROM population_imports WHERE target_label = :label)"


def upgrade() -> None:
    for name in _TARGETS:
        op.add_column("population_cells", sa.Column(name, sa.Float(), nullable=True))
    op.add_column("population_imports", sa.Column("targets", Json(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    for label in connection.scalars(sa.select(_IMPORTS.c.target_label).distinct()).all():
        if label:
            key = "children_0_14" if label == _CHILDREN else "target"
            update = sa.update(_IMPORTS).where(_IMPORTS.c.target_label == label)
            connection.execute(update.values(targets={key: label}))
    moved = f"UPDATE population_cells SET children_0_14 = target, target = NULL WHERE {_OF_CHILDREN}"  # noqa: S608
    connection.execute(sa.text(moved), {"label": _CHILDREN})
    op.drop_column("population_imports", "target_label")
    op.create_table(
        "area_sets",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("within", sa.Text(), nullable=True),
        sa.Column("areas", sa.BigInteger(), nullable=False),
        sa.Column("corners", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("imported_at", Utc(), nullable=False),
        sa.Column("undone_at", Utc(), nullable=True),
        sa.Column("change_no", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_sets")),
    )
    op.create_table(
        "areas",
        sa.Column("set_id", Id(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geometry", Json(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["area_sets.id"], name=op.f("fk_areas_set_id_area_sets")),
        sa.PrimaryKeyConstraint("set_id", "code", name=op.f("pk_areas")),
    )


def downgrade() -> None:
    op.drop_table("areas")
    op.drop_table("area_sets")
    # The version before knows one target: what a file calls its own, else children of 0 to 14.
    op.add_column(
        "population_imports", sa.Column("target_label", sa.Text(), nullable=False, server_default="")
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(_IMPORTS.c.id, _IMPORTS.c.targets)).all():
        key = next((key for key in ("target", "children_0_14") if key in row.targets), None)
        if key is not None:
            update = sa.update(_IMPORTS).where(_IMPORTS.c.id == row.id)
            connection.execute(update.values(target_label=row.targets[key]))
    back = f"UPDATE population_cells SET target = children_0_14 WHERE {_OF_CHILDREN}"  # noqa: S608
    connection.execute(sa.text(back), {"label": _CHILDREN})
    op.drop_column("population_imports", "targets")
    for name in _TARGETS:
        op.drop_column("population_cells", name)

"""Indexes of gazetteers begin with the import: one town was looked for in all of its places."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLE = "gazetteer_places"
_KEYS = ("area_key", "town_key")


def upgrade() -> None:
    for key in _KEYS:
        op.drop_index(f"ix_gazetteer_places_{key}_block", table_name=_TABLE)
        op.create_index(f"ix_gazetteer_places_import_id_{key}_block", _TABLE, ["import_id", key, "block"])


def downgrade() -> None:
    for key in _KEYS:
        op.drop_index(f"ix_gazetteer_places_import_id_{key}_block", table_name=_TABLE)
        op.create_index(f"ix_gazetteer_places_{key}_block", _TABLE, [key, "block"])

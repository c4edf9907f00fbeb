"""Writes a migration from the difference between the models and the migrations: make_migration.py "why"."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from outreach_api.storage import migrate
from outreach_api.storage.session import Database
from outreach_api.storage.tables import METADATA

OWN_TYPES = {"Id", "Json", "Utc"}


def render(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    if kind == "type" and type(thing).__name__ in OWN_TYPES:
        return f"{type(thing).__name__}()"
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("why", help="what the migration is for, in a few words")
    why = parser.parse_args().why
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate.upgrade(database)
        with database.engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "render_item": render,
                    "sqlalchemy_module_prefix": "sa.",
                    "alembic_module_prefix": "op.",
                    "user_module_prefix": None,
                    "target_metadata": METADATA,
                },
            )
            script = produce_migrations(context, METADATA)
            if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
                print("The models and the migrations agree; nothing to write.")
                return
            up, down = (
                render_python_code(ops, render_as_batch=False, migration_context=context, render_item=render)
                for ops in (script.upgrade_ops, script.downgrade_ops)
            )
        database.close()
    scripts = ScriptDirectory.from_config(migrate.config())
    head = scripts.get_current_head()
    number = f"{int(head or 0) + 1:04d}"
    name = "_".join(why.lower().split())
    body = (
        f'"""{why}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        + "from outreach_api.storage.base import Id, Json, Utc"
        + f'\n\nrevision = "{number}"\ndown_revision = {head!r}\nbranch_labels = None\ndepends_on = None\n\n\n'
        + f"def upgrade() -> None:\n    {up.strip()}\n\n\ndef downgrade() -> None:\n    {down.strip()}\n"
    )
    path = migrate.folder() / "versions" / f"{number}_{name}.py"
    path.write_text(body, encoding="utf-8")
    print(f"wrote {path.name}: read it, add the data it needs, and run ruff format on it")


if __name__ == "__main__":
    main()

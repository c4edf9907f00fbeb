"""What every command shares: how it speaks and refuses, its settings, an open database, who it acts as."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import derived
from outreach_api.ledger import audit
from outreach_api.ledger.kinds import Actor
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.session import Database
from schemas.vocabulary import Role

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int]

# Always the same holder, so that a file imported twice is recognised by its receipts.
CONSOLE = Actor(holder_id=derived("console"), role=Role.ADMIN)


class Failure(Exception):
    """A command can't go on; the sentences tell a person why and what to do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def tell(*sentences: str) -> None:
    """Say something to the person at the console; stdout belongs to what a command is asked for."""
    print("\n".join(sentences), file=sys.stderr, flush=True)


def program() -> str:
    """How this command was started, so that what we tell somebody to run can be typed as it stands."""
    started = Path(sys.argv[0])
    if started.stem != "outreach":
        return "outreach"
    found = shutil.which("outreach")
    if found is not None and Path(found).resolve() == started.resolve():
        return "outreach"
    here = Path.cwd()
    whole = started.absolute()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def command(commands: Commands, name: str, run: Run, ja: str, en: str) -> argparse.ArgumentParser:
    """Declare one command with its help."""
    made = commands.add_parser(name, help=f"{ja} · {en}", description=f"{ja} · {en}")
    made.set_defaults(run=run)
    return made


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, at this version's tables. Raises Failure when it isn't there yet."""
    database = existing(settings)
    try:
        if not migrate.is_current(database):
            raise Failure(
                "データベースがこの版になっていません。`outreach migrate` を実行してください。",
                "The database is not at this version's tables: run `outreach migrate`.",
            )
        yield database
    finally:
        database.close()


def existing(settings: Settings) -> Database:
    """The database, whatever its tables; a missing SQLite file is a Failure and is not made by looking."""
    file = sqlite_file(settings)
    if file is not None and not file.is_file():
        raise Failure(
            f"データベースがありません。はじめに `{program()} init` を実行するか、"
            f"OUTREACH_HOME を確かめてください（いま見た場所：{file.absolute()}）。",
            f"There is no database at {file.absolute()}: run `{program()} init` first, or check OUTREACH_HOME.",
        )
    return Database(settings.database)


def sqlite_file(settings: Settings) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL."""
    url = sa.engine.make_url(settings.database)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def note_in_audit(session: Session, action: str, kind: str, purpose: str | None = None) -> None:
    """What the console did is in the audit like everything else."""
    audit.record(
        session, CONSOLE, utc_now(), action=action, entity_kind=kind, entity_id=None, purpose=purpose
    )

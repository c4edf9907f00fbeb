"""init, migrate, verify: makes the database and its key, brings it up to date, says whether it is whole."""

from __future__ import annotations

import argparse

import sqlalchemy as sa

from outreach_api.cli.console import (
    Commands,
    Failure,
    command,
    existing,
    note_in_audit,
    program,
    sqlite_file,
    tell,
)
from outreach_api.kernel.clock import utc_now
from outreach_api.settings import Settings
from outreach_api.storage import copies, migrate
from outreach_api.storage.keyring import load_keyring, make_keys
from outreach_api.storage.session import Database


def add(commands: Commands) -> None:
    init = command(
        commands,
        "init",
        run_init,
        "フォルダー・鍵・データベースを用意する（何度でも安全）",
        "make the folder, the key and the database; safe to repeat",
    )
    init.add_argument(
        "--new-key",
        action="store_true",
        help="失われた鍵の代わりに新しい鍵を作る（古いメモ本文は二度と読めない）· "
        "a new key in place of a lost one: texts sealed with the old one stay unreadable",
    )
    command(
        commands,
        "migrate",
        run_migrate,
        "データベースをこの版に更新する",
        "bring the database to this version",
    )


def run_init(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    initialise(settings, new_key=options.new_key)
    tell(f"用意ができました。次は `{program()} serve`。", f"Ready. Next: `{program()} serve`.")
    return 0


def run_migrate(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    database = existing(settings)
    try:
        bring_up_to_date(settings, database)
    finally:
        database.close()
    return 0


def initialise(settings: Settings, *, new_key: bool = False) -> None:
    """Make what is missing and say so. Raises Failure rather than make a key for a database that had one."""
    file, key = sqlite_file(settings), settings.master_key_file
    for folder in (*([file.parent] if file else []), key.parent):
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
            tell(f"フォルダーを作りました · made the folder {folder}")
    if file is not None:
        # Names and phone numbers are in it: SQLite gives its -wal and -shm the mode of the file itself.
        file.touch(mode=0o600)
    database = Database(settings.database)
    try:
        if key.exists():
            load_keyring(settings, new_home=migrate.revision(database) is None).close()
            tell(f"鍵はすでにあります · the key is there already: {key}")
        else:
            if migrate.revision(database) is not None and not new_key:
                raise Failure(
                    f"データベースはありますが鍵 {key} がありません。保管してある鍵を戻してください。",
                    f"The database is there but its key {key} is not: put back the key that you keep.",
                    "If it is lost for good, `outreach init --new-key` makes another one; note texts that "
                    "were sealed with the lost key can then never be read.",
                )
            make_keys(settings).close()
            tell(
                f"鍵を作りました：{key}（この鍵と `{program()} backup-keys ファイル` の控えを、"
                "データベースとは別の場所に保管してください）",
                f"Made the key {key}: keep copies of it and of its cabinet (`{program()} backup-keys FILE`), never beside "
                "the database or its backups.",
            )
        bring_up_to_date(settings, database)
    finally:
        database.close()


def bring_up_to_date(settings: Settings, database: Database) -> None:
    """Migrate, after a copy of an SQLite database that holds something. Raises Failure for a newer one."""
    at, newest = migrate.revision(database), migrate.newest()
    if at == newest:
        tell(f"データベースは最新です · the database is up to date ({newest})")
        return
    if at is not None and not migrate.is_known(at):
        raise Failure(
            f"データベースは新しい版（{at}）のものです。このプログラムを更新してください。",
            f"The database belongs to a later version ({at}): update this program.",
        )
    file = sqlite_file(settings)
    if at is not None and file is not None:
        kept = file.with_name(f"{file.name}.{at}-{utc_now():%Y%m%dT%H%M%S}.backup")
        copies.copy(file, kept)
        tell(
            f"更新前の控え：{kept}（問題がなければ消してください）",
            f"A copy from before: {kept} (delete it when all is well: purged texts live on in it)",
        )
    migrate.upgrade(database)
    tell(f"データベースを用意しました · the database is now at {newest} (before: {at or 'empty'})")
    with database.write() as session:
        note_in_audit(session, "migrate", "database", f"{at or 'empty'} → {newest}")


def where(settings: Settings) -> str:
    """The database's address without its password."""
    return sa.engine.make_url(settings.database).render_as_string(hide_password=True)

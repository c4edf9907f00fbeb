"""restore and begin-epoch: a database that went back to an earlier state, and phones that notice."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from outreach_api.cli.console import (
    Commands,
    Failure,
    command,
    note_in_audit,
    opened,
    program,
    sqlite_file,
    tell,
)
from outreach_api.cli.database import bring_up_to_date
from outreach_api.cli.keys import erase_again, went_back
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger import epochs
from outreach_api.settings import Settings
from outreach_api.storage import copies, dumps, migrate
from outreach_api.storage.keyring import load_keyring
from outreach_api.storage.master_key import KeyFileError
from outreach_api.storage.session import Database, sqlite_driver


def add(commands: Commands) -> None:
    restore = command(
        commands,
        "restore",
        run_restore,
        "backup のファイルから戻す（先にサーバーを止める）",
        "bring back a backup; stop the server first",
    )
    restore.add_argument(
        "file", type=Path, metavar="FILE", help="backup が作ったファイル · a file that backup made"
    )
    restore.add_argument(
        "--replace",
        action="store_true",
        help="いまのデータベースと入れ替える（古いものは別名で残す）· "
        "in place of the database that is there, which stays under another name",
    )
    command(
        commands,
        "begin-epoch",
        run_begin_epoch,
        "ほかの方法で戻したあと：スマホに、持っている記録を送り直してもらう",
        "after a restore by other means: have phones push again what they still hold",
    )


def run_restore(options: argparse.Namespace) -> int:
    settings, source = Settings.from_environment(), options.file
    target = sqlite_file(settings)
    if target is None:
        raise Failure(
            "PostgreSQL では、サーバーを止め、空のデータベースに対して次の順に実行してください：",
            "On PostgreSQL stop the server, make the database anew and empty, and run these, in this order:",
            "  " + dumps.restore_command(settings.database, source),
            f"  {program()} migrate",
            f"  {program()} begin-epoch",
        )
    number = _check_backup(source)
    if target.exists() and not options.replace:
        raise Failure(
            f"データベース {target} がすでにあります。入れ替えるなら --replace を付けてください。",
            f"There is a database at {target} already: --replace puts the backup in its place.",
        )
    _refuse_if_in_use(target)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = f"{utc_now():%Y%m%dT%H%M%S}"
    coming = target.with_name(f"{target.name}.{stamp}.restoring")
    copies.copy(source, coming)
    try:
        old = target.with_name(f"{target.name}.{stamp}.replaced")
        replaced, reached = target.exists(), _reached(target) if target.exists() else 0
        # Copying took its time: a server that was started meanwhile would go on writing to the file put aside.
        _refuse_if_in_use(target)
        copies.replace(target, coming, keep_as=old)
    finally:
        coming.unlink(missing_ok=True)
    database = Database(settings.database)
    try:
        bring_up_to_date(settings, database)
        with database.write() as session:
            # The file that it came from is a backup of just this.
            made = dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC)
            epochs.covered(session, number, min(made, utc_now()))
        keys_are_there = _note_that_it_went_back(settings, database, "restore", source.name)
    finally:
        database.close()
    if replaced:
        tell(
            f"入れ替える前のデータベース：{old}（問題がなければ消してください）",
            f"The database from before is kept as {old}: delete it when all is well.",
        )
    tell(f"戻しました：{target}", f"Restored {target}.")
    if reached > number:
        tell(
            "これより新しい控えがあるはずです。その後にスマホが手放した記録は、新しい控えにしかありません。"
            "あれば、そちらから戻してください。",
            "There was a later backup than this one, and what phones forgot since is in that alone: "
            "if you have it, restore from it instead.",
        )
    _tell_what_follows("verify", "purge", "tokens")
    if not keys_are_there:
        tell(
            f"その前に、保管してある鍵を {settings.master_key_file} に、鍵の戸棚を {_shown(settings.cabinet)} に戻してください。"
            f"ないとサーバーは動きません。戻したら `{program()} begin-epoch` も実行してください。",
            f"Before that, put the key that you keep back at {settings.master_key_file} and its cabinet at "
            f"{_shown(settings.cabinet)}: the server needs both. Then run `{program()} begin-epoch`, too.",
        )
    return 0


def run_begin_epoch(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with opened(settings) as database:
        with database.write() as session:
            epochs.begin(session)
        _note_that_it_went_back(settings, database, "begin_epoch", "")
    _tell_what_follows("verify", "purge", "tokens", "backup FILE")
    return 0


def _note_that_it_went_back(settings: Settings, database: Database, action: str, whence: str) -> bool:
    """In the audit, and for the witness. False without keys: serve erases again, begin-epoch tells the witness later."""
    try:
        keyring = load_keyring(settings)
    except KeyFileError:
        with database.write() as session:
            note_in_audit(session, action, "database", whence or None)
        return False
    with contextlib.closing(keyring), database.write() as session:
        note_in_audit(session, action, "database", f"{whence} {went_back(session, keyring)}".strip())
    erase_again(settings, database)
    return True


def _shown(url: str) -> str:
    return sa.engine.make_url(url).render_as_string(hide_password=True).removeprefix("sqlite:///")


def _tell_what_follows(*commands: str) -> None:
    tell(
        "スマホは次の同期で、まだ持っている記録をすべて送り直します（二重には数えません）。",
        "At their next sync phones push again what they still hold; nothing counts twice.",
        "控えより後に保全したメモは、保全が外れています。",
        "控えより後に無効にしたトークンは、無効のままです。控えより後に作ったトークンは消えています。",
        "Texts that were put on hold since the backup are not any more: hold them again, before the next purge.",
        "Tokens that were revoked since stay revoked. Tokens made since are gone: pair those phones anew.",
        "次を実行してください · Now run:",
        *(f"  {program()} {command}" for command in commands),
    )


def _reached(target: Path) -> int:
    """Up to where a backup covers the database that is there; 0 where that can't be read any more."""
    try:
        with copies.reading(target) as there:
            (number,) = there.execute("SELECT backed_up_no FROM change_counter").fetchone() or (None,)
    except (copies.CopyError, sqlite_driver().DatabaseError):
        return 0
    return number or 0


def _refuse_if_in_use(target: Path) -> None:
    if target.exists() and copies.in_use(target):
        raise Failure(
            "データベースが使用中です。先にサーバーを止めてください。",
            f"{target} is in use: stop the server (and other commands) first.",
        )


def _check_backup(source: Path) -> int:
    """The last change number in a backup. Raises Failure for what is no whole one of ours, or of a later version."""
    if not source.is_file():
        raise Failure(f"ファイルがありません：{source}", f"There is no file {source}.")
    try:
        copies.check(source)
        with copies.reading(source) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            }
            at = number = None
            if {"alembic_version", "change_counter"} <= tables:
                (at,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
                (number,) = connection.execute("SELECT value FROM change_counter").fetchone() or (None,)
    except copies.CopyError as fault:
        raise Failure(
            f"{source} は使えません（壊れているか、データベースではありません）。",
            f"{source} can't be used: {fault.detail}",
        ) from None
    if at is None or number is None:
        raise Failure(
            f"{source} はこのシステムの控えではありません。",
            f"{source} is no backup of an outreach database.",
        )
    if not migrate.is_known(at):
        raise Failure(
            f"{source} は新しい版（{at}）の控えです。このプログラムを更新してください。",
            f"{source} comes from a later version ({at}): update this program.",
        )
    return int(number)

"""backup and restore: one file that holds the whole database and never its key."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

import sqlalchemy as sa

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, sqlite_file, tell
from outreach_api.cli.database import bring_up_to_date
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage import copies, migrate
from outreach_api.storage.ledger import ChangeCounter
from outreach_api.storage.session import Database


def add(commands: Commands) -> None:
    backup = command(
        commands,
        "backup",
        run_backup,
        "データベースを新しいファイルに写す（使用中でもよい・鍵は入らない）",
        "copy the database, also while it is used, to a new file; never the key",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="新しいファイル · a new file")
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


def run_backup(options: argparse.Namespace) -> int:
    settings, target = Settings.from_environment(), options.file
    file = sqlite_file(settings)
    if file is None:
        raise Failure(
            "PostgreSQL では次のコマンドを使ってください：",
            "PostgreSQL makes its own backups; run this:",
            "  " + pg_dump(settings.database, target),
        )
    if not target.parent.is_dir():
        raise Failure(
            f"フォルダーがありません：{target.parent}", f"There is no folder {target.parent} to write into."
        )
    with opened(settings) as database:
        try:
            copies.copy(file, target)
        except FileExistsError:
            raise Failure(
                f"{target} はすでにあります。別の名前にしてください。",
                f"{target} exists already and is not replaced: name another file.",
            ) from None
        except copies.CopyError as fault:
            raise Failure(
                f"データベースに問題があり、控えを作れません：{fault.detail}",
                f"The database could not be copied whole ({fault.detail}): see `outreach verify`.",
            ) from None
        through = _counted_in(target)
        with database.write() as session:
            note_in_audit(session, "backup", "database", target.name)
            # Phones ask for it: what a backup holds too, they may forget.
            session.execute(sa.update(ChangeCounter).values(backed_up_no=through, backed_up_at=utc_now()))
    tell(
        f"控えを作りました：{target}（{target.stat().st_size:,} バイト）。鍵は入っていません。",
        f"Wrote {target} ({target.stat().st_size:,} bytes). The key is not in it: keep that elsewhere.",
    )
    return 0


def _counted_in(copy: Path) -> int:
    """The last change number in a copy: writers were at work while it was made."""
    with copies.reading(copy) as connection:
        (number,) = connection.execute("SELECT value FROM change_counter").fetchone()
    return int(number)


def run_restore(options: argparse.Namespace) -> int:
    settings, source = Settings.from_environment(), options.file
    target = sqlite_file(settings)
    if target is None:
        raise Failure(
            "PostgreSQL では pg_restore を使い、そのあと `outreach migrate` を実行してください。",
            "On PostgreSQL use pg_restore into an empty database, then `outreach migrate`.",
        )
    _check_backup(source)
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
        _begin_new_epoch(coming)
        old = target.with_name(f"{target.name}.{stamp}.replaced")
        replaced = target.exists()
        # Copying took its time: a server that was started meanwhile would go on writing to the file put aside.
        _refuse_if_in_use(target)
        copies.replace(target, coming, keep_as=old)
    finally:
        for leftover in ("", "-wal", "-shm", "-journal"):
            coming.with_name(coming.name + leftover).unlink(missing_ok=True)
    database = Database(settings.database)
    try:
        bring_up_to_date(settings, database)
        with database.write() as session:
            note_in_audit(session, "restore", "database", source.name)
    finally:
        database.close()
    if replaced:
        tell(
            f"入れ替える前のデータベース：{old}（問題がなければ消してください）",
            f"The database from before is kept as {old}: delete it when all is well.",
        )
    tell(
        f"戻しました：{target}。スマホは次の同期ですべてを送り直します。",
        f"Restored {target}; phones will push again what they still hold.",
        "控えより後に消した・無効にしたものは生き返っています。次を実行してください：",
        "What was purged or revoked after the backup is back. Now run:",
        "  outreach verify; outreach purge; outreach tokens",
    )
    if not settings.master_key_file.exists():
        tell(
            f"その前に、保管してある鍵を {settings.master_key_file} に戻してください。ないとサーバーは動きません。",
            f"Before that, put the key that you keep back at {settings.master_key_file}: the server needs it.",
        )
    return 0


def _refuse_if_in_use(target: Path) -> None:
    if target.exists() and copies.in_use(target):
        raise Failure(
            "データベースが使用中です。先にサーバーを止めてください。",
            f"{target} is in use: stop the server (and other commands) first.",
        )


def pg_dump(url: str, target: Path) -> str:
    """The command that backs up a PostgreSQL database; pg_dump asks for the password, or reads ~/.pgpass."""
    address = sa.engine.make_url(url)._replace(drivername="postgresql", password=None)
    plain = address.render_as_string(hide_password=False)
    return shlex.join(["pg_dump", "--format=custom", f"--file={target}", plain])


def _check_backup(source: Path) -> None:
    """Raises Failure for what is no whole backup of ours, or one of a later version."""
    if not source.is_file():
        raise Failure(f"ファイルがありません：{source}", f"There is no file {source}.")
    try:
        copies.check(source)
        with copies.reading(source) as connection:
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            }
            at = None
            if {"alembic_version", "change_counter"} <= tables:
                (at,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
    except copies.CopyError as fault:
        raise Failure(
            f"{source} は使えません（壊れているか、データベースではありません）。",
            f"{source} can't be used: {fault.detail}",
        ) from None
    if at is None:
        raise Failure(
            f"{source} はこのシステムの控えではありません。",
            f"{source} is no backup of an outreach database.",
        )
    if not migrate.is_known(at):
        raise Failure(
            f"{source} は新しい版（{at}）の控えです。このプログラムを更新してください。",
            f"{source} comes from a later version ({at}): update this program.",
        )


def _begin_new_epoch(file: Path) -> None:
    """Tell devices that numbers may have gone back: they pull everything and push again what they hold."""
    database = Database(f"sqlite:///{file}")
    try:
        with database.write() as session:
            session.execute(sa.update(ChangeCounter).values(epoch=new_id()))
    finally:
        database.close()

"""backup and mark-backup: one file that holds the whole database and never its key, and how far backups reach."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, sqlite_file, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger import audit, epochs
from outreach_api.settings import Settings
from outreach_api.storage import copies, dumps
from outreach_api.storage.session import Database

_HEAD = ".audit"


def add(commands: Commands) -> None:
    backup = command(
        commands,
        "backup",
        run_backup,
        "データベースを新しいファイルに写す（使用中でもよい・鍵は入らない）",
        "copy the database, also while it is used, to a new file; never the key",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="新しいファイル · a new file")
    mark = command(
        commands,
        "mark-backup",
        run_mark_backup,
        "ほかの方法で控えを作るとき：前に目印を表示し、後でその目印を渡す",
        "for backups made by other means: shows a mark to note before one, and takes it when that is done",
    )
    mark.add_argument(
        "mark",
        nargs="?",
        metavar="MARK",
        help="控えを作り始める前に表示された目印 · the mark that was shown before the backup began",
    )


def run_backup(options: argparse.Namespace) -> int:
    settings, target = Settings.from_environment(), options.file
    if not target.parent.is_dir():
        raise Failure(
            f"フォルダーがありません：{target.parent}", f"There is no folder {target.parent} to write into."
        )
    with opened(settings) as database:
        with database.read() as session:
            begun, mark = utc_now(), epochs.mark(session)
        if not database.is_sqlite and dumps.program() is None:
            raise Failure(
                "この機械には pg_dump がありません。pg_dump のある機械で、次の順に実行してください：",
                "There is no pg_dump on this machine. Where there is one, run these, in this order:",
                "  " + dumps.dump_command(settings.database, target),
                f"  outreach mark-backup {mark}",
            )
        _write(settings, target)
        with database.write() as session:
            number = epochs.marked(session, mark)
            if number is not None:
                epochs.covered(session, number, begun)
            note_in_audit(session, "backup", "database", f"{target.name} {mark}")
            _write_head(session, target)
    if number is None:
        raise Failure(
            f"控えを作っている間にデータベースが戻されました。{target} は戻す前のものです。もう一度作ってください。",
            f"The database was restored meanwhile: {target} is from before that. Make another backup.",
        )
    tell(
        f"控えを作りました：{target}（{target.stat().st_size:,} バイト）。鍵は入っていません。",
        f"Wrote {target} ({target.stat().st_size:,} bytes). The key is not in it: keep that elsewhere.",
    )
    return 0


def _write_head(session: Session, target: Path) -> None:
    """Beside the backup: how far the audit had come. What is cut off or written anew before that, verify notices."""
    head = audit.head(session)
    if head is not None:
        target.with_name(target.name + _HEAD).write_text(f"{head[0]} {head[1].hex()}\n", encoding="ascii")


def read_head(file: Path) -> tuple[int, bytes]:
    """What `backup` wrote there. Raises Failure."""
    try:
        seq, _, text = file.read_text(encoding="ascii").strip().partition(" ")
        return int(seq), bytes.fromhex(text)
    except (OSError, ValueError):
        raise Failure(
            f"{file} は backup が書いた .audit のファイルではありません。",
            f"{file} is no .audit file that backup wrote.",
        ) from None


def _write(settings: Settings, target: Path) -> None:
    file = sqlite_file(settings)
    try:
        if file is not None:
            copies.copy(file, target)
        else:
            dumps.dump(settings.database, target)
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
    except dumps.DumpError as fault:
        raise Failure(
            "控えを作れませんでした。pg_dump の言うこと：",
            "No backup was made. What pg_dump says:",
            fault.said,
        ) from None


def run_mark_backup(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with opened(settings) as database:
        if options.mark is None:
            return _show_mark(database)
        with database.write() as session:
            number = epochs.marked(session, options.mark)
            if number is None:
                raise Failure(
                    f"目印 {options.mark} は、いまのこのデータベースのものではありません。控えを作り直してください。",
                    f"{options.mark} is no mark of this database as it is now: make another backup, from the "
                    "beginning.",
                )
            epochs.covered(session, number, utc_now())
            note_in_audit(session, "mark_backup", "database", options.mark)
    tell(
        "控えができたことを記録しました。スマホは、控えにも入っている記録を手放せるようになります。",
        "Noted: phones may now forget what that backup holds too.",
    )
    return 0


def _show_mark(database: Database) -> int:
    with database.read() as session:
        mark = epochs.mark(session)
    print(mark)
    tell(
        f"このあとに控えを作り始め、無事に終わったら：outreach mark-backup {mark}",
        f"Begin the backup now; when it is done and whole: outreach mark-backup {mark}",
    )
    return 0

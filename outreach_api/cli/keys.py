"""rotate-keys and backup-keys: the master key and the cabinet, which are never kept beside the data."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger import audit
from outreach_api.settings import Settings
from outreach_api.storage import copies, dumps, sealed_values
from outreach_api.storage.cabinet import SENT
from outreach_api.storage.ended import end_again
from outreach_api.storage.keyring import Keyring, load_keyring
from outreach_api.storage.session import Database


def add(commands: Commands) -> None:
    command(
        commands,
        "rotate-keys",
        run_rotate_keys,
        "マスター鍵を新しくする（サーバーは動かしたままでよい）",
        "make a new master key, while servers run",
    )
    backup = command(
        commands,
        "backup-keys",
        run_backup_keys,
        "鍵の戸棚の控え（データの控えとは別の場所に、最新のものだけを残す）",
        "copy the cabinet; keep it apart from the data's backups, and only the latest",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="新しいファイル · a new file")


def run_rotate_keys(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    with opened(settings) as database, contextlib.closing(load_keyring(settings)) as keyring:
        count = keyring.cabinet.rotate()
        keyring.cabinet.renew(SENT)
        with database.write() as session:
            note_in_audit(session, "rotate_keys", "key", f"wrapped {count} anew")
    tell(
        f"マスター鍵を新しくしました：{settings.master_key_file}",
        "いままでの控えの代わりに、この鍵と、backup-keys で作った新しい控えを保管してください。",
        f"The master key at {settings.master_key_file} is a new one.",
        "Keep it, and a new copy from `outreach backup-keys`, in place of the copies that you have.",
    )
    return 0


def run_backup_keys(options: argparse.Namespace) -> int:
    settings, target = Settings.from_environment(), options.file
    if not target.parent.is_dir():
        raise Failure(
            f"フォルダーがありません：{target.parent}", f"There is no folder {target.parent} to write into."
        )
    load_keyring(settings).close()
    with opened(settings) as database, database.write() as session:
        note_in_audit(session, "backup_keys", "key", target.name)
    try:
        if settings.cabinet.startswith("sqlite"):
            copies.copy(Path(settings.cabinet.removeprefix("sqlite:///")), target)
        else:
            dumps.dump(settings.cabinet, target)
    except FileExistsError:
        raise Failure(
            f"{target} はすでにあります。別の名前にして、できたら古いほうを消してください。",
            f"{target} exists already: name another file, and delete the old one when this is done.",
        ) from None
    except dumps.DumpError as fault:
        raise Failure(
            "控えを作れませんでした：", "No copy was made. What pg_dump says:", fault.said
        ) from None
    tell(
        f"鍵の戸棚の控え：{target}。データの控えとは別の場所に。古い控えは消してください。",
        f"Wrote {target}. Keep it apart from the backups of the data, and delete older copies: a key that was "
        "destroyed lives on in them.",
    )
    return 0


def remember_audit(session: Session, keyring: Keyring) -> None:
    """Have the witness see how far the audit has come: from then on nobody can cut that off unnoticed."""
    head = audit.head(session)
    if head is not None:
        keyring.witness.see_audit(*head, utc_now())


def went_back(session: Session, keyring: Keyring) -> str:
    """An older database was put back: let the audit and the witness agree on that. Returns what to write down."""
    head = audit.head(session)
    seq = head[0] if head else 0
    seen = max(keyring.witness.audit_heads(), default=0)
    keyring.witness.unsee_audit_after(seq)
    return f"audit until {seq}, seen until {max(seen, seq)}"


def erase_again(settings: Settings, database: Database) -> None:
    """Before anything is served: what was erased stays erased, also when an older database was put back."""
    with contextlib.closing(load_keyring(settings)) as keyring:
        with database.write() as session:
            erased = sealed_values.erase_again(session, keyring, utc_now())
            if erased:
                note_in_audit(session, "erase_again", "note", f"erased {erased}")
            ended_again = end_again(session, keyring.witness, utc_now())
            if ended_again:
                note_in_audit(session, "end_again", "token", f"ended {ended_again}")
        with database.read() as session:
            remember_audit(session, keyring)
        if erased:
            sealed_values.leave_no_bytes(database)
            tell(
                f"控えの後に消されていた本文{erased}件を、もう一度消しました。",
                f"Erased {erased} texts again that had been erased since that backup.",
            )
        if ended_again:
            tell(
                f"控えの後に無効になっていたトークン{ended_again}個を、もう一度無効にしました。",
                f"Ended {ended_again} tokens again that had been revoked since that backup.",
            )

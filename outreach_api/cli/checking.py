"""verify and purge: is everything whole, and is gone what must be gone."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.cli import backups
from outreach_api.cli.console import (
    Commands,
    Failure,
    command,
    existing,
    note_in_audit,
    opened,
    sqlite_file,
    tell,
)
from outreach_api.cli.keys import remember_audit
from outreach_api.cli.working import tell_what_is_missing
from outreach_api.contacts.writes.texts import purge_texts
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger import audit, held_anew, recount
from outreach_api.reports.releases import agreeing
from outreach_api.reports.weeks import unaltered
from outreach_api.settings import Settings
from outreach_api.stops.geocoding.kept import forget_old
from outreach_api.storage import copies, migrate, sealed_values
from outreach_api.storage.contacts import ContactNote
from outreach_api.storage.keyring import Keyring, load_keyring
from outreach_api.storage.ledger import Change, ChangeCounter, Receipt, Rejection
from outreach_api.storage.master_key import KeyFileError
from outreach_api.sync.writes import purge_contents

_SHOWN = 5


def add(commands: Commands) -> None:
    verify = command(
        commands,
        "verify",
        run_verify,
        "データベース・監査記録・集計・鍵に異常がないか調べる",
        "check that database, audit, totals and key are whole",
    )
    verify.add_argument(
        "--head",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="backup が控えの隣に書いた .audit のファイル · an .audit file that backup wrote beside a backup",
    )
    command(
        commands,
        "purge",
        run_purge,
        "期限の過ぎたメモ本文を消す（毎日実行する）",
        "erase note texts whose time is over; run it every day",
    )


def run_verify(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    heads = dict(backups.read_head(file) for file in options.head)
    failed = False
    for name, fault in _checks(settings, heads):
        print(f"{'NG' if fault else 'OK'}  {name}" + (f": {fault}" if fault else ""))
        failed = failed or bool(fault)
    with contextlib.suppress(
        Failure
    ):  # of a database that is not there, or of another version, the lines said it
        tell_what_is_missing(settings)
    if failed:
        tell("異常が見つかりました。", "Something is wrong: see the lines that begin with NG.")
    return 1 if failed else 0


def _checks(settings: Settings, heads: dict[int, bytes]) -> Iterator[tuple[str, str]]:
    """Each check's name and its fault, "" when there is none. Stops early where the rest would make no sense."""
    database = existing(settings)
    try:
        file = sqlite_file(settings)
        if file is not None:
            try:
                copies.check(file)
                yield "SQLite の整合性 · integrity of the file", ""
            except copies.CopyError as fault:
                yield "SQLite の整合性 · integrity of the file", fault.detail
                return
        at, newest = migrate.revision(database), migrate.newest()
        yield "版 · migrations", "" if at == newest else f"at {at}, this version needs {newest}"
        if at != newest:
            return
        keyring, key_fault = _key(settings)
        yield "鍵 · the key", key_fault
        with database.read() as session:
            if keyring is not None:
                yield "鍵と封をした中身 · the key fits what is sealed", _key_fits(session, keyring)
            seen = heads | (keyring.witness.audit_heads() if keyring is not None else {})
            seq = audit.broken_at(session, seen)
            yield "監査記録 · the audit's chain", "" if seq is None else f"broken at entry {seq}"
            if keyring is not None and seq is None:
                remember_audit(session, keyring)
            yield "変更番号 · change numbers", _numbers(session)
            yield "集計 · totals and facts agree", _totals(session)
            yield "止まった日 · days at stops and visits agree", _held_days(session)
            yield "公表した数 · released figures are the sums of what was told", _released(session)
            yield "締めた週 · what was kept of closed weeks is unaltered", _closed_weeks(session)
            yield "一度だけ · nothing counts both on paper and by phone", _counted_twice(session)
    finally:
        database.close()


def _key(settings: Settings) -> tuple[Keyring | None, str]:
    try:
        return load_keyring(settings), ""
    except KeyFileError as fault:
        return None, str(fault)


_SEALED = {ContactNote: "note texts", Rejection: "rejected operations"}


def _key_fits(session: Session, keyring: Keyring) -> str:
    faults = []
    for kept, (sealed, _) in sealed_values.SEALED.items():
        select = sa.select(sealed).where(sealed.is_not(None)).execution_options(yield_per=1_000)
        strange = sum(not keyring.sealed(text) for text in session.scalars(select))
        if strange:
            faults.append(f"{strange} {_SEALED[kept]} were sealed with another key")
    return "; ".join(faults)


def _numbers(session: Session) -> str:
    """The counter never stands behind what it gave out, nor behind what is said to be backed up."""
    last, backed_up = session.execute(sa.select(ChangeCounter.value, ChangeCounter.backed_up_no)).one()
    used = {
        "a receipt": session.scalar(sa.select(sa.func.max(Receipt.change_no))),
        "a change": session.scalar(sa.select(sa.func.max(Change.change_no))),
        "a backup": backed_up,
    }
    beyond = [f"{name} at {number}" for name, number in used.items() if (number or 0) > last]
    return f"the counter is at {last}, {', '.join(beyond)}" if beyond else ""


def _totals(session: Session) -> str:
    found = [
        f"visit {d.visit_id} {d.measure} {d.key}: kept {d.kept}, counted {d.counted}"
        for d in recount.differences(session)
    ]
    found += [
        f"week {d.iso_week} {d.measure} {d.key}: kept {d.kept}, counted {d.counted}"
        for d in recount.week_differences(session)
    ]
    return f"{len(found)} differ: {'; '.join(found[:_SHOWN])}" if found else ""


def _held_days(session: Session) -> str:
    found = held_anew.differences(session)
    shown = "; ".join(
        f"stop {d.place.stop_id} on {d.place.local_day}: kept {d.kept}, counted {d.counted}"
        for d in found[:_SHOWN]
    )
    return f"{len(found)} differ: {shown}" if found else ""


def _released(session: Session) -> str:
    found = agreeing.differences(session)
    return f"{len(found)} differ: {'; '.join(map(str, found[:_SHOWN]))}" if found else ""


def _closed_weeks(session: Session) -> str:
    return ", ".join(unaltered.altered(session)[:_SHOWN])


def _counted_twice(session: Session) -> str:
    found = recount.counted_twice(session)
    shown = "; ".join(f"{twice.subject} of visit {twice.visit_id}" for twice in found[:_SHOWN])
    return f"{len(found)} told twice, choose which stands: {shown}" if found else ""


def run_purge(options: argparse.Namespace) -> int:
    settings, now = Settings.from_environment(), utc_now()
    with opened(settings) as database, contextlib.closing(load_keyring(settings)) as keyring:
        with database.write() as session:
            done = purge_texts(session, keyring, now, settings.note_text_days)
            letters = purge_contents(session, keyring, now, settings.note_text_days)
            forget_old(session, now)
        with database.write() as session:
            destroyed = sealed_values.destroy_unused_keys(session, keyring, now)
            if destroyed:
                note_in_audit(session, "destroy_keys", "key", f"destroyed {destroyed}")
        with database.read() as session:
            remember_audit(session, keyring)
        emptied = sealed_values.leave_no_bytes(database)
    tell(
        f"メモ本文を{done.purged}件消しました"
        f"（保全中{done.kept_by_hold}件、安全の心配が未了{done.kept_by_concern}件は残しています）。",
        f"Erased {done.purged} note texts; kept {done.kept_by_hold} on hold and "
        f"{done.kept_by_concern} with an open concern.",
    )
    tell(
        f"受け付けられなかった記録の中身を{letters.purged}件消しました（急ぎで未処理の{letters.kept_as_urgent}件は残しています）。",
        f"Erased the contents of {letters.purged} rejected operations; kept {letters.kept_as_urgent} that are urgent "
        "and unsettled.",
    )
    if destroyed:
        tell(
            f"中身がすべて無くなった{destroyed}か月の鍵を壊しました。古い控えの中身も、もう読めません。",
            f"Destroyed the keys of {destroyed} months of which nothing is left: old backups can't be read either.",
        )
    if not emptied:
        tell(
            "いま使用中のため、消した跡がファイルに少し残っています。あとでもう一度 purge を実行してください。",
            "The database is being read: traces stay in its files until purge runs again.",
        )
    return 0

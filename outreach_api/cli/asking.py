"""who-saw: who saw or changed what since when, for a report of a breach. Asking is in the audit itself."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.reads import who_saw
from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.csv_cells import write_csv
from outreach_api.kernel.week import TOKYO, day_bounds_utc
from outreach_api.settings import Settings
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.stops import Stop
from outreach_api.storage.visits import Visit

_COLUMNS = {
    "at": "日時",
    "label": "だれ・どの端末",
    "holder": "種類",
    "holder_id": "ID",
    "role": "役割",
    "acting_label": "手にしていた人",
    "acting_id": "その人のID",
    "action": "したこと",
    "outcome": "結果",
    "purpose": "理由",
    "entity_kind": "対象の種類",
    "entity_id": "対象のID",
    "visit_id": "出店のID",
    "stop": "出店場所",
    "local_day": "出店の日",
}


def add(commands: Commands) -> None:
    asked = command(
        commands,
        "who-saw",
        run_who_saw,
        "だれが・いつから・何を見たか（断られたものも。漏えいの報告に）",
        "who saw or changed what since when, denied attempts too; for a report of a breach",
    )
    asked.add_argument(
        "--since", type=_day, required=True, metavar="DAY", help="この日から · from this day on"
    )
    asked.add_argument("--until", type=_day, metavar="DAY", help="この日まで · up to and with this day")
    of = asked.add_mutually_exclusive_group()
    of.add_argument(
        "--entity",
        type=uuid.UUID,
        metavar="ID",
        help="メモ・出店などの ID · a note, a visit or another thing",
    )
    of.add_argument("--holder", type=uuid.UUID, metavar="ID", help="端末か人の ID · a device or a person")
    of.add_argument("--stop", metavar="CODE", help="出店場所のコード · all visits at a stop")
    asked.add_argument("--csv", action="store_true", help="表計算ソフト用に · for a spreadsheet")


def run_who_saw(options: argparse.Namespace) -> int:
    with opened(Settings.from_environment()) as database:
        with database.write() as session:
            wanted = _wanted(session, options)
            note_in_audit(session, "who_saw", "audit", _said(options))
        with database.read() as session:
            select = who_saw.matching(wanted, of_staff=True).order_by(AuditEntry.seq)
            rows = who_saw.views(session, list(session.scalars(select)), of_staff=True)
            stops = {row["stop_id"] for row in rows if row["stop_id"] is not None}
            codes = dict(session.execute(sa.select(Stop.id, Stop.code).where(Stop.id.in_(stops))).all())
    lines = [_line(row, codes) for row in rows]
    if options.csv:
        with contextlib.suppress(AttributeError):
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        header = [f"{ja} {name}" for name, ja in _COLUMNS.items()]
        sys.stdout.write(write_csv(lines, header, bom=True))
    else:
        print(" | ".join(_COLUMNS.values()))
        for line in lines:
            print(" | ".join("-" if cell is None else str(cell) for cell in line))
    tell(f"{len(rows)}件。本文は含みません。", f"{len(rows)} entries; none holds any content.")
    return 0


def _wanted(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    wanted: dict[str, Any] = {"since": day_bounds_utc(options.since)[0], "holder_id": options.holder}
    if options.until is not None:
        if options.until < options.since:
            raise Failure("--until は --since より後の日にしてください。", "--until lies before --since.")
        wanted["until"] = day_bounds_utc(options.until)[1]
    if options.entity is not None:
        is_visit = session.get(Visit, options.entity) is not None
        wanted["visit_id" if is_visit else "entity_id"] = options.entity
    if options.stop is not None:
        wanted["stop_id"] = session.scalar(sa.select(Stop.id).where(Stop.code == options.stop))
        if wanted["stop_id"] is None:
            raise Failure(f"出店場所 {options.stop} はありません。", f"There is no stop {options.stop}.")
    return wanted


def _said(options: argparse.Namespace) -> str:
    of = {name: getattr(options, name) for name in ("since", "until", "entity", "holder", "stop")}
    return " ".join(f"{name} {value}" for name, value in of.items() if value is not None)


def _line(row: dict[str, Any], codes: dict[uuid.UUID, str]) -> list[Any]:
    at = row["at"].astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
    shown = {**row, "at": at, "stop": codes.get(row["stop_id"])}
    return [None if shown[name] is None else str(shown[name]) for name in _COLUMNS]


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day such as 2026-11-28") from None

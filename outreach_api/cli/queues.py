"""import-queue: what a phone wrote into a file because it can't sync any more is performed as that phone's own.

Its operations keep their ids, so what had arrived before is a duplicate and nothing counts twice.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.access.acting import who_acts
from outreach_api.app import KINDS
from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.ledger.kinds import Actor, Registry, Work
from outreach_api.settings import Settings
from outreach_api.storage.access import Device, Token
from outreach_api.storage.keyring import Keyring, load_keyring
from outreach_api.storage.session import Database
from outreach_api.sync.push import all_typed_in, push
from schemas.sync import MOST_OPERATIONS
from schemas.vocabulary import Role

_FORM = 1
_PREFIX = re.compile(r"(?:okk_)?([0-9a-f]{12})(?:_.*)?")
_MOST_SKEW = dt.timedelta(days=40_000)


def add(commands: Commands) -> None:
    queue = command(
        commands,
        "import-queue",
        run_import_queue,
        "端末から書き出した記録（van.py export）を、その端末のものとして取り込む",
        "take in what a phone exported, as if that phone had sent it; nothing counts twice",
    )
    queue.add_argument("file", type=Path, metavar="FILE", help="書き出されたファイル · the exported file")
    queue.add_argument(
        "--device",
        metavar="NAME",
        help="端末の名前かトークンの頭12文字（ファイルに書かれた端末がないとき）· "
        "a device's label or its token's first 12 characters, if not the one that the file names",
    )


def run_import_queue(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    keyring = load_keyring(settings)
    file = _read(options.file)
    with opened(settings) as database:
        with database.read() as session:
            device = _device(session, options.device, file.holder_id)
            actor = Actor(holder_id=device.id, role=Role.CREW, van_id=device.van_id)
        results = _perform(database, settings, keyring, actor, file)
        ended = Counter(line["original"] or line["result"] for line in results)
        known = sum(line["result"] == "duplicate" for line in results)
        with database.write() as session:
            counts = f"{options.file.name} of {device.id}: {len(results)} operations, {known} known"
            note_in_audit(session, "import_queue", "operation", counts)
    for line in results:
        if (line["original"] or line["result"]) != "applied":
            print(f"{line['op_id'] or '-'} {line['result']} {line['code']}: {line['detail']} {line['fix']}")
    fresh = sum(line["result"] == "applied" for line in results)
    tell(
        f"{device.label}：取り込んだもの{fresh}件、"
        f"もう届いていたもの{known}件、待っているもの{ended['retry']}件、"
        f"受け付けられないもの{ended['rejected'] + ended['conflict']}件、読めない行{file.unreadable}",
        f"{device.label}: {fresh} taken in, {known} known before, "
        f"{ended['retry']} waiting, {ended['rejected'] + ended['conflict']} refused, "
        f"{file.unreadable} unreadable lines",
    )
    return 1 if file.unreadable else 0


@dataclass(slots=True)
class _File:
    """A phone's queue as it was exported."""

    operations: list[Any]
    unreadable: int
    holder_id: uuid.UUID | None
    skew: dt.timedelta
    """How far the phone's clock was behind ours, as far as it knew."""


def _read(path: Path) -> _File:
    """Raises Failure for what is no queue; a file that was cut off gives what is whole."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        head = _object(next(lines, ""))
        if head.get("outreach_queue") != _FORM:
            raise Failure(
                f"{path} は端末が書き出したファイルではありません。",
                f"{path} is no queue that a phone exported.",
            )
        rows = [_object(line) for line in lines if line.strip()]
    operations = [row["operation"] for row in rows if "operation" in row]
    try:
        holder = uuid.UUID(str(head.get("holder_id")))
    except ValueError:
        holder = None
    skew = head.get("skew_seconds")
    known = isinstance(skew, int | float) and abs(skew) < _MOST_SKEW.total_seconds()
    return _File(
        operations, len(rows) - len(operations), holder, dt.timedelta(seconds=skew if known and skew else 0)
    )


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _device(session: Session, name: str | None, holder_id: uuid.UUID | None) -> Device:
    """Whose operations they are, as asked or as the file says. Raises Failure."""
    if name is None:
        found = list(session.scalars(sa.select(Device).where(Device.id == holder_id)))
        name = str(holder_id)
    else:
        prefix = _PREFIX.fullmatch(name.strip())
        wanted = sa.select(Device).where(Device.label == name)
        if prefix is not None:
            wanted = (
                sa.select(Device).join(Token, Token.device_id == Device.id).where(Token.prefix == prefix[1])
            )
        found = list(session.scalars(wanted))
    if not found:
        raise Failure(
            f"端末 {name} が見つかりません。--device で名前かトークンの頭12文字を指定してください（outreach tokens）。",
            f"There is no device {name}: name it by --device, with its label or the first 12 characters of its "
            "token (see `outreach tokens`).",
        )
    if len(found) > 1:
        raise Failure(
            f"端末 {name} は{len(found)}台あります。--device で名前かトークンの頭12文字を指定してください（outreach tokens）。",
            f"{len(found)} devices are called {name}: name one by --device, with its label or the first 12 "
            "characters of its token (see `outreach tokens`).",
        )
    return found[0]


def _perform(
    database: Database, settings: Settings, keyring: Keyring, actor: Actor, file: _File
) -> list[dict[str, Any]]:
    """The last result of each operation. What waits for a later one comes again, as long as that helps."""
    ended: list[dict[str, Any]] = []
    waiting = file.operations
    while waiting:
        again: list[Any] = []
        results: list[dict[str, Any]] = []
        for chunk in _chunks(waiting):
            now = utc_now()
            typed = all_typed_in(chunk, now - file.skew, now)
            acting = who_acts(database, keyring, actor, typed, now)
            with database.write() as session:
                answer = push(
                    Work(session, actor, now, settings, keyring),
                    chunk,
                    now - file.skew,
                    kinds=Registry(KINDS),
                    hash_key=keyring.secret("receipts"),
                    language="ja",
                    acting=acting,
                )
            for item, line in zip(chunk, answer["results"], strict=True):
                results.append(line)
                if line["result"] == "retry":
                    again.append(item)
                else:
                    ended.append(line)
        if len(again) == len(waiting):
            return ended + [line for line in results if line["result"] == "retry"]
        waiting = again
    return ended


def _chunks(operations: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(operations), MOST_OPERATIONS):
        yield operations[start : start + MOST_OPERATIONS]

"""import-gazetteer: lists of places as Japan publishes them, so that addresses are found without any network."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.week import TOKYO
from outreach_api.messages import say
from outreach_api.settings import Settings
from outreach_api.stops.gazetteer import imports
from outreach_api.stops.gazetteer.files import Fault, Unusable, members_of
from outreach_api.stops.gazetteer.reading import Lists, open_lists
from outreach_api.storage.places import GazetteerImport

_CITIES_SHOWN = 5
_LEFT_OUT = {
    "ended": ("廃止・削除された行", "lines of what is no more"),
    "unplaced": ("位置のない行", "lines without a position"),
    "townless": ("町名のない行", "lines without a town"),
    "doubled": ("代わりの位置（代表でない・重複）の行", "further positions of the same place"),
}


def add(commands: Commands) -> None:
    gazetteer = command(
        commands,
        "import-gazetteer",
        run_import,
        "住所の一覧（位置参照情報、アドレス・ベース・レジストリの csv・zip）を取り込む。誤りが一つでもあれば何も取り込まない",
        "import lists of places (位置参照情報 or アドレス・ベース・レジストリ, csv or zip): nothing unless every line is good",
    )
    gazetteer.add_argument(
        "files",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="csv か zip。アドレス・ベース・レジストリは名前と位置（…_pos_…）の両方 · "
        "csv or zip; of the address base registry both names and positions",
    )
    gazetteer.add_argument(
        "--undo", action="store_true", help="最後の取り込みを取り消す · undo the newest import"
    )
    gazetteer.add_argument("--list", action="store_true", help="取り込みの一覧 · list the imports")


def run_import(options: argparse.Namespace) -> int:
    chosen = bool(options.files) + options.undo + options.list
    if chosen != 1:
        tell(
            "ファイル、--list、--undo のどれか一つを指定してください。",
            "Name the files, or one of --list and --undo.",
        )
        return 2
    settings = Settings.from_environment()
    with opened(settings) as database:
        if options.list:
            with database.read() as session:
                _list(session)
            return 0
        if options.undo:
            with database.write() as session:
                return _undo(session)
        _not_too_large(options.files, settings.max_import_bytes)
        imports.remove_unfinished(database)
        source = imports.Source.of(options.files)
        with database.read() as session:
            before = imports.in_force_again(session, source)
        if before is not None:
            tell(
                "同じファイルがすでに使われています。何も変えていません。",
                "These very files are in force already: nothing was changed.",
            )
            return 0
        try:
            lists = open_lists(member for file in options.files for member in members_of(file))
            entry_id = imports.keep(database, lists, source, utc_now())
        except Unusable as unusable:
            raise Failure(_said(unusable.fault), *_nothing()) from None
        if entry_id is None:
            _tell_faults(lists)
            raise Failure(*_nothing())
        with database.write() as session:
            entry = session.get_one(GazetteerImport, entry_id)
            note_in_audit(session, "import_gazetteer", "gazetteer", f"{entry.form}: {entry.places} places")
    _tell(entry, lists)
    return 0


def _not_too_large(files: list[Path], most: int) -> None:
    for file in files:
        if file.stat().st_size > most:
            raise Failure(*(say("file_too_big", language, {"most": most}) for language in ("ja", "en")))


def _said(fault: Fault) -> str:
    place = f"{fault.file} {fault.line}行目 · line {fault.line}" if fault.line else fault.file
    column = f", {fault.column}" if fault.column else ""
    return f"{place}{column}: {say(fault.code, 'ja', fault.params)} {say(fault.code, 'en', fault.params)}"


def _nothing() -> tuple[str, str]:
    return "何も取り込んでいません。", "Nothing was imported."


def _tell_faults(lists: Lists) -> None:
    if not lists.faults:
        tell(f"{say('file_empty', 'ja')} {say('file_empty', 'en')}")
    for fault in lists.faults:
        tell(_said(fault))
    _tell_left_out(lists)


def _tell(entry: GazetteerImport, lists: Lists) -> None:
    tell(
        f"住所の一覧を取り込みました：{entry.places:,} か所、{_cities(entry)}。出典：{entry.credit}",
        f"Imported {entry.places:,} places ({entry.form}).",
    )
    _tell_left_out(lists)


def _tell_left_out(lists: Lists) -> None:
    for reason, number in sorted(lists.left_out.items()):
        ja, en = _LEFT_OUT[reason]
        tell(f"{ja}：{number:,} 行（取り込んでいません）。", f"{number:,} {en} were left out.")


def _cities(entry: GazetteerImport) -> str:
    shown = "、".join(entry.cities[:_CITIES_SHOWN])
    more = len(entry.cities) - _CITIES_SHOWN
    return f"{shown}ほか{more}市区町村" if more > 0 else shown


def _list(session: Session) -> None:
    used = {entry.id for entry in imports.in_force(session)}
    for entry in imports.gazetteers(session):
        mark = (
            "* 使用中 in force" if entry.id in used else "取消 undone" if entry.undone_at else "旧 replaced"
        )
        at = f"{entry.imported_at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
        print(f"{at}  {mark}  {entry.form}  {entry.places:,}  {_cities(entry)}  ({entry.file_name})")


def _undo(session: Session) -> int:
    undone = imports.undo(session, utc_now())
    if undone is None:
        raise Failure("取り消す取り込みがありません。", "There is no import to undo.")
    note_in_audit(session, "undo_gazetteer", "gazetteer", f"{undone.form}: {undone.places} places")
    tell(f"{undone.file_name} を取り消しました。", f"Undid {undone.file_name}.")
    return 0

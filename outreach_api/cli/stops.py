"""import-stops: the places of a spreadsheet, all or nothing, or the good lines and a file of the bad ones."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from outreach_api.cli.console import CONSOLE, Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.csv_cells import write_csv
from outreach_api.messages import say
from outreach_api.settings import Settings
from outreach_api.stops.csv_columns import column_called, template
from outreach_api.stops.csv_rows import BadCell, StopsFile, read_stops_csv
from outreach_api.stops.imports import Imported, bad_lines_csv, import_stops
from outreach_api.storage.keyring import load_keyring

_SHOWN = 100
_CELL_SHOWN = 30


def add(commands: Commands) -> None:
    stops = command(
        commands,
        "import-stops",
        run_import,
        "出店場所を CSV（UTF-8 か Shift_JIS）から取り込む。誤りが一つでもあれば何も取り込まない",
        "import stops from a CSV (UTF-8 or cp932): nothing at all unless every line is good",
    )
    stops.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV ファイル · the CSV file")
    stops.add_argument(
        "--partial",
        action="store_true",
        help="正しい行だけ取り込み、残りを別のファイルに書く · "
        "import the good lines, write the bad ones to a file to be mended",
    )
    stops.add_argument(
        "--bad",
        type=Path,
        metavar="FILE",
        help="誤りのある行を書くファイル（既定 FILE-bad.csv）· where bad lines go (FILE-bad.csv)",
    )
    stops.add_argument(
        "--template",
        nargs="?",
        choices=["ja", "en"],
        const="ja",
        help="見出しと例のある CSV を出力して終わる · print a CSV with header and example, and end",
    )


def run_import(options: argparse.Namespace) -> int:
    if options.template:
        header, example = template(japanese=options.template == "ja")
        # Bytes, because a spreadsheet wants UTF-8 with a mark whatever this terminal speaks.
        sys.stdout.flush()
        sys.stdout.buffer.write(write_csv([example], header, bom=True).encode())
        return 0
    if options.file is None:
        tell(
            "CSV ファイルを指定してください（ひな形は --template）。",
            "Name a CSV file; --template prints one.",
        )
        return 2
    settings = Settings.from_environment()
    bad_file = options.bad or options.file.with_name(f"{options.file.stem}-bad.csv")
    if options.partial and bad_file.exists():
        raise Failure(
            f"{bad_file} がすでにあります。移すか、--bad で別の名前にしてください。",
            f"{bad_file} exists already and is not replaced: move it, or name another with --bad.",
        )
    file = read_stops_csv(_content(options.file, settings.max_import_bytes))
    if file.encoding:
        tell(f"文字コード · read as {file.encoding}")
    if file.faults:
        _tell_faults(file.faults)
        raise Failure("何も取り込んでいません。", "Nothing was imported.")
    keyring = load_keyring(settings)
    with opened(settings) as database:
        done = import_stops(database, keyring, settings, CONSOLE, file, partial=options.partial)
        if done.added or done.permissions:
            with database.write() as session:
                counts = f"{options.file.name}: {done.added} stops, {done.permissions} permissions"
                note_in_audit(session, "import_stops", "stop", counts)
    return _tell(file, done, bad_file, partial=options.partial)


def _content(file: Path, most: int) -> bytes:
    with file.open("rb") as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise Failure(*(say("file_too_large", language, {"most": most}) for language in ("ja", "en")))
    return content


def _tell(file: StopsFile, done: Imported, bad_file: Path, *, partial: bool) -> int:
    _tell_faults([fault for row in done.bad for fault in row.faults])
    if done.bad and not partial:
        raise Failure(
            f"{len(done.bad)}行に誤りがあり、何も取り込んでいません（--partial で正しい行だけ取り込めます）。",
            f"{len(done.bad)} lines have faults, so nothing was imported; --partial imports the good ones.",
        )
    if done.bad:
        _write_private(bad_file, bad_lines_csv(file, done.bad))
        tell(
            f"誤りのある{len(done.bad)}行を {bad_file} に書きました。直してもう一度取り込んでください。",
            f"Wrote the {len(done.bad)} bad lines to {bad_file}: mend them there and import that file.",
        )
    _tell_faults(done.notes)
    tell(
        f"場所を{done.added}件、許可を{done.permissions}件追加しました（{done.unchanged}件は登録済み）。",
        f"Added {done.added} stops and {done.permissions} permissions; {done.unchanged} stops were there already.",
    )
    return 1 if done.bad else 0


def _tell_faults(faults: Sequence[BadCell]) -> None:
    for fault in faults[:_SHOWN]:
        cell = f"「{fault.cell[:_CELL_SHOWN]}」" if fault.cell else ""
        tell(
            f"{_place(fault)}{cell}: {say(fault.code, 'ja', fault.params)} {say(fault.code, 'en', fault.params)}"
        )
    if len(faults) > _SHOWN:
        tell(f"ほか{len(faults) - _SHOWN}件 · and {len(faults) - _SHOWN} more")


def _place(fault: BadCell) -> str:
    """Line and column, the column as the heads of both templates call it: either file is searched with them."""
    place = (f"{fault.line}行目", f"line {fault.line}") if fault.line else ("ファイル", "file")
    if not fault.column:
        return " · ".join(place)
    known = column_called(fault.column)
    return f"{place[0]} {known.label if known else fault.column} · {place[1]}, {fault.column}"


def _write_private(file: Path, content: str) -> None:
    """A new file for its owner only: it may hold the phone number of a host."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as target:
        target.write(content)

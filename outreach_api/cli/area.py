"""import-population, import-boundary: who lives where and where the city ends; each import can be undone."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.geo import Outline
from outreach_api.kernel.week import TOKYO
from outreach_api.messages import say
from outreach_api.outreach_map import imports
from outreach_api.outreach_map.estat import TARGET_LABEL
from outreach_api.outreach_map.outlines import BadOutline, read_outline
from outreach_api.outreach_map.population import PopulationTable, TableError, cell_targets, cell_totals
from outreach_api.outreach_map.population_file import cut, read_population
from outreach_api.outreach_map.reads.need import in_force
from outreach_api.settings import Settings
from outreach_api.storage.area import Boundary, PopulationImport

_LONGEST_LABEL = 80


def add(commands: Commands) -> None:
    population = command(
        commands,
        "import-population",
        run_population,
        "人口（e-Stat の地域メッシュ統計 txt・zip、または CSV）を取り込む。誤りが一つでもあれば何も取り込まない",
        "import populations by mesh cell (e-Stat txt or zip, or a CSV): nothing unless every line is good",
    )
    what = _file_or_else(population)
    what.add_argument(
        "--template", action="store_true", help="CSV の見出しと例を出力する · print a CSV with an example"
    )
    population.add_argument(
        "--label", type=_label, metavar="TEXT", help="名前（既定はファイル名）· its name (the file's)"
    )
    population.add_argument(
        "--target",
        metavar="LABEL",
        help=f"対象人口の列（e-Stat の2行目の見出し、既定「{TARGET_LABEL}」）· "
        "the target people: a label of row two of an e-Stat file (children of 0 to 14)",
    )
    population.add_argument(
        "--boundary",
        metavar="CODE",
        help="取り込んだ境界（例 12207）の内側だけにする · only what lies inside an imported outline",
    )
    outline = command(
        commands,
        "import-boundary",
        run_boundary,
        "境界（GeoJSON）を取り込む",
        "import the outline of a city or district (GeoJSON)",
    )
    _file_or_else(outline)
    outline.add_argument(
        "--code",
        type=_label,
        metavar="CODE",
        help="コード（複数の地域があるファイルではその一つ）· its code; picks one area of several",
    )
    outline.add_argument("--name", type=_label, metavar="TEXT", help="名前 · its name")


def run_population(options: argparse.Namespace) -> int:
    if options.template:
        print("mesh500,population,target,share_inside_city\n533957423,2065,251,1.0")
        return 0
    settings = Settings.from_environment()
    if options.list:
        with opened(settings) as database, database.read() as session:
            _list_populations(session)
        return 0
    if options.undo:
        with opened(settings) as database, database.write() as session:
            return _undo_population(session)
    data = _content(options.file, settings.max_import_bytes)
    table = read_population(data, options.target)
    _refuse(table)
    with opened(settings) as database, database.write() as session:
        if options.boundary is not None:
            table = cut(table, _outline(session, options.boundary))
            _refuse(table)
        kept = imports.keep_population(
            session,
            table,
            label=options.label or _label(options.file.stem[:_LONGEST_LABEL]),
            source=imports.SourceFile.of(options.file.name, data),
            boundary_code=options.boundary,
            now=utc_now(),
        )
        if kept.again:
            tell(
                f"同じファイルがすでに使われています（「{kept.entry.label}」）。何も変えていません。",
                f"This very file is in force already, as {kept.entry.label}: nothing was changed.",
            )
            return 0
        note_in_audit(session, "import_population", "population", kept.entry.label)
        elsewhere = imports.lies_elsewhere(session, table)
    _tell_population(table, kept.entry)
    if elsewhere:
        tell(
            "どの出店場所もこのファイルの範囲に入っていません。別の地域なら --undo で取り消してください。",
            "None of the stops lies in its cells: if it is another region's file, undo it with --undo.",
        )
    return 0


def run_boundary(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    if options.list:
        with opened(settings) as database, database.read() as session:
            for entry in imports.boundaries(session):
                print(f"{_state(entry)}  {entry.code}  {entry.name}  ({entry.file_name})")
        return 0
    if options.undo:
        with opened(settings) as database, database.write() as session:
            undone = imports.undo_boundary(session, utc_now(), options.code)
            if undone is None:
                raise Failure("取り消す境界がありません。", "There is no outline to undo.")
            note_in_audit(session, "undo_boundary", "boundary", undone.code)
        tell(f"境界「{undone.name}」を取り消しました。", f"Undid the outline {undone.code} {undone.name}.")
        return 0
    data = _content(options.file, settings.max_import_bytes)
    try:
        named = read_outline(data, options.code, options.name)
    except BadOutline as fault:
        raise Failure(*_both(fault.reason, fault.params), *_nothing()) from None
    with opened(settings) as database, database.write() as session:
        source = imports.SourceFile.of(options.file.name, data)
        if not imports.keep_boundary(session, named, source=source, now=utc_now()):
            tell(
                f"同じ境界「{named.name}」がすでにあります。",
                f"The outline {named.code} of this very file is there already.",
            )
            return 0
        note_in_audit(session, "import_boundary", "boundary", named.code)
    polygons = named.outline.polygons
    corners = sum(len(ring) for rings in polygons for ring in rings)
    tell(
        f"境界「{named.name}」（{named.code}）を取り込みました：{len(polygons)}面、{corners}点。",
        f"Imported the outline {named.code} {named.name}: {len(polygons)} polygons, {corners} points.",
    )
    return 0


def _file_or_else(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", metavar="FILE", help="ファイル · the file")
    what.add_argument("--undo", action="store_true", help="最後の取り込みを取り消す · undo the newest import")
    what.add_argument("--list", action="store_true", help="取り込みの一覧 · list the imports")
    return what


def _content(file: Path, most: int) -> bytes:
    with file.open("rb") as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise Failure(*_both("file_too_big", {"most": most}))
    return content


def _outline(session: Session, code: str) -> Outline:
    entry = imports.boundary(session, code)
    if entry is None:
        raise Failure(
            f"境界 {code} がありません。先に `outreach import-boundary` で取り込んでください。",
            f"There is no outline {code}: import it first with `outreach import-boundary`.",
        )
    return Outline.from_geojson(entry.geometry)


def _refuse(table: PopulationTable) -> None:
    """Name every fault of a file and import nothing."""
    if not table.errors:
        return
    for error in table.errors:
        tell(f"{_place(error)}: {' '.join(_both(error.code, error.params))}")
    raise Failure(*_nothing())


def _place(error: TableError) -> str:
    place = f"{error.line}行目 · line {error.line}" if error.line else "ファイル · file"
    return f"{place}, {error.column}" if error.column else place


def _both(code: str, params: object) -> tuple[str, str]:
    shown = params if isinstance(params, dict) else {}
    return say(code, "ja", shown), say(code, "en", shown)


def _nothing() -> tuple[str, str]:
    return "何も取り込んでいません。", "Nothing was imported."


def _tell_population(table: PopulationTable, entry: PopulationImport) -> None:
    cells = sum(len(unit.cells) for unit in table.units)
    residents = round(sum(cell_totals(table.units).values()))
    tell(
        f"人口「{entry.label}」を取り込みました：{table.metres} m メッシュ {cells:,} 個、{residents:,} 人。",
        f"Imported {entry.label}: {cells:,} cells of {table.metres} m with {residents:,} residents.",
    )
    merged = sum(len(unit.cells) > 1 for unit in table.units)
    if merged:
        tell(
            f"秘匿のため合算された {merged:,} 組は一つのまとまりとして扱います。",
            f"{merged:,} groups of cells that were merged for secrecy are kept as one each.",
        )
    if table.target_label:
        targets = round(sum(cell_targets(table.units).values()))
        tell(
            f"対象人口（{table.target_label}）：{targets:,} 人。",
            f"Target people ({table.target_label}): {targets:,}.",
        )
    else:
        tell(
            "対象人口の列がないので、カバー率は総人口で計算します。",
            "The file has no target people (column target), so coverage will be of all residents.",
        )


def _list_populations(session: Session) -> None:
    used = True
    for entry in imports.populations(session):
        state = _state(entry)
        if entry.undone_at is None and used:
            state, used = "* 使用中 in force", False
        target = entry.target_label or "total only"
        cut_to = f", {entry.boundary_code}" if entry.boundary_code else ""
        print(f"{state}  {entry.label}  {entry.cell_metres} m, {target}{cut_to}  ({entry.file_name})")


def _state(entry: PopulationImport | Boundary) -> str:
    at = entry.imported_at.astimezone(TOKYO)
    return f"{at:%Y-%m-%d %H:%M} 取消 undone" if entry.undone_at else f"{at:%Y-%m-%d %H:%M}"


def _undo_population(session: Session) -> int:
    undone = imports.undo_population(session, utc_now())
    if undone is None:
        raise Failure("取り消す取り込みがありません。", "There is no import to undo.")
    note_in_audit(session, "undo_population", "population", undone.label)
    tell(f"「{undone.label}」を取り消しました。", f"Undid {undone.label}.")
    now = in_force(session)
    if now is None:
        tell("使われている人口はありません。", "No population is in force now.")
    else:
        tell(f"いま使われているのは「{now.label}」です。", f"{now.label} is in force again.")
    return 0


def _label(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST_LABEL or not text.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {_LONGEST_LABEL} printable characters")
    return text

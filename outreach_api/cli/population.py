"""import-population: who lives where; each import can be undone."""

from __future__ import annotations

import argparse

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.cli.importing import add_files, contents, label, label_of, one_thing, refuse, state
from outreach_api.kernel.clock import utc_now
from outreach_api.outreach_map import imports
from outreach_api.outreach_map.population import (
    CENSUS_LABELS,
    PopulationTable,
    cell_targets,
    cell_totals,
    counted_target,
    name_of_target,
)
from outreach_api.outreach_map.population_file import cut, read_population
from outreach_api.outreach_map.reads.populations import in_force
from outreach_api.outreach_map.rules.inside import Polygons
from outreach_api.outreach_map.shapes import as_rings
from outreach_api.settings import Settings
from outreach_api.storage.area import PopulationImport
from schemas.vocabulary import TargetPopulation


def add(commands: Commands) -> None:
    population = command(
        commands,
        "import-population",
        run_population,
        "人口（e-Stat の地域メッシュ統計 txt・zip、または CSV。いくつでも）を取り込む。誤りが一つでもあれば何も取り込まない",
        "import populations by mesh cell (e-Stat txt or zip, or a CSV; several files are one import): "
        "nothing unless every line is good",
    )
    add_files(population)
    population.add_argument(
        "--template", action="store_true", help="CSV の見出しと例を出力する · print a CSV with an example"
    )
    population.add_argument(
        "--label", type=label, metavar="TEXT", help="名前（既定はファイル名）· its name (the file's)"
    )
    population.add_argument(
        "--target",
        metavar="LABEL",
        help="設定より先に数える対象人口（e-Stat の2行目の見出し）· target people to be counted before those of "
        "OUTREACH_TARGET_POPULATION: a label of row two of an e-Stat file",
    )
    population.add_argument(
        "--boundary",
        metavar="CODE",
        help="取り込んだ境界（例 12207）の内側だけにする · only what lies inside an imported outline",
    )


def run_population(options: argparse.Namespace) -> int:
    if not one_thing(options.files, options.list, options.undo, options.template):
        return 2
    if options.template:
        print("mesh500,population,children_0_14,share_inside_city\n533957423,2065,251,1.0")
        return 0
    settings = Settings.from_environment()
    if options.list:
        with opened(settings) as database, database.read() as session:
            _list(session)
        return 0
    if options.undo:
        with opened(settings) as database, database.write() as session:
            return _undo(session)
    files = contents(options.files, settings.max_import_bytes)
    table = read_population(files, settings.max_import_bytes, options.target)
    refuse(table.errors)
    with opened(settings) as database, database.write() as session:
        if options.boundary is not None:
            table = cut(table, _outline(session, options.boundary))
            refuse(table.errors)
        kept = imports.keep_population(
            session,
            table,
            label=options.label or label_of(options.files),
            source=imports.Source.of(files),
            boundary_code=options.boundary,
            now=utc_now(),
        )
        if kept.again:
            tell(
                f"同じファイルがすでに使われています（「{kept.entry.label}」）。何も変えていません。",
                f"These very files are in force already, as {kept.entry.label}: nothing was changed.",
            )
            return 0
        note_in_audit(session, "import_population", "population", kept.entry.label)
        elsewhere = imports.lies_elsewhere(session, table)
    _tell(table, kept.entry, settings.target_population)
    if elsewhere:
        tell(
            "どの出店場所もこのファイルの範囲に入っていません。別の地域なら --undo で取り消してください。",
            "None of the stops lies in its cells: if it is another region's file, undo it with --undo.",
        )
    return 0


def _outline(session: Session, code: str) -> Polygons:
    entry = imports.boundary(session, code)
    if entry is None:
        raise Failure(
            f"境界 {code} がありません。先に `outreach import-boundary` で取り込んでください。",
            f"There is no outline {code}: import it first with `outreach import-boundary`.",
        )
    return as_rings(entry.geometry)


def _tell(table: PopulationTable, entry: PopulationImport, wanted: TargetPopulation) -> None:
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
    counted = counted_target(table.targets, wanted)
    for word, called in table.targets.items():
        people = round(sum(cell_targets(table.units, word).values()))
        used = "（カバー率に使います · coverage counts these）" if word == counted else ""
        tell(f"対象人口 · target: {called} {people:,} {used}".rstrip())
    for word, files in table.missing.items():
        called, where = name_of_target(word), ", ".join(files)
        tell(
            f"「{called}」は {where} にないので、使えません。",
            f"{called} is not known in {where}, so it can't be counted.",
        )
    if counted is None:
        called = CENSUS_LABELS[wanted][0]
        tell(
            f"設定の対象人口（{wanted}：{called}）がないので、カバー率は総人口で計算します。",
            f"The files don't know the wanted target people ({wanted}), so coverage will be of all residents.",
        )


def _list(session: Session) -> None:
    used = True
    for entry in imports.populations(session):
        shown = state(entry)
        if entry.undone_at is None and used:
            shown, used = "* 使用中 in force", False
        known = ", ".join(entry.targets.values()) or "total only"
        cut_to = f", {entry.boundary_code}" if entry.boundary_code else ""
        print(f"{shown}  {entry.label}  {entry.cell_metres} m, {known}{cut_to}  ({entry.file_name})")


def _undo(session: Session) -> int:
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

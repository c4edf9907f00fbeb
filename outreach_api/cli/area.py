"""import-boundary and import-areas: where the city ends, and districts within it; each import can be undone."""

from __future__ import annotations

import argparse
from dataclasses import replace

from sqlalchemy.orm import Session

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.cli.importing import add_files, contents, label, one_thing, refuse, state
from outreach_api.kernel.clock import utc_now
from outreach_api.outreach_map import area_imports, imports
from outreach_api.outreach_map.areas import AreaTable, Wanted, read_areas
from outreach_api.outreach_map.outlines import read_outline
from outreach_api.outreach_map.table_file import Unreadable
from outreach_api.settings import Settings
from outreach_api.storage.area import AreaSet
from schemas.vocabulary import AreaKind


def add(commands: Commands) -> None:
    outline = command(
        commands,
        "import-boundary",
        run_boundary,
        "市の境界（GeoJSON、シェープファイルの zip）を取り込む",
        "import the outline of a city (GeoJSON, or a shapefile's zip)",
    )
    add_files(outline)
    outline.add_argument(
        "--code",
        type=label,
        metavar="CODE",
        help="コード（複数の地域があるファイルではその一つ）· its code; picks one area of several",
    )
    outline.add_argument("--name", type=label, metavar="TEXT", help="名前 · its name")
    areas = command(
        commands,
        "import-areas",
        run_areas,
        "学校区（A27）・町丁（e-Stat 小地域）・市区町村（N03）などの区域を取り込む（GeoJSON、シェープファイルの zip）",
        "import districts: school districts (A27), neighbourhoods (e-Stat), cities (N03), your own "
        "(GeoJSON, or a shapefile's zip)",
    )
    add_files(areas)
    areas.add_argument(
        "--set",
        type=label,
        metavar="NAME",
        help="区域の呼び名（例 小学校区）· what the areas are called together",
    )
    areas.add_argument(
        "--kind", choices=[*AreaKind], help="種類（既定はファイルから）· their kind (by the file)"
    )
    areas.add_argument(
        "--within",
        type=label,
        metavar="CODE",
        help="この市区町村のものだけ（例 12207）· only those of a city",
    )
    for option, what in (("code", "コード"), ("name", "名前"), ("city", "市区町村コード")):
        areas.add_argument(
            f"--{option}-field",
            metavar="FIELD",
            help=f"{what}の属性名（自動で分からないとき）· the attribute of their {option}, if it isn't known",
        )
    areas.add_argument(
        "--layer",
        metavar="TEXT",
        help="zip に層が複数あるとき、その名前の一部 · which layer of a zip, by part of its name",
    )


def run_boundary(options: argparse.Namespace) -> int:
    # Of two files, one would be quietly dropped.
    if not one_thing(*(options.files or [None]), options.list, options.undo):
        return 2
    settings = Settings.from_environment()
    if options.list:
        with opened(settings) as database, database.read() as session:
            for entry in imports.boundaries(session):
                print(f"{state(entry)}  {entry.code}  {entry.name}  ({entry.file_name})")
        return 0
    if options.undo:
        with opened(settings) as database, database.write() as session:
            undone = imports.undo_boundary(session, utc_now(), options.code)
            if undone is None:
                raise Failure("取り消す境界がありません。", "There is no outline to undo.")
            note_in_audit(session, "undo_boundary", "boundary", undone.code)
        tell(f"境界「{undone.name}」を取り消しました。", f"Undid the outline {undone.code} {undone.name}.")
        return 0
    (file,) = files = contents(options.files, settings.max_import_bytes)
    try:
        named = read_outline(file, settings.max_import_bytes, options.code, options.name)
    except Unreadable as fault:
        refuse([replace(fault.error, file=file[0])])
        raise
    with opened(settings) as database, database.write() as session:
        source = imports.Source.of(files)
        if not imports.keep_boundary(session, named, source=source, now=utc_now()):
            tell(
                f"同じ境界「{named.name}」がすでにあります。",
                f"The outline {named.code} of this very file is there already.",
            )
            return 0
        note_in_audit(session, "import_boundary", "boundary", named.code)
    corners = sum(len(ring) for rings in named.polygons for ring in rings)
    tell(
        f"境界「{named.name}」（{named.code}）を取り込みました：{len(named.polygons)}面、{corners}点。",
        f"Imported the outline {named.code} {named.name}: {len(named.polygons)} polygons, {corners} points.",
    )
    return 0


def run_areas(options: argparse.Namespace) -> int:
    if not one_thing(options.files, options.list, options.undo):
        return 2
    settings = Settings.from_environment()
    if options.list:
        with opened(settings) as database, database.read() as session:
            _list_areas(session)
        return 0
    if options.undo:
        with opened(settings) as database, database.write() as session:
            return _undo_areas(session, options.set)
    files = contents(options.files, settings.max_import_bytes)
    wanted = Wanted(options.code_field, options.name_field, options.city_field, options.within, options.layer)
    table = read_areas(files, settings.max_import_bytes, wanted)
    refuse(table.errors)
    name = options.set or table.title
    if not name:
        raise Failure("--set で区域の呼び名を付けてください。", "Say with --set what the areas are called.")
    with opened(settings) as database, database.write() as session:
        entry = area_imports.keep_areas(
            session,
            table,
            name=name,
            kind=AreaKind(options.kind or table.kind),
            within=options.within,
            source=imports.Source.of(files),
            now=utc_now(),
        )
        if entry is None:
            tell(f"同じ「{name}」がすでにあります。", f"{name} of these very files is in force already.")
            return 0
        note_in_audit(session, "import_areas", "areas", f"{name}: {entry.areas} areas")
    _tell_areas(table, entry)
    return 0


def _tell_areas(table: AreaTable, entry: AreaSet) -> None:
    tell(
        f"「{entry.name}」を取り込みました：{entry.areas:,} 区域、境界の点 {entry.corners:,}。",
        f"Imported {entry.name} ({entry.kind}): {entry.areas:,} areas with {entry.corners:,} points.",
    )
    if table.left_out:
        tell(
            f"コードか名前のない地物・水面 {table.left_out:,} 件は取り込んでいません。",
            f"{table.left_out:,} records without a code or name, or of water, were left out.",
        )
    shown = "、".join(area.name for area in list(table.areas.values())[:5])
    tell(f"例 · such as: {shown}")


def _list_areas(session: Session) -> None:
    seen: set[str] = set()
    for entry in area_imports.area_sets(session):
        in_force = entry.undone_at is None and entry.name not in seen
        if in_force:
            seen.add(entry.name)
        shown = "* 使用中 in force" if in_force else state(entry)
        within = f", {entry.within}" if entry.within else ""
        print(f"{shown}  {entry.name}  {entry.kind}{within}  {entry.areas:,}  ({entry.file_name})")


def _undo_areas(session: Session, name: str | None) -> int:
    undone = area_imports.undo_areas(session, utc_now(), name)
    if undone is None:
        raise Failure("取り消す区域がありません。", "There are no areas to undo.")
    note_in_audit(session, "undo_areas", "areas", f"{undone.name}: {undone.areas} areas")
    tell(f"「{undone.name}」を取り消しました。", f"Undid {undone.name}.")
    before = area_imports.set_in_force(session, undone.name)
    if before is not None:
        tell(f"{state(before)} の取り込みが使われます。", f"That of {state(before)} is in force again.")
    return 0

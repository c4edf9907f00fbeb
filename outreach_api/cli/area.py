"""import-boundary: where the city ends; each import can be undone."""

from __future__ import annotations

import argparse

from outreach_api.cli.console import Commands, Failure, command, note_in_audit, opened, tell
from outreach_api.cli.importing import NOTHING, add_files, both, contents, label, one_thing, state
from outreach_api.kernel.clock import utc_now
from outreach_api.outreach_map import imports
from outreach_api.outreach_map.outlines import BadOutline, read_outline
from outreach_api.settings import Settings


def add(commands: Commands) -> None:
    outline = command(
        commands,
        "import-boundary",
        run_boundary,
        "境界（GeoJSON）を取り込む",
        "import the outline of a city or district (GeoJSON)",
    )
    add_files(outline)
    outline.add_argument(
        "--code",
        type=label,
        metavar="CODE",
        help="コード（複数の地域があるファイルではその一つ）· its code; picks one area of several",
    )
    outline.add_argument("--name", type=label, metavar="TEXT", help="名前 · its name")


def run_boundary(options: argparse.Namespace) -> int:
    if not one_thing(options.files, options.list, options.undo) or len(options.files) > 1:
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
    files = contents(options.files, settings.max_import_bytes)
    try:
        named = read_outline(files[0][1], options.code, options.name)
    except BadOutline as fault:
        raise Failure(*both(fault.reason, fault.params), *NOTHING) from None
    with opened(settings) as database, database.write() as session:
        source = imports.Source.of(files)
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

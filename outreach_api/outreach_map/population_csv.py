"""Reads populations from a plain CSV: a mesh code, residents, and perhaps target people and the share inside an area."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from outreach_api.kernel.mesh import level_of
from outreach_api.outreach_map.population import TARGETS, Row, TableError, name_of_target
from outreach_api.outreach_map.sheets import Sheet, cell_of
from outreach_api.outreach_map.table_file import Unreadable, rows_of, same_label

# A header that names its level holds every code to it.
_MESH_HEADERS = {"mesh": 0, "mesh250": 250, "mesh500": 500, "mesh1000": 1_000, "key_code": 0}
_SHARE = "share_inside"
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class _Columns:
    names: Sequence[str]
    mesh: int
    population: int
    targets: Mapping[str, int]
    share: int | None


def read_population_csv(file: str, data: bytes) -> Sheet:
    """The lines of a CSV, or its errors with line and column.

    Columns, in any order and case: one of mesh, mesh250, mesh500, mesh1000 or KEY_CODE; population; optional
    target, children_0_14, children_0_5, households_under_6; optional share_inside… (0 to 1, such as
    share_inside_city). A population or target of * or nothing is unknown. Other columns are left alone.
    """
    sheet = Sheet(file)
    try:
        rows = rows_of(data)
        columns = _columns(next(rows, (1, []))[1])
        sheet.mesh_column = columns.names[columns.mesh]
        sheet.targets.update((word, name_of_target(word)) for word in columns.targets)
        for line, cells in rows:
            if any(cells):
                _add(sheet, line, cells, columns)
    except Unreadable as fault:
        sheet.fail(fault.error)
    return sheet


def _columns(head: Sequence[str]) -> _Columns:
    names = [same_label(name).lower() for name in head]

    def place(wanted: Collection[str], told: str) -> int | None:
        found = [number for number, name in enumerate(names) if name in wanted]
        if len(found) > 1:
            raise Unreadable(1, told, "column_twice", column=told)
        return found[0] if found else None

    def needed(wanted: Collection[str], told: str) -> int:
        found = place(wanted, told)
        if found is None:
            raise Unreadable(1, told, "column_missing", column=told)
        return found

    shares = [name for name in names if name.startswith(_SHARE)]
    targets = {word: place((word,), word) for word in TARGETS}
    return _Columns(
        names,
        mesh=needed(_MESH_HEADERS, "mesh"),
        population=needed(("population",), "population"),
        targets={word: number for word, number in targets.items() if number is not None},
        share=place(shares, _SHARE),
    )


def _add(sheet: Sheet, line: int, cells: Sequence[str], columns: _Columns) -> None:
    """One line of data, or its errors."""
    if len(cells) != len(columns.names):
        sheet.fail(TableError(line, "", "line_length", {"wanted": len(columns.names), "got": len(cells)}))
        return
    before = len(sheet.errors)
    cell = cell_of(sheet, line, cells[columns.mesh].strip())
    wanted = _MESH_HEADERS[sheet.mesh_column]
    if cell and wanted not in (0, level_of(cell)):
        sheet.fail(TableError(line, sheet.mesh_column, "mesh_level_mixed", {"metres": wanted}))
    total = _number(sheet, line, "population", cells[columns.population])
    targets = {word: _number(sheet, line, word, cells[number]) for word, number in columns.targets.items()}
    for word, people in targets.items():
        if total is not None and people is not None and people > total:
            written = {
                "people": cells[columns.targets[word]].strip(),
                "all": cells[columns.population].strip(),
            }
            sheet.fail(TableError(line, word, "target_above_all", written))
    share = (
        1.0
        if columns.share is None
        else _share(sheet, line, columns.names[columns.share], cells[columns.share])
    )
    if len(sheet.errors) == before:
        sheet.rows.append(Row(sheet.file, line, cell, total, targets, share))


def _number(sheet: Sheet, line: int, column: str, text: str) -> float | None:
    text = text.strip()
    if text in ("", "*"):
        return None
    if not _NUMBER.fullmatch(text):
        sheet.fail(TableError(line, column, "not_a_count", {"value": text[:20]}))
        return None
    return float(text)


def _share(sheet: Sheet, line: int, column: str, text: str) -> float:
    share = float(text) if _NUMBER.fullmatch(text.strip()) else -1.0
    if not 0 <= share <= 1:
        sheet.fail(TableError(line, column, "not_a_share", {"value": text.strip()[:20]}))
    return share

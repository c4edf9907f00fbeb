"""Reads populations from a plain CSV: a mesh code, residents, and perhaps a target and the share inside an area."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from outreach_api.kernel.mesh import InvalidMesh, level_of
from outreach_api.outreach_map.population import PopulationTable, TableError, Unit
from outreach_api.outreach_map.table_file import MAX_ERRORS, Unreadable, read_rows, same_label

# A header that names its level holds every code to it.
_MESH_HEADERS = {"mesh": 0, "mesh250": 250, "mesh500": 500, "mesh1000": 1_000, "key_code": 0}
_SHARE = "share_inside"
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class _Columns:
    names: Sequence[str]
    mesh: int
    population: int
    target: int | None
    share: int | None


def read_population_csv(data: bytes) -> PopulationTable:
    """The cells of a CSV, one unit each, or its errors (at most the first 50) with line and column.

    Columns, in any order and case: one of mesh, mesh250, mesh500, mesh1000 or KEY_CODE; population; optional
    target; optional share_inside… (0 to 1, such as share_inside_city). A population or target of * or nothing is
    unknown. Other columns are left alone.
    """
    try:
        rows = read_rows(data)
        columns = _columns(rows)
    except Unreadable as fault:
        return PopulationTable(0, errors=(fault.error,))
    metres = _MESH_HEADERS[columns.names[columns.mesh]]
    errors: list[TableError] = []
    units: dict[int, Unit] = {}
    for line, cells in enumerate(rows[1:], 2):
        if not any(cells):
            continue
        unit = _unit(line, cells, columns, metres, errors)
        if unit is None:
            continue
        (cell,) = unit.cells
        metres = metres or level_of(cell)
        if cell in units:
            errors.append(TableError(line, columns.names[columns.mesh], "mesh_twice", {"mesh": cell}))
        units[cell] = unit
    if not units and not errors:
        errors.append(TableError(2, "", "file_empty"))
    if errors:
        return PopulationTable(metres, errors=tuple(errors[:MAX_ERRORS]))
    label = "" if columns.target is None else "target"
    return PopulationTable(metres, units=tuple(units.values()), target_label=label)


def _columns(rows: Sequence[Sequence[str]]) -> _Columns:
    names = [same_label(name).lower() for name in rows[0]] if rows else []

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
    return _Columns(
        names,
        mesh=needed(_MESH_HEADERS, "mesh"),
        population=needed(("population",), "population"),
        target=place(("target",), "target"),
        share=place(shares, _SHARE),
    )


def _unit(
    line: int, cells: Sequence[str], columns: _Columns, metres: int, errors: list[TableError]
) -> Unit | None:
    """One line of data; None and its errors where it can't be read. `metres` is 0 while the level is open."""
    if len(cells) != len(columns.names):
        errors.append(TableError(line, "", "line_length", {"wanted": len(columns.names), "got": len(cells)}))
        return None
    before = len(errors)
    code = cells[columns.mesh].strip()
    name = columns.names[columns.mesh]
    cell = int(code) if code.isascii() and code.isdigit() and len(code) <= 10 else 0
    try:
        if metres not in (0, level_of(cell)):
            errors.append(TableError(line, name, "mesh_level_mixed", {"metres": metres}))
    except InvalidMesh:
        errors.append(TableError(line, name, "mesh_invalid", {"mesh": code[:20]}))
    total = _number(line, "population", cells[columns.population], errors)
    target = None if columns.target is None else _number(line, "target", cells[columns.target], errors)
    share = 1.0 if columns.share is None else _share(line, columns, cells, errors)
    return None if len(errors) > before else Unit((cell,), (total,), target, share)


def _number(line: int, column: str, text: str, errors: list[TableError]) -> float | None:
    text = text.strip()
    if text in ("", "*"):
        return None
    if not _NUMBER.fullmatch(text):
        errors.append(TableError(line, column, "not_a_count", {"value": text[:20]}))
        return None
    return float(text)


def _share(line: int, columns: _Columns, cells: Sequence[str], errors: list[TableError]) -> float:
    text = cells[columns.share or 0].strip()
    share = float(text) if _NUMBER.fullmatch(text) else -1.0
    if not 0 <= share <= 1:
        errors.append(
            TableError(line, columns.names[columns.share or 0], "not_a_share", {"value": text[:20]})
        )
    return share

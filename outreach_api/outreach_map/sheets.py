"""Several files that were read, put together to one table: cells that the census merged become one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from outreach_api.kernel.mesh import InvalidMesh, level_of
from outreach_api.outreach_map.population import (
    MERGED_AWAY,
    RECEIVER,
    TARGETS,
    PopulationTable,
    Row,
    TableError,
    Unit,
)
from outreach_api.outreach_map.table_file import MAX_ERRORS

_SQUARE_DIGITS = 4


@dataclass(slots=True)
class Sheet:
    """One file: its lines, the labels of the target populations that it knows, and its errors."""

    file: str
    mesh_column: str = "KEY_CODE"
    rows: list[Row] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    errors: list[TableError] = field(default_factory=list)

    def fail(self, error: TableError) -> None:
        self.errors.append(replace(error, file=self.file))


def cell_of(sheet: Sheet, line: int, text: str) -> int:
    """The mesh code that stands in a cell; 0 and an error where it is none."""
    cell = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    try:
        level_of(cell)
    except InvalidMesh:
        sheet.fail(TableError(line, sheet.mesh_column, "mesh_invalid", {"mesh": text[:20]}))
        return 0
    return cell


def joined(sheets: Sequence[Sheet]) -> PopulationTable:
    """One table of all sheets, or their errors (at most the first 50).

    All cells are of one level, and each stands once in all files together. A cell that was merged away for secrecy
    keeps its residents, but its breakdown has already been added to its receiver: both become one unit with the
    receiver's targets, never added twice. A partner may be missing only if no file of its first-mesh square is here.
    """
    errors = [error for sheet in sheets for error in sheet.errors]
    for sheet in sheets:
        if not sheet.rows and not sheet.errors:
            errors.append(TableError(1, "", "file_empty", file=sheet.file))
    rows = [row for sheet in sheets for row in sheet.rows]
    metres = level_of(rows[0].cell) if rows else 0
    if metres not in (0, 250, 500, 1_000):
        errors.append(_error(rows[0], sheets[0].mesh_column, "mesh_level_unfit", metres=metres))
    by_cell = _by_cell(sheets, metres, errors)
    targets, missing = _targets(sheets)
    units = [] if errors else _units(rows, by_cell, targets, errors)
    if errors:
        order = {sheet.file: number for number, sheet in enumerate(sheets)}
        errors.sort(key=lambda error: (order.get(error.file, 0), error.line))
        return PopulationTable(metres, errors=tuple(errors[:MAX_ERRORS]))
    return PopulationTable(metres, tuple(units), targets, missing=missing)


def _by_cell(sheets: Sequence[Sheet], metres: int, errors: list[TableError]) -> dict[str, Row]:
    by_cell: dict[str, Row] = {}
    for sheet in sheets:
        for row in sheet.rows:
            if level_of(row.cell) != metres:
                errors.append(_error(row, sheet.mesh_column, "mesh_level_mixed", metres=metres))
            first = by_cell.setdefault(str(row.cell), row)
            if first is not row:
                where = {"mesh": row.cell, "file": first.file, "line": first.line}
                errors.append(_error(row, sheet.mesh_column, "mesh_twice", **where))
    return by_cell


def _targets(sheets: Sequence[Sheet]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """What every sheet knows, and which sheets lack what others know: a part of a town is no number for the town."""
    known = [word for word in TARGETS if any(word in sheet.targets for sheet in sheets)]
    missing = {word: tuple(sheet.file for sheet in sheets if word not in sheet.targets) for word in known}
    return (
        {word: sheets[0].targets[word] for word in known if not missing[word]},
        {word: lacking for word, lacking in missing.items() if lacking},
    )


def _units(
    rows: Sequence[Row], by_cell: dict[str, Row], targets: dict[str, str], errors: list[TableError]
) -> list[Unit]:
    squares = {cell[:_SQUARE_DIGITS] for cell in by_cell}
    unknown: dict[str, float | None] = dict.fromkeys(targets)
    units: list[Unit] = []
    for row in rows:
        if row.role == MERGED_AWAY:
            receiver = by_cell.get(row.receiver)
            if receiver is None:
                if _belongs_here(row.receiver, squares):
                    errors.append(_error(row, "HTKSAKI", "merge_partner_missing", mesh=row.receiver[:20]))
                units.append(Unit((row.cell,), (row.total,), unknown, row.share))
            elif receiver.role != RECEIVER or str(row.cell) not in receiver.gathered:
                errors.append(_error(row, "HTKSAKI", "merge_contradiction", mesh=row.receiver))
            continue
        parts = [row]
        for partner in row.gathered if row.role == RECEIVER else ():
            other = by_cell.get(partner)
            if other is None and _belongs_here(partner, squares):
                errors.append(_error(row, "GASSAN", "merge_partner_missing", mesh=partner[:20]))
            elif other is not None and (other.role != MERGED_AWAY or other.receiver != str(row.cell)):
                errors.append(_error(row, "GASSAN", "merge_contradiction", mesh=partner))
            elif other is not None:
                parts.append(other)
        counted = {word: row.targets[word] for word in targets}
        cells, totals = tuple(part.cell for part in parts), tuple(part.total for part in parts)
        units.append(Unit(cells, totals, counted, row.share))
    return units


def _belongs_here(partner: str, squares: set[str]) -> bool:
    """Whether a partner's code is of a first-mesh square whose file is here (or no code at all)."""
    return not (partner.isascii() and partner.isdigit()) or partner[:_SQUARE_DIGITS] in squares


def _error(row: Row, column: str, code: str, /, **params: object) -> TableError:
    return TableError(row.line, column, code, params, row.file)

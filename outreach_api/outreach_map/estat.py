"""Reads mesh statistics of the census as e-Stat publishes them (one first-mesh square a file, txt or its zip).

Format: e-Stat, 統計地理情報システム, 地域メッシュ統計: cp932, codes of columns in row one, Japanese labels in row two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach_api.kernel.mesh import InvalidMesh, level_of, parent
from outreach_api.outreach_map.population import PopulationTable, TableError, Unit
from outreach_api.outreach_map.table_file import MAX_ERRORS, Unreadable, read_rows, same_label

TARGET_LABEL = "０～１４歳人口　総数"

_KEYS = ("KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN")
_TOTAL_LABELS = frozenset({"人口(総数)", "人口総数"})
_PLAIN, _RECEIVER, _MERGED_AWAY = "0", "1", "2"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cell: int
    role: str
    receiver: str
    gathered: tuple[str, ...]
    total: int | None
    target: int | None


def read_estat(data: bytes, target_label: str = TARGET_LABEL) -> PopulationTable:
    """The units of a file, or its errors (at most the first 50).

    `target_label` is the label in row two of the people asked for; width, spaces and kinds of tilde don't matter.
    A cell that was merged away for secrecy keeps its residents, but its breakdown has already been added to its
    receiver: both become one unit with the receiver's target, never added twice.
    """
    try:
        rows = read_rows(data)
        columns = _columns(rows, target_label)
    except Unreadable as fault:
        return PopulationTable(0, errors=(fault.error,))
    errors: list[TableError] = []
    read = [
        row for row in (_row(line, cells, columns, errors) for line, cells in enumerate(rows[2:], 3)) if row
    ]
    if not read and not errors:
        errors.append(TableError(3, "", "file_empty"))
    metres = level_of(read[0].cell) if read else 0
    errors.extend(
        TableError(row.line, "KEY_CODE", "mesh_level_mixed", {"metres": metres})
        for row in read
        if level_of(row.cell) != metres
    )
    units = [] if errors else _units(read, errors)
    if errors:
        return PopulationTable(
            metres, errors=tuple(sorted(errors, key=lambda error: error.line)[:MAX_ERRORS])
        )
    return PopulationTable(metres, units=tuple(units), target_label=target_label)


def _columns(rows: Sequence[Sequence[str]], target_label: str) -> dict[str, int]:
    """Where to find the keys of row one, and "total" and "target" by their labels in row two."""
    if len(rows) < 2:
        raise Unreadable(1, "", "file_empty")
    names = [same_label(name).upper() for name in rows[0]]
    labels = [same_label(label) for label in rows[1]]
    columns = {"": len(names)}
    for key in _KEYS:
        if names.count(key) != 1:
            raise Unreadable(1, key, "column_missing", column=key)
        columns[key] = names.index(key)
    for key, wanted, told in (
        ("total", _TOTAL_LABELS, "人口（総数）"),
        ("target", {same_label(target_label)}, target_label),
    ):
        found = [number for number, label in enumerate(labels) if label in wanted]
        if len(found) != 1:
            raise Unreadable(2, told, "label_missing" if not found else "label_twice", label=told)
        columns[key] = found[0]
    return columns


def _row(line: int, cells: Sequence[str], columns: dict[str, int], errors: list[TableError]) -> _Row | None:
    """One line of data; None and an error where it can't be read, None alone for an empty line."""
    if not any(cells):
        return None
    if len(cells) != columns[""]:
        errors.append(TableError(line, "", "line_length", {"wanted": columns[""], "got": len(cells)}))
        return None
    key, role, receiver, gathered = (cells[columns[name]].strip() for name in _KEYS)
    before = len(errors)
    cell = int(key) if key.isascii() and key.isdigit() and len(key) <= 10 else 0
    try:
        level_of(cell)
    except InvalidMesh:
        errors.append(TableError(line, "KEY_CODE", "mesh_invalid", {"mesh": key[:20]}))
    if role not in (_PLAIN, _RECEIVER, _MERGED_AWAY):
        errors.append(TableError(line, "HTKSYORI", "merge_role_invalid", {"value": role[:20]}))
    total, target = (_count(line, name, cells[columns[name]], errors) for name in ("total", "target"))
    if len(errors) > before:
        return None
    return _Row(line, cell, role, receiver, tuple(filter(None, gathered.split(";"))), total, target)


def _count(line: int, column: str, text: str, errors: list[TableError]) -> int | None:
    text = text.strip()
    if text == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        errors.append(TableError(line, column, "not_a_count", {"value": text[:20]}))
        return None
    return int(text)


def _units(rows: Sequence[_Row], errors: list[TableError]) -> list[Unit]:
    """Rows joined with those merged into them. A partner may be missing only if another file has it."""
    by_cell: dict[str, _Row] = {}
    for row in rows:
        if str(row.cell) in by_cell:
            errors.append(TableError(row.line, "KEY_CODE", "mesh_twice", {"mesh": row.cell}))
        by_cell[str(row.cell)] = row
    units: list[Unit] = []
    for row in rows:
        if row.role == _MERGED_AWAY:
            receiver = by_cell.get(row.receiver)
            if receiver is None:
                if _belongs_here(row, row.receiver):
                    errors.append(
                        TableError(row.line, "HTKSAKI", "merge_partner_missing", {"mesh": row.receiver[:20]})
                    )
                units.append(Unit((row.cell,), (row.total,), None))
            elif receiver.role != _RECEIVER or str(row.cell) not in receiver.gathered:
                errors.append(TableError(row.line, "HTKSAKI", "merge_contradiction", {"mesh": row.receiver}))
            continue
        joined = [row]
        for partner in row.gathered if row.role == _RECEIVER else ():
            other = by_cell.get(partner)
            if other is None and _belongs_here(row, partner):
                errors.append(TableError(row.line, "GASSAN", "merge_partner_missing", {"mesh": partner[:20]}))
            elif other is not None and (other.role != _MERGED_AWAY or other.receiver != str(row.cell)):
                errors.append(TableError(row.line, "GASSAN", "merge_contradiction", {"mesh": partner}))
            elif other is not None:
                joined.append(other)
        units.append(Unit(tuple(one.cell for one in joined), tuple(one.total for one in joined), row.target))
    return units


def _belongs_here(row: _Row, partner: str) -> bool:
    """Whether a partner's code is of this file's first-mesh square (or no code at all)."""
    return not (partner.isascii() and partner.isdigit()) or partner[:4] == str(parent(row.cell, 80_000))

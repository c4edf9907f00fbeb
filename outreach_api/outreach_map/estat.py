"""Reads mesh statistics of the census as e-Stat publishes them (one first-mesh square a file, txt or its zip).

Format: e-Stat, 統計地理情報システム, 地域メッシュ統計: cp932, codes of columns in row one, Japanese labels in row two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from outreach_api.outreach_map.population import (
    CENSUS_LABELS,
    MERGED_AWAY,
    OWN_TARGET,
    PLAIN,
    RECEIVER,
    Row,
    TableError,
)
from outreach_api.outreach_map.sheets import Sheet, cell_of
from outreach_api.outreach_map.table_file import Unreadable, rows_of, same_label

MARK = "HTKSYORI"
_KEYS = ("KEY_CODE", MARK, "HTKSAKI", "GASSAN")
_TOTAL_LABELS = ("人口（総数）", "人口総数")


@dataclass(frozen=True, slots=True)
class _Columns:
    width: int
    keys: Mapping[str, int]
    total: int
    targets: Mapping[str, int]
    labels: Mapping[str, str]


def read_estat(file: str, data: bytes, own_target: str | None = None) -> Sheet:
    """The lines of a file, with every target population whose label stands in row two, or its errors.

    `own_target` is a label of row two that must be there, besides those that we know; width, spaces and kinds of
    tilde don't matter.
    """
    sheet = Sheet(file)
    try:
        rows = rows_of(data)
        columns = _columns([cells for _, cells in islice(rows, 2)], own_target)
        sheet.targets.update(columns.labels)
        for line, cells in rows:
            if any(cells):
                _add(sheet, line, cells, columns)
    except Unreadable as fault:
        sheet.fail(fault.error)
    return sheet


def _columns(head: Sequence[Sequence[str]], own_target: str | None) -> _Columns:
    """Where to find the keys of row one, residents and target people by their labels in row two."""
    if len(head) < 2:
        raise Unreadable(1, "", "file_empty")
    names = [same_label(name).upper() for name in head[0]]
    for key in _KEYS:
        if names.count(key) != 1:
            raise Unreadable(1, key, "column_missing", column=key)
    labels = [same_label(label) for label in head[1]]

    def place(wanted: Collection[str]) -> int | None:
        folded = {same_label(label) for label in wanted}
        found = [number for number, label in enumerate(labels) if label in folded]
        told = next(iter(wanted))
        if len(found) > 1:
            raise Unreadable(2, told, "label_twice", label=told)
        return found[0] if found else None

    def needed(wanted: Collection[str]) -> int:
        found, told = place(wanted), next(iter(wanted))
        if found is None:
            raise Unreadable(2, told, "label_missing", label=told)
        return found

    targets: dict[str, int] = {} if own_target is None else {OWN_TARGET: needed((own_target,))}
    for word, known in CENSUS_LABELS.items():
        if (found := place(known)) is not None:
            targets[word.value] = found
    return _Columns(
        width=len(names),
        keys={key: names.index(key) for key in _KEYS},
        total=needed(_TOTAL_LABELS),
        targets=targets,
        labels={word: head[1][number].strip() for word, number in targets.items()},
    )


def _add(sheet: Sheet, line: int, cells: Sequence[str], columns: _Columns) -> None:
    """One line of data, or its errors."""
    if len(cells) != columns.width:
        sheet.fail(TableError(line, "", "line_length", {"wanted": columns.width, "got": len(cells)}))
        return
    key, role, receiver, gathered = (cells[columns.keys[name]].strip() for name in _KEYS)
    before = len(sheet.errors)
    cell = cell_of(sheet, line, key)
    if role not in (PLAIN, RECEIVER, MERGED_AWAY):
        sheet.fail(TableError(line, MARK, "merge_role_invalid", {"value": role[:20]}))
    total = _count(sheet, line, "total", cells[columns.total])
    targets = {
        word: _count(sheet, line, columns.labels[word], cells[number])
        for word, number in columns.targets.items()
    }
    if len(sheet.errors) == before:
        partners = tuple(filter(None, gathered.split(";")))
        sheet.rows.append(Row(sheet.file, line, cell, total, targets, 1.0, role, receiver, partners))


def _count(sheet: Sheet, line: int, column: str, text: str) -> int | None:
    """Of people; `*` is unknown, not 0."""
    text = text.strip()
    if text == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        sheet.fail(TableError(line, column, "not_a_count", {"value": text[:20]}))
        return None
    return int(text)

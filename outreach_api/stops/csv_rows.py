"""Turns a stops CSV into what StopIn and PermissionIn would be sent, naming every bad cell by line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from outreach_api.stops.csv_columns import COLUMNS, NEEDED, REASONS, Column, column_called, template, text
from outreach_api.stops.csv_windows import CellFault
from schemas.stops import PermissionBody, StopIn

MAX_ROWS = 5_000
"""One import is one transaction, and others wait for it."""


@dataclass(frozen=True, slots=True)
class BadCell:
    """A fault in a file: line counted from 1 as an editor does, 0 for the whole file; column "" is the line."""

    line: int
    column: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its cells as they stand there, and the payloads, or its faults."""

    line: int
    cells: tuple[str, ...]
    stop: dict[str, Any] = field(default_factory=dict, hash=False)
    permission: dict[str, Any] | None = field(default=None, hash=False)
    faults: tuple[BadCell, ...] = ()
    place: dict[str, Any] = field(default_factory=dict, hash=False)
    """Where its address is, as a gazetteer says, for a line without a position of its own."""

    @property
    def wants_place(self) -> bool:
        return not self.faults and "position" not in self.stop


@dataclass(frozen=True, slots=True)
class StopsFile:
    """A file that was read. With `faults` (of the file or its header) there are no rows at all."""

    encoding: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    faults: tuple[BadCell, ...] = ()


# A line may leave these out if it has an address.
_INSTEAD_OF_ADDRESS = {"lat", "lon"}


class _Unreadable(Exception):
    def __init__(self, *faults: BadCell) -> None:
        super().__init__(faults[0].code)
        self.faults = faults


def read_stops_csv(data: bytes) -> StopsFile:
    """Every line of a CSV in UTF-8 (with or without a mark) or cp932; never raises for what is in it."""
    try:
        encoding, content = _decode(data)
        lines = list(_lines(content))
        columns = _columns(lines)
    except _Unreadable as fault:
        return StopsFile(faults=fault.faults)
    rows = [_unless_example(_row(line, cells, columns)) for line, cells in lines[1:]]
    if not rows:
        return StopsFile(encoding, faults=(BadCell(2, "", "file_without_stops"),))
    return StopsFile(encoding, tuple(lines[0][1]), tuple(_without_repeated_codes(rows)))


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Unreadable(BadCell(0, "", "file_utf16"))
    if b"\0" in data:
        raise _Unreadable(BadCell(data[: data.index(b"\0")].count(b"\n") + 1, "", "file_binary"))
    for encoding in ("utf-8-sig", "cp932"):
        try:
            content = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return ("UTF-8" if encoding == "utf-8-sig" else "cp932 (Shift_JIS)"), content
    raise _Unreadable(BadCell(0, "", "file_not_decodable"))


def _lines(content: str) -> Iterator[tuple[int, list[str]]]:
    """The records that hold anything, each with the line it begins on."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    count = 0
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise _Unreadable(BadCell(begins, "", "csv_broken")) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            count += 1
            if count > MAX_ROWS + 1:
                raise _Unreadable(BadCell(begins, "", "too_many_lines", {"most": MAX_ROWS}))
            yield begins, cells


def _columns(lines: Sequence[tuple[int, list[str]]]) -> list[Column]:
    if not lines:
        raise _Unreadable(BadCell(0, "", "file_without_stops"))
    line, header = lines[0]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise _Unreadable(BadCell(line, "", "csv_not_comma"))
    found: list[Column] = []
    faults: list[BadCell] = []
    for place, said in enumerate(header, 1):
        column = column_called(said)
        if column is None:
            faults.append(BadCell(line, said[:40] or f"#{place}", "column_unknown", cell=said))
        elif column in found:
            faults.append(BadCell(line, column.name, "column_repeated", cell=said))
        else:
            found.append(column)
    names = {column.name for column in found}
    if "address" in names:
        names |= _INSTEAD_OF_ADDRESS
    faults += [BadCell(line, name, "column_not_there") for name in NEEDED if name not in names]
    if faults:
        raise _Unreadable(*faults)
    return found


def _row(line: int, cells: Sequence[str], columns: Sequence[Column]) -> Row:
    if len(cells) != len(columns):
        ragged = BadCell(line, "", "cells_do_not_fit", {"wanted": len(columns), "got": len(cells)})
        return Row(line, tuple(cells), faults=(ragged,))
    payload: dict[str, dict[str, Any]] = {"stop": {"position": {}}, "permission": {}}
    by_name = {column.name: cell for column, cell in zip(columns, cells, strict=True)}
    faults: list[BadCell] = []
    for column in columns:
        cell = by_name[column.name]
        if column is REASONS or not cell.strip():
            continue
        try:
            value = column.read(cell)
        except CellFault as fault:
            faults.append(BadCell(line, column.name, fault.code, fault.params, cell))
            continue
        place = payload
        for step in column.path[:-1]:
            place = place[step]
        place[column.path[-1]] = value
    stop, permission = payload["stop"], payload["permission"]
    faults += _swapped(line, stop["position"], by_name)
    wants_permission = bool(permission) or any(f.column.startswith("permission_") for f in faults)
    checked = [("stop", StopIn.read(stop)[1])]
    if wants_permission:
        checked.append(("permission", PermissionBody.read(permission)[1]))
    known = {fault.column for fault in faults}
    by_address = "address" in stop and not any(by_name.get(name, "").strip() for name in _INSTEAD_OF_ADDRESS)
    if by_address:
        known |= _INSTEAD_OF_ADDRESS
        del stop["position"]
    for part, found in checked:
        for wire in found:
            name = column_at(part, wire.path)
            if name not in known:
                faults.append(BadCell(line, name, wire.code, wire.params, by_name.get(name, "")))
    order = {column.name: place for place, column in enumerate(columns)}
    faults.sort(key=lambda fault: order.get(fault.column, len(order)))
    return Row(line, tuple(cells), stop, permission if wants_permission else None, tuple(faults))


def column_at(part: str, pointer: str) -> str:
    """The column that a fault's JSON pointer lies in: ("stop", "/position/lat") is lat."""
    if not pointer:
        # The one rule about a whole permission is that it ends after it begins.
        return "permission_to" if part == "permission" else ""
    steps = (part, *pointer.strip("/").split("/"))
    for column in COLUMNS:
        if column.path == steps[: len(column.path)]:
            return column.name
    inside = [column.name for column in COLUMNS if column.path[: len(steps)] == steps]
    return inside[0] if inside else ""


def _unless_example(row: Row) -> Row:
    """The template's example, left as it was however a spreadsheet wrote its cells, is no place of anybody's."""
    example = _row(row.line, template(japanese=True)[1], COLUMNS)
    if (row.stop, row.permission) != (example.stop, example.permission):
        return row
    return replace(row, faults=(*row.faults, BadCell(row.line, "", "example_left")))


def _swapped(line: int, position: Mapping[str, float], cells: Mapping[str, str]) -> list[BadCell]:
    """Latitude and longitude in each other's column: told once, instead of two numbers out of bounds."""
    lat, lon = position.get("lat", 0), position.get("lon", 0)
    if 122 <= lat <= 154 and 20 <= lon <= 46:
        return [BadCell(line, name, "lat_lon_swapped", {}, cells[name]) for name in ("lat", "lon")]
    return []


def _without_repeated_codes(rows: Sequence[Row]) -> Iterator[Row]:
    first: dict[str, int] = {}
    for row in rows:
        code = row.stop.get("code")
        if code in first:
            fault = BadCell(row.line, "code", "code_repeated", {"line": first[code]}, text(code))
            yield replace(row, faults=(*row.faults, fault))
        else:
            if code is not None:
                first[code] = row.line
            yield row

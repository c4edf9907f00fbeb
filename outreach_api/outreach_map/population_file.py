"""Reads whatever files of populations are handed in, by their content, and cuts them to an outline if one is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from outreach_api.outreach_map.estat import MARK, read_estat
from outreach_api.outreach_map.outlines import shares_inside
from outreach_api.outreach_map.population import PopulationTable, TableError
from outreach_api.outreach_map.population_csv import read_population_csv
from outreach_api.outreach_map.rules.inside import Polygons
from outreach_api.outreach_map.sheets import Sheet, joined
from outreach_api.outreach_map.table_file import Unreadable, Unzipped, unzipped

_HEAD = 4_096
_MARK = MARK.encode()
_ENDINGS = (".txt", ".csv")


def read_population(files: Iterable[Unzipped], most: int, own_target: str | None = None) -> PopulationTable:
    """One table of e-Stat files (txt, or a zip of them) or plain CSVs, or all their errors.

    `most` bytes at most each, unpacked too. `own_target` is a label of row two of e-Stat files, to be counted instead
    of what the setting says; a plain CSV has a column named target for that, so it is an error there.
    """
    sheets: list[Sheet] = []
    for name, data in files:
        try:
            sheets += [_sheet(*text, own_target) for text in unzipped(name, data, _ENDINGS, most)]
        except Unreadable as fault:
            sheets.append(_failed(name, fault.error))
    return joined(sheets)


def _sheet(file: str, data: bytes, own_target: str | None) -> Sheet:
    if _MARK in data[:_HEAD].upper():
        return read_estat(file, data, own_target)
    if own_target is not None:
        return _failed(file, TableError(0, "", "target_in_csv"))
    sheet = read_population_csv(file, data)
    if any(error.code in ("column_missing", "file_not_csv") for error in sheet.errors):
        sheet.fail(TableError(0, "", "population_unknown_form"))
    return sheet


def _failed(file: str, error: TableError) -> Sheet:
    sheet = Sheet(file)
    sheet.fail(error)
    return sheet


def cut(table: PopulationTable, outline: Polygons) -> PopulationTable:
    """The units of a table that share area with an outline, each cell with the part of it that lies inside.

    People are taken to live evenly within a cell. A merged unit keeps all its cells, because its targets are known
    for all of them together.
    """
    share = shares_inside(outline, [cell for unit in table.units for cell in unit.cells])
    units = tuple(
        replace(unit, inside=tuple(share[cell] for cell in unit.cells))
        for unit in table.units
        if any(share[cell] for cell in unit.cells)
    )
    if not units:
        return PopulationTable(table.metres, errors=(TableError(0, "", "boundary_elsewhere"),))
    return replace(table, units=units)

"""Reads whatever file of populations is handed in, by its content, and cuts it to an outline if one is given."""

from __future__ import annotations

from dataclasses import replace

from outreach_api.kernel.geo import Outline
from outreach_api.outreach_map.estat import TARGET_LABEL, read_estat
from outreach_api.outreach_map.outlines import shares_inside
from outreach_api.outreach_map.population import PopulationTable, TableError
from outreach_api.outreach_map.population_csv import read_population_csv
from outreach_api.outreach_map.table_file import Unreadable, decode, unzip

_ESTAT_KEY = "HTKSYORI"
_HEAD = 4_096


def read_population(data: bytes, target_label: str | None = None) -> PopulationTable:
    """The units of an e-Stat file (txt or its zip) or of a plain CSV, or its errors.

    `target_label` is a label of row two of an e-Stat file (children of 0 to 14 unless given); a plain CSV has a
    column named target instead, so it is an error there.
    """
    try:
        head = decode(unzip(data))[:_HEAD]
    except Unreadable as fault:
        return PopulationTable(0, errors=(fault.error,))
    if _ESTAT_KEY in head.upper():
        return read_estat(data, target_label or TARGET_LABEL)
    if target_label is not None:
        return PopulationTable(0, errors=(TableError(0, "", "target_in_csv"),))
    table = read_population_csv(data)
    if any(error.code in ("column_missing", "file_not_csv") for error in table.errors):
        unknown = TableError(0, "", "population_unknown_form")
        return replace(table, errors=(unknown, *table.errors))
    return table


def cut(table: PopulationTable, outline: Outline) -> PopulationTable:
    """The units of a table that share area with an outline, each cell with the part of it that lies inside.

    People are taken to live evenly within a cell. A merged unit keeps all its cells, because its target is known
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

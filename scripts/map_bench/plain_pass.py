"""The floor of coverage_vs_numpy: what one writes in NumPy at once, and nothing that is not needed for the answer.

It gets the stops that count (held in the window), and the cells in the order that it likes best: ascending numbers of row
and column, with their people. It computes, for each cell, which of 16 × 16 places lie within the radius of any stop, by
the distance of each place; the share of the cell that these are; and the people's mean of that. No validation, no codes
of cells, no unknown people, no days since a visit, no database, nothing kept from one pass to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Floats, Ints

SIDE = 16
COLUMNS = 1 << 15
AT_ONCE = 500
_E2 = 0.00669438002290


class Cells(NamedTuple):
    """`numbers` are row · COLUMNS + column of cells, ascending; so many rows and columns make a degree."""

    numbers: Ints
    people: Floats
    rows_a_degree: float
    columns_a_degree: float


def coverage(cells: Cells, lat: Floats, lon: Floats, radius_m: float) -> tuple[Floats, float]:
    """The covered share of each cell, and of all people."""
    w2 = 1 - _E2 * np.sin(np.radians(lat)) ** 2
    metres_lat = np.radians(6_378_137 * (1 - _E2) / w2**1.5)
    metres_lon = np.radians(6_378_137 / np.sqrt(w2) * np.cos(np.radians(lat)))
    south = np.floor((lat - radius_m / metres_lat) * cells.rows_a_degree).astype(int)
    north = np.floor((lat + radius_m / metres_lat) * cells.rows_a_degree).astype(int)
    west = np.floor((lon - 100 - radius_m / metres_lon) * cells.columns_a_degree).astype(int)
    east = np.floor((lon - 100 + radius_m / metres_lon) * cells.columns_a_degree).astype(int)
    down, across = np.arange((north - south).max() + 1), np.arange((east - west).max() + 1)
    middles = (np.arange(SIDE) + 0.5) / SIDE
    found, inside = [], []
    for begin in range(0, len(lat), AT_ONCE):  # all at once would take gigabytes
        part = slice(begin, begin + AT_ONCE)
        row = south[part, None, None] + down[:, None] + 0 * across
        column = west[part, None, None] + 0 * down[:, None] + across
        stop = np.arange(len(lat))[part, None, None] + 0 * row
        wanted = row * COLUMNS + column
        at = np.minimum(np.searchsorted(cells.numbers, wanted), len(cells.numbers) - 1)
        near = cells.numbers[at] == wanted
        row, column, stop = row[near], column[near], stop[near]
        y = ((row[:, None] + middles) / cells.rows_a_degree - lat[stop, None]) * metres_lat[stop, None]
        x = ((column[:, None] + middles) / cells.columns_a_degree + 100 - lon[stop, None]) * metres_lon[
            stop, None
        ]
        found.append(at[near])
        inside.append((y[:, :, None] ** 2 + x[:, None, :] ** 2 <= radius_m**2).reshape(-1, SIDE * SIDE))
    cell, places = np.concatenate(found), np.concatenate(inside)
    order = np.argsort(cell)
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    share = np.zeros(len(cells.numbers))
    share[cell[order][starts]] = np.logical_or.reduceat(places[order], starts).mean(axis=1)
    return share, float(cells.people @ share / cells.people.sum())

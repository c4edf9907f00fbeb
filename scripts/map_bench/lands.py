"""Seeded lands of the sizes that matter, as arrays: a city, a prefecture, a nation, with stops where people live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.grid import codes_of

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Codes, Days, Flags, Floats

# Rows and columns of 250 m cells of the north-west corner of everything, and of a box around the four main islands.
CITY = (17_176, 12_760)  # about 35.78 N, 139.88 E
COAST = (14_400, 9_600)  # 30 N, 130 E
NATION = (7_200, 4_800)  # up to 45 N, 145 E
WINDOW_DAYS = 42


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """250 m cells by row and column with who lives there, and stops with the days since they were held."""

    name: str
    imported_m: int
    rows: Codes
    columns: Codes
    people: Floats
    stops: Spots
    days: Days

    def by_code(self) -> tuple[Codes, Floats]:
        """The cells' codes, ascending, and their people, as an import in memory has them."""
        codes = codes_of(self.rows, self.columns)
        order = np.argsort(codes)
        return codes[order], self.people[order]


def matsudo() -> Land:
    """288 cells of 500 m, 40 stops."""
    return _land("Matsudo", 500, np.ones((36, 32), dtype=np.bool_), CITY, 40, 1)


def chiba() -> Land:
    """40,000 cells of 500 m, 400 stops."""
    return _land("Chiba", 500, np.ones((400, 400), dtype=np.bool_), (16_776, 12_640), 400, 2)


def nation() -> Land:
    """1.5 million cells of 250 m in plains and valleys, 10,000 stops."""
    chance = np.random.default_rng(3)
    inhabited = np.zeros(NATION, dtype=np.bool_)
    while inhabited.sum() < 1_500_000:
        reach = int(chance.uniform(8, 70))
        row, column = (int(chance.uniform(reach, size - reach)) for size in NATION)
        y, x = np.ogrid[-reach:reach, -reach:reach]
        inhabited[row - reach : row + reach, column - reach : column + reach] |= x * x + y * y < reach * reach
    inhabited[np.unravel_index(np.flatnonzero(inhabited)[1_500_000:], NATION)] = False
    return _land("the nation", 250, inhabited, COAST, 10_000, 4)


def _land(
    name: str, imported_m: int, inhabited: Flags, corner: tuple[int, int], stops: int, seed: int
) -> Land:
    """People in every cell that is inhabited, and stops anywhere in such cells, held in the last twelve weeks."""
    chance = np.random.default_rng(seed)
    rows, columns = (where + edge for where, edge in zip(np.nonzero(inhabited), corner, strict=True))
    chosen = chance.choice(len(rows), stops, replace=False)
    lat = (rows[chosen] + chance.random(stops)) / 480
    lon = (columns[chosen] + chance.random(stops)) / 320 + 100
    days = chance.integers(0, 84, stops).astype(np.int32)
    # A larger cell's people are spread evenly over its 250 m cells, as an import is.
    size = imported_m // 250
    _, imported = np.unique(rows // size * 100_000 + columns // size, return_inverse=True)
    people = chance.gamma(1.0, 40.0, imported.max() + 1)[imported]
    return Land(name, imported_m, rows, columns, people, Spots(lat, lon), days)

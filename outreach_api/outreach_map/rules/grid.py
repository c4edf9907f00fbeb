"""Mesh cells of one level as sorted codes, found by their row and column, so that a stop finds the cells near it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outreach_api.kernel.mesh import InvalidMesh

if TYPE_CHECKING:
    from outreach_api.kernel.geo import BBox
    from outreach_api.outreach_map.rules.arrays import Codes, Flags, Floats, Indexes, Ints

# Rows and columns of cells stand in one whole number: no level has more than 2^15 columns (54 · 320 at 250 m).
_COLUMN_BITS = 15
COLUMNS = 1 << _COLUMN_BITS

# Of the levels by the digits of their codes: zeros and what fills a code up to the ten digits of its south-west 250 m
# cell, and its size in such cells.
_FILL = {4: (6, 11, 320), 6: (4, 11, 40), 8: (2, 11, 4), 9: (1, 1, 2), 10: (0, 0, 1)}
# A code of 250 m divided by this, without its rest, is that of the level: digits are cut off.
DIVISOR = {250: 1, 500: 10, 1_000: 100}


class Corners(NamedTuple):
    """Edges in degrees, as kernel.mesh.bounds_degrees has them."""

    south: Floats
    west: Floats
    north: Floats
    east: Floats


class Level(NamedTuple):
    """The cells of a coarser level that hold those of a grid, and the index of the first of them in each."""

    codes: Codes
    starts: Indexes


class Grid:
    """Cells of one level, ascending, each once. Made once for an import and shared: nobody may change its arrays."""

    __slots__ = ("_keys", "_levels", "_order", "codes", "size")

    def __init__(self, codes: Codes | list[int]) -> None:
        """Raises InvalidMesh for what is no code, and for codes of several levels, out of order or twice."""
        import numpy as np

        self.codes: Codes = np.ascontiguousarray(codes, dtype=np.int64)
        self.size, rows, columns = _rows_and_columns(self.codes)
        if (np.diff(self.codes) <= 0).any():
            raise InvalidMesh("mesh_invalid")
        keys = (rows * COLUMNS + columns).astype(np.int32)
        self._order = np.argsort(keys).astype(np.int32)
        self._keys = keys[self._order]
        self._levels: dict[int, Level] = {}

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def nbytes(self) -> int:
        """Memory of the codes and of what finds them."""
        levels = sum(level.codes.nbytes + level.starts.nbytes for level in self._levels.values())
        return self.codes.nbytes + self._keys.nbytes + self._order.nbytes + levels

    def find(self, rows: Ints, first: Ints, last: Ints) -> tuple[Indexes, Indexes, Ints]:
        """The cells of each row from its first to its last column, both included.

        For each cell found: the number of the row asked for, the cell's index and its column.
        """
        import numpy as np

        low, high = first.clip(0, COLUMNS - 1), last.clip(0, COLUMNS - 1)
        begin = np.searchsorted(self._keys, (rows * COLUMNS + low).astype(np.int32), side="left")
        end = np.searchsorted(self._keys, (rows * COLUMNS + high).astype(np.int32), side="right")
        asked, place = ranges(begin, end)
        return asked, self._order[place].astype(np.intp), self._keys[place] & (COLUMNS - 1)

    def level(self, metres: int) -> Level:
        """The cells of 250, 500 or 1,000 m that hold those of this 250 m grid."""
        known = self._levels.get(metres)
        if known is None:
            known = self._levels[metres] = _level(self.codes // DIVISOR[metres])
        return known

    def corners(self) -> Corners:
        _, rows, columns = _rows_and_columns(self.codes)
        i, j = rows * self.size, columns * self.size + 32_000
        return Corners(i / 480, j / 320, (i + self.size) / 480, (j + self.size) / 320)


def ranges(begin: Indexes, end: Indexes) -> tuple[Indexes, Indexes]:
    """All whole numbers of many half-open ranges in one row, each with the number of its range."""
    import numpy as np

    lengths = end - begin
    number = np.repeat(np.arange(len(begin)), lengths)
    before = np.cumsum(lengths) - lengths
    return number, np.arange(len(number)) + (begin - before)[number]


def codes_of(rows: Ints, columns: Ints) -> Codes:
    """The 250 m cells at rows and columns: kernel.mesh for many at once."""
    p, i = divmod(rows, 320)
    u, j = divmod(columns, 320)
    q, i = divmod(i, 40)
    v, j = divmod(j, 40)
    r, i = divmod(i, 4)
    w, j = divmod(j, 4)
    half, quarter = 1 + i // 2 * 2 + j // 2, 1 + i % 2 * 2 + j % 2
    codes: Codes = (((p * 100 + u) * 100 + q * 10 + v) * 100 + r * 10 + w) * 100 + half * 10 + quarter
    return codes


def _level(codes: Codes) -> Level:
    """Codes of a level are cut off those of finer ones, and so in the same order."""
    import numpy as np

    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    return Level(codes[starts], starts)


def _rows_and_columns(codes: Codes) -> tuple[int, Codes, Codes]:
    """The size of cells of one level in 250 m cells, and their rows and columns, counted in cells of their own."""
    import numpy as np

    if not len(codes):
        return 1, codes, codes
    digits = len(str(codes.min()))
    if digits not in _FILL or codes.min() < 0 or len(str(codes.max())) != digits:
        raise InvalidMesh("mesh_invalid")
    zeros, fill, size = _FILL[digits]
    south_west = codes * 10**zeros + fill
    high, low = np.divmod(south_west, 10_000)  # pp uu q v, r w half quarter
    first, second = np.divmod(high, 100)
    p, u = np.divmod(first, 100)
    q, v = np.divmod(second, 10)
    third, fine = np.divmod(low, 100)
    r, w = np.divmod(third, 10)
    half, quarter = np.divmod(fine - 11, 10)
    if (np.maximum(q, v) > 7).any() or (half < 0).any() or (np.maximum(half, quarter) > 3).any():
        raise InvalidMesh("mesh_invalid")
    rows = p * 320 + q * 40 + r * 4 + half // 2 * 2 + quarter // 2
    columns = u * 320 + v * 40 + w * 4 + half % 2 * 2 + quarter % 2
    return size, rows // size, columns // size


def touching(codes: Codes, box: BBox | None) -> Flags:
    """Which cells (ascending, of one level) share ground with a box; northern and eastern edges are not a cell's own."""
    import numpy as np

    if box is None:
        return np.ones(len(codes), dtype=np.bool_)
    south, west, north, east = Grid(codes).corners()
    return (south <= box.north) & (north > box.south) & (west <= box.east) & (east > box.west)


def index_of(wanted: Codes, among: Codes) -> tuple[Indexes, Flags]:
    """Where numbers stand among ascending ones, and whether they do."""
    import numpy as np

    if not len(among):
        return np.zeros(len(wanted), dtype=np.intp), np.zeros(len(wanted), dtype=np.bool_)
    at = np.searchsorted(among, wanted).clip(max=len(among) - 1)
    return at, among[at] == wanted

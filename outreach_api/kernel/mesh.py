"""Japan's regional mesh (JIS X 0410) in exact integers: floats put points on an edge into the wrong cell.

All levels are read off two whole numbers, i = ⌊480·lat⌋ and j = ⌊320·lon⌋ - 32000, as 250 m cells are 1/480°
high and 1/320° wide. Cells are half open: the southern and western edges belong to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from outreach_api.kernel.errors import KernelError

MICRO: Final = 1_000_000
LEVELS: Final = (80_000, 10_000, 1_000, 500, 250)

_STEPS_PER_DEGREE_LAT: Final = 480
_STEPS_PER_DEGREE_LON: Final = 320
_WEST_OF_JAPAN: Final = 100 * _STEPS_PER_DEGREE_LON
_METRES_OF_DIGITS: Final = {4: 80_000, 6: 10_000, 8: 1_000, 9: 500, 10: 250}
_STEPS_OF_METRES: Final = {80_000: 320, 10_000: 40, 1_000: 4, 500: 2, 250: 1}
_LAT_STEPS: Final = range(20 * _STEPS_PER_DEGREE_LAT, 46 * _STEPS_PER_DEGREE_LAT)
_LON_STEPS: Final = range(22 * _STEPS_PER_DEGREE_LON, 54 * _STEPS_PER_DEGREE_LON)
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


class OutsideJapan(KernelError):
    """A position outside 20 ≤ lat < 46, 122 ≤ lon < 154 degrees."""


class InvalidMesh(KernelError):
    """A number that is no mesh code, or a level that does not exist or does not fit."""


class Bounds(NamedTuple):
    """South, west, north, east in micro-degrees, exact.

    Meridians of cells are whole micro-degrees, parallels are thirds of one, hence fractions.
    """

    south: int | Fraction
    west: int | Fraction
    north: int | Fraction
    east: int | Fraction


class BoundsDegrees(NamedTuple):
    """South, west, north, east in degrees, for drawing only: never compute a cell from these."""

    south: float
    west: float
    north: float
    east: float


def micro(degrees: float | Decimal | str) -> int:
    """Micro-degrees; exact for up to six decimals as written, otherwise the nearest (0.1 m, ties to even).

    A float counts as the shortest decimal that means it: 35.8 is 35 800 000. Raises KernelError
    `degrees_invalid` for what is no plain decimal number within ±180.
    """
    if isinstance(degrees, Decimal):
        number = degrees
    else:
        text = degrees if isinstance(degrees, str) else repr(float(degrees))
        if not _NUMBER.fullmatch(text):
            raise KernelError("degrees_invalid")
        number = Decimal(text)
    if not number.is_finite() or abs(number) > 180:
        raise KernelError("degrees_invalid")
    return int((number * MICRO).to_integral_value())


def mesh_code(lat_micro: int, lon_micro: int) -> int:
    """The 250 m cell (ten digits) that holds a point given in micro-degrees. Raises OutsideJapan."""
    i = lat_micro * _STEPS_PER_DEGREE_LAT // MICRO
    j = lon_micro * _STEPS_PER_DEGREE_LON // MICRO - _WEST_OF_JAPAN
    if i not in _LAT_STEPS or j not in _LON_STEPS:
        raise OutsideJapan("outside_japan")
    return _code_of_steps(i, j)


def level_of(code: int) -> int:
    """The nominal width of a cell in metres, from its number of digits. Raises InvalidMesh."""
    return _south_west(code)[2]


def parent(code: int, metres: int) -> int:
    """The cell of a coarser (or the same) level that holds this one. Raises InvalidMesh for a finer level."""
    i, j, own = _south_west(code)
    if metres not in LEVELS or metres < own:
        raise InvalidMesh("mesh_level_invalid", metres=metres)
    return _shorten(_code_of_steps(i, j), metres)


def children(code: int, metres: int) -> tuple[int, ...]:
    """The cells of a finer (or the same) level that tile this one, ascending. Else raises InvalidMesh."""
    i, j, own = _south_west(code)
    if metres not in LEVELS or metres > own:
        raise InvalidMesh("mesh_level_invalid", metres=metres)
    size = _STEPS_OF_METRES[own]
    return tuple(sorted(_cells(range(i, i + size), range(j, j + size), metres)))


def neighbours(code: int) -> tuple[int, ...]:
    """The up to eight cells of its level that touch this one, ascending; none beyond the grid's edge."""
    i, j, metres = _south_west(code)
    size = _STEPS_OF_METRES[metres]
    rows = range(max(i - size, _LAT_STEPS.start), min(i + 2 * size, _LAT_STEPS.stop))
    columns = range(max(j - size, _LON_STEPS.start), min(j + 2 * size, _LON_STEPS.stop))
    return tuple(sorted(cell for cell in _cells(rows, columns, metres) if cell != code))


def bounds_micro(code: int) -> Bounds:
    """The exact edges of a cell in micro-degrees. Raises InvalidMesh."""
    i, j, metres = _south_west(code)
    size = _STEPS_OF_METRES[metres]
    return Bounds(
        Fraction(i * MICRO, _STEPS_PER_DEGREE_LAT),
        Fraction((j + _WEST_OF_JAPAN) * MICRO, _STEPS_PER_DEGREE_LON),
        Fraction((i + size) * MICRO, _STEPS_PER_DEGREE_LAT),
        Fraction((j + size + _WEST_OF_JAPAN) * MICRO, _STEPS_PER_DEGREE_LON),
    )


def bounds_degrees(code: int) -> BoundsDegrees:
    """The edges of a cell in degrees: the nearest floats. Raises InvalidMesh."""
    i, j, metres = _south_west(code)
    size = _STEPS_OF_METRES[metres]
    return BoundsDegrees(
        i / _STEPS_PER_DEGREE_LAT,
        (j + _WEST_OF_JAPAN) / _STEPS_PER_DEGREE_LON,
        (i + size) / _STEPS_PER_DEGREE_LAT,
        (j + size + _WEST_OF_JAPAN) / _STEPS_PER_DEGREE_LON,
    )


def cells_in(bounds: Bounds, metres: int) -> tuple[int, ...]:
    """The cells of a level that share area with bounds (micro-degrees), ascending; clipped to the grid.

    The whole grid has 128 million 250 m cells: check the area first. Raises InvalidMesh for a wrong level.
    """
    if metres not in LEVELS:
        raise InvalidMesh("mesh_level_invalid", metres=metres)
    if bounds.south >= bounds.north or bounds.west >= bounds.east:
        return ()
    size = _STEPS_OF_METRES[metres]
    # -(-a // b) is the ceiling: a cell that only touches the northern or eastern edge shares no area.
    i0 = bounds.south * _STEPS_PER_DEGREE_LAT // (MICRO * size) * size
    i1 = -(-bounds.north * _STEPS_PER_DEGREE_LAT // (MICRO * size)) * size
    j0 = bounds.west * _STEPS_PER_DEGREE_LON // (MICRO * size) * size - _WEST_OF_JAPAN
    j1 = -(-bounds.east * _STEPS_PER_DEGREE_LON // (MICRO * size)) * size - _WEST_OF_JAPAN
    rows = range(max(i0, _LAT_STEPS.start), min(i1, _LAT_STEPS.stop))
    columns = range(max(j0, _LON_STEPS.start), min(j1, _LON_STEPS.stop))
    return tuple(sorted(_cells(rows, columns, metres)))


def _cells(rows: range, columns: range, metres: int) -> Iterator[int]:
    size = _STEPS_OF_METRES[metres]
    return (_shorten(_code_of_steps(i, j), metres) for i in rows[::size] for j in columns[::size])


def _code_of_steps(i: int, j: int) -> int:
    """Divide by 320, 40, 4 and 2 steps: first, second, third mesh, half and quarter."""
    p, i = divmod(i, 320)
    u, j = divmod(j, 320)
    q, i = divmod(i, 40)
    v, j = divmod(j, 40)
    r, i = divmod(i, 4)
    w, j = divmod(j, 4)
    half_north, quarter_north = divmod(i, 2)
    half_east, quarter_east = divmod(j, 2)
    half = 1 + 2 * half_north + half_east
    quarter = 1 + 2 * quarter_north + quarter_east
    return (((p * 100 + u) * 100 + q * 10 + v) * 100 + r * 10 + w) * 100 + half * 10 + quarter


def _shorten(code250: int, metres: int) -> int:
    return code250 // {80_000: 1_000_000, 10_000: 10_000, 1_000: 100, 500: 10, 250: 1}[metres]


def _south_west(code: int) -> tuple[int, int, int]:
    """The steps i and j of a cell's south-west corner, and its level in metres."""
    digits = str(code) if 0 < code < 10**10 else ""
    metres = _METRES_OF_DIGITS.get(len(digits))
    if metres is None:
        raise InvalidMesh("mesh_invalid", mesh=code)
    p, u = int(digits[:2]), int(digits[2:4])
    q, v, r, w = (int(digit) for digit in digits[4:8].ljust(4, "0"))
    half, quarter = (int(digit) - 1 for digit in digits[8:].ljust(2, "1"))
    i = p * 320 + q * 40 + r * 4 + half // 2 * 2 + quarter // 2
    j = u * 320 + v * 40 + w * 4 + half % 2 * 2 + quarter % 2
    possible = max(q, v) <= 7 and 0 <= half <= 3 and 0 <= quarter <= 3
    if not possible or i not in _LAT_STEPS or j not in _LON_STEPS:
        raise InvalidMesh("mesh_invalid", mesh=code)
    return i, j, metres

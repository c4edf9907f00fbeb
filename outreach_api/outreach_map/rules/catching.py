"""Catchments: the people within reach of groups of points, and who came of each hundred of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach_api.outreach_map.rules.discs import PLACES, at_once, counted, reached, united

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach_api.outreach_map.rules.arrays import Floats, Indexes, People, Spots
    from outreach_api.outreach_map.rules.grid import Grid


def people_within(
    grid: Grid, people: People, spots: Spots, groups: Indexes, many: int, radius_m: float
) -> Floats:
    """For each of so many groups the people within `radius_m` of any of its spots: of discs the union counts.

    `groups` says for each spot of which group it is, ascending. Each cell counts with its share inside.
    """
    import numpy as np

    near = np.zeros(many)
    for chosen in _whole_groups(groups, at_once(grid, radius_m)):
        found = list(reached(grid, spots.some(chosen), radius_m))
        if not found:
            continue
        group = np.concatenate([groups[chosen][lines.point] for lines in found])
        cell = np.concatenate([lines.cell for lines in found])
        keys, places = united(group * len(grid) + cell, np.concatenate([lines.places for lines in found]))
        group, cell = np.divmod(keys, len(grid))
        near += np.bincount(group, people.counts[cell] * counted(places) / PLACES, many)
    return near


def _whole_groups(groups: Indexes, most: int) -> Iterator[slice]:
    """Stretches of spots of about so many, each with all spots of its groups."""
    import numpy as np

    begin = 0
    while begin < len(groups):
        last = groups[min(begin + most, len(groups)) - 1]
        end = int(np.searchsorted(groups, last, side="right"))
        yield slice(begin, end)
        begin = end


def reach_rate(attendance: int, people: float) -> float | None:
    """Attendance (延べ, visits and not people) per 100 people of the catchment; None where there are none."""
    return 100 * attendance / people if people > 0 else None

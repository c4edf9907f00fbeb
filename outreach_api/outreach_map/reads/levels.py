"""From the 250 m cells on which everything is reckoned to the cells of the level that is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from outreach_api.kernel.geo import BBox
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.need import DIVISOR


@dataclass(frozen=True, slots=True)
class Gathered:
    """People and covered share of cells of one level."""

    people: dict[int, float]
    covered: dict[int, float]


def gathered(people: Mapping[int, float], covered: Mapping[int, float], level: int) -> Gathered:
    """250 m cells joined to those of a level (metres): people are summed, shares weighted with them.

    So every level has the same sums. Where nobody lives, the share is that of the area.
    """
    parts: dict[int, list[int]] = defaultdict(list)
    for cell in people:
        parts[cell // DIVISOR[level]].append(cell)
    joined = Gathered({}, {})
    for cell, own in parts.items():
        whole = joined.people[cell] = sum(people[part] for part in own)
        reached = sum(people[part] * covered[part] for part in own)
        joined.covered[cell] = reached / whole if whole > 0 else sum(covered[part] for part in own) / len(own)
    return joined


def added(values: Mapping[int, float], level: int) -> dict[int, float]:
    """The sums of 250 m cells by cell of a level."""
    sums: dict[int, float] = {}
    for cell, value in values.items():
        sums[cell // DIVISOR[level]] = sums.get(cell // DIVISOR[level], 0.0) + value
    return sums


def least(days: Mapping[int, int], level: int) -> dict[int, int]:
    """The fewest days of the 250 m cells within each cell of a level."""
    fewest: dict[int, int] = {}
    for cell, count in days.items():
        fewest[cell // DIVISOR[level]] = min(count, fewest.get(cell // DIVISOR[level], count))
    return fewest


def within(values: Mapping[int, float], box: BBox | None, level: int) -> dict[int, float]:
    """The 250 m cells whose cell of a level touches a box; all of them without one."""
    if box is None:
        return dict(values)
    shown = {cell: touches(cell, box) for cell in {cell // DIVISOR[level] for cell in values}}
    return {cell: value for cell, value in values.items() if shown[cell // DIVISOR[level]]}

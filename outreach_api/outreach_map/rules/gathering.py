"""From the 250 m cells on which everything is reckoned to the cells of the level that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Days, Flags, Floats, People
    from outreach_api.outreach_map.rules.grid import Level


class Gathered(NamedTuple):
    """By cell of a level: people, whether any are known, and the share of them that is covered."""

    people: Floats
    known: Flags
    share: Floats


def gathered(people: People, share: Floats, level: Level) -> Gathered:
    """250 m cells joined to those of a level: people are summed, shares weighted with them.

    So every level has the same sums. Where nobody lives, the share is that of the area.
    """
    import numpy as np

    whole, known = added(people, level)
    reached = _sums(people.counts * share, level)
    counted = _sums(people.known.astype(np.float64), level)
    area = _sums(np.where(people.known, share, 0.0), level) / np.maximum(counted, 1)
    return Gathered(whole, known, np.divide(reached, whole, out=area, where=whole > 0))


def added(people: People, level: Level) -> People:
    """The people of 250 m cells by cell of a level, known where those of any part are."""
    import numpy as np

    return type(people)(_sums(people.counts, level), _reduced(np.logical_or, people.known, level))


def least(days: Days, level: Level) -> Days:
    """The fewest days of the 250 m cells within each cell of a level."""
    import numpy as np

    fewest: Days = _reduced(np.minimum, days, level)
    return fewest


def _sums(values: Floats, level: Level) -> Floats:
    import numpy as np

    sums: Floats = _reduced(np.add, values, level)
    return sums


def _reduced(how: Any, values: Any, level: Level) -> Any:
    """What ufunc.reduceat says, also of no cells at all."""
    if len(level.starts) == len(values):
        return values.copy()
    return how.reduceat(values, level.starts)

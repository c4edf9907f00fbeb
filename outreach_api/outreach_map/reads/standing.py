"""Who was where lately, in the arrays that the map's rules take: how a day stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from outreach_api.outreach_map.reads.held import HeldAt
from outreach_api.outreach_map.reads.need import Need
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.covering import Standing, standing
from outreach_api.settings import Settings

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Days


def standing_on(
    known: Need, settings: Settings, held: Sequence[HeldAt], on: dt.date, radius_m: float
) -> Standing:
    """What stops cover of the imported cells on a day, and how long ago each cell was reached."""
    spots = Spots.of(stop.point for stop in held)
    return standing(known.grid, spots, days_ago(held, on), radius_m, settings.coverage_days)


def days_ago(held: Sequence[HeldAt], on: dt.date) -> Days:
    import numpy as np

    return np.array([(on - stop.last_day).days for stop in held], dtype=np.int32)

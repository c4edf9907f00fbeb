"""Who comes to a stop: how many, of which age, when. Numbers as in the public log: median about 51, 13 to 223."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from outreach_api.demo.chance import Chance
from outreach_api.demo.season import Weather
from outreach_api.demo.town import Place
from schemas.vocabulary import CHILD_BANDS, Band, StopKind

FEWEST, MOST = 13, 223
_MEDIAN = 49
_SPREAD = 0.45
_OF_WEATHER = {
    Weather.FINE: 1.06,
    Weather.RAIN: 0.6,
    Weather.STORM: 0.4,
    Weather.HEAT: 0.7,
    Weather.THUNDER: 0.8,
}

_USUAL: Mapping[Band, float] = {
    Band.INFANT: 5,
    Band.PRESCHOOL: 14,
    Band.ELEM_LOW: 22,
    Band.ELEM_HIGH: 15,
    Band.JUNIOR_HIGH: 4,
    Band.HIGH_SCHOOL: 2,
    Band.YOUNG_ADULT: 2,
    Band.GUARDIAN: 22,
    Band.ADULT: 6,
    Band.SENIOR: 7,
    Band.UNKNOWN: 1,
}
_BY_KIND: dict[StopKind, Mapping[Band, float]] = {
    StopKind.SCHOOL: {**_USUAL, Band.ELEM_LOW: 34, Band.ELEM_HIGH: 30, Band.GUARDIAN: 9, Band.SENIOR: 1},
    StopKind.SHOP: {**_USUAL, Band.JUNIOR_HIGH: 9, Band.HIGH_SCHOOL: 8, Band.ADULT: 12, Band.SENIOR: 12},
    StopKind.PRIVATE_HOME: {**_USUAL, Band.INFANT: 18, Band.PRESCHOOL: 20, Band.GUARDIAN: 34},
    StopKind.HOUSING_ESTATE: {**_USUAL, Band.SENIOR: 18, Band.ADULT: 8},
    StopKind.TEMPLE: {**_USUAL, Band.SENIOR: 12},
}
_GROUP = {1: 5.0, 2: 6.0, 3: 4.0, 4: 1.5}


@dataclass(frozen=True, slots=True)
class Arrival:
    """People who come together, as the counter is tapped for them."""

    at: dt.datetime
    bands: tuple[Band, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {band.value: self.bands.count(band) for band in dict.fromkeys(self.bands)}


def arrivals(
    chance: Chance, place: Place, weather: Weather, opens: dt.datetime, closes: dt.datetime
) -> list[Arrival]:
    """Everybody who comes between two moments, in order."""
    draw = math.exp(chance.gauss(math.log(_MEDIAN), _SPREAD)) * place.draws * _OF_WEATHER[weather]
    number = min(MOST, max(FEWEST, round(draw)))
    weights = _BY_KIND.get(place.kind, _USUAL)
    bands = chance.choices(list(weights), list(weights.values()), k=number)
    groups = []
    while bands:
        size = chance.pick(_GROUP)
        groups.append(tuple(bands[:size]))
        bands = bands[size:]
    minutes = max(1, (closes - opens) // dt.timedelta(minutes=1))
    times = sorted(
        opens + dt.timedelta(minutes=chance.randrange(minutes), seconds=chance.randrange(60)) for _ in groups
    )
    return [Arrival(at, group) for at, group in zip(times, groups, strict=True)]


def is_child(band: Band) -> bool:
    return band in CHILD_BANDS


def people(of: Sequence[Arrival]) -> int:
    return sum(len(arrival.bands) for arrival in of)

"""The season: which stop on which day, returning every four weeks, and the weather of each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from outreach_api.demo.chance import Chance
from outreach_api.kernel.week import TOKYO, IsoWeek

_WEDNESDAY, _FRIDAY, _SATURDAY, _SUNDAY = 2, 4, 5, 6
# Weekday, from, to, then the stop of each week of four; of two codes each has its turn every eight weeks.
_ROUND: tuple[tuple[int, str, str, tuple[str, str, str, str]], ...] = (
    (_WEDNESDAY, "14:30", "17:00", ("K17 K23", "K09", "K10 K11", "K16")),
    (_FRIDAY, "15:00", "17:30", ("K19", "K20", "K21", "K18")),
    (_SATURDAY, "10:00", "12:30", ("K01", "K02", "K03", "K04")),
    (_SATURDAY, "14:30", "17:00", ("K05", "K13", "K06", "K08")),
    (_SUNDAY, "10:30", "14:30", ("K07", "K14", "K12", "K15")),
)
_WEEKS_OF_ROUND = 4
_FURTHEST_WEEKS = 12
ROUND_CODES = tuple(code for _, _, _, weeks in _ROUND for week in weeks for code in week.split())


class Weather(StrEnum):
    FINE = "fine"
    RAIN = "rain"
    STORM = "storm"
    HEAT = "heat"
    THUNDER = "thunder"


@dataclass(frozen=True, slots=True)
class Stay:
    """One planned stay: a stop's code, its local day, and when it opens and closes."""

    code: str
    day: dt.date
    arrive: dt.time
    depart: dt.time

    @property
    def opens(self) -> dt.datetime:
        return dt.datetime.combine(self.day, self.arrive, TOKYO)

    @property
    def closes(self) -> dt.datetime:
        return dt.datetime.combine(self.day, self.depart, TOKYO)


@dataclass(frozen=True, slots=True)
class Season:
    """`weeks` ISO weeks; the last one holds `until`, the last day that is over."""

    seed: int
    weeks: int
    until: dt.date

    @property
    def first_day(self) -> dt.date:
        return IsoWeek.of(self.until).previous(self.weeks - 1).monday

    @property
    def prepared_on(self) -> dt.date:
        """When the stops, people and items were entered: the week before, on its Monday."""
        return self.first_day - dt.timedelta(days=7)

    def days(self) -> Iterator[dt.date]:
        """Each day from the preparation to `until`."""
        day = self.prepared_on
        while day <= self.until:
            yield day
            day += dt.timedelta(days=1)

    def week_number(self, day: dt.date) -> int:
        """0 for the first week; counts on past `until`, and is negative before."""
        return (day - self.first_day).days // 7

    def stays(self, day: dt.date) -> list[Stay]:
        """What the round has on a day, in the order in which it is driven."""
        week = self.week_number(day)
        if week < 0:
            return []
        rounds, week = divmod(week, _WEEKS_OF_ROUND)
        found = []
        for weekday, opens, closes, codes in _ROUND:
            if day.weekday() == weekday:
                turns = codes[week].split()
                code = turns[rounds % len(turns)]
                found.append(Stay(code, day, dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)))
        return found

    def next_stay(self, stay: Stay) -> Stay:
        """When the van is due at this stop again."""
        day = stay.day
        for _ in range(_FURTHEST_WEEKS):
            day += dt.timedelta(days=7)
            for later in self.stays(day):
                if later.code == stay.code:
                    return later
        raise ValueError(f"the round never returns to {stay.code}")

    def weather(self, day: dt.date) -> Weather:
        """Rain the whole year, heat and thunder in summer."""
        chance = Chance(self.seed, "weather", day)
        summer = day.month in (7, 8, 9)
        return chance.pick(
            {
                Weather.FINE: 0.71,
                Weather.RAIN: 0.22,
                Weather.STORM: 0.04,
                Weather.HEAT: 0.12 if summer else 0.0,
                Weather.THUNDER: 0.06 if summer else 0.01,
            }
        )

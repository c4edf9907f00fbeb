"""What the solver is asked: places, sites, shifts. Plain values, whole minutes since local midnight.

In the words of the trade this is a team orienteering (or prize-collecting) problem with multiple time windows, a
maximal route duration and breaks: Vansteenwegen, Souffriau and Van Oudheusden, "The orienteering problem: A survey",
EJOR 209 (2011); Tricoire et al., "Heuristics for the multi-period orienteering problem with multiple time windows",
Computers & Operations Research 37 (2010).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

# From, to: minutes since local midnight. A stay lies wholly in one window.
Window = tuple[int, int]

# Whole minutes from row to column: a place's row is its number in Problem.places, then the shift's start, then its end.
Drives = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One visit that may be made, at most once.

    A stop that may be visited several times in the horizon is several places of one Site. Set-up lies before the
    stay and teardown after it, both outside of the windows, as `check` counts them. `windows` has the windows of each
    day, sorted and apart from each other; a day that is not in it is a day without a visit. On the days of `extra` a
    visit is worth so many points more. A visit takes `load` out of what the van carries; where it `refills`, nothing, and the van
    goes on as full as it left its start.
    """

    key: str
    stay: int
    value: int
    windows: Mapping[int, Sequence[Window]]
    extra: Mapping[int, int] = field(default_factory=dict)
    setup: int = 0
    teardown: int = 0
    load: int = 0
    refills: bool = False
    must: bool = False
    never: bool = False
    site: int | None = None

    def __post_init__(self) -> None:
        # The bounds' clock goes forward with every stay.
        if self.stay < 1:
            raise ValueError("a stay lasts a minute at least")
        if any(points < 0 for points in self.extra.values()):
            raise ValueError("no day takes points off")
        if self.load < 0 or (self.refills and self.load):
            raise ValueError("a visit takes a load or fills the van, or neither")

    @property
    def most(self) -> int:
        """The points of a visit on its best day."""
        return self.value + max(self.extra.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What holds between the visits to one stop, in days: from one to the next at least, at most.

    `visited` are days of visits that stand already (before, within or after the horizon). `max_days` between two
    neighbouring visits is a hard rule here; that somebody must come by a day is said by a `must` place whose windows
    end with that day.
    """

    min_days: int = 0
    max_days: int | None = None
    visited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """In one piece between two stays, without driving, set-up or teardown, from `earliest` on and over by `latest`.

    Each of `steps` says (over, minutes), both rising: a shift that lasts longer than `over` owes a break of `minutes`.
    """

    steps: tuple[tuple[int, int], ...]
    earliest: int
    latest: int

    def __post_init__(self) -> None:
        rising = pairwise([(-1, 0), *self.steps])
        if not all(over < longer and least < more for (over, least), (longer, more) in rising):
            raise ValueError("a longer shift owes a longer break")
        if self.latest - self.earliest < self.steps[-1][1]:
            raise ValueError("a break must fit between its earliest and its latest minute")

    def longest_with(self, minutes: int) -> float:
        """Minutes that a shift may last with a break of so many."""
        return next((over for over, owed in self.steps if minutes < owed), math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One van on one day: it leaves its start at `earliest` or later and is at its end by `latest`.

    From leaving to being back it may last `longest` minutes. It leaves with `room` for loads; None is enough for all.
    `barred` are places that this van can't use. A shift without any place costs nothing: the van stays where it is.
    """

    key: str
    day: int
    earliest: int
    latest: int
    longest: int
    drives: Drives
    pause: Break | None = None
    room: int | None = None
    barred: frozenset[int] = field(default_factory=frozenset)

    def overfilled(self, busy: int) -> bool:
        """Whether so many minutes of driving, set-up, stays and teardown find no room, wherever they lie."""
        steps = () if self.pause is None else self.pause.steps
        rest = max((minutes for over, minutes in steps if busy > over), default=0)
        return busy + rest > min(self.longest, self.latest - self.earliest)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Wanted: as many `must` places as can be, then the highest points minus `minute_price` × minutes driven.

    `minute_price` is in points a minute, ≥ 0.
    """

    places: tuple[Place, ...]
    shifts: tuple[Shift, ...]
    sites: tuple[Site, ...] = ()
    minute_price: float = 0.0

    @property
    def start(self) -> int:
        """The row of a shift's start in its drives; the end's is the next."""
        return len(self.places)

    @property
    def end(self) -> int:
        return len(self.places) + 1

    @cached_property
    def filled_on_the_way(self) -> bool:
        """Whether what is left on a van hangs on the order of its visits."""
        return any(place.refills for place in self.places) and any(
            shift.room is not None for shift in self.shifts
        )

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The places of each site."""
        found: list[list[int]] = [[] for _ in self.sites]
        for number, place in enumerate(self.places):
            if place.site is not None:
                found[place.site].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def must_bonus(self) -> int:
        """More points than all optional places and all driving together can outweigh."""
        longest_day = sum(shift.latest - shift.earliest for shift in self.shifts)
        return 1 + sum(place.most for place in self.places) + round(self.minute_price * longest_day)

    def points(self, place: int, shift: int) -> int:
        """What a visit in a shift is worth."""
        wanted = self.places[place]
        return wanted.value + wanted.extra.get(self.shifts[shift].day, 0)

    def weight(self, place: int, shift: int) -> int:
        """What the engines maximise: those points, lifted above everything for a must."""
        return self.points(place, shift) + (self.must_bonus if self.places[place].must else 0)

    def windows(self, place: int, shift: int) -> Sequence[Window]:
        """Where a stay may lie in a shift; empty when it can't at all."""
        asked, when = self.places[place], self.shifts[shift]
        if asked.never or place in when.barred:
            return ()
        return [w for w in asked.windows.get(when.day, ()) if w[1] - w[0] >= asked.stay]

    def busy(self, place: int) -> int:
        """Minutes that a visit takes without any drive."""
        asked = self.places[place]
        return asked.setup + asked.stay + asked.teardown

    def leg(self, shift: int, before: int, after: int) -> int:
        """Minutes from the end of one stay to the earliest begin of the next: teardown, drive, set-up."""
        minutes = self.shifts[shift].drives[before][after]
        if before < len(self.places):
            minutes += self.places[before].teardown
        if after < len(self.places):
            minutes += self.places[after].setup
        return minutes

"""Small worlds for the tests of suggestions: stops, vans and days as plain values, and random ones."""

from __future__ import annotations

import datetime as dt
import math
import random
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.kernel.mesh import mesh_code, micro, neighbours
from outreach_api.outreach_map.rules.arrays import People, Spots
from outreach_api.outreach_map.rules.covering import standing
from outreach_api.outreach_map.rules.grid import Grid
from outreach_api.outreach_map.rules.missing import Missed
from outreach_api.outreach_map.rules.sharing import Catchments
from outreach_api.plans.rules import Drives, Leave, Limits, Opening, StopFacts, VanFacts
from outreach_api.plans.solver.answer import Answer
from outreach_api.plans.suggesting.case import Case
from outreach_api.plans.suggesting.facts import Candidate, VanInTown
from outreach_api.plans.suggesting.posing import Posed, pose
from outreach_api.plans.suggesting.reasons import LeftOut, left_out
from outreach_api.plans.suggesting.scores import Rates, StopRecord
from outreach_api.plans.suggesting.searching import search
from outreach_api.plans.suggesting.wish import Wish
from schemas.vocabulary import LegBasis, StopStatus

FIRST = dt.date(2026, 11, 30)  # a Monday
RATES = Rates(
    per_person=0.25,
    per_day=2.0,
    per_due=80.0,
    per_return=60.0,
    per_follow_up=30.0,
    per_weight=40.0,
    per_drive_minute=1.0,
    full_after_days=84,
)
ALWAYS = (Leave(dt.date(2026, 4, 1)),)


def drives(places: Sequence[Point]) -> Drives:
    """Straight lines at 20 km/h; a degree is 100 km."""
    seconds = [
        [round(math.hypot(a.lat - b.lat, a.lon - b.lon) * 100_000 / (20 / 3.6)) for b in places]
        for a in places
    ]
    bases = [[LegBasis.ESTIMATE] * len(places) for _ in places]
    return Drives({place: number for number, place in enumerate(places)}, seconds, bases)


def case(*candidates: Candidate, vans: int = 1, days: int = 1, **said: Any) -> Case:
    wish = Wish(
        **{
            "first": FIRST,
            "last": FIRST + dt.timedelta(days=days - 1),
            "weekdays": None,
            "van_ids": None,
            "stop_ids": None,
            "must": frozenset(),
            "never": frozenset(),
            "earliest": 8 * 60,
            "latest": 18 * 60,
            "longest": 600,
            "apart_days": 21,
            "seconds": 60.0,
            "iterations": 3,
            "seed": 1,
            **said,
        }
    )
    return Case(
        wish=wish,
        candidates=candidates,
        vans=[VanInTown(uuid.UUID(int=900 + n), VanFacts(), frozenset()) for n in range(vans)],
        bases={},
        drives=drives(list(dict.fromkeys(one.stop.point for one in candidates))),
        limits=Limits(setup_minutes=30, teardown_minutes=30, shift_minutes=600),
        rates=RATES,
    )


def candidate(number: int, **said: Any) -> Candidate:
    of_stop = {name: said.pop(name) for name in list(said) if name in StopFacts.__dataclass_fields__}
    stop = StopFacts(
        **{
            "id": uuid.UUID(int=number + 1),
            "point": Point(35.8 + number / 1000, 139.9),
            "permissions": ALWAYS,
            **of_stop,
        }
    )
    return Candidate(
        **{
            "stop": stop,
            "code": f"K{number:02}",
            "record": StopRecord(weight=number % 10),
            "stay_minutes": 120,
            "stay_learned": False,
            "days_taken": (),
            **said,
        }
    )


def answered(given: Case) -> tuple[Posed, Answer, list[LeftOut]]:
    posed = pose(given)
    answer = search(posed)
    return posed, answer, left_out(posed, answer)


times = st.integers(7 * 4, 19 * 4).map(lambda quarter: dt.time(quarter // 4, quarter % 4 * 15))
openings = st.one_of(
    st.just(()),
    st.lists(
        st.tuples(times, times, st.integers(0, 2)).filter(lambda t: t[0] < t[1]), min_size=1, max_size=3
    ).map(lambda found: tuple(Opening(weekday=day, opens=a, closes=b) for a, b, day in found)),
)
leaves = st.sampled_from(
    [ALWAYS, ALWAYS, ALWAYS, (), (Leave(dt.date(2026, 4, 1), FIRST),), (Leave(FIRST + dt.timedelta(days=1)),)]
)


@st.composite
def cases(draw: st.DrawFn, spread: int = 200) -> Case:
    """Stops within so many thousandths of a degree, where nobody is known to live."""
    found = [
        candidate(
            number,
            point=Point(
                35.7 + draw(st.integers(0, spread)) / 1000, 139.8 + draw(st.integers(0, spread)) / 1000
            ),
            openings=draw(openings),
            permissions=draw(leaves),
            status=draw(st.sampled_from([StopStatus.AGREED] * 5 + [StopStatus.PAUSED])),
            max_width_cm=draw(st.sampled_from([None, None, 180])),
            water=draw(st.integers(0, 4)) == 0,
            max_days_between=draw(st.sampled_from([None, None, 1, 5, 6])),
            stay_minutes=draw(st.sampled_from([30, 60, 120, 180])),
            record=StopRecord(weight=draw(st.integers(0, 9)), days_since=draw(st.integers(0, 90))),
            days_taken=draw(st.sampled_from([(), (), (), (FIRST,), (FIRST - dt.timedelta(days=5),)])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    made = case(
        *found,
        vans=draw(st.integers(1, 2)),
        days=draw(st.integers(1, 3)),
        longest=draw(st.integers(150, 600)),
        latest=draw(st.integers(12, 18)) * 60,
        apart_days=draw(st.sampled_from([1, 2, 21])),
        must=frozenset(one.stop.id for one in found if draw(st.integers(0, 9)) == 0),
        never=frozenset(),
    )
    kinds = [VanFacts(), VanFacts(width_cm=200), VanFacts(water_litres=draw(st.integers(10, 60)))]
    vans = [replace(van, van=draw(st.sampled_from(kinds))) for van in made.vans]
    base = draw(st.sampled_from([None, found[0].stop.point]))
    limits = replace(
        made.limits,
        break_minutes=draw(st.sampled_from([0, 0, 45])),
        break_after_minutes=draw(st.sampled_from([180, 360])),
        long_break_minutes=draw(st.sampled_from([0, 60])),
        long_break_after_minutes=draw(st.sampled_from([240, 480])),
        water_per_hour=10,
    )
    made = replace(made, limits=limits)
    return replace(made, vans=vans, bases={} if base is None else {van.van_id: base for van in vans})


@st.composite
def clustered_cases(draw: st.DrawFn) -> Case:
    """Stops within some hundred metres, most of which reach people whom others reach too."""
    chance = random.Random(draw(st.integers(0, 1_000)))
    made = draw(cases(spread=draw(st.sampled_from([3, 8, 12]))))
    return peopled(made, lambda: chance.choice([0.0, 10.0, 60.0, 150.0]))


def peopled(given: Case, people: Callable[[], float]) -> Case:
    """The case with missed people in every 250 m cell around its stops."""
    points = [one.stop.point for one in given.candidates]
    around = catchments({cell: people() for cell in sorted(cells_around(points))}, points)
    candidates = [
        replace(one, record=replace(one.record, missed_people=around.alone(number)))
        for number, one in enumerate(given.candidates)
    ]
    return replace(given, candidates=candidates, around=around)


def catchments(people: Mapping[int, float], points: Sequence[Point]) -> Catchments:
    """Within 500 metres, of people whom nobody reached yet; cells ascending."""
    grid = Grid(list(people))
    nobody_came = standing(grid, Spots.of([]), np.zeros(0, dtype=np.int32), 500, 42)
    missed = Missed.of(grid, People.of(np.array(list(people.values()))), nobody_came, 84)
    return Catchments.of(missed, Spots.of(points), 500)


def cells_around(points: Iterable[Point]) -> set[int]:
    """The 250 m cells that a catchment of 500 m may touch."""
    middle = {mesh_code(micro(point.lat), micro(point.lon)) for point in points}
    ring = {cell for one in middle for cell in (one, *neighbours(one))}
    return {cell for one in ring for cell in (one, *neighbours(one))}

"""Small planning problems for the solver's tests, and the slow, plain truth about their times."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from outreach_api.plans.solver.problem import Break, Place, Problem, Shift, Site, Window

DAY_FROM, DAY_TO = 0, 100


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """One to three windows of a day, apart from each other."""
    edges = sorted(draw(st.sets(st.integers(DAY_FROM, DAY_TO), min_size=2, max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def places(draw: st.DrawFn, days: Sequence[int], sites: int = 0) -> Place:
    refills = not draw(st.integers(0, 5))
    return Place(
        key="p",
        stay=draw(st.integers(3, 15)),
        value=draw(st.integers(0, 60)),
        windows={day: draw(windows()) for day in days if draw(st.integers(0, 4))},
        extra={day: draw(st.integers(0, 40)) for day in days if not draw(st.integers(0, 3))},
        setup=draw(st.integers(0, 4)),
        teardown=draw(st.integers(0, 4)),
        load=0 if refills else draw(st.integers(0, 9)),
        refills=refills,
        must=draw(st.integers(0, 5)) == 0,
        never=draw(st.integers(0, 8)) == 0,
        site=draw(st.integers(0, sites - 1)) if sites else None,
    )


@st.composite
def breaks(draw: st.DrawFn) -> Break:
    minutes, earliest = draw(st.integers(1, 12)), draw(st.integers(DAY_FROM, 70))
    steps = [(draw(st.integers(0, 60)), minutes)]
    if draw(st.booleans()):
        steps.append((steps[0][0] + draw(st.integers(1, 20)), minutes + draw(st.integers(1, 6))))
    latest = earliest + steps[-1][1] + draw(st.integers(0, 20))
    return Break(steps=tuple(steps), earliest=earliest, latest=latest)


@st.composite
def shifts(draw: st.DrawFn, day: int, places: int) -> Shift:
    rows = places + 2
    drive = st.integers(0, 12)
    earliest = draw(st.integers(DAY_FROM, 40))
    return Shift(
        key=f"van-{day}",
        day=day,
        earliest=earliest,
        latest=draw(st.integers(earliest, DAY_TO)),
        longest=draw(st.integers(20, 100)),
        drives=[[0 if a == b else draw(drive) for b in range(rows)] for a in range(rows)],
        pause=draw(st.none() | breaks()),
        room=draw(st.none() | st.integers(0, 25)),
        barred=frozenset(draw(st.sets(st.integers(0, 2 * places), max_size=1))),
    )


@st.composite
def problems(draw: st.DrawFn, most_places: int = 5, most_shifts: int = 1) -> Problem:
    days = range(draw(st.integers(1, most_shifts)))
    sites = draw(st.integers(0, 2)) if len(days) > 1 else 0
    chosen = draw(st.lists(places(days, sites), min_size=1, max_size=most_places))
    return Problem(
        places=tuple(chosen),
        shifts=tuple(draw(shifts(day, len(chosen))) for day in days),
        sites=tuple(draw(_site()) for _ in range(sites)),
        minute_price=draw(st.sampled_from([0.0, 0.3, 1.0])),
    )


@st.composite
def _site(draw: st.DrawFn) -> Site:
    return Site(
        min_days=draw(st.integers(0, 2)),
        max_days=draw(st.none() | st.integers(1, 2)),
        visited=tuple(draw(st.sets(st.integers(-2, 4), max_size=1))),
    )


def best_times(problem: Problem, shift: int, order: Sequence[int]) -> tuple[int, int] | None:
    """(begins, ends) with the earliest end, then the latest begin, found by trying every minute of everything."""
    when = problem.shifts[shift]
    if not lasts(problem, shift, order):
        return None
    found = []
    for begins in range(when.earliest, when.latest + 1):
        ways = [(0, _through(problem, shift, order, begins, None))]
        for _, minutes in when.pause.steps if when.pause else ():
            between = range(1, len(order))
            ways += [(minutes, _through(problem, shift, order, begins, leg, minutes)) for leg in between]
        for minutes, ends in ways:
            if ends is not None and minutes >= owed(when, ends - begins):
                found.append((ends, -begins))
    found = [(ends, begins) for ends, begins in found if ends + begins <= when.longest]
    if not found:
        return None
    ends, begins = min(found)
    return -begins, ends


def lasts(problem: Problem, shift: int, order: Sequence[int]) -> bool:
    """Whether what the van carries is enough, visit by visit."""
    full = problem.shifts[shift].room
    left = full
    for place in order:
        if left is None:
            break
        left = full if problem.places[place].refills else left - problem.places[place].load
        if left is not None and left < 0:
            return False
    return True


def owed(shift: Shift, duration: int) -> int:
    """Minutes of the break of a shift that lasts so long."""
    steps = shift.pause.steps if shift.pause else ()
    return max((minutes for over, minutes in steps if duration > over), default=0)


def _through(
    problem: Problem, shift: int, order: Sequence[int], now: int, pause_leg: int | None, minutes: int = 0
) -> int | None:
    """When the van is back, if it drives as soon as it can; with the break at the minute of a leg that is best."""
    when = problem.shifts[shift]
    before = problem.start
    for number, place in enumerate((*order, problem.end)):
        teardown = problem.places[before].teardown if before != problem.start else 0
        drive = when.drives[before][place]
        now += teardown
        if number == pause_leg:
            if when.pause is None:
                return None
            ready = []
            for start in range(max(now, when.pause.earliest), when.pause.latest - minutes + 1):
                driven = min(start - now, drive)
                ready.append(start + minutes + drive - driven)
            if not ready:
                return None
            now = min(ready)
        else:
            now += drive
        if place == problem.end:
            return now if now <= when.latest else None
        now += problem.places[place].setup
        stay = problem.places[place].stay
        starts = [
            minute
            for opens, closes in problem.windows(place, shift)
            for minute in range(max(now, opens), closes - stay + 1)
        ]
        if not starts:
            return None
        now, before = min(starts) + stay, place
    return None

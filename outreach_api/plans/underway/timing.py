"""When the stays of a replanned rest open and close: none later than it need be, none shorter than nothing asks for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from outreach_api.plans.rules import Stay
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import time_at
from outreach_api.plans.solver.answer import Route
from outreach_api.plans.underway.posing import Choice, Posed, Way


@dataclass(frozen=True, slots=True)
class _Timed:
    place: int
    opens: int
    closes: int
    rested: int
    """Minutes of the break on the way there."""


def stays_of(posed: Posed, route: Route) -> tuple[Stay, ...]:
    """The stays of a route; one that was cut short stays open for as long as nothing else has to wait."""
    rest, limits, drives = posed.rest, posed.rest.plan.limits, posed.rest.plan.drives
    shift, order = posed.problem.shifts[0], posed.order_of(route)
    if not order:
        return ()
    begins, over_by = _begins_and_ends(posed, route)
    found: list[Stay] = []
    visits: list[_Timed | None] = [*_at_once(posed, route, begins), None]
    for this, following in pairwise(visits):
        if this is None:
            break
        choice = posed.choices[this.place]
        stay = rest.ahead[choice.number].stay
        if following is None:
            leave = over_by - shift.drives[this.place][-1]
        else:
            ready = following.opens - limits.setup_minutes
            leave = ready - shift.drives[this.place][following.place]
            after = rest.ahead[posed.choices[following.place].number].stay
            if after.stop.id != stay.stop.id:
                leave = drives.leave_by(stay.stop.point, after.stop.point, ready)
            leave -= following.rested
        longer = min(leave - limits.teardown_minutes, _may_last(posed, choice, this.opens, this.closes))
        times = time_at(this.opens), time_at(max(this.closes, longer))
        found.append(replace(stay, arrive=times[0], depart=times[1]))
    return tuple(found)


def _begins_and_ends(posed: Posed, route: Route) -> tuple[int, int]:
    """How soon a route may begin that need not wait, and until when it may last with the break that it has."""
    shift = posed.problem.shifts[0]
    paused = 0 if route.pause is None else route.pause[1] - route.pause[0]
    longest = shift.longest
    if shift.pause is not None:
        longest = int(min(longest, shift.pause.longest_with(paused)))
    begins = route.begins - min(route.begins - shift.earliest, max(0, longest - route.duration))
    return begins, min(shift.latest, begins + longest)


def _at_once(posed: Posed, route: Route, begins: int) -> Iterator[_Timed]:
    """Opening and close of each stay of a route, none later than it need be: people may be waiting."""
    now, before, ended = begins, posed.problem.start, None
    for stay in route.stays:
        leg = posed.problem.leg(0, before, stay.place)
        if stay.place == posed.worked:
            now, before, ended = stay.depart, stay.place, stay.depart
            continue
        rested = 0
        if route.pause is not None and ended is not None and ended <= route.pause[0] < stay.arrive:
            rested = route.pause[1] - route.pause[0]
        choice = posed.choices[stay.place]
        opens = stay.arrive
        if choice.way is not Way.MOVED:
            windows = posed.problem.windows(stay.place, 0)
            ready = now + rested + leg
            opens = min(max(ready, first) for first, last in windows if first <= stay.arrive <= last)
        yield _Timed(stay.place, opens, opens + choice.minutes, rested)
        now, before, ended = opens + choice.minutes, stay.place, stay.depart


def _may_last(posed: Posed, choice: Choice, arrive: int, depart: int) -> int:
    """Until when a stay may go on where it is: its planned length, its window, its announced end."""
    ahead = posed.rest.ahead[choice.number]
    longest = arrive + ahead.minutes
    if choice.way is Way.IN_TIME:
        longest = min(longest, minute_of(ahead.stay.depart))
    closes = [b for a, b in choice.free if a <= arrive and depart <= b]
    return min([longest, *closes])

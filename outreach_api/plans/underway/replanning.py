"""The rest of a day anew: which stays to keep, when, and which not; judged by `check` before anybody hears of it. Pure."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from outreach_api.plans.rules import Stay, Violation, check, hard
from outreach_api.plans.rules.violations import MINUTES_OF_DAY, time_at
from outreach_api.plans.solver.answer import Route
from outreach_api.plans.solver.solve import solve
from outreach_api.plans.underway.posing import Posed, pose
from outreach_api.plans.underway.rest import Rest, forbidding
from outreach_api.plans.underway.timing import stays_of

SECONDS = 1.5
"""All searching together; a day's rest takes a tenth of it, and cutting it short is told."""
_UNITS = 40
_FINE = 5


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The stay that is open: it may close at `soonest`, and was to close at `closes`."""

    stay: Stay
    soonest: int
    closes: int
    promises: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    rest: Rest
    posed: Posed
    done: tuple[Stay, ...]
    """Stays that were opened, at the times at which they are to stand in the plan; the open one with its close."""
    kept: tuple[Stay, ...]
    order: tuple[int, ...]
    """The places of the problem that are kept."""
    against: Mapping[uuid.UUID, Violation] = field(default_factory=dict)
    """What `check` has against stays that were dropped for it."""
    proven: bool

    @property
    def promises(self) -> int:
        """Promises kept."""
        kept = {stay.plan_stop_id for stay in self.kept}
        return sum(ahead.promises for ahead in self.rest.ahead if ahead.stay.plan_stop_id in kept)

    @property
    def violations(self) -> list[Violation]:
        return check(replace(self.rest.plan, stays=(*self.done, *self.kept)))


def replan(
    rest: Rest, under_way: UnderWay | None = None, clock: Callable[[], float] = time.monotonic
) -> Replanned:
    """The open stay closes early only as the day's end asks, or for a promise that is lost else, and then no earlier."""
    ends = clock() + SECONDS
    if under_way is None:
        return _solved(rest, clock, ends)
    latest = max(under_way.soonest, min(under_way.closes, _last_close(rest, under_way.stay)))
    best = _solved(_closing(rest, under_way, latest), clock, ends)
    if under_way.promises or best.promises == sum(ahead.promises for ahead in rest.ahead):
        return best
    soon = _solved(_closing(rest, under_way, under_way.soonest), clock, ends)
    if soon.promises <= best.promises:
        return best
    good, bad, best = under_way.soonest, latest, soon
    while bad - good > _FINE:
        middle = (good + bad) // 2
        tried = _solved(_closing(rest, under_way, middle), clock, ends)
        if tried.promises == soon.promises:
            good, best = middle, tried
        else:
            bad = middle
    return best


def _closing(rest: Rest, under_way: UnderWay, closes: int) -> Rest:
    stay = replace(under_way.stay, depart=time_at(min(closes, MINUTES_OF_DAY - 1)))
    return replace(
        rest,
        done=(*rest.done, stay),
        done_early=(*rest.done_early, stay),
        origin=stay.stop.point,
        ready=closes + rest.plan.limits.teardown_minutes,
        idle=0,
    )


def _last_close(rest: Rest, stay: Stay) -> int:
    if rest.until is None:
        return MINUTES_OF_DAY - 1
    leave = rest.until
    if rest.plan.base is not None:
        leave = rest.plan.drives.leave_by(stay.stop.point, rest.plan.base, rest.until)
    return leave - rest.plan.limits.teardown_minutes


def _solved(rest: Rest, clock: Callable[[], float], ends: float) -> Replanned:
    """Solve, ask `check`, and leave out what it has something against, until it has nothing against what is kept."""
    against = {
        ahead.stay.plan_stop_id: found[0]
        for ahead in rest.ahead
        for found in [forbidding(rest, ahead)]
        if found
    }
    shorter_by = 0
    done = rest.done
    while True:
        posed = pose(rest, against, shorter_by)
        answer = solve(posed.problem, iterations=_UNITS, seconds=max(0.0, ends - clock()), clock=clock)
        route = answer.routes[0]
        kept = stays_of(posed, route)
        found = hard(check(replace(rest.plan, stays=(*done, *kept))))
        ids = {stay.plan_stop_id for stay in kept}
        about = [one for one in found if ids & set(one.plan_stop_ids)]
        of_day = [one for one in found if not one.plan_stop_ids and kept]
        too_long = [one for one in of_day if one.code == "shift_too_long"]
        if (about or of_day) and done != rest.done_early:
            done = rest.done_early
        elif too_long and shorter_by < rest.plan.limits.shift_minutes:
            shorter_by += int(too_long[0].numbers["too_many_minutes"])
        elif about or of_day:
            culprits = [(one, ids & set(one.plan_stop_ids) or ids) for one in (*about, *of_day)]
            one, stays = culprits[0]
            against[_least(posed, route, stays)] = one
        else:
            break
    return Replanned(
        rest=rest,
        posed=posed,
        done=done,
        kept=kept,
        order=posed.order_of(route),
        against=against,
        proven=answer.proven,
    )


def _least(posed: Posed, route: Route, among: set[uuid.UUID]) -> uuid.UUID:
    """Of some kept stays the one that is worth least."""
    worths = {
        posed.rest.ahead[posed.choices[place].number].stay.plan_stop_id: posed.problem.places[place].value
        for place in posed.order_of(route)
    }
    return min(among, key=lambda one: (worths[one], str(one)))

"""Orders of one shift as they grow and shrink by a place at a time: what a further place would add, and whether it fits.

What decides is schedule.py's own step where a break or a longest duration counts; else the earliest end of each stay and
the latest arrival that the rest of the order still allows, which together say in a moment whether one more fits (Savelsbergh
1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.solver.schedule import Pieces, begun, fits_home, gone_on
from outreach_api.plans.solver.spacing import days_too_close

# Minutes more on the way, and where in the order.
Way = tuple[int, int]

# First and last minute at which a stay may begin.
Begins = tuple[tuple[int, int], ...]

# Ways into an order that are remembered where the quick look is not the last word.
_WAYS = 4
# Tours that are remembered.
_KNOWN = 20_000


@dataclass(slots=True, eq=False)
class Tour:
    """Never changed. `free` is the earliest end of each stay, the start's before; `last` the latest arrival, the end's after.

    `pieces` are the partial schedules after the start and each stay, where time alone does not decide.
    """

    order: tuple[int, ...]
    worth: float
    busy: int
    free: list[int]
    last: list[int]
    pieces: list[Pieces]
    ways: dict[int, tuple[Way, ...]] = field(default_factory=dict)
    """The cheapest ways in, by place."""


class Tours:
    """Makes tours of one problem and remembers them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._setups = [*(place.setup for place in problem.places), 0, 0]
        self._teardowns = [*(place.teardown for place in problem.places), 0, 0]
        self._stays = [place.stay for place in problem.places]
        self._busy = [problem.busy(place) for place in range(len(problem.places))]
        self._weights = [place.value + (problem.must_bonus if place.must else 0) for place in problem.places]
        self._extras = any(place.extra for place in problem.places)
        self._timed_only = [
            when.pause is None and when.longest >= when.latest - when.earliest for when in problem.shifts
        ]
        self._begins: list[dict[int, Begins]] = [{} for _ in problem.shifts]
        self._known: dict[tuple[int, tuple[int, ...]], Tour | None] = {}
        self._empty = [self._made(shift, (), None, 0) for shift in range(len(problem.shifts))]

    def begins(self, shift: int, place: int) -> Begins:
        """When a stay may begin in a shift; () when it can't at all, because of a visit that stands already, too."""
        known = self._begins[shift]
        if place not in known:
            problem, stay = self.problem, self._stays[place]
            site = problem.places[place].site
            day = problem.shifts[shift].day
            shut = site is not None and days_too_close(problem.sites[site], (), day)
            known[place] = (
                ()
                if shut
                else tuple((opens, closes - stay) for opens, closes in problem.windows(place, shift))
            )
        return known[place]

    def empty(self, shift: int) -> Tour:
        tour = self._empty[shift]
        if tour is None:
            raise AssertionError("a van may stay in its yard")
        return tour

    def tour(
        self, shift: int, order: tuple[int, ...], like: Tour | None = None, same: int = 0
    ) -> Tour | None:
        """An order's tour, None when it breaks a rule; `like` begins with the same places, as many as `same`."""
        if not order:
            return self._empty[shift]
        key = (shift, order)
        if key not in self._known:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[key] = self._made(shift, order, like, same)
        return self._known[key]

    def without(self, shift: int, tour: Tour, gone: frozenset[int] | set[int]) -> Tour:
        """Fewer places: mostly possible; where a break had lain before the first stay that is left, nothing is left."""
        order = tuple(place for place in tour.order if place not in gone)
        same = next((n for n, place in enumerate(tour.order) if place in gone), len(order))
        return self.tour(shift, order, tour, same) or self.empty(shift)

    def ways(self, shift: int, tour: Tour, place: int) -> tuple[Way, ...]:
        """The cheapest ways to put a place into a tour, of those that its times allow."""
        known = tour.ways.get(place)
        if known is None:
            known = tour.ways[place] = self._ways(shift, tour, place)
        return known

    def grown(self, shift: int, tour: Tour, place: int) -> Tour | None:
        """With a place more, on the cheapest way that there is."""
        while ways := self.ways(shift, tour, place):
            at = ways[0][1]
            longer = self.tour(shift, (*tour.order[:at], place, *tour.order[at:]), tour, at)
            if longer is not None:
                return longer
            tour.ways[place] = ways[1:]
        return None

    def _ways(self, shift: int, tour: Tour, place: int) -> tuple[Way, ...]:
        begins, problem = self.begins(shift, place), self.problem
        if not begins:
            return ()
        when, timed_only = problem.shifts[shift], self._timed_only[shift]
        drives, setups, teardowns = when.drives, self._setups, self._teardowns
        busy, stay, teardown, setup = self._busy[place], self._stays[place], teardowns[place], setups[place]
        leaving, free, last = drives[place], tour.free, tour.last
        soonest, latest, found, before = begins[0][0] + stay, begins[-1][1], [], problem.start
        for at, after in enumerate((*tour.order, problem.end)):
            if free[at] > latest:
                break
            if last[at] < soonest:
                before = after
                continue
            there = drives[before][place]
            now = free[at] + teardowns[before] + there + setup
            onward = leaving[after]
            for opens, closes in begins:
                if now <= closes:
                    done = (now if now > opens else opens) + stay + teardown + onward + setups[after]
                    if done <= last[at]:
                        more = there + onward - (drives[before][after] if tour.order else 0)
                        if timed_only or not when.overfilled(tour.busy + more + busy):
                            found.append((more, at))
                    break
            before = after
        found.sort()
        return tuple(found[: 1 if timed_only else _WAYS])

    def _made(self, shift: int, order: tuple[int, ...], like: Tour | None, same: int) -> Tour | None:
        problem, when = self.problem, self.problem.shifts[shift]
        free, pieces = [when.earliest], [begun(problem, shift)]
        if like is not None:
            free, pieces = like.free[: same + 1], like.pieces[: same + 1]
        if self._timed_only[shift]:
            if not self._driven(shift, order, free):
                return None
        elif not self._rested(shift, order, free, pieces):
            return None
        drives, before, drive = when.drives, problem.start, 0
        for place in order:
            drive += drives[before][place]
            before = place
        if order:
            drive += drives[before][problem.end]
        worth = sum([self._weights[place] for place in order]) - problem.minute_price * drive
        if self._extras:
            worth += sum([problem.places[place].extra.get(when.day, 0) for place in order])
        busy = drive + sum([self._busy[place] for place in order])
        return Tour(order, worth, busy, free, self._lasts(shift, order), pieces)

    def _driven(self, shift: int, order: tuple[int, ...], free: list[int]) -> bool:
        """Whether an order can be driven, where time alone decides; `free` holds the first times and gets the others."""
        problem, when = self.problem, self.problem.shifts[shift]
        drives, setups, teardowns, stays = when.drives, self._setups, self._teardowns, self._stays
        now, known = free[-1], self._begins[shift]
        before = order[len(free) - 2] if len(free) > 1 else problem.start
        for place in order[len(free) - 1 :]:
            now += teardowns[before] + drives[before][place] + setups[place]
            for opens, closes in known.get(place) or self.begins(shift, place):
                if now <= closes:
                    now = (now if now > opens else opens) + stays[place]
                    break
            else:
                return False
            free.append(now)
            before = place
        return not order or now + teardowns[before] + drives[before][problem.end] <= when.latest

    def _rested(self, shift: int, order: tuple[int, ...], free: list[int], pieces: list[Pieces]) -> bool:
        """Whether an order can be driven, by schedule.py; the lists hold what is known of its beginning."""
        problem = self.problem
        before = order[len(free) - 2] if len(free) > 1 else problem.start
        for place in order[len(free) - 1 :]:
            reached = gone_on(problem, shift, pieces[-1], before, place)
            if not reached:
                return False
            pieces.append(reached)
            free.append(reached[0].free)
            before = place
        return not order or fits_home(problem, shift, pieces[-1], before)

    def _lasts(self, shift: int, order: Sequence[int]) -> list[int]:
        """The latest arrival, set-up done, at each place and at the end, that all after it allows."""
        problem, when = self.problem, self.problem.shifts[shift]
        drives, setups, teardowns, stays = when.drives, self._setups, self._teardowns, self._stays
        known, now, after = self._begins[shift], when.latest, problem.end
        last = [now]
        for place in reversed(order):
            leave = now - teardowns[place] - drives[place][after] - setups[after] - stays[place]
            for opens, closes in reversed(known.get(place) or self.begins(shift, place)):
                if opens <= leave:
                    now = closes if closes < leave else leave
                    break
            last.append(now)
            after = place
        last.reverse()
        return last

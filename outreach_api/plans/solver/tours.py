"""Orders of one shift as they grow and shrink by a place at a time: what a further place would add, and whether it fits.

What decides is schedule.py's own step where a break or a longest duration counts; else the earliest end of each stay and
the latest arrival that the rest of the order still allows, which together say in a moment whether one more fits (Savelsbergh
1992).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from outreach_api.plans.solver.loads import taken_by_leg
from outreach_api.plans.solver.problem import Drives, Problem
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

    `pieces` are the partial schedules after the start and each stay, where time alone does not decide; `spare` is what a
    further place may take on each leg, where loads count.
    """

    order: tuple[int, ...]
    path: tuple[int, ...]
    """From the start through the order to the end."""
    points: int
    drive: int
    worth: float
    busy: int
    free: list[int]
    last: list[int]
    pieces: list[Pieces]
    spare: list[int]
    ways: dict[int, tuple[Way, ...]] = field(default_factory=dict)
    """The cheapest ways in, by place."""


class Tours:
    """Makes tours of one problem and remembers them."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._stays = [place.stay for place in problem.places]
        self._busy = [problem.busy(place) for place in range(len(problem.places))]
        self._loads = [place.load for place in problem.places]
        self._weights = [place.value + (problem.must_bonus if place.must else 0) for place in problem.places]
        self._refills = problem.filled_on_the_way
        self.legs = _legs(problem)
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
            self._remember(key, self._made(shift, order, like, same))
        return self._known[key]

    def _remember(self, key: tuple[int, tuple[int, ...]], tour: Tour | None) -> None:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = tour

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
            more, at = ways[0]
            order = (*tour.order[:at], place, *tour.order[at:])
            if self._timed_only[shift] and not self._refills and tour.order:
                key = (shift, order)
                known = self._known.get(key)
                if known is None:
                    known = self._longer(shift, tour, order, at, more)
                    self._remember(key, known)
                return known
            longer = self.tour(shift, order, tour, at)
            if longer is not None:
                return longer
            tour.ways[place] = ways[1:]
        return None

    def _ways(self, shift: int, tour: Tour, place: int) -> tuple[Way, ...]:
        begins, problem = self.begins(shift, place), self.problem
        if not begins:
            return ()
        when, timed_only = problem.shifts[shift], self._timed_only[shift]
        drives, legs, path, last, spare = when.drives, self.legs[shift], tour.path, tour.last, tour.spare
        leaving, onward, stay, load = drives[place], legs[place], self._stays[place], self._loads[place]
        # Both lists rise: no way begins before what comes after can wait so long, or after the last window is over.
        first = bisect_left(last, begins[0][0] + stay)
        until = bisect_right(tour.free, begins[-1][1])
        found = []
        for at in range(first, until):
            if spare and spare[at] < load:
                continue
            before, after = path[at], path[at + 1]
            now = tour.free[at] + legs[before][place]
            for opens, closes in begins:
                if now <= closes:
                    if (now if now > opens else opens) + stay + onward[after] <= last[at]:
                        more = drives[before][place] + leaving[after]
                        if tour.order:
                            more -= drives[before][after]
                        if timed_only or not when.overfilled(tour.busy + more + self._busy[place]):
                            found.append((more, at))
                    break
        found.sort()
        return tuple(found[: 1 if timed_only else _WAYS])

    def _made(self, shift: int, order: tuple[int, ...], like: Tour | None, same: int) -> Tour | None:
        problem, when = self.problem, self.problem.shifts[shift]
        spare = self._spare(order, when.room)
        if min(spare, default=0) < 0:
            return None
        free, pieces = [when.earliest], [begun(problem, shift)]
        if like is not None:
            free, pieces = like.free[: same + 1], like.pieces[: same + 1]
        if self._timed_only[shift]:
            if not self._driven(shift, order, free):
                return None
        elif not self._rested(shift, order, free, pieces):
            return None
        path = (problem.start, *order, problem.end)
        drive = sum([when.drives[before][after] for before, after in pairwise(path)]) if order else 0
        points = sum([self._weights[place] for place in order])
        if self._extras:
            points += sum([problem.places[place].extra.get(when.day, 0) for place in order])
        worth = points - problem.minute_price * drive
        busy = drive + sum([self._busy[place] for place in order])
        return Tour(order, path, points, drive, worth, busy, free, self._lasts(shift, path), pieces, spare)

    def _longer(self, shift: int, tour: Tour, order: tuple[int, ...], at: int, more: int) -> Tour:
        """With a place more that is known to fit, where time alone decides: times only as far as they are new."""
        problem, when, legs = self.problem, self.problem.shifts[shift], self.legs[shift]
        place, path = order[at], (problem.start, *order, problem.end)
        begins, stays = self._begins[shift], self._stays
        free = [*tour.free[: at + 1], 0, *tour.free[at + 1 :]]
        now, before = free[at], path[at]
        for number in range(at + 1, len(free)):
            here = path[number]
            now += legs[before][here]
            for opens, closes in begins[here]:
                if now <= closes:
                    now = (now if now > opens else opens) + stays[here]
                    break
            if now == free[number]:
                break
            free[number], before = now, here
        last = [*tour.last[:at], 0, *tour.last[at:]]
        now, after = last[at + 1], path[at + 2]
        for number in range(at, -1, -1):
            here = path[number + 1]
            leave = now - legs[here][after] - stays[here]
            for opens, closes in reversed(begins[here]):
                if opens <= leave:
                    now = closes if closes < leave else leave
                    break
            if now == last[number]:
                break
            last[number], after = now, here
        points = tour.points + self._weights[place]
        if self._extras:
            points += problem.places[place].extra.get(when.day, 0)
        spare = [left - self._loads[place] for left in (*tour.spare[:1], *tour.spare)]
        drive = tour.drive + more
        worth = points - problem.minute_price * drive
        busy = tour.busy + more + self._busy[place]
        return Tour(order, path, points, drive, worth, busy, free, last, tour.pieces, spare)

    def _spare(self, order: tuple[int, ...], room: int | None) -> list[int]:
        if room is None:
            return []
        if self._refills:
            return [room - taken for taken in taken_by_leg(self.problem, order)]
        return [room - sum([self._loads[place] for place in order])] * (len(order) + 1)

    def _driven(self, shift: int, order: tuple[int, ...], free: list[int]) -> bool:
        """Whether an order can be driven, where time alone decides; `free` holds the first times and gets the others."""
        problem, legs, stays = self.problem, self.legs[shift], self._stays
        now, known = free[-1], self._begins[shift]
        before = order[len(free) - 2] if len(free) > 1 else problem.start
        for place in order[len(free) - 1 :]:
            now += legs[before][place]
            for opens, closes in known.get(place) or self.begins(shift, place):
                if now <= closes:
                    now = (now if now > opens else opens) + stays[place]
                    break
            else:
                return False
            free.append(now)
            before = place
        return not order or now + legs[before][problem.end] <= problem.shifts[shift].latest

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

    def _lasts(self, shift: int, path: Sequence[int]) -> list[int]:
        """The latest arrival, set-up done, at each place and at the end, that all after it allows."""
        legs, stays, known = self.legs[shift], self._stays, self._begins[shift]
        now, after = self.problem.shifts[shift].latest, path[-1]
        last = [now]
        for place in path[-2:0:-1]:
            leave = now - legs[place][after] - stays[place]
            for opens, closes in reversed(known.get(place) or self.begins(shift, place)):
                if opens <= leave:
                    now = closes if closes < leave else leave
                    break
            last.append(now)
            after = place
        last.reverse()
        return last


def _legs(problem: Problem) -> list[Drives]:
    """By shift minutes from the end of a stay to the earliest begin of the next; once for shifts with the same drives."""
    setups = [*(place.setup for place in problem.places), 0, 0]
    teardowns = [*(place.teardown for place in problem.places), 0, 0]
    if not any(setups) and not any(teardowns):
        return [when.drives for when in problem.shifts]
    made: dict[int, Drives] = {}
    for when in problem.shifts:
        if id(when.drives) not in made:
            made[id(when.drives)] = [
                [down + minutes + up for minutes, up in zip(row, setups, strict=True)]
                for row, down in zip(when.drives, teardowns, strict=True)
            ]
    return [made[id(when.drives)] for when in problem.shifts]

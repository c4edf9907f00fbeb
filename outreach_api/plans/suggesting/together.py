"""What the stops of a plan are worth together: whom several of them reach is one person, so counts once. Pure.

Points of people are a coverage function: what a stop adds never grows when others are added (submodular; Nemhauser,
Wolsey and Fisher, "An analysis of approximations for maximizing submodular set functions", Mathematical Programming 14
(1978)). The engines add up stop by stop. So a plan is worth at most what they say of it, their bound holds here too, and
they are asked again with prices that a known plan leaves (`repriced`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from outreach_api.plans.solver.answer import value_of
from outreach_api.plans.solver.problem import Problem
from outreach_api.plans.suggesting.posing import Posed
from outreach_api.plans.suggesting.scores import gap_points


@dataclass(frozen=True, slots=True)
class Share:
    """Of the missed people around a stop: those whom it reaches first, those whom others do, the points of the first."""

    people: float
    shared: float
    points: int


class Together:
    """Judges plans of one problem. Only a stop's first visit reaches anybody anew."""

    def __init__(self, posed: Posed) -> None:
        self.posed = posed
        self._rate = posed.case.rates.per_person
        self._own = [gap_points(visit.base) for visit in posed.visits]
        self._around = posed.case.around
        first = [place for place, visit in enumerate(posed.visits) if visit.number == 1]
        self.overlapping = self.twice(first) > 0
        """Whether any two stops reach the same people at all."""

    def value(self, orders: Iterable[Sequence[int]]) -> float:
        """Points minus driving of orders by shift."""
        known = [tuple(order) for order in orders]
        visited = [place for order in known for place in order]
        return value_of(self.posed.problem, enumerate(known)) - self.twice(visited)

    def twice(self, places: Iterable[int]) -> int:
        """The points that these places' scores count too often when they are added up; the same in any order."""
        reaching = self._reaching(places)
        if self._around is None or not reaching:
            return 0
        shared = self._around.shared(self._candidates(reaching))
        return min(round(shared * self._rate), sum(self._own[place] for place in reaching))

    def added(self, place: int, beside: Iterable[int]) -> Share:
        """What a place adds to others."""
        others = list(beside)
        shared = 0.0
        if self._around is not None and self._reaching([place]):
            counts = self._around.counts(self._candidates(self._reaching(others)))
            shared = self._around.shared_with(self.posed.visits[place].candidate, counts)
        more = self.twice([*others, place]) - self.twice(others)
        return Share(self._alone(place) - shared, shared, max(0, self._own[place] - more))

    def lost_beside(self, orders: Iterable[Sequence[int]]) -> Callable[[int], float]:
        """For places that are not in a plan: points, not rounded, of their people whom it reaches already."""
        around = self._around
        if around is None:
            return lambda place: 0.0
        visited = [place for order in orders for place in order]
        counts = around.counts(self._candidates(self._reaching(visited)))

        def lost(place: int) -> float:
            visit = self.posed.visits[place]
            shared = around.shared_with(visit.candidate, counts) if visit.number == 1 else 0.0
            return min(self._rate * shared, self._own[place])

        return lost

    def in_turn(self, places: Sequence[int]) -> list[Share]:
        """What each adds to those before it; their points add up to what all are worth together."""
        own = list(accumulate((self._own[place] for place in places), initial=0))
        shared = self._shared_in_turn(places)
        twice = self._twice_in_turn(places, shared)
        reached = [points - lost for points, lost in zip(own, twice, strict=True)]
        # Whole points may dip by one where a rounding tips over: then an earlier stop gives that point.
        kept = list(accumulate(reversed(reached), min))[::-1]
        return [
            Share(self._alone(place) - others, others, after - before)
            for place, others, (before, after) in zip(places, shared, pairwise(kept), strict=True)
        ]

    def _shared_in_turn(self, places: Sequence[int]) -> list[float]:
        """Of each one's people, those whom places before it reach."""
        around = self._around
        if around is None:
            return [0.0] * len(places)
        counts, found = around.counts(()), []
        for place in places:
            spots = self._candidates(self._reaching([place]))
            found.append(sum(around.shared_with(spot, counts) for spot in spots))
            counts += around.counts(spots)
        return found

    def _twice_in_turn(self, places: Sequence[int], shared: Sequence[float]) -> list[int]:
        """`twice` of the first none, one, two … of these places; of all of them it is exact."""
        reaching = (self._own[place] if self._reaching([place]) else 0 for place in places)
        most, lost = accumulate(reaching, initial=0), accumulate(shared, initial=0.0)
        twice = [min(round(people * self._rate), own) for people, own in zip(lost, most, strict=True)]
        return [*twice[:-1], self.twice(places)]

    def repriced(self, orders: Iterable[Sequence[int]]) -> Problem:
        """The problem with places at what they bring given a plan; the plan itself keeps its worth.

        Its own places count in turn, those worth most first: of two twins one keeps its price, and the other's is what
        it adds.
        """
        problem, plan = self.posed.problem, list(orders)
        visited = [place for order in plan for place in order]
        in_turn = sorted(visited, key=lambda place: (-problem.places[place].value, place))
        twice = self._twice_in_turn(in_turn, self._shared_in_turn(in_turn))
        less = {
            place: after - before for place, (before, after) in zip(in_turn, pairwise(twice), strict=True)
        }
        lost = self.lost_beside(plan)
        places = [
            replace(one, value=max(0, one.value - less.get(number, round(lost(number)))))
            for number, one in enumerate(problem.places)
        ]
        return replace(problem, places=tuple(places))

    def _reaching(self, places: Iterable[int]) -> list[int]:
        return [place for place in places if self.posed.visits[place].number == 1]

    def _candidates(self, places: Iterable[int]) -> list[int]:
        return [self.posed.visits[place].candidate for place in places]

    def _alone(self, place: int) -> float:
        visit = self.posed.visits[place]
        around = self.posed.case.candidates[visit.candidate].record.missed_people
        return 0.0 if around is None or visit.number > 1 else around

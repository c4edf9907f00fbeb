"""The optimum of a small day by a dynamic programme over sets of places that shares nothing with the engines."""

from __future__ import annotations

from outreach_api.plans.solver.problem import Problem


def optimum(problem: Problem) -> float:
    """The highest value of a one-shift problem whose shift may last as long as it is, without break, musts and sites.

    For each set of places and its last one, (minute done, minutes driven) pairs that no other one beats (Held and
    Karp 1962, with time as a second label).
    """
    when, places = problem.shifts[0], problem.places
    ends: dict[tuple[int, int], list[tuple[int, int]]] = {(0, problem.start): [(when.earliest, 0)]}
    best = 0.0
    for size in range(len(places) + 1):
        longer: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for (visited, last), pairs in ends.items():
            points = sum(place.value for number, place in enumerate(places) if visited >> number & 1)
            for done, driven in pairs:
                home = when.drives[last][problem.end]
                if size and done + home <= when.latest:
                    best = max(best, points - problem.minute_price * (driven + home))
                for number, place in enumerate(places):
                    drive = when.drives[last][number]
                    begin = min(
                        (
                            max(done + drive, opens)
                            for opens, closes in problem.windows(number, 0)
                            if done + drive + place.stay <= closes
                        ),
                        default=None,
                    )
                    if begin is not None and not visited >> number & 1:
                        pair = (begin + place.stay, driven + drive)
                        _keep(longer.setdefault((visited | 1 << number, number), []), pair)
        ends = longer
    return best


def _keep(pairs: list[tuple[int, int]], pair: tuple[int, int]) -> None:
    if not any(done <= pair[0] and driven <= pair[1] for done, driven in pairs):
        pairs[:] = [other for other in pairs if other[0] < pair[0] or other[1] < pair[1]]
        pairs.append(pair)

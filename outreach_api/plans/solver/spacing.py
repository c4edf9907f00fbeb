"""Days between the visits to one stop: the rule of a Site, for visits that are chosen or stand already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from outreach_api.plans.solver.problem import Problem, Site
from outreach_api.plans.solver.schedule import fits


def days_too_close(site: Site, days: Iterable[int], day: int) -> int:
    """By how many days a further visit on `day` would be too near to one that stands; 0 when it may be."""
    nearest = min((abs(other - day) for other in (*site.visited, *days)), default=None)
    return 0 if nearest is None else max(0, max(1, site.min_days) - nearest)


def days_too_far(site: Site, days: Iterable[int]) -> int:
    """By how many days the widest gap beside a chosen visit exceeds `max_days`; 0 when it holds.

    Gaps between visits that stood before are nobody's choice here. A stop that was overdue before the horizon stays
    visitable: the gap from a standing visit counts only when the chosen day could still have kept it, which whoever
    sets `max_days` says by leaving the overdue visit out of `visited`.
    """
    if site.max_days is None:
        return 0
    chosen = frozenset(days)
    gaps = [b - a for a, b in pairwise(sorted(chosen.union(site.visited))) if a in chosen or b in chosen]
    return max(0, max(gaps, default=0) - site.max_days)


def spaced(problem: Problem, days: Mapping[int, int]) -> bool:
    """Whether the sites' rules hold when each place of `days` is visited on its day."""
    return all(
        _holds(site, [days[place] for place in places if place in days])
        for site, places in zip(problem.sites, problem.members, strict=True)
    )


def _holds(site: Site, days: list[int]) -> bool:
    for number, day in enumerate(days):
        if days_too_close(site, days[:number] + days[number + 1 :], day):
            return False
    return not days_too_far(site, days)


def without_wide_gaps(problem: Problem, orders: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Orders by shift without the visits to stops whose gaps would exceed their `max_days`."""
    kept = list(orders)
    for site, members in zip(problem.sites, problem.members, strict=True):
        days = [problem.shifts[n].day for n, order in enumerate(kept) for place in order if place in members]
        if days and days_too_far(site, days):
            kept = [_without(problem, shift, order, members) for shift, order in enumerate(kept)]
    return tuple(kept)


def _without(problem: Problem, shift: int, order: tuple[int, ...], gone: Sequence[int]) -> tuple[int, ...]:
    """Nothing at all where what is left has no room for its own break."""
    left = tuple(place for place in order if place not in gone)
    return left if left == order or fits(problem, shift, left) else ()

"""Strings of neighbouring places that leave their shifts (Christiaens and Vanden Berghe 2020, section 5)."""

from __future__ import annotations

import random

from outreach_api.plans.solver.placing import Placing, Plan

# As the paper has them: places that leave in a step on average, and of one shift at most.
_LEAVING, _LONGEST_STRING = 10, 10
# How often a string keeps some places in its middle, and how often it keeps one more.
_SPLIT, _KEEP_MORE = 0.5, 0.99


def ruin(placing: Placing, plan: Plan, seed: int, chance: random.Random) -> list[int]:
    """Takes places around one out of the plan; which."""
    used = sum([1 for tour in plan.tours if tour.order])
    if not used:
        return []
    longest = min(_LONGEST_STRING, max(1.0, len(plan.where) / used))
    strings = int(chance.uniform(1.0, 4.0 * _LEAVING / (1.0 + longest)))
    ruined: set[int] = set()
    gone: list[int] = []
    for place in placing.neighbours(seed):
        if len(ruined) >= strings:
            break
        shift = plan.where.get(place)
        if shift is None or shift in ruined:
            continue
        order = plan.tours[shift].order
        length = int(chance.uniform(1.0, min(longest, len(order)) + 1.0))
        string = _string(order, order.index(place), min(length, len(order)), chance)
        ruined.add(shift)
        plan.tours[shift] = placing.tours.without(shift, plan.tours[shift], string)
        left = set(plan.tours[shift].order)
        for other in order:
            if other not in left:
                del plan.where[other]
                gone.append(other)
    return gone


def _string(order: tuple[int, ...], at: int, length: int, chance: random.Random) -> set[int]:
    kept = 0
    if 1 < length < len(order) and chance.random() < _SPLIT:
        kept = 1
        while length + kept < len(order) and chance.random() > _KEEP_MORE:
            kept += 1
    whole = length + kept
    first = chance.randint(max(0, at - whole + 1), min(at, len(order) - whole))
    string = list(order[first : first + whole])
    if kept:
        hole = chance.randint(1, whole - kept)
        del string[hole : hole + kept]
    return set(string)

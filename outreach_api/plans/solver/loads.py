"""What a van carries and its visits take: how much an order lacks, and what is left on each of its legs. Pure.

Each stretch between two visits that fill the van again must do with what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence

from outreach_api.plans.solver.problem import Problem


def short_of(problem: Problem, shift: int, order: Sequence[int]) -> int:
    """By how much the thirstiest stretch of an order exceeds what the van carries; 0 when it holds."""
    room = problem.shifts[shift].room
    if room is None:
        return 0
    return max(0, max(taken_by_leg(problem, order)) - room)


def taken_by_leg(problem: Problem, order: Sequence[int]) -> list[int]:
    """For each leg, the one home included, what the whole stretch takes that it lies in."""
    stretches, legs = [0], [0]
    for place in order:
        if problem.places[place].refills:
            stretches.append(0)
        stretches[-1] += problem.places[place].load
        legs.append(len(stretches) - 1)
    return [stretches[number] for number in legs]

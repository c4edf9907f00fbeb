"""What somebody can work out from rounded figures who knows the exact head count of every visit, by trying all of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from outreach_api.reports.releases import rules
from outreach_api.reports.releases.rules import BASE

Counts = tuple[int, ...]
Answer = Counts | str
WHOLE = "whole"
# Of the draw that keeps the mean right only its place among a few shares matters.
_CHANCES = [Fraction(2 * n + 1, 16) for n in range(8)]


class Narrowed(NamedTuple):
    """A group of a visit, at one of its releases, of which few values are left."""

    release: int
    group: int
    values: list[int]


def ways(total: int, groups: int) -> Iterator[Counts]:
    """Every way to divide so many people among groups."""
    if groups == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in ways(total - first, groups - 1):
            yield (first, *rest)


def answers_to(counts: Counts) -> Iterator[Answer]:
    """Every answer that may be told of a visit: its rounded groups, or WHOLE where only their sum is told."""
    total, balance = sum(counts), rules._balance(tuple(sorted(counts)))
    for _, told in rules._roundings(counts):
        off = sum(told) - total
        balanced = bool(balance.n) and bool(off) and (off < 0) == balance.below
        given_away = rules.gives_away(told, total)
        if given_away or balanced:
            yield WHOLE
        if not given_away and (not balanced or balance.n < balance.m):
            yield told


def narrowed_at_once(total: int, groups: int) -> tuple[int, list[tuple[Answer, int, list[int]]]]:
    """How many answers a visit of so many people may have, and those that leave two values or fewer for a group."""
    left: dict[Answer, list[set[int]]] = {}
    for counts in ways(total, groups):
        for answer in answers_to(counts):
            values = left.setdefault(answer, [set() for _ in range(groups)])
            for group, count in enumerate(counts):
                values[group].add(count)
    return len(left), [
        (answer, group, sorted(found))
        for answer, values in left.items()
        for group, found in enumerate(values)
        if len(found) <= 2
    ]


def narrowed_over_releases(history: Sequence[Counts]) -> list[Narrowed]:
    """The groups under 5 that are narrowed to two values or fewer, over all draws with which this may have happened.

    `history`: the exact counts of one visit at each release. Whoever attacks knows their sums and all that was told.
    """
    groups = len(history[0])
    hidden = list(itertools.product(itertools.product(range(BASE), repeat=groups), _CHANCES))
    steps = [_by_draws(sum(counts), groups, hidden) for counts in history]
    seen = {tuple(_told(counts, *draws) for counts in history) for draws in hidden}
    found = []
    for answer in seen:
        left = [[set[int]() for _ in range(groups)] for _ in history]
        for number in range(len(hidden)):
            fits = [step[number].get(told, []) for step, told in zip(steps, answer, strict=True)]
            if all(fits):
                for release, possible in enumerate(fits):
                    for counts in possible:
                        for group, count in enumerate(counts):
                            left[release][group].add(count)
        found += [
            Narrowed(release, group, sorted(values))
            for release, of_release in enumerate(left)
            for group, values in enumerate(of_release)
            if history[release][group] < BASE and len(values) <= 2
        ]
    return found


def _by_draws(
    total: int, groups: int, hidden: Sequence[tuple[Counts, Fraction]]
) -> list[dict[Answer, list[Counts]]]:
    """For all draws: which counts of this sum would be told how."""
    found: list[dict[Answer, list[Counts]]] = []
    possible = list(ways(total, groups))
    for draws in hidden:
        told: dict[Answer, list[Counts]] = {}
        for counts in possible:
            told.setdefault(_told(counts, *draws), []).append(counts)
        found.append(told)
    return found


def _told(counts: Counts, parts: Counts, chance: Fraction) -> Answer:
    drawn = tuple(rules.rounded(count, draw) for count, draw in zip(counts, parts, strict=True))
    given = int(chance * (1 << rules.DRAW_BITS))
    return WHOLE if rules._told_as_a_whole(counts, drawn, given) else drawn

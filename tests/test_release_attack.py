"""The attack: by trying all counts and draws in small, and by a solver that has every public answer of whole seasons.

What was told leaves three values for every small group.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest

from outreach_api.reports.releases import rules
from schemas.vocabulary import AgeGroup
from tests.api import Api
from tests.attack import Counts, narrowed_at_once, narrowed_over_releases
from tests.seasons_attacked import ALL, ONE, RELEASES, Season, Town, season
from tests.solving_attack import Attack, Exact, Known, OurRules, Rounding, Seen, Way

HISTORIES: list[list[Counts]] = [
    [(6, 3, 1), (6, 3, 2), (6, 4, 2)],
    [(11, 1, 1), (11, 1, 2), (11, 2, 2)],
    [(4, 4, 4), (4, 4, 3), (5, 4, 3)],
    [(12, 1, 0), (11, 1, 0), (11, 2, 0)],
    [(2, 3, 5), (2, 3, 6), (2, 2, 6)],
    [(10, 2, 2), (10, 2, 1), (10, 1, 1)],
]


def test_one_answer_leaves_three_values_for_every_group() -> None:
    answers, narrow = narrowed_at_once(rules.FEWEST, len(AgeGroup))
    assert answers > 100
    assert narrow == []


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_corrections_over_three_releases_leave_three_values_for_every_small_group(
    history: list[Counts],
) -> None:
    assert narrowed_over_releases(history) == []


def test_without_telling_some_visits_as_a_whole_the_attack_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "gives_away", lambda told, total: False)
    rules._balance.cache_clear()
    found = narrowed_over_releases([(11, 1, 1)])
    rules._balance.cache_clear()
    assert any(one.values == [1] for one in found)


def answered(season: Season, tell: Callable[[Counts, int], Counts], *, shown: Callable[[int], bool]) -> Known:
    """What would be public if visits were told otherwise: by week and month, by cell and for the city."""
    known = Known(len(season.visits), RELEASES)
    for number, (period, cell) in product(range(RELEASES), product(season.periods(), (None, 1, 2, 0))):
        at = [
            n
            for n in season.told(number)
            if season.visits[n].day in period and cell in (None, (1, 1, 2, 0)[season.visits[n].stop])
        ]
        told = [tell(season.counts[number][n], n) for n in at]
        for groups in (ALL, *ONE.values()):
            value = sum(one[group] for one in told for group in groups)
            if shown(value):
                known.seen.add(Seen(number, frozenset(at), groups, value))
    for (n, visit), number in product(enumerate(season.visits), range(RELEASES)):
        if visit.known or visit.since > number:
            known.heads[n, number] = sum(season.counts[number][n])
    return known


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(5))
def test_a_solver_with_every_public_answer_narrows_no_small_count_to_two_values(api: Api, seed: int) -> None:
    """Ten random seasons each, over three releases with late data and corrections: 50 in all."""
    chance, town = random.Random(seed), Town(api)
    asked = 0
    for number in range(10):
        lived = season(chance, number)
        small = lived.small()
        asked += len(small)
        attack = Attack(town.live(lived), OurRules())
        assert attack.narrowed(lived.counts, small) == {}, (seed, number, lived)
    assert asked > 400


@pytest.mark.parametrize(
    ("way", "least"),
    [("suppressed", 0.1), ("rounded", 0.001)],
)
def test_the_same_solver_breaks_what_others_do(way: str, least: float) -> None:
    """Leaving small figures out, and rounding by lot where no visit is told as a whole."""
    chance = random.Random(7)
    asked = found = 0
    for number in range(12):
        lived, draws = season(chance, number), [[chance.randrange(5) for _ in ALL] for _ in range(4)]
        tells: dict[str, tuple[Way, Callable[[Counts, int], Counts], Callable[[int], bool]]] = {
            "suppressed": (Exact(), lambda counts, _: counts, lambda value: value == 0 or value >= 5),
            "rounded": (
                Rounding(),
                lambda counts, n, draws=draws: tuple(map(rules.rounded, counts, draws[n])),
                always,
            ),
        }
        told_by, tell, shown = tells[way]
        small = lived.small()
        asked += len(small)
        found += len(Attack(answered(lived, tell, shown=shown), told_by).narrowed(lived.counts, small))
    assert found / asked >= least


def always(value: int) -> bool:
    return True

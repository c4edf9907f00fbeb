"""The attack in small: all counts and all draws are tried, and what was told leaves three values for every small group."""

from __future__ import annotations

import pytest

from outreach_api.reports.releases import rules
from schemas.vocabulary import AgeGroup
from tests.attack import Counts, narrowed_at_once, narrowed_over_releases

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

"""How counts are rounded before they leave the house: without a bias, never far off, and never so that they can be undone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.week import FiscalQuarter, FiscalYear, IsoWeek, Month
from outreach_api.reports.releases import rules
from outreach_api.reports.releases.rules import BASE, FEWEST, Draw, keyed_draw, rounded, told_of_visit
from schemas.vocabulary import GROUP_OF, AgeGroup, Band

GROUPS = list(AgeGroup)
MOST_CHANCE = 1 << rules.DRAW_BITS
HEADS = st.lists(st.integers(0, 60), min_size=len(GROUPS), max_size=len(GROUPS))


def visit(*counts: int) -> dict[AgeGroup, int]:
    """Counts in the order of the groups; nobody in those that are not said."""
    return dict(zip(GROUPS, [*counts, *[0] * (len(GROUPS) - len(counts))], strict=True))


def drawn(*draws: int, balance: int = MOST_CHANCE - 1, whole: int = 0) -> Draw:
    """A draw of each group, as if the generator had given it."""
    given = dict(zip(GROUPS, [*draws, *[0] * (len(GROUPS) - len(draws))], strict=True))
    return {**given, "balance": balance, "whole": whole}.__getitem__


def test_every_band_is_in_one_group() -> None:
    assert set(GROUP_OF) == set(Band)
    assert set(GROUP_OF.values()) == set(AgeGroup)


@given(st.integers(-1_000, 1_000_000))
def test_the_mean_of_all_draws_is_the_count_itself_and_none_is_further_off_than_four(exact: int) -> None:
    told = [rounded(exact, draw) for draw in range(BASE)]
    assert sum(told) == BASE * exact
    assert all(value % BASE == 0 and abs(value - exact) < BASE for value in told)


@given(st.integers(0, 10_000), st.integers(0, MOST_CHANCE - 1))
def test_more_people_are_never_told_as_fewer(exact: int, draw: int) -> None:
    assert rounded(exact, draw) <= rounded(exact + 1, draw)


def test_the_draws_of_a_key_are_even_and_each_thing_has_its_own() -> None:
    key = bytes(32)
    found = Counter(
        keyed_draw(key, "visit", str(number), "2026-11-21")(group) % BASE
        for number in range(2_000)
        for group in GROUPS
    )
    even = 2_000 * len(GROUPS) / BASE
    # Chi squared with four degrees of freedom: 18.5 is passed once in a thousand keys, and this key is fixed.
    assert sum((found[n] - even) ** 2 / even for n in range(BASE)) < 18.5
    assert keyed_draw(key, "ab", "c")("x") != keyed_draw(key, "a", "bc")("x")
    assert keyed_draw(key, "a")("x") != keyed_draw(bytes([1] * 32), "a")("x")
    assert keyed_draw(key, "a")("x") == keyed_draw(key, "a")("x")


@given(HEADS, st.integers(0, 2**32))
def test_told_groups_are_within_four_or_the_visit_is_told_as_a_whole(counts: list[int], seed: int) -> None:
    exact = visit(*counts)
    told = told_of_visit(exact, keyed_draw(seed.to_bytes(8), "visit"))
    if set(told) <= {AgeGroup.NOT_SAID.value} and abs(told.get("not_said", 0) - sum(counts)) < BASE:
        return
    for group in GROUPS:
        assert abs(told.get(group, 0) - exact[group]) < BASE
        assert told.get(group, 0) >= 0


def test_a_visit_of_few_is_told_without_its_groups() -> None:
    assert told_of_visit(visit(3, 4, 2), drawn(4, 4, 4, whole=4)) == {"not_said": 10}
    assert told_of_visit(visit(3, 4, 2), drawn(4, 4, 4, whole=0)) == {"not_said": 5}
    assert told_of_visit(visit(3, 4, 3), drawn(4, 0, 0, whole=0)) == {"preschoolers": 5}


def test_a_group_below_zero_is_a_slip_and_only_the_sum_is_told() -> None:
    assert told_of_visit(visit(-1, 21), drawn(whole=0)) == {"not_said": 20}
    assert told_of_visit(visit(-3), drawn(whole=0)) == {}


def test_a_rounding_that_leaves_one_way_to_fill_the_groups_is_not_told() -> None:
    # Whoever knows that 42 came, and sees 45 and 5, knows that it was 41 and 1.
    assert told_of_visit(visit(41, 1), drawn(4, 4)) == {"not_said": 40}
    # Seeing 45 and nothing else, they know that at most one came who is not in the first group.
    assert told_of_visit(visit(41, 1), drawn(4, 0)) == {"not_said": 40}
    assert told_of_visit(visit(41, 1), drawn(0, 4)) == {"preschoolers": 40, "elementary": 5}


@given(st.lists(st.integers(0, 25), min_size=len(GROUPS), max_size=len(GROUPS)))
def test_totals_have_no_bias_although_some_visits_are_told_as_a_whole(counts: list[int]) -> None:
    """Over all draws, exactly: what is told as a whole is told on both sides of the truth."""
    total = sum(counts)
    if total < FEWEST:
        return
    mean = Fraction(0)
    balance = rules._balance(tuple(sorted(counts)))
    share = Fraction(balance.n, balance.m)
    assert 0 <= share <= 1
    for weight, told in rules._roundings(counts):
        off = sum(told) - total
        if rules.gives_away(told, total):
            mean += weight * total
        elif off and (off < 0) == balance.below:
            mean += weight * (share * total + (1 - share) * sum(told))
        else:
            mean += weight * sum(told)
    assert mean == total * BASE ** len(counts)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 1)))
def test_every_period_is_made_of_whole_parts_of_weeks(day: dt.date) -> None:
    part = rules.part_of(day)
    assert part <= day
    days = [part + dt.timedelta(days=n) for n in range((day - part).days + 1)]
    assert {rules.part_of(one) for one in days} == {part}
    for kind in (IsoWeek, Month, FiscalQuarter, FiscalYear):
        assert len({kind.of(one) for one in days}) == 1


@given(st.lists(st.integers(0, 25), min_size=len(GROUPS), max_size=len(GROUPS)))
def test_which_visits_need_a_closer_look_is_seen_at_once(counts: list[int]) -> None:
    total = sum(counts)
    tried = any(rules.gives_away(told, total) for _, told in rules._roundings(counts))
    assert rules._may_give_away(counts) == tried

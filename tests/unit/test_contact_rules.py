"""Rules of contacts that need no database: estimates, steps, days."""

from __future__ import annotations

import datetime as dt

import pytest

from outreach_api.contacts import rules
from schemas.vocabulary import IssueStatus

DAY = dt.date(2026, 11, 28)


def test_chapman_gives_the_published_example() -> None:
    estimate = rules.chapman(40, 35, 12)
    assert estimate is not None
    assert (estimate.people, estimate.standard_error) == (112.5, 20.0)
    assert (estimate.low, estimate.high) == (73.3, 151.8)


@pytest.mark.parametrize("m", range(7))
def test_chapman_says_nothing_of_fewer_than_seven_seen_again(m: int) -> None:
    assert rules.chapman(40, 35, m) is None


def test_where_everybody_was_seen_again_there_are_just_they() -> None:
    assert rules.chapman(20, 20, 20) == rules.Estimate(20.0, 0.0, 20, 20.0)


@pytest.mark.parametrize(("n1", "n2", "m"), [(7, 500, 7), (30, 9, 8), (1000, 1000, 7)])
def test_there_are_never_fewer_than_were_seen(n1: int, n2: int, m: int) -> None:
    estimate = rules.chapman(n1, n2, m)
    assert estimate is not None
    assert n1 + n2 - m <= estimate.low <= estimate.high


def test_the_purge_goes_by_days_of_tokyo() -> None:
    before = dt.datetime(2027, 2, 26, 14, 59, 59, tzinfo=dt.UTC)
    assert rules.purge_before(before, 90)[0] == DAY
    last, end = rules.purge_before(before + dt.timedelta(seconds=1), 90)
    assert last == DAY + dt.timedelta(days=1)
    assert end == dt.datetime(2026, 11, 29, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize("now", list(IssueStatus))
def test_an_issue_may_skip_steps_forward_but_never_go_back(now: IssueStatus) -> None:
    order = list(IssueStatus)
    for to in order:
        fault = rules.step_fault(now, to, DAY, [DAY, None])
        assert (fault is None) == (order.index(to) > order.index(now))


def test_a_promise_is_kept_within_a_year(subtests: pytest.Subtests) -> None:
    for days, stands in ((-1, False), (0, True), (366, True), (367, False)):
        with subtests.test(days=days):
            assert (rules.due_day_fault(DAY, DAY + dt.timedelta(days=days)) is None) is stands

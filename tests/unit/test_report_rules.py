"""What the figures of a report mean, rule by rule."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from outreach_api.contacts.rules import chapman
from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.week import IsoWeek, Month
from outreach_api.reports.rules import figures, periods
from outreach_api.reports.rules.outcomes import (
    Promised,
    ReferralStory,
    Reported,
    connected_rate,
    count_follow_ups,
    count_referrals,
    share,
)
from outreach_api.reports.rules.places import LastVisit, Leave, Place, ending, unvisited

WEEK = IsoWeek(2026, 48)
MONDAY, SUNDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 29)
WHERE = uuid.UUID(int=1)


def story(*events: tuple[str, int], opened: dt.date = MONDAY, direction: str = "out") -> ReferralStory:
    """A referral with outcomes, each so many days after the Monday of week 48."""
    told = [Reported(MONDAY + dt.timedelta(days=d), number, what) for number, (what, d) in enumerate(events)]
    return ReferralStory(opened, direction, WHERE, "line", told)


def counted(*stories: ReferralStory) -> tuple[int, int, int]:
    found = count_referrals(stories, WEEK)["out"]
    return found.offered.total(), found.accepted.total(), found.connected.total()


def test_a_referral_is_counted_where_it_arrived_by_the_end_of_the_week() -> None:
    assert counted(story()) == (1, 0, 0)
    assert counted(story(("handed_over", 2))) == (1, 1, 0)
    assert counted(story(("handed_over", 1), ("connected", 3))) == (1, 1, 1)
    assert counted(story(("declined", 1))) == (1, 0, 0)
    assert counted(story(("connected", 7))) == (1, 0, 0), "next Monday is another week"


def test_whoever_was_handed_over_but_not_connected_had_accepted() -> None:
    assert counted(story(("not_connected", 2))) == (1, 1, 0)


def test_an_outcome_that_was_corrected_in_the_week_leaves_no_trace() -> None:
    assert counted(story(("connected", 1), ("declined", 1))) == (1, 0, 0)


def test_weeks_add_up_without_counting_one_step_twice() -> None:
    one = story(("handed_over", -5), ("connected", 2), opened=MONDAY - dt.timedelta(days=7))
    before, now, after = (
        count_referrals([one], week)["out"] for week in (WEEK.previous(), WEEK, WEEK.next())
    )
    assert [(c.offered.total(), c.accepted.total(), c.connected.total()) for c in (before, now, after)] == [
        (1, 1, 0),
        (0, 0, 1),
        (0, 0, 0),
    ]


def test_the_connected_rate_follows_the_referrals_of_the_week_to_this_day() -> None:
    later = story(("connected", 20))
    of_another_week = story(("connected", 1), opened=SUNDAY + dt.timedelta(days=1))
    inwards = story(("connected", 1), direction="in")
    assert connected_rate([later, story(), of_another_week, inwards], WEEK) == 0.5
    assert connected_rate([], WEEK) is None


def test_a_promise_is_met_by_its_last_report_and_overdue_without_one() -> None:
    def promise(due: dt.date, *reports: tuple[str, int]) -> Promised:
        told = [Reported(MONDAY + dt.timedelta(days=d), n, what) for n, (what, d) in enumerate(reports)]
        return Promised(MONDAY, due, told)

    promises = [
        promise(MONDAY, ("met", 60)),
        promise(MONDAY, ("met", 61)),
        promise(MONDAY, ("met", 0), ("not_met", 0)),
        promise(MONDAY),
        promise(SUNDAY),
    ]
    found = count_follow_ups(promises, today=SUNDAY, recontact_days=60)
    assert (found.due, found.met, found.not_met, found.overdue, found.recontacted) == (5, 2, 1, 1, 1)


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert share(1, 3) == 0.3333
    assert share(0, 3) == 0.0


def test_stamp_cards_give_an_interval_by_chapman_and_nothing_when_few_came_twice() -> None:
    estimate = chapman(40, 35, 12)
    assert estimate is not None
    assert (estimate.people, estimate.standard_error) == (112.5, 20.0)
    assert chapman(40, 35, 6) is None


def place(code: str) -> Place:
    return Place(uuid.uuid5(WHERE, code), code, f"場所{code}")


def test_a_stop_is_left_alone_after_more_than_the_days_and_a_new_one_since_it_is_known() -> None:
    on = SUNDAY
    stops = [
        LastVisit(place("A"), MONDAY, on - dt.timedelta(days=42)),
        LastVisit(place("B"), MONDAY, on - dt.timedelta(days=43)),
        LastVisit(place("C"), on - dt.timedelta(days=100), None),
        LastVisit(place("D"), on, None),
    ]
    assert [(s.place.code, days) for s, days in unvisited(stops, on, 42)] == [("C", 100), ("B", 43)]


def test_a_permission_that_is_followed_by_another_of_its_type_does_not_end() -> None:
    on = SUNDAY

    def leave(code: str, days: int | None, kind: str = "consent") -> Leave:
        return Leave(place(code), kind, dt.date.max if days is None else on + dt.timedelta(days=days))

    leaves = [
        leave("A", 30),
        leave("B", 31),
        leave("C", 5),
        leave("C", 300),
        leave("D", 9),
        leave("D", None, "park_act"),
        leave("E", 7),
        leave("E", None),
        leave("F", 0),
    ]
    assert [(found.place.code, left) for found, left in ending(leaves, on, 30)] == [
        ("F", 0),
        ("D", 9),
        ("A", 30),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "first", "last"),
    [
        ("week", "2026-W53", "2026-12-28", "2027-01-03"),
        ("week", "2026-W01", "2025-12-29", "2026-01-04"),
        ("month", "2028-02", "2028-02-01", "2028-02-29"),
        ("quarter", "FY2026-Q4", "2027-01-01", "2027-03-31"),
        ("fiscal-year", "2026", "2026-04-01", "2027-03-31"),
    ],
)
def test_a_period_is_read_as_its_kind_is_written(kind: str, text: str, first: str, last: str) -> None:
    found = periods.parse(kind, text)
    assert not isinstance(found, Refusal)
    assert (found.first_day.isoformat(), found.last_day.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("week", "2027-W53"),
        ("week", "2026-W00"),
        ("week", "2026-48"),
        ("week", "２０２６-W48"),
        ("week", "1999-W10"),
        ("week", "9999-W10"),
        ("month", "2026-13"),
        ("quarter", "FY2026-Q5"),
        ("fiscal-year", "2026-04"),
        ("fortnight", "2026-W48"),
        ("week", "2026-W48\n"),
    ],
)
def test_a_period_that_does_not_exist_is_not_found(kind: str, text: str) -> None:
    found = periods.parse(kind, text)
    assert isinstance(found, Refusal)
    assert found.status == 404


def test_a_report_is_judged_on_its_last_day_or_today_while_it_goes_on() -> None:
    wednesday = dt.date(2026, 11, 25)
    assert periods.span("week", WEEK, wednesday).reference_day == wednesday
    assert periods.span("week", WEEK, dt.date(2027, 3, 1)).reference_day == SUNDAY


def test_stamp_cards_of_a_week_are_compared_over_four_weeks_and_four_weeks() -> None:
    first, second = periods.recapture_days(periods.span("week", WEEK, SUNDAY))
    assert (first, second) == (dt.date(2026, 10, 5), dt.date(2026, 11, 2))
    first, second = periods.recapture_days(periods.span("month", Month(2026, 11), SUNDAY))
    assert (first, second) == (dt.date(2026, 10, 1), dt.date(2026, 11, 1))


def test_no_figure_has_the_name_of_another() -> None:
    names = [figure.name for figure in figures.FIGURES]
    assert len(set(names)) == len(names)

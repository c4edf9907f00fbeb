"""A suggestion keeps every rule that `check` knows, and the reasons that it gives are true: each is tried out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.messages import TEXTS
from outreach_api.plans.rules import Leave, Limits, Opening, VanFacts, check, hard
from outreach_api.plans.solver.answer import Answer, Route
from outreach_api.plans.solver.inserting import Insertion, cheapest_insertion
from outreach_api.plans.solver.schedule import schedule
from outreach_api.plans.suggesting import reasons
from outreach_api.plans.suggesting.answering import kept, plan_of
from outreach_api.plans.suggesting.case import Case
from outreach_api.plans.suggesting.facts import Candidate
from outreach_api.plans.suggesting.forbidding import windows_of
from outreach_api.plans.suggesting.posing import Posed, pose
from outreach_api.plans.suggesting.reasons import LeftOut, Reason, left_out
from outreach_api.plans.suggesting.scores import MOST_PROMISES, StopRecord, parts, points
from outreach_api.plans.suggesting.together import Together
from schemas.vocabulary import StopStatus
from tests.suggested import FIRST, RATES, answered, candidate, case, cases, clustered_cases

OTHER_REASONS = frozenset({"worth_less", "not_worth_the_drive", "search_ended", "exchange_untried"})


@settings(max_examples=150, deadline=None)
@given(given=st.one_of(cases(), clustered_cases()))
def test_every_suggested_day_keeps_every_rule(given: Case) -> None:
    posed, answer, explained = answered(given)
    told = kept(posed, answer, explained, None)  # raises where `check` finds anything hard
    stops = {one["stop_id"] for day in told["days"] for one in day["stays"]}
    assert stops.isdisjoint(one["stop_id"] for one in told["left_out"])
    assert len(stops) + len(told["left_out"]) == len(given.candidates)
    for one in told["left_out"]:
        assert one["reasons"]
        for reason in one["reasons"]:
            assert {reason["code"], f"{reason['code']}.fix"} <= TEXTS.keys()


@settings(max_examples=150, deadline=None)
@given(given=st.one_of(cases(), clustered_cases()))
def test_the_smallest_change_that_is_told_does_let_the_stop_in(given: Case) -> None:
    posed, answer, explained = answered(given)
    for one in explained:
        wanted = [reason for reason in one.reasons if reason.code not in OTHER_REASONS]
        if one.reasons[0].code == "no_shift":
            assert not posed.shifts
            continue
        mended = pose(_mended(given, one.candidate, wanted)) if wanted else posed
        if wanted or one.reasons[0].code in ("not_worth_the_drive", "search_ended"):
            _goes_in(mended, answer, one)
        for reason in one.reasons:
            if reason.code in OTHER_REASONS:
                _is_worth_it_then(posed, answer, one, reason)


def _goes_in(mended: Posed, answer: Answer, one: LeftOut) -> None:
    """With the changes made it has room beside what is planned, and `check` has nothing hard to say."""
    place = next(n for n, visit in enumerate(mended.visits) if visit.candidate == one.candidate)
    shift, day = one.reasons[0].van, one.reasons[0].day
    assert shift is not None
    assert day is not None
    assert not mended.forbidden[one.candidate].get(day)
    assert (one.candidate, shift) not in mended.barred
    order = answer.routes[shift].order
    entry = cheapest_insertion(mended.problem, shift, order, place)
    assert entry.possible
    route = schedule(mended.problem, shift, (*order[: entry.position], place, *order[entry.position :]))
    assert route is not None
    assert hard(check(plan_of(mended, route, {}))) == []


def _is_worth_it_then(posed: Posed, answer: Answer, one: LeftOut, reason: Reason) -> None:
    """With so many points more, the plan with it is worth more than the one without."""
    place = next(n for n, visit in enumerate(posed.visits) if visit.candidate == one.candidate)
    assert reason.van is not None
    order = list(answer.routes[reason.van].order)
    if reason.other is not None:
        order = [other for other in order if posed.visits[other].candidate != reason.other]
    entry = cheapest_insertion(posed.problem, reason.van, order, place)
    assert entry.possible
    with_it = (*order[: entry.position], place, *order[entry.position :])
    orders = [route.order for route in answer.routes]
    together = Together(posed)
    before = together.value(orders)
    after = together.value([with_it if shift == reason.van else one for shift, one in enumerate(orders)])
    if reason.code in ("search_ended", "exchange_untried"):
        assert after > before
        return
    more = int(reason.numbers["missing_points"])
    assert after <= before + 1e-6
    assert after + more > before
    assert after + more - 2 <= before or more == 1


def _mended(given: Case, number: int, reasons: Sequence[Reason]) -> Case:
    """The case with every change made that the reasons ask for."""
    for reason in reasons:
        given = _mend(given, number, reason)
    return given


def _mend(given: Case, number: int, reason: Reason) -> Case:
    day, one = reason.day, given.candidates[number]
    assert day is not None
    if reason.code.startswith("permission_"):
        return _with_stop(given, number, permissions=(*one.stop.permissions, Leave(day, day)))
    if reason.code == "stop_not_agreed":
        return _with_stop(given, number, status=StopStatus.AGREED)
    if reason.code == "no_window_that_day":
        whole = Opening(on_day=day, opens=dt.time(0), closes=dt.time(23, 59))
        return _with_stop(given, number, openings=(*one.stop.openings, whole))
    if reason.code == "visited_near":
        return _with(given, number, days_taken=())
    if reason.code == "van_too_wide":
        return _with_stop(given, number, max_width_cm=int(reason.numbers["van_cm"]))
    if reason.code == "window_too_short":
        widest = max(windows_of(one, day), key=lambda window: (window[1] - window[0], window[1]))
        return _longer(given, number, day, widest[1], int(reason.numbers["missing_minutes"]))
    if reason.code == "tank_empty":
        more = int(reason.numbers["litres"])
        vans = [
            replace(one, van=replace(one.van, water_litres=(one.van.water_litres or 0) + more))
            for one in given.vans
        ]
        return replace(given, vans=vans)
    minutes = int(reason.numbers["minutes"])
    if reason.code in ("arrives_too_late", "makes_other_late"):
        closes = dt.time.fromisoformat(str(reason.numbers["closes"]))
        whose = number if reason.other is None else reason.other
        return _longer(given, whose, day, closes.hour * 60 + closes.minute, minutes)
    if reason.code in ("back_too_late", "break_too_late"):
        return replace(given, wish=replace(given.wish, latest=given.wish.latest + minutes))
    if reason.code == "no_break_fits":
        limits = given.limits
        first = limits.breaks[0][0] + minutes
        return replace(
            given,
            limits=replace(
                limits,
                break_after_minutes=max(limits.break_after_minutes, first),
                long_break_after_minutes=max(limits.long_break_after_minutes, first),
            ),
        )
    assert reason.code == "shift_full", reason
    limits = replace(given.limits, shift_minutes=given.limits.shift_minutes + minutes)
    return replace(given, limits=limits, wish=replace(given.wish, longest=given.wish.longest + minutes))


def _longer(given: Case, number: int, day: dt.date, closes: int, minutes: int) -> Case:
    """A stop whose window closes later on a day; its others of that day stay."""
    found = []
    for opens, ends in windows_of(given.candidates[number], day):
        end = ends + minutes if ends == closes else ends
        assume(end < 24 * 60)
        found.append(Opening(on_day=day, opens=_time(opens), closes=_time(end)))
    openings = given.candidates[number].stop.openings
    kept_ones = tuple(one for one in openings if one.on_day != day)
    return _with_stop(given, number, openings=(*kept_ones, *found))


def _with(given: Case, number: int, **changed: Any) -> Case:
    candidates = list(given.candidates)
    candidates[number] = replace(candidates[number], **changed)
    return replace(given, candidates=candidates)


def _with_stop(given: Case, number: int, **changed: Any) -> Case:
    return _with(given, number, stop=replace(given.candidates[number].stop, **changed))


def _time(minutes: int) -> dt.time:
    return dt.time(*divmod(minutes, 60))


def thirsty(*candidates: Candidate, tank: int) -> Case:
    """A day of a van with such a tank, of which an hour at a stop without water takes ten litres."""
    made = case(*candidates)
    vans = [replace(one, van=VanFacts(water_litres=tank)) for one in made.vans]
    return replace(made, vans=vans, limits=replace(made.limits, water_per_hour=10))


def test_a_day_takes_no_more_water_than_the_van_carries_and_says_how_much_is_missing() -> None:
    _, answer, explained = answered(thirsty(*(candidate(number) for number in range(3)), tank=40))
    assert len(answer.visited) == 2
    (one,) = explained
    assert [(reason.code, dict(reason.numbers)) for reason in one.reasons[:1]] == [
        ("tank_empty", {"litres": 20})
    ]
    assert one.reasons[1].code == "worth_less"


def test_a_stop_with_water_fills_the_tank_for_those_after_it() -> None:
    given = thirsty(candidate(0), candidate(1, water=True), candidate(2), tank=20)
    posed, answer, explained = answered(given)
    assert explained == []
    assert answer.routes[0].order[1] == 1
    assert kept(posed, answer, explained, None)["days"]


def test_where_every_stop_must_be_visited_the_answer_says_that_it_is_about_driving() -> None:
    stops = [candidate(number) for number in range(3)]
    for must, aim in ((stops, "least_driving"), (stops[:2], "most_points")):
        posed, answer, explained = answered(case(*stops, must=frozenset(one.stop.id for one in must)))
        assert kept(posed, answer, explained, None)["aim"] == aim


def test_a_stop_may_be_visited_again_after_the_days_between() -> None:
    posed, answer, _ = answered(case(candidate(1), days=5, apart_days=2))
    days = sorted(posed.shifts[route.shift].day for route in answer.routes if route.stays)
    assert days == [FIRST, FIRST + dt.timedelta(days=2), FIRST + dt.timedelta(days=4)]
    assert len(answered(case(candidate(1), days=5, apart_days=21))[1].visited) == 1


def test_many_full_days_are_explained_by_a_close_look_at_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty vans are out all day, and none of them has room for one stop more."""
    given = case(*(candidate(number, stay_minutes=520) for number in range(31)), vans=30, iterations=1)
    looked = []

    def counted(*said: Any) -> Insertion:
        looked.append(said)
        return cheapest_insertion(*said)

    monkeypatch.setattr(reasons, "cheapest_insertion", counted)
    _, _, (left, *others) = answered(given)
    assert not others
    assert "worth_less" in [reason.code for reason in left.reasons]
    assert len(looked) <= 15


def test_a_search_that_ended_too_soon_does_not_say_that_a_stop_is_not_worth_its_drive() -> None:
    posed, answer, _ = answered(case(candidate(1), candidate(9), days=2))
    nothing = replace(answer, routes=tuple(Route(shift=route.shift) for route in answer.routes))
    told = [[reason.code for reason in one.reasons] for one in left_out(posed, nothing)]
    assert told == [["search_ended"], ["search_ended"]]


def test_a_stay_may_run_over_from_one_window_into_the_next_that_touches_it() -> None:
    halves = (
        Opening(weekday=0, opens=dt.time(10), closes=dt.time(11)),
        Opening(weekday=0, opens=dt.time(11), closes=dt.time(12)),
    )
    _, answer, explained = answered(case(candidate(1, openings=halves, stay_minutes=120)))
    assert [(stay.arrive, stay.depart) for stay in answer.routes[0].stays] == [(600, 720)]
    assert explained == []


def test_a_van_drives_by_one_table_however_many_days_there_are() -> None:
    shifts = pose(case(candidate(1), candidate(2), vans=2, days=20)).problem.shifts
    assert len({id(shift.drives) for shift in shifts}) == 2


def in_time(given: Case) -> list[tuple[str, int, bool]]:
    """Of each suggested stay the stop's code, the day from the first on, and whether it counts as in time."""
    posed, answer, explained = answered(given)
    codes = {str(one.stop.id): one.code for one in given.candidates}
    return sorted(
        (
            codes[stay["stop_id"]],
            (dt.date.fromisoformat(day["local_day"]) - FIRST).days,
            any(part["code"] == "due" for part in stay["score"]),
        )
        for day in kept(posed, answer, explained, None)["days"]
        for stay in day["stays"]
    )


def days_ago(days: int) -> tuple[dt.date, ...]:
    return (FIRST - dt.timedelta(days=days),)


def test_a_stop_is_visited_before_its_longest_gap_is_over() -> None:
    """Only one of the two fits into a day, and the other is worth more: it goes second."""
    waiting = candidate(1, stay_minutes=300, max_days_between=28, days_taken=days_ago(28))
    better = candidate(2, stay_minutes=300, record=StopRecord(weight=9))
    assert in_time(case(better, waiting, days=2, iterations=40)) == [("K01", 0, True), ("K02", 1, False)]
    longer = _with_stop(case(better, waiting), 1, max_days_between=29)
    assert in_time(longer) == [("K02", 0, False)]


def test_a_gap_that_was_too_long_already_makes_every_day_as_good() -> None:
    overdue = candidate(1, max_days_between=28, days_taken=days_ago(40))
    late = replace(
        overdue,
        stop=replace(overdue.stop, openings=(Opening(weekday=2, opens=dt.time(9), closes=dt.time(17)),)),
    )
    assert in_time(case(late, days=3)) == [("K01", 2, True)]


def test_a_short_rhythm_is_kept_all_through_the_period() -> None:
    often = candidate(1, max_days_between=2, days_taken=days_ago(1))
    found = in_time(case(often, days=6, apart_days=1, iterations=40))
    kept_days = [day for _, day, counts in found if counts]
    assert len(kept_days) == 3
    assert all(day <= due for day, due in zip(kept_days, (1, 3, 5), strict=True))


def test_a_stop_that_wants_visits_oftener_than_all_others_is_visited_oftener() -> None:
    """Open on Mondays only, wanted at least every 14 days, where stops are usually left alone for 21."""
    monday = (Opening(weekday=0, opens=dt.time(9), closes=dt.time(17)),)
    often = candidate(1, max_days_between=14, openings=monday, days_taken=days_ago(14))
    rare = candidate(2, openings=monday, days_taken=days_ago(14))
    found = in_time(case(often, rare, days=29, iterations=40))
    assert [(day, counts) for code, day, counts in found if code == "K01"] == [
        (0, True),
        (14, True),
        (28, True),
    ]
    assert [day for code, day, _ in found if code == "K02"] in ([7], [7, 28])
    at_most = _with_stop(case(often, days=1), 0, min_days_between=15)
    assert in_time(at_most) == []


def test_a_visit_that_another_plan_makes_in_time_is_not_waited_for() -> None:
    planned = candidate(1, max_days_between=7, days_taken=(*days_ago(6), FIRST + dt.timedelta(days=1)))
    assert not any(counts for _, _, counts in in_time(case(planned, days=3, apart_days=1)))


def test_nobody_is_overdue_at_a_stop_where_nobody_ever_was() -> None:
    assert in_time(case(candidate(1, max_days_between=7), days=3)) == [("K01", 0, False)]


def pauses(given: Case) -> list[tuple[int, int] | None]:
    posed, answer, explained = answered(given)
    kept(posed, answer, explained, None)
    return [route.pause for route in answer.routes if route.stays]


RESTED = Limits(
    setup_minutes=30,
    teardown_minutes=30,
    shift_minutes=660,
    break_minutes=45,
    break_after_minutes=360,
    long_break_minutes=60,
    long_break_after_minutes=480,
)


@pytest.mark.parametrize(
    ("stay_minutes", "minutes"),
    [(119, 0), (120, 45), (156, 45), (157, 60)],
    ids=["6 hours", "a little more", "8 hours with the break", "a little more than 8"],
)
def test_a_longer_day_has_a_longer_break_between_its_stays(stay_minutes: int, minutes: int) -> None:
    """Two stays with set-up, teardown and two minutes of driving: 360 minutes at 119 each."""
    two = [candidate(n, stay_minutes=stay_minutes, point=Point(35.8 + n / 150, 139.9)) for n in range(2)]
    (pause,) = pauses(replace(case(*two, latest=19 * 60, longest=660), limits=RESTED))
    assert (0 if pause is None else pause[1] - pause[0]) == minutes


def test_a_day_that_a_break_makes_too_long_leaves_a_stop_out() -> None:
    two = [candidate(n, stay_minutes=200, point=Point(35.8 + n / 150, 139.9)) for n in range(2)]
    given = replace(case(*two, longest=540), limits=RESTED)
    _, answer, explained = answered(given)
    assert len(answer.visited) == 1
    (reason,) = [reason for reason in explained[0].reasons if reason.code == "shift_full"]
    longer = replace(
        given, wish=replace(given.wish, longest=540 + int(reason.numbers["minutes"]), latest=19 * 60)
    )
    assert len(answered(longer)[1].visited) == 2
    without = replace(given, limits=replace(RESTED, break_minutes=0))
    assert pauses(without) == [None]
    assert len(answered(without)[1].visited) == 2


def test_a_stay_that_is_too_long_for_a_day_without_a_break_goes_in_when_it_is_shorter() -> None:
    given = replace(case(candidate(1, stay_minutes=330)), limits=RESTED)
    _, answer, ((explained),) = answered(given)
    assert not answer.visited
    (reason,) = explained.reasons
    assert (reason.code, reason.numbers["minutes"]) == ("no_break_fits", 30)
    assert answered(_with(given, 0, stay_minutes=300))[1].visited


def test_a_slow_hour_in_the_shift_makes_every_drive_as_slow() -> None:
    """So that no leg takes longer than the solver was told, whenever it begins."""
    far = [candidate(n, point=Point(35.8 + n / 100, 139.9)) for n in range(2)]
    even = case(*far)
    slow = replace(even, drives=replace(even.drives, speeds=(100,) * 17 + (50,) + (100,) * 6))
    between = [pose(one).problem.shifts[0].drives[0][1] for one in (even, slow)]
    assert between == [3, 6]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (StopRecord(), {"days_since": 168, "returns": 0, "follow_ups": 0, "weight": 0}),
        (StopRecord(days_since=30), {"days_since": 60, "returns": 0, "follow_ups": 0, "weight": 0}),
        (
            StopRecord(days_since=300, missed_people=412.46, returns=2, follow_ups=1, weight=3),
            {"gap": 103, "days_since": 168, "returns": 120, "follow_ups": 30, "weight": 120},
        ),
    ],
)
def test_a_score_is_the_sum_of_parts_that_can_be_read(record: StopRecord, expected: dict[str, int]) -> None:
    found = parts(record, RATES)
    assert {part.code.value: part.points for part in found} == expected
    assert points(found) == sum(expected.values())


def test_many_promises_at_one_stop_do_not_empty_the_month() -> None:
    many, most = (parts(StopRecord(returns=count), RATES) for count in (1_000, MOST_PROMISES))
    assert points(many) == points(most)


def test_a_stop_worth_nothing_is_still_better_than_none() -> None:
    nothing = parts(StopRecord(days_since=0), RATES)
    assert points(nothing) == 1

"""What keeps a plan from being published: each cause with its numbers, and where exactly it begins."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from dataclasses import replace
from typing import Any

import pytest

from outreach_api.kernel.geo import Point, distance_m
from outreach_api.messages import TEXTS, say
from outreach_api.plans.rules import (
    Drives,
    Leave,
    Limits,
    Opening,
    OtherPlan,
    PlanFacts,
    Stay,
    StopFacts,
    VanFacts,
    Violation,
    check,
    drive_between,
    hard,
    minutes_after,
    stay_state,
)
from outreach_api.plans.rules.mending import with_ways_out
from outreach_api.plans.travel import Estimates
from schemas.vocabulary import HostAnswer, Publicity, Remedy, Severity, StayState, StopStatus

DAY = dt.date(2026, 11, 28)  # a Saturday
HERE = Point(35.8041, 139.9523)
THERE = Point(35.8256, 139.9614)
LIMITS = Limits(setup_minutes=30, teardown_minutes=30, shift_minutes=600)
ESTIMATES = Estimates(detour_factor=1.35, kmh=20.0)
ALWAYS = (Leave(dt.date(2026, 4, 1)),)


def at(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def stay(arrive: str = "10:00", depart: str = "12:00", **said: Any) -> Stay:
    """A stay at a public, agreed, permitted stop whose host said yes, unless said otherwise."""
    of_stop = {name: said.pop(name) for name in list(said) if name in StopFacts.__dataclass_fields__}
    stop = StopFacts(
        **{"id": uuid.uuid4(), "point": HERE, "permissions": ALWAYS, **of_stop}  # type: ignore[arg-type]
    )
    return Stay(
        **{  # type: ignore[arg-type]
            "plan_stop_id": uuid.uuid4(),
            "stop": stop,
            "arrive": at(arrive),
            "depart": at(depart),
            "host_asked": True,
            "host_answer": HostAnswer.YES,
            **said,
        }
    )


def estimated(*points: Point, estimates: Estimates = ESTIMATES) -> Drives:
    places = list(dict.fromkeys(points))
    return estimates.table(places).drives(places)


def plan(*stays: Stay, **said: Any) -> PlanFacts:
    """A day of a van without a base, with estimated drives."""
    drives = estimated(HERE, THERE, *(stay.stop.point for stay in stays))
    facts = {"day": DAY, "van": VanFacts(), "stays": stays, "limits": LIMITS, "drives": drives, **said}
    return PlanFacts(**facts)  # type: ignore[arg-type]


def found(*stays: Stay, **said: Any) -> dict[str, Violation]:
    return {violation.code: violation for violation in check(plan(*stays, **said))}


def only(*stays: Stay, **said: Any) -> Violation:
    violations = check(plan(*stays, **said))
    assert len(violations) == 1, violations
    return violations[0]


def test_a_sound_plan_has_no_violation() -> None:
    assert check(plan(stay("10:00", "12:00"), stay("14:00", "16:00", point=THERE))) == []


def test_a_plan_without_stops_is_none() -> None:
    assert only().code == "plan_without_stops"


def test_a_permission_holds_on_its_last_day_and_not_on_the_next() -> None:
    until = (Leave(dt.date(2026, 4, 1), dt.date(2026, 11, 28)),)
    assert hard(check(plan(stay(permissions=until)))) == []
    ended = only(stay(permissions=until), day=DAY + dt.timedelta(days=1))
    assert (ended.code, ended.severity) == ("permission_ended", Severity.HARD)
    assert ended.numbers == {"ended_on": "2026-11-28", "days_after": 1}


def test_a_withdrawn_permission_ends_on_the_day_before() -> None:
    withdrawn = (Leave(dt.date(2026, 4, 1), None, withdrawn_on=DAY),)
    assert only(stay(permissions=withdrawn)).numbers == {"ended_on": "2026-11-27", "days_after": 1}


def test_a_permission_that_begins_later_does_not_help() -> None:
    later = (Leave(dt.date(2026, 12, 1)),)
    assert only(stay(permissions=later)).numbers == {"starts_on": "2026-12-01", "days_before": 3}


def test_a_renewed_permission_counts_however_many_ended() -> None:
    renewed = (Leave(dt.date(2025, 4, 1), dt.date(2026, 3, 31)), *ALWAYS)
    assert check(plan(stay(permissions=renewed))) == []


def test_a_stop_without_any_permission_is_refused() -> None:
    assert only(stay(permissions=())).code == "permission_missing"


@pytest.mark.parametrize("status", [s for s in StopStatus if s is not StopStatus.AGREED])
def test_a_stop_must_be_agreed(status: StopStatus) -> None:
    violation = only(stay(status=status))
    assert (violation.code, violation.numbers) == ("stop_not_agreed", {"status": status.value})
    assert violation.severity is Severity.HARD


SATURDAY = Opening(weekday=5, opens=at("10:00"), closes=at("12:00"))


@pytest.mark.parametrize(
    ("arrive", "depart", "outside"),
    [
        ("10:00", "12:00", None),
        ("09:59", "12:00", 1),
        ("10:00", "12:01", 1),
        ("09:30", "12:45", 75),
        ("13:00", "14:00", 60),
    ],
)
def test_minutes_outside_the_opening_window_are_counted(
    arrive: str, depart: str, outside: int | None
) -> None:
    violation = found(stay(arrive, depart, openings=(SATURDAY,))).get("outside_window")
    assert (violation.numbers["minutes_outside"] if violation else None) == outside


def test_windows_that_touch_or_overlap_count_once() -> None:
    touching = (SATURDAY, Opening(weekday=5, opens=at("12:00"), closes=at("14:00")))
    overlapping = (SATURDAY, Opening(weekday=5, opens=at("11:00"), closes=at("13:00")))
    assert check(plan(stay("10:00", "14:00", openings=touching))) == []
    both = found(stay("10:00", "14:00", openings=overlapping))
    assert both["outside_window"].numbers["minutes_outside"] == 60
    assert both["windows_overlap"].severity is Severity.SOFT


def test_a_stop_that_is_shut_on_the_day_is_told_as_such_not_as_minutes() -> None:
    shut = (SATURDAY, Opening(on_day=DAY))
    assert only(stay("10:00", "12:00", openings=shut)).code == "no_window_that_day"
    other_weekday = (Opening(weekday=2, opens=at("10:00"), closes=at("12:00")),)
    assert only(stay("10:00", "12:00", openings=other_weekday)).code == "no_window_that_day"


def test_the_drive_is_the_straight_line_times_detour_at_mean_speed() -> None:
    by_hand = math.ceil(distance_m(HERE, THERE) * 1.35 / 1000 / 20 * 60)
    there = plan(stay("10:00", "12:00"), stay("14:00", "16:00", point=THERE))
    assert drive_between(*there.stays, there) == by_hand == 11
    assert estimated(HERE).minutes(HERE, HERE, 600) == 0


def test_exactly_enough_minutes_between_stops_is_fine_and_one_less_is_not() -> None:
    first = stay("10:00", "12:00")
    assert check(plan(first, stay("13:11", "15:00", point=THERE))) == []
    second = stay("13:10", "15:00", point=THERE)
    violation = only(first, second)
    assert violation.code == "drive_too_short"
    assert violation.numbers == {
        "needed_minutes": 71,
        "available_minutes": 70,
        "missing_minutes": 1,
        "drive_minutes": 11,
        "arrive": "13:11",
        "depart": "11:59",
    }
    assert violation.plan_stop_ids == (first.plan_stop_id, second.plan_stop_id)


def test_a_drive_of_whole_minutes_is_not_rounded_up_by_a_float() -> None:
    metres = distance_m(HERE, THERE)
    exact = Estimates(detour_factor=1.0, kmh=metres / 1000 / 7 * 60)
    assert estimated(HERE, THERE, estimates=exact).minutes(HERE, THERE, 600) == 7


def test_stays_of_one_day_may_not_overlap() -> None:
    violation = only(stay("10:00", "12:00"), stay("11:45", "13:00", point=THERE))
    assert (violation.code, violation.numbers) == (
        "stays_overlap",
        {"overlap_minutes": 15, "arrive": "13:11"},
    )


def test_a_stay_that_is_moved_for_the_drive_ends_with_its_window() -> None:
    """A mend that would break the hours of the place is no mend: people would go from one to the other and back."""
    window = (Opening(weekday=5, opens=at("13:00"), closes=at("18:00")),)
    first, tight = stay("10:00", "14:00"), stay("13:40", "18:00", point=THERE, openings=window)
    (violation,) = hard(check(plan(first, tight)))
    assert violation.code == "stays_overlap"
    (mend,) = violation.mends
    assert (mend.arrive, mend.depart) == (at("15:11"), at("18:00"))
    moved = replace(tight, arrive=at("15:11"), depart=at("18:00"))
    assert not hard(check(plan(first, moved)))


def test_coming_back_to_the_same_stop_is_only_noted() -> None:
    first = stay("10:00", "12:00")
    again = replace(first, plan_stop_id=uuid.uuid4(), arrive=at("12:00"), depart=at("13:00"))
    violation = only(first, again)
    assert (violation.code, violation.severity) == ("same_stop_twice", Severity.SOFT)
    assert violation.numbers == {"times": 2}


def test_a_shift_runs_from_the_first_set_up_to_the_last_teardown() -> None:
    assert check(plan(stay("09:30", "12:00"), stay("14:00", "18:30", point=THERE))) == []  # exactly 600
    violation = only(stay("09:30", "12:00"), stay("14:00", "18:31", point=THERE))
    numbers = {"minutes": 601, "limit_minutes": 600, "too_many_minutes": 1, "depart": "18:30"}
    assert violation.numbers == numbers
    assert violation.code == "shift_too_long"


def other(begins: str, ends: str, place: Point = HERE) -> OtherPlan:
    return OtherPlan(plan_id=uuid.uuid4(), begins=at(begins), ends=at(ends), first=place, last=place)


def test_two_plans_of_one_van_may_touch_but_not_overlap() -> None:
    morning = stay("10:00", "12:00")  # 9:30 to 12:30 with set-up and teardown
    assert check(plan(morning, others=(other("13:00", "15:00"),))) == []
    beside = other("12:59", "15:00")
    violation = only(morning, others=(beside,))
    assert violation.code == "plan_overlap"
    assert violation.numbers == {
        "overlap_minutes": 1,
        "other_plan_id": str(beside.plan_id),
        "move_minutes": 1,
    }


def test_the_van_must_also_get_from_one_plan_to_the_other() -> None:
    morning = stay("10:00", "12:00")
    assert check(plan(morning, others=(other("13:11", "15:00", THERE),))) == []
    violation = only(morning, others=(other("13:10", "15:00", THERE),))
    assert violation.code == "drive_between_plans"
    assert (violation.numbers["drive_minutes"], violation.numbers["available_minutes"]) == (11, 10)
    before = only(stay("13:10", "15:00"), others=(other("10:00", "12:00", THERE),))
    assert before.numbers["missing_minutes"] == 1


def test_a_members_stop_must_not_be_announced() -> None:
    announced = only(stay(publicity=Publicity.MEMBERS))
    assert (announced.code, announced.severity) == ("members_announced", Severity.HARD)
    assert check(plan(stay(publicity=Publicity.MEMBERS, announce=False))) == []


def test_an_area_only_stop_needs_an_area_to_announce() -> None:
    assert only(stay(publicity=Publicity.AREA_ONLY)).code == "announced_area_missing"
    assert check(plan(stay(publicity=Publicity.AREA_ONLY, announced_area="小金原"))) == []
    assert check(plan(stay(publicity=Publicity.AREA_ONLY, announce=False))) == []


@pytest.mark.parametrize(
    ("asked", "answer", "code", "severity"),
    [
        (False, None, "host_not_asked", Severity.SOFT),
        (True, None, "host_waiting", Severity.SOFT),
        (True, HostAnswer.WAITING, "host_waiting", Severity.SOFT),
        (True, HostAnswer.NO, "host_said_no", Severity.HARD),
    ],
)
def test_what_the_host_said_counts(
    asked: bool, answer: HostAnswer | None, code: str, severity: Severity
) -> None:
    violation = only(stay(host_asked=asked, host_answer=answer))
    assert (violation.code, violation.severity) == (code, severity)


def test_the_van_must_fit() -> None:
    van = VanFacts(width_cm=150, height_cm=210)
    assert check(plan(stay(max_width_cm=150, max_height_cm=210), van=van)) == []
    tight = found(stay(max_width_cm=149, max_height_cm=209), van=van)
    assert tight["van_too_wide"].numbers == {"van_cm": 150, "limit_cm": 149, "too_many_cm": 1}
    assert tight["van_too_high"].numbers == {"van_cm": 210, "limit_cm": 209, "too_many_cm": 1}


@pytest.mark.parametrize("paper", ["inspection", "insurance", "food_permit"])
def test_each_paper_of_the_van_must_hold_on_the_day(paper: str) -> None:
    assert hard(check(plan(stay(), van=VanFacts(**{f"{paper}_until": DAY})))) == []
    assert check(plan(stay(), van=VanFacts(**{f"{paper}_until": DAY + dt.timedelta(days=1)}))) == []
    ended = only(stay(), van=VanFacts(**{f"{paper}_until": DAY - dt.timedelta(days=2)}))
    assert ended.code == f"van_{paper}_ends"
    assert ended.numbers == {"ends_on": "2026-11-26", "days_before": 2}


def test_a_van_out_of_use_goes_nowhere() -> None:
    assert only(stay(), van=VanFacts(active=False)).code == "van_inactive"


def test_a_van_in_repair_goes_nowhere_from_the_first_day_to_the_last() -> None:
    def away(first: int, last: int) -> VanFacts:
        return VanFacts(outages=((DAY + dt.timedelta(days=first), DAY + dt.timedelta(days=last)),))

    out = only(stay(), van=away(-2, 0))
    assert (out.code, out.severity) == ("van_out", Severity.HARD)
    assert out.numbers == {"from_day": "2026-11-26", "to_day": "2026-11-28"}
    assert [(mend.what, mend.from_day, mend.to_day) for mend in out.mends] == [
        (Remedy.OTHER_VAN, None, None),
        (Remedy.OTHER_DAY, DAY + dt.timedelta(days=1), None),
        (Remedy.OTHER_DAY, None, DAY - dt.timedelta(days=3)),
    ]
    assert only(stay(), van=away(0, 3)).code == "van_out"
    assert check(plan(stay(), van=away(-3, -1))) == check(plan(stay(), van=away(1, 3))) == []


def test_missing_power_is_noted() -> None:
    violation = only(stay(), van=VanFacts(needs_power=True))
    assert (violation.code, violation.severity) == ("no_power_there", Severity.SOFT)
    assert check(plan(stay(power=True), van=VanFacts(needs_power=True))) == []


def test_only_hard_violations_are_hard() -> None:
    violations = check(plan(stay(host_asked=False, permissions=())))
    assert {v.code for v in violations} == {"permission_missing", "host_not_asked"}
    assert [v.code for v in hard(violations)] == ["permission_missing"]


def test_every_violation_has_a_cause_and_a_fix_in_both_languages() -> None:
    codes = {code.removesuffix(".fix") for code in TEXTS if code.endswith(".fix")}
    everything_wrong = check(
        plan(
            stay(
                "10:00",
                "12:00",
                status=StopStatus.PAUSED,
                permissions=(),
                openings=(SATURDAY,),
                max_width_cm=1,
            ),
            stay("12:05", "13:00", publicity=Publicity.MEMBERS, point=THERE, host_asked=False),
            stay("12:30", "23:00", publicity=Publicity.AREA_ONLY, host_answer=HostAnswer.NO),
            van=VanFacts(active=False, width_cm=150, inspection_until=dt.date(2026, 1, 1), needs_power=True),
            others=(other("10:00", "11:00"),),
        )
    )
    assert {violation.code for violation in everything_wrong} <= codes
    for violation in everything_wrong:
        for lang in ("ja", "en"):
            said = say(violation.code, lang, violation.numbers) + say(violation.fix, lang, violation.numbers)
            assert "?" not in said


@pytest.mark.parametrize(
    ("visit", "called_off", "days", "state"),
    [
        ("closed", True, 0, StayState.HELD),
        ("open", False, 0, StayState.OPEN),
        ("cancelled", False, 0, StayState.CANCELLED),
        (None, True, 0, StayState.CANCELLED),
        (None, False, 0, StayState.PLANNED),
        (None, False, 1, StayState.UNRECORDED),
        ("planned", False, 1, StayState.UNRECORDED),
    ],
)
def test_what_became_of_a_stay(visit: str | None, called_off: bool, days: int, state: StayState) -> None:
    assert stay_state(visit, called_off=called_off, day=DAY, today=DAY + dt.timedelta(days=days)) is state


def test_minutes_late_are_counted_in_local_time() -> None:
    opened = dt.datetime(2026, 11, 28, 1, 5, 30, tzinfo=dt.UTC)  # 10:05:30 in Tokyo
    assert minutes_after(opened, DAY, at("10:00")) == 5
    assert minutes_after(opened, DAY, at("10:10")) == -5
    assert minutes_after(None, DAY, at("10:00")) is None


def test_where_one_mend_after_the_other_leads_nowhere_all_times_are_proposed_together() -> None:
    """The second place is open until one, so that the first one must begin earlier: no single mend says that."""
    window = (Opening(weekday=5, opens=at("11:00"), closes=at("13:00")),)
    first, tight = stay("10:00", "12:00"), stay("11:00", "13:00", point=THERE, openings=window)
    told = with_ways_out(plan(first, tight))
    assert told[0].code == "day_needs_other_times"
    moved = {mend.plan_stop_id: (mend.arrive, mend.depart) for mend in told[0].mends}
    # Not before eight, so both are shorter.
    assert moved == {
        first.plan_stop_id: (at("08:49"), at("10:19")),
        tight.plan_stop_id: (at("11:30"), at("13:00")),
    }

"""Random days of a van: the rules say what a minute-by-minute look at the day says, and what mends a violation does."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.messages import TEXTS
from outreach_api.plans.rules import (
    Leave,
    Limits,
    Mend,
    OnShift,
    Opening,
    OtherPlan,
    PlanFacts,
    Stay,
    StopFacts,
    VanFacts,
    VanThere,
    Violation,
    check,
    legs,
)
from outreach_api.plans.rules.mending import with_ways_out
from outreach_api.plans.travel import Estimates
from schemas.vocabulary import HostAnswer, Remedy

DAY = dt.date(2026, 11, 28)
POINTS = [Point(35.78 + i * 0.011, 139.9 + (i * 3 % 5) * 0.013) for i in range(5)]
VANS = [uuid.UUID(int=9_000 + i) for i in range(3)]


def time(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))


def minute(at: dt.time) -> int:
    return at.hour * 60 + at.minute


@st.composite
def spans(draw: st.DrawFn, low: int = 0, high: int = 1_439, longest: int = 400) -> tuple[dt.time, dt.time]:
    begins = draw(st.integers(low, high - 1))
    return time(begins), time(draw(st.integers(begins + 1, min(high, begins + longest))))


@st.composite
def stops(draw: st.DrawFn, place: int) -> StopFacts:
    windows = draw(st.lists(spans(), max_size=3))
    return StopFacts(
        id=uuid.UUID(int=place + 1),
        point=POINTS[place],
        permissions=(Leave(dt.date(2026, 1, 1)),),
        openings=tuple(Opening(weekday=5, opens=opens, closes=closes) for opens, closes in windows),
        van_count=draw(st.integers(1, 2)),
        water=draw(st.integers(0, 3)) == 0,
        min_days_between=draw(st.none() | st.integers(1, 40)),
        max_days_between=draw(st.none() | st.integers(1, 40)),
        day_before=draw(st.none() | st.dates(DAY - dt.timedelta(50), DAY - dt.timedelta(1))),
        day_after=draw(st.none() | st.dates(DAY + dt.timedelta(1), DAY + dt.timedelta(50))),
    )


@st.composite
def plans(draw: st.DrawFn) -> PlanFacts:
    known = [draw(stops(place)) for place in range(len(POINTS))]
    times = draw(st.lists(spans(), min_size=1, max_size=4))
    stays = tuple(
        Stay(
            plan_stop_id=uuid.UUID(int=100 + i),
            stop=draw(st.sampled_from(known)),
            arrive=arrive,
            depart=depart,
            host_asked=True,
            host_answer=HostAnswer.YES,
        )
        for i, (arrive, depart) in enumerate(sorted(times))
    )
    others = tuple(
        OtherPlan(plan_id=uuid.UUID(int=500), begins=begins, ends=ends, first=POINTS[3], last=POINTS[4])
        for begins, ends in draw(st.lists(spans(), max_size=1))
    )
    there = [
        VanThere(draw(st.sampled_from(known)).id, draw(st.sampled_from(VANS)), uuid.UUID(int=600), *span)
        for span in draw(st.lists(spans(), max_size=4))
    ]
    shifts = draw(st.none() | st.lists(spans(), max_size=3))
    speeds = draw(st.just(()) | st.tuples(*[st.integers(20, 200)] * 24))
    return PlanFacts(
        day=DAY,
        van=VanFacts(water_litres=draw(st.none() | st.integers(1, 90))),
        stays=stays,
        limits=Limits(
            setup_minutes=draw(st.integers(0, 45)),
            teardown_minutes=draw(st.integers(0, 45)),
            shift_minutes=draw(st.integers(60, 700)),
            break_minutes=draw(st.integers(0, 60)),
            break_after_minutes=draw(st.integers(0, 500)),
            long_break_minutes=draw(st.integers(0, 90)),
            long_break_after_minutes=draw(st.integers(0, 700)),
            revisit_days=draw(st.integers(0, 30)),
            water_per_hour=draw(st.integers(0, 40)),
        ),
        drives=Estimates(1.35, 20.0).table(POINTS).drives(POINTS, speeds),
        base=draw(st.none() | st.sampled_from(POINTS)),
        others=others,
        vans_there=tuple(there),
        shifts=None if shifts is None else tuple(OnShift(*span) for span in shifts),
    )


def found(plan: PlanFacts, code: str) -> list[Violation]:
    return [violation for violation in check(plan) if violation.code == code]


def still(plan: PlanFacts, violation: Violation) -> bool:
    """Whether the same is wrong at the same place: about the same stays, and the same other plan or day."""
    about = ("other_plan_id", "other_day")
    told = [violation.numbers.get(name) for name in about]
    return any(
        one.plan_stop_ids == violation.plan_stop_ids and [one.numbers.get(name) for name in about] == told
        for one in found(plan, violation.code)
    )


def mended(plan: PlanFacts, *mends: Mend) -> PlanFacts:
    for mend in mends:
        if mend.what is Remedy.MOVE_STAY:
            stays = tuple(
                replace(stay, arrive=mend.arrive or stay.arrive, depart=mend.depart or stay.depart)
                if stay.plan_stop_id == mend.plan_stop_id
                else stay
                for stay in plan.stays
            )
            plan = replace(plan, stays=stays)
        elif mend.what is Remedy.MOVE_PLAN:
            by = mend.minutes or 0
            stays = tuple(
                replace(stay, arrive=time(minute(stay.arrive) + by), depart=time(minute(stay.depart) + by))
                for stay in plan.stays
            )
            plan = replace(plan, stays=stays)
        elif mend.what is Remedy.REMOVE_STAY:
            stays = tuple(stay for stay in plan.stays if stay.plan_stop_id != mend.plan_stop_id)
            plan = replace(plan, stays=stays)
        elif mend.what is Remedy.OTHER_DAY:
            day = mend.from_day or mend.to_day
            assert day is not None
            plan = replace(plan, day=day)
        else:
            raise AssertionError(mend.what)
    return plan


@given(plans())
def test_every_move_that_is_proposed_puts_right_what_it_is_proposed_for(plan: PlanFacts) -> None:
    for violation in check(plan):
        moves = [m for m in violation.mends if m.what in (Remedy.MOVE_STAY, Remedy.MOVE_PLAN)]
        if violation.code == "break_missing":
            assert not moves or not still(mended(plan, *moves), violation)
            continue
        for move in moves:
            changed = mended(plan, move)
            assert not still(changed, violation), (violation, move)


TOGETHER = frozenset({"break_missing", "day_needs_other_times"})
TIMED = frozenset(
    [
        "outside_window",
        "stays_overlap",
        "drive_too_short",
        "shift_too_long",
        "stop_full",
        "plan_overlap",
        "drive_between_plans",
    ]
)


def first_mend(found: list[Violation]) -> tuple[Mend, ...]:
    """Of the first violation that has any about times; those of a break belong together."""
    kinds = (Remedy.MOVE_STAY, Remedy.MOVE_PLAN, Remedy.REMOVE_STAY)
    for one in found:
        mends = tuple(mend for mend in one.mends if mend.what in kinds)
        if mends:
            return mends if one.code in TOGETHER else mends[:1]
    return ()


@given(plans())
def test_doing_the_first_mend_over_and_over_ends_with_a_day_that_fits(plan: PlanFacts) -> None:
    """Or with a single stay for which nothing more can be proposed. Without a word of it, no stay is left out."""
    told = with_ways_out(plan)
    fits = "day_does_not_fit" not in {one.code for one in told}
    for _ in range(200):
        mends = first_mend(told)
        if not mends:
            break
        assert not fits or mends[0].what is not Remedy.REMOVE_STAY
        plan = mended(plan, *mends)
        told = with_ways_out(plan)
    else:
        raise AssertionError("in circles")
    assert len(plan.stays) == 1 or not TIMED & {one.code for one in told}


@given(plans())
def test_the_stay_to_leave_out_is_enough_or_it_is_said_that_it_is_not(plan: PlanFacts) -> None:
    for one in with_ways_out(plan)[:1]:
        if one.code != "day_does_not_fit":
            continue
        others = with_ways_out(mended(plan, *one.mends))
        again = "day_does_not_fit" in {other.code for other in others}
        if one.fix == "day_does_not_fit.fix":
            assert not again
        elif len(plan.stays) > 2:
            assert again
            assert not any(fits_without(plan, stay) for stay in plan.stays)


@given(
    plans(), st.lists(st.tuples(st.integers(0, 400), st.integers(30, 200)), min_size=1, max_size=4), st.data()
)
def test_a_day_that_fits_at_other_times_is_never_said_not_to(
    plan: PlanFacts, slots: list[tuple[int, int]], data: st.DataObject
) -> None:
    """One that fits is made, each stay with hours around its time; then its times are pushed about, in their order."""
    plan = replace(
        plan, limits=replace(plan.limits, shift_minutes=3_000), others=(), vans_there=(), base=None
    )
    stays: list[Stay] = []
    for number, (gap, length) in enumerate(slots):
        begins = gap + (minute(stays[-1].depart) + 300 if stays else plan.limits.setup_minutes)
        if begins + length >= 1_439:
            break
        opens, closes = max(0, begins - data.draw(st.integers(0, 90))), begins + length
        stop = replace(
            plan.stays[0].stop,
            id=uuid.UUID(int=700 + number),
            point=POINTS[number],
            openings=(Opening(weekday=5, opens=time(opens), closes=time(closes)),),
        )
        stays.append(
            Stay(
                plan_stop_id=uuid.UUID(int=800 + number), stop=stop, arrive=time(begins), depart=time(closes)
            )
        )
    pushed = sorted(data.draw(st.integers(0, 1_238)) for _ in stays)
    moved = [
        replace(stay, arrive=time(at), depart=time(at + minute(stay.depart) - minute(stay.arrive)))
        for stay, at in zip(stays, pushed, strict=True)
    ]
    plan = replace(plan, stays=tuple(moved), drives=Estimates(1.35, 60.0).table(POINTS).drives(POINTS))
    order = sorted(moved, key=lambda stay: (stay.arrive, stay.depart))
    if [stay.plan_stop_id for stay in order] != [stay.plan_stop_id for stay in moved] or not moved:
        return
    told = with_ways_out(plan)
    assert "day_does_not_fit" not in {one.code for one in told}
    if told and told[0].code == "day_needs_other_times":
        assert not TIMED & {one.code for one in check(mended(plan, *told[0].mends))}


def fits_without(plan: PlanFacts, stay: Stay) -> bool:
    rest = replace(plan, stays=tuple(other for other in plan.stays if other is not stay))
    return "day_does_not_fit" not in {one.code for one in with_ways_out(rest)}


@given(plans())
def test_what_is_proposed_is_what_check_proposes_or_less(plan: PlanFacts) -> None:
    known = {(one.code, one.plan_stop_ids, str(dict(one.numbers))): one for one in check(plan)}
    told = [one for one in with_ways_out(plan) if not one.code.startswith("day_")]
    assert len(told) == len(check(plan))
    for one in told:
        before = known[one.code, one.plan_stop_ids, str(dict(one.numbers))]
        assert set(one.mends) <= set(before.mends)
        assert one.fix in TEXTS


@given(plans())
def test_every_other_day_that_is_proposed_puts_right_what_it_is_proposed_for(plan: PlanFacts) -> None:
    for violation in check(plan):
        for mend in violation.mends:
            if mend.what is Remedy.OTHER_DAY:
                assert not still(mended(plan, mend), violation), (violation, mend)


@given(plans())
def test_minutes_outside_the_windows_are_those_in_none_of_them(plan: PlanFacts) -> None:
    told = {v.plan_stop_ids[0]: v.numbers["minutes_outside"] for v in found(plan, "outside_window")}
    for stay in plan.stays:
        outside = [
            one
            for one in range(minute(stay.arrive), minute(stay.depart))
            if not any(minute(w.opens or w.closes) <= one < minute(w.closes) for w in stay.stop.openings)  # type: ignore[arg-type]
        ]
        expected = len(outside) if stay.stop.openings else 0
        assert told.get(stay.plan_stop_id, 0) == expected


@given(plans())
def test_a_stop_is_full_where_a_minute_has_more_vans_than_it_takes(plan: PlanFacts) -> None:
    before, after = plan.limits.setup_minutes, plan.limits.teardown_minutes
    told = {v.plan_stop_ids[0]: v.numbers["vans"] for v in found(plan, "stop_full")}
    for stay in plan.stays:
        taken = [
            range(minute(one.arrive) - before, minute(one.depart) + after)
            for one in plan.vans_there
            if one.stop_id == stay.stop.id
        ]
        most = max(
            1 + sum(one in span for span in taken)
            for one in range(minute(stay.arrive) - before, minute(stay.depart) + after)
        )
        assert told.get(stay.plan_stop_id, 1) == (most if most > stay.stop.van_count else 1)


@given(plans())
def test_people_are_missing_in_exactly_the_minutes_of_the_day_that_no_shift_covers(plan: PlanFacts) -> None:
    if plan.shifts is None:
        assert not found(plan, "nobody_on_shift")
        return
    begins, ends = whole_day(plan)
    bare = [
        one
        for one in range(begins, ends)
        if not any(minute(shift.starts_at) <= one < minute(shift.ends_at) for shift in plan.shifts)
    ]
    if not plan.shifts:
        assert found(plan, "nobody_on_shift")
    else:
        told = [violation.numbers["missing_minutes"] for violation in found(plan, "shift_has_gap")]
        assert told == ([len(bare)] if bare else [])


@given(plans())
def test_a_break_is_missing_where_no_idle_time_is_long_enough(plan: PlanFacts) -> None:
    begins, ends = whole_day(plan)
    stays = sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart))
    driven = {(leg.origin, leg.destination): leg.minutes for leg in legs(plan)}
    idle = [0]
    for a, b in pairwise(stays):
        busy = set(range(minute(a.arrive), minute(a.depart))) | set(range(minute(b.arrive), minute(b.depart)))
        if a.stop.id != b.stop.id:
            packed = minute(a.depart) + plan.limits.teardown_minutes
            there = packed + driven[a.plan_stop_id, b.plan_stop_id]
            busy |= set(range(minute(a.depart), there))
            busy |= set(range(minute(b.arrive) - plan.limits.setup_minutes, minute(b.arrive)))
        between = [one not in busy for one in range(minute(a.depart), minute(b.arrive))]
        # Whoever is late already has no break before it, even if some of its minutes are free.
        needed = 0 if a.stop.id == b.stop.id else len(busy & set(range(minute(a.depart), minute(b.arrive))))
        runs = [len(list(run)) for free, run in groupby(between) if free]
        idle.append(max(runs, default=0) if needed <= len(between) else 0)
    least = break_of(plan.limits, ends - begins)
    told = [violation.numbers["least_minutes"] for violation in found(plan, "break_missing")]
    assert told == ([least] if max(idle) < least else [])


def break_of(limits: Limits, minutes: int) -> int:
    """What a day of so many minutes owes."""
    if not limits.break_minutes:
        return 0
    first = limits.break_minutes if minutes > limits.break_after_minutes else 0
    second = max(limits.long_break_minutes, limits.break_minutes)
    return second if minutes > limits.long_break_after_minutes and second > limits.break_minutes else first


@given(plans())
def test_the_tank_runs_dry_where_what_was_used_since_the_last_tap_is_more_than_it_holds(
    plan: PlanFacts,
) -> None:
    tank, per_minute = plan.van.water_litres, Fraction(plan.limits.water_per_hour, 60)
    used, dry = 0, None
    for one in sorted(plan.stays, key=lambda stay: (stay.arrive, stay.depart)):
        minutes = minute(one.depart) - minute(one.arrive)
        used = 0 if one.stop.water else used + math.ceil(minutes * per_minute)
        if dry is None and tank is not None and used > tank:
            dry = (one.plan_stop_id, used - tank)
    told = [(v.plan_stop_ids[0], v.numbers["missing_litres"]) for v in found(plan, "water_runs_out")]
    assert told == ([] if dry is None else [dry])


@given(plans())
def test_a_day_is_as_long_as_from_leaving_to_being_back(plan: PlanFacts) -> None:
    begins, ends = whole_day(plan)
    told = [violation.numbers["minutes"] for violation in found(plan, "shift_too_long")]
    assert told == ([ends - begins] if ends - begins > plan.limits.shift_minutes else [])


def whole_day(plan: PlanFacts) -> tuple[int, int]:
    """From the first drive or set-up to the last."""
    begins = min(minute(stay.arrive) for stay in plan.stays) - plan.limits.setup_minutes
    ends = max(minute(stay.depart) for stay in plan.stays) + plan.limits.teardown_minutes
    driven = legs(plan)
    if driven and driven[0].origin is None:
        begins = driven[0].leave
    if driven and driven[-1].destination is None:
        ends = driven[-1].leave + driven[-1].minutes
    return begins, ends

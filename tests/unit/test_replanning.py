"""Random rests of days: what is planned anew breaks no hard rule, and gives up no promise that could be kept."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach_api.kernel.geo import Point
from outreach_api.plans.rules import Leave, Limits, Opening, PlanFacts, Stay, StopFacts, VanFacts, check, hard
from outreach_api.plans.rules.travel import minute_of
from outreach_api.plans.rules.violations import time_at
from outreach_api.plans.travel import Estimates
from outreach_api.plans.underway.reasons import dropped
from outreach_api.plans.underway.replanning import Replanned, UnderWay, replan
from outreach_api.plans.underway.rest import Ahead, Rest, leaves_for
from outreach_api.plans.underway.rested import missing_break
from schemas.vocabulary import HostAnswer

DAY = dt.date(2026, 11, 28)
BASE = Point(35.7877, 139.9032)
LIMITS = Limits(setup_minutes=30, teardown_minutes=30, shift_minutes=600)
QUARTERS = st.integers(0, 95).map(lambda quarter: quarter * 15)


@st.composite
def rests(draw: st.DrawFn) -> tuple[Rest, UnderWay | None]:
    lats = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4))
    points = [Point(35.77 + lat / 200, 139.90 + number / 100) for number, lat in enumerate(lats)]
    now = draw(st.integers(8 * 60, 17 * 60))
    ahead = tuple(a_stay(draw, number, point) for number, point in enumerate(points))
    plan = PlanFacts(
        day=DAY,
        van=VanFacts(),
        stays=(),
        limits=LIMITS,
        drives=Estimates(1.35, 20.0).table([*points, BASE]).drives([*points, BASE]),
        base=draw(st.sampled_from([BASE, None])),
    )
    until = draw(st.one_of(st.none(), st.integers(now, 22 * 60)))
    rest = Rest(plan=plan, done=(), ahead=ahead, origin=plan.base, ready=now, until=until)
    if len(ahead) < 2 or not draw(st.booleans()):
        return rest, None
    first = ahead[0]
    opens = max(7 * 60, now - draw(st.integers(1, 180)))
    stay = replace(
        first.stay,
        arrive=time_at(opens),
        depart=time_at(opens + 90),
        stop=replace(first.stay.stop, openings=()),
    )
    closes = max(now, opens + 90)
    return replace(rest, ahead=ahead[1:]), UnderWay(stay, max(now, opens + 1), closes, first.promises)


def a_stay(draw: st.DrawFn, number: int, point: Point) -> Ahead:
    arrive = draw(st.integers(32, 72)) * 15
    depart = arrive + draw(st.integers(2, 10)) * 15
    openings: tuple[Opening, ...] = ()
    if draw(st.booleans()):
        opens, closes = max(0, arrive - draw(QUARTERS) // 8), min(1439, depart + draw(QUARTERS) // 8)
        openings = (Opening(weekday=DAY.weekday(), opens=time_at(opens), closes=time_at(closes)),)
    allowed = draw(st.integers(0, 9)) > 0
    stop = StopFacts(
        id=uuid.UUID(int=number + 1),
        point=point,
        permissions=(Leave(dt.date(2026, 4, 1)),) if allowed else (),
        openings=openings,
    )
    stay = Stay(
        plan_stop_id=uuid.UUID(int=number + 100),
        stop=stop,
        arrive=time_at(arrive),
        depart=time_at(depart),
        announce=draw(st.booleans()),
        host_asked=True,
        host_answer=HostAnswer.YES,
    )
    return Ahead(stay, draw(st.sampled_from([0, 0, 1, 2])))


def planned(one: tuple[Rest, UnderWay | None]) -> Replanned:
    return replan(*one, clock=lambda: 0.0)


@settings(max_examples=150)
@given(rests())
def test_what_is_kept_breaks_no_hard_rule(one: tuple[Rest, UnderWay | None]) -> None:
    found = planned(one)
    mine = {stay.plan_stop_id for stay in found.kept}
    assert [v for v in hard(found.violations) if mine & set(v.plan_stop_ids)] == []
    if found.kept:
        assert [v for v in hard(found.violations) if not v.plan_stop_ids] == []
    assert all(minute_of(stay.arrive) >= found.rest.ready for stay in found.kept)
    told = {ahead.stay.plan_stop_id: ahead for ahead in found.rest.ahead}
    for stay in found.kept:
        ahead = told[stay.plan_stop_id]
        assert minute_of(stay.depart) - minute_of(stay.arrive) >= ahead.shortest
        if ahead.announced or ahead.promises:
            assert ahead.stay.arrive <= stay.arrive < ahead.stay.depart
    if found.kept and found.rest.until is not None:
        assert back(found) <= found.rest.until


def back(found: Replanned) -> int:
    plan, last = found.rest.plan, found.kept[-1]
    packed = minute_of(last.depart) + LIMITS.teardown_minutes
    return packed if plan.base is None else packed + plan.drives.minutes(last.stop.point, plan.base, packed)


@settings(max_examples=150)
@given(rests())
def test_no_promise_is_given_up_for_less(one: tuple[Rest, UnderWay | None]) -> None:
    """Against every order of every choice of stays, each held as short as it may be and as soon as can be."""
    found = planned(one)
    assert found.promises >= most_promises(found.rest)
    assert {d.ahead.stay.plan_stop_id for d in dropped(found)} | {
        stay.plan_stop_id for stay in found.kept
    } == {ahead.stay.plan_stop_id for ahead in found.rest.ahead}


def most_promises(rest: Rest) -> int:
    wanted = [ahead for ahead in rest.ahead if ahead.promises]
    return max(
        sum(ahead.promises for ahead in order)
        for size in range(len(wanted) + 1)
        for order in permutations(wanted, size)
        if drivable(rest, order)
    )


def drivable(rest: Rest, order: tuple[Ahead, ...]) -> bool:
    plan, now, here = rest.plan, rest.ready, rest.origin
    stays = []
    for ahead in order:
        stop = ahead.stay.stop
        reached = now + LIMITS.setup_minutes
        if here is not None:
            reached += plan.drives.minutes(here, stop.point, now)
        begins = [minute_of(one.opens) for one in stop.openings if one.opens is not None]
        opens = max(reached, minute_of(ahead.stay.arrive), *begins)
        if opens > minute_of(ahead.stay.depart) - min(15, ahead.shortest):
            return False
        closes = opens + ahead.shortest
        if closes >= 24 * 60:
            return False
        stays.append(replace(ahead.stay, arrive=time_at(opens), depart=time_at(closes)))
        now, here = closes + LIMITS.teardown_minutes, stop.point
    if not stays:
        return True
    home = now if plan.base is None else now + plan.drives.minutes(stays[-1].stop.point, plan.base, now)
    if rest.until is not None and home > rest.until:
        return False
    mine = {stay.plan_stop_id for stay in stays}
    found = hard(check(replace(plan, stays=(*rest.done, *stays))))
    return not [one for one in found if not one.plan_stop_ids or mine & set(one.plan_stop_ids)]


@settings(max_examples=100)
@given(rests())
def test_minutes_that_are_said_to_be_missing_would_let_a_stay_in(one: tuple[Rest, UnderWay | None]) -> None:
    """What ends too late fits as soon as the day may end by so much later, and not a minute before."""
    rest, under_way = one
    if under_way is not None or rest.until is None or len(rest.ahead) != 1:
        return
    for gone in dropped(planned(one)):
        if gone.reason.code == "rest_back_late":
            missing = int(gone.reason.numbers["missing_minutes"])
            until = rest.until + missing
            assert len(replan(replace(rest, until=until), clock=lambda: 0.0).kept) == 1
            assert replan(replace(rest, until=until - 1), clock=lambda: 0.0).kept == ()


@st.composite
def rests_after_work(draw: st.DrawFn) -> Rest:
    """Somebody stood at a place for a while, packed, and perhaps has been idle since."""
    rest, _ = draw(rests())
    at = Point(35.775, 139.895)
    opened = draw(st.integers(6 * 60, 12 * 60))
    closed = opened + draw(st.integers(30, 400))
    packed = closed + LIMITS.teardown_minutes
    idle = draw(st.sampled_from([0, 0, 10, 44, 45, 70]))
    done = replace(
        rest.ahead[0].stay,
        plan_stop_id=uuid.UUID(int=99),
        stop=StopFacts(id=uuid.UUID(int=99), point=at, permissions=(Leave(dt.date(2026, 4, 1)),)),
        arrive=time_at(opened),
        depart=time_at(closed),
    )
    points = [*rest.plan.drives.places, at]
    plan = replace(
        rest.plan,
        limits=replace(
            LIMITS,
            break_minutes=45,
            break_after_minutes=360,
            long_break_minutes=60,
            long_break_after_minutes=480,
        ),
        drives=Estimates(1.35, 20.0).table(points).drives(points),
    )
    return replace(
        rest,
        plan=plan,
        done=(done,),
        done_early=(done,),
        origin=at,
        ready=packed + idle,
        idle=idle,
        began=leaves_for(plan, at, opened),
        until=None,
    )


@settings(max_examples=200)
@given(rests_after_work())
def test_what_is_kept_after_work_has_the_break_that_the_day_owes(rest: Rest) -> None:
    """By the rule of `check`; what is dropped for a break is kept where people take turns."""
    found = replan(rest, clock=lambda: 0.0)
    if found.kept:
        assert missing_break([*rest.done, *found.kept], rest.plan) == []
    assert all(ready_at(rest, found.kept[0]) <= minute_of(found.kept[0].arrive) for _ in found.kept[:1])
    for gone in dropped(found):
        if gone.reason.code == "rest_no_break" and not found.kept:
            alone = replace(rest, ahead=(gone.ahead,))
            assert replan(alone, clock=lambda: 0.0).kept == ()
            assert len(replan(replace(alone, breaks=False), clock=lambda: 0.0).kept) == 1


def ready_at(rest: Rest, stay: Stay) -> int:
    assert rest.origin is not None
    drive = rest.plan.drives.minutes(rest.origin, stay.stop.point, rest.ready)
    return rest.ready + drive + LIMITS.setup_minutes


@settings(max_examples=150)
@given(rests_after_work())
def test_a_break_costs_no_stay_that_it_leaves_room_for(rest: Rest) -> None:
    """One stay ahead is kept if it can be held somewhere with a break before it, as short as it may be."""
    rest = replace(rest, ahead=rest.ahead[:1])
    kept = replan(rest, clock=lambda: 0.0).kept
    (ahead,) = rest.ahead
    first = ready_at(rest, ahead.stay)
    ways = [
        replace(ahead.stay, arrive=time_at(opens), depart=time_at(opens + ahead.shortest))
        for opens in range(first, 24 * 60 - ahead.shortest)
        if minute_of(ahead.stay.arrive) <= opens
        and opens <= minute_of(ahead.stay.depart) - min(15, ahead.shortest)
    ]
    possible = [
        way
        for way in ways
        if missing_break([*rest.done, way], rest.plan) == []
        and hard(check(replace(rest.plan, stays=(*rest.done, way)))) == []
    ]
    assert bool(kept) >= bool(possible)

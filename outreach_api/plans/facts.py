"""Loads what the rules judge: the plan, its van and stops, and the van's other plans of that day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point
from outreach_api.plans import travel
from outreach_api.plans.rules import (
    Leave,
    Limits,
    Opening,
    OtherPlan,
    PlanFacts,
    Stay,
    StopFacts,
    VanFacts,
)
from outreach_api.plans.surroundings import (
    days_around,
    expected_wbgt,
    other_plans,
    point_of,
    shifts_of,
    vans_there,
)
from outreach_api.settings import Settings
from outreach_api.storage.plans import Plan, PlanStop, Van
from outreach_api.storage.stops import OpeningWindow, Permission, Stop
from outreach_api.storage.visits import Visit
from schemas.vocabulary import HostAnswer, Publicity, StopStatus, VisitStatus


def limits(settings: Settings) -> Limits:
    return Limits(
        setup_minutes=settings.setup_minutes,
        teardown_minutes=settings.teardown_minutes,
        shift_minutes=settings.shift_minutes,
        break_minutes=settings.break_minutes,
        break_after_minutes=settings.break_after_minutes,
        long_break_minutes=settings.long_break_minutes,
        long_break_after_minutes=settings.long_break_after_minutes,
        revisit_days=settings.revisit_days,
        water_per_hour=settings.water_per_hour,
        heat_warn=settings.heat_warn,
        heat_shade=settings.heat_shade,
        heat_refuse=settings.heat_refuse,
    )


def kept_stops(session: Session, plan_id: uuid.UUID) -> Sequence[PlanStop]:
    """The plan stops that are still in the plan, in their order."""
    kept = sa.select(PlanStop).where(PlanStop.plan_id == plan_id, PlanStop.removed.is_(False))
    return session.scalars(kept.order_by(PlanStop.position, PlanStop.id)).all()


def plan_facts(
    session: Session, plan: Plan, settings: Settings, stays: Sequence[PlanStop] | None = None
) -> PlanFacts:
    """What `check` needs, of the plan's stays or of these.

    Stays that were called off, from the office or from the van, are no longer judged.
    """
    off = set(
        session.scalars(
            sa.select(Visit.plan_stop_id).where(
                Visit.plan_id == plan.id, Visit.status == VisitStatus.CANCELLED
            )
        )
    )
    found = kept_stops(session, plan.id) if stays is None else stays
    rows = [row for row in found if row.cancel_reason is None and row.id not in off]
    ids = {row.stop_id for row in rows}
    before, after = days_around(session, ids, plan.local_day, without=plan.id)
    stops = {
        stop.id: replace(stop, day_before=before.get(stop.id), day_after=after.get(stop.id))
        for stop in stop_facts(session, ids).values()
    }
    van = session.get_one(Van, plan.van_id)
    others = other_plans(session, plan)
    base = base_of(van)
    return PlanFacts(
        day=plan.local_day,
        van=van_facts(van),
        stays=tuple(
            Stay(
                plan_stop_id=row.id,
                stop=stops[row.stop_id],
                arrive=row.arrive,
                depart=row.depart,
                announce=row.announce,
                host_asked=row.host_asked,
                host_answer=HostAnswer(row.host_answer) if row.host_answer else None,
            )
            for row in rows
        ),
        limits=limits(settings),
        drives=travel.drives(session, settings, _places(stops.values(), base, others)),
        base=base,
        others=others,
        vans_there=vans_there(session, plan, ids),
        shifts=shifts_of(session, plan),
        wbgt=expected_wbgt(session, plan.local_day),
    )


def _places(stops: Iterable[StopFacts], base: Point | None, others: Iterable[OtherPlan]) -> list[Point]:
    """Every place between which a drive may be asked for."""
    places = [stop.point for stop in stops]
    places += [point for other in others for point in (other.first, other.last)]
    return places if base is None else [*places, base]


def plan_places(session: Session, plan: Plan) -> list[Point]:
    """Where a plan's van drives on its day: for asking the roads beforehand."""
    stop_ids = {row.stop_id for row in kept_stops(session, plan.id) if row.cancel_reason is None}
    stops = session.scalars(sa.select(Stop).where(Stop.id.in_(stop_ids)).order_by(Stop.id))
    places = [point_of(stop) for stop in stops]
    places += [point for other in other_plans(session, plan) for point in (other.first, other.last)]
    base = base_of(session.get_one(Van, plan.van_id))
    return places if base is None else [*places, base]


def base_of(van: Van) -> Point | None:
    """Where the van's day begins and ends."""
    if van.base_lat_micro is None or van.base_lon_micro is None:
        return None
    return Point(van.base_lat_micro / 1_000_000, van.base_lon_micro / 1_000_000)


def van_facts(row: Van) -> VanFacts:
    return VanFacts(
        active=row.active,
        width_cm=row.width_cm,
        height_cm=row.height_cm,
        needs_power=row.needs_power,
        water_litres=row.water_litres,
        inspection_until=row.inspection_until,
        insurance_until=row.insurance_until,
        food_permit_until=row.food_permit_until,
        outages=tuple(
            (dt.date.fromisoformat(outage["from_day"]), dt.date.fromisoformat(outage["to_day"]))
            for outage in row.outages
        ),
    )


def stop_facts(session: Session, stop_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, StopFacts]:
    """Stops by id, with permissions and opening windows."""
    ids = list(stop_ids)
    leaves: dict[uuid.UUID, list[Leave]] = defaultdict(list)
    for p in session.scalars(sa.select(Permission).where(Permission.stop_id.in_(ids))):
        leaves[p.stop_id].append(Leave(p.valid_from, p.valid_to, p.withdrawn_on))
    openings: dict[uuid.UUID, list[Opening]] = defaultdict(list)
    for w in session.scalars(
        sa.select(OpeningWindow).where(OpeningWindow.stop_id.in_(ids)).order_by(OpeningWindow.line)
    ):
        openings[w.stop_id].append(
            Opening(weekday=w.weekday, nth=w.nth, on_day=w.on_day, opens=w.opens, closes=w.closes)
        )
    return {
        row.id: StopFacts(
            id=row.id,
            point=point_of(row),
            status=StopStatus(row.status),
            publicity=Publicity(row.publicity),
            announced_area=row.announced_area,
            permissions=tuple(leaves[row.id]),
            openings=tuple(openings[row.id]),
            closed_on_holidays=row.closed_on_holidays,
            max_width_cm=row.max_width_cm,
            max_height_cm=row.max_height_cm,
            power=row.power,
            water=row.water,
            shelter=row.shelter,
            van_count=row.van_count,
            min_days_between=row.min_days_between,
            max_days_between=row.max_days_between,
        )
        for row in session.scalars(sa.select(Stop).where(Stop.id.in_(ids)))
    }

"""Coverage: how many of those who live here had a stop near enough lately. Reports call the summary."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.outreach_map import rules
from outreach_api.outreach_map.geojson import touches
from outreach_api.outreach_map.reads.held import HeldAt, attendance, between, last_held
from outreach_api.outreach_map.reads.levels import added, gathered, within
from outreach_api.outreach_map.reads.need import DIVISOR, Basis, Need, need
from outreach_api.outreach_map.shown import Cells, too_large
from outreach_api.settings import Settings
from outreach_api.storage.visits import Visit

NO_POPULATION = Refusal("population_missing", 404)


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """`population` and `covered` are people of the basis; `share` is None where nobody lives."""

    population_basis: Basis
    population: float
    covered: float
    share: float | None
    import_label: str
    target_label: str


def coverage_summary(session: Session, settings: Settings, on: dt.date) -> CoverageSummary | None:
    """Coverage of the whole imported area by stops held in the settings' window up to `on`.

    Of target people (such as children) where the import has them, else of all residents. None without an import.
    """
    known = need(session, settings.target_population)
    if known is None:
        return None
    people = known.people
    share_of = rules.coverage(
        people, points(last_held(session, on)), on, settings.catchment_m, settings.coverage_days
    )
    return CoverageSummary(
        population_basis=known.basis,
        population=sum(people.values()),
        covered=sum(count * share_of[cell] for cell, count in people.items()),
        share=rules.total_coverage(people, share_of),
        import_label=known.label,
        target_label=known.target_label,
    )


def coverage_map(
    session: Session,
    settings: Settings,
    *,
    on: dt.date,
    level: int,
    radius_m: float,
    box: BBox | None,
    most: int,
) -> Cells | Refusal:
    """Cells with people, covered share and reach rate, refused if more than `most`; the summary is of those cells.

    Coverage says that a stop was near enough, the reach rate who came: attendance in the window at the stops of a
    cell, per 100 people within reach of any of them.
    """
    known = need(session, settings.target_population)
    if known is None:
        return NO_POPULATION
    first = on - dt.timedelta(days=settings.coverage_days)
    fresh = [stop for stop in last_held(session, on) if stop.last_day >= first]
    stops_in: dict[int, list[HeldAt]] = defaultdict(list)
    for stop in fresh:
        if touches(stop.mesh // DIVISOR[level], box):
            stops_in[stop.mesh // DIVISOR[level]].append(stop)
    people = within(known.people, box, level)
    shown = added(within(known.totals, box, level), level)
    cells = sorted({*shown, *(cell // DIVISOR[level] for cell in people), *stops_in})
    if refusal := too_large(len(cells), most):
        return refusal
    covered = rules.coverage(people, points(fresh), on, radius_m, settings.coverage_days)
    at_level = gathered(people, covered, level)
    came = {
        stop_id: sum(bands.values())
        for stop_id, bands in attendance(session, Visit.stop_id, between(first, on)).items()
    }
    groups = [stops_in.get(cell, []) for cell in cells]
    everywhere = [stop for group in groups for stop in group]
    near = rules.people_within(
        known.people, [[stop.point for stop in group] for group in (*groups, everywhere)], radius_m
    )
    counts = [sum(came.get(stop.stop_id, 0) for stop in group) for group in groups]
    shares = [at_level.covered.get(cell) for cell in cells]
    counted = sum(came.get(stop.stop_id, 0) for stop in everywhere)
    whole = rules.total_coverage(people, covered)
    return Cells(
        level,
        cells,
        {
            "population": [_people(shown.get(cell)) for cell in cells],
            "target": [
                None if known.targets is None else _people(at_level.people.get(cell)) for cell in cells
            ],
            "covered_share": [None if share is None else round(share, 4) for share in shares],
            "attendance": counts,
            "reach_rate": [
                _rate(count if group else None, catchment)
                for count, group, catchment in zip(counts, groups, near, strict=False)
            ],
        },
        {
            **need_summary(known, settings, on=on, level=level, radius_m=radius_m),
            "population": round(sum(shown.values()), 1),
            "target": None if known.targets is None else round(sum(people.values()), 1),
            "covered": round(sum(count * covered[cell] for cell, count in people.items()), 1),
            "covered_share": None if whole is None else round(whole, 4),
            "attendance": counted,
            "reach_rate": _rate(counted if everywhere else None, near[-1]),
        },
    )


def need_summary(
    known: Need, settings: Settings, *, on: dt.date, level: int, radius_m: float
) -> dict[str, Any]:
    """What coverage and gaps are reckoned from."""
    return {
        "on": on,
        "level": level,
        "radius_m": radius_m,
        "window_days": settings.coverage_days,
        "population_basis": known.basis,
        "import_label": known.label,
        "target_label": known.target_label,
    }


def points(stops: list[HeldAt]) -> list[rules.HeldStop]:
    return [(stop.point, stop.last_day) for stop in stops]


def _people(count: float | None) -> float | None:
    return None if count is None else round(count, 2)


def _rate(counted: int | None, catchment: float) -> float | None:
    rate = None if counted is None else rules.reach_rate(max(0, counted), catchment)
    return None if rate is None else round(rate, 2)

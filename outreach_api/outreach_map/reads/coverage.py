"""Coverage: how many of those who live here had a stop near enough lately. Reports call the summary."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.outreach_map.reads.catchments import Came
from outreach_api.outreach_map.reads.held import HeldAt, last_held
from outreach_api.outreach_map.reads.need import Basis, Need, need
from outreach_api.outreach_map.reads.standing import standing_on
from outreach_api.outreach_map.rules.covering import covered_people, total_coverage
from outreach_api.outreach_map.rules.gathering import added, gathered
from outreach_api.outreach_map.rules.grid import index_of, touching
from outreach_api.outreach_map.shown import Cells, too_large
from outreach_api.settings import Settings

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Flags, Floats
    from outreach_api.outreach_map.rules.gathering import Gathered

NO_POPULATION = Refusal("population_missing", 404)
# Of a cell: it is reckoned from 256 places of each 250 m, so a fourth digit would say nothing.
_SHARE_DIGITS = 3


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
    share = standing_on(known, settings, last_held(session, on), on, settings.catchment_m).share
    return CoverageSummary(
        population_basis=known.basis,
        population=float(known.people.counts.sum()),
        covered=covered_people(known.people, share),
        share=total_coverage(known.people, share),
        import_label=known.label,
        target_label=known.target_label,
    )


def coverage_map(
    session: Session,
    settings: Settings,
    *,
    on: dt.date,
    against_on: dt.date | None = None,
    level: int,
    radius_m: float,
    box: BBox | None,
    most: int,
) -> Cells | Refusal:
    """Cells with people, covered share and reach rate, refused if more than `most`; the summary is of those cells.

    Coverage says that a stop was near enough, the reach rate who came: attendance in the window at the stops of a
    cell, per 100 people within reach of any of them. With another day to compare with, its covered share and by how
    much that has changed since.
    """
    import numpy as np

    known = need(session, settings.target_population)
    if known is None:
        return NO_POPULATION
    level_cells = known.grid.level(level)
    residents = added(known.totals, level_cells)

    def stand(held: list[HeldAt], day: dt.date) -> Gathered:
        share = standing_on(known, settings, held, day, radius_m).share
        return gathered(known.people, share, level_cells)

    fresh = _fresh(session, settings, on)
    now = stand(fresh, on)
    wanted = (now.known | residents.known) & touching(level_cells.codes, box)
    came = Came.to(session, fresh, (_window(settings, on), on), level, box)
    cells = np.union1d(level_cells.codes[wanted], came.cells)
    if refusal := too_large(len(cells), most):
        return refusal
    at, there = index_of(cells, level_cells.codes)

    def column(values: Floats, known_there: Flags, digits: int) -> list[float | None]:
        told = zip(values[at].tolist(), (there & known_there[at]).tolist(), strict=True)
        return [round(value, digits) if known else None for value, known in told]

    by_cell, everywhere = came.rates(known, cells, radius_m)
    shares, whole = column(now.share, now.known, _SHARE_DIGITS), _covered(now, wanted)
    against: dict[str, Any] = dict.fromkeys(("covered_share", "change"), [None] * len(cells))
    against_whole = None
    if against_on is not None:
        then = stand(_fresh(session, settings, against_on), against_on)
        before = column(then.share, then.known, _SHARE_DIGITS)
        against = {"covered_share": before, "change": [*map(_change, shares, before)]}
        against_whole = {"on": against_on, **_covered(then, wanted)}
        against_whole["change"] = _change(whole["covered_share"], against_whole["covered_share"])
    return Cells(
        level,
        cells.tolist(),
        {
            "population": column(residents.counts, residents.known, 2),
            "target": column(now.people, now.known & (known.targets is not None), 2),
            "covered_share": shares,
            "against": against,
            "attendance": [rate.attendance for rate in by_cell],
            "reach_rate": [rate.rate for rate in by_cell],
        },
        {
            **need_summary(known, settings, on=on, level=level, radius_m=radius_m),
            "population": round(float(residents.counts[wanted].sum()), 1),
            "target": None if known.targets is None else round(float(now.people[wanted].sum()), 1),
            **whole,
            "against": against_whole,
            "attendance": everywhere.attendance,
            "reach_rate": everywhere.rate,
        },
    )


def _covered(cells: Gathered, wanted: Flags) -> dict[str, Any]:
    people, covered = (float(part[wanted].sum()) for part in (cells.people, cells.people * cells.share))
    return {
        "covered": round(covered, 1),
        "covered_share": round(covered / people, 4) if people > 0 else None,
    }


def _window(settings: Settings, on: dt.date) -> dt.date:
    """The first day on which a stop must have been held to cover on a day."""
    return on - dt.timedelta(days=settings.coverage_days)


def _fresh(session: Session, settings: Settings, on: dt.date) -> list[HeldAt]:
    return [stop for stop in last_held(session, on) if stop.last_day >= _window(settings, on)]


def _change(now: float | None, then: float | None) -> float | None:
    """Of the shares as they are told, so that they add up."""
    return None if now is None or then is None else round(now - then, 4)


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

"""Coverage: how many of those who live here had a stop near enough lately. Reports call the summary."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from outreach_api.outreach_map import rules
from outreach_api.outreach_map.reads.held import HeldAt, last_held
from outreach_api.outreach_map.reads.need import Basis, need
from outreach_api.settings import Settings


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
    known = need(session)
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


def points(stops: list[HeldAt]) -> list[rules.HeldStop]:
    return [(stop.point, stop.last_day) for stop in stops]

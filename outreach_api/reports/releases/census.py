"""Copies the census beside what is released: how many children live in each cell of 1 km. It is public itself."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.outreach_map.population import counted_target
from outreach_api.outreach_map.reads.need import Need, need
from outreach_api.storage import bulk
from outreach_api.storage.area import PopulationImport
from outreach_api.storage.published import PublishedCensus, PublishedRelease
from outreach_api.storage.releases import Release
from schemas.vocabulary import CensusCounts, TargetPopulation


def put_census_beside(
    session: Session, release: Release, *, wanted: TargetPopulation, released_on: dt.date
) -> None:
    """Say that weeks were released, with the census that is in force now."""
    known = need(session, wanted)
    counts = None if known is None else _counted(session, known, wanted)
    latest = sa.select(PublishedRelease.census_id, PublishedRelease.census_counts)
    before = session.execute(latest.order_by(PublishedRelease.number.desc()).limit(1)).one_or_none()
    session.add(
        PublishedRelease(
            number=release.number,
            from_week=release.from_week,
            iso_week=release.iso_week,
            released_on=released_on,
            census_id=None if known is None else known.import_id,
            census_label=None if known is None else known.label,
            census_counts=counts,
        )
    )
    if before == (None if known is None else known.import_id, counts):
        return
    session.execute(sa.delete(PublishedCensus))
    if known is not None:
        rows = [{"mesh_1km": cell, "people": people} for cell, people in sorted(_by_cell(known).items())]
        bulk.append(session, PublishedCensus, rows)


def _counted(session: Session, known: Need, wanted: TargetPopulation) -> CensusCounts:
    if known.targets is None:
        return CensusCounts.RESIDENTS
    counted = counted_target(session.get_one(PopulationImport, known.import_id).targets, wanted)
    return CensusCounts(wanted) if counted == wanted else CensusCounts.OTHERS


def _by_cell(known: Need) -> dict[int, int]:
    """People by cell of 1 km, whole ones; cells of which nothing is known are left out."""
    import numpy as np

    cells = known.grid.level(1_000)
    people = np.add.reduceat(known.people.counts, cells.starts)
    counted = np.logical_or.reduceat(known.people.known, cells.starts)
    return dict(zip(cells.codes[counted].tolist(), map(round, people[counted].tolist()), strict=True))

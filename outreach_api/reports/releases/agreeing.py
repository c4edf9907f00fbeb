"""Proves that what everybody sees is what was told of stops and days, release by release."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.reports.releases.rules import part_of
from outreach_api.storage.published import CITY_ONLY, VISITS, PublishedRare, PublishedReach
from outreach_api.storage.releases import Release, ReleasedAtom, ReleasedRare


class Difference(NamedTuple):
    """A published sum that does not follow from what was told."""

    release: int
    from_day: dt.date
    mesh_1km: int
    figure: str
    off: int


def differences(session: Session) -> list[Difference]:
    """Empty when all is well."""
    off = Counter[tuple[int, dt.date, int, str]]()
    atom, rare = ReleasedAtom, ReleasedRare
    told = sa.select(Release.number, atom.local_day, atom.mesh_1km, atom.figure, atom.value)
    for number, day, cell, figure, value in session.execute(
        told.join(Release, Release.id == atom.release_id)
    ):
        if figure != VISITS or cell != CITY_ONLY:
            off[number, part_of(day), cell, figure] -= value
    seen = PublishedReach
    for number, part, cell, figure, value in session.execute(
        sa.select(seen.number, seen.from_day, seen.mesh_1km, seen.figure, seen.value)
    ):
        off[number, part, cell, figure] += value
    of_quarters = sa.select(Release.number, rare.quarter_day, rare.figure, rare.value)
    for number, day, figure, value in session.execute(
        of_quarters.join(Release, Release.id == rare.release_id)
    ):
        off[number, day, CITY_ONLY, figure] -= value
    shown = PublishedRare
    for number, day, figure, value in session.execute(
        sa.select(shown.number, shown.quarter_day, shown.figure, shown.value)
    ):
        off[number, day, CITY_ONLY, figure] += value
    return [Difference(*place, value) for place, value in sorted(off.items()) if value]

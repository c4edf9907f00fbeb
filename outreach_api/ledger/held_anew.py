"""Counts held_days again from scratch: to prove what was kept along the way, or after tables were filled directly."""

from __future__ import annotations

from itertools import accumulate, groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.ledger.held_days import CAME, FIGURES, HELD_VISITS, NOTHING, Figures, Place, figures
from outreach_api.storage import bulk
from outreach_api.storage.held_days import HeldDay
from outreach_api.storage.releases import DueStay, ReleasedAtom
from outreach_api.storage.visits import Visit


class HeldOtherwise(NamedTuple):
    """A held day whose sums don't follow from visits and totals; None where there is no such row."""

    place: Place
    kept: Figures | None
    counted: Figures | None


def differences(session: Session) -> list[HeldOtherwise]:
    """Where held_days and the visits disagree; empty when all is well."""
    counted = _count(session)
    columns = [getattr(HeldDay, name) for name in (*Place._fields, *FIGURES)]
    kept = {Place(*row[:3]): tuple(row[3:]) for row in session.execute(sa.select(*columns))}
    return [
        HeldOtherwise(place, kept.get(place), counted.get(place))
        for place in sorted(kept.keys() | counted.keys())
        if kept.get(place) != counted.get(place)
    ]


def fill(session: Session) -> None:
    """Count everything again and keep it, and let all be due: whoever writes tables directly calls this."""
    all_due(session)
    session.execute(sa.delete(HeldDay))
    names = (*Place._fields, *FIGURES)
    bulk.append_values(session, HeldDay, names, [(*place, *sums) for place, sums in _count(session).items()])


def all_due(session: Session) -> None:
    """Let the next release look at every stop and day that anything was ever held at or told of."""
    held = sa.select(Visit.stop_id, Visit.local_day)
    told = sa.select(ReleasedAtom.stop_id, ReleasedAtom.local_day)
    session.execute(sa.delete(DueStay))
    session.execute(sa.insert(DueStay).from_select(["stop_id", "local_day"], held.union(told)))


def _count(session: Session) -> dict[Place, Figures]:
    """Each held day with the sums of all days up to it."""
    connection = session.connection()
    own = sorted(figures(connection.execute(HELD_VISITS), connection.execute(CAME)).items())
    found: dict[Place, Figures] = {}
    for _, days in groupby(own, lambda item: item[0][:2]):
        chain = list(days)
        sums = accumulate((one for _, one in chain), _add, initial=NOTHING)
        next(sums)
        found.update(zip((place for place, _ in chain), sums, strict=True))
    return found


def _add(sums: Figures, own: Figures) -> Figures:
    return tuple(map(sum, zip(sums, own, strict=True)))

"""Named areas: of each district who lives there, who is covered, and what was held in it in a period."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.geo import BBox
from outreach_api.outreach_map.reads.coverage import need_summary
from outreach_api.outreach_map.reads.held import (
    HeldAt,
    Sums,
    attendance_columns,
    attendance_view,
    hours,
    last_held,
    summed,
    sums_of,
)
from outreach_api.outreach_map.reads.need import need
from outreach_api.outreach_map.reads.standing import standing_on
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.discs import PLACES
from outreach_api.outreach_map.rules.districts import Parts, living_in, standing_of
from outreach_api.outreach_map.rules.inside import boxes_around, holders
from outreach_api.outreach_map.shapes import as_rings
from outreach_api.outreach_map.shown import Areas, too_large
from outreach_api.settings import Settings
from outreach_api.storage.area import Area, AreaSet
from outreach_api.storage.stops import Stop

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Flags, Floats
    from outreach_api.outreach_map.rules.inside import Polygons

_METRES = 250
UNKNOWN_SET = Refusal("area_set_unknown", 404)


def area_sets(session: Session) -> list[AreaSet]:
    """Those in force: of each name the newest that was not undone."""
    newest = sa.select(AreaSet).where(AreaSet.undone_at.is_(None)).order_by(AreaSet.change_no)
    by_name = {entry.name: entry for entry in session.scalars(newest)}
    return [entry for _, entry in sorted(by_name.items())]


def areas_map(
    session: Session,
    settings: Settings,
    *,
    set_id: uuid.UUID,
    first: dt.date,
    last: dt.date,
    on: dt.date,
    radius_m: float,
    box: BBox | None,
    most: int,
    drawn: bool,
) -> Areas | Refusal:
    """The areas of a set that touch a box, with what was held at stops in them and how their people are covered.

    A stop counts in every area that it stands in; in the summary once. Without a population people are unknown.
    `drawn`: with their outlines.
    """
    entry = session.get(AreaSet, set_id)
    if entry is None or entry.undone_at is not None:
        return UNKNOWN_SET
    kept = _kept(session, set_id)
    shown = kept.touching(box)
    if refusal := too_large(len(shown), most):
        return refusal
    codes = [kept.codes[number] for number in shown]
    held, summary = _held_in(session, kept, shown, first, last)
    people, about = _living_in(session, settings, kept, on, radius_m)
    columns = {
        "code": codes,
        "name": [kept.names[number] for number in shown],
        **held,
        **{name: [column[number] for number in shown] for name, column in people.items()},
    }
    whole = {"set": entry.name, "kind": entry.kind, "areas": len(shown), **summary, **about}
    return Areas(
        codes, _outlines(session, set_id, codes) if drawn else (), columns, whole, kept.around(shown)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """The areas of a set, in the order of their codes. Shared between requests: nobody may change its arrays."""

    codes: Sequence[str]
    names: Sequence[str]
    polygons: Sequence[Polygons]
    boxes: Floats
    parts: Parts

    def touching(self, box: BBox | None) -> list[int]:
        import numpy as np

        if box is None:
            return list(range(len(self.codes)))
        west, south, east, north = self.boxes.T
        touch = (west <= box.east) & (east >= box.west) & (south <= box.north) & (north >= box.south)
        return np.flatnonzero(touch).tolist()

    def around(self, shown: Sequence[int]) -> list[float] | None:
        """The box around some of them."""
        if not shown:
            return None
        west, south, east, north = self.boxes[list(shown)].T
        return [float(edge) for edge in (west.min(), south.min(), east.max(), north.max())]


_known: dict[uuid.UUID, _Kept] = {}
_KNOWN_MOST = 3
_keeping = threading.Lock()


def _kept(session: Session, set_id: uuid.UUID) -> _Kept:
    """A set never changes, so the last few stay in memory: a prefecture's neighbourhoods take a second to read."""
    known = _known.get(set_id)
    if known is None:
        known = _read(session, set_id)
        with _keeping:
            while len(_known) >= _KNOWN_MOST:
                _known.pop(next(iter(_known)))
            _known[set_id] = known
    return known


def _read(session: Session, set_id: uuid.UUID) -> _Kept:
    import numpy as np

    columns = (Area.code, Area.name, Area.geometry, Area.cells, Area.places)
    # Sorted here: databases sort texts each in their own way.
    found = sorted(
        session.execute(sa.select(*columns).where(Area.set_id == set_id)), key=lambda row: row.code
    )
    cells = [np.frombuffer(row.cells, dtype="<i8") for row in found]
    places = np.frombuffer(b"".join(row.places for row in found), dtype="<u2")
    polygons = [as_rings(row.geometry) for row in found]
    return _Kept(
        [row.code for row in found],
        [row.name for row in found],
        polygons,
        boxes_around(polygons),
        Parts(
            np.repeat(np.arange(len(found)), [len(own) for own in cells]),
            np.concatenate(cells),
            places / PLACES,
        ),
    )


def _outlines(session: Session, set_id: uuid.UUID, codes: Sequence[str]) -> list[Any]:
    """As they were written down at the import: reading and writing them anew would take longer than all else."""
    columns = (Area.code, sa.type_coerce(Area.geometry, sa.Text))
    found = session.execute(sa.select(*columns).where(Area.set_id == set_id))
    written = {row.code: row[1] for row in found}
    return [orjson.Fragment(written[code]) for code in codes]


def _held_in(
    session: Session, kept: _Kept, shown: Sequence[int], first: dt.date, last: dt.date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was held at the stops of each area in a period, and when last up to its end; and all of it together."""
    stops = last_held(session, last)
    sums = sums_of(session, Stop.id, first=first, last=last)
    wanted = set(shown)
    within: dict[int, list[HeldAt]] = {number: [] for number in shown}
    for stop, number in holders(kept.polygons, kept.boxes, Spots.of(stop.point for stop in stops)):
        if number in wanted:
            within[number].append(stops[stop])
    latest = [max((stop.last_day for stop in own), default=None) for own in within.values()]
    parts = [[sums[stop.stop_id] for stop in own if stop.stop_id in sums] for own in within.values()]
    bands = [summed([part.bands for part in own]) for own in parts]
    columns = {
        "visits": [sum(part.visits for part in own) for own in parts],
        "stops": [len(own) for own in parts],
        "hours_open": [hours(sum(part.seconds_open for part in own)) for own in parts],
        "last_visit_day": latest,
        "days_since_last_visit": [None if day is None else (last - day).days for day in latest],
        "attendance": attendance_columns(bands),
    }
    once: dict[uuid.UUID, Sums] = {
        stop.stop_id: sums[stop.stop_id] for own in within.values() for stop in own if stop.stop_id in sums
    }
    return columns, {
        "from_day": first,
        "to_day": last,
        "visits": sum(part.visits for part in once.values()),
        "attendance": attendance_view(summed([part.bands for part in once.values()])),
    }


def _living_in(
    session: Session, settings: Settings, kept: _Kept, on: dt.date, radius_m: float
) -> tuple[dict[str, list[float | None]], dict[str, Any]]:
    """Who lives in each area of a set, and how stops cover them on a day; and what that is reckoned from."""
    many = len(kept.codes)
    known = need(session, settings.target_population)
    if known is None:
        unknown: list[float | None] = [None] * many
        names = ("population", "target", "covered_share", "gap")
        about = {"on": on, "level": _METRES, "radius_m": radius_m, "window_days": settings.coverage_days}
        nobody = dict.fromkeys(("population_basis", "import_label", "target_label"))
        return dict.fromkeys(names, unknown), {**about, **nobody}
    residents = living_in(kept.parts, many, known.grid, known.totals)
    standing = standing_on(known, settings, last_held(session, on), on, radius_m)
    now = standing_of(kept.parts, many, known.grid, known.people, standing, settings.gap_full_days)
    some = now.people.known & (now.people.counts > 0)
    return {
        "population": _told(residents.counts, residents.known, 2),
        "target": _told(now.people.counts, now.people.known & (known.targets is not None), 2),
        "covered_share": _told(now.share, some, 4),
        "gap": _told(now.gap, now.people.known, 2),
    }, need_summary(known, settings, on=on, level=_METRES, radius_m=radius_m)


def _told(values: Floats, known: Flags, digits: int) -> list[float | None]:
    return [
        round(value, digits) if one else None
        for value, one in zip(values.tolist(), known.tolist(), strict=True)
    ]

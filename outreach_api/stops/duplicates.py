"""Notices stops that may be one place: when one is made or moved, and in the whole list."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.geo import Point, box_around
from outreach_api.kernel.mesh import MICRO, micro
from outreach_api.ledger.kinds import Warn
from outreach_api.stops.alike import FARTHEST_M, Alike, Site, alike
from outreach_api.storage.stops import Stop

_MOST_TOLD = 3
_COLUMNS = (
    *(Stop.id, Stop.code, Stop.name, Stop.kana, Stop.name_en, Stop.status, Stop.address),
    *(Stop.lat_micro, Stop.lon_micro, Stop.position_precision),
)
# A cell of the grid is at least FARTHEST_M wide in all Japan: 0.014° of longitude are 1.08 km at 46° north.
_CELL_MICRO = 14_000


class Pair(NamedTuple):
    one: Any
    other: Any
    why: Alike


def warnings_about(session: Session, stop: Stop) -> tuple[Warn, ...]:
    """What may be the same place as this stop, the likeliest first; told, and never in the way."""
    box = box_around(Point(stop.lat_micro / MICRO, stop.lon_micro / MICRO), FARTHEST_M)
    near = sa.select(*_COLUMNS).where(
        Stop.id != stop.id,
        Stop.lat_micro.between(micro(box.south), micro(box.north)),
        Stop.lon_micro.between(micro(box.west), micro(box.east)),
    )
    itself = _site(stop)
    found = [(why, row) for row in session.execute(near) if (why := alike(itself, _site(row))) is not None]
    found.sort(key=lambda pair: (-pair[0].similarity, pair[0].metres, pair[1].code))
    return tuple(
        Warn("stop_maybe_duplicate", "/position", {"code": row.code, "metres": round(why.metres)})
        for why, row in found[:_MOST_TOLD]
    )


def pairs(session: Session) -> list[Pair]:
    """All pairs of stops that may be one place, the likeliest first."""
    rows = session.execute(sa.select(*_COLUMNS).order_by(Stop.code, Stop.id)).all()
    found = []
    for one, other in _neighbours(rows):
        why = alike(_site(one), _site(other))
        if why is not None:
            found.append(Pair(one, other, why))
    found.sort(key=lambda pair: (-pair.why.similarity, pair.why.metres, pair.one.code, pair.other.code))
    return found


def pair_views(found: Sequence[Pair]) -> list[dict[str, Any]]:
    return [
        {
            "one": _twin(pair.one),
            "other": _twin(pair.other),
            "distance_m": round(pair.why.metres, 1),
            "similarity": pair.why.similarity,
            "same_address": pair.why.same_address,
        }
        for pair in found
    ]


def _twin(row: Any) -> dict[str, Any]:
    return {"id": row.id, "code": row.code, "name": row.name, "status": row.status}


def _neighbours(rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Each pair of rows in one or in touching cells of a grid, once."""
    cells: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        cells[row.lat_micro // _CELL_MICRO, row.lon_micro // _CELL_MICRO].append(row)
    place: dict[uuid.UUID, int] = {row.id: at for at, row in enumerate(rows)}
    for (i, j), here in cells.items():
        around = [row for di in (-1, 0, 1) for dj in (-1, 0, 1) for row in cells.get((i + di, j + dj), ())]
        for one in here:
            yield from ((one, other) for other in around if place[one.id] < place[other.id])


def _site(row: Any) -> Site:
    names = tuple(name for name in (row.name, row.kana, row.name_en) if name)
    point = Point(row.lat_micro / MICRO, row.lon_micro / MICRO)
    return Site(point, names, row.address, row.position_precision)

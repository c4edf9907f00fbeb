"""Who came to the stops of each cell, and how many live within reach of these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import Session

from outreach_api.kernel.geo import BBox
from outreach_api.outreach_map.reads.held import HeldAt, sums_of
from outreach_api.outreach_map.reads.need import Need
from outreach_api.outreach_map.rules.arrays import Spots
from outreach_api.outreach_map.rules.catching import people_within, reach_rate
from outreach_api.outreach_map.rules.covering import covered_people, standing
from outreach_api.outreach_map.rules.grid import DIVISOR, touching
from outreach_api.storage.stops import Stop

if TYPE_CHECKING:
    from outreach_api.outreach_map.rules.arrays import Codes, Ints


class Rate(NamedTuple):
    """People counted (延べ), and how many that is per 100 who live in the catchments; None without a stop or people."""

    attendance: int
    rate: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Came:
    """Stops in the order of the cells of a level that they stand in, with the people who came to each."""

    spots: Spots
    cells: Codes
    people: Ints

    @classmethod
    def to(
        cls,
        session: Session,
        stops: Sequence[HeldAt],
        when: tuple[dt.date, dt.date],
        level: int,
        box: BBox | None,
    ) -> Came:
        """The stops whose cells touch the box, and who came to them from one day to another, both included."""
        import numpy as np

        cells = np.array([stop.mesh // DIVISOR[level] for stop in stops], dtype=np.int64)
        order = np.argsort(cells, kind="stable")
        every, number = np.unique(cells[order], return_inverse=True)
        order = order[touching(every, box)[number]] if len(order) else order
        first, last = when
        held = sums_of(session, Stop.id, first=first, last=last) if len(order) else {}
        came = {stop_id: sum(there.bands.values()) for stop_id, there in held.items()}
        people = [came.get(stops[at].stop_id, 0) for at in order.tolist()]
        return cls(
            Spots.of(stops[at].point for at in order.tolist()), cells[order], np.array(people, dtype=np.int64)
        )

    def rates(self, known: Need, cells: Codes, radius_m: float) -> tuple[list[Rate], Rate]:
        """By cell, of all cells that stops stand in, and of all stops together: their discs count as one ground."""
        import numpy as np

        group = np.searchsorted(cells, self.cells)
        near = people_within(known.grid, known.people, self.spots, group, len(cells), radius_m)
        came = np.bincount(group, self.people, len(cells)).astype(np.int64)
        visited = np.bincount(group, minlength=len(cells)) > 0
        today = np.zeros(len(self.spots), dtype=np.int32)
        everywhere = standing(known.grid, self.spots, today, radius_m, 0).share
        columns = (came.tolist(), near.tolist(), visited.tolist())
        return (
            [_rate(*one) for one in zip(*columns, strict=True)],
            _rate(int(self.people.sum()), covered_people(known.people, everywhere), bool(len(self.spots))),
        )


def _rate(came: int, near: float, visited: bool) -> Rate:
    rate = reach_rate(max(0, came), near) if visited else None
    return Rate(came, None if rate is None else round(rate, 2))

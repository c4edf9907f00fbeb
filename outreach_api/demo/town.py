"""The stops of the demo: real neighbourhoods, invented places and hosts, read from the CSV beside this file.

That CSV is also an example for `outreach import-stops`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from outreach_api.demo.chance import Chance
from outreach_api.stops.csv_rows import read_stops_csv
from schemas.vocabulary import StopKind, StopStatus

FAULTY_CODE = "K27"
"""Its permission has ended: for `check` to say so."""
EVENT_CODE = "K22"
ENDED_CODE = "K26"
_SOON = {"K05": 20, "K13": 25}  # days after the season's last one on which a permission ends
_KIND_DRAWS = {
    StopKind.HOUSING_ESTATE: 1.3,
    StopKind.PARK: 1.2,
    StopKind.SCHOOL: 1.1,
    StopKind.TEMPLE: 1.0,
    StopKind.SHOP: 0.95,
    StopKind.COMMUNITY_CENTER: 0.9,
    StopKind.PRIVATE_HOME: 0.5,
    StopKind.EVENT: 3.4,
}


@dataclass(frozen=True, slots=True)
class Place:
    id: uuid.UUID
    payload: Mapping[str, Any]
    permission_id: uuid.UUID
    permission: Mapping[str, Any] | None

    @property
    def code(self) -> str:
        return str(self.payload["code"])

    @property
    def kind(self) -> StopKind:
        return StopKind(self.payload["kind"])

    @property
    def dry(self) -> bool:
        """Whether people can come when it rains."""
        return bool(self.payload.get("shelter") or self.payload.get("indoor_alternative"))

    @property
    def draws(self) -> float:
        """How many come, compared with a temple."""
        return _KIND_DRAWS[self.kind]


def csv_bytes() -> bytes:
    return files(__package__).joinpath("stops.csv").read_bytes()


def places(chance: Chance, *, prepared_on: dt.date, until: dt.date) -> dict[str, Place]:
    """The stops by code, with permissions that fit the season, whenever that is."""
    file = read_stops_csv(csv_bytes())
    faults = [*file.faults, *(fault for row in file.rows for fault in row.faults)]
    if faults:
        raise ValueError(f"stops.csv has faults: {faults}")
    found = {}
    for row in file.rows:
        permission = None
        if row.permission is not None:
            permission = {**row.permission, **_valid(row.stop, prepared_on, until)}
        stop = Place(chance.quiet_id(), row.stop, chance.quiet_id(), permission)
        found[stop.code] = stop
    return found


def _valid(stop: Mapping[str, Any], prepared_on: dt.date, until: dt.date) -> dict[str, str]:
    starts = prepared_on - dt.timedelta(days=60)
    ends = until + dt.timedelta(days=_SOON.get(stop["code"], 400))
    if stop["code"] == FAULTY_CODE or stop.get("status") == StopStatus.ENDED:
        ends = until - dt.timedelta(days=10)
    return {"valid_from": starts.isoformat(), "valid_to": ends.isoformat()}

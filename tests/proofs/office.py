"""What an office does before the vans drive, over HTTP on a real server: places, vans, prices, a plan for today."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from outreach_api.access.writes.tokens import issue_token
from outreach_api.kernel.clock import utc_now
from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import local_day
from outreach_api.storage.session import Database
from schemas.vocabulary import Role

PLACES = ((35.8041, 139.9523), (35.7844, 139.9008), (35.8256, 139.9214), (35.7901, 139.9302))
PRICES_YEN = {"UMAI": 15, "KINAKO": 20, "COFFEE": 300}
STAYS = (("10:00", "12:00"), ("14:00", "16:00"))
VANS = len(PLACES) // len(STAYS)


class Holder(NamedTuple):
    """A phone of a van's crew, as the server knows it."""

    van_id: UUID
    holder_id: UUID
    token: str


class Office:
    """A coordinator at a desk with a good network."""

    def __init__(self, database: Database, port: int) -> None:
        self._database, self._port = database, port
        with database.write() as session:
            self._token = issue_token(
                session, role=Role.COORDINATOR, label="office", now=utc_now(), days=10, person_id=None
            )

    def prepare(self) -> list[UUID]:
        """Everything that a day needs. The vans."""
        today = local_day(utc_now())
        stops = [self._stop(number, *place, today) for number, place in enumerate(PLACES)]
        for code, yen in PRICES_YEN.items():
            sweet = {"code": code, "name": code, "category": "sweets", "tax_category": "food"}
            self._make("/v1/items", {**sweet, "price_yen": yen, "price_from": str(today - dt.timedelta(40))})
        return [self._van(number, stops[number::VANS], today) for number in range(VANS)]

    def hire(self, van_id: UUID) -> Holder:
        holder_id = new_id()
        with self._database.write() as session:
            token = issue_token(
                session,
                role=Role.CREW,
                label="phone",
                now=utc_now(),
                days=10,
                van_id=van_id,
                device_id=holder_id,
            )
        return Holder(van_id, holder_id, token)

    def _stop(self, number: int, lat: float, lon: float, today: dt.date) -> str:
        position = {"lat": lat, "lon": lon}
        stop = self._make(
            "/v1/stops",
            {"code": f"S{number}", "name": f"場所{number}", "kind": "temple", "position": position},
        )
        consent = {"type": "consent", "valid_from": str(today - dt.timedelta(40))}
        self._make(f"/v1/stops/{stop['id']}/permissions", consent)
        return str(stop["id"])

    def _van(self, number: int, stops: Sequence[str], today: dt.date) -> UUID:
        van = self._make("/v1/vans", {"code": f"V{number}", "name": f"くるくる{number}"})
        host = {"host_asked": True, "host_channel": "phone", "host_answer": "yes"}
        stays = [
            {"stop_id": stop, "arrive": arrive, "depart": depart, **host}
            for stop, (arrive, depart) in zip(stops, STAYS, strict=True)
        ]
        plan = self._make("/v1/plans", {"van_id": van["id"], "local_day": str(today), "stops": stays})
        self._make(f"/v1/plans/{plan['id']}/publish", {}, version=plan["version"])
        return UUID(van["id"])

    def _make(self, path: str, body: dict[str, Any], *, version: int | None = None) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(new_id()),
        }
        if version is not None:
            headers["If-Match"] = f'"v{version}"'
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", path, json.dumps(body).encode(), headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status not in (200, 201):
            raise AssertionError(f"{path} answered {response.status}: {content.decode()[:400]}")
        made: dict[str, Any] = json.loads(content)
        return made

"""Steps of planning that several tests begin with, as a coordinator takes them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.api import Answer, Api

DAY = "2026-11-28"


def agreed_stop(api: Api, code: str = "K07", **said: Any) -> str:
    """A stop that may be planned: agreed, with a consent without end."""
    position = {"lat": 35.8041, "lon": 139.9523}
    body = {"code": code, "name": f"場所{code}", "kind": "temple", "position": position, **said}
    made = api.post("/v1/stops", body)
    assert made.status == 201, made
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    assert api.post(f"/v1/stops/{made.json['id']}/permissions", consent).status == 201
    return str(made.json["id"])


def stay(stop_id: str, arrive: str = "10:00", depart: str = "12:00", **said: Any) -> dict[str, Any]:
    host = {"host_asked": True, "host_channel": "phone", "host_answer": "yes"}
    return {"stop_id": stop_id, "arrive": arrive, "depart": depart, **host, **said}


def draft(api: Api, *stays: dict[str, Any], van: uuid.UUID | None = None, day: str = DAY) -> Answer:
    made = api.post("/v1/plans", {"van_id": str(van or api.van), "local_day": day, "stops": list(stays)})
    assert made.status == 201, made
    return made


def publish(api: Api, plan: Answer, version: int | None = None) -> Answer:
    return api.post(f"/v1/plans/{plan.json['id']}/publish", version=version or plan.json["version"])

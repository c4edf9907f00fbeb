"""What phones and the office tell of visits through HTTP, in tests where both tell of one."""

from __future__ import annotations

from typing import Any

from outreach_api.ledger import recount
from tests.api import Answer, Api
from tests.make import make_stop

PAPER = {"source": "paper"}


def count(api: Api, visit: str, counts: dict[str, int], *, role: str = "crew", **more: Any) -> Answer:
    answer = api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts, **more}, role=role)
    assert answer.status == 201, answer
    return answer


def sell(api: Api, visit: str, yen: int, *, role: str = "crew", **more: Any) -> Answer:
    answer = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": yen, **more}, role=role)
    assert answer.status == 201, answer
    return answer


def choose(api: Api, visit: str, **subjects: str) -> Answer:
    version = api.get(f"/v1/visits/{visit}/tellings").json["version"]
    return api.post(f"/v1/visits/{visit}/telling", subjects, version=version)


def count_till(api: Api, visit: str, coins: dict[str, int], *, role: str = "crew", **more: Any) -> Answer:
    body = {"visit_id": visit, "opening_float_yen": 1_000, "counts": coins, **more}
    return api.post("/v1/cash-ups", body, role=role)


def warned(answer: Answer) -> list[str]:
    return [warning["code"] for warning in answer.json["warnings"]]


def open_here(api: Api, stop: str, *, role: str = "crew", **more: Any) -> str:
    van = {} if role == "crew" else {"van_id": str(api.van)}
    answer = api.post("/v1/visits", {"stop_id": stop, **van, **more}, role=role)
    assert answer.status == 201, answer
    return str(answer.json["id"])


def stop_of(api: Api) -> str:
    with api.database.write() as session:
        return str(make_stop(session).id)


def merge(api: Api, joining: str, kept: str) -> Answer:
    version = api.get(f"/v1/visits/{joining}").json["version"]
    answer = api.post(f"/v1/visits/{joining}/merge", {"into": kept}, version=version)
    assert answer.status == 200, answer
    return answer


def assert_exact(api: Api) -> None:
    """Totals follow from what counts, and nothing counts twice."""
    with api.database.read() as session:
        assert recount.differences(session) == []
        assert recount.counted_twice(session) == []

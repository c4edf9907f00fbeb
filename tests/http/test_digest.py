"""What the server says it holds, so that a phone may forget."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.storage.ledger import ChangeCounter
from tests.api import Api
from tests.http.test_rejections import visit_of
from tests.http.test_sync import operation, push


def digest(api: Api, query: str = "", **who: Any) -> Any:
    answer = api.get(f"/v1/sync/digest{query}", **({"role": "crew"} | who))
    assert answer.status == 200, answer
    return answer.json


def hash_of(*operations: dict[str, Any]) -> str:
    ids = sorted(uuid.UUID(one["op_id"]).bytes for one in operations)
    return hashlib.sha256(b"".join(ids)).hexdigest()


def tap(visit: str, occurred_at: str = "2026-11-28T02:00:00Z") -> dict[str, Any]:
    return operation("head_count.add", {"visit_id": visit, "counts": {"adult": 1}}, occurred_at=occurred_at)


def test_a_phone_finds_exactly_what_it_sent_by_kind_day_and_result(api: Api) -> None:
    visit = visit_of(api)
    today = [tap(visit), tap(visit)]
    late = tap(visit, "2026-11-27T14:59:59Z")  # 23:59:59 in Tokyo
    after = tap(visit, "2026-11-27T15:00:00Z")  # midnight
    refused = operation("head_count.add", {"visit_id": visit, "counts": {}})
    waiting = tap(str(new_id()))
    answers = push(api, *today, late, after, refused, waiting).json["results"]
    groups = {(g["kind"], g["day"], g["result"]): g for g in digest(api)["groups"]}
    assert {key: (g["count"], g["hash"]) for key, g in groups.items()} == {
        ("head_count.add", "2026-11-28", "applied"): (3, hash_of(*today, after)),
        ("head_count.add", "2026-11-27", "applied"): (1, hash_of(late)),
        ("head_count.add", "2026-11-28", "rejected"): (1, hash_of(refused)),
    }
    through = max(answers[index]["change_no"] for index in (0, 1, 3))
    assert groups["head_count.add", "2026-11-28", "applied"]["through"] == through


def test_the_day_is_the_one_that_the_phone_said_first_whatever_its_clock(api: Api) -> None:
    visit = visit_of(api)
    sent = tap(visit, "2025-11-20T02:00:00Z")
    push(api, sent, sent_at="2025-11-20T03:00:00Z")
    push(api, {**sent, "occurred_at": "2026-11-28T02:00:00Z"})
    found = digest(api, "?from_day=2025-11-01&to_day=2025-11-30")["groups"]
    assert [(g["day"], g["hash"]) for g in found] == [("2025-11-20", hash_of(sent))]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01"),
        ("1999-12-31T14:59:59Z", "1999-12-31"),
        ("2199-12-31T23:59:59Z", "2200-01-01"),
    ],
)
def test_a_phone_may_ask_after_any_day_that_its_clock_can_say(api: Api, said: str, day: str) -> None:
    sent = tap(visit_of(api), said)
    assert [line["result"] for line in push(api, sent, sent_at=said).json["results"]] == ["applied"]
    (group,) = digest(api, f"?from_day={day}&to_day={day}")["groups"]
    assert (group["day"], group["count"], group["hash"]) == (day, 1, hash_of(sent))
    assert api.get("/v1/sync/digest?from_day=1969-12-31&to_day=1970-01-02", role="crew").status == 422


def test_what_came_online_is_held_on_the_day_when_it_came(api: Api) -> None:
    visit, key = visit_of(api), new_id()
    path = f"/v1/visits/{visit}/head-counts"
    api.post(path, {"counts": {"adult": 1}}, role="crew", key=key)
    (group,) = digest(api)["groups"]
    assert (group["day"], group["hash"]) == ("2026-11-28", hash_of({"op_id": str(key)}))


def test_another_device_sees_nothing_of_it(api: Api) -> None:
    push(api, tap(visit_of(api)))
    assert digest(api, role=None, token=api.token("crew", another=True))["groups"] == []
    assert api.get("/v1/sync/digest", role="reporter").code == "forbidden"


def test_days_are_bounded_and_in_order(api: Api) -> None:
    for query in ("?from_day=2026-11-28&to_day=2026-11-27", "?from_day=2024-01-01&to_day=2026-01-01"):
        assert api.get(f"/v1/sync/digest{query}", role="crew").status == 422


def test_it_says_up_to_where_a_backup_reaches(api: Api) -> None:
    assert digest(api)["backed_up"] is None
    at = dt.datetime(2026, 11, 28, 2, tzinfo=dt.UTC)
    with api.database.write() as session:
        session.execute(sa.update(ChangeCounter).values(backed_up_no=7, backed_up_at=at))
    assert digest(api)["backed_up"] == {"change_no": 7, "at": "2026-11-28T02:00:00Z"}
    with api.database.write() as session:
        session.execute(sa.update(ChangeCounter).values(backed_up_no=None, backed_up_at=None))

"""The reference client comes in with a code, renews its token in time, and hands in what it holds when it has left."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.storage.ledger import Receipt
from tests.api import Api
from tests.handheld import Van
from van_app.checking import CannotKeep
from van_app.queue import Queue
from van_app.wire import Refused, Unanswered

URL = "https://van.test"


def code_of(api: Api, **said: Any) -> str:
    shown = api.post("/v1/pairings", said or {"van_id": str(api.van), "label": "車の電話1"}).json
    return str(shown["code"])


def me(api: Api, token: str) -> int:
    return api.get("/v1/me", role=None, token=token).status


def test_a_phone_comes_in_with_a_code_and_syncs(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    assert phone.redeem(URL, code_of(api))["label"] == "車の電話1"
    assert phone.sync().problem is None


def test_a_code_whose_answer_was_lost_is_simply_typed_again(van: Van, api: Api) -> None:
    phone, code = van.phone(paired=False), code_of(api)

    def lose(method: str, path: str, send: Any) -> Any:
        send()
        raise TimeoutError

    phone.network.fault = lose
    with pytest.raises(Unanswered):
        phone.redeem(URL, code)
    phone.network.fault = None
    phone.redeem(URL, code)
    assert phone.sync().problem is None
    assert len(api.get("/v1/devices").json["items"]) == 1


def test_another_code_has_another_key(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    with pytest.raises(Refused):
        phone.redeem(URL, "000-0000-000")
    phone.redeem(URL, code_of(api))
    assert phone.sync().problem is None


def test_the_token_is_renewed_when_half_of_its_time_is_over(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    phone.redeem(URL, code_of(api))
    phone.clocks.off = dt.timedelta(days=-500)  # renewing goes by the server's clock
    phone.sync()
    first = phone.queue.get("token")
    for _ in range(2):
        api.clock.forward(days=99)
        assert phone.sync().problem is None
    assert phone.queue.get("token") == first
    api.clock.forward(days=3)
    assert phone.sync().problem is None
    second = phone.queue.get("token")
    assert second != first
    assert me(api, first) == 200, "nobody has used the new one yet"
    assert phone.sync().problem is None
    assert (me(api, first), phone.queue.get("token")) == (401, second)


def test_a_renewal_whose_answer_is_lost_leaves_the_phone_its_token(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    phone.redeem(URL, code_of(api))
    phone.sync()
    first = phone.queue.get("token")
    for _ in range(2):
        api.clock.forward(days=101)
        phone.network.fault = lose_rotation
        assert phone.sync().problem is not None or phone.queue.get("token") == first
    phone.network.fault = None
    assert phone.sync().problem is None
    assert phone.queue.get("token") != first
    assert phone.sync().problem is None


def lose_rotation(method: str, path: str, send: Any) -> Any:
    answer = send()
    if path == "/v1/tokens/rotate":
        raise TimeoutError
    return answer


def test_a_phone_that_has_left_hands_in_what_it_holds_and_says_so(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    holder = phone.redeem(URL, code_of(api))["holder_id"]
    phone.sync()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"adult": 3})
    api.post("/v1/revocations", {"device_id": holder, "reason": "left"})
    report = phone.sync()
    assert report.needs_a_person
    assert "利用は終わっています" in str(report.problem)
    assert phone.status().waiting == 0
    accepted = api.post(f"/v1/sync/quarantine/{holder}/accept")
    assert {line["result"] for line in accepted.json["results"]} == {"applied"}
    assert van.visits()[0]["attendance"]["total"] == 3


def test_who_holds_the_phone_is_named_for_the_day(van: Van, api: Api) -> None:
    phone = van.phone()
    someone = api.post("/v1/people", {"name": "スタッフA", "role": "crew"}, role="admin").json["id"]
    member = {"person_id": someone, "duty": "counter"}
    hours = {"starts_at": "09:00", "ends_at": "17:00"}
    shift = api.post(
        "/v1/shifts", {"van_id": str(api.van), "local_day": "2026-11-28", **hours, "members": [member]}
    ).json["id"]
    (pin,) = (one["pin"] for one in api.get(f"/v1/shifts/{shift}/pins").json["members"])
    slip = pin[:3] + str((int(pin[3]) + 1) % 10)
    with pytest.raises(CannotKeep):
        phone.act_as(slip)
    phone.act_as(pin)
    phone.open_visit(plan_stop_id=van.plan_stop)
    assert phone.sync().problem is None
    assert acting(api) == [someone]
    api.clock.forward(days=1)
    phone.count({"adult": 1})
    phone.sync()
    assert acting(api) == [someone, None], "a new day begins with nobody"


def acting(api: Api) -> list[str | None]:
    with api.database.read() as session:
        found = session.scalars(
            sa.select(Receipt.acting_id).where(Receipt.said_at.is_not(None)).order_by(Receipt.change_no)
        )
        return [None if one is None else str(one) for one in found]


def test_a_queue_of_an_earlier_version_goes_on(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    path = phone.queue.path
    phone.queue.do("ALTER TABLE operations DROP COLUMN pin")
    phone.queue.do("PRAGMA user_version = 1")
    phone.let_go()
    again = Queue(path)
    try:
        assert [one.pin for one in again.find("1")] == [None]
    finally:
        again.close()

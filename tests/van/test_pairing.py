"""The reference client comes in with a code, renews its token in time, and hands in what it holds when it has left."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.storage.ledger import Receipt
from tests.api import Api
from tests.handheld import Handheld, Van
from tests.typed import van_py
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


def leave_at_work(van: Van, api: Api) -> tuple[Handheld, str]:
    """A phone that was let go while it stood at a stop, and has handed in what it held. And whose it was."""
    phone = van.phone(paired=False)
    holder = phone.redeem(URL, code_of(api))["holder_id"]
    phone.sync()
    van_py(phone, "open", "--day", "2026-11-28")
    van_py(phone, "count", "adult=3")
    van_py(phone, "note", "--depth", "crisis", "--no-text", "--concern")
    api.post("/v1/revocations", {"device_id": holder, "reason": "left"})
    handed = van_py(phone, "sync")
    assert (handed.returncode, "事務所が預かった 3件" in handed.stdout) == (0, True), handed
    return phone, holder


def test_what_the_office_keeps_of_a_phone_that_left_is_no_refusal_and_shows_where_it_stood(
    van: Van, api: Api
) -> None:
    phone, _ = leave_at_work(van, api)
    status = van_py(phone, "status").stdout
    assert "出店中（12:00 から）：場所K07" in status
    assert "預かっているもの 3件" in status
    assert "受け付けられず" not in status
    assert "ありません" in van_py(phone, "dead").stdout
    phone.network.fault = no_network
    assert "安全の心配" not in van_py(phone, "sync", "--tries", "1").said, "it has arrived"


def test_a_phone_that_left_hears_what_the_office_let_in(van: Van, api: Api) -> None:
    phone, holder = leave_at_work(van, api)
    assert "預かっているもの 3件" in van_py(phone, "sync").stdout
    assert van.counted() == 0, "to ask is not to be let in"
    api.post(f"/v1/sync/quarantine/{holder}/accept")
    assert "事務所が入れた 3件" in van_py(phone, "sync").stdout
    assert (phone.status().with_office, phone.status().acknowledged) == (0, 3)
    assert "預かって" not in van_py(phone, "status").stdout + van_py(phone, "dead").stdout
    assert van.counted() == 3


def test_a_phone_that_comes_back_brings_in_what_the_office_kept_of_it(van: Van, api: Api) -> None:
    phone, holder = leave_at_work(van, api)
    phone.redeem(URL, code_of(api, device_id=holder))
    for _ in range(2):
        assert phone.sync(at_once=True).problem is None
    assert (phone.status().with_office, phone.status().waiting, van.counted()) == (0, 0, 3)


def test_what_the_office_keeps_does_not_come_in_as_another_phones(van: Van, api: Api, tmp_path: Path) -> None:
    phone, _ = leave_at_work(van, api)
    phone.export(tmp_path / "file")
    another = van.phone()
    assert another.take_in(tmp_path / "file").new == 3
    another.sync()
    assert (van.counted(), another.status().waiting, len(another.dead())) == (0, 0, 3)


def test_a_refused_opening_is_said_where_its_place_would_stand(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(stop_id=str(uuid.uuid4()))
    phone.queue.do("UPDATE operations SET state = 'dead', answer = '{\"code\": \"invalid\"}'")
    assert "出店の開始が受け付けられていません" in van_py(phone, "status").stdout


def no_network(method: str, path: str, send: Any) -> Any:
    raise OSError


@pytest.mark.parametrize("where", ["as the address", "for the code"])
def test_the_link_of_a_qr_code_is_taken_wherever_it_is_pasted(van: Van, api: Api, where: str) -> None:
    phone = van.phone(paired=False)
    link = str(api.post("/v1/pairings", {"van_id": str(api.van)}).json["link"])
    address = link.partition("/pair#")[0]
    given, typed = (link, "") if where == "as the address" else (address, f" {link} \n")
    paired = van_py(phone, "pair", given, typed=typed)
    assert paired.returncode == 0, paired
    assert phone.status().server == address


def test_a_link_that_lost_its_code_on_the_way_still_is_the_address(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    assert van_py(phone, "pair", f"{URL}/pair", typed=code_of(api)).returncode == 0
    assert phone.status().server == URL


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

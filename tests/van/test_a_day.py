"""A van's day: what the crew enters offline is there when the network comes back, whichever phone it was entered on."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.handheld import Van
from tests.planning import agreed_stop
from van_app.checking import CannotKeep
from van_app.ids import visit_id_of
from van_app.keeping import Line
from van_app.phone import Phone
from van_app.syncing import AlreadySyncing
from van_app.wire import Response


def test_what_was_entered_offline_is_there_after_a_sync(van: Van, api: Api) -> None:
    phone = van.phone()
    visit = phone.open_visit(plan_stop_id=van.plan_stop)
    sale = phone.sell([Line(van.item, 3, 15)])
    wrong = phone.sell(rush_yen=9_000)
    phone.void(wrong, "打ち間違い")
    phone.count({"elem_low": 2, "guardian": 1})
    phone.count({"elem_low": -1})
    phone.note(depth="listening", topics=["childcare"], text="夜泣きで眠れないとのこと。")
    phone.close()
    assert (phone.status().waiting, van.visits()) == (8, [])
    report = phone.sync()
    assert (report.applied, report.dead, report.waiting, report.problem) == (8, 0, 0, None)
    (shown,) = van.visits()
    assert (shown["id"], shown["status"], shown["attendance"]["total"]) == (visit, "closed", 2)
    assert api.get(f"/v1/sales/{sale}").json["total_yen"] == 45
    assert api.get(f"/v1/sales/{wrong}").json["voided"]["reason"] == "打ち間違い"
    assert len(api.get("/v1/contact-notes").json["items"]) == 1
    assert (phone.status().waiting, phone.status().acknowledged, phone.status().visit) == (0, 8, None)


def test_two_phones_open_one_planned_visit_and_count_together(van: Van) -> None:
    phones = [van.phone(), van.phone()]
    for phone in phones:
        assert phone.open_visit(plan_stop_id=van.plan_stop) == visit_id_of(van.plan_stop)
        phone.count({"preschool": 2})
    for phone in phones:
        assert phone.sync().dead == 0
    assert [visit["attendance"]["total"] for visit in van.visits()] == [4]


def test_an_unplanned_visit_that_the_other_phone_opened_is_joined(van: Van, api: Api) -> None:
    place = agreed_stop(api, "K08")
    first, second = van.phone(), van.phone()
    visit = first.open_visit(stop_id=place)
    first.sync()
    second.sync()
    assert second.open_visit(stop_id=place) == visit
    second.count({"infant": 1})
    second.sync()
    assert [one["attendance"]["total"] for one in van.visits()] == [1]


def test_a_sale_keeps_the_price_that_was_taken(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    sale = phone.sell([Line(van.item, 2, 15)])
    item = api.get(f"/v1/items/{van.item}").json
    dearer = {"valid_from": "2026-11-01", "price_yen": 20}
    assert api.post(f"/v1/items/{van.item}/prices", dearer, version=item["version"]).status in (200, 201)
    phone.sync()
    assert api.get(f"/v1/sales/{sale}").json["total_yen"] == 30


def test_things_may_be_entered_while_a_sync_is_at_work(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    phone.count({"infant": 1})
    other = Phone(phone.queue.path, clock=phone.clocks)
    seen: list[int] = []

    def meanwhile(method: str, path: str, send: object) -> Response:
        if not seen:
            other.count({"infant": 1})
            with pytest.raises(AlreadySyncing):
                other.sync(transport=phone.network)
            seen.append(other.status().waiting)
        return send()  # type: ignore[operator, no-any-return]

    phone.network.fault = meanwhile
    assert phone.sync().applied == 2
    other.let_go()
    assert (seen, phone.status().waiting) == ([3], 1)
    phone.sync()
    assert van.counted() == 2


def test_without_an_open_visit_nothing_is_kept(van: Van) -> None:
    phone = van.phone()
    for press in (lambda: phone.count({"infant": 1}), lambda: phone.sell(rush_yen=100), phone.close):
        with pytest.raises(CannotKeep):
            press()
    assert phone.status().waiting == 0


def test_a_token_of_the_office_pairs_no_phone(van: Van, api: Api) -> None:
    phone = van.phone(paired=False)
    with pytest.raises(CannotKeep, match="crew"):
        phone.pair("https://van.test", api.token("coordinator"))
    with pytest.raises(CannotKeep, match="Pair"):
        phone.sync()


def test_a_queue_that_holds_one_vans_work_is_not_paired_with_another(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    with pytest.raises(CannotKeep, match="another van"):
        phone.pair("https://van.test", api.token("crew", api.other_van))
    phone.pair("https://van.test", api.token("crew", another=True))
    assert phone.sync().applied == 1

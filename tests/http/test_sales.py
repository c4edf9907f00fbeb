"""Receipts through HTTP."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.ledger import measures
from outreach_api.storage.ledger import VisitTotal
from tests.api import Api
from tests.make import make_item, make_stop, make_visit


def totals(api: Api, visit_id: str) -> dict[tuple[str, str], int]:
    """What was added up for a visit so far, without zeros and what is only kept beside it."""
    with api.database.read() as session:
        found = sa.select(VisitTotal.measure, VisitTotal.key, VisitTotal.value).where(
            VisitTotal.visit_id == uuid.UUID(visit_id),
            VisitTotal.value != 0,
            VisitTotal.measure != measures.HELD_BACK,
        )
        return {(measure, key): value for measure, key, value in session.execute(found)}


def visit_of(api: Api, van_id: uuid.UUID | None = None, **columns: Any) -> str:
    with api.database.write() as session:
        return str(make_visit(session, van_id=van_id or api.van, **columns).id)


def item_of(api: Api, price_yen: int | None, **columns: Any) -> str:
    with api.database.write() as session:
        return str(make_item(session, price_yen=price_yen, **columns).id)


def test_a_receipt_takes_the_catalogues_price_and_the_tax_of_food_taken_away(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    body = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 3}]}
    made = api.post("/v1/sales", body, role="crew")
    assert made.status == 201, made
    assert (made.json["service_mode"], made.json["total_yen"]) == ("takeout", 330)
    assert made.json["taxes"] == [{"rate_percent": 8, "taxable_yen": 330, "tax_yen": 24}]
    assert made.json["warnings"] == []
    shown = api.get(f"/v1/sales/{made.json['id']}", role="crew").json
    assert shown == {name: value for name, value in made.json.items() if name != "warnings"}
    assert totals(api, visit) == {
        ("sales_count", "cash"): 1,
        ("sales_payment_yen", "cash"): 330,
        ("sales_category_yen", "sweets"): 330,
        ("tax_yen", "8"): 24,
    }


def test_eating_on_our_seats_is_taxed_at_the_standard_rate_unless_said_otherwise(api: Api) -> None:
    with api.database.write() as session:
        visit = str(make_visit(session, van_id=api.van, stop=make_stop(session, seating_by_us=True)).id)
    item = item_of(api, 400)
    body = {"visit_id": visit, "payment": "paypay", "lines": [{"item_id": item, "quantity": 1}]}
    seated = api.post("/v1/sales", body, role="crew").json
    assert (seated["service_mode"], seated["taxes"][0]["tax_yen"]) == ("eat_in", 36)
    away = api.post("/v1/sales", {**body, "service_mode": "takeout"}, role="crew").json
    assert away["taxes"] == [{"rate_percent": 8, "taxable_yen": 400, "tax_yen": 29}]


def test_a_mixed_receipt_rounds_once_for_each_rate(api: Api) -> None:
    visit = visit_of(api)
    sweet, toy = item_of(api, 110), item_of(api, 200, category="other", tax_category="standard")
    stamp = item_of(api, 85, category="other", tax_category="exempt")
    lines = [
        {"item_id": sweet, "quantity": 3},
        {"item_id": toy, "quantity": 2},
        {"item_id": stamp, "quantity": 1},
    ]
    made = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "lines": lines}, role="crew").json
    assert made["total_yen"] == 815
    assert [(tax["rate_percent"], tax["taxable_yen"], tax["tax_yen"]) for tax in made["taxes"]] == [
        (0, 85, 0),
        (8, 330, 24),
        (10, 400, 36),
    ]
    assert totals(api, visit)["sales_category_yen", "other"] == 485


def test_a_receipt_takes_the_price_of_its_visits_day(api: Api) -> None:
    item = api.post(
        "/v1/items",
        {
            "code": "UMAI",
            "name": "うまい棒",
            "category": "sweets",
            "tax_category": "food",
            "price_yen": 15,
            "price_from": "2026-11-01",
        },
    ).json["id"]
    api.post(f"/v1/items/{item}/prices", {"valid_from": "2026-11-28", "price_yen": 20}, version=1)
    body = {"payment": "cash", "lines": [{"item_id": item, "quantity": 1}]}
    paid = {
        day: api.post(
            "/v1/sales", {**body, "visit_id": visit_of(api, day=dt.date(2026, 11, day))}, role="crew"
        ).json["total_yen"]
        for day in (27, 28)
    }
    assert paid == {27: 15, 28: 20}


def test_a_price_that_differs_stands_and_is_pointed_out(api: Api) -> None:
    line = {"item_id": item_of(api, 110), "quantity": 2, "unit_price_yen": 100}
    body = {"visit_id": visit_of(api), "payment": "cash", "lines": [line]}
    key = new_id()
    made = api.post("/v1/sales", body, role="crew", key=key)
    assert made.json["total_yen"] == 200
    assert [(w["path"], w["code"]) for w in made.json["warnings"]] == [
        ("/lines/0/unit_price_yen", "price_differs")
    ]
    assert "110" in made.json["warnings"][0]["detail"]
    assert api.post("/v1/sales", body, role="crew", key=key).json == made.json


def test_an_unknown_item_or_a_missing_price_names_its_line(api: Api) -> None:
    visit, item, unpriced = visit_of(api), item_of(api, 110), item_of(api, None)
    lines = [
        {"item_id": item, "quantity": 1},
        {"item_id": str(new_id()), "quantity": 1},
        {"item_id": unpriced, "quantity": 1},
    ]
    refused = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "lines": lines}, role="crew")
    assert (refused.status, refused.code) == (422, "item_unknown")
    assert refused.faults == {"/lines/1/item_id": "item_unknown", "/lines/2/unit_price_yen": "price_missing"}
    assert totals(api, visit) == {}


def test_a_day_before_the_tax_table_begins_has_no_rate(api: Api) -> None:
    visit = visit_of(api, day=dt.date(2019, 9, 30))
    refused = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": 500}, role="crew")
    assert refused.faults == {"/rush_yen": "tax_rate_missing"}


def test_a_rush_of_sweets_is_rung_up_as_one_amount(api: Api) -> None:
    visit = visit_of(api)
    made = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": 330}, role="crew").json
    assert (made["total_yen"], made["taxes"][0]["tax_yen"]) == (330, 24)
    assert [(line["item_id"], line["category"]) for line in made["lines"]] == [(None, "sweets")]


def test_what_is_given_away_is_kept_with_its_value_and_brings_no_money(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    body = {"visit_id": visit, "payment": "free", "lines": [{"item_id": item, "quantity": 2}]}
    made = api.post("/v1/sales", body, role="crew").json
    assert (made["goods_yen"], made["total_yen"], made["taxes"]) == (220, 0, [])
    assert totals(api, visit) == {("sales_count", "free"): 1}


def test_a_resend_gives_the_same_receipt_and_counts_once(api: Api) -> None:
    visit, key = visit_of(api), new_id()
    body = {"visit_id": visit, "payment": "cash", "rush_yen": 330}
    first = api.post("/v1/sales", body, role="crew", key=key)
    again = api.post("/v1/sales", body, role="crew", key=key)
    assert (again.status, again.json) == (first.status, first.json)
    assert totals(api, visit)["sales_count", "cash"] == 1
    other = api.post("/v1/sales", {**body, "rush_yen": 400}, role="crew", key=key)
    assert (other.status, other.code) == (422, "id_reused")


def test_a_void_takes_everything_back_once(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    kept = {"visit_id": visit, "payment": "cash", "rush_yen": 50}
    api.post("/v1/sales", kept, role="crew")
    before = totals(api, visit)
    wrong = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 9}]}
    sale = api.post("/v1/sales", wrong, role="crew").json["id"]
    key = new_id()
    voided = api.post(f"/v1/sales/{sale}/void", {"reason": "打ち間違い"}, role="crew", key=key)
    assert voided.status == 201, voided
    assert (voided.json["id"], voided.json["voided"]["reason"]) == (sale, "打ち間違い")
    assert totals(api, visit) == before
    resent = api.post(f"/v1/sales/{sale}/void", {"reason": "打ち間違い"}, role="crew", key=key)
    assert resent.json == voided.json
    again = api.post(f"/v1/sales/{sale}/void", {"reason": "もう一度"})
    assert (again.status, again.code) == (409, "already_voided")
    assert totals(api, visit) == before
    assert api.get(f"/v1/sales/{sale}").json["total_yen"] == 990


def test_crew_reach_the_receipts_of_their_own_van_only(api: Api) -> None:
    theirs = visit_of(api, api.other_van)
    body = {"visit_id": theirs, "payment": "cash", "rush_yen": 100}
    assert api.post("/v1/sales", body, role="crew").code == "visit_unknown"
    sale = api.post("/v1/sales", body, role="crew", van=api.other_van).json["id"]
    assert api.get(f"/v1/sales/{sale}", role="crew").status == 404
    assert api.post(f"/v1/sales/{sale}/void", {"reason": "x"}, role="crew").status == 404
    assert api.get("/v1/sales", role="crew").json["items"] == []
    assert [shown["id"] for shown in api.get("/v1/sales").json["items"]] == [sale]


@pytest.mark.parametrize("role", ["reporter", "safeguarding"])
def test_who_needs_no_single_receipts_sees_none(api: Api, role: str) -> None:
    visit = visit_of(api)
    sale = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": 1}).json["id"]
    for path in ("/v1/sales", f"/v1/sales/{sale}", "/v1/tickets", "/v1/cash-ups"):
        assert api.get(path, role=role).status == 403
    refused = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", "rush_yen": 1}, role=role)
    assert refused.status == 403


def test_receipts_are_listed_by_visit_and_day_the_latest_first(api: Api) -> None:
    days = {day: visit_of(api, day=dt.date(2026, 11, day)) for day in (26, 27, 28)}
    keys = []
    for day, visit in days.items():
        for n in range(2):
            key = uuid.UUID(int=(day * 10 + n) << 64 | 0x7000_8000_0000_0000)
            keys.append(str(key))
            body = {"visit_id": visit, "payment": "cash", "rush_yen": day}
            assert api.post("/v1/sales", body, role="crew", key=key).status == 201
    path, seen = "/v1/sales?from_day=2026-11-27&to_day=2026-11-28&limit=3", []
    answer = api.get(path)
    seen += [sale["id"] for sale in answer.json["items"]]
    seen += [sale["id"] for sale in api.get(f"{path}&cursor={answer.json['next']}").json["items"]]
    assert seen == keys[:1:-1]
    only = api.get(f"/v1/sales?visit_id={days[26]}").json["items"]
    assert [sale["id"] for sale in only] == keys[1::-1]


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"rush_yen": 2**63 - 1}, {"/rush_yen": "too_large"}),
        ({"rush_yen": 10**18}, {"/rush_yen": "too_large"}),
        ({"rush_yen": -5}, {"/rush_yen": "too_small"}),
        ({"rush_yen": 1.9}, {"/rush_yen": "not_whole"}),
        ({"rush_yen": "７"}, {"/rush_yen": "not_whole"}),
        ({"rush_yen": True}, {"/rush_yen": "not_whole"}),
        ({"rush_yen": None}, {"/rush_yen": "null"}),
        ({"rush_yen": 5, "lines": [{"item_id": str(new_id()), "quantity": 1}]}, {"": "lines_or_rush"}),
        ({}, {"": "lines_or_rush"}),
        ({"lines": []}, {"/lines": "too_few"}),
        ({"lines": [{"item_id": str(new_id()), "quantity": 1}] * 51}, {"/lines": "too_many"}),
        ({"lines": [{"item_id": str(new_id()), "quantity": -1}]}, {"/lines/0/quantity": "too_small"}),
        ({"lines": [{"item_id": str(new_id()), "quantity": 1001}]}, {"/lines/0/quantity": "too_large"}),
        (
            {"lines": [{"item_id": "x", "quantity": 1, "unit_price_yen": 2**63 - 1}]},
            {"/lines/0/item_id": "not_id", "/lines/0/unit_price_yen": "too_large"},
        ),
        ({"rush_yen": 5, "payment": "bitcoin"}, {"/payment": "not_in_list"}),
        ({"rush_yen": 5, "payment": "ticket"}, {"": "ticket_count_required"}),
        ({"rush_yen": 5, "ticket_count": 1}, {"": "ticket_count_unwanted"}),
        ({"rush_yen": 5, "total_yen": 5}, {"/total_yen": "unknown_key"}),
    ],
)
def test_a_receipt_that_makes_no_sense_is_refused(
    api: Api, change: dict[str, Any], faults: dict[str, str]
) -> None:
    visit = visit_of(api)
    answer = api.post("/v1/sales", {"visit_id": visit, "payment": "cash", **change}, role="crew")
    assert (answer.status, answer.faults) == (422, faults)
    assert totals(api, visit) == {}


def test_a_number_that_64_bits_cant_hold_is_no_number(api: Api) -> None:
    body = {"visit_id": visit_of(api), "payment": "cash", "rush_yen": 2**63}
    assert api.post("/v1/sales", body, role="crew").status == 400


def test_the_largest_receipts_add_up_without_overflow(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, None)
    line = {"item_id": item, "quantity": 1_000, "unit_price_yen": 1_000_000}
    body = {"visit_id": visit, "payment": "cash", "lines": [line] * 50}
    for _ in range(2):
        assert api.post("/v1/sales", body, role="crew").json["total_yen"] == 50_000_000_000
    assert totals(api, visit)["sales_payment_yen", "cash"] == 100_000_000_000


def test_a_visit_from_paper_is_never_counted_twice(api: Api) -> None:
    visit = visit_of(api, source="paper")
    paper = {"visit_id": visit, "payment": "cash", "source": "paper"}
    first = api.post("/v1/sales", {**paper, "rush_yen": 12_000}).json
    second = api.post("/v1/sales", {**paper, "payment": "paypay", "rush_yen": 3_000}).json
    assert first["counted"]
    assert second["counted"]
    before = totals(api, visit)
    body = {"visit_id": visit, "payment": "ticket", "rush_yen": 100, "ticket_count": 1}
    late = api.post("/v1/sales", body, role="crew").json
    assert (late["counted"], [w["code"] for w in late["warnings"]]) == (False, ["receipt_held_back"])
    assert totals(api, visit) == before
    assert api.get("/v1/tickets/balance").json["redeemed"] == 0
    for sale in (first, second):
        api.post(f"/v1/sales/{sale['id']}/void", {"reason": "電話の記録が届いた"})
    assert api.get(f"/v1/sales/{late['id']}").json["counted"]
    assert totals(api, visit) == {
        ("sales_count", "ticket"): 1,
        ("tickets", "redeemed"): 1,
        ("tickets_yen", "redeemed"): 100,
    }
    assert api.get("/v1/tickets/balance").json["redeemed"] == 1


def test_a_receipt_that_is_held_back_is_voided_without_touching_the_totals(api: Api) -> None:
    visit = visit_of(api, source="paper")
    body = {"visit_id": visit, "payment": "cash", "rush_yen": 500}
    api.post("/v1/sales", {**body, "source": "paper"})
    before = totals(api, visit)
    held = api.post("/v1/sales", body, role="crew").json["id"]
    assert api.post(f"/v1/sales/{held}/void", {"reason": "重複"}, role="crew").status == 201
    assert totals(api, visit) == before

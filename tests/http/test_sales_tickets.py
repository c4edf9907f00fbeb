"""恩送りチケット through HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.http.test_sales import item_of, totals, visit_of


def balance(api: Api, role: str = "reporter") -> dict[str, int]:
    shown: dict[str, int] = api.get("/v1/tickets/balance", role=role).json
    return shown


def test_a_ticket_is_a_donation_when_bought_and_no_revenue_when_used(api: Api) -> None:
    visit, item = visit_of(api), item_of(api, 110)
    issued = api.post(
        "/v1/tickets",
        {"visit_id": visit, "quantity": 3, "payment": "cash", "donor_nickname": "ひまわり"},
        role="crew",
    )
    assert issued.status == 201, issued
    assert (issued.json["event"], issued.json["face_yen"], issued.json["warnings"]) == ("issued", 100, [])
    body = {
        "visit_id": visit,
        "payment": "ticket",
        "ticket_count": 1,
        "lines": [{"item_id": item, "quantity": 1}],
    }
    sale = api.post("/v1/sales", body, role="crew").json
    assert (sale["goods_yen"], sale["total_yen"], sale["ticket_count"], sale["warnings"]) == (110, 0, 1, [])
    assert totals(api, visit) == {
        ("tickets", "issued"): 3,
        ("tickets_yen", "issued"): 300,
        ("tickets", "redeemed"): 1,
        ("tickets_yen", "redeemed"): 100,
        ("sales_count", "ticket"): 1,
    }
    assert balance(api) == {
        "issued": 3,
        "issued_yen": 300,
        "redeemed": 1,
        "redeemed_yen": 100,
        "owed": 2,
        "owed_yen": 200,
        "overdraft": 0,
        "overdraft_yen": 0,
    }


def test_a_child_is_honoured_beyond_the_pool(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "paypay"}, role="crew")
    codes = []
    for _ in range(3):
        answer = api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 1}, role="crew")
        assert answer.status == 201
        codes.append([warning["code"] for warning in answer.json["warnings"]])
    assert codes == [[], ["ticket_overdraft"], ["ticket_overdraft"]]
    assert (balance(api)["owed"], balance(api)["overdraft"]) == (0, 2)
    body = {"visit_id": visit, "payment": "ticket", "ticket_count": 1, "rush_yen": 100}
    sale = api.post("/v1/sales", body, role="crew")
    assert [warning["code"] for warning in sale.json["warnings"]] == ["ticket_overdraft"]
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 5, "payment": "cash"}, role="crew")
    assert (balance(api)["owed"], balance(api)["overdraft"]) == (2, 0)


def test_a_void_gives_the_ticket_back_to_the_pool(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 2, "payment": "cash"}, role="crew")
    before = totals(api, visit), balance(api)
    body = {"visit_id": visit, "payment": "ticket", "ticket_count": 2, "rush_yen": 150}
    sale = api.post("/v1/sales", body, role="crew").json["id"]
    assert balance(api)["owed"] == 0
    api.post(f"/v1/sales/{sale}/void", {"reason": "まちがい"}, role="crew")
    assert (totals(api, visit), balance(api)) == before
    listed = api.get(f"/v1/tickets?visit_id={visit}", role="crew").json["items"]
    assert [(entry["event"], entry["quantity"]) for entry in listed] == [
        ("redeemed", -2),
        ("redeemed", 2),
        ("issued", 2),
    ]
    assert [entry["sale_id"] for entry in listed] == [sale, sale, None]


def test_crew_see_the_tickets_of_their_own_van(api: Api) -> None:
    theirs = visit_of(api, api.other_van)
    body = {"visit_id": theirs, "quantity": 2, "payment": "cash"}
    assert api.post("/v1/tickets", body, role="crew").code == "visit_unknown"
    api.post("/v1/tickets", body, role="crew", van=api.other_van)
    assert api.get("/v1/tickets", role="crew").json["items"] == []
    assert len(api.get("/v1/tickets?event=issued").json["items"]) == 1
    assert api.get("/v1/tickets?event=redeemed").json["items"] == []


@pytest.mark.parametrize(
    ("path", "change", "faults"),
    [
        ("/v1/tickets", {"payment": "ticket"}, {"": "payment_not_money"}),
        ("/v1/tickets", {"payment": "free"}, {"": "payment_not_money"}),
        ("/v1/tickets", {"quantity": 0}, {"/quantity": "too_small"}),
        ("/v1/tickets", {"quantity": 10**18}, {"/quantity": "too_large"}),
        ("/v1/tickets", {"donor_nickname": "あ" * 41}, {"/donor_nickname": "too_long"}),
        (
            "/v1/tickets/redeem",
            {"quantity": -1, "payment": None},
            {"/quantity": "too_small", "/payment": "unknown_key"},
        ),
        (
            "/v1/tickets/redeem",
            {"quantity": "７", "payment": None},
            {"/quantity": "not_whole", "/payment": "unknown_key"},
        ),
    ],
)
def test_tickets_that_make_no_sense_are_refused(
    api: Api, path: str, change: dict[str, Any], faults: dict[str, str]
) -> None:
    body = {"visit_id": visit_of(api), "quantity": 1, "payment": "cash", **change}
    answer = api.post(path, body, role="crew")
    assert (answer.status, answer.faults) == (422, faults)
    assert balance(api)["issued"] == balance(api)["redeemed"] == 0

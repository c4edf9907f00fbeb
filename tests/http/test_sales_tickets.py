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
        ("donations_yen", "cash"): 300,
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
        "settled": 0,
        "settled_yen": 0,
        "allotted": 0,
        "available": 2,
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


def partner_of(api: Api) -> str:
    said = {"name": "見本こども食堂", "kind": "npo", "since": "2026-01-01"}
    made = api.post("/v1/partners", said)
    assert made.status == 201, made
    return str(made.json["id"])


def test_an_overdraft_is_shown_and_made_good_by_a_linked_fact(api: Api) -> None:
    visit = visit_of(api)
    used = api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 3}, role="crew").json
    assert used["beyond_pool"] == 3
    assert [entry["id"] for entry in api.get("/v1/tickets?beyond_pool=true").json["items"]] == [used["id"]]
    settle = f"/v1/tickets/{used['id']}/settle"
    too_many = api.post(settle, {"quantity": 4, "settled_by": "organisation"})
    assert (too_many.status, too_many.faults) == (409, {"/quantity": "overdraft_smaller"})
    made = api.post(settle, {"quantity": 2, "settled_by": "organisation"})
    assert (made.status, made.json["event"], made.json["settled_by"]) == (201, "settled", "organisation")
    shown = balance(api)
    assert (shown["settled"], shown["overdraft"], shown["overdraft_yen"], shown["owed"]) == (2, 1, 100, 0)
    # It brought no money: no till expects it, and no donor is thanked for it.
    assert totals(api, visit)["tickets", "settled"] == 2
    assert api.get(f"/v1/takings?visit_id={visit}").json["cash_yen"] == 0
    report = api.get("/v1/reports/week/2026-W48").json["tickets"]
    assert (report["issued"], report["redeemed"], report["owed"]) == (0, 3, 0)
    assert api.post(settle, {"quantity": 1, "settled_by": "organisation"}, role="crew").status == 403
    issued = api.post("/v1/tickets", {"visit_id": visit, "quantity": 1, "payment": "cash"}, role="crew")
    nothing = f"/v1/tickets/{issued.json['id']}/settle"
    assert api.post(nothing, {"quantity": 1, "settled_by": "organisation"}).code == "ticket_not_redeemed"


def test_a_ticket_by_number_is_used_once_and_a_second_child_is_honoured(api: Api) -> None:
    visit = visit_of(api)
    body = {"visit_id": visit, "quantity": 2, "payment": "cash", "numbers": ["K-001", "K-002"]}
    assert api.post("/v1/tickets", body, role="crew").json["numbers"] == ["K-001", "K-002"]
    again = api.post("/v1/tickets", body, role="crew")
    assert (again.status, again.faults) == (409, {"/numbers/0": "ticket_number_taken"})
    fewer = api.post("/v1/tickets", {**body, "numbers": ["K-009"]}, role="crew")
    assert fewer.faults == {"/numbers": "numbers_differ"}

    def use(*numbers: str) -> list[tuple[str, str]]:
        body = {"visit_id": visit, "quantity": len(numbers), "numbers": list(numbers)}
        answer = api.post("/v1/tickets/redeem", body, role="crew")
        assert answer.status == 201
        return [(warning["path"], warning["code"]) for warning in answer.json["warnings"]]

    assert use("K-001") == []
    assert use("K-001", "K-002") == [("", "ticket_overdraft"), ("/numbers/0", "ticket_used_already")]
    assert ("/numbers/0", "ticket_number_unknown") in use("K-777")


def test_a_receipt_names_the_numbers_that_paid_it_and_its_void_sets_them_free(api: Api) -> None:
    visit = visit_of(api)
    body = {"visit_id": visit, "quantity": 1, "payment": "cash", "numbers": ["K-100"]}
    api.post("/v1/tickets", body, role="crew")
    sale = {
        "visit_id": visit,
        "payment": "ticket",
        "ticket_count": 1,
        "rush_yen": 90,
        "ticket_numbers": ["K-100"],
    }
    first = api.post("/v1/sales", sale, role="crew").json
    second = api.post("/v1/sales", sale, role="crew").json
    assert first["warnings"] == []
    assert "ticket_used_already" in [warning["code"] for warning in second["warnings"]]
    for one in (first, second):
        api.post(f"/v1/sales/{one['id']}/void", {"reason": "x"}, role="crew")
    assert api.post("/v1/sales", sale, role="crew").json["warnings"] == []
    wrong = {**sale, "ticket_count": 2}
    assert api.post("/v1/sales", wrong, role="crew").faults == {"/ticket_numbers": "numbers_differ"}


def test_tickets_end_only_if_a_last_day_was_set_and_a_child_is_honoured_all_the_same(api: Api) -> None:
    visit = visit_of(api)
    body = {"visit_id": visit, "quantity": 1, "payment": "cash"}
    pool = api.post("/v1/tickets", {**body, "valid_until": "2026-12-01"}, role="crew")
    assert pool.faults == {"/valid_until": "valid_until_needs_numbers"}
    api.post("/v1/tickets", {**body, "numbers": ["A-1"], "valid_until": "2026-11-27"}, role="crew")
    api.post("/v1/tickets", {**body, "numbers": ["A-2"], "valid_until": "2026-11-28"}, role="crew")
    codes = []
    for number in ("A-1", "A-2"):
        used = {"visit_id": visit, "quantity": 1, "numbers": [number]}
        answer = api.post("/v1/tickets/redeem", used, role="crew").json
        codes.append([warning["code"] for warning in answer["warnings"]])
    assert codes == [["ticket_expired"], []]


def test_partners_hand_tickets_on_without_names_and_the_rest_goes_back_to_the_pool(api: Api) -> None:
    visit, partner = visit_of(api), partner_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 10, "payment": "cash"}, role="crew")
    too_many = api.post("/v1/tickets/allotments", {"partner_id": partner, "quantity": 11})
    assert (too_many.status, too_many.faults) == (409, {"/quantity": "pool_too_small"})
    made = api.post("/v1/tickets/allotments", {"partner_id": partner, "quantity": 6})
    assert (made.status, made.json["left"]) == (201, 6)
    assert [balance(api)[name] for name in ("owed", "allotted", "available")] == [10, 6, 4]
    assert api.post("/v1/tickets/allotments", {"partner_id": partner, "quantity": 5}).code == "pool_too_small"
    allotment = made.json["id"]
    used = {"visit_id": visit, "quantity": 2, "allotment_id": allotment}
    assert api.post("/v1/tickets/redeem", used, role="crew").json["warnings"] == []
    assert [balance(api)[name] for name in ("owed", "allotted", "available")] == [8, 4, 4]
    returns = f"/v1/tickets/allotments/{allotment}/returns"
    assert api.post(returns, {"quantity": 5}).faults == {"/quantity": "allotment_too_small"}
    back = api.post(returns, {"quantity": 3}).json
    assert (back["used"], back["returned"], back["left"]) == (2, 3, 1)
    assert [balance(api)[name] for name in ("owed", "allotted", "available")] == [8, 1, 7]
    beyond = api.post("/v1/tickets/redeem", used, role="crew").json
    assert [warning["code"] for warning in beyond["warnings"]] == ["allotment_overdrawn"]
    (shown,) = api.get("/v1/tickets/allotments", role="crew").json["items"]
    assert (shown["left"], shown["overdrawn"]) == (0, 1)
    assert balance(api)["available"] == 6


def test_what_partners_hold_ends_only_if_a_last_day_was_set(api: Api) -> None:
    visit, partner = visit_of(api), partner_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 4, "payment": "cash"}, role="crew")
    for until in ({}, {"valid_until": "2026-11-28"}):
        said = {"partner_id": partner, "quantity": 2, **until}
        assert api.post("/v1/tickets/allotments", said).status == 201
    assert balance(api)["allotted"] == 4
    api.clock.forward(days=1)
    assert [balance(api)[name] for name in ("allotted", "available")] == [2, 2]


def test_donors_are_thanked_with_numbers_only(api: Api) -> None:
    visit = visit_of(api)
    for quantity, more in (
        (2, {"donor_nickname": "ひまわり", "message": "どうぞ"}),
        (1, {"donor_nickname": "すみれ", "numbers": ["S-1"]}),
        (3, {}),
    ):
        body = {"visit_id": visit, "quantity": quantity, "payment": "paypay", **more}
        assert api.post("/v1/tickets", body, role="crew").status == 201
    api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 1, "numbers": ["S-1"]}, role="crew")
    api.post("/v1/tickets/redeem", {"visit_id": visit, "quantity": 3}, role="crew")
    shown = api.get("/v1/tickets/thanks").json
    gifts = [(gift["donor_nickname"], gift["used"], gift["waiting"]) for gift in shown["gifts"]]
    assert gifts == [("ひまわり", 2, 0), ("すみれ", 1, 0), (None, 1, 2)]
    assert (shown["quantity"], shown["yen"], shown["used"], shown["waiting"]) == (6, 600, 4, 2)
    mine = api.get("/v1/tickets/thanks?donor_nickname=ひまわり").json
    assert (mine["yen"], mine["gifts"][0]["message"]) == (200, "どうぞ")
    assert set(shown["gifts"][0]) == {
        *("donor_nickname", "message", "local_day", "quantity", "yen", "used", "waiting"),
    }
    assert api.get("/v1/tickets/thanks", role="reporter").status == 403
    assert api.get("/v1/tickets/thanks", role="crew", van=api.other_van).json["gifts"] == []


def test_donations_and_revenue_stand_apart_and_the_till_expects_both(api: Api) -> None:
    visit = visit_of(api)
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 5, "payment": "cash"}, role="crew")
    api.post("/v1/tickets", {"visit_id": visit, "quantity": 2, "payment": "paypay"}, role="crew")
    ways = [{"payment": "ticket", "ticket_count": 1}, {"payment": "cash", "yen": 150}, {"payment": "paypay"}]
    sale = {"visit_id": visit, "payment": "mixed", "rush_yen": 600, "payments": ways}
    assert api.post("/v1/sales", sale, role="crew").status == 201
    assert api.get(f"/v1/takings?visit_id={visit}", role="crew").json == {
        "revenue_yen": 500,
        "revenue_by_payment_yen": {"cash": 150, "paypay": 350},
        "donations_yen": 700,
        "donations_by_payment_yen": {"cash": 500, "paypay": 200},
        "tickets_used_yen": 100,
        "cash_yen": 650,
    }
    till = {"visit_id": visit, "opening_float_yen": 1_000, "counts": {"1000": 1, "500": 1, "100": 1, "50": 1}}
    assert api.post("/v1/cash-ups", till, role="crew").json["difference_yen"] == 0
    assert api.get("/v1/takings", role="crew", van=api.other_van).json["cash_yen"] == 0
    assert api.get("/v1/takings", role="reporter").status == 403

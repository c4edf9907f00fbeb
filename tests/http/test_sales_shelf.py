"""Sets, icons, allergens, what is sold out today, and the order of a phone's keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from schemas.vocabulary import ICONS, MUST_BE_LABELLED, Allergen, ItemIcon
from tests.api import Api
from tests.http.test_sales import item_of, totals, visit_of
from tests.http.test_sales_mixed import exact, line
from tests.http.test_sales_receipts import paper
from tests.http.test_sales_refunds import give_back
from tests.make import make_stop, make_visit

SET = {
    "code": "SET1",
    "name": "おやつとこまのセット",
    "category": "other",
    "tax_category": "food",
    "price_yen": 400,
}


def part(item: str, quantity: int = 1) -> dict[str, Any]:
    return {"item_id": item, "quantity": quantity}


def set_of(api: Api, *parts: dict[str, Any], **more: Any) -> str:
    made = api.post("/v1/items", {**SET, "price_from": "2026-01-01", "parts": list(parts), **more})
    assert made.status == 201, made
    assert made.json["parts"] == list(parts)
    return str(made.json["id"])


def test_a_set_has_one_price_and_each_part_is_taxed_as_it_is_by_itself(api: Api) -> None:
    """Food for 2 × 100 at 8 % and a toy for 300 at 10 %, together for 400: in proportion to their prices."""
    visit = visit_of(api)
    sweet, toy = item_of(api, 100, name="あめ"), item_of(api, 300, category="other", tax_category="standard")
    together = set_of(api, part(sweet, 2), part(toy))
    body = {"visit_id": visit, "payment": "cash", "lines": [line(together, 2), line(sweet)]}
    made = api.post("/v1/sales", body, role="crew")
    assert made.status == 201, made
    shown = made.json
    assert shown["total_yen"] == 900
    assert [(one["item_id"], one["set_id"], one["quantity"], one["taken_yen"]) for one in shown["lines"]] == [
        (sweet, together, 4, 320),
        (toy, together, 2, 480),
        (sweet, None, 1, 100),
    ]
    assert [(tax["rate_percent"], tax["taxable_yen"]) for tax in shown["taxes"]] == [(8, 420), (10, 480)]
    assert totals(api, visit)["sales_category_yen", "other"] == 480
    assert exact(api)
    text = paper(api, shown["id"])
    assert "おやつとこまのセット" in text
    assert "あめ ※ × 4" in text
    assert "¥800" in text
    assert give_back(api, shown["id"], (0, 4), (1, 2)).json["refunds"][0]["total_yen"] == 800
    assert exact(api)


def test_a_set_takes_the_price_that_was_taken_and_discounts_like_any_line(api: Api) -> None:
    visit = visit_of(api)
    sweet, tea = item_of(api, 100), item_of(api, 200, category="drink")
    together = set_of(api, part(sweet), part(tea), price_yen=250)
    lines = [line(together, 1, unit_price_yen=240, discount_yen=31)]
    made = api.post(
        "/v1/sales", {"visit_id": visit, "payment": "cash", "lines": lines, "discount_yen": 9}, role="crew"
    ).json
    assert [warning["code"] for warning in made["warnings"]] == ["price_differs"]
    assert (made["total_yen"], sum(one["taken_yen"] for one in made["lines"])) == (200, 200)
    assert exact(api)


@pytest.mark.parametrize("case", ["itself", "a set", "unknown", "twice", "one"])
def test_a_set_holds_single_things_that_are_there(api: Api, case: str) -> None:
    sweet, tea = item_of(api, 100), item_of(api, 200)
    together = set_of(api, part(sweet), part(tea))
    parts, fault = {
        "itself": ([part(sweet), part(together)], "set_in_set"),
        "a set": ([part(sweet), part(together)], "set_in_set"),
        "unknown": ([part(sweet), part(str(new_id()))], "item_unknown"),
        "twice": ([part(sweet), part(sweet)], "repeated"),
        "one": ([part(sweet)], "too_few"),
    }[case]
    if case == "itself":
        refused = api.patch(f"/v1/items/{together}", {"parts": parts}, version=1)
    else:
        refused = api.post("/v1/items", {**SET, "code": "SET2", "parts": parts})
    assert refused.status == 422
    assert fault in refused.faults.values()
    # What is in a set can't become one.
    nested = api.patch(f"/v1/items/{sweet}", {"parts": [part(tea), part(item_of(api, 1))]}, version=1)
    assert nested.code == "set_in_set"


def test_a_part_without_a_price_that_day_is_named(api: Api) -> None:
    together = set_of(api, part(item_of(api, None)), part(item_of(api, 200)))
    body = {"visit_id": visit_of(api), "payment": "cash", "lines": [line(together)]}
    assert api.post("/v1/sales", body, role="crew").faults == {"/lines/0": "price_missing"}


def test_items_have_an_icon_and_all_allergens_that_labels_name(api: Api) -> None:
    """食品表示基準 別表第14 as amended in April 2026 (くるみ 2023, カシューナッツ 2026), and 準ずるもの by notice: 9 and 20."""
    assert (len(MUST_BE_LABELLED), len(Allergen)) == (9, 29)
    assert set(ICONS) == set(ItemIcon)
    said = {
        "code": "NUT",
        "name": "ナッツ",
        "category": "sweets",
        "tax_category": "food",
        "allergens": ["cashew", "pistachio", "macadamia"],
        "icon": "cookie",
    }
    made = api.post("/v1/items", said).json
    assert (made["icon"], made["allergens"]) == ("cookie", said["allergens"])
    assert api.post("/v1/items", {**said, "code": "X", "icon": "beer"}).status == 422


def test_what_is_sold_out_comes_to_the_vans_phones_and_ends_with_the_day(api: Api) -> None:
    visit, item, other = visit_of(api), item_of(api, 100), item_of(api, 50)
    marked = api.post(f"/v1/items/{item}/sold-out", {"visit_id": visit}, role="crew")
    assert marked.status == 200, marked
    assert (marked.json["local_day"], marked.json["item_ids"]) == ("2026-11-28", [item])

    def held(van: Any = None) -> list[Any]:
        pulled = api.get("/v1/sync/pull", role="crew", van=van).json["items"]
        return [one["data"] for one in pulled if one["kind"] == "sold_out" and not one["gone"]]

    assert [(one["local_day"], one["item_ids"]) for one in held()] == [("2026-11-28", [item])]
    assert held(api.other_van) == []
    api.post(f"/v1/items/{other}/sold-out", {"visit_id": visit}, role="crew")
    api.post(f"/v1/items/{item}/sold-out", {"visit_id": visit, "sold_out": False}, role="crew")
    assert [one["item_ids"] for one in held()] == [[other]]
    # The next day's list says its own day: a phone that shows another one ignores it.
    tomorrow = visit_of(api, day=dt.date(2026, 11, 29))
    api.post(f"/v1/items/{item}/sold-out", {"visit_id": tomorrow}, role="crew")
    assert [(one["local_day"], one["item_ids"]) for one in held()] == [("2026-11-29", [item])]
    # What arrives late is of its own day, and changes today's nothing.
    api.post(f"/v1/items/{other}/sold-out", {"visit_id": visit}, role="crew")
    assert [one["item_ids"] for one in held()] == [[item]]
    listed = api.get("/v1/sold-out").json["items"]
    assert {one["van_id"]: one["item_ids"] for one in listed} == {
        str(api.van): [item],
        str(api.other_van): [],
    }


def test_nobody_marks_another_vans_shelf_or_what_is_not_there(api: Api) -> None:
    item, theirs = item_of(api, 100), visit_of(api, api.other_van)
    assert api.post(f"/v1/items/{item}/sold-out", {"visit_id": theirs}, role="crew").code == "visit_unknown"
    mine = {"visit_id": visit_of(api)}
    assert api.post(f"/v1/items/{new_id()}/sold-out", mine, role="crew").code == "item_unknown"


def test_keys_are_ordered_by_what_sells_at_this_kind_of_stop(api: Api) -> None:
    with api.database.write() as session:
        park = str(make_visit(session, van_id=api.van, stop=make_stop(session, kind="park")).id)
        temple = str(make_visit(session, van_id=api.van, stop=make_stop(session, kind="temple")).id)
    ice, tea = item_of(api, 100, code="B-ICE"), item_of(api, 100, code="A-TEA")
    gone = item_of(api, 100, code="C-OLD", active=False)
    never = item_of(api, 100, code="D-NEW")
    together = set_of(api, part(ice), part(tea))
    for visit, item, quantity in (
        (park, ice, 5),
        (park, tea, 2),
        (temple, tea, 9),
        (park, gone, 50),
        (park, together, 1),
    ):
        body = {"visit_id": visit, "payment": "cash", "lines": [line(item, quantity)]}
        sale = api.post("/v1/sales", body, role="crew").json["id"]
    wrong = {"visit_id": park, "payment": "cash", "lines": [line(never, 90)]}
    sale = api.post("/v1/sales", wrong, role="crew").json["id"]
    api.post(f"/v1/sales/{sale}/void", {"reason": "x"}, role="crew")

    def keys(**query: Any) -> list[tuple[str, int]]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        shown = api.get(f"/v1/items/quick-keys?{asked}", role="crew").json["items"]
        return [(key["code"], key["sold"]) for key in shown]

    assert keys(stop_kind="park") == [("B-ICE", 5), ("A-TEA", 2), ("SET1", 1), ("D-NEW", 0)]
    assert keys(stop_kind="temple", limit=1) == [("A-TEA", 9)]
    assert keys()[0] == ("A-TEA", 11)


def test_phones_know_the_rule_under_which_children_get_something_free(api: Api) -> None:
    rules = api.get("/v1/sync/pull", role="crew").json["rules"]
    assert (rules["free_rule"], rules["tax_rounding"]) == (None, "floor")

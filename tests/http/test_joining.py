"""Two crews at one visit: which departure stands, and what remains of two visits that were one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from outreach_api.kernel.ids import visit_id_of
from tests.api import Answer, Api
from tests.http.test_sales import totals
from tests.http.test_sync import operation, push, results
from tests.planning import agreed_stop, draft, publish, stay
from tests.telling import PAPER, assert_exact, choose, count, merge, open_here, sell, stop_of, warned

THREE, FOUR = "2026-11-28T06:00:00Z", "2026-11-28T07:00:00Z"


@pytest.fixture(autouse=True)
def exact(api: Api) -> Iterator[None]:
    """Whatever a test here does, totals follow from what counts, and nothing counts twice."""
    yield
    assert_exact(api)


def close(api: Api, visit: str, at: str | None = None, **more: Any) -> Answer:
    return api.post(f"/v1/visits/{visit}/close", {**({"closed_at": at} if at else {}), **more}, role="crew")


def test_a_conflict_of_departures_says_the_time_that_stands_as_watches_show_it(api: Api) -> None:
    visit = open_here(api, stop_of(api))
    close(api, visit, THREE)
    other = api.send(
        "POST",
        f"/v1/visits/{visit}/close",
        {"closed_at": FOUR},
        role="crew",
        headers={"Accept-Language": "ja"},
    )
    assert (other.status, other.code) == (409, "visit_already_closed")
    assert "2026-11-28 15:00" in other.json["detail"]
    cancelled = api.post(f"/v1/visits/{visit}/cancel", {"reason": "rain"}, role="crew")
    assert (cancelled.status, cancelled.code) == (409, "visit_already_closed")
    assert "15:00" in cancelled.json["detail"]
    assert api.get(f"/v1/visits/{visit}").json["closed_at"] == THREE


def test_two_phones_that_close_within_a_minute_tell_of_one_departure(api: Api) -> None:
    visit = open_here(api, stop_of(api))
    close(api, visit, THREE)
    assert close(api, visit, "2026-11-28T06:00:59Z").json["closed_at"] == THREE
    assert close(api, visit, "2026-11-28T06:01:00Z").code == "visit_already_closed"


@pytest.mark.parametrize("first", [None, "rain"])
def test_an_equal_departure_adds_the_reason_that_the_first_one_lacked(api: Api, first: str | None) -> None:
    visit = open_here(api, stop_of(api))
    close(api, visit, THREE, early_reason=first)
    second = close(api, visit, THREE, early_reason="rain" if first is None else None)
    assert (second.status, second.json["cancel_reason"]) == (200, "rain")
    assert close(api, visit, THREE, early_reason="wind").code == "visit_already_closed"


def test_a_phone_that_left_before_it_came_by_its_clock_is_flagged_and_not_refused(api: Api) -> None:
    visit = open_here(api, stop_of(api), opened_at="2026-11-28T01:00:00Z")
    departure = operation("visit.close", {}, entity_id=visit, occurred_at="2026-11-28T00:30:00Z")
    assert results(push(api, departure)) == [("applied", None)]
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["closed_at"], shown["clock_suspect"]) == ("2026-11-28T01:00:00Z", True)
    other = open_here(api, stop_of(api), opened_at="2026-11-28T01:00:00Z")
    typed = close(api, other, "2026-11-28T00:30:00Z")
    assert (typed.status, typed.faults) == (422, {"/closed_at": "wrong_order"})


@pytest.mark.parametrize("later_joins", [True, False])
def test_joined_visits_last_from_the_first_arrival_to_the_last_departure(api: Api, later_joins: bool) -> None:
    stop = stop_of(api)
    early = open_here(api, stop, opened_at="2026-11-28T01:00:00Z")
    late = open_here(api, stop, opened_at="2026-11-28T02:00:00Z")
    close(api, early, THREE)
    close(api, late, FOUR, early_reason="rain")
    joined = merge(api, late, early) if later_joins else merge(api, early, late)
    shown = joined.json
    assert (shown["opened_at"], shown["closed_at"]) == ("2026-11-28T01:00:00Z", FOUR)
    assert (shown["status"], shown["cancel_reason"]) == ("closed", "rain")


def test_a_departure_of_a_duplicate_that_comes_after_the_join_meets_the_same_rule(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop)
    close(api, kept, THREE)
    merge(api, joining, kept)
    assert close(api, joining, THREE).json["id"] == kept
    assert close(api, joining, FOUR).code == "visit_already_closed"
    late = count(api, joining, {"adult": 2})
    assert (late.json["id"], late.json["attendance"]["total"]) == (kept, 2)


def test_a_cancelled_duplicate_joins_a_visit_that_was_held_and_changes_nothing(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop)
    count(api, kept, {"adult": 2})
    assert api.post(f"/v1/visits/{joining}/cancel", {"reason": "rain"}, role="crew").status == 200
    shown = merge(api, joining, kept).json
    assert (shown["status"], shown["cancel_reason"], shown["attendance"]["total"]) == ("open", None, 2)


def test_heads_that_came_to_a_cancelled_duplicate_go_along_and_the_visit_was_held(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop)
    for visit in (kept, joining):
        assert api.post(f"/v1/visits/{visit}/cancel", {"reason": "rain"}, role="crew").status == 200
    count(api, joining, {"adult": 2})
    shown = merge(api, joining, kept).json
    assert (shown["status"], shown["cancel_reason"], shown["attendance"]["total"]) == ("open", None, 2)


def test_families_hear_that_the_van_came_after_all_when_the_visit_that_shows_it_is_joined(api: Api) -> None:
    plan = draft(api, stay(agreed_stop(api)))
    assert publish(api, plan).status == 200
    plan_stop = plan.json["stops"][0]
    planned = str(visit_id_of(uuid.UUID(plan_stop["id"])))
    called_off = {"reason": "rain", "plan_stop_id": plan_stop["id"]}
    assert api.post(f"/v1/visits/{planned}/cancel", called_off, role="crew").status == 200
    there = open_here(api, plan_stop["stop_id"], opened_at="2026-11-28T01:00:00Z")

    def announced() -> list[str]:
        entries = api.get("/v1/public/timetable.json", role=None).json["entries"]
        return [entry["status"] for entry in entries]

    assert announced() == ["cancelled"]
    assert merge(api, there, planned).json["status"] == "open"
    assert announced() == ["open"]


def test_a_visit_is_never_joined_to_itself_or_twice_or_in_a_circle(api: Api) -> None:
    stop = stop_of(api)
    first, second, third = (open_here(api, stop) for _ in range(3))

    def refused(joining: str, kept: str) -> Any:
        version = api.get(f"/v1/visits/{joining}").json["version"]
        return api.post(f"/v1/visits/{joining}/merge", {"into": kept}, version=version).code

    assert refused(first, first) == "invalid"
    merge(api, first, second)
    assert refused(first, third) == refused(second, first) == refused(third, first) == "visit_merged"
    merge(api, second, third)
    assert api.get(f"/v1/visits/{first}").json["merged_into"] == third


def test_visits_of_another_day_or_a_planned_one_are_not_joined_away(api: Api) -> None:
    stop = stop_of(api)
    kept = open_here(api, stop)
    day = (dt.date(2026, 11, 28) - dt.timedelta(days=1)).isoformat()
    elsewhere = open_here(api, stop, local_day=day)
    answer = api.post(f"/v1/visits/{elsewhere}/merge", {"into": kept}, version=1)
    assert (answer.status, answer.code) == (409, "visit_not_duplicate")


def test_joining_two_visits_that_were_both_typed_in_from_paper_asks_for_a_look(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = (open_here(api, stop, role="coordinator", **PAPER) for _ in range(2))
    for visit in (kept, joining):
        count(api, visit, {"adult": 30}, role="coordinator")
    joined = merge(api, joining, kept)
    assert (warned(joined), joined.json["attendance"]["total"]) == (["both_on_paper"], 60)


def test_a_receipt_of_the_chosen_telling_that_is_voided_after_a_merge_counts_no_more(api: Api) -> None:
    stop = stop_of(api)
    kept, joining = open_here(api, stop), open_here(api, stop, role="coordinator", **PAPER)
    sell(api, kept, 300)
    paper = sell(api, joining, 500, role="coordinator", payment="ticket", ticket_count=5).json["id"]
    merge(api, joining, kept)
    choose(api, kept, receipts="paper")
    assert api.get("/v1/tickets/balance").json["redeemed"] == 5
    assert api.post(f"/v1/sales/{paper}/void", {"reason": "打ち間違い"}).status == 201
    assert api.get("/v1/tickets/balance").json["redeemed"] == 0
    assert totals(api, kept) == {("sales_count", "cash"): 1, **_cash(300)}


def _cash(yen: int) -> dict[tuple[str, str], int]:
    return {
        ("sales_payment_yen", "cash"): yen,
        ("sales_category_yen", "sweets"): yen,
        ("tax_yen", "8"): yen * 8 // 108,
    }


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_chain_of_merges_ends_in_one_visit_told_twice(api: Api, order: tuple[str, str]) -> None:
    stop = stop_of(api)
    phone, last = open_here(api, stop), open_here(api, stop)
    paper = open_here(api, stop, role="coordinator", **PAPER)
    count(api, phone, {"adult": 2})
    count(api, paper, {"adult": 30}, role="coordinator")
    count(api, last, {"adult": 5})
    steps = (
        {"a": (phone, last), "b": (paper, last)}
        if order[0] == "b"
        else {"a": (phone, paper), "b": (paper, last)}
    )
    for step in order:
        merge(api, *steps[step])
    shown = api.get(f"/v1/visits/{last}").json["attendance"]
    assert (shown["by_band"], shown["held_back"]) == ({"adult": 7}, {"adult": 30})
    count(api, phone, {"adult": 1})
    count(api, paper, {"adult": 1}, role="coordinator")
    shown = api.get(f"/v1/visits/{last}").json["attendance"]
    assert (shown["by_band"], shown["held_back"]) == ({"adult": 8}, {"adult": 31})
    asked = api.get(f"/v1/visits/{paper}/tellings").json
    assert asked["visit_id"] == last
    assert api.post(f"/v1/visits/{paper}/telling", {"heads": "app"}, version=2).code in (
        "visit_merged",
        "stale",
    )

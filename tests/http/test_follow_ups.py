"""Follow-ups and stamp cards through HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from tests.api import Answer, Api
from tests.http.test_contact_notes import totals, visit_of, write_note
from tests.http.test_sync import operation, push, results
from tests.make import make_stop


def stop_of(api: Api) -> str:
    with api.database.write() as session:
        return str(make_stop(session).id)


def promise(api: Api, *, due: str = "2026-12-26", **fields: Any) -> Answer:
    body = {"promise": "bring_info", "due_day": due, **fields}
    body.setdefault("visit_id", visit_of(api))
    body.setdefault("due_stop_id", stop_of(api))
    return api.post("/v1/follow-ups", body, role="crew")


def report(api: Api, follow_up: str, role: str = "crew", **body: Any) -> Answer:
    return api.post(f"/v1/follow-ups/{follow_up}/reports", body, role=role)


def found(api: Api, query: str, role: str = "crew") -> list[str]:
    return [item["id"] for item in api.get(f"/v1/follow-ups?{query}", role=role).json["items"]]


def test_a_promise_is_due_at_a_stop_on_a_day(api: Api) -> None:
    stop = stop_of(api)
    made = promise(api, due_stop_id=stop, card_word="つばめ27")
    assert made.status == 201, made
    assert (made.json["due_stop_id"], made.json["due_day"]) == (stop, "2026-12-26")
    assert (made.json["card_word"], made.json["local_day"]) == ("つばめ27", "2026-11-28")
    assert api.get(f"/v1/follow-ups/{made.json['id']}", role="coordinator").json["result"] is None


def test_the_crew_finds_what_is_due_at_its_stop(api: Api) -> None:
    stop = stop_of(api)
    late = promise(api, due_stop_id=stop, due="2026-12-26").json["id"]
    soon = promise(api, due_stop_id=stop, due="2026-12-05").json["id"]
    elsewhere = promise(api, due="2026-12-05").json["id"]
    assert found(api, f"due_stop_id={stop}") == [soon, late]
    assert sorted(found(api, "due_from=2026-12-01&due_to=2026-12-10")) == sorted([soon, elsewhere])


def test_a_promise_is_due_then_overdue_then_met(api: Api) -> None:
    follow_up = promise(api, due="2026-12-05").json["id"]
    api.clock.now = dt.datetime(2026, 12, 5, 14, 59, tzinfo=dt.UTC)  # still the due day in Tokyo
    assert (found(api, "state=due"), found(api, "state=overdue")) == ([follow_up], [])
    api.clock.forward(minutes=1)
    assert found(api, "state=overdue") == [follow_up]
    visit = visit_of(api, day=dt.date(2026, 12, 6))
    met = report(api, follow_up, result="met", visit_id=visit)
    assert met.status == 201, met
    assert (met.json["result"], met.json["reports"][0]["local_day"]) == ("met", "2026-12-06")
    assert (found(api, "state=due"), found(api, "state=overdue")) == ([], [])
    assert found(api, "state=met") == [follow_up]


def test_the_last_report_counts(api: Api) -> None:
    follow_up = promise(api).json["id"]
    missed = report(api, follow_up, result="not_met", local_day="2026-12-26")
    assert (missed.json["result"], found(api, "state=not_met")) == ("not_met", [follow_up])
    met = report(api, follow_up, result="met", visit_id=visit_of(api))
    assert met.json["result"] == "met"
    assert [line["result"] for line in met.json["reports"]] == ["not_met", "met"]


def test_who_was_met_was_met_at_a_visit(api: Api) -> None:
    follow_up = promise(api).json["id"]
    assert report(api, follow_up, result="met").faults == {"": "met_where"}
    assert report(api, follow_up, result="met", visit_id=str(new_id())).code == "visit_unknown"


def test_another_vans_promise_does_not_exist_for_crew(api: Api) -> None:
    body = {
        "visit_id": visit_of(api, van=api.other_van),
        "due_stop_id": stop_of(api),
        "promise": "other",
        "due_day": "2026-12-26",
    }
    other = api.post("/v1/follow-ups", body, role="coordinator").json["id"]
    assert found(api, "") == []
    assert found(api, "", role="coordinator") == [other]
    assert api.get(f"/v1/follow-ups/{other}", role="crew").status == 404
    assert report(api, other, result="not_met").code == "follow_up_unknown"
    assert api.post("/v1/follow-ups", body, role="crew").code == "visit_unknown"


def test_a_promise_may_name_a_note_of_the_own_van_only(api: Api) -> None:
    assert promise(api, note_id=write_note(api, visit_of(api))).status == 201
    other = write_note(api, visit_of(api, van=api.other_van), role="coordinator")
    assert promise(api, note_id=other).code == "note_unknown"


@pytest.mark.parametrize("role", ["reporter", "admin"])
def test_others_see_no_follow_ups(api: Api, role: str) -> None:
    assert api.get("/v1/follow-ups", role=role).status == 403


def test_a_promise_reaches_the_phones_of_its_own_van(api: Api) -> None:
    follow_up = promise(api, card_word="つばめ27").json["id"]
    assert follow_up in api.get("/v1/sync/pull", role="crew").text
    assert follow_up not in api.get("/v1/sync/pull", role="crew", van=api.other_van).text


def test_promise_and_report_go_in_one_push(api: Api) -> None:
    visit = visit_of(api)
    promised = operation(
        "follow_up.promise",
        {"visit_id": visit, "promise": "ask_expert", "due_day": "2026-11-28", "due_stop_id": stop_of(api)},
    )
    kept = operation(
        "follow_up.report", {"follow_up_id": promised["entity_id"], "result": "met", "visit_id": visit}
    )
    assert results(push(api, kept, promised)) == [("applied", None)] * 2
    assert results(push(api, kept, promised)) == [("duplicate", None)] * 2
    assert len(api.get(f"/v1/follow-ups/{promised['entity_id']}").json["reports"]) == 1


@pytest.mark.parametrize(
    ("field", "value", "path"),
    [
        ("card_word", "はなちゃん12", "/card_word"),
        ("card_word", "つばめ", "/card_word"),
        ("card_word", "つばめ２７", "/card_word"),
        ("due", "2026-11-27", "/due_day"),
        ("due", "2028-01-01", "/due_day"),
        ("promise", "call the mother", "/promise"),
        ("due_stop_id", "01234567-89ab-4cde-8f01-23456789abcd", "/due_stop_id"),
    ],
)
def test_a_faulty_promise_is_refused_by_its_field(api: Api, field: str, value: str, path: str) -> None:
    answer = promise(api, **{field: value})
    assert answer.status == 422
    assert set(answer.faults) == {path}


def mark(api: Api, visit: str, card: str, **kwargs: Any) -> Answer:
    return api.post("/v1/stamp-cards", {"visit_id": visit, "card": card}, role="crew", **kwargs)


def test_the_same_card_twice_at_one_visit_is_one_mark(api: Api) -> None:
    visit = visit_of(api)
    first, again = mark(api, visit, "7K3QX9"), mark(api, visit, "7K3QX9")
    assert first.status == 201, first
    assert again.json == first.json
    assert mark(api, visit, "7K3QX8").status == 201
    assert mark(api, visit_of(api), "7K3QX9").json["id"] != first.json["id"]
    assert totals(api, visit) == {("stamps", ""): 2}


def test_two_phones_stamp_the_same_cards_in_bulk(api: Api) -> None:
    visit = visit_of(api)
    cards = [{"visit_id": visit, "card": f"00000{n}"} for n in (0, 1, 2, 2, 1)]
    assert results(push(api, *(operation("stamp.mark", card) for card in cards))) == [("applied", None)] * 5
    other = api.token("crew", another=True)
    answer = push(api, *(operation("stamp.mark", card) for card in cards[:2]), token=other)
    assert results(answer) == [("applied", None)] * 2
    assert totals(api, visit) == {("stamps", ""): 3}


@pytest.mark.parametrize(
    "card", ["7k3qx9", "7K3QX", "7K3QX99", "7K3QXI", "OOOOOO", "はなちゃん１２", "７K3QX9", 123456]
)
def test_a_card_number_has_one_form(api: Api, card: Any) -> None:
    assert mark(api, visit_of(api), card).faults.keys() == {"/card"}


def test_a_card_at_another_vans_visit_is_refused(api: Api) -> None:
    assert mark(api, visit_of(api, van=api.other_van), "7K3QX9").code == "visit_unknown"


def test_card_holders_are_estimated_and_no_card_is_listed(api: Api) -> None:
    early, late = visit_of(api), visit_of(api, day=dt.date(2026, 12, 26))
    first = [f"A{n:05d}" for n in range(40)]
    second = first[:12] + [f"B{n:05d}" for n in range(23)]
    operations = [operation("stamp.mark", {"visit_id": early, "card": card}) for card in first]
    operations += [operation("stamp.mark", {"visit_id": late, "card": card}) for card in second]
    push(api, *operations)
    path = "/v1/stamp-cards?from_day=2026-11-01&split_day=2026-12-01&to_day=2026-12-31"
    shown = api.get(path, role="reporter")
    assert shown.json == {
        "first": 40,
        "second": 35,
        "both": 12,
        "method": "chapman",
        "estimate": 112.5,
        "standard_error": 20.0,
        "low": 73.3,
        "high": 151.8,
    }
    assert "A00001" not in shown.text
    assert api.get(path, role="crew").status == 403


def test_too_few_cards_seen_again_give_no_estimate(api: Api) -> None:
    path = "/v1/stamp-cards?from_day=2026-11-01&split_day=2026-12-01&to_day=2026-12-31"
    shown = api.get(path).json
    assert (shown["both"], shown["estimate"], shown["low"]) == (0, None, None)
    backwards = "/v1/stamp-cards?from_day=2026-12-01&split_day=2026-11-01&to_day=2026-12-31"
    assert api.get(backwards).faults == {"?split_day": "wrong_order"}


def test_what_was_reported_at_a_visit_follows_the_correction_of_its_day(api: Api) -> None:
    follow_up = promise(api).json["id"]
    visit = visit_of(api)
    assert report(api, follow_up, result="met", visit_id=visit).status == 201
    fixed = api.patch(f"/v1/visits/{visit}", {"local_day": "2026-12-19"}, version=1)
    assert fixed.status == 200, fixed
    told = api.get(f"/v1/follow-ups/{follow_up}").json["reports"]
    assert [one["local_day"] for one in told] == ["2026-12-19"]

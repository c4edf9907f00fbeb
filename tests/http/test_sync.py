"""Push and pull through HTTP."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.kernel.ids import new_id
from outreach_api.settings import Settings
from outreach_api.storage import migrate
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from outreach_api.sync.feed import FEEDS
from tests.api import Answer, Api, StandingClock
from tests.make import make_stop, make_visit


def operation(kind: str, payload: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    return {
        "op_id": str(new_id()),
        "kind": kind,
        "v": 1,
        "entity_id": str(new_id()),
        "occurred_at": "2026-11-28T02:00:00Z",
        "payload": payload,
        **envelope,
    }


def push(api: Api, *operations: Any, sent_at: str = "2026-11-28T03:00:00Z", **kwargs: Any) -> Answer:
    body = {"sent_at": sent_at, "operations": list(operations)}
    return api.post("/v1/sync/push", body, role=kwargs.pop("role", "crew"), **kwargs)


def results(answer: Answer) -> list[tuple[str, str | None]]:
    assert answer.status == 200, answer
    return [(line["result"], line["code"]) for line in answer.json["results"]]


def stop_of(api: Api) -> str:
    with api.database.write() as session:
        return str(make_stop(session).id)


def test_a_whole_visit_goes_in_one_push_whatever_its_order(api: Api) -> None:
    visit = str(new_id())
    answer = push(
        api,
        operation("visit.close", {}, entity_id=visit, occurred_at="2026-11-28T02:30:00Z"),
        operation("head_count.add", {"visit_id": visit, "counts": {"elem_low": 4}}),
        operation("hygiene.log", {"visit_id": visit, "check": "water", "passed": True}),
        operation(
            "visit.open", {"stop_id": stop_of(api)}, entity_id=visit, occurred_at="2026-11-28T01:00:00Z"
        ),
    )
    assert results(answer) == [("applied", None)] * 4
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["status"], shown["attendance"]["total"]) == ("closed", 4)


def test_a_cancellation_sees_what_was_counted_in_the_same_push(api: Api) -> None:
    visit = str(new_id())
    answer = push(
        api,
        operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit),
        operation("head_count.add", {"visit_id": visit, "counts": {"elem_low": 4}}),
        operation("visit.cancel", {"reason": "rain"}, entity_id=visit),
    )
    assert results(answer) == [("applied", None), ("applied", None), ("conflict", "visit_has_facts")]


def test_a_visit_that_is_joined_in_the_push_that_counted_at_it_takes_its_counts_along(api: Api) -> None:
    visit, twin, stop = str(new_id()), str(new_id()), stop_of(api)
    answer = push(
        api,
        *(
            operation("visit.open", {"stop_id": stop, "van_id": str(api.van)}, entity_id=one)
            for one in (visit, twin)
        ),
        operation("head_count.add", {"visit_id": twin, "counts": {"infant": 2}}),
        operation("visit.merge", {"into": visit}, entity_id=twin, base_version=1),
        role="coordinator",
    )
    assert results(answer) == [("applied", None)] * 4
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 2
    assert api.get(f"/v1/visits/{twin}").json["attendance"]["total"] == 0


def test_a_resent_push_changes_nothing_and_answers_the_same(api: Api) -> None:
    with api.database.write() as session:
        visit = str(make_visit(session, van_id=api.van).id)
    sent = [
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}),
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": "x"}}),
    ]
    first, again = push(api, *sent), push(api, *sent)
    assert results(first) == [("applied", None), ("rejected", "invalid")]
    assert results(again) == [("duplicate", None), ("duplicate", "invalid")]
    assert [line["original"] for line in again.json["results"]] == ["applied", "rejected"]
    assert again.json["results"][1]["errors"] == first.json["results"][1]["errors"]
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 1


def test_bad_items_never_change_their_neighbours(api: Api) -> None:
    with api.database.write() as session:
        visit = str(make_visit(session, van_id=api.van).id)
        foreign = str(make_visit(session, van_id=api.other_van).id)
    answer = push(
        api,
        "rubbish",
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}),
        {"op_id": str(new_id()), "kind": "head_count.add"},
        operation("head_count.add", {"visit_id": foreign, "counts": {"infant": 1}}),
        operation("moon.landing", {}),
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}, v=2),
        operation(
            "stop.add", {"code": "X", "name": "X", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}}
        ),
        operation("person.add", {"name": "A", "role": "crew"}),
        operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}, surprise=1),
    )
    assert results(answer) == [
        ("rejected", "malformed"),
        ("applied", None),
        ("rejected", "malformed"),
        ("retry", "visit_unknown"),
        ("retry", "upgrade_needed"),
        ("retry", "upgrade_needed"),
        ("rejected", "forbidden"),
        ("rejected", "not_by_push"),
        ("rejected", "malformed"),
    ]
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 1


def test_a_phone_that_forgot_its_numbers_holds_nobody_up(api: Api) -> None:
    """Known entities under new operation ids: each is refused, what is new goes in, and the lock is short."""
    with api.database.write() as session:
        visit = str(make_visit(session, van_id=api.van).id)
    sent = [operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}) for _ in range(100)]
    push(api, *sent)
    again = [{**item, "op_id": str(new_id())} for item in sent]
    fresh = [operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}}) for _ in range(2)]
    fresh.append({**fresh[0], "op_id": str(new_id())})
    savepoints = []

    def note(_c: Any, _cu: Any, statement: str, *_rest: Any) -> None:
        savepoints.append(statement.startswith("SAVEPOINT"))

    engine = api.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = push(api, *again[:50], *fresh, *again[50:])
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    expected = [("conflict", "already_exists")] * 103
    expected[50:52] = [("applied", None)] * 2
    assert results(answer) == expected
    assert 1 <= sum(savepoints) <= 4
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 102


def test_a_wrong_clock_moves_no_fact_to_another_day(api: Api) -> None:
    visit = str(new_id())
    answer = push(
        api,
        operation(
            "visit.open", {"stop_id": stop_of(api)}, entity_id=visit, occurred_at="2025-11-20T02:00:00Z"
        ),
        sent_at="2025-11-20T03:00:00Z",
    )
    assert answer.json["clock_suspect"] is True
    shown = api.get(f"/v1/visits/{visit}").json
    assert (shown["local_day"], shown["clock_suspect"]) == ("2026-11-28", True)


def test_facts_pushed_before_their_visit_may_be_sent_again(api: Api) -> None:
    visit = str(new_id())
    tap = operation("head_count.add", {"visit_id": visit, "counts": {"infant": 1}})
    assert results(push(api, tap)) == [("retry", "visit_unknown")]
    push(api, operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit))
    assert results(push(api, tap)) == [("applied", None)]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"sent_at": "yesterday", "operations": []},
        {"sent_at": "2026-11-28T03:00:00Z", "operations": [1] * 501},
        {"sent_at": "2026-11-28T03:00:00Z", "operations": {}, "x": 1},
    ],
)
def test_a_push_that_is_none_is_refused_whole(api: Api, body: Any) -> None:
    assert api.post("/v1/sync/push", body, role="crew").status == 422


def pull_all(
    api: Api, limit: int = 2, cursor: str | None = None, **who: Any
) -> tuple[list[dict[str, Any]], str]:
    items: list[dict[str, Any]] = []
    while True:
        answer = api.get(
            f"/v1/sync/pull?limit={limit}" + (f"&cursor={cursor}" if cursor else ""),
            **({"role": "crew"} | who),
        )
        assert answer.status == 200, answer
        items += answer.json["items"]
        cursor = answer.json["cursor"]
        if not answer.json["more"]:
            return items, str(cursor)


def test_a_pull_gives_each_thing_once_in_its_latest_state(api: Api) -> None:
    stops = [
        api.post(
            "/v1/stops",
            {"code": f"K{n}", "name": f"停{n}", "kind": "park", "position": {"lat": 35.8, "lon": 139.9}},
        ).json
        for n in range(5)
    ]
    items, cursor = pull_all(api)
    assert {item["id"] for item in items} == {stop["id"] for stop in stops}
    api.patch(f"/v1/stops/{stops[1]['id']}", {"name": "新しい名"}, version=1)
    api.patch(f"/v1/stops/{stops[1]['id']}", {"weight": 3}, version=2)
    news, cursor = pull_all(api, cursor=cursor)
    assert [(item["id"], item["data"]["name"], item["data"]["weight"]) for item in news] == [
        (stops[1]["id"], "新しい名", 3)
    ]
    assert pull_all(api, cursor=cursor)[0] == []


def test_a_pull_shows_only_what_this_device_may_see(api: Api) -> None:
    with api.database.write() as session:
        stop = make_stop(session, host_contact="047-000-0000")
        mine, foreign = (
            make_visit(session, van_id=api.van, stop=stop),
            make_visit(session, van_id=api.other_van),
        )
    for visit in (mine, foreign):
        api.post(f"/v1/visits/{visit.id}/head-counts", {"counts": {"adult": 1}})
    api.patch(f"/v1/stops/{stop.id}", {"weight": 1}, version=1)
    items, _ = pull_all(api)
    assert {(item["kind"], item["id"]) for item in items} == {("visit", str(mine.id)), ("stop", str(stop.id))}
    assert all(item["data"].get("host") is None for item in items)


def test_a_cursor_of_another_scope_or_epoch_asks_for_a_full_resync(api: Api) -> None:
    stop_of(api)
    _, cursor = pull_all(api)
    answer = api.get(f"/v1/sync/pull?cursor={cursor}", role="crew", van=api.other_van)
    assert (answer.status, answer.code) == (410, "resync_needed")
    assert api.get(f"/v1/sync/pull?cursor={cursor}x", role="crew").status == 422


def test_reporters_have_nothing_to_sync(api: Api) -> None:
    assert push(api, role="reporter").code == "forbidden"
    assert api.get("/v1/sync/pull", role="reporter").code == "forbidden"


def test_a_push_of_an_hour_ago_keeps_when_it_happened(api: Api) -> None:
    visit = str(new_id())
    push(api, operation("visit.open", {"stop_id": stop_of(api)}, entity_id=visit))
    opened = dt.datetime.fromisoformat(api.get(f"/v1/visits/{visit}").json["opened_at"])
    assert api.clock() - opened == dt.timedelta(hours=1)


def test_a_new_phone_pulls_what_an_offline_day_needs(empty_engine_url: str, keyring: Keyring) -> None:
    """Of a database that nobody has filled in yet: the tax rates, and whom to call when a child is in danger."""
    database = Database(empty_engine_url)
    migrate.upgrade(database)
    now = StandingClock(dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC))
    api = Api(create_app(Settings(), database=database, keyring=keyring, now=now), database, now)
    items, _ = pull_all(api)
    pulled = {item["kind"]: item["data"] for item in items}
    assert set(pulled) == {"tax_rates", "safety_card"}
    assert {number["phone"] for number in pulled["safety_card"]["emergency"]} >= {"110", "189"}
    database.close()


def test_every_announced_kind_can_be_pulled(api: Api) -> None:
    announced = {
        word
        for path in Path("outreach_api").rglob("*.py")
        for word in re.findall(r'Announce\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert announced == set(FEEDS)


def test_a_draft_is_not_on_phones_until_it_is_published(api: Api) -> None:
    stop = stop_of(api)
    stops = [{"stop_id": stop, "arrive": "10:00", "depart": "12:00", "announce": False}]
    plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": "2026-12-05", "stops": stops}).json
    crew = {item["id"]: item["gone"] for item in pull_all(api)[0]}
    assert plan["id"] not in crew, "what was never there is not told to be gone"
    coordinator = {item["id"]: item["gone"] for item in pull_all(api, role="coordinator")[0]}
    assert coordinator[plan["id"]] is False

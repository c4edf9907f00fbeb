"""Visits through HTTP: arrival, head counts, departure, cancellation, corrections."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.kernel.week import IsoWeek
from outreach_api.ledger import recount
from outreach_api.storage.ledger import VisitTotal
from outreach_api.storage.plans import Plan, PlanStop
from outreach_api.storage.visits import HeadCount, Visit
from tests.api import Answer, Api
from tests.http.test_sync import operation, push, results
from tests.make import MADE_AT, make_item, make_stop, make_visit

DAY = dt.date(2026, 11, 28)


def make_plan_stop(
    session: Session, api: Api, *, van: uuid.UUID | None = None, status: str = "published"
) -> uuid.UUID:
    plan_id, plan_stop_id = new_id(), new_id()
    session.add(
        Plan(
            id=plan_id,
            version=1,
            change_no=0,
            created_at=MADE_AT,
            van_id=van or api.van,
            local_day=DAY,
            iso_week=IsoWeek.of(DAY).as_int,
            status=status,
            revision=1,
        )
    )
    session.flush()
    session.add(
        PlanStop(
            id=plan_stop_id,
            plan_id=plan_id,
            position=0,
            stop_id=make_stop(session).id,
            arrive=dt.time(10),
            depart=dt.time(13),
            announce=True,
            host_asked=True,
            removed=False,
        )
    )
    session.flush()
    return plan_stop_id


def open_ad_hoc(api: Api, role: str = "crew") -> Answer:
    with api.database.write() as session:
        stop_id = str(make_stop(session).id)
    body = {"stop_id": stop_id} | ({} if role == "crew" else {"van_id": str(api.van)})
    return api.post("/v1/visits", body, role=role)


def test_two_phones_that_open_one_planned_visit_open_the_same(api: Api, session: Session) -> None:
    plan_stop = make_plan_stop(session, api)
    session.commit()
    first = api.post("/v1/visits", {"plan_stop_id": str(plan_stop)}, role="crew")
    second = api.post(
        "/v1/visits",
        {"plan_stop_id": str(plan_stop), "opened_at": "2026-11-28T01:00:00Z"},
        token=api.token("crew", another=True),
    )
    assert first.json["id"] == second.json["id"] == str(visit_id_of(plan_stop))
    assert second.json["opened_at"] == "2026-11-28T01:00:00Z"
    assert (first.json["local_day"], first.json["iso_week"]) == ("2026-11-28", "2026-W48")
    assert len(api.get("/v1/visits").json["items"]) == 1


def test_head_counts_of_two_phones_add_up_and_mis_taps_come_off(api: Api) -> None:
    visit = open_ad_hoc(api).json["id"]
    path = f"/v1/visits/{visit}/head-counts"
    api.post(path, {"counts": {"elem_low": 3, "guardian": 1}}, role="crew")
    api.post(path, {"counts": {"elem_low": 2}}, token=api.token("crew", another=True))
    last = api.post(path, {"counts": {"elem_low": -1}}, role="crew")
    assert last.json["attendance"] == {
        "total": 5,
        "children": 4,
        "by_band": {"elem_low": 4, "guardian": 1},
        "held_back": {},
    }


def test_a_mis_tap_below_zero_is_said_and_kept(api: Api) -> None:
    visit = open_ad_hoc(api).json["id"]
    path = f"/v1/visits/{visit}/head-counts"
    assert api.post(path, {"counts": {"senior": 2}}, role="crew").json["warnings"] == []
    assert api.post(path, {"counts": {"senior": -2}}, role="crew").json["warnings"] == []
    below = api.post(path, {"counts": {"senior": -1, "adult": 1}}, role="crew").json
    assert [(w["path"], w["code"]) for w in below["warnings"]] == [("/counts/senior", "count_below_zero")]
    assert below["attendance"]["by_band"] == {"adult": 1, "senior": -1}


def test_a_thumb_on_tomorrows_line_is_noticed(api: Api, session: Session) -> None:
    plan_stop = make_plan_stop(session, api)
    session.commit()
    opened = {"plan_stop_id": str(plan_stop), "opened_at": "2026-11-27T01:00:00Z"}
    answer = api.post("/v1/visits", opened, role="crew")
    assert [w["code"] for w in answer.json["warnings"]] == ["opened_on_another_day"]
    assert answer.json["local_day"] == "2026-11-28"


def test_a_resent_tap_is_counted_once(api: Api) -> None:
    visit = open_ad_hoc(api).json["id"]
    key = new_id()
    for _ in range(3):
        answer = api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"infant": 1}}, role="crew", key=key)
    assert answer.json["attendance"]["total"] == 1


def test_the_first_close_counts_and_an_equal_one_is_no_conflict(api: Api, clock: object) -> None:
    visit = open_ad_hoc(api).json["id"]
    path = f"/v1/visits/{visit}/close"
    closed = api.post(path, {"closed_at": "2026-11-28T06:00:00Z"}, role="crew")
    assert (closed.status, closed.json["status"]) == (200, "closed")
    equal = api.post(path, {"closed_at": "2026-11-28T06:00:00Z"}, role="crew")
    assert equal.status == 200
    other = api.post(path, {"closed_at": "2026-11-28T06:05:00Z"}, role="crew")
    assert (other.status, other.code) == (409, "visit_already_closed")
    late = api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"senior": 2}}, role="crew")
    assert late.json["attendance"]["total"] == 2


def test_a_planned_visit_is_cancelled_with_its_reason(api: Api, session: Session) -> None:
    plan_stop = make_plan_stop(session, api)
    session.commit()
    visit = visit_id_of(plan_stop)
    cancelled = api.post(
        f"/v1/visits/{visit}/cancel", {"reason": "rain", "plan_stop_id": str(plan_stop)}, role="crew"
    )
    assert (cancelled.status, cancelled.json["status"], cancelled.json["cancel_reason"]) == (
        200,
        "cancelled",
        "rain",
    )


def test_a_visit_with_facts_is_not_cancelled(api: Api) -> None:
    visit = open_ad_hoc(api).json["id"]
    api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"adult": 1}}, role="crew")
    answer = api.post(f"/v1/visits/{visit}/cancel", {"reason": "rain"}, role="crew")
    assert (answer.status, answer.code) == (409, "visit_has_facts")


def test_another_vans_visits_do_not_exist_for_a_crew(api: Api, session: Session) -> None:
    visit = make_visit(session, van_id=api.other_van)
    plan_stop = make_plan_stop(session, api, van=api.other_van)
    session.commit()
    assert api.get(f"/v1/visits/{visit.id}", role="crew").status == 404
    counts = {"counts": {"adult": 1}}
    assert api.post(f"/v1/visits/{visit.id}/head-counts", counts, role="crew").status == 404
    assert api.post(f"/v1/visits/{visit.id}/close", {}, role="crew").status == 404
    assert api.post("/v1/visits", {"plan_stop_id": str(plan_stop)}, role="crew").status == 404
    assert api.get("/v1/visits", role="crew").json["items"] == []


def test_eight_on_a_monday_morning_in_tokyo_belongs_to_that_monday(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    answer = api.post("/v1/visits", {"stop_id": stop, "opened_at": "2026-11-29T23:00:00Z"}, role="crew")
    assert (answer.json["local_day"], answer.json["iso_week"]) == ("2026-11-30", "2026-W49")


def test_a_paper_visit_is_entered_for_its_day(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    body = {
        "stop_id": stop,
        "van_id": str(api.van),
        "local_day": "2026-11-20",
        "opened_at": "2026-11-20T01:00:00Z",
        "source": "paper",
    }
    answer = api.post("/v1/visits", body)
    assert (answer.json["source"], answer.json["local_day"]) == ("paper", "2026-11-20")


def test_a_visit_told_on_paper_and_by_its_phone_is_counted_once(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    body = {"stop_id": stop, "van_id": str(api.van), "local_day": "2026-11-20", "source": "paper"}
    visit = api.post("/v1/visits", body).json["id"]
    path = f"/v1/visits/{visit}/head-counts"
    api.post(path, {"counts": {"elem_low": 30, "adult": 8}, "source": "paper"})
    phone = api.post(path, {"counts": {"elem_low": 29}}, role="crew")
    assert [warning["code"] for warning in phone.json["warnings"]] == ["count_held_back"]
    assert phone.json["attendance"] == {
        "total": 38,
        "children": 30,
        "by_band": {"adult": 8, "elem_low": 30},
        "held_back": {"elem_low": 29},
    }


def test_a_correction_takes_the_facts_with_it(api: Api) -> None:
    visit = open_ad_hoc(api).json
    api.post(f"/v1/visits/{visit['id']}/head-counts", {"counts": {"infant": 2}}, role="crew")
    fixed = api.patch(f"/v1/visits/{visit['id']}", {"local_day": "2026-12-31"}, version=visit["version"])
    assert fixed.json["iso_week"] == "2026-W53"
    with api.database.read() as session:
        assert session.scalars(sa.select(HeadCount.iso_week)).all() == [202653]
        assert session.scalars(sa.select(VisitTotal.iso_week)).all() == [202653]


def test_a_duplicate_ad_hoc_visit_is_joined_and_late_facts_follow(api: Api) -> None:
    first, second = open_ad_hoc(api).json, open_ad_hoc(api).json
    for visit, heads in ((first, 2), (second, 3)):
        api.post(f"/v1/visits/{visit['id']}/head-counts", {"counts": {"infant": heads}}, role="crew")
    joined = api.post(f"/v1/visits/{second['id']}/merge", {"into": first["id"]}, version=second["version"])
    assert joined.status == 200, joined
    late = api.post(f"/v1/visits/{second['id']}/head-counts", {"counts": {"infant": 1}}, role="crew")
    assert late.status == 201
    assert api.get(f"/v1/visits/{first['id']}").json["attendance"]["total"] == 6


def joined_twin(api: Api) -> tuple[str, str]:
    """An open visit, and its duplicate that was merged into it."""
    first, second = open_ad_hoc(api).json, open_ad_hoc(api).json
    done = api.post(f"/v1/visits/{second['id']}/merge", {"into": first["id"]}, version=second["version"])
    assert done.status == 200, done
    return first["id"], second["id"]


def test_a_late_close_of_a_joined_duplicate_closes_the_visit_that_remained(api: Api) -> None:
    kept, twin = joined_twin(api)
    closed = api.post(f"/v1/visits/{twin}/close", {}, role="crew")
    assert (closed.json["id"], closed.json["status"]) == (kept, "closed")
    pulled = {item["id"]: item["gone"] for item in api.get("/v1/sync/pull", role="crew").json["items"]}
    assert (pulled[kept], pulled[twin]) == (False, True)


def test_a_late_arrival_at_a_joined_duplicate_leaves_it_gone(api: Api) -> None:
    kept, twin = joined_twin(api)
    with api.database.read() as session:
        stop = str(session.get_one(Visit, uuid.UUID(twin)).stop_id)
    arrival = operation("visit.open", {"stop_id": stop, "opened_at": "2026-11-28T01:00:00Z"}, entity_id=twin)
    assert results(push(api, arrival)) == [("applied", None)]
    assert api.get(f"/v1/visits/{kept}").json["opened_at"] == "2026-11-28T01:00:00Z"
    pulled = {item["id"]: item["gone"] for item in api.get("/v1/sync/pull", role="crew").json["items"]}
    assert pulled[twin]


def test_a_joined_duplicate_can_not_be_called_off(api: Api) -> None:
    kept, twin = joined_twin(api)
    refused = api.post(f"/v1/visits/{twin}/cancel", {"reason": "rain"}, role="crew")
    assert (refused.status, refused.code) == (409, "visit_merged")
    assert api.get(f"/v1/visits/{kept}").json["status"] == "open"


def test_joining_a_held_visit_to_one_that_another_phone_called_off_makes_that_held(api: Api) -> None:
    first, second = open_ad_hoc(api).json, open_ad_hoc(api).json
    assert api.post(f"/v1/visits/{first['id']}/cancel", {"reason": "rain"}, role="crew").status == 200
    api.post(f"/v1/visits/{second['id']}/head-counts", {"counts": {"infant": 3}}, role="crew")
    joined = api.post(f"/v1/visits/{second['id']}/merge", {"into": first["id"]}, version=second["version"])
    assert (joined.json["status"], joined.json["cancel_reason"]) == ("open", None)
    assert joined.json["attendance"]["total"] == 3


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({}, "nothing_counted"),
        ({"infant": 0}, "nothing_counted"),
        ({"infant": 1.0}, "not_whole"),
        ({"infant": "7"}, "not_whole"),
        ({"infant": 10**18}, "too_large"),
        ({"giants": 1}, "unknown_key"),
    ],
)
def test_bad_counts_are_refused(api: Api, counts: dict[str, object], code: str) -> None:
    visit = open_ad_hoc(api).json["id"]
    answer = api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts}, role="crew")
    assert answer.status == 422
    assert code in answer.faults.values()
    assert api.get(f"/v1/visits/{visit}").json["attendance"]["total"] == 0


def test_the_hygiene_log_wants_an_action_for_what_failed(api: Api) -> None:
    visit = open_ad_hoc(api).json["id"]
    path = f"/v1/visits/{visit}/hygiene"
    assert api.post(path, {"check": "fridge", "passed": True, "celsius": 4.5}, role="crew").status == 201
    failed = api.post(path, {"check": "freezer", "passed": False, "celsius": -2}, role="crew")
    assert failed.code == "invalid"
    assert [entry["celsius"] for entry in api.get(path).json["items"]] == [4.5]


def test_reporters_see_no_single_visit(api: Api) -> None:
    assert api.get("/v1/visits", role="reporter").code == "forbidden"


@pytest.mark.parametrize("kept_first", [True, False])
def test_a_paper_visit_and_the_phones_own_that_are_joined_count_once(
    api: Api, session: Session, kept_first: bool
) -> None:
    item = str(make_item(session, price_yen=100).id)
    stop = str(make_stop(session).id)
    session.commit()
    day = {"stop_id": stop, "van_id": str(api.van), "local_day": "2026-11-28"}
    paper = api.post("/v1/visits", {**day, "source": "paper"}).json["id"]
    phone = api.post("/v1/visits", {"stop_id": stop}, role="crew").json["id"]
    api.post("/v1/tickets", {"visit_id": paper, "quantity": 9, "payment": "cash"})
    told = {
        paper: ({"counts": {"elem_low": 30}}, "coordinator", 3),
        phone: ({"counts": {"elem_low": 29}}, "crew", 2),
    }
    for visit, (counts, role, tickets) in told.items():
        api.post(f"/v1/visits/{visit}/head-counts", counts, role=role)
        lines = [{"item_id": item, "quantity": tickets}]
        by_ticket = {"visit_id": visit, "payment": "ticket", "ticket_count": tickets, "lines": lines}
        assert api.post("/v1/sales", by_ticket, role=role).status == 201
        in_cash = {"visit_id": visit, "payment": "cash", "lines": lines}
        assert api.post("/v1/sales", in_cash, role=role).status == 201
    kept, joining = (paper, phone) if kept_first else (phone, paper)
    version = api.get(f"/v1/visits/{joining}").json["version"]
    joined = api.post(f"/v1/visits/{joining}/merge", {"into": kept}, version=version)
    heads, held_back = (30, 29) if kept_first else (29, 30)
    assert joined.json["attendance"]["by_band"] == {"elem_low": heads}
    assert joined.json["attendance"]["held_back"] == {"elem_low": held_back}
    tickets = 3 if kept_first else 2
    assert api.get("/v1/tickets/balance").json["redeemed"] == tickets
    report = api.get("/v1/reports/week/2026-W48").json
    assert report["attendance"]["total"] == heads
    assert report["sales"]["by_payment_yen"]["cash"] == tickets * 100
    assert report["tickets"]["redeemed"] == tickets
    late = {"counts": {"elem_low": 1}}
    api.post(f"/v1/visits/{joining}/head-counts", late, role="crew" if kept_first else "coordinator")
    assert api.get(f"/v1/visits/{kept}").json["attendance"]["total"] == heads
    with api.database.read() as reading:
        assert list(recount.differences(reading)) == []


def test_a_closed_duplicate_closes_the_visit_that_it_joins(api: Api) -> None:
    kept, joining = open_ad_hoc(api).json, open_ad_hoc(api).json
    closed = api.post(f"/v1/visits/{joining['id']}/close", {"closed_at": "2026-11-28T06:00:00Z"}, role="crew")
    joined = api.post(
        f"/v1/visits/{joining['id']}/merge", {"into": kept["id"]}, version=closed.json["version"]
    )
    assert (joined.json["status"], joined.json["closed_at"]) == ("closed", "2026-11-28T06:00:00Z")

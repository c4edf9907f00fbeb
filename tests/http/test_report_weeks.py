"""Weeks are closed: what a report said then is kept to the byte, and what comes later is told anew, with its reason."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id
from outreach_api.reports.weeks import unaltered
from outreach_api.storage.access import Device, Token
from outreach_api.storage.ledger import AuditEntry, Rejection
from outreach_api.storage.stops import Permission
from tests.api import Answer, Api
from tests.make import MADE_AT, make_item, make_stop

WEEK, RUNNING = "2026-W47", "2026-W48"
DAY = "2026-11-21"
REPORT = f"/v1/reports/week/{WEEK}"


def hold(api: Api, day: str = DAY, *, code: str | None = None, **counts: int) -> str:
    """A visit of the crew's van on a day of last week, closed, with people counted."""
    with api.database.write() as session:
        stop = str(make_stop(session, code=code or f"S{new_id().hex[:8]}").id)
    visit = api.post("/v1/visits", {"stop_id": stop, "van_id": str(api.van), "local_day": day}).json["id"]
    count(api, visit, **(counts or {"elem_low": 4, "guardian": 2}))
    assert api.post(f"/v1/visits/{visit}/close", {}).status == 200
    return str(visit)


def count(api: Api, visit: str, **counts: int) -> None:
    assert api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts}).status == 201


def close(api: Api, week: str = WEEK, **kwargs: Any) -> Answer:
    return api.post(f"/v1/report-weeks/{week}/close", {}, **kwargs)


def restate(api: Api, reason: str = "late_data", week: str = WEEK, **more: Any) -> Answer:
    return api.post(f"/v1/report-weeks/{week}/restate", {"reason": reason, **more})


def codes(answer: Answer) -> set[str]:
    return {warning["code"] for warning in answer.json["warnings"]}


def late(answer: Answer) -> list[tuple[str, str, int, bool]]:
    return [
        (line["stop_code"], line["measure"], line["change"], line["received_at"] is not None)
        for line in answer.json["late"]
    ]


def test_a_closed_week_says_what_was_known_at_its_close(api: Api) -> None:
    hold(api)
    with api.database.write() as session:
        alone = make_stop(session, code="K01", status="agreed", created_at=MADE_AT)
        ends = {"type": "consent", "valid_from": MADE_AT.date(), "valid_to": dt.date(2026, 12, 10)}
        kept = {"id": new_id(), "version": 1, "change_no": 0, "created_at": MADE_AT, "fee_yen": 0}
        session.add(Permission(stop_id=alone.id, **ends, **kept))
    live = api.get(REPORT)
    assert live.json["state"]["name"] == "open"
    assert live.json["state"]["weeks_not_closed"] == [WEEK]
    made = close(api)
    assert (made.status, made.json["state"], made.json["version"]) == (201, "closed", 1)
    report = api.get(REPORT).json
    assert report["stops"]["unvisited"]
    assert report["stops"]["permissions_ending"]
    assert report["state"] == {
        "name": "closed",
        "as_of": "2026-11-28T03:00:00Z",
        "version": 1,
        "newest_version": 1,
        "closed_at": "2026-11-28T03:00:00Z",
        "reason": None,
        "note": None,
        "differs_from_live": False,
        "weeks_not_closed": [],
        "weeks_with_late_data": [],
    }
    for told in (report, live.json):
        told.pop("state"), told.pop("change_no")
    assert report == live.json


def test_what_comes_after_the_close_leaves_the_version_as_it_was(api: Api) -> None:
    visit = hold(api, code="K07")
    close(api)
    first = api.get(REPORT).json
    api.clock.forward(hours=30)
    count(api, visit, elem_low=3)
    with api.database.write() as session:
        item = str(make_item(session).id)
    sold = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 3}]}
    assert api.post("/v1/sales", sold, role="crew").status == 201
    again = api.get(REPORT)
    assert again.json["attendance"] == first["attendance"]
    assert again.json["state"]["differs_from_live"] is True
    assert again.json["state"]["weeks_with_late_data"] == [WEEK]
    assert late(again) == [
        ("K07", "attendance", 3, True),
        ("K07", "sales_yen", 330, True),
        ("K07", "receipts", 1, True),
    ]
    assert {line["received_at"] for line in again.json["late"]} == {"2026-11-29T09:00:00Z"}
    changed = {
        (one["figure"], one["key"]): (one["kept"], one["now"]) for one in again.json["changed_figures"]
    }
    assert changed["attendance.total", ""] == (6, 9)
    assert changed["attendance.by_band", "elem_low"] == (4, 7)
    assert changed["sales.total_yen", ""] == (0, 330)
    assert not {figure for figure, _ in changed if figure.startswith(("trend", "contacts"))}
    live = api.get(f"{REPORT}?version=live").json
    assert live["attendance"]["total"] == 9
    assert (live["state"]["version"], live["state"]["newest_version"]) == (None, 1)
    assert live["state"]["weeks_with_late_data"] == [WEEK]
    assert live["late"] == live["changed_figures"] == []
    assert [(one["figure"], one["now"], one["then"]) for one in again.json["what_changed"]] == [
        ("attendance", 6, 9),
        ("children", 4, 7),
        ("sales_yen", 0, 330),
    ]
    for moves in ("state", "late", "changed_figures", "what_changed"):
        first.pop(moves), again.json.pop(moves)
    assert again.json == first


def test_a_restatement_tells_it_anew_with_its_reason_and_the_old_version_stays(api: Api) -> None:
    visit = hold(api)
    close(api)
    first = api.get(f"{REPORT}?version=1").json
    api.clock.forward(days=1)
    count(api, visit, elem_low=3)
    made = restate(api, note="電話1台が土曜に届いた")
    assert (made.status, made.json["version"]) == (201, 2)
    assert [(one["version"], one["reason"]) for one in made.json["versions"]] == [(1, None), (2, "late_data")]
    report = api.get(REPORT).json
    assert report["attendance"]["total"] == 9
    assert report["state"]["reason"] == "late_data"
    assert report["state"]["note"] == "電話1台が土曜に届いた"
    assert (report["state"]["version"], report["state"]["closed_at"]) == (2, "2026-11-28T03:00:00Z")
    assert report["as_of"] == report["state"]["as_of"] == "2026-11-29T03:00:00Z"
    assert report["state"]["differs_from_live"] is False
    old = api.get(f"{REPORT}?version=1").json
    assert (old["state"]["version"], old["state"]["newest_version"]) == (1, 2)
    assert old["attendance"] == first["attendance"]
    assert old["state"]["differs_from_live"] is True
    assert late(api.get(f"{REPORT}?version=1"))[0][1:3] == ("attendance", 3)


def test_voids_cancellations_and_other_days_are_told_without_a_new_record(api: Api) -> None:
    moved, off = hold(api, code="K01"), hold(api, code="K02", adult=2)
    close(api)
    api.clock.forward(hours=1)
    assert api.patch(f"/v1/visits/{moved}", {"local_day": "2026-11-23"}, version=2).status == 200
    count(api, off, adult=-2)
    told = api.get(REPORT)
    assert late(told) == [
        ("K02", "attendance", -2, True),
        ("K01", "visits", -1, False),
        ("K01", "attendance", -6, False),
    ]
    assert told.json["attendance"]["total"] == 8, "as it was kept"


def test_a_sale_taken_back_later_is_late_without_a_record_of_its_own(api: Api) -> None:
    visit = hold(api, code="K03")
    with api.database.write() as session:
        item = str(make_item(session).id)
    sold = {"visit_id": visit, "payment": "cash", "lines": [{"item_id": item, "quantity": 1}]}
    sale = api.post("/v1/sales", sold, role="crew").json["id"]
    close(api)
    api.clock.forward(hours=1)
    assert api.post(f"/v1/sales/{sale}/void", {"reason": "打ち間違い"}).status == 201
    assert late(api.get(REPORT)) == [("K03", "sales_yen", -110, False), ("K03", "receipts", -1, False)]


def test_closing_is_done_once(api: Api) -> None:
    hold(api)
    key = new_id()
    first = close(api, key=key)
    again = close(api, key=key)
    assert (again.status, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = close(api)
    assert (other.status, other.code) == (409, "week_closed")
    assert [one["version"] for one in api.get(f"/v1/report-weeks/{WEEK}").json["versions"]] == [1]


def test_sunday_evening_is_too_early_to_close_and_monday_is_not(api: Api) -> None:
    key = new_id()
    api.clock.now = dt.datetime(2026, 11, 29, 14, 59, tzinfo=dt.UTC)
    assert api.get(f"/v1/reports/week/{RUNNING}").json["state"]["name"] == "running"
    refused = close(api, RUNNING, key=key)
    assert (refused.status, refused.code) == (409, "week_not_over_yet")
    api.clock.now = dt.datetime(2026, 11, 29, 15, 0, tzinfo=dt.UTC)
    assert api.get(f"/v1/reports/week/{RUNNING}").json["state"]["name"] == "open"
    assert close(api, RUNNING, key=key).status == 201


def test_only_a_closed_week_that_differs_is_restated(api: Api) -> None:
    hold(api)
    assert (restate(api).status, restate(api).code) == (409, "week_not_closed")
    close(api)
    assert (restate(api).status, restate(api).code) == (409, "nothing_to_restate")
    assert restate(api, reason="boredom").faults == {"/reason": "not_in_list"}


def test_a_week_does_not_differ_because_time_goes_by_or_other_weeks_get_records(api: Api) -> None:
    hold(api, "2026-11-14")
    hold(api)
    close(api)
    api.clock.forward(days=60)
    other = hold(api, "2026-11-13")
    note = {"visit_id": other, "depth": "chat"}
    assert api.post("/v1/contact-notes", note, role="crew").status == 201
    told = api.get(REPORT).json
    assert told["state"]["differs_from_live"] is False
    assert api.get(f"/v1/report-weeks/{WEEK}").json["differs_from_live"] is False
    assert restate(api).code == "nothing_to_restate"


def test_closing_says_what_is_missing_and_asks_nothing(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    opening = {"stop_id": stop, "van_id": str(api.van), "local_day": DAY}
    assert api.post("/v1/visits", opening).status == 201
    api.token("crew")
    with api.database.write() as session:
        phone = session.scalars(sa.select(Device.id)).one()
        session.execute(
            sa.update(Token).where(Token.device_id == phone).values(last_used_day=dt.date(2026, 11, 20))
        )
        letter = {"id": new_id(), "state": "open", "holder_id": new_id(), "digest": b"", "code": "invalid"}
        session.execute(
            sa.insert(Rejection).values(
                **letter, detail={}, received_at=api.clock(), about_staff=False, urgent=False
            )
        )
    made = close(api)
    assert made.status == 201
    assert codes(made) == {
        "week_lacks_held_without_head_count",
        "week_lacks_held_without_close",
        "week_lacks_letters",
        "week_lacks_phones",
    }
    assert "1" in made.json["warnings"][0]["detail"]


def test_a_note_that_names_somebody_is_warned_of_and_never_reaches_a_reporter(api: Api) -> None:
    visit = hold(api)
    close(api)
    count(api, visit, adult=1)
    made = restate(api, note="山田さん 090-1234-5678 から聞いた")
    assert made.status == 201
    assert {"personal_data_phone", "personal_data_name"} <= codes(made)
    for path in (REPORT, f"/v1/report-weeks/{WEEK}", "/v1/report-weeks"):
        assert "山田" in api.get(path).text
        assert "山田" not in api.get(path, role="reporter").text


def test_a_version_shows_a_reporter_no_more_than_what_is_known_now_would(api: Api) -> None:
    visit = hold(api, code="K09")
    close(api)
    note = {"visit_id": visit, "depth": "chat", "topics": ["money"]}
    api.post("/v1/contact-notes", note, role="crew")
    mine, theirs = api.get(REPORT), api.get(REPORT, role="reporter")
    assert "contacts.by_topic" in {one["figure"] for one in mine.json["changed_figures"]}
    assert theirs.json["contacts"]["by_topic"] is None
    assert "contacts.by_topic" not in {one["figure"] for one in theirs.json["changed_figures"]}
    assert [line["stop_code"] for line in mine.json["late"]] == ["K09"]
    assert [line["stop_code"] for line in theirs.json["late"]] == [None]
    assert "money" not in str(mine.json["late"])


def test_a_csv_is_of_the_version_too(api: Api) -> None:
    visit = hold(api)
    close(api)
    count(api, visit, elem_low=3)
    for version, wanted in (("1", "6"), ("live", "9")):
        text = api.get(f"{REPORT}?format=csv&bom=0&version={version}").text
        told = {row["figure"]: row["value"] for row in csv.DictReader(io.StringIO(text)) if not row["key"]}
        assert told["attendance.total"] == wanted


def test_rows_of_visits_are_as_known_now_and_of_no_version(api: Api) -> None:
    visit = hold(api)
    close(api)
    count(api, visit, adult=1)
    assert api.get(f"{REPORT}?format=visits&version=live").status == 200
    assert api.get(f"{REPORT}?format=visits&version=1").faults == {"?version": "visits_as_known_now"}


@pytest.mark.parametrize("version", ["2", "99999999"])
def test_a_version_that_was_never_made_is_not_found(api: Api, version: str) -> None:
    hold(api)
    close(api)
    answer = api.get(f"{REPORT}?version={version}")
    assert (answer.status, answer.code) == (404, "report_version_unknown")
    assert api.get(f"/v1/reports/month/2026-11?version={version}").code == "report_version_unknown"


@pytest.mark.parametrize("version", ["0", "-1", "01", "newest"])
def test_a_version_that_is_none_is_refused(api: Api, version: str) -> None:
    assert api.get(f"{REPORT}?version={version}").faults == {"?version": "wrong_form"}


def test_whoever_has_a_version_is_told_that_it_stands(api: Api) -> None:
    visit = hold(api)
    since = "?changed_since=2026-11-28T03:00:00Z"
    assert api.get(REPORT + since).status == 200, "what is known now may always be another thing"
    close(api)
    assert api.get(REPORT + since).status == 200
    assert api.get(f"{REPORT}?changed_since=2026-11-28T03:01:00Z").status == 304
    api.clock.forward(days=1)
    count(api, visit, adult=1)
    assert api.get(f"{REPORT}?changed_since=2026-11-28T04:00:00Z").status == 304, "nobody told it anew"
    restate(api)
    assert api.get(f"{REPORT}?changed_since=2026-11-28T04:00:00Z").json["state"]["version"] == 2
    assert api.get(f"{REPORT}?version=1&changed_since=2026-11-28T04:00:00Z").status == 304
    assert api.get(f"{REPORT}?version=live&changed_since=2030-11-28T04:00:00Z").status == 200
    assert api.get("/v1/reports/month/2026-11?changed_since=2030-01-01T00:00:00Z").status == 200


def test_a_new_version_has_another_tag(api: Api) -> None:
    visit = hold(api)
    close(api)
    tag = {"If-None-Match": api.get(REPORT).headers["ETag"]}
    assert api.get(REPORT, headers=tag).status == 304
    count(api, visit, adult=1)
    restate(api)
    assert api.get(REPORT, headers=tag).json["state"]["version"] == 2


def test_longer_periods_say_which_of_their_weeks_are_not_closed_and_which_got_late_records(api: Api) -> None:
    visit = hold(api)
    close(api)
    for week in ("2026-W44", "2026-W45"):
        close(api, week)
    state = api.get("/v1/reports/month/2026-11").json["state"]
    assert (state["name"], state["version"]) == ("running", None)
    assert state["weeks_not_closed"] == ["2026-W46", "2026-W48"]
    assert state["weeks_with_late_data"] == []
    count(api, visit, adult=1)
    month = api.get("/v1/reports/month/2026-11").json
    assert month["state"]["weeks_with_late_data"] == [WEEK]
    assert month["attendance"]["total"] == 7, "a month is what is known now"
    api.clock.forward(days=10)
    for week in ("2026-W46", "2026-W48", "2026-W49"):
        close(api, week)
    assert api.get("/v1/reports/month/2026-11").json["state"]["name"] == "closed"
    assert api.get("/v1/reports/quarter/FY2026-Q3").json["state"]["name"] == "running"


def test_weeks_are_listed_since_the_first_visit_with_their_state(api: Api) -> None:
    visit = hold(api)
    hold(api, "2026-11-07")
    close(api, "2026-W45")
    items = api.get("/v1/report-weeks").json["items"]
    assert [(one["week"], one["state"], one["version"]) for one in items] == [
        ("2026-W48", "running", None),
        ("2026-W47", "open", None),
        ("2026-W46", "open", None),
        ("2026-W45", "closed", 1),
    ]
    assert [one["due_for_release"] for one in items] == [False, True, True, True]
    assert [one["week"] for one in api.get("/v1/report-weeks?state=open").json["items"]] == [WEEK, "2026-W46"]
    some = api.get("/v1/report-weeks?from=2026-W44&to=2026-W45").json["items"]
    assert [one["week"] for one in some] == ["2026-W45", "2026-W44"]
    close(api)
    count(api, visit, adult=1)
    assert [one["week"] for one in api.get("/v1/report-weeks").json["items"] if one["differs_from_live"]] == [
        WEEK
    ]


def test_the_list_goes_on_from_page_to_page(api: Api) -> None:
    hold(api, "2026-10-10")
    seen, cursor = [], None
    while True:
        page = api.get("/v1/report-weeks?limit=3" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [one["week"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"2026-W{number}" for number in range(48, 40, -1)]


def test_a_script_that_was_away_finds_what_was_closed_and_told_anew(api: Api) -> None:
    visit = hold(api)
    hold(api, "2026-11-14")
    for week in ("2026-W46", WEEK):
        close(api, week)
    api.clock.forward(hours=2)

    def changed(since: str) -> list[str]:
        return [one["week"] for one in api.get(f"/v1/report-weeks?changed_since={since}").json["items"]]

    assert changed("2026-11-28T04:00:00Z") == []
    assert changed("2026-11-28T02:00:00Z") == [WEEK, "2026-W46"]
    count(api, visit, adult=1)
    restate(api)
    assert changed("2026-11-28T04:00:00Z") == [WEEK]
    api.clock.forward(days=2)
    assert changed("2026-11-28T06:00:00Z") == ["2026-W49", "2026-W48"], "one came to its end, one began"


def test_a_coordinators_device_may_push_it_and_what_came_along_is_in_it(api: Api) -> None:
    visit = hold(api)

    def operation(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        ids = {"op_id": str(new_id()), "entity_id": str(new_id())}
        return {**ids, "kind": kind, "v": 1, "occurred_at": "2026-11-28T03:00:00Z", "payload": payload}

    sent = [
        operation("week.close", {"week": WEEK}),
        operation("head_count.add", {"visit_id": visit, "counts": {"adult": 5}}),
        operation("week.close", {"week": WEEK}),
    ]
    body = {"sent_at": "2026-11-28T03:00:00Z", "operations": sent}
    results = api.post("/v1/sync/push", body).json["results"]
    assert [line["result"] for line in results] == ["applied", "applied", "conflict"]
    told = api.get(REPORT).json
    assert (told["attendance"]["total"], told["state"]["differs_from_live"], told["late"]) == (11, False, [])


def test_whoever_may_not_close_reads_at_most(api: Api) -> None:
    hold(api)
    for role in ("crew", "reporter", "safeguarding"):
        assert close(api, role=role).status == 403
    assert api.get("/v1/report-weeks", role="crew").status == 403
    assert close(api, role="admin").status == 201
    for role in ("reporter", "safeguarding", "admin"):
        assert api.get(f"/v1/report-weeks/{WEEK}", role=role).json["state"] == "closed"


def test_closing_and_restating_stand_in_the_audit(api: Api) -> None:
    visit = hold(api)
    close(api)
    count(api, visit, adult=1)
    restate(api)
    with api.database.read() as session:
        select = sa.select(AuditEntry.action, AuditEntry.purpose, AuditEntry.role)
        rows = session.execute(select.where(AuditEntry.entity_kind == "report_version")).all()
    assert [(row.action, row.purpose.rpartition(" ")[0], row.role) for row in rows] == [
        ("closeWeek", "2026-W47 1", "coordinator"),
        ("restateWeek", "2026-W47 2", "coordinator"),
    ]


@pytest.mark.parametrize(
    "meddling",
    [
        "UPDATE report_versions SET figures = replace(figures, '\"total\":6', '\"total\":60') WHERE number = 1",
        "UPDATE report_versions SET visits = '{}' WHERE number = 1",
        "DELETE FROM report_versions WHERE number = 1",
    ],
)
def test_whoever_alters_a_version_behind_our_back_is_found_out(api: Api, meddling: str) -> None:
    visit = hold(api)
    close(api)
    count(api, visit, adult=1)
    restate(api)
    with api.database.write() as session:
        assert unaltered.altered(session) == []
        session.execute(sa.text(meddling.replace(":", "\\:")))
        assert unaltered.altered(session) == ["2026-W47 1"]


@pytest.mark.parametrize("week", ["2026-W54", "now", "9999-W01", "2026-11"])
def test_a_week_that_is_none_is_not_found(api: Api, week: str) -> None:
    for answer in (close(api, week), restate(api, week=week), api.get(f"/v1/report-weeks/{week}")):
        assert (answer.status, answer.code) == (404, "report_period_unknown")


def test_a_joined_duplicate_is_told_by_both_of_its_visits(api: Api) -> None:
    with api.database.write() as session:
        stop = str(make_stop(session, code="K05").id)
    opening = {"stop_id": stop, "van_id": str(api.van), "local_day": DAY}
    kept, twin = (api.post("/v1/visits", opening).json for _ in range(2))
    for visit in (kept, twin):
        count(api, visit["id"], adult=3)
    close(api)
    version = api.get(f"/v1/visits/{twin['id']}").json["version"]
    joined = api.post(f"/v1/visits/{twin['id']}/merge", {"into": kept["id"]}, version=version)
    assert joined.status == 200, joined
    told = api.get(REPORT)
    assert ("K05", "visits", -1, False) in late(told)
    assert sum(change for _, measure, change, _ in late(told) if measure == "attendance") == 0
    made = restate(api, reason="merge")
    assert made.status == 201
    assert api.get(REPORT).json["visits"]["held"] == 1

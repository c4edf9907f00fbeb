"""Reports through HTTP: who gets them, in which form, and the edges of weeks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.storage.stops import Permission
from tests.api import Api, StandingClock
from tests.make import MADE_AT, make_stop, make_visit

WEEK = "/v1/reports/week/2026-W48"


def held(api: Api, day: str, **counts: int) -> str:
    """A visit of the crew's van on a day, with people counted."""
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    opening = {"stop_id": stop, "van_id": str(api.van), "local_day": day}
    visit = api.post("/v1/visits", opening).json["id"]
    if counts:
        done = api.post(f"/v1/visits/{visit}/head-counts", {"counts": counts})
        assert done.status == 201, done
    return str(visit)


def rows(text: str) -> dict[tuple[str, str], str]:
    return {(row["figure"], row["key"]): row["value"] for row in csv.DictReader(io.StringIO(text))}


def test_a_week_shows_who_came_and_what_was_talked_about(api: Api) -> None:
    visit = held(api, "2026-11-28", elem_low=4, guardian=2, infant=1)
    note = {"visit_id": visit, "depth": "listening", "familiarity": "new", "stages": ["infant"]}
    api.post("/v1/contact-notes", {**note, "topics": ["food"], "info_given": ["leaflet"]}, role="crew")
    api.post("/v1/contact-notes", {"visit_id": visit, "depth": "greeting"}, role="crew")
    report = api.get(WEEK).json
    assert report["period"] == {
        "kind": "week",
        "name": "2026-W48",
        "from": "2026-11-23",
        "to": "2026-11-29",
        "timezone": "Asia/Tokyo",
    }
    assert (report["as_of"], report["reference_day"]) == ("2026-11-28T03:00:00Z", "2026-11-28")
    assert report["attendance"]["total"] == 7
    assert report["attendance"]["children"] == 5
    assert report["contacts"]["total"] == 2
    assert report["contacts"]["conversations"] == 1
    assert report["contacts"]["by_topic"]["food"] == 1
    assert report["principles"]["every_stage"]["informed_share"] == 0.5
    assert report["principles"]["unconnected"]["first_contact_share"] == 1.0
    assert [point["attendance"] for point in report["trend"]] == [0, 0, 0, 7]
    assert report["visits"]["held"] == report["visits"]["ad_hoc"] == 1


def test_an_empty_week_is_a_report_of_zeros_and_unknown_shares(api: Api) -> None:
    report = api.get(WEEK).json
    assert report["attendance"]["total"] == report["sales"]["total_yen"] == 0
    assert report["principles"]["unconnected"]["first_contact_share"] is None
    assert (report["coverage"]["share"], report["coverage"]["unknown_because"]) == (None, "no_population")
    assert report["stamp_cards"]["low"] is None


def test_monday_morning_in_tokyo_is_not_last_weeks_sunday_in_utc(api: Api, clock: StandingClock) -> None:
    clock.now = dt.datetime(2026, 11, 29, 23, 0, tzinfo=dt.UTC)  # Monday 30 November, 08:00 in Tokyo
    with api.database.write() as session:
        stop = str(make_stop(session).id)
    visit = api.post("/v1/visits", {"stop_id": stop}, role="crew").json["id"]
    api.post(f"/v1/visits/{visit}/head-counts", {"counts": {"adult": 1}}, role="crew")
    assert api.get(WEEK).json["attendance"]["total"] == 0
    assert api.get("/v1/reports/week/2026-W49").json["attendance"]["total"] == 1


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-12-31", "2026-W53"),
        ("2027-01-01", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2025-12-29", "2026-W01"),
    ],
)
def test_the_days_around_new_year_belong_to_their_iso_week(api: Api, day: str, week: str) -> None:
    held(api, day, adult=3)
    assert api.get(f"/v1/reports/week/{week}").json["attendance"]["total"] == 3
    assert api.get(f"/v1/reports/month/{day[:7]}").json["attendance"]["total"] == 3
    around = api.get(f"/v1/reports/trend?week={week}&weeks=3").json["trend"]
    assert [point["attendance"] for point in around] == [0, 0, 3]


def test_a_week_with_only_cancellations_says_why(api: Api) -> None:
    for reason in ("rain", "rain", "heat"):
        visit = held(api, "2026-11-26")
        assert api.post(f"/v1/visits/{visit}/cancel", {"reason": reason}).status == 200
    visits = api.get(WEEK).json["visits"]
    assert (visits["held"], visits["cancelled"]) == (0, 3)
    assert {reason: n for reason, n in visits["cancelled_by_reason"].items() if n} == {"rain": 2, "heat": 1}


def test_months_quarters_and_fiscal_years_are_told_by_the_same_figures(api: Api) -> None:
    for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01", "2027-03-31", "2027-04-01"):
        held(api, day, adult=1)
    for path, wanted in (
        ("month/2026-11", 2),
        ("quarter/FY2026-Q3", 4),
        ("fiscal-year/FY2026", 5),
        ("fiscal-year/2027", 1),
    ):
        assert api.get(f"/v1/reports/{path}").json["attendance"]["total"] == wanted, path


def test_a_csv_has_one_row_a_figure_for_excel_and_for_scripts(api: Api) -> None:
    held(api, "2026-11-28", elem_low=4)
    excel = api.get(f"{WEEK}?format=csv")
    assert excel.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert excel.text.startswith("\ufeffperiod,figure,key,value,unit,section,label_ja,")
    assert "report-week-2026-W48.csv" in excel.headers["Content-Disposition"]
    plain = api.get(f"{WEEK}?bom=0", headers={"Accept": "text/csv"})
    assert plain.text.startswith("period,figure,key,value,unit,section,label_ja,")
    assert excel.text.removeprefix("\ufeff") == plain.text
    told = rows(plain.text)
    assert told["attendance.total", ""] == "4"
    assert told["attendance.by_band", "elem_low"] == "4"
    assert told["coverage.share", ""] == "", "unknown is no zero"
    assert "延べ" in plain.text


def test_a_stop_that_is_called_like_a_formula_stays_text_in_a_spreadsheet(api: Api) -> None:
    with api.database.write() as session:
        make_stop(session, code="=HYPERLINK(1)", status="agreed", created_at=MADE_AT)
    text = api.get(f"{WEEK}?format=csv&bom=0").text
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text


@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        ("text/csv", 200, "text/csv"),
        ("*/*", 200, "application/json"),
        ("text/html, application/json;q=0.9", 200, "text/html"),
        ("image/png", 406, "application/problem+json"),
    ],
)
def test_the_form_is_what_accept_prefers(api: Api, accept: str, status: int, media: str) -> None:
    answer = api.get(WEEK, headers={"Accept": accept})
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith(media)


def test_a_report_asked_again_costs_nothing_until_something_changes(api: Api) -> None:
    held(api, "2026-11-28", adult=1)
    first = api.get(WEEK)
    tag = {"If-None-Match": first.headers["ETag"]}
    assert api.get(WEEK, headers=tag).status == 304
    assert api.get(f"{WEEK}?format=csv", headers=tag).status == 200, "another form has another tag"
    held(api, "2026-11-27", adult=1)
    again = api.get(WEEK, headers=tag)
    assert (again.status, again.json["attendance"]["total"]) == (200, 2)
    assert again.json["change_no"] > first.json["change_no"]


def test_crew_get_no_report_and_reporters_no_topics(api: Api) -> None:
    visit = held(api, "2026-11-28", adult=1)
    api.post(
        "/v1/contact-notes",
        {"visit_id": visit, "depth": "chat", "topics": ["money", "violence"]},
        role="crew",
    )
    assert api.get(WEEK, role="crew").code == "forbidden"
    assert api.get(WEEK, role=None).code == "unauthorized"
    assert api.get(WEEK, role="reporter").json["contacts"]["by_topic"] is None
    told = rows(api.get(f"{WEEK}?format=csv&bom=0", role="reporter").text)
    assert [key for figure, key in told if figure == "contacts.by_topic"] == [""]
    for role in ("coordinator", "safeguarding", "admin"):
        topics = api.get(WEEK, role=role).json["contacts"]["by_topic"]
        assert topics["money"] == 1
        assert "violence" not in topics, "a week is often one stop"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/reports/week/2026-W54",
        "/v1/reports/week/2026-11",
        "/v1/reports/week/now",
        "/v1/reports/month/2026-13",
        "/v1/reports/quarter/2026-Q9",
        "/v1/reports/fiscal-year/1",
        "/v1/reports/week/9999-W01",
        "/v1/reports/week/%F0%9F%8D%AC",
        "/v1/reports/decade/2026",
    ],
)
def test_a_period_that_is_none_is_not_found(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status == 404
    if "decade" not in path:
        assert answer.code == "report_period_unknown"
        kind = path.split("/")[3]
        assert kind in api.get(path, headers={"Accept-Language": "en"}).json["detail"]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (f"{WEEK}?format=docx", {"?format": "not_in_list"}),
        (f"{WEEK}?bom=2", {"?bom": "too_large"}),
        (f"{WEEK}?week=2026-W48", {"?week": "unknown_key"}),
        ("/v1/reports/trend?weeks=0", {"?weeks": "too_small"}),
        ("/v1/reports/trend?weeks=1000000", {"?weeks": "too_large"}),
        ("/v1/reports/trend?week=2027-W53", {"?week": "not_week"}),
        ("/v1/reports/trend?week=2026-W48&week=2026-W47", {"?week": "repeated"}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(api: Api, path: str, fault: dict[str, str]) -> None:
    answer = api.get(path)
    assert (answer.status, answer.faults) == (422, fault)


@pytest.mark.parametrize("week", ["2000-W01", "2000-W05", "2199-W52"])
def test_a_trend_at_the_end_of_the_calendar_is_a_trend(api: Api, week: str) -> None:
    assert len(api.get(f"/v1/reports/trend?week={week}&weeks=53").json["trend"]) == 53


def test_the_trend_ends_with_the_running_week_unless_another_is_named(api: Api) -> None:
    points = api.get("/v1/reports/trend").json["trend"]
    assert [point["period"] for point in points] == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]


def test_stops_left_alone_and_permissions_that_end_are_listed(api: Api) -> None:
    with api.database.write() as session:
        alone = make_stop(session, name="遠い公園", code="K01", status="agreed", created_at=MADE_AT)
        busy = make_stop(session, name="本土寺", code="K02", status="agreed", created_at=MADE_AT)
        make_stop(session, code="K03", status="ended", created_at=MADE_AT)
        make_visit(session, van_id=api.van, stop=alone, day=dt.date(2026, 10, 16))
        make_visit(session, van_id=api.van, stop=busy, day=dt.date(2026, 11, 20))
        for stop, valid_to in ((alone, dt.date(2027, 6, 30)), (busy, dt.date(2026, 12, 10))):
            session.add(
                Permission(
                    id=uuid.uuid4(),
                    version=1,
                    change_no=0,
                    created_at=MADE_AT,
                    stop_id=stop.id,
                    type="consent",
                    valid_from=dt.date(2026, 4, 1),
                    valid_to=valid_to,
                    fee_yen=0,
                )
            )
    stops = api.get(WEEK).json["stops"]
    assert [(s["name"], s["last_visit_on"], s["days"]) for s in stops["unvisited"]] == [
        ("遠い公園", "2026-10-16", 43)
    ]
    assert [(s["code"], s["ends_on"], s["days"]) for s in stops["permissions_ending"]] == [
        ("K02", "2026-12-10", 12)
    ]


def test_what_is_still_owed_on_tickets_runs_on_over_the_weeks(api: Api) -> None:
    before, after = held(api, "2026-11-10"), held(api, "2026-11-28")
    api.post("/v1/tickets", {"visit_id": before, "quantity": 10, "payment": "cash"}, role="crew")
    api.post("/v1/tickets/redeem", {"visit_id": after, "quantity": 3}, role="crew")
    for path, issued, redeemed, owed in (
        ("week/2026-W46", 10, 0, 10),
        ("week/2026-W47", 0, 0, 10),
        ("week/2026-W48", 0, 3, 7),
        ("month/2026-10", 0, 0, 0),
        ("month/2026-11", 10, 3, 7),
    ):
        tickets = api.get(f"/v1/reports/{path}").json["tickets"]
        assert (tickets["issued"], tickets["redeemed"], tickets["owed"]) == (issued, redeemed, owed), path


def test_a_report_holds_nobodys_name_and_no_note(api: Api) -> None:
    visit = held(api, "2026-11-28", adult=1)
    note = {"visit_id": visit, "depth": "consultation", "text": "夜眠れないとのこと", "topics": ["health"]}
    api.post("/v1/contact-notes", note, role="crew")
    for form in ("json", "csv"):
        text = api.get(f"{WEEK}?format={form}").text
        assert "夜眠れない" not in text
        assert "さん" not in text, "no holder's label"


FACTS = ("sales", "sale_lines", "contact_notes", "head_counts", "ticket_entries", "hygiene_entries")


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_no_report_reads_a_whole_table_of_facts(api: Api) -> None:
    held(api, "2026-11-28", adult=1)
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(api.database.engine, "before_cursor_execute", listen)
    try:
        for path in ("week/2026-W48", "month/2026-11", "fiscal-year/FY2026", "trend?weeks=53"):
            api.get(f"/v1/reports/{path}")
    finally:
        sa.event.remove(api.database.engine, "before_cursor_execute", listen)
    plans = []
    with api.database.read() as session:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                found = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans += [row[3] for row in found]
    assert any("SEARCH week_totals USING PRIMARY KEY (iso_week>" in step for step in plans), plans
    assert any("week_totals USING COVERING INDEX ix_week_totals_tickets" in step for step in plans), plans
    touched = [step for step in plans if any(f" {table}" in step for table in FACTS)]
    assert touched == [], "figures come from totals"
    scans = {step.split()[1] for step in plans if step.startswith("SCAN")}
    big = {"visits", "visit_totals", "referrals", "referral_events", "follow_ups", "stamp_marks", "cash_ups"}
    assert scans & big == set(), plans


def test_the_number_of_queries_is_the_same_for_empty_and_busy_periods(api: Api) -> None:
    def queries(path: str) -> int:
        count = 0

        def listen(*_: Any) -> None:
            nonlocal count
            count += 1

        sa.event.listen(api.database.engine, "before_cursor_execute", listen)
        try:
            assert api.get(path).status == 200
        finally:
            sa.event.remove(api.database.engine, "before_cursor_execute", listen)
        return count

    api.get("/v1/me")  # the first use of a token is written down
    year = "/v1/reports/fiscal-year/FY2026"
    empty, empty_year = queries(WEEK), queries(year)
    for day in ("2026-11-24", "2026-11-26", "2026-11-28"):
        held(api, day, adult=2, infant=1)
    assert queries(WEEK) == empty
    assert queries(year) == empty_year
    assert max(empty, empty_year) <= 24

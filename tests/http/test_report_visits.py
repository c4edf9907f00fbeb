"""One row a visit, as funders ask for it: what it counts, what it adds up to, and what a reporter is not told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from typing import Any

import pytest

from outreach_api.storage.visits import Visit
from schemas.vocabulary import Band
from tests.api import Api
from tests.make import make_stop, make_visit

MONTH = "/v1/reports/month/2026-11"
PLACES = {
    "PUB": {"name": "本土寺の境内", "kind": "temple", "publicity": "public"},
    "HOME": {"name": "山田さんの縁側", "kind": "private_home", "publicity": "area_only"},
    "OPEN": {"name": "佐藤さんの庭", "kind": "private_home", "publicity": "public"},
    "MEM": {"name": "会員の家", "kind": "private_home", "publicity": "members"},
}


def held(api: Api, code: str, day: str, hours: float | None = None, **counts: int) -> str:
    """A visit of a stop in PLACES, with people counted."""
    opened = dt.datetime.fromisoformat(f"{day}T01:00:00+00:00")
    with api.database.write() as session:
        stop = make_stop(session, code=f"{code}-{day}-{len(counts)}", status="agreed", **PLACES[code])
        ends: dict[str, Any] = {}
        if hours is not None:
            ends = {"status": "closed", "opened_at": opened, "closed_at": opened + dt.timedelta(hours=hours)}
        visit = make_visit(session, van_id=api.van, stop=stop, day=dt.date.fromisoformat(day), **ends)
    if counts:
        assert api.post(f"/v1/visits/{visit.id}/head-counts", {"counts": counts}).status == 201
    return str(visit.id)


def rows(api: Api, path: str = MONTH, role: str = "coordinator") -> list[dict[str, str]]:
    answer = api.get(f"{path}?format=visits&bom=0", role=role)
    assert answer.status == 200, answer
    return list(csv.DictReader(io.StringIO(answer.text)))


def of(found: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    return [row for row in found if row["row"] == kind]


def test_each_visit_says_when_where_how_long_and_who_came(api: Api) -> None:
    visit = held(api, "PUB", "2026-11-14", 2.5, infant=1, elem_low=4, guardian=3, senior=1, unknown=2)
    api.post("/v1/contact-notes", {"visit_id": visit, "depth": "chat"}, role="coordinator")
    (row,) = of(rows(api), "visit")
    assert (row["date"], row["stop_code"], row["place"]) == ("2026-11-14", "PUB-2026-11-14-5", "本土寺の境内")
    assert (row["opened"], row["closed"], row["hours"]) == ("10:00", "12:30", "2.5")
    assert (row["attendance"], row["children"], row["adults"], row["unknown"]) == ("11", "5", "4", "2")
    assert (row["elem_low"], row["contacts"], row["visits"]) == ("4", "1", "1")


def test_no_visit_says_how_many_consulted(api: Api) -> None:
    visit = held(api, "HOME", "2026-11-14", elem_low=1)
    api.post("/v1/contact-notes", {"visit_id": visit, "depth": "crisis"}, role="coordinator")
    for role in ("coordinator", "safeguarding", "admin", "reporter"):
        names = rows(api, role=role)[0].keys()
        assert not {"consultations", "conversations", "crisis", "first_contacts"} & names


def test_a_visit_that_was_cancelled_is_no_row(api: Api) -> None:
    visit = held(api, "PUB", "2026-11-14")
    assert api.post(f"/v1/visits/{visit}/cancel", {"reason": "rain"}).status == 200
    found = rows(api)
    assert [row["row"] for row in found] == ["total"]
    assert found[0]["visits"] == "0"


@pytest.mark.parametrize("role", ["coordinator", "reporter"])
def test_rows_add_up_to_their_total_and_to_the_report(api: Api, role: str) -> None:
    held(api, "PUB", "2026-11-07", 3, infant=2, guardian=5)
    held(api, "HOME", "2026-11-14", 2, elem_high=4)
    held(api, "MEM", "2026-11-21", senior=6, unknown=1)
    found = rows(api, role=role)
    (total,), (average,) = of(found, "total"), of(found, "average")
    for column in ("visits", "attendance", "children", "adults", "contacts", *(band.value for band in Band)):
        parts = of(found, "visit") + of(found, "unannounced")
        assert int(total[column]) == sum(int(row[column]) for row in parts), column
        assert float(average[column]) == round(int(total[column]) / 3, 2), column
    assert (total["hours"], average["hours"]) == ("5.0", "2.5"), "over those that say both ends"
    report = api.get(MONTH, role=role).json
    assert int(total["attendance"]) == report["attendance"]["total"]
    assert int(total["visits"]) == report["visits"]["held"]


def test_a_fiscal_year_is_told_from_april_to_march_month_by_month(api: Api) -> None:
    for day, people in (
        ("2026-03-31", 1),
        ("2026-04-01", 2),
        ("2026-11-07", 4),
        ("2027-03-31", 8),
        ("2027-04-01", 16),
    ):
        held(api, "PUB", day, elem_low=people)
    found = rows(api, "/v1/reports/fiscal-year/FY2026")
    months = [(row["date"], row["attendance"]) for row in of(found, "month")]
    assert months == [("2026-04", "2"), ("2026-11", "4"), ("2027-03", "8")]
    assert [row["attendance"] for row in of(found, "total")] == ["14"]


def test_a_reporter_is_told_public_places_only_and_no_home(api: Api) -> None:
    for number, code in enumerate(PLACES):
        held(api, code, f"2026-11-{10 + number}", elem_low=1)
    text = api.get(f"{MONTH}?format=visits&bom=0", role="reporter").text
    for hidden in ("山田", "佐藤", "会員の家", "HOME", "OPEN", "MEM", "PUB", "2026-11-13"):
        assert hidden not in text, hidden
    assert [row["place"] for row in of(rows(api, role="reporter"), "visit")] == ["本土寺の境内", "", ""]
    inside = api.get(f"{MONTH}?format=visits&bom=0").text
    assert all(place["name"] in inside for place in PLACES.values())


def test_months_do_not_take_apart_what_members_places_have_together(api: Api) -> None:
    held(api, "MEM", "2026-10-10", elem_low=1)
    held(api, "MEM", "2026-11-10", elem_low=5)
    held(api, "PUB", "2026-11-11", elem_low=2)
    found = rows(api, "/v1/reports/quarter/FY2026-Q3", role="reporter")
    assert [row["attendance"] for row in of(found, "unannounced")] == ["6"]
    assert of(found, "month") == []
    assert len(of(rows(api, "/v1/reports/quarter/FY2026-Q3"), "month")) == 2


def test_a_stop_that_no_longer_is_visited_is_named_to_nobody_who_may_not_know_it(api: Api) -> None:
    held(api, "HOME", "2026-09-01")
    assert api.get(MONTH).json["stops"]["unvisited"][0]["name"] == "山田さんの縁側"
    for form in ("json", "csv", "html"):
        answer = api.get(f"{MONTH}?format={form}", role="reporter")
        assert "山田" not in answer.text, form
        assert "HOME" not in answer.text, form
    assert api.get(MONTH, role="reporter").json["stops"]["unvisited"] is None
    assert api.get(MONTH, role="reporter").json["stops"]["unvisited_count"] == 1


def test_people_get_words_and_scripts_get_codes(api: Api) -> None:
    held(api, "PUB", "2026-11-14", elem_low=1)
    japanese = api.get(f"{MONTH}?format=visits")
    assert japanese.text.startswith("\ufeff行,日付,場所コード,場所,")
    assert "小1–3" in japanese.text
    assert "\r\n合計," in japanese.text
    assert "visits-month-2026-11.csv" in japanese.headers["Content-Disposition"]
    english = api.get(f"{MONTH}?format=visits", headers={"Accept-Language": "en"})
    assert english.text.startswith("\ufeffRow,Date,Stop code,Place,")


@pytest.mark.parametrize("name", ["=1+1", "＝1+1", "  @SUM(A1)", "－2", "<script>", "🍬 مدرسة"])
def test_a_place_that_is_called_like_a_formula_stays_a_name(api: Api, name: str) -> None:
    with api.database.write() as session:
        stop = make_stop(session, name=name)
        make_visit(session, van_id=api.van, stop=stop, day=dt.date(2026, 11, 14))
    (row,) = of(rows(api), "visit")
    assert row["place"] == (name if name[0] in "<🍬" else f"'{name}")


def test_a_duplicate_that_was_joined_is_one_row(api: Api) -> None:
    kept = held(api, "PUB", "2026-11-14", elem_low=1)
    with api.database.write() as session:
        visit = session.get_one(Visit, uuid.UUID(kept))
        make_visit(session, van_id=api.van, day=dt.date(2026, 11, 14), merged_into=visit.id)
    assert len(of(rows(api), "visit")) == 1

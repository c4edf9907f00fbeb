"""What phones send at the edges of weeks and years stands in the report of the right one; a report shows one state."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.week import FiscalYear, IsoWeek, Month
from outreach_api.reports.reads import people, places, stays, totals
from tests.api import Api, StandingClock
from tests.http.test_sync import operation, push, results, stop_of
from tests.make import make_item

WEEK = "/v1/reports/week/2026-W48"


def stay(stop: str, item: str, at: dt.datetime) -> list[dict[str, Any]]:
    """All that a phone tells of one stay; nothing in it names a day."""
    said = {"occurred_at": at.isoformat().replace("+00:00", "Z")}
    visit = str(new_id())
    here = {"visit_id": visit}
    lines = [{"item_id": item, "quantity": 2}]
    return [
        operation("visit.open", {"stop_id": stop}, entity_id=visit, **said),
        operation("head_count.add", {**here, "counts": {"elem_low": 3, "guardian": 2}}, **said),
        operation("sale.record", {**here, "payment": "cash", "lines": lines}, **said),
        operation("note.write", {**here, "depth": "listening", "familiarity": "new"}, **said),
        operation("stamp.mark", {**here, "card": "7K3Q01"}, **said),
        operation("visit.close", {}, entity_id=visit, **said),
    ]


def told(api: Api, kind: str, period: Any) -> dict[str, int]:
    report = api.get(f"/v1/reports/{kind}/{period}").json
    return {
        "held": report["visits"]["held"],
        "attendance": report["attendance"]["total"],
        "contacts": report["contacts"]["total"],
        "sales_yen": report["sales"]["total_yen"],
        "receipts": report["sales"]["receipts_by_payment"]["cash"],
        "trend": report["trend"][-1]["attendance"],
        "trend before": report["trend"][-2]["attendance"],
        "suspect": report["completeness"]["clock_suspect"],
    }


ONE_STAY = {"held": 1, "attendance": 5, "contacts": 1, "sales_yen": 60, "receipts": 1, "trend": 5}


@pytest.mark.parametrize("off", [dt.timedelta(), dt.timedelta(days=9), dt.timedelta(days=-3, hours=-5)])
@pytest.mark.parametrize(
    ("at", "week", "month", "year"),
    [
        ("2026-11-29T22:59", "2026-W49", "2026-11", "FY2026"),  # Monday 07:59, Sunday for UTC
        ("2026-11-29T23:00", "2026-W49", "2026-11", "FY2026"),  # Monday 08:00
        ("2026-11-29T14:59", "2026-W48", "2026-11", "FY2026"),  # the last minute of Sunday
        ("2026-12-27T23:00", "2026-W53", "2026-12", "FY2026"),
        ("2026-12-31T14:59", "2026-W53", "2026-12", "FY2026"),
        ("2026-12-31T15:00", "2026-W53", "2027-01", "FY2026"),  # 1 January
        ("2027-01-03T14:59", "2026-W53", "2027-01", "FY2026"),
        ("2027-01-03T15:00", "2027-W01", "2027-01", "FY2026"),
        ("2027-03-31T14:59", "2027-W13", "2027-03", "FY2026"),
        ("2027-03-31T15:00", "2027-W13", "2027-04", "FY2027"),  # 1 April
    ],
)
def test_a_stay_stands_in_the_periods_of_its_day_in_tokyo_whatever_the_phones_clock(
    api: Api, clock: StandingClock, at: str, week: str, month: str, year: str, off: dt.timedelta
) -> None:
    happened = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    clock.now = happened + dt.timedelta(days=5)  # it was offline until then
    with api.database.write() as session:
        item = str(make_item(session, price_yen=30).id)
    sent_at = (clock.now + off).isoformat().replace("+00:00", "Z")
    answer = push(api, *stay(stop_of(api), item, happened + off), sent_at=sent_at)
    assert results(answer) == [("applied", None)] * 6
    # A clock that is days off was put right, and somebody should look at the day all the same.
    wanted = {**ONE_STAY, "trend before": 0, "suspect": int(bool(off))}
    nothing = dict.fromkeys(wanted, 0)
    of_week, of_month, of_year = IsoWeek.parse(week), Month.parse(month), FiscalYear.parse(year)
    assert told(api, "week", of_week) == wanted
    assert told(api, "month", of_month) == wanted
    assert told(api, "fiscal-year", of_year) == wanted
    assert told(api, "week", of_week.previous()) == nothing
    assert told(api, "week", of_week.next()) == {**nothing, "trend before": 5}
    assert told(api, "month", of_month.previous()) == nothing
    assert told(api, "fiscal-year", of_year.previous()) == nothing


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (totals, "sums"),
        (stays, "doings"),
        (people, "referrals"),
        (places, "known_stops"),
    ],
)
def test_a_report_that_is_read_while_phones_push_shows_one_state(
    api: Api, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    stop = stop_of(api)
    with api.database.write() as session:
        item = str(make_item(session, price_yen=30).id)
    at = dt.datetime(2026, 11, 28, 2, tzinfo=dt.UTC)
    api.get("/v1/me", role="crew")  # the first use of a token is written down
    assert results(push(api, *stay(stop, item, at))) == [("applied", None)] * 6
    before = api.get(WEEK)
    answers: list[Any] = []
    pushing = threading.Thread(target=lambda: answers.append(push(api, *stay(stop, item, at))))
    real = getattr(where, name)

    def meanwhile(*args: Any, **named: Any) -> Any:
        if not pushing.ident:
            pushing.start()
            pushing.join(5)  # a database without a log lets nobody commit before the reader has done
        return real(*args, **named)

    monkeypatch.setattr(where, name, meanwhile)
    during = api.get(WEEK)
    pushing.join()
    monkeypatch.undo()
    assert results(answers[0]) == [("applied", None)] * 6
    assert during.json == before.json
    after = api.get(WEEK, headers={"If-None-Match": during.headers["ETag"]})
    assert after.status == 200, "the tag of what was shown is not that of what came meanwhile"
    assert after.json["attendance"]["total"] == 2 * before.json["attendance"]["total"] == 10
    assert after.json["visits"]["held"] == after.json["trend"][-1]["held"] == 2

"""Weeks of random seasons that are closed before paper, voids, merges and corrections come: nothing kept moves, and all that
moved is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from outreach_api.kernel.week import IsoWeek
from tests.api import Api
from tests.history import Season, Visit
from tests.http.test_report_weeks import close

FIRST, LAST = dt.date(2026, 11, 9), dt.date(2027, 1, 10)
WEEKS = [str(IsoWeek.of(FIRST + dt.timedelta(weeks=n))) for n in range(9)]
# Where the sum of a late measure stands among the figures; of others there is more than one.
SUMS = {
    "visits": "visits.held",
    "attendance": "attendance.total",
    "contacts": "contacts.total",
    "sales_yen": "sales.total_yen",
    "tickets_issued": "tickets.issued",
    "tickets_redeemed": "tickets.redeemed",
    "till_difference_yen": "sales.till_difference_yen",
}


class ClosedTooEarly(Season):
    """All of its weeks are closed before what comes late."""

    def _paper(self, visits: list[Visit]) -> None:
        self.closed = {}
        for week in WEEKS:
            assert close(self.api, week).status == 201
            self.closed[week] = figures(self.api, week)
        self.api.clock.forward(hours=1)
        super()._paper(visits)


def figures(api: Api, week: str, version: str = "1") -> dict[str, Any]:
    """What a version says, without what is said of it."""
    told: dict[str, Any] = api.get(f"/v1/reports/week/{week}?version={version}").json
    told["what_changed"] = [one for one in told["what_changed"] if one["against"] != "live"]
    return {name: part for name, part in told.items() if name not in ("state", "late", "changed_figures")}


@pytest.mark.parametrize("seed", [3])
def test_what_comes_after_a_close_moves_no_version_and_is_told_to_the_last_yen(api: Api, seed: int) -> None:
    api.clock.now = dt.datetime(2027, 1, 14, 3, 0, tzinfo=dt.UTC)
    season = ClosedTooEarly(api, seed, FIRST, LAST)
    listed = {one["week"]: one["differs_from_live"] for one in api.get("/v1/report-weeks").json["items"]}
    moved: Counter[str] = Counter()
    for week in WEEKS:
        assert figures(api, week) == season.closed[week]
        told, live = api.get(f"/v1/reports/week/{week}").json, figures(api, week, "live")
        assert told["state"]["differs_from_live"] is bool(told["changed_figures"]) is listed[week]
        sums: Counter[str] = Counter()
        for line in told["late"]:
            sums[line["measure"]] += line["change"]
        for measure, name in SUMS.items():
            section, figure = name.split(".")
            assert sums[measure] == live[section][figure] - told[section][figure], (week, measure)
            moved[measure] += sums[measure] != 0
        made = api.post(f"/v1/report-weeks/{week}/restate", {"reason": "late_data"})
        assert made.status == (201 if told["changed_figures"] else 409), week
        if made.status == 201:
            again = api.get(f"/v1/reports/week/{week}").json
            assert (again["state"]["differs_from_live"], again["late"]) == (False, [])
            kept = figures(api, week, "2")
            assert kept == {**live, "change_no": kept["change_no"]}
        assert figures(api, week) == season.closed[week]
    assert moved.keys() == SUMS.keys()
    assert sum(count > 0 for count in moved.values()) > 4, "the season holds too little that comes late"

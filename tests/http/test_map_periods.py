"""Weeks and two periods side by side, against a slow count of the visits that the map shows one by one."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from itertools import accumulate
from typing import Any

import pytest

from outreach_api.kernel.mesh import children, parent
from schemas.columns import COLUMNS
from schemas.vocabulary import CHILD_BANDS, Band
from tests.api import Api
from tests.make import make_visit
from tests.mapped import CELL, NEXT, TODAY, cells, hold, stop_at

FIRST = TODAY - dt.timedelta(days=100)
FIGURES = ("visits", "attendance", "children")


def season(api: Api, seed: int) -> None:
    """Random visits of two vans at five stops in two cells of 1 km, over a hundred days and long before."""
    dice = random.Random(seed)
    stops = [
        stop_at(api, cell) for cell in dice.sample([*children(53395742, 250), *children(53395743, 250)], 5)
    ]
    for number in range(24):
        age = dice.choice([dice.randint(0, 100), dice.randint(0, 30), 700])
        opened = dt.datetime(2026, 11, 28, 1, tzinfo=dt.UTC)
        with api.database.write() as session:
            visit = make_visit(
                session,
                van_id=dice.choice([api.van, api.other_van]),
                stop=dice.choice(stops),
                day=TODAY - dt.timedelta(days=age),
                opened_at=opened,
                closed_at=opened + dt.timedelta(minutes=dice.randint(30, 300)),
                status=dice.choice(["closed", "closed", "closed", "cancelled", "planned"]),
            )
        if visit.status == "closed":
            taps = {band.value: dice.randint(1, 9) for band in dice.sample(list(Band), 3)}
            assert api.post(f"/v1/visits/{visit.id}/head-counts", {"counts": taps}).status == 201
        if number % 8 == 7:
            moved = {"local_day": str(TODAY - dt.timedelta(days=dice.randint(0, 60)))}
            api.patch(f"/v1/visits/{visit.id}", moved, version=visit.version)


def visits(api: Api, first: dt.date, last: dt.date, **who: Any) -> list[dict[str, Any]]:
    """The held visits of a period as the map's own list has them, each with its stop's 250 m cell."""
    found = api.get(f"/v1/map/visits?from_day={first}&to_day={last}", **who).json["features"]
    mesh = {stop["id"]: stop["mesh250"] for stop in api.get("/v1/stops?limit=200").json["items"]}
    return [{**feature["properties"], "mesh": mesh[feature["properties"]["stop_id"]]} for feature in found]


def compact(api: Api, path: str, **who: Any) -> Any:
    found = api.get(f"/v1/map/{path}", headers={"Accept": COLUMNS}, **who)
    assert (found.status, found.headers["Content-Type"]) == (200, COLUMNS), found
    return found.json


def figures_of(visit: dict[str, Any]) -> Counter[str]:
    came = visit["attendance"]["by_band"]
    return Counter(
        visits=1, attendance=sum(came.values()), children=sum(came.get(band, 0) for band in CHILD_BANDS)
    )


def held_by_week(
    api: Api, first: dt.date, last: dt.date, level: int, **who: Any
) -> dict[tuple[int, str], Counter[str]]:
    sums: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for visit in visits(api, first, last, **who):
        year, week, _ = dt.date.fromisoformat(visit["local_day"]).isocalendar()
        sums[parent(visit["mesh"], level), f"{year}-W{week:02d}"].update(figures_of(visit))
    return sums


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("role", ["coordinator", "crew"])
def test_weeks_are_the_visits_of_the_map_summed(api: Api, seed: int, role: str) -> None:
    season(api, seed)
    for level in (250, 1000):
        for first, last in ((FIRST, TODAY), (TODAY - dt.timedelta(days=17), TODAY - dt.timedelta(days=2))):
            found = compact(api, f"weeks?from_day={first}&to_day={last}&level={level}", role=role)
            codes, rows = list(accumulate(found["cells"])), found["columns"]
            told = {
                (codes[cell], found["weeks"][week]): Counter(dict(zip(FIGURES, sums, strict=True)))
                for week, cell, *sums in zip(
                    *(rows[name] for name in ("week", "cell", *FIGURES)), strict=True
                )
            }
            assert told == held_by_week(api, first, last, level, role=role)
            before: dict[int, str] = {}
            for visit in visits(api, dt.date(2020, 1, 1), first - dt.timedelta(days=1), role=role):
                cell = parent(visit["mesh"], level)
                before[cell] = max(visit["local_day"], before.get(cell, ""))
            assert codes == sorted({*before, *(cell for cell, _ in told)})
            assert rows["last_day_before"] == [before.get(code) for code in codes]
            for name in FIGURES:
                assert found["summary"][name] == sum(sums[name] for sums in told.values())


def test_all_weeks_of_a_period_are_there_also_those_without_a_visit(api: Api) -> None:
    hold(api, stop_at(api), day=dt.date(2027, 1, 4), elem_low=2)
    found = compact(api, "weeks?from_day=2026-12-20&to_day=2027-01-04")
    assert found["weeks"] == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    rows = found["columns"]
    assert (rows["week"], rows["cell"], rows["visits"]) == ([3], [0], [1])
    empty = compact(api, "weeks?from_day=2026-12-21&to_day=2026-12-27")
    assert (empty["weeks"], empty["cells"], empty["columns"]["week"]) == (["2026-W52"], [], [])


def test_weeks_can_be_asked_for_of_a_box_and_are_not_sent_again(api: Api) -> None:
    for cell in (CELL, NEXT):
        hold(api, stop_at(api, cell), elem_low=1)
    found = api.get("/v1/map/weeks?bbox=139.901,35.788,139.905,35.791")
    assert list(accumulate(found.json["cells"])) == [CELL]
    again = api.get(
        "/v1/map/weeks?bbox=139.901,35.788,139.905,35.791", headers={"If-None-Match": found.headers["ETag"]}
    )
    assert (again.status, again.text) == (304, "")


def test_more_cells_than_a_map_holds_are_refused_by_week_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cell in (CELL, NEXT):
        hold(api, stop_at(api, cell))
    monkeypatch.setattr("outreach_api.outreach_map.routes.MOST_CELLS", 1)
    assert api.get("/v1/map/weeks").code == "map_too_large"


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("role", ["coordinator", "crew"])
def test_two_periods_side_by_side_are_what_each_says_alone(api: Api, seed: int, role: str) -> None:
    season(api, seed)
    now = (TODAY - dt.timedelta(days=29), TODAY)
    then = (FIRST, TODAY - dt.timedelta(days=20))  # they may lie over one another
    for level in (250, 500):
        path = f"/v1/map/reach?level={level}"
        alone = [
            cells(api.get(f"{path}&from_day={first}&to_day={last}", role=role)) for first, last in (now, then)
        ]
        both = api.get(
            f"{path}&from_day={now[0]}&to_day={now[1]}&against_from={then[0]}&against_to={then[1]}", role=role
        )
        found = cells(both)
        assert set(found) == set(alone[0]) | set(alone[1])
        for cell, said in found.items():
            one, other = (single.get(cell, NOTHING) for single in alone)
            for name in (
                "visits",
                "stops",
                "hours_open",
                "last_visit_day",
                "days_since_last_visit",
                "attendance",
            ):
                assert said[name] == one[name]
            for name in ("visits", "stops", "hours_open", "last_visit_day", "attendance"):
                assert said["against"][name] == other[name]
            change = said["against"]["change"]
            assert (change["visits"], change["stops"]) == tuple(
                one[name] - other[name] for name in ("visits", "stops")
            )
            assert change["hours_open"] == pytest.approx(one["hours_open"] - other["hours_open"], abs=0.011)
            assert change["attendance"] == less(one["attendance"], other["attendance"])
        summary = both.json["summary"]
        for name in ("visits", "hours_open"):
            whole = sum(cell[name] for cell in alone[1].values())
            assert summary["against"][name] == pytest.approx(whole, abs=0.1)
        assert summary["against"]["change"]["attendance"] == less(
            summary["attendance"], summary["against"]["attendance"]
        )
        assert (summary["against"]["from_day"], summary["against"]["to_day"]) == tuple(map(str, then))


NOTHING: dict[str, Any] = {
    "visits": 0,
    "stops": 0,
    "hours_open": 0,
    "last_visit_day": None,
    "days_since_last_visit": None,
    "attendance": {"total": 0, "children": 0, "by_band": {}},
}


def less(now: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Attendance now without that of then; bands that are alike are not said."""
    bands = Counter(now["by_band"])
    bands.subtract(then["by_band"])
    return {
        "total": now["total"] - then["total"],
        "children": now["children"] - then["children"],
        "by_band": {band: more for band, more in bands.items() if more},
    }


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("against_from=2026-01-01", {"?against_to": "required"}),
        ("against_to=2026-01-01", {"?against_from": "required"}),
        ("against_from=2026-01-02&against_to=2026-01-01", {"?against_from": "wrong_order"}),
    ],
)
def test_a_period_to_compare_with_is_named_whole(api: Api, asked: str, fault: dict[str, str]) -> None:
    refused = api.get(f"/v1/map/reach?{asked}")
    assert (refused.status, refused.faults) == (422, fault)


def test_a_visit_late_or_corrected_is_in_its_own_week(api: Api) -> None:
    stop = stop_at(api)
    hold(api, stop, day=TODAY, elem_low=1)
    late = hold(api, stop, day=TODAY - dt.timedelta(days=40), elem_low=5)
    assert compact(api, "weeks")["columns"]["attendance"] == [5, 1]
    moved = {"local_day": str(TODAY - dt.timedelta(days=1))}
    assert api.patch(f"/v1/visits/{late}", moved, version=1).status == 200
    found = compact(api, "weeks")["columns"]
    assert (found["visits"], found["attendance"]) == ([2], [6])

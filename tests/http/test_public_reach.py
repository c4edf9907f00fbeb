"""Released reach as everybody sees it: sums of what was released, and nothing that raw rows could still change."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.mesh import bounds_degrees
from outreach_api.kernel.week import FiscalYear, IsoWeek, Month
from outreach_api.storage.tables import METADATA
from schemas.vocabulary import AgeGroup
from tests.api import Api
from tests.make import make_stop
from tests.mapped import populate
from tests.releasing import FAMILY, SATURDAY, WEEK, atoms, count, everything, hold, public, release

HOSTILE = (
    '<script>alert("x")</script>',
    "\u202eeloh ydob\u202c",
    "長" * 120,
    "👨‍👩‍👧‍👦🍡",
    "=HYPERLINK(1)",
    "O'Brien; DROP TABLE",
)
PUBLISHED = {
    "published_releases",
    "published_reach",
    "published_rare",
    "published_census",
    "published_timetable",
}


def import_census(api: Api, **children: int) -> None:
    """Children by 500 m cell, as m533957664=120."""
    lines = [f"{mesh.removeprefix('m')},{count * 10},{count}" for mesh, count in children.items()]
    populate(api, *lines, header="mesh,population,children_0_14", label="国勢調査 2020")


def season(api: Api) -> None:
    """Visits of many kinds over a year and a half, released in several steps."""
    with api.database.write() as session:
        stops = [
            make_stop(
                session, name=name, publicity=publicity, lat=35.78 + n / 100, lon=139.90 + n / 90, **more
            )
            for n, (name, publicity, more) in enumerate(
                [
                    ("本土寺", "public", {}),
                    ("けやきの広場", "public", {}),
                    ("松本さんの庭", "area_only", {"announced_area": "小金原"}),
                    ("佐藤さんの家", "members", {}),
                ]
            )
        ]
    first = dt.date(2025, 3, 29)
    for n in range(40):
        taps = {band: heads * (n % 3 + 1) // 2 for band, heads in FAMILY.items()}
        hold(api, stop=stops[n % 4], day=first + dt.timedelta(days=15 * n), taps=taps)
    for week in ("2025-W20", "2026-W01", "2026-W40", WEEK):
        assert release(api, week).status == 201


def test_before_the_first_release_nothing_is_told(api: Api) -> None:
    hold(api)
    shown = public(api)
    assert (shown["released_through"], shown["attendance"]["total"], shown["cells"]) == (None, 0, [])
    assert "まだ" in api.get("/reach", role=None).text


def test_every_figure_is_the_sum_of_released_atoms(api: Api) -> None:
    season(api)
    told = atoms(api)
    asked = {
        "?period=FY2024": FiscalYear(2024),
        "?period=FY2025": FiscalYear(2025),
        "?period=2026-01": Month(2026, 1),
        f"?period={WEEK}": IsoWeek(2026, 47),
        "?period=2026-W01": IsoWeek(2026, 1),
    }
    for query, period in asked.items():
        shown = public(api, query)
        within = [atom for atom in told if atom[2] in period]
        for cell in [*shown["cells"], {"mesh1000": 0, "attendance": shown["not_on_map"], "visits": 0}]:
            sums = Counter[str]()
            for _, _, _, figure, mesh, value in within:
                if mesh == cell["mesh1000"]:
                    sums[figure] += value
            assert cell["attendance"]["by_group"] == {group.value: sums[group] for group in AgeGroup}
            assert cell["mesh1000"] == 0 or cell["visits"] == sums["visits"]
        assert shown["attendance"]["total"] == sum(
            value for _, _, _, figure, _, value in within if figure != "visits"
        )


def test_cells_and_what_is_not_on_the_map_add_up_and_so_do_periods(api: Api) -> None:
    season(api)
    whole = public(api, "?period=FY2024&until=FY2026")
    cells = sum(cell["attendance"]["total"] for cell in whole["cells"])
    assert whole["attendance"]["total"] == cells + whole["not_on_map"]["total"] > 0
    years = [public(api, f"?period=FY{year}") for year in (2024, 2025, 2026)]
    assert sum(year["attendance"]["total"] for year in years) == whole["attendance"]["total"]
    months = [public(api, f"?period={Month(2025, 4).next(n)}") for n in range(12)]
    assert sum(month["visits"] for month in months) == years[1]["visits"]
    assert sum(month["attendance"]["children"] for month in months) == years[1]["attendance"]["children"]
    weeks = [public(api, f"?period={IsoWeek(2025, 14).next(n)}") for n in range(20)]
    together = public(api, f"?period=2025-W14&until={IsoWeek(2025, 14).next(19)}")
    assert sum(week["attendance"]["total"] for week in weeks) == together["attendance"]["total"]


def test_the_sum_is_near_what_was_counted(api: Api) -> None:
    season(api)
    exact = sum(heads * (n % 3 + 1) // 2 for n in range(40) for heads in FAMILY.values())
    told = public(api, "?period=FY2024&until=FY2026")["attendance"]["total"]
    # 280 counts, each off by 2 in the mean: their sum by some forty, and the keys of the tests are new each time.
    assert abs(told - exact) < 200


def test_raw_rows_change_no_public_byte_once_a_week_is_released(api: Api) -> None:
    season(api)
    import_census(api, m533957664=120)
    before = everything(api)
    with api.database.write() as session:
        session.execute(sa.text("UPDATE visit_totals SET value = value * 7 + 3"))
        session.execute(
            sa.text("UPDATE stops SET publicity = 'public', name = 'X', announced_area = 'X', mesh = 1")
        )
        session.execute(sa.text("UPDATE visits SET local_day = '2026-11-01', status = 'cancelled'"))
    assert everything(api) == before
    with api.database.write() as session:
        if api.database.is_sqlite:
            session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        first_rows = {"change_counter", "alembic_version", "tax_rates"}
        raw = [
            table for table in reversed(METADATA.sorted_tables) if table.name not in PUBLISHED | first_rows
        ]
        for table in raw:
            session.execute(table.delete())
    assert everything(api) == before


def test_a_members_stop_changes_nothing_but_the_citys_attendance(api: Api) -> None:
    hold(api)
    hidden = hold(api, name="佐藤さんの家", lat=35.79, lon=139.91, publicity="members")
    release(api)
    with_it = public(api)
    assert with_it["not_on_map"]["total"] > 0
    assert with_it["visits"] == 1
    assert [cell["mesh1000"] for cell in with_it["cells"]] == [53395766]
    for text, _ in everything(api):
        assert "佐藤" not in text
        assert "53395743" not in text
    count(api, hidden, guardian=30)
    api.clock.forward(days=7)
    release(api, "2026-W48")
    after = public(api)
    apart = {"attendance", "not_on_map", "released_through"}
    assert {name: value for name, value in after.items() if name not in apart} == {
        name: value for name, value in with_it.items() if name not in apart
    } | {"cells": [{**cell, "weeks_since_visit": 1} for cell in with_it["cells"]]}


def test_the_first_visit_of_a_members_stop_is_no_beginning(api: Api) -> None:
    hold(api)
    hold(
        api,
        name="佐藤さんの家",
        lat=35.79,
        lon=139.91,
        publicity="members",
        day=SATURDAY - dt.timedelta(days=28),
    )
    release(api)
    assert public(api)["first_week"] == "2026-W47"


def test_an_area_only_stop_is_a_cell_with_the_name_of_its_neighbourhood(api: Api) -> None:
    with api.database.write() as session:
        home = make_stop(
            session,
            name="松本さんの庭",
            publicity="area_only",
            announced_area="小金原",
            kind="private_home",
            status="agreed",
            lat=35.8256,
            lon=139.9614,
            address="松戸市小金原1-2-3",
        )
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    assert api.post(f"/v1/stops/{home.id}/permissions", consent).status == 201
    stays = [{"stop_id": str(home.id), "arrive": "10:00", "depart": "12:00"}]
    plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": str(SATURDAY), "stops": stays})
    assert api.post(f"/v1/plans/{plan.json['id']}/publish", version=1).status == 200
    hold(api, stop=home)
    release(api)
    (cell,) = public(api)["cells"]
    assert cell["places"] == ["小金原"]
    south, west, north, east = bounds_degrees(cell["mesh1000"])
    assert south <= 35.8256 < north
    assert west <= 139.9614 < east
    for text, _ in everything(api):
        assert not [secret for secret in ("松本", "1-2-3", "35.8256", "139.9614") if secret in text]
    # A host who wants to be named no more is gone from here as from the timetable.
    assert api.patch(f"/v1/stops/{home.id}", {"publicity": "members"}, version=1).status == 200
    (cell,) = public(api)["cells"]
    assert cell["places"] == []


def test_weeks_since_the_last_visit_are_those_of_released_weeks(api: Api) -> None:
    with api.database.write() as session:
        stop = make_stop(session)
    hold(api, stop=stop, day=dt.date(2026, 10, 10))
    release(api, "2026-W45")
    hold(api, stop=stop, day=SATURDAY)
    assert [cell["weeks_since_visit"] for cell in public(api)["cells"]] == [4]
    release(api)
    assert [cell["weeks_since_visit"] for cell in public(api)["cells"]] == [0]
    assert [cell["weeks_since_visit"] for cell in public(api, "?period=2026-W43")["cells"]] == [2]
    assert public(api, "?period=2026-09")["cells"] == []


def test_children_of_the_census_stand_beside_it_as_they_were_at_the_release(api: Api) -> None:
    hold(api)
    import_census(api, m533957663=100, m533957664=20, m533957423=7)
    release(api)
    shown = public(api)
    assert {cell["mesh1000"]: cell["census"] for cell in shown["cells"]} == {53395742: 7, 53395766: 120}
    assert shown["census"] == {"label": "国勢調査 2020", "counts": "children_0_14"}
    import_census(api, m533957663=900)
    assert public(api) == shown
    api.clock.forward(days=7)
    release(api, "2026-W48")
    assert {cell["mesh1000"]: cell["census"] for cell in public(api)["cells"]} == {53395766: 900}


def test_csv_and_geojson_say_the_same_as_json(api: Api) -> None:
    season(api)
    import_census(api, m533957664=20)
    shown = public(api, "?period=FY2025")
    text = api.get("/v1/public/reach.csv?period=FY2025&bom=0", role=None).text
    rows = list(csv.DictReader(io.StringIO(text)))
    city = {row["figure"]: int(row["value"]) for row in rows if row["of"] == "city"}
    assert city == {"attendance": shown["attendance"]["total"], **shown["attendance"]["by_group"]}
    cells: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["of"] == "cell":
            cells.setdefault(row["mesh1000"], {})[row["figure"]] = int(row["value"])
    for cell in shown["cells"]:
        assert cells[str(cell["mesh1000"])]["visits"] == cell["visits"]
        assert cells[str(cell["mesh1000"])].get("attendance", 0) == cell["attendance"]["total"]
    geo = api.get("/v1/public/reach.geojson?period=FY2025", role=None).json
    assert [feature["properties"] for feature in geo["features"]] == shown["cells"]
    assert geo["summary"] == {name: value for name, value in shown.items() if name != "cells"}


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("?period=2026-W54", "?period"),
        ("?period=FY2026&until=2026-W00", "?until"),
        ("?period=2026-13", "?period"),
        ("?until=2026-11", "?period"),
        ("?period=2026-12&until=2026-11", "?until"),
        ("?period=yesterday", "?period"),
        ("?days=3", "?days"),
    ],
)
def test_what_is_no_period_is_refused(api: Api, asked: str, path: str) -> None:
    answer = api.get(f"/v1/public/reach{asked}", role=None)
    assert (answer.status, path in answer.faults) == (422, True)


def test_it_is_asked_again_and_answered_304(api: Api) -> None:
    hold(api)
    release(api)
    tag = api.get("/v1/public/reach", role=None).headers["ETag"]
    assert api.get("/v1/public/reach", role=None, headers={"If-None-Match": tag}).status == 304
    api.post("/v1/vans", {"code": "Z", "name": "別の車", "width_cm": 169, "height_cm": 242})
    assert api.get("/v1/public/reach", role=None, headers={"If-None-Match": tag}).status == 304


@pytest.mark.parametrize("page", ["/reach", "/when"])
def test_a_page_that_has_not_changed_keeps_its_style(api: Api, page: str) -> None:
    """Browsers take the headers of a 304: a stricter policy would block the style of the page that they kept."""
    first = api.get(page, role=None)
    again = api.get(page, role=None, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_the_page_has_no_script_no_style_of_its_own_and_asks_nobody_else(api: Api) -> None:
    season(api)
    import_census(api, m533957664=20)
    for asked in ("", "?lang=en", "?lang=ja&furigana=1", "?period=FY2025"):
        answer = api.get(f"/reach{asked}", role=None)
        assert answer.status == 200
        assert "script" not in answer.text
        assert 'style="' not in answer.text
        assert re.findall(r'(?:href|src)="(?!/)[^"]*"', answer.text) == []
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert not [word for word in ("ケース", "対象者", "困窮") if word in answer.text]


def test_the_table_says_what_the_map_shows(api: Api) -> None:
    season(api)
    shown = public(api, "?period=FY2026")
    text = api.get("/reach?lang=en&period=FY2026", role=None).text
    drawing, table = text.split("<figcaption>")[0], text.split("<figcaption>")[1]
    numbers = re.findall(r'<text class="people[^"]*"[^>]*>(\d+)</text>', drawing)
    visited = [cell for cell in shown["cells"] if cell["visits"]]
    assert sorted(map(int, numbers)) == sorted(cell["attendance"]["total"] for cell in visited)
    for cell in visited:
        assert f'<td class="number">{cell["attendance"]["total"]:,}</td>' in table
    assert f'<td class="number">{shown["not_on_map"]["total"]:,}</td>' in table
    assert f'<td class="number">{shown["attendance"]["total"]:,}</td>' in table


def test_the_page_calls_periods_as_people_do(api: Api) -> None:
    hold(api, day=SATURDAY - dt.timedelta(days=7))
    release(api)
    japanese, english = (api.get(f"/reach?lang={lang}", role=None).text for lang in ("ja", "en"))
    for said in ("2026年度", "2026年 11月", "11月16日（月）からの 週", "1週間まえ"):
        assert said in japanese
    for said in ("fiscal 2026", "week of 2026-11-16", "1 week before"):
        assert said in english
    assert not re.search(r">[^<]*(FY2026|2026-W\d\d)", japanese + english), (
        "numbers of weeks are for programs"
    )


@pytest.mark.parametrize(
    "asked", ["period=x", "period=2026-W54", "until=2026-11", "period=2026-11&until=2026-10", "period=%00"]
)
def test_who_asks_for_a_period_that_is_none_is_offered_those_that_there_are(api: Api, asked: str) -> None:
    season(api)
    for lang, said in (("ja", "その 期間は ありません。"), ("en", "There is no such period.")):
        answer = api.get(f"/reach?{asked}&lang={lang}", role=None)
        assert (answer.status, answer.headers["Content-Type"]) == (422, "text/html; charset=utf-8")
        assert said in answer.text
        assert f"/reach?period=FY2026&amp;lang={lang}" in answer.text
        assert 'aria-current="page"' not in answer.text
    assert api.get(f"/v1/public/reach?{asked}", role=None).json["code"] == "invalid", "programs get a problem"


def test_a_period_that_is_none_before_anything_was_released(api: Api) -> None:
    answer = api.get("/reach?period=x&lang=en", role=None)
    assert answer.status == 422
    assert "No figures have been released yet" in answer.text


@pytest.mark.parametrize(
    "address",
    ["/when?lang=xx&furigana=7&period=x", "/reach?lang=xx&furigana=%ff&lang=en", "/map?lang=%00", "/?lang=x"],
)
def test_wishes_that_no_page_knows_are_passed_over(api: Api, address: str) -> None:
    answer = api.get(address, role=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_places_have_their_english_names_beside_the_japanese(api: Api) -> None:
    named = {"name": "けやきの広場", "name_en": "Keyaki square", "code": "E1", "kind": "park"}
    stop = api.post("/v1/stops", {**named, "position": {"lat": 35.80, "lon": 139.95}}).json["id"]
    api.post(f"/v1/stops/{stop}/permissions", {"type": "consent", "valid_from": "2026-04-01"})
    stays = [{"stop_id": stop, "arrive": "10:00", "depart": "12:00"}]
    plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": str(SATURDAY), "stops": stays}).json
    assert api.post(f"/v1/plans/{plan['id']}/publish", version=1).status == 200
    visit = api.post("/v1/visits", {"plan_stop_id": plan["stops"][0]["id"]}).json["id"]
    count(api, visit, elem_low=20)
    release(api)
    english, japanese = (api.get(f"/reach?lang={lang}", role=None).text for lang in ("en", "ja"))
    assert "Keyaki square" in english
    assert "けやきの広場" not in english
    assert "けやきの広場" in japanese
    (cell,) = public(api)["cells"]
    assert (cell["places"], cell["places_en"]) == (["けやきの広場"], ["Keyaki square"])
    (feature,) = api.get("/v1/public/reach.geojson", role=None).json["features"]
    assert feature["properties"]["places_en"] == ["Keyaki square"]
    rows = [*csv.DictReader(io.StringIO(api.get("/v1/public/reach.csv?bom=0", role=None).text))]
    named = {(row["places"], row["places_en"]) for row in rows if row["of"] == "cell"}
    assert named == {("けやきの広場", "Keyaki square")}


def test_names_show_as_text_whatever_they_hold(api: Api) -> None:
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    for n, name in enumerate(HOSTILE):
        position = {"lat": 35.80 + n / 100, "lon": 139.95}
        made = api.post("/v1/stops", {"code": f"H{n}", "name": name, "kind": "temple", "position": position})
        assert made.status == 201, made
        api.post(f"/v1/stops/{made.json['id']}/permissions", consent)
        stays = [{"stop_id": made.json["id"], "arrive": f"{8 + n:02d}:00", "depart": f"{8 + n:02d}:30"}]
        day = SATURDAY - dt.timedelta(days=n)
        plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": str(day), "stops": stays})
        published = api.post(f"/v1/plans/{plan.json['id']}/publish", version=1)
        assert published.status == 200, published
        opened = api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][0]["id"]})
        assert opened.status == 201, opened
        count(api, opened.json["id"], elem_low=20)
    release(api)
    page = api.get("/reach?period=2026-11", role=None).text
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "長" * 120 in page
    table = api.get("/v1/public/reach.csv?bom=0&period=2026-11", role=None).text
    assert "'=HYPERLINK(1)" in table
    features: list[dict[str, Any]] = api.get("/v1/public/reach.geojson?period=2026-11", role=None).json[
        "features"
    ]
    assert {place for feature in features for place in feature["properties"]["places"]} >= {
        HOSTILE[0],
        HOSTILE[3],
    }

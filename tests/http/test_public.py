"""The public timetable: what everybody sees, and what nobody can work out from it."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
from typing import Any

import pytest
import sqlalchemy as sa

from outreach_api.kernel.ids import new_id, visit_id_of
from outreach_api.kernel.mesh import mesh_code
from outreach_api.public import calendar
from outreach_api.storage.published import TimetableEntry
from outreach_api.storage.session import Database
from tests.api import Answer, Api

DAY = "2026-11-28"
VIEWS = (
    "/v1/public/timetable.json",
    "/v1/public/timetable.geojson",
    "/v1/public/timetable.ics",
    "/when",
)


def announced(api: Api, code: str = "K07", day: str = DAY, arrive: str = "10:00", **said: Any) -> Answer:
    """A published plan of one stay at a stop of its own."""
    position = {"lat": 35.8041, "lon": 139.9523}
    stop = api.post(
        "/v1/stops", {"code": code, "name": f"場所{code}", "kind": "temple", "position": position, **said}
    )
    assert stop.status == 201, stop
    consent = {"type": "consent", "valid_from": "2026-04-01"}
    assert api.post(f"/v1/stops/{stop.json['id']}/permissions", consent).status == 201
    depart = f"{int(arrive[:2]) + 1:02d}:00"
    stays = [{"stop_id": stop.json["id"], "arrive": arrive, "depart": depart}]
    plan = api.post("/v1/plans", {"van_id": str(api.van), "local_day": day, "stops": stays})
    published = api.post(f"/v1/plans/{plan.json['id']}/publish", version=1)
    assert published.status == 200, published
    return published


def shown(api: Api) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = api.get(VIEWS[0], role=None).json["entries"]
    return entries


def everything(api: Api) -> list[tuple[str, str | None]]:
    """The bytes and tags of all public views, in both languages."""
    seen = []
    for path in VIEWS:
        for lang in ("ja", "en"):
            answer = api.get(path, role=None, headers={"Accept-Language": lang})
            assert answer.status == 200, answer
            seen.append((answer.text, answer.headers.get("ETag")))
    return seen


def test_an_announced_stay_is_seen_without_a_token(api: Api) -> None:
    announced(api, arrive="14:00", name_en="Hondoji")
    entry = shown(api)[0]
    assert (entry["local_day"], entry["opens"], entry["closes"], entry["status"]) == (
        DAY,
        "14:00",
        "15:00",
        "on",
    )
    assert (entry["place"], entry["place_en"]) == ("場所K07", "Hondoji")
    assert entry["position"] == {"lat": 35.8041, "lon": 139.9523}


def test_an_entry_has_no_van_no_plan_no_address_and_an_id_that_leads_nowhere(api: Api) -> None:
    plan = announced(
        api, "ZQ9", name="本土寺", address="松戸市平賀63", host_name="住職", host_contact="047-000-0000"
    )
    stop = plan.json["stops"][0]
    secret = [plan.json["id"], str(api.van), stop["id"], stop["visit_id"], stop["stop_id"], "ZQ9"]
    for text, _ in everything(api):
        assert not [s for s in (*secret, "松戸市平賀63", "住職", "047-000-0000", "くるくるA") if s in text]
    assert shown(api)[0]["id"] != str(visit_id_of(new_id()))


def test_an_id_stays_over_revisions_and_another_key_gives_another(api: Api) -> None:
    plan = announced(api)
    before = shown(api)[0]["id"]
    stop = plan.json["stops"][0]
    later = {"id": stop["id"], "stop_id": stop["stop_id"], "arrive": "11:00", "depart": "12:00"}
    api.patch(f"/v1/plans/{plan.json['id']}", {"stops": [later]}, version=2)
    api.post(f"/v1/plans/{plan.json['id']}/publish", version=3)
    assert [(e["id"], e["opens"]) for e in shown(api)] == [(before, "11:00")]


def test_a_members_stop_changes_no_public_byte(api: Api) -> None:
    announced(api)
    before = everything(api)
    hidden = announced(api, "K99", arrive="14:00", publicity="members")
    assert everything(api) == before
    api.post(f"/v1/plan-stops/{hidden.json['stops'][0]['id']}/cancel", {"reason": "rain"})
    assert everything(api) == before
    api.post(f"/v1/plans/{hidden.json['id']}/cancel", {"reason": "rain"}, version=3)
    assert (
        api.patch(f"/v1/stops/{hidden.json['stops'][0]['stop_id']}", {"name": "別"}, version=1).status == 200
    )
    assert everything(api) == before


def test_an_area_only_stop_shows_its_neighbourhood_and_a_kilometre_cell(api: Api) -> None:
    announced(
        api,
        kind="private_home",
        announced_area="小金原",
        kana="まつもとさんの にわ",
        name="松本さんの庭",
        name_en="Matsumoto garden",
        address="松戸市小金原1-2-3",
        position={"lat": 35.8256, "lon": 139.9614},
    )
    for text, _ in everything(api):
        assert not [s for s in ("松本", "まつもと", "Matsumoto", "1-2-3", "35.8256", "139.9614") if s in text]
    entry = shown(api)[0]
    assert (entry["place"], entry["place_en"], entry["area_only"], entry["position"]) == (
        "小金原",
        None,
        True,
        None,
    )
    assert entry["mesh1000"] == mesh_code(35_825_600, 139_961_400) // 100
    feature = api.get(VIEWS[1], role=None).json["features"][0]
    ring = feature["geometry"]["coordinates"][0]
    assert (feature["geometry"]["type"], len(ring), ring[0]) == ("Polygon", 5, ring[-1])
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    assert min(lons) <= 139.9614 < max(lons)
    assert min(lats) <= 35.8256 < max(lats)
    assert "GEO:" not in api.get(VIEWS[2], role=None).text


def test_a_host_who_withdraws_publicity_is_gone_at_once(api: Api) -> None:
    plan = announced(api, name="松本さんの庭")
    stop = f"/v1/stops/{plan.json['stops'][0]['stop_id']}"
    api.patch(stop, {"publicity": "area_only", "announced_area": "小金原"}, version=1)
    assert [(e["place"], e["position"]) for e in shown(api)] == [("小金原", None)]
    api.patch(stop, {"publicity": "members"}, version=2)
    assert shown(api) == []
    api.patch(stop, {"publicity": "public"}, version=3)
    assert shown(api) == []  # only a publication announces
    assert api.post(f"/v1/plans/{plan.json['id']}/publish", version=2).status == 200
    assert [e["place"] for e in shown(api)] == ["松本さんの庭"]


def test_a_stay_that_was_taken_out_is_cancelled_and_one_that_is_unannounced_is_gone(api: Api) -> None:
    taken, quiet = announced(api, "K01"), announced(api, "K02", arrive="14:00")
    stop = quiet.json["stops"][0]
    other = {"stop_id": stop["stop_id"], "arrive": "10:00", "depart": "11:00"}
    api.patch(f"/v1/plans/{taken.json['id']}", {"stops": []}, version=2)
    refused = api.post(f"/v1/plans/{taken.json['id']}/publish", version=3)
    assert refused.faults == {"": "plan_without_stops"}
    api.patch(f"/v1/plans/{taken.json['id']}", {"stops": [other]}, version=3)
    assert api.post(f"/v1/plans/{taken.json['id']}/publish", version=4).status == 200
    silent = {
        "id": stop["id"],
        "stop_id": stop["stop_id"],
        "arrive": "14:00",
        "depart": "15:00",
        "announce": False,
    }
    api.patch(f"/v1/plans/{quiet.json['id']}", {"stops": [silent]}, version=2)
    assert api.post(f"/v1/plans/{quiet.json['id']}/publish", version=3).status == 200
    assert {(e["place"], e["opens"], e["status"]) for e in shown(api)} == {
        ("場所K01", "10:00", "cancelled"),
        ("場所K02", "10:00", "closed"),
    }


def test_only_the_weather_is_told_as_a_reason(api: Api) -> None:
    for n, reason in enumerate(("heat", "infection", "staff")):
        plan = announced(api, f"K0{n}", arrive=f"{9 + 3 * n:02d}:00")
        api.post(f"/v1/plans/{plan.json['id']}/cancel", {"reason": reason, "note": "内部メモ"}, version=2)
    assert [e["cancel_reason"] for e in shown(api)] == ["heat", None, None]
    for text, _ in everything(api):
        assert not [word for word in ("infection", "staff", "内部メモ") if word in text]


def test_entries_come_by_day_opening_and_id_whatever_they_were_published_in(api: Api) -> None:
    announced(api, "K01", day="2026-11-30")
    announced(api, "K02", day="2026-11-29", arrive="14:00")
    announced(api, "K03", day="2026-11-29", arrive="09:00")
    assert [e["place"] for e in shown(api)] == ["場所K03", "場所K02", "場所K01"]


def test_nothing_tells_which_stays_were_published_together(api: Api) -> None:
    announced(api, "K01")
    early = everything(api)
    api.clock.forward(hours=2)
    announced(api, "K02", arrive="14:00")
    calendar_text = api.get(VIEWS[2], role=None).text
    assert len(set(re.findall(r"DTSTAMP:(\S+)", calendar_text))) == 1
    entries = api.get(VIEWS[0], role=None).json["entries"]
    assert {e["updated_at"] for e in entries} == {"2026-11-28T05:00:00Z"}  # of the day, not of the stay
    assert everything(api) != early


@pytest.mark.parametrize(
    ("query", "from_day", "to_day"),
    [
        ("", "2026-11-28", "2027-01-30"),
        ("?from_day=2026-12-01", "2026-12-01", "2027-02-02"),
        ("?to_day=2026-12-01", "2026-11-28", "2026-12-01"),
        ("?to_day=2026-10-01", "2026-07-30", "2026-10-01"),
        ("?to_day=2199-12-31", "2199-10-29", "2199-12-31"),
        ("?from_day=2026-11-01&to_day=2027-02-01", "2026-11-01", "2027-02-01"),
        ("?from_day=2199-12-31", "2199-12-31", "2199-12-31"),
    ],
)
def test_the_days_are_bounded(api: Api, query: str, from_day: str, to_day: str) -> None:
    answer = api.get(VIEWS[0] + query, role=None)
    assert (answer.json["from_day"], answer.json["to_day"]) == (from_day, to_day)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("?from_day=2026-12-02&to_day=2026-12-01", {"?": "wrong_order"}),
        ("?from_day=2026-01-01&to_day=2026-12-31", {"?": "too_many_days"}),
        ("?from_day=tomorrow", {"?from_day": "not_day"}),
        ("?van=A", {"?van": "unknown_key"}),
    ],
)
def test_bad_days_are_refused(api: Api, query: str, faults: dict[str, str]) -> None:
    for path in VIEWS[:3]:
        answer = api.get(path + query, role=None)
        assert (answer.status, answer.faults) == (422, faults)


def test_an_unchanged_timetable_answers_304(api: Api) -> None:
    announced(api)
    for path in VIEWS:
        tag = api.get(path, role=None).headers["ETag"]
        again = api.get(path, role=None, headers={"If-None-Match": tag})
        assert (again.status, again.headers["ETag"], again.text) == (304, tag, "")
        assert again.headers["Cache-Control"] == "public, no-cache"
    announced(api, "K08", arrive="14:00")
    assert api.get(VIEWS[0], role=None, headers={"If-None-Match": tag}).status == 200


HOSTILE = '<script>alert("x")</script>&amp;,;\\"\'{name} 🎪' + "長い名前" * 15


def test_a_hostile_name_is_only_text_on_the_page(api: Api) -> None:
    announced(api, name=HOSTILE, name_en='"><img src=x onerror=alert(1)>')
    for lang in ("ja", "en"):
        answer = api.get("/when", role=None, headers={"Accept-Language": lang})
        tags = _Tags()
        tags.feed(answer.text)
        assert not {"script", "img"} & tags.names
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert (HOSTILE if lang == "ja" else '"><img src=x') in tags.text


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_speaks_easy_japanese_first_and_english_when_asked(api: Api) -> None:
    assert "いま お知らせできる 日は ありません" in api.get("/when", role=None).text
    announced(api)
    plain = api.get("/when", role=None)
    assert plain.headers["Content-Language"] == "ja"
    assert "11月28日（土）</time> <strong>きょう</strong>" in plain.text
    assert "つながるリンク" in plain.text
    assert "つながるLINE" in plain.text
    assert not [word for word in ("ケース", "対象者", "困窮") if word in plain.text]
    english = api.get("/when", role=None, headers={"Accept-Language": "en-GB"})
    assert 'lang="en"' in english.text
    assert "Sat 2026-11-28</time> <strong>today</strong>" in english.text
    assert api.get("/when?utm_source=line", role=None).status == 200


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_is_valid_and_says_what_is_cancelled(api: Api) -> None:
    on = announced(api, "K01", name=HOSTILE)
    off = announced(api, "K02", arrive="14:00", name="公園,北;口")
    api.post(f"/v1/plans/{off.json['id']}/cancel", {"reason": "rain"}, version=2)
    answer = api.get(VIEWS[2], role=None)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    raw = answer.text.encode()
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    lines = unfolded(answer.text)
    assert (lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT")) == (2, 2)
    assert [line for line in lines if line.startswith("STATUS")] == ["STATUS:CONFIRMED", "STATUS:CANCELLED"]
    assert "DTSTART;TZID=Asia/Tokyo:20261128T100000" in lines
    assert "DTEND;TZID=Asia/Tokyo:20261128T110000" in lines
    assert "GEO:35.804100;139.952300" in lines
    assert "LOCATION:公園\\,北\\;口" in lines
    escaped = HOSTILE.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    assert f"LOCATION:{escaped}" in lines
    assert [line for line in lines if line.startswith("UID:")] == [
        f"UID:{entry['id']}" for entry in shown(api)
    ]
    assert on.json["stops"][0]["id"] not in answer.text


@pytest.mark.parametrize("line", ["X:" + "a" * 73, "X:" + "a" * 74, "X:" + "漢" * 200, "X:a" + "🎪" * 80, ""])
def test_a_folded_line_keeps_its_characters_and_its_75_octets(line: str) -> None:
    folded = calendar.fold(line)
    assert folded.endswith(b"\r\n")
    parts = folded[:-2].split(b"\r\n")
    assert all(len(part) <= 75 and part.decode() == part.decode(errors="strict") for part in parts)
    assert folded[:-2].replace(b"\r\n ", b"").decode() == line


def test_a_text_of_a_calendar_cannot_begin_a_new_line() -> None:
    assert calendar.text("a\r\nEND:VEVENT\x00\x85\u2028b") == "a\\nEND:VEVENTb"


def test_a_day_without_times_is_shown_as_a_whole_day(api: Api, database: Database) -> None:
    with database.write() as session:
        session.add(
            TimetableEntry(
                id=new_id(),
                local_day=dt.date(2026, 11, 29),
                opens=None,
                closes=None,
                status="on",
                cancel_reason=None,
                place="本土寺",
                place_kana=None,
                place_en=None,
                area_only=False,
                lat=None,
                lon=None,
                mesh_1km=53395762,
                updated_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
            )
        )
    announced(api, day="2026-11-29", arrive="20:00")
    assert [e["opens"] for e in shown(api)] == ["20:00", None]
    assert "DTSTART;VALUE=DATE:20261129" in unfolded(api.get(VIEWS[2], role=None).text)
    assert api.get("/when", role=None).status == 200


def test_the_public_side_reads_only_what_was_published(api: Api, database: Database) -> None:
    announced(api)
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        everything(api)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
    tables = {name for statement in seen for name in re.findall(r"(?:FROM|JOIN) (\w+)", statement)}
    assert tables == {"published_timetable", "published_links"}

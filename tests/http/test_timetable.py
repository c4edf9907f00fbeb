"""What the timetable says of a stay over time: undecided, on, open, over, cancelled, and when it was last changed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from outreach_api.kernel.ids import new_id
from outreach_api.storage.published import TimetableEntry
from outreach_api.storage.session import Database
from tests.api import Answer, Api
from tests.icalendar import Component, events
from tests.planning import agreed_stop, draft, publish, stay

JSON, CALENDAR, PAGE = "/v1/public/timetable.json", "/v1/public/timetable.ics", "/when"
MONDAY = "2026-11-30"


def announced(api: Api, *stays: dict[str, Any], day: str = MONDAY) -> Answer:
    plan = draft(api, *stays, day=day)
    published = publish(api, plan)
    assert published.status == 200, published
    return published


def entries(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(JSON, role=None).json["entries"]
    return found


def statuses(api: Api) -> list[str]:
    return [entry["status"] for entry in entries(api)]


def calendar(api: Api) -> list[Component]:
    return events(api.get(CALENDAR, role=None).text.encode())


def tokyo(api: Api, moment: str) -> None:
    """Set the clock to a local time."""
    api.clock.now = dt.datetime.fromisoformat(f"{moment}+09:00").astimezone(dt.UTC)


def test_a_stay_is_undecided_until_monday_morning_in_tokyo_and_then_on(api: Api) -> None:
    announced(api, stay(agreed_stop(api), undecided=True))
    (entry,) = entries(api)
    assert (entry["status"], entry["decided_at"]) == ("undecided", "2026-11-29T22:30:00Z")
    (event,) = calendar(api)
    assert (event["STATUS"], event["SEQUENCE"]) == ("TENTATIVE", "0")
    page = api.get(PAGE, role=None).text
    assert "まだ 決まっていません" in page
    assert "11月30日（月） 7:30</time> に 決まります。" in page
    tokyo(api, "2026-11-30T07:29:59")
    assert statuses(api) == ["undecided"]
    tag = api.get(JSON, role=None).headers["ETag"]
    tokyo(api, "2026-11-30T07:30:00")
    changed = api.get(JSON, role=None, headers={"If-None-Match": tag})
    assert changed.status == 200
    (entry,) = changed.json["entries"]
    assert (entry["status"], entry["decided_at"]) == ("on", None)
    assert entry["updated_at"] == "2026-11-29T22:30:00Z"
    (event,) = calendar(api)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", "1")


def test_nothing_is_undecided_that_nobody_marked(api: Api) -> None:
    announced(api, stay(agreed_stop(api), decide_by="20:00", decide_days_before=1))
    (entry,) = entries(api)
    assert (entry["status"], entry["decided_at"]) == ("on", "2026-11-29T11:00:00Z")
    assert "11月29日（日） 20:00</time> までに 中止を 決めて" in api.get(PAGE, role=None).text


def test_a_decision_is_said_at_once_without_publishing_anew(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api)))
    path = f"/v1/plan-stops/{plan.json['stops'][0]['id']}/decide"
    later = api.post(path, {"undecided": True, "decide_by": "08:30"}, role="crew")
    assert (later.status, later.json["changed_since_published"]) == (200, False)
    assert [(e["status"], e["decided_at"]) for e in entries(api)] == [("undecided", "2026-11-29T23:30:00Z")]
    assert api.post(path, {"undecided": True, "decide_by": "08:30"}).json["version"] == later.json["version"]
    assert api.post(path, {"undecided": False}).status == 200
    assert statuses(api) == ["on"]
    (kept,) = plan.json["stops"]
    again = stay(kept["stop_id"], id=kept["id"], undecided=True)
    changed = api.patch(f"/v1/plans/{plan.json['id']}", {"stops": [again]}, version=4)
    assert (changed.status, changed.json["changed_since_published"]) == (200, False)
    assert statuses(api) == ["undecided"]


def test_a_decision_comes_before_the_opening_and_before_it_is_too_late(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api)))
    path = f"/v1/plan-stops/{plan.json['stops'][0]['id']}/decide"
    late = api.post(path, {"undecided": True, "decide_by": "10:00"})
    assert (late.status, late.faults) == (422, {"/decide_by": "decided_after_opening"})
    assert api.post(path, {"undecided": True}, role="crew", van=api.other_van).status == 404
    tokyo(api, "2026-11-30T08:00:00")
    assert api.post(path, {"undecided": True}).code == "decided_already"
    assert api.post(f"/v1/plan-stops/{plan.json['stops'][0]['id']}/cancel", {"reason": "rain"}).status == 200
    assert api.post(path, {"undecided": False}).code == "plan_stop_cancelled"
    body = {"stops": [stay(plan.json["stops"][0]["stop_id"], decide_by="10:00")]}
    made = api.post("/v1/plans", {"van_id": str(api.van), "local_day": "2026-12-01", **body})
    assert made.faults == {"/stops/0": "decided_after_opening"}


def test_a_public_stay_opens_with_the_visit_and_is_over_when_it_closes(api: Api) -> None:
    stop = agreed_stop(api)
    plan = announced(api, stay(stop, "08:00", "09:00"), stay(stop, "11:00", "13:00"), day="2026-11-28")
    assert statuses(api) == ["closed", "on"]
    visit = api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][1]["id"]}, role="crew")
    assert statuses(api) == ["closed", "open"]
    assert "いま やっています" in api.get(PAGE, role=None).text
    assert {event["SEQUENCE"] for event in calendar(api)} == {"0"}, (
        "a calendar need not know who is there now"
    )
    assert publish(api, plan, version=2).status == 200
    assert statuses(api) == ["closed", "open"]
    assert api.post(f"/v1/visits/{visit.json['id']}/close", {}, role="crew").status == 200
    assert statuses(api) == ["closed", "closed"]


def test_what_nobody_closed_is_over_an_hour_after_its_time(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api), "11:00", "13:00"), day="2026-11-28")
    api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][0]["id"]}, role="crew")
    tokyo(api, "2026-11-28T13:59:59")
    assert statuses(api) == ["open"]
    tokyo(api, "2026-11-28T14:00:00")
    assert statuses(api) == ["closed"]


def test_nobody_is_told_that_the_van_stands_in_a_garden_now(api: Api) -> None:
    stop = agreed_stop(
        api,
        kind="private_home",
        announced_area="小金原",
        name="松本さんの庭",
        kana="まつもとさんの にわ",
    )
    plan = announced(api, stay(stop, "11:00", "13:00"), stay(stop, "14:00", "15:00"), day="2026-11-28")
    before = [api.get(path, role=None).text for path in (JSON, CALENDAR, PAGE)]
    visit = api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][0]["id"]}, role="crew")
    assert [api.get(path, role=None).text for path in (JSON, CALENDAR, PAGE)] == before
    assert api.post(f"/v1/visits/{visit.json['id']}/close", {}, role="crew").status == 200
    assert [api.get(path, role=None).text for path in (JSON, CALENDAR, PAGE)] == before
    assert "まつもと" not in "".join(before) + api.get(f"{PAGE}?furigana=1", role=None).text
    first, second = entries(api)
    assert (
        (first["place"], first["place_kana"]) == (second["place"], second["place_kana"]) == ("小金原", None)
    )
    assert first["id"] != second["id"]


def test_an_area_is_read_by_the_kana_that_were_entered_for_it(api: Api) -> None:
    """Never by those of the stop, which may be a family's name."""
    garden = agreed_stop(
        api,
        kind="private_home",
        announced_area="小金原",
        announced_area_kana="こがねはら",
        name="松本さんの庭",
        kana="まつもとさんの にわ",
    )
    announced(api, stay(garden), day="2026-11-29")
    assert [entry["place_kana"] for entry in entries(api)] == ["こがねはら"]
    assert "<ruby>小金原<rp>（</rp><rt>こがねはら</rt>" in api.get(f"{PAGE}?furigana=1", role=None).text
    assert "こがねはら" not in api.get(PAGE, role=None).text
    assert api.patch(f"/v1/stops/{garden}", {"announced_area_kana": "こがね はら"}, version=1).status == 200
    assert [entry["place_kana"] for entry in entries(api)] == ["こがね はら"]


def test_a_stop_that_withdraws_while_it_is_open_says_no_more_that_it_is(api: Api) -> None:
    stop = agreed_stop(api)
    plan = announced(api, stay(stop, "11:00", "13:00"), day="2026-11-28")
    api.post("/v1/visits", {"plan_stop_id": plan.json["stops"][0]["id"]}, role="crew")
    assert statuses(api) == ["open"]
    api.patch(f"/v1/stops/{stop}", {"publicity": "area_only", "announced_area": "小金原"}, version=1)
    assert statuses(api) == ["on"]


def test_a_stay_called_off_by_its_visit_stays_off_when_the_plan_is_published_again(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api, "K01")), stay(agreed_stop(api, "K02"), "14:00", "15:00"))
    first = plan.json["stops"][0]
    called_off = {"reason": "rain", "plan_stop_id": first["id"]}
    assert api.post(f"/v1/visits/{first['visit_id']}/cancel", called_off, role="crew").status == 200
    assert publish(api, plan).status == 200
    assert [(e["status"], e["cancel_reason"]) for e in entries(api)] == [("cancelled", "rain"), ("on", None)]


def test_publishing_again_what_did_not_change_changes_no_byte_beside_a_members_stop(api: Api) -> None:
    hidden = agreed_stop(api, "K99", publicity="members")
    plan = announced(api, stay(agreed_stop(api, "K01")), stay(hidden, "14:00", "15:00"))
    seen = [api.get(path, role=None).text for path in (JSON, CALENDAR, PAGE)]
    api.clock.forward(hours=3)
    first, second = plan.json["stops"]
    same = stay(first["stop_id"], id=first["id"])
    moved = stay(hidden, "15:00", "16:00", id=second["id"], undecided=True)
    assert api.patch(f"/v1/plans/{plan.json['id']}", {"stops": [same, moved]}, version=2).status == 200
    assert publish(api, plan, version=3).status == 200
    cancelled = api.post(f"/v1/plan-stops/{second['id']}/cancel", {"reason": "rain"})
    assert cancelled.json["posts"] == []
    assert [api.get(path, role=None).text for path in (JSON, CALENDAR, PAGE)] == seen


def test_each_change_is_told_to_calendars_with_a_higher_number(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api)))
    kept, path = plan.json["stops"][0], f"/v1/plans/{plan.json['id']}"
    (first,) = calendar(api)
    api.clock.forward(hours=1)
    api.patch(path, {"stops": [stay(kept["stop_id"], "10:30", id=kept["id"])]}, version=2)
    publish(api, plan, version=3)
    (moved,) = calendar(api)
    assert (moved["UID"], moved["DTSTART"]) == (first["UID"], "20261130T103000")
    assert moved["LAST-MODIFIED"] > first["LAST-MODIFIED"]
    api.post(f"{path}/cancel", {"reason": "staff"}, version=4)
    (off,) = calendar(api)
    assert (off["UID"], off["STATUS"]) == (first["UID"], "CANCELLED")
    assert int(first["SEQUENCE"]) < int(moved["SEQUENCE"]) < int(off["SEQUENCE"])
    assert "1日に1回" in off["DESCRIPTION"]


def test_what_is_called_off_shows_with_the_next_request_whatever_was_kept(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api)))
    kept = {path: api.get(path, role=None) for path in (JSON, CALENDAR, PAGE)}
    assert {answer.headers["Cache-Control"] for answer in kept.values()} == {"public, no-cache"}
    api.post(f"/v1/plan-stops/{plan.json['stops'][0]['id']}/cancel", {"reason": "thunder"}, role="crew")
    for path, answer in kept.items():
        again = api.get(path, role=None, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 200
        assert again.headers["ETag"] != answer.headers["ETag"]
    assert statuses(api) == ["cancelled"]
    assert "雷が あぶない ため" in api.get(PAGE, role=None).text


def test_the_page_has_readings_and_languages_to_choose_without_a_script(api: Api) -> None:
    announced(api, stay(agreed_stop(api, name="本土寺 門前", kana="ほんどじ もんぜん", name_en="Hondoji")))
    plain = api.get(PAGE, role=None).text
    assert "<ruby>" not in plain
    assert 'href="/when?lang=ja&amp;furigana=1"' in plain
    assert "1日に 1回くらいしか" in plain
    read = api.get("/when?lang=ja&furigana=1", role=None, headers={"Accept-Language": "en"}).text
    assert "<ruby>本土寺<rp>（</rp><rt>ほんどじ</rt><rp>）</rp></ruby>" in read
    assert "<ruby>駄菓子屋カフェくるくる<rp>（</rp><rt>だがしやカフェくるくる</rt>" in read
    assert 'href="/when?lang=en&amp;furigana=1"' in read
    english = api.get("/when?lang=en&furigana=1", role=None)
    assert (english.headers["Content-Language"], "<ruby>" in english.text) == ("en", False)
    assert "Hondoji" in english.text
    assert "about once a day" in english.text
    style = api.get("/when.css", role=None)
    assert (style.status, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_the_page_links_what_the_destinations_say(api: Api) -> None:
    def destination(kind: str, **said: Any) -> Answer:
        body = {"kind": kind, "name": f"先{kind}", "how_to_join": "窓口へ", **said}
        made = api.post("/v1/destinations", body)
        assert made.status == 201, made
        return made

    link = destination("link", url="https://example.org/link")
    destination("line")
    destination("police", url="https://example.org/police")
    page = api.get(PAGE, role=None).text
    assert '<a href="https://example.org/link">つながるリンク（ウェブサイト）</a>' in page
    assert "<li>つながるLINE</li>" in page
    assert "police" not in page
    changed = api.patch(f"/v1/destinations/{link.json['id']}", {"active": False}, version=1)
    assert changed.status == 200
    assert "example.org" not in api.get(PAGE, role=None).text


def test_five_hundred_stays_make_a_valid_calendar(api: Api, database: Database) -> None:
    with database.write() as session:
        session.add_all(
            TimetableEntry(
                id=new_id(),
                local_day=dt.date(2026, 11, 28) + dt.timedelta(days=n // 10),
                opens=dt.time(9 + n % 10),
                closes=dt.time(10 + n % 10),
                status=("on", "undecided", "cancelled", "open", "closed")[n % 5],
                cancel_reason=None,
                place=f"場所,{n};\\\u202e" + "長い" * 40,
                place_kana=None,
                place_en=None,
                area_only=n % 3 == 0,
                lat=None if n % 3 == 0 else 35.8,
                lon=None if n % 3 == 0 else 139.9,
                mesh_1km=53395762,
                decided_at=None,
                changes=0,
                updated_at=api.clock(),
            )
            for n in range(500)
        )
    assert len(calendar(api)) == len(entries(api)) == 500
    assert api.get(PAGE, role=None).text.count('<li class="') == 500
    assert len({uuid.UUID(event["UID"]) for event in calendar(api)}) == 500

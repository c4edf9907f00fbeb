"""What is posted for families when a stay is called off: kind, easy to read, and never more than was announced."""

from __future__ import annotations

from typing import Any

from outreach_api.app import create_app
from outreach_api.settings import Settings
from outreach_api.storage.keyring import Keyring
from outreach_api.storage.session import Database
from tests.api import Answer, Api, StandingClock
from tests.planning import agreed_stop, draft, publish, stay


def announced(api: Api, *stays: dict[str, Any], day: str = "2026-11-28") -> Answer:
    published = publish(api, draft(api, *stays, day=day))
    assert published.status == 200, published
    return published


def post_of(api: Api, plan: Answer, reason: str = "rain") -> dict[str, Any]:
    answer = api.post(
        f"/v1/plan-stops/{plan.json['stops'][0]['id']}/cancel",
        {"reason": reason, "note": "内部"},
        role="crew",
    )
    assert answer.status == 200, answer
    (post,) = answer.json["posts"]
    later = api.get(f"/v1/plan-stops/{plan.json['stops'][0]['id']}/post", role="crew")
    assert later.json == post
    found: dict[str, Any] = post
    return found


def test_cancelling_from_the_van_brings_a_post_with_day_place_reason_and_where_to_look(
    database: Database, clock: StandingClock, keyring: Keyring
) -> None:
    settings = Settings(public_url="https://kurukuru.example.org")
    api = Api(create_app(settings, database=database, keyring=keyring, now=clock), database, clock)
    place = agreed_stop(api, name="本土寺 門前", kana="ほんどじ もんぜん", name_en="Hondoji")
    announced(api, stay(place, "10:00", "12:00"), day="2026-12-26")
    post = post_of(api, announced(api, stay(place, "14:00", "16:00")))
    assert post["text"] == (
        "【中止（ちゅうし）の おしらせ】\n駄菓子屋カフェくるくる\n11月28日（土） 14:00〜16:00\n"
        "場所（ばしょ）：本土寺 門前（ほんどじ もんぜん）\n\n"
        "雨（あめ）の ため、この日（ひ）は おみせを おやすみします。\n"
        "たのしみに してくれた みなさん、ごめんなさい。\n\n"
        "つぎに ここへ 来（く）るのは、12月26日（土） 10:00〜12:00の よていです。\n\n"
        "つぎに いつ 来（く）るかは、ここで 見（み）られます：\nhttps://kurukuru.example.org/when"
    )
    assert "Place: Hondoji" in post["text_en"]
    assert "Because of rain, we do not come on this day." in post["text_en"]


def test_of_a_garden_the_post_names_only_the_neighbourhood_and_no_reason_that_is_ours(api: Api) -> None:
    garden = agreed_stop(
        api, kind="private_home", announced_area="小金原", name="松本さんの庭", kana="まつもとさんの にわ"
    )
    post = post_of(api, announced(api, stay(garden)), "infection")
    assert "場所（ばしょ）：小金原 あたり" in post["text"]
    assert "つごうが あって、" in post["text"]
    for word in ("松本", "まつもと", "内部", "感染", "infection"):
        assert word not in post["text"] + post["text_en"]


def test_there_is_nothing_to_post_of_what_nobody_was_told(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api, "K99", publicity="members")))
    plan_stop = plan.json["stops"][0]["id"]
    nothing = {"plan_stop_id": plan_stop, "text": None, "text_en": None}
    assert api.post(f"/v1/plan-stops/{plan_stop}/cancel", {"reason": "rain"}).json["posts"] == []
    assert api.get(f"/v1/plan-stops/{plan_stop}/post").json == nothing
    on = announced(api, stay(agreed_stop(api, "K01")), day="2026-11-29").json["stops"][0]["id"]
    assert api.get(f"/v1/plan-stops/{on}/post").json["text"] is None
    assert api.get(f"/v1/plan-stops/{on}/post", role="crew", van=api.other_van).status == 404


def test_a_whole_plan_brings_a_post_for_each_of_its_announced_stays(api: Api) -> None:
    stays = (
        stay(agreed_stop(api, "K01")),
        stay(agreed_stop(api, "K02", publicity="members"), "14:00", "15:00"),
        stay(agreed_stop(api, "K03", name="[a|b]{name}\u202e公園"), "17:00", "18:00"),
    )
    plan = announced(api, *stays)
    answer = api.post(f"/v1/plans/{plan.json['id']}/cancel", {"reason": "wind"}, version=2)
    first, second = (post["text"] for post in answer.json["posts"])
    assert "場所K01" in first
    assert "場所（ばしょ）：[a|b]{name}公園\n" in second
    assert "K02" not in first + second


def test_a_visit_that_is_cancelled_from_the_van_brings_its_post(api: Api) -> None:
    plan = announced(api, stay(agreed_stop(api)))
    stop = plan.json["stops"][0]
    body = {"reason": "thunder", "plan_stop_id": stop["id"]}
    answer = api.post(f"/v1/visits/{stop['visit_id']}/cancel", body, role="crew")
    assert "雷（かみなり）が あぶない ため、" in answer.json["post"]["text"]
    assert api.get(f"/v1/plan-stops/{stop['id']}/post", role="crew").json == answer.json["post"]


def test_without_an_address_of_ours_the_post_leads_to_line(api: Api) -> None:
    body = {"kind": "line", "name": "つながるLINE", "how_to_join": "QR", "url": "https://example.org/line"}
    assert api.post("/v1/destinations", body).status == 201
    post = post_of(api, announced(api, stay(agreed_stop(api))))
    assert post["text"].endswith("つながるLINEで 見（み）てください：\nhttps://example.org/line")

"""Finding places: without a network, with providers that answer well or badly, and never a word about homes."""

from __future__ import annotations

import copy
import datetime as dt
import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import sqlalchemy as sa

from outreach_api.app import create_app
from outreach_api.kernel import log_lines
from outreach_api.outreach_map.imports import Source, keep_boundary
from outreach_api.outreach_map.outlines import NamedOutline
from outreach_api.settings import Settings
from outreach_api.stops.geocoding import asking
from outreach_api.stops.geocoding.http import MOST_BYTES
from outreach_api.storage.ledger import AuditEntry
from outreach_api.storage.places import GeocodeAnswer
from outreach_api.storage.session import Database
from tests.api import Answer, Api, StandingClock
from tests.lists import BLOCKS, imported
from tests.make import make_stop
from tests.providers import Providers, gsi, nominatim, providers

ADDRESS = "松戸市常盤平3-11-1"
MatchApi = Callable[..., Api]


@pytest.fixture
def elsewhere() -> Iterator[Providers]:
    with providers() as here:
        yield here


@pytest.fixture
def asking_api(
    database: Database,
    clock: StandingClock,
    keyring: Any,
    elsewhere: Providers,
    monkeypatch: pytest.MonkeyPatch,
) -> MatchApi:
    """Makes an API whose settings name providers; nobody waits in it, but the clock goes on by as much."""

    def made(*geocoders: str, **settings: Any) -> Api:
        chosen = Settings(
            geocoders=geocoders,
            **{
                "gsi_url": f"{elsewhere.url}/gsi",
                "nominatim_url": f"{elsewhere.url}/osm",
                "nominatim_agent": "kurukuru test (ops@example.org)",
                **settings,
            },
        )
        app = create_app(chosen, database=database, keyring=keyring, now=clock)
        if not apis:
            apis.append(Api(app, database, clock))
            return apis[0]
        another = copy.copy(apis[0])  # of the same vans and tokens: another worker, with other settings
        another.app, another._client = app, app.test_client()
        return another

    apis: list[Api] = []

    def wait(seconds: float) -> None:
        clock.forward(seconds=seconds)

    monkeypatch.setattr(asking, "sleep", wait)
    return made


def find(api: Api, q: str, **more: str) -> Any:
    answer = ask(api, q, **more)
    assert answer.status == 200, answer
    return answer.json


def ask(api: Api, q: str, role: str = "coordinator", **more: str) -> Answer:
    rest = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    return api.get(f"/v1/geocode?q={quote(q)}{rest}", role=role)


def codes(found: Any) -> list[str]:
    return [advice["code"] for advice in found["advice"]]


def outcomes(found: Any) -> list[tuple[str, str, str | None]]:
    return [(asked["provider"], asked["result"], asked["code"]) for asked in found["asked"]]


# Without a network


def test_with_nothing_imported_it_says_what_to_do(api: Api) -> None:
    found = find(api, ADDRESS)
    assert found["candidates"] == []
    assert outcomes(found) == [("gazetteer", "off", "gazetteer_missing")]
    assert codes(found) == ["geocode_unable"]
    assert "import-gazetteer" in found["advice"][0]["detail"]


def test_an_address_is_found_in_the_gazetteer_with_its_precision_and_source(
    api: Api, database: Database, tmp_path: Path
) -> None:
    imported(database, tmp_path, *BLOCKS)
    (candidate,) = find(api, "〒270-2261 千葉県松戸市常盤平三丁目１１番１号 コーポ101")["candidates"]
    assert candidate["position"] == {"lat": 35.804123, "lon": 139.952345}
    assert candidate["title"] == "千葉県松戸市常盤平三丁目11番"
    assert (candidate["provider"], candidate["precision"], candidate["derived"]) == (
        "gazetteer",
        "block",
        "listed",
    )
    assert candidate["unused"] == "1-コーポ101"
    assert candidate["credit"] == "国土交通省 位置参照情報（街区レベル）"
    assert candidate["outline"] is None


def test_what_is_listed_nowhere_is_nothing_and_no_guess(api: Api, database: Database, tmp_path: Path) -> None:
    imported(database, tmp_path, *BLOCKS)
    found = find(api, "東京都葛飾区金町1-1")
    assert (found["candidates"], codes(found)) == ([], ["geocode_nothing"])
    assert outcomes(found) == [("gazetteer", "nothing", None)]


def test_a_town_alone_or_an_unlisted_block_is_as_rough_as_it_says(
    api: Api, database: Database, tmp_path: Path
) -> None:
    imported(database, tmp_path, *BLOCKS)
    for asked in ("松戸市常盤平3丁目", "松戸市常盤平3-99-1"):
        (candidate,) = find(api, asked)["candidates"]
        assert (candidate["precision"], candidate["derived"]) == ("town", "mean")
        assert candidate["position"] == {"lat": 35.804562, "lon": 139.952674}


def in_matsudo(database: Database, clock: StandingClock) -> None:
    ring = ((139.85, 35.75), (139.98, 35.75), (139.98, 35.85), (139.85, 35.85), (139.85, 35.75))
    named = NamedOutline("12207", "松戸市", [[np.array(ring)]])
    with database.write() as session:
        keep_boundary(session, named, source=Source("m.geojson", "0"), now=clock())


def test_a_town_of_two_cities_is_told_with_the_distance_from_ours_nearest_first(
    api: Api, database: Database, clock: StandingClock, tmp_path: Path
) -> None:
    imported(database, tmp_path, *BLOCKS)
    in_matsudo(database, clock)
    ours, other = find(api, "本町5")["candidates"]
    assert (ours["title"], other["title"]) == ("千葉県松戸市本町5番", "千葉県柏市本町5番")
    assert ours["outline"] == {"code": "12207", "name": "松戸市", "distance_m": 0.0}
    assert other["outline"]["distance_m"] == pytest.approx(904, abs=1)
    (only,) = find(api, "柏市本町5")["candidates"]
    assert only["title"] == "千葉県柏市本町5番"


@pytest.mark.parametrize(
    ("pasted", "as_", "derived", "precision"),
    [
        ("35.8041, 139.9523", "position", "coordinates", "manual"),
        ("北緯35度48分14.76秒 東経139度57分8.28秒", "position", "coordinates", "manual"),
        ("139.9523,35.8041", "position", "swapped_coordinates", "manual"),
        ("https://www.google.com/maps/@35.8041,139.9523,17z", "map_link", "map_link_view", "block"),
        ("https://maps.apple.com/?ll=35.8041,139.9523", "map_link", "map_link_pin", "point"),
        ("geo:35.8041,139.9523", "position", "geo_uri", "manual"),
    ],
)
def test_what_is_pasted_needs_no_provider(
    api: Api, pasted: str, as_: str, derived: str, precision: str
) -> None:
    found = find(api, pasted)
    (candidate,) = found["candidates"]
    assert candidate["position"] == {
        "lat": pytest.approx(35.8041, abs=1e-5),
        "lon": pytest.approx(139.9523, abs=1e-5),
    }
    assert (found["understood_as"], candidate["derived"], candidate["precision"]) == (as_, derived, precision)
    assert (candidate["provider"], found["asked"]) == ("pasted", [])
    assert candidate["explanation"]


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("https://maps.app.goo.gl/abc", "map_link_short"),
        ("https://example.org/x", "map_link_unknown"),
        ("51.5, -0.12", "outside_japan"),
        ("RX35+2H", "plus_code_wants_place"),
        ("。、", "geocode_nothing"),
    ],
)
def test_what_can_not_be_known_says_why(api: Api, pasted: str, code: str) -> None:
    found = find(api, pasted)
    assert (found["candidates"], codes(found)) == ([], [code])


def test_a_short_plus_code_is_completed_by_what_is_known_nearby(
    api: Api, database: Database, tmp_path: Path
) -> None:
    whole = find(api, "8Q7XRX35+2H")["candidates"][0]["position"]
    imported(database, tmp_path, *BLOCKS)
    for pasted, more in (
        ("RX35+2H", {"near": "35.80,139.95"}),
        ("RX35+2H 松戸市", {}),
        ("RX35+2H 松戸市、千葉県", {}),
    ):
        (candidate,) = find(api, pasted, **more)["candidates"]
        assert candidate["position"] == whole
        assert candidate["derived"] == "plus_code_near"
    with database.write() as session:
        make_stop(session)
    assert find(api, "RX35+2H")["candidates"][0]["position"] == whole


# Who may, and what is refused


def test_only_those_who_plan_look_places_up(api: Api) -> None:
    for role, status in (
        ("coordinator", 200),
        ("admin", 200),
        ("crew", 403),
        ("reporter", 403),
        ("safeguarding", 403),
    ):
        assert ask(api, "35.8,139.9", role=role).status == status


def test_a_question_without_words_or_too_long_is_refused(api: Api) -> None:
    assert api.get("/v1/geocode").faults == {"?q": "required"}
    assert ask(api, "あ" * 2_001).faults == {"?q": "too_long"}
    assert ask(api, "x", kind="castle").faults == {"?kind": "not_in_list"}
    assert ask(api, "RX35+2H", near="here").faults == {"?near": "not_position"}


# Providers elsewhere


def test_gsi_is_asked_and_its_titles_say_how_far_it_understood(
    asking_api: MatchApi, elsewhere: Providers
) -> None:
    api = asking_api("gsi")
    elsewhere.answer = gsi(
        ("千葉県松戸市常盤平三丁目１１番１号", 35.804131, 139.952301),
        ("千葉県松戸市常盤平三丁目１１番地", 35.80412, 139.95234),
        ("千葉県松戸市常盤平三丁目", 35.8046, 139.9527),
        ("常盤平公園", 35.8049, 139.9531),
        ("千葉県松戸市常盤平三丁目", 35.8046, 139.9527),
        ("Honolulu", 21.3, -157.8),
    )
    found = find(api, "松戸市　常盤平３－１１－１", kind="park")
    assert [(one["title"], one["precision"]) for one in found["candidates"]] == [
        ("千葉県松戸市常盤平三丁目１１番１号", "point"),
        ("千葉県松戸市常盤平三丁目１１番地", "block"),
        ("千葉県松戸市常盤平三丁目", "town"),
        ("常盤平公園", "town"),
    ]
    assert {one["provider"] for one in found["candidates"]} == {"gsi"}
    assert {one["credit"] for one in found["candidates"]} == {"国土地理院"}
    assert elsewhere.asked == [{"path": "/gsi", "q": "松戸市 常盤平3-11-1"}]


def test_nominatim_is_told_who_asks_and_ranks_say_how_far_it_understood(
    asking_api: MatchApi, elsewhere: Providers
) -> None:
    api = asking_api("nominatim")
    elsewhere.answer = nominatim(
        ("常盤平さくら公園, 松戸市, 千葉県, 日本", 35.804, 139.952, 30),
        ("常盤平さくら通り, 松戸市", 35.805, 139.953, 26),
        ("常盤平, 松戸市", 35.806, 139.954, 19),
    )
    found = find(api, "常盤平さくら公園", kind="park")
    assert [one["precision"] for one in found["candidates"]] == ["point", "block", "town"]
    assert "OpenStreetMap" in found["candidates"][0]["credit"]
    (asked,) = elsewhere.asked
    assert (asked["path"], asked["q"], asked["countrycodes"]) == ("/osm/search", "常盤平さくら公園", "jp")
    assert elsewhere.agents == ["kurukuru test (ops@example.org)"]


def test_without_saying_who_asks_nominatim_is_off(asking_api: MatchApi, elsewhere: Providers) -> None:
    found = find(asking_api("nominatim", nominatim_agent=""), ADDRESS, kind="park")
    assert outcomes(found) == [("nominatim", "off", "nominatim_agent_missing")]
    assert elsewhere.asked == []


def test_the_order_is_the_settings_and_ends_with_who_knows_it_well(
    asking_api: MatchApi, elsewhere: Providers, database: Database, tmp_path: Path
) -> None:
    imported(database, tmp_path, *BLOCKS)
    elsewhere.answer = gsi(("千葉県松戸市常盤平三丁目９９番１号", 35.8042, 139.9524))
    api = asking_api("gazetteer", "gsi")
    assert [asked[0] for asked in outcomes(find(api, ADDRESS, kind="park"))] == ["gazetteer"]
    found = find(api, "松戸市常盤平3-99-1", kind="park")
    assert [(one["provider"], one["precision"]) for one in found["candidates"]] == [
        ("gazetteer", "town"),
        ("gsi", "point"),
    ]
    turned = find(asking_api("gsi", "gazetteer"), "松戸市常盤平3-99-1", kind="park")
    assert [asked[0] for asked in outcomes(turned)] == ["gsi"]


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, b"<html>busy</html>", "geocoder_broken"),
        (200, b"", "geocoder_broken"),
        (200, b"\xff\xfe\x00", "geocoder_broken"),
        (200, b'{"error": "x"}', "geocoder_broken"),
        (200, b'[{"geometry": null}]', "geocoder_broken"),
        (200, b'[{"geometry": {"coordinates": ["a", 1]}, "properties": {"title": "x"}}]', "geocoder_broken"),
        (
            200,
            b'[{"geometry": {"coordinates": [139, NaN]}, "properties": {"title": "x"}}]',
            "geocoder_broken",
        ),
        (
            200,
            b'[{"geometry": {"coordinates": [139, 1e999]}, "properties": {"title": "x"}}]',
            "geocoder_broken",
        ),
        (
            200,
            b'[{"geometry": {"coordinates": [139.9, 35.8]}, "properties": {"title": 7}}]',
            "geocoder_broken",
        ),
        (200, b"[" * 200_000, "geocoder_broken"),
        (200, b"9" * 5_000, "geocoder_broken"),
        (200, b" " * (MOST_BYTES + 1), "geocoder_broken"),
        (301, b"", "geocoder_broken"),
        (404, b"", "geocoder_broken"),
        (500, b"secret stack trace", "geocoder_broken"),
        (503, b"", "geocoder_slow"),
        (403, b"", "geocoder_refuses"),
        (429, b"", "geocoder_refuses"),
    ],
)
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_bad_answer_is_said_and_nothing_of_it_is_kept(
    asking_api: MatchApi, elsewhere: Providers, status: int, answer: bytes, code: str
) -> None:
    api = asking_api("gsi")
    elsewhere.answer, elsewhere.status = answer, status
    elsewhere.headers = {"Location": f"{elsewhere.url}/elsewhere"} if status == 301 else {}
    found = find(api, ADDRESS, kind="park")
    assert outcomes(found) == [("gsi", "unavailable", code)]
    assert codes(found) == ["geocode_nothing"]
    assert len(elsewhere.asked) == 1  # no redirect was followed
    api.clock.forward(minutes=3)
    elsewhere.answer, elsewhere.status = gsi(("千葉県松戸市常盤平三丁目", 35.8046, 139.9527)), 200
    assert find(api, ADDRESS, kind="park")["candidates"]


@pytest.mark.parametrize(
    "broken", [b"[1]", b'[{"lat": "x", "lon": "y", "display_name": "z"}]', b'{"a": 1}', b'[{"lat": "1"}]']
)
@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_what_geopys_own_parser_stumbles_over_is_a_bad_answer_too(
    asking_api: MatchApi, elsewhere: Providers, broken: bytes
) -> None:
    elsewhere.answer = broken
    found = find(asking_api("nominatim"), ADDRESS, kind="park")
    assert outcomes(found) == [("nominatim", "unavailable", "geocoder_broken")]


def test_one_that_drips_for_ever_is_cut_off(asking_api: MatchApi, elsewhere: Providers) -> None:
    elsewhere.drips = threading.Event()
    found = find(asking_api("gsi", geocode_seconds=0.3), ADDRESS, kind="park")
    assert outcomes(found) == [("gsi", "unavailable", "geocoder_slow")]


def test_one_that_is_not_there_is_said_so(asking_api: MatchApi) -> None:
    found = find(asking_api("gsi", gsi_url="http://127.0.0.1:1/none"), ADDRESS, kind="park")
    assert outcomes(found) == [("gsi", "unavailable", "geocoder_unreachable")]


def test_an_answer_is_kept_and_so_is_for_a_shorter_time_that_there_is_none(
    asking_api: MatchApi, elsewhere: Providers, clock: StandingClock, database: Database
) -> None:
    api = asking_api("gsi", geocode_cache_days=30)
    elsewhere.answer = gsi(("千葉県松戸市常盤平三丁目", 35.8046, 139.9527))
    first = find(api, ADDRESS, kind="park")
    again = find(api, "松戸市常盤平３－１１－１", kind="park")
    assert (again["candidates"], again["asked"][0]["cached"]) == (first["candidates"], True)
    elsewhere.answer = []
    assert outcomes(find(api, "松戸市どこか1", kind="park")) == [("gsi", "nothing", None)]
    assert find(api, "松戸市どこか1", kind="park")["asked"][0]["cached"]
    assert len(elsewhere.asked) == 2
    clock.forward(hours=13)
    find(api, "松戸市どこか1", kind="park")
    find(api, ADDRESS, kind="park")
    assert len(elsewhere.asked) == 3
    clock.forward(days=31)
    find(api, ADDRESS, kind="park")
    assert len(elsewhere.asked) == 4
    with database.read() as session:
        assert (
            session.scalar(sa.select(sa.func.count()).select_from(GeocodeAnswer)) == 1
        )  # what is over is gone


def test_nominatim_is_asked_once_a_second_by_all_together_and_nobody_waits_long(
    asking_api: MatchApi, elsewhere: Providers, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = asking_api("nominatim"), asking_api("nominatim")
    waited: list[float] = []
    monkeypatch.setattr(asking, "sleep", waited.append)
    results = [
        outcomes(find(api, f"公園{number}", kind="park"))[0][1:]
        for number, api in enumerate((one, other, one, other, one, other))
    ]
    assert waited == [1.0, 2.0, 3.0]  # the clock stands: they came at the same moment
    assert results == [("nothing", None)] * 4 + [("unavailable", "geocoder_busy")] * 2
    clock.forward(seconds=10)
    assert outcomes(find(one, "公園7", kind="park")) == [("nominatim", "nothing", None)]


def test_one_that_refuses_is_left_alone_for_a_while(
    asking_api: MatchApi, elsewhere: Providers, clock: StandingClock
) -> None:
    api = asking_api("nominatim")
    elsewhere.status = 429
    find(api, "公園1", kind="park")
    clock.forward(seconds=60)
    assert outcomes(find(api, "公園2", kind="park")) == [("nominatim", "unavailable", "geocoder_busy")]
    assert len(elsewhere.asked) == 1
    elsewhere.status = 200
    clock.forward(seconds=61)
    assert outcomes(find(api, "公園2", kind="park")) == [("nominatim", "nothing", None)]


def test_whoever_looks_up_one_address_after_the_other_is_stopped(
    asking_api: MatchApi, elsewhere: Providers
) -> None:
    api = asking_api("gsi")
    answers = []
    for number in range(101):
        answers.append(ask(api, f"公園{number}", kind="park").status)
        api.clock.forward(seconds=1)
    assert (answers[:100], answers[100]) == ([200] * 100, 429)
    assert len(elsewhere.asked) == 100
    assert ask(api, "35.8,139.9").status == 200


# Homes


def test_what_may_be_a_home_is_sent_to_nobody(
    asking_api: MatchApi, elsewhere: Providers, database: Database
) -> None:
    with database.write() as session:
        make_stop(session, kind="private_home", address="千葉県松戸市常盤平三丁目11番1号")
    api = asking_api("gsi", "nominatim")
    unsaid = find(api, "松戸市根本387")
    assert {asked[1:] for asked in outcomes(unsaid)} == {("withheld", "geocode_kind_unsaid")}
    said = find(api, "松戸市根本387", kind="private_home")
    assert {asked[1:] for asked in outcomes(said)} == {("withheld", "geocode_home")}
    known = find(api, "常盤平3-11-1", kind="park")
    assert {asked[1:] for asked in outcomes(known)} == {("withheld", "geocode_home")}
    assert elsewhere.asked == []
    allowed = asking_api("gsi", geocode_homes="yes")
    find(allowed, "松戸市根本387", kind="private_home")
    assert elsewhere.queries() == ["松戸市根本387"]


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[list[logging.LogRecord]]:
    """Every record of every logger at the lowest level, as the house would write it."""
    kept: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    root, handler = logging.getLogger(), Keep()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(handler)
    root.setLevel(before)


def test_no_address_is_in_a_log_in_the_audit_or_in_the_cache(
    asking_api: MatchApi, elsewhere: Providers, database: Database, logged: list[logging.LogRecord]
) -> None:
    api = asking_api("gsi", "nominatim", geocode_homes="yes")
    secret = "かなりや町7-77"
    for status, answer in (
        (200, gsi((f"千葉県松戸市{secret}", 35.8, 139.9))),
        (500, [secret]),
        (200, f"<{secret}".encode()),
    ):
        elsewhere.status, elsewhere.answer = status, answer
        assert ask(api, f"松戸市{secret}{status}", kind="private_home").status == 200
        api.clock.forward(minutes=5)
    lines = [log_lines.Lines().format(record) for record in logged]
    assert lines
    with database.read() as session:
        audited = [str(vars(row)) for row in session.scalars(sa.select(AuditEntry))]
        kept = [row.sealed + row.question for row in session.scalars(sa.select(GeocodeAnswer))]
    assert kept
    for text in (*lines, *audited):
        for form in ("かなりや", quote("かなりや"), json.dumps("かなりや")[1:-1]):
            assert form not in text
    assert not any("かなりや".encode() in content for content in kept)


# Pins by hand


def test_a_pin_is_set_by_hand_and_says_so(api: Api, clock: StandingClock) -> None:
    stop = {"code": "K1", "name": "公園", "kind": "park", "position": {"lat": 35.804, "lon": 139.952}}
    made = api.post("/v1/stops", stop)
    assert (made.json["position_precision"], made.json["position_source"]) == ("manual", "pin")
    listed = {
        **stop,
        "code": "K2",
        "name": "別の寺",
        "position_precision": "town",
        "position_source": "gazetteer",
    }
    made = api.post("/v1/stops", listed)
    assert (made.json["position_precision"], made.json["position_source"]) == ("town", "gazetteer")
    path = f"/v1/stops/{made.json['id']}"
    # 1.1 km: a pin may not be moved so far, what was only known to be in a town may be put right.
    moved = api.patch(path, {"position": {"lat": 35.814, "lon": 139.952}}, version=1)
    assert (moved.status, moved.json["position_precision"], moved.json["position_source"]) == (
        200,
        "manual",
        "pin",
    )
    back = api.patch(path, {"position": {"lat": 35.804, "lon": 139.952}}, version=2)
    assert (back.status, back.code) == (409, "stop_moved")
    said = api.patch(path, {"position_precision": "point", "position_source": "gsi"}, version=2)
    assert (said.json["position_precision"], said.json["position_source"]) == ("point", "gsi")
    renamed = api.patch(path, {"name": "また別の寺"}, version=3)
    assert renamed.json["position_precision"] == "point"
    assert clock() > dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

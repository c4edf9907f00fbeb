"""What people paste: many shapes of one position, links of maps, and what can't be known without a network."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.messages import TEXTS
from outreach_api.stops.pasted.coordinates import in_japan, read_coordinates
from outreach_api.stops.pasted.map_links import read_map_link
from outreach_api.stops.pasted.reading import read_pasted
from schemas.vocabulary import Derivation, Precision, Understood

LAT, LON = 35.8041, 139.9523
LATITUDES, LONGITUDES = st.floats(20, 46), st.floats(122, 154)
HERE = pytest.approx((LAT, LON), abs=5e-5)

SHAPES = [
    "35.8041, 139.9523",
    "35.8041,139.9523",
    "35.8041 139.9523",
    "３５．８０４１，１３９．９５２３",
    "35.8041、139.9523",
    "(35.8041, 139.9523)",
    "北緯35.8041度 東経139.9523度",
    "北緯35.8041度、東経139.9523度",
    "東経139.9523度 北緯35.8041度",
    "北緯３５度４８分１４．８秒　東経１３９度５７分８．３秒",
    "35度48分14.8秒, 139度57分8.3秒",
    "35°48'14.8\"N 139°57'08.3\"E",
    "35°48′14.8″N,139°57′08.3″E",
    "35°48’14.8”N139°57’08.3”E",
    "N35°48'14.8\" E139°57'8.3\"",
    "35°48.246'N 139°57.138'E",
    "35 48 14.8, 139 57 8.3",
    "35:48:14.8 139:57:08.3",
    "N35.8041 E139.9523",
    "35.8041N, 139.9523E",
    "35.8041°N 139.9523°E",
    "35.8041°, 139.9523°",
    "139.9523E, 35.8041N",
    "lat=35.8041 lon=139.9523",
    "lat: 35.8041, lng: 139.9523",
    "latitude 35.8041 longitude 139.9523",
    "緯度35.8041 経度139.9523",
    "緯度：35.8041　経度：139.9523",
    "経度139.9523 緯度35.8041",
    "ここです 35.8041,139.9523 よろしくお願いします",
    "geo:35.8041,139.9523",
    "geo:35.8041,139.9523;u=35",
    "geo:35.8041,139.9523?z=17",
    "geo:0,0?q=35.8041,139.9523(%E5%85%AC%E5%9C%92)",
]


@pytest.mark.parametrize("text", SHAPES)
def test_every_shape_is_the_same_place(text: str) -> None:
    read = read_pasted(text)
    assert read.point is not None
    assert (read.point.lat, read.point.lon) == HERE
    assert read.as_ is Understood.POSITION
    assert read.precision is Precision.MANUAL
    assert read.derived in (Derivation.COORDINATES, Derivation.GEO_URI)


@pytest.mark.parametrize(
    "text", ["139.9523, 35.8041", "１３９．９５２３　３５．８０４１", "139 57 8.3, 35 48 14.8"]
)
def test_the_other_order_is_noticed_and_said(text: str) -> None:
    read = read_pasted(text)
    assert read.point is not None
    assert (read.point.lat, read.point.lon) == HERE
    assert read.derived is Derivation.SWAPPED_COORDINATES


@pytest.mark.parametrize(
    "text",
    [
        "3-11-1",
        "35, 139",
        "2026-11-24",
        "10:00-16:00",
        "04-7123-4567",
        "松戸市常盤平3-11-1",
        "35.8041",
        "1,234",
        "",
        " ",
    ],
)
def test_what_is_no_position_is_left_to_be_looked_for(text: str) -> None:
    assert read_pasted(text).as_ is Understood.ADDRESS


@pytest.mark.parametrize(
    "text", ["51.5007, -0.1246", "35.8041S 139.9523E", "0.0000, 0.0000", "geo:48.2,16.3", "9C3W9G8F+6W"]
)
def test_a_place_elsewhere_is_said_to_be_outside_of_japan(text: str) -> None:
    assert read_pasted(text).fault == "outside_japan"


@given(LATITUDES, LONGITUDES, st.integers(4, 12))
def test_decimal_degrees_are_read_as_they_were_written(lat: float, lon: float, digits: int) -> None:
    read = read_coordinates(f"{lat:.{digits}f}, {lon:.{digits}f}")
    assert read is not None
    assert (read.point.lat, read.point.lon) == (round(lat, digits), round(lon, digits))
    assert not read.swapped


def in_parts(degrees: float) -> tuple[int, int, float]:
    """Degrees, minutes and seconds to a hundredth (0.3 m)."""
    hundredths = round(degrees * 360_000)
    minutes, rest = divmod(hundredths, 6_000)
    return minutes // 60, minutes % 60, rest / 100


@given(
    LATITUDES,
    LONGITUDES,
    st.sampled_from(["{}°{}'{:.2f}\"", "{}度{}分{:.2f}秒", "{}° {}′ {:.2f}″", "{} {} {:.2f}"]),
)
def test_degrees_minutes_seconds_come_back_within_a_third_of_a_metre(
    lat: float, lon: float, form: str
) -> None:
    read = read_coordinates(f"{form.format(*in_parts(lat))}, {form.format(*in_parts(lon))}")
    assert read is not None
    assert (read.point.lat, read.point.lon) == pytest.approx((lat, lon), abs=0.006 / 3_600)


@given(st.text(max_size=300))
def test_no_text_ever_breaks_the_reading(text: str) -> None:
    read = read_pasted(text)
    assert sum(one is not None for one in (read.point, read.short_code, read.words, read.fault)) == 1
    assert read.fault is None or read.fault in TEXTS
    if read.point is not None:
        assert in_japan(read.point)
        assert math.isfinite(read.point.lat)


MAPS = "https://www.google.com/maps"
PINS = [
    f"{MAPS}/place/%E6%9D%BE%E6%88%B8/@35.7845,139.8985,17z/data=!3m1!4b1!4m6!3m5!1s0x60!8m2!3d35.8041!4d139.9523!16s",
    f"{MAPS}/place/35%C2%B048'14.8%22N+139%C2%B057'08.3%22E/@35.80,139.95,17z/data=!8m2!3d35.8041!4d139.9523",
    f"{MAPS}/search/?api=1&query=35.8041%2C139.9523",
    f"{MAPS}/search/35.8041,+139.9523?entry=tts",
    f"{MAPS}/dir/?api=1&destination=35.8041,139.9523",
    "https://maps.google.com/?q=35.8041,139.9523",
    "https://maps.google.co.jp/maps?q=loc:35.8041,139.9523&z=17",
    "www.google.com/maps?ll=35.8041,139.9523",
    "https://maps.apple.com/?ll=35.8041,139.9523&q=%E5%85%AC%E5%9C%92",
    "https://maps.apple.com/place?coordinate=35.8041,139.9523&name=x",
    "https://map.yahoo.co.jp/place?lat=35.8041&lon=139.9523&zoom=17",
    "https://www.openstreetmap.org/?mlat=35.8041&mlon=139.9523#map=17/35.81/139.91",
    "常盤平さくら公園\nhttps://www.google.com/maps?q=35.8041,139.9523",
]
VIEWS = [
    f"{MAPS}/@35.8041,139.9523,17z",
    "https://map.yahoo.co.jp/maps?lat=35.8041&lon=139.9523&z=17",
    "https://www.openstreetmap.org/#map=17/35.8041/139.9523",
    "https://maps.gsi.go.jp/#15/35.8041/139.9523/&base=std&ls=std",
    "https://www.bing.com/maps?cp=35.8041~139.9523&lvl=17",
]


@pytest.mark.parametrize("link", PINS)
def test_a_pin_in_a_link_is_the_place(link: str) -> None:
    read = read_pasted(link)
    assert read.point is not None
    assert (read.point.lat, read.point.lon) == HERE
    assert (read.derived, read.precision) == (Derivation.MAP_LINK_PIN, Precision.POINT)


@pytest.mark.parametrize("link", VIEWS)
def test_the_middle_of_a_view_is_said_to_be_no_more_than_that(link: str) -> None:
    read = read_pasted(link)
    assert read.point is not None
    assert (read.point.lat, read.point.lon) == HERE
    assert (read.derived, read.precision) == (Derivation.MAP_LINK_VIEW, Precision.BLOCK)


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://maps.app.goo.gl/abcDEF123", "map_link_short"),
        ("松戸駅\nhttps://goo.gl/maps/abc", "map_link_short"),
        ("https://maps.apple.com/p/abc", "map_link_short"),
        ("https://yahoo.jp/abc", "map_link_short"),
        ("https://osm.org/go/7tM", "map_link_short"),
        ("https://example.com/35.8041,139.9523", "map_link_unknown"),
        ("https://evil.example/?u=maps.google.com&q=35.8041,139.9523", "map_link_unknown"),
        ("https://google.com.evil.example/maps?q=35.8041,139.9523", "map_link_unknown"),
        ("https://[::1/maps?q=1", "map_link_unknown"),
        (f"{MAPS}/", "map_link_without_position"),
        ("https://www.openstreetmap.org/way/123", "map_link_without_position"),
    ],
)
def test_a_link_that_says_nothing_says_why(link: str, why: str) -> None:
    assert read_pasted(link).fault == why


@pytest.mark.parametrize(
    "link",
    [
        f"{MAPS}/place/%E6%9D%BE%E6%88%B8%E5%B8%82%E5%B8%B8%E7%9B%A4%E5%B9%B33-11",
        f"{MAPS}?q=%E6%9D%BE%E6%88%B8%E5%B8%82%E5%B8%B8%E7%9B%A4%E5%B9%B33-11",
        "https://maps.apple.com/?address=%E6%9D%BE%E6%88%B8%E5%B8%82%E5%B8%B8%E7%9B%A4%E5%B9%B33-11",
    ],
)
def test_an_address_in_a_link_is_looked_for(link: str) -> None:
    assert read_pasted(link).words == "松戸市常盤平3-11"


@given(
    st.text(max_size=200),
    st.sampled_from(["google.com/maps", "maps.apple.com", "map.yahoo.co.jp", "maps.gsi.go.jp"]),
)
def test_no_link_ever_breaks_the_reading(tail: str, host: str) -> None:
    link = read_map_link(f"https://{host}/{tail}")
    assert link is not None
    assert sum(one is not None for one in (link.point, link.words, link.fault)) == 1

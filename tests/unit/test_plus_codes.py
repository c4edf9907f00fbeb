"""Plus codes: the middle of what a code names, exactly, and short ones from a place nearby."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError
from outreach_api.kernel.geo import Point
from outreach_api.kernel.plus_codes import ALPHABET, middle, plus_code_in


def decoded(text: str, near: Point | None = None) -> tuple[float, float]:
    found = plus_code_in(text)
    assert found is not None
    point = middle(found[0], near)
    return point.lat, point.lon


# From the test data of the specification (its decoding table), centres computed from the corners given there.
@pytest.mark.parametrize(
    ("code", "lat", "lon"),
    [
        ("7FG49QCJ+2V", 20.3700625, 2.7821875),
        ("7FG49QCJ+2VX", 20.3701125, 2.782234375),
        ("7FG49QCJ+2VXGJ", 20.3701135, 2.78223535156),
        ("8FVC2222+22", 47.0000625, 8.0000625),
        ("4VCPPQGP+Q9", -41.2730625, 174.7859375),
        ("22222222+22", -89.9999375, -179.9999375),
    ],
)
def test_codes_mean_the_middle_of_their_area(code: str, lat: float, lon: float) -> None:
    assert decoded(code) == (pytest.approx(lat, abs=1e-9), pytest.approx(lon, abs=1e-9))


@pytest.mark.parametrize(
    ("short", "near", "whole"),
    [
        ("9G8F+6W", Point(51.3708675, -1.217765625), "9C3W9G8F+6W"),
        ("CJ+2VX", Point(20.3701125, 2.782234375), "7FG49QCJ+2VX"),
    ],
)
def test_a_short_code_is_the_nearest_of_those_that_it_may_be(short: str, near: Point, whole: str) -> None:
    assert decoded(short, near) == decoded(whole)


@given(
    st.text(ALPHABET, min_size=10, max_size=15),
    st.sampled_from([2, 4, 6]),
    st.floats(-0.49, 0.49),
    st.floats(-0.49, 0.49),
)
def test_what_was_left_out_comes_back_from_anywhere_nearby(
    digits: str, missing: int, north: float, east: float
) -> None:
    code = "8Q7X" + digits[4:8] + "+" + digits[8:]  # in Japan, where no edge of the earth is near
    point = decoded(code)
    reach = 20.0 ** (2 - missing // 2)
    near = Point(point[0] + north * reach, min(179.0, max(-179.0, point[1] + east * reach)))
    assert decoded(code[missing:], near) == (pytest.approx(point[0]), pytest.approx(point[1]))


def test_a_short_code_alone_says_what_it_wants() -> None:
    found = plus_code_in("R3W5+8J 松戸市")
    assert found is not None
    assert (found[0].short, found[1]) == (True, "松戸市")
    with pytest.raises(KernelError, match="plus_code_wants_place"):
        middle(found[0])


@pytest.mark.parametrize(
    "text", ["松戸市2丁目+3", "1+1", "AB12+34", "8Q7XR3W5+8", "R3W5+", "〒270-2261", "+81-47"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert plus_code_in(text) is None


@pytest.mark.parametrize("text", ["８Ｑ７ＸＲＸ３５＋２Ｈ", "8q7xrx35+2h", "場所 8Q7XRX35+2H です"])
def test_width_and_case_do_not_matter(text: str) -> None:
    assert decoded(text) == decoded("8Q7XRX35+2H")

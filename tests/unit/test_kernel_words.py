"""Yen, ids and refusals."""

import math
import uuid
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import KernelError, Problem, Refusal
from outreach_api.kernel.ids import NAMESPACE, derived, new_fact_id, new_id, uuid7, visit_id_of
from outreach_api.kernel.money import Rounding, tax_included

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("total", "rate", "rounding", "tax"),
    [
        (330, 8, Rounding.FLOOR, 24),
        (400, 10, Rounding.FLOOR, 36),
        (330, 8, Rounding.CEIL, 25),
        (400, 10, Rounding.HALF_UP, 36),
        (324, 8, Rounding.CEIL, 24),
        (500, 0, Rounding.CEIL, 0),
        (-330, 8, Rounding.FLOOR, -24),
        (-330, 8, Rounding.CEIL, -25),
        (3, 100, Rounding.HALF_UP, 2),
        (-3, 100, Rounding.HALF_UP, -2),
    ],
)
def test_the_tax_inside_a_total_is_rounded_once(total: int, rate: int, rounding: Rounding, tax: int) -> None:
    assert tax_included(total, rate, rounding) == tax


@given(st.integers(0, 10**12), st.integers(0, 100), st.sampled_from(Rounding))
def test_the_tax_is_within_a_yen_of_the_exact_one_and_a_refund_takes_all_of_it_back(
    total: int, rate: int, rounding: Rounding
) -> None:
    exact = Fraction(total * rate, 100 + rate)
    wanted = {
        Rounding.FLOOR: math.floor(exact),
        Rounding.CEIL: math.ceil(exact),
        Rounding.HALF_UP: math.floor(exact + Fraction(1, 2)),
    }
    assert tax_included(total, rate, rounding) == wanted[rounding]
    assert tax_included(-total, rate, rounding) == -wanted[rounding]


def test_an_impossible_rate_is_refused() -> None:
    for rate in (-1, 101):
        with pytest.raises(KernelError, match="tax_rate_out_of_range"):
            tax_included(100, rate)


def test_a_version_7_id_is_built_as_the_rfc_shows() -> None:
    # The example of RFC 9562, appendix A.6.
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    random_bytes = bytes.fromhex("0cc3" + "18c4dc0c0c07398f")
    assert uuid7(at, random_bytes) == uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)), st.binary(min_size=10, max_size=10))  # noqa: DTZ001
def test_a_version_7_id_says_its_version_and_sorts_by_time(at: datetime, random_bytes: bytes) -> None:
    at = at.replace(tzinfo=UTC)
    made = uuid7(at, random_bytes)
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made == uuid7(at, random_bytes)
    assert made < uuid7(at + timedelta(milliseconds=1), bytes(10))


def test_a_version_7_id_needs_ten_bytes_and_a_time_it_can_hold() -> None:
    with pytest.raises(KernelError, match="random_bytes_wrong"):
        uuid7(NOW, bytes(9))
    with pytest.raises(KernelError, match="time_without_zone"):
        uuid7(NOW.replace(tzinfo=None), bytes(10))
    with pytest.raises(KernelError, match="time_out_of_range"):
        uuid7(datetime(1969, 12, 31, tzinfo=UTC), bytes(10))


def test_new_ids_differ_and_carry_their_version() -> None:
    assert new_id() != new_id()
    assert new_id().version == 4
    assert new_fact_id() != new_fact_id()
    assert new_fact_id().version == 7


def test_two_phones_derive_the_same_visit_from_a_plan_stop() -> None:
    plan_stop = uuid.UUID("3fa85f64-5717-4562-b3fc-2c963f66afa6")
    assert visit_id_of(plan_stop) == uuid.uuid5(NAMESPACE, "3fa85f64-5717-4562-b3fc-2c963f66afa6")
    assert visit_id_of(plan_stop) == uuid.UUID("45046b28-4766-51a6-b2af-2fa99d8766aa"), (
        "phones rely on this value"
    )
    assert visit_id_of(plan_stop) != visit_id_of(uuid.UUID(int=0))


def test_derived_ids_depend_on_every_part_and_its_place() -> None:
    assert derived("stop", 1, date(2026, 1, 1)) == derived("stop", 1, date(2026, 1, 1))
    different = [("ab", "c"), ("a", "bc"), ("abc",), ("c", "ab"), ("ab", "c", "")]
    assert len({derived(*parts) for parts in different}) == len(different)


def test_refusals_are_plain_values_that_compare_and_hash() -> None:
    refusal = Refusal(
        "permission_ended", params={"day": "2026-11-23"}, problems=(Problem("/stops/0", "ended"),)
    )
    assert refusal == Refusal(
        "permission_ended", 422, {"day": "2026-11-23"}, (Problem("/stops/0", "ended", params={}),)
    )
    assert len({refusal, refusal}) == 1


def test_a_kernel_error_can_be_told_as_a_problem_at_a_place() -> None:
    error = KernelError("week_invalid", year=2025, week=53)
    assert error.at("/week") == Problem("/week", "week_invalid", {"year": 2025, "week": 53})
    assert error.refusal("/week").problems == (error.at("/week"),)
    assert str(error) == "week_invalid (year=2025, week=53)"

"""The rules of the counter, without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.money import Rounding
from outreach_api.sales import rules
from schemas.amounts import HIGHEST_PRICE_YEN, MOST_LINES, MOST_PIECES
from schemas.vocabulary import Payment, ServiceMode, TaxCategory, TaxClass

DAY = dt.date(2026, 11, 28)


@pytest.mark.parametrize(("yen", "rate", "tax_yen"), [(330, 8, 24), (400, 10, 36), (500, 0, 0)])
def test_the_tax_inside_a_receipt_follows_the_worked_examples(yen: int, rate: int, tax_yen: int) -> None:
    assert rules.taxes({rate: yen}, Rounding.FLOOR) == [
        {"rate_percent": rate, "taxable_yen": yen, "tax_yen": tax_yen}
    ]


def test_tax_is_rounded_for_each_rate_lowest_first() -> None:
    made = rules.taxes({10: 400, 8: 330}, Rounding.FLOOR)
    assert [(tax["rate_percent"], tax["tax_yen"]) for tax in made] == [(8, 24), (10, 36)]


def test_gifts_and_tickets_bring_no_money() -> None:
    assert [payment for payment in Payment if not rules.brings_money(payment)] == [
        Payment.TICKET,
        Payment.FREE,
    ]


MOST_YEN = HIGHEST_PRICE_YEN * MOST_PIECES * MOST_LINES


@given(st.dictionaries(st.sampled_from([0, 8, 10]), st.integers(0, MOST_YEN)), st.sampled_from(Rounding))
def test_rounding_never_drifts_however_much_is_on_a_receipt(
    taxable: dict[int, int], rounding: Rounding
) -> None:
    made = rules.taxes(taxable, rounding)
    assert {tax["rate_percent"]: tax["taxable_yen"] for tax in made} == taxable
    for tax in made:
        exact = tax["taxable_yen"] * tax["rate_percent"] / (100 + tax["rate_percent"])
        assert abs(tax["tax_yen"] - exact) <= 1
        assert 0 <= tax["tax_yen"] <= tax["taxable_yen"]


def test_the_largest_receipt_is_far_from_the_end_of_64_bits() -> None:
    assert MOST_YEN * 1_000_000 < 2**63


@pytest.mark.parametrize(
    ("category", "mode", "expected"),
    [
        (TaxCategory.FOOD, ServiceMode.TAKEOUT, TaxClass.REDUCED),
        (TaxCategory.FOOD, ServiceMode.EAT_IN, TaxClass.STANDARD),
        (TaxCategory.STANDARD, ServiceMode.TAKEOUT, TaxClass.STANDARD),
        (TaxCategory.STANDARD, ServiceMode.EAT_IN, TaxClass.STANDARD),
        (TaxCategory.EXEMPT, ServiceMode.TAKEOUT, TaxClass.EXEMPT),
        (TaxCategory.EXEMPT, ServiceMode.EAT_IN, TaxClass.EXEMPT),
    ],
)
def test_seats_decide_the_tax_of_food_only(
    category: TaxCategory, mode: ServiceMode, expected: TaxClass
) -> None:
    assert rules.tax_class(category, mode) is expected


def test_a_value_is_in_force_from_its_day_until_the_next_one_begins() -> None:
    dated = [(dt.date(2026, 12, 1), 20), (dt.date(2026, 4, 1), 15)]
    days = {
        dt.date(2026, 3, 31): None,
        dt.date(2026, 4, 1): 15,
        dt.date(2026, 11, 30): 15,
        dt.date(2026, 12, 1): 20,
    }
    assert {day: rules.in_force(dated, day) for day in days} == days
    assert rules.in_force([], DAY) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_pool_owes_or_is_overdrawn_and_never_less_than_nothing(issued: int, redeemed: int) -> None:
    pool = rules.Pool(issued, redeemed)
    assert pool.owed >= 0
    assert pool.overdraft >= 0
    assert pool.owed - pool.overdraft == issued - redeemed


def test_coins_and_notes_are_worth_their_face() -> None:
    assert rules.counted_yen({"10000": 1, "500": 3, "1": 4}) == 11_504
    assert rules.counted_yen({}) == 0


def test_whoever_counted_does_not_approve() -> None:
    phone, laptop, a, b = new_id(), new_id(), new_id(), new_id()
    assert not rules.is_another(rules.Hand(phone, None), rules.Hand(phone, None))
    assert not rules.is_another(rules.Hand(laptop, a), rules.Hand(phone, a))
    assert not rules.is_another(rules.Hand(phone, b), rules.Hand(phone, None))
    assert rules.is_another(rules.Hand(phone, b), rules.Hand(phone, a))
    assert rules.is_another(rules.Hand(laptop, None), rules.Hand(phone, a))

"""The rules of the counter, without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.ids import new_id
from outreach_api.kernel.money import Rounding
from outreach_api.sales import rules
from schemas.catalogue import HIGHEST_PRICE_YEN
from schemas.sales import MOST_LINES, MOST_PIECES
from schemas.vocabulary import Payment, ServiceMode, TaxCategory, TaxClass

DAY = dt.date(2026, 11, 28)


def line(amount_yen: int, rate_percent: int, quantity: int = 1) -> rules.Line:
    return rules.Line(None, "sweets", quantity, amount_yen, rate_percent)


@pytest.mark.parametrize(("yen", "rate", "tax_yen"), [(330, 8, 24), (400, 10, 36), (500, 0, 0)])
def test_the_tax_inside_a_receipt_follows_the_worked_examples(yen: int, rate: int, tax_yen: int) -> None:
    assert rules.reckon(Payment.CASH, [line(yen, rate)], Rounding.FLOOR).taxes == [
        {"rate_percent": rate, "taxable_yen": yen, "tax_yen": tax_yen}
    ]


def test_tax_is_rounded_once_per_rate_and_not_per_line() -> None:
    lines = [line(110, 8), line(110, 8), line(110, 8), line(400, 10)]
    assert [
        (tax["rate_percent"], tax["tax_yen"])
        for tax in rules.reckon(Payment.CASH, lines, Rounding.FLOOR).taxes
    ] == [
        (8, 24),
        (10, 36),
    ]


def test_gifts_and_tickets_bring_no_money_and_so_no_tax() -> None:
    for payment in (Payment.FREE, Payment.TICKET):
        assert rules.reckon(payment, [line(330, 8)], Rounding.FLOOR) == (0, [], {"sweets": 330})


LINES = st.lists(
    st.builds(
        line,
        st.integers(0, HIGHEST_PRICE_YEN),
        st.sampled_from([0, 8, 10]),
        st.integers(1, MOST_PIECES),
    ),
    min_size=1,
    max_size=MOST_LINES,
)


@given(LINES, st.sampled_from(Rounding))
def test_rounding_never_drifts_however_long_a_receipt_is(lines: list[rules.Line], rounding: Rounding) -> None:
    made = rules.reckon(Payment.CASH, lines, rounding)
    assert sum(tax["taxable_yen"] for tax in made.taxes) == made.total_yen == sum(made.by_category.values())
    for tax in made.taxes:
        exact = tax["taxable_yen"] * tax["rate_percent"] / (100 + tax["rate_percent"])
        assert abs(tax["tax_yen"] - exact) <= 1
        assert 0 <= tax["tax_yen"] <= tax["taxable_yen"]


def test_the_largest_receipt_is_far_from_the_end_of_64_bits() -> None:
    most = rules.reckon(
        Payment.CASH, [line(HIGHEST_PRICE_YEN, 8, MOST_PIECES)] * MOST_LINES, Rounding.FLOOR
    ).total_yen
    assert most * 1_000_000 < 2**63


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

"""The money of receipts adds up under any mix: lines, discounts, ways of paying, taxes, refunds in any order."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.money import Rounding, shares, tax_included, up_to
from outreach_api.sales.rules.receipts import settled, shared_out
from outreach_api.sales.rules.refunds import Refund, Sold, SoldLine, give_back
from outreach_api.settings import Settings, SettingsError
from schemas.vocabulary import MONEY, Payment

YEN = st.integers(0, 10_000_000)
RATES = st.sampled_from((0, 8, 10))
LINES = st.lists(st.tuples(YEN, RATES), min_size=1, max_size=12)
ROUNDINGS = st.sampled_from(Rounding)


@given(st.lists(YEN, min_size=1, max_size=20), st.data())
def test_shares_add_up_and_none_is_above_its_weight(weights: list[int], data: st.DataObject) -> None:
    yen = data.draw(st.integers(0, sum(weights)))
    parts = shares(yen, weights)
    assert sum(parts) == yen
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    # In proportion to within a yen, whatever the rest was.
    if sum(weights):
        assert all(
            abs(part * sum(weights) - yen * weight) < sum(weights)
            for part, weight in zip(parts, weights, strict=True)
        )


@given(YEN, st.integers(1, 1_000), st.data())
def test_pieces_of_an_amount_add_up_however_they_are_taken(yen: int, of: int, data: st.DataObject) -> None:
    cuts = sorted({0, of, *data.draw(st.lists(st.integers(0, of), max_size=6))})
    parts = [up_to(yen, end, of) - up_to(yen, start, of) for start, end in pairwise(cuts)]
    assert sum(parts) == yen
    assert all(part >= 0 for part in parts)


@given(LINES, ROUNDINGS, st.data())
def test_a_discount_is_shared_out_without_a_rest_and_taxes_stay_within_what_is_left(
    lines: list[tuple[int, int]], rounding: Rounding, data: st.DataObject
) -> None:
    off_yen = data.draw(st.integers(0, sum(yen for yen, _ in lines)))
    off = shared_out(off_yen, lines)
    assert sum(off) == off_yen
    left = [yen - part for (yen, _), part in zip(lines, off, strict=True)]
    assert min(left) >= 0
    by_rate = {
        rate: sum(y for y, (_, own) in zip(left, lines, strict=True) if own == rate) for _, rate in lines
    }
    assert sum(by_rate.values()) == sum(left)
    taxes = {rate: tax_included(yen, rate, rounding) for rate, yen in by_rate.items()}
    assert all(0 <= tax <= by_rate[rate] for rate, tax in taxes.items())


def test_a_discount_over_both_rates_is_shared_out_as_the_tax_agency_shows() -> None:
    """国税庁「消費税の軽減税率制度に関するQ&A（個別事例編）」問118, 割引券等の利用により一括して値引き: 雑貨 3,300円 (10 %) and
    牛肉 2,160円 (8 %), 1,000円 off, in proportion to the prices: 604円 and 396円; 10%対象 2,696円 (内消費税 245円),
    8%対象 1,764円 (内消費税 130円)."""
    off = shared_out(1_000, [(3_300, 10), (2_160, 8)])
    assert off == [604, 396]
    assert (tax_included(2_696, 10), tax_included(1_764, 8)) == (245, 130)


PARTS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"payment": st.sampled_from(MONEY)}, optional={"yen": st.integers(1, 2_000)}),
        st.fixed_dictionaries(
            {
                "payment": st.just(Payment.TICKET),
                "ticket_count": st.integers(1, 10),
                "ticket_face_yen": st.sampled_from((50, 100, 500)),
            }
        ),
    ),
    min_size=2,
    max_size=4,
    unique_by=lambda part: part["payment"],
).filter(lambda parts: sum("yen" not in p for p in parts if p["payment"] is not Payment.TICKET) <= 1)


@given(st.integers(0, 5_000), PARTS)
def test_ways_of_paying_come_to_what_is_due_or_are_refused(due: int, parts: list[dict[str, Any]]) -> None:
    paid = settled(due, parts)
    worth = sum(p["ticket_count"] * p["ticket_face_yen"] for p in parts if p["payment"] is Payment.TICKET)
    said = sum(p.get("yen", 0) for p in parts)
    if paid is None:
        has_rest = any("yen" not in p for p in parts if p["payment"] is not Payment.TICKET)
        fits = said < due if has_rest else said == due if not worth else 0 < due - said <= worth
        # With a way that pays the rest, tickets may have left it nothing.
        assert not fits or (has_rest and due - said <= worth)
        return
    assert sum(paid.money.values()) + paid.ticket_yen == due
    assert 0 <= paid.ticket_yen <= worth
    assert min(paid.money.values()) > 0
    assert {p["payment"].value for p in parts if p["payment"] is not Payment.TICKET} == set(paid.money)


@st.composite
def receipts(draw: st.DrawFn) -> tuple[Sold, Rounding]:
    """As it was sold: lines after all that was taken off, taxes rounded once a rate, money in several ways, tickets."""
    rounding = draw(ROUNDINGS)
    lines = {
        number: SoldLine(draw(st.integers(1, 9)), draw(st.integers(0, 3_000)), draw(RATES), draw(CATEGORIES))
        for number in range(draw(st.integers(1, 5)))
    }
    total = sum(line.taken_yen for line in lines.values())
    cash = draw(st.integers(0, total))
    money = {way: yen for way, yen in (("cash", cash), ("paypay", total - cash)) if yen}
    sold = Sold(lines, money, draw(st.integers(0, 3)))
    sold.tax = {line.rate_percent: 0 for line in lines.values()}
    sold.tax = {rate: tax_included(sold.taxable(rate), rate, rounding) for rate in sold.tax}
    return sold, rounding


CATEGORIES = st.sampled_from(("sweets", "drink", "meal"))


@given(receipts(), st.data())
def test_whatever_is_given_back_in_whatever_order_all_of_it_is_the_receipt(
    made: tuple[Sold, Rounding], data: st.DataObject
) -> None:
    sold, rounding = made
    before = copy.deepcopy(sold)
    refunds: list[Refund] = []
    while any(line.back < line.pieces for line in sold.lines.values()):
        left = {
            number: line.pieces - line.back for number, line in sold.lines.items() if line.back < line.pieces
        }
        some = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True))
        asked = [(number, data.draw(st.integers(1, left[number]))) for number in some]
        back = give_back(
            sold, asked, None, None, data.draw(ROUNDINGS) if data.draw(st.booleans()) else rounding
        )
        assert isinstance(back, Refund)
        refunds.append(back)
        assert all(tax["tax_yen"] >= 0 and tax["taxable_yen"] >= 0 for tax in back.taxes)
        assert sum(back.yen.values()) == sum(back.payments.values()) == sum(back.by_category.values())
        assert not back.beyond
        # At every moment the tax that is left is not above what is left.
        assert all(0 <= tax <= sold.taxable(rate) for rate, tax in sold.tax.items())
    assert sum(sum(back.payments.values()) for back in refunds) == sum(before.money.values())
    assert all(yen == 0 for yen in sold.money.values())
    assert sold.tickets == 0
    for rate, tax in before.tax.items():
        given_back = [one for back in refunds for one in back.taxes if one["rate_percent"] == rate]
        assert sum(one["taxable_yen"] for one in given_back) == before.taxable(rate)
        assert sum(one["tax_yen"] for one in given_back) == tax


@given(receipts())
def test_the_tax_of_what_is_left_is_the_tax_of_a_receipt_of_that(made: tuple[Sold, Rounding]) -> None:
    sold, rounding = made
    number = min(sold.lines)
    give_back(sold, [(number, 1)], None, None, rounding)
    rate = sold.lines[number].rate_percent
    assert sold.tax[rate] == tax_included(sold.taxable(rate), rate, rounding)


@given(receipts(), st.integers(1, 5))
def test_what_is_refused_changes_nothing(made: tuple[Sold, Rounding], more: int) -> None:
    sold, rounding = made
    before = copy.deepcopy(sold)
    number, line = next(iter(sold.lines.items()))
    for refused in (
        give_back(sold, [(number, line.pieces + more)], None, None, rounding),
        give_back(sold, [(99, 1)], None, None, rounding),
        give_back(sold, [(number, 1)], {"cash": line.taken_yen + more}, None, rounding),
        give_back(sold, [(number, 1)], None, sold.tickets + more, rounding),
    ):
        assert isinstance(refused, Refusal)
        assert sold == before


@pytest.mark.parametrize("number", ["T7123456789012", "T7010705000725", "T4011001098993"])
def test_a_registration_number_with_a_right_check_digit_is_taken(number: str) -> None:
    """T and a 法人番号; the first is the example of the rule's explanation, the others are published ones."""
    assert Settings.from_environment({"OUTREACH_INVOICE_NUMBER": number}).invoice_number == number


@pytest.mark.parametrize(
    "number", ["7123456789012", "T8123456789012", "T7123456789013", "T712345678901", "T0123456789012"]
)
def test_a_slip_in_the_registration_number_is_named(number: str) -> None:
    with pytest.raises(SettingsError, match="OUTREACH_INVOICE_NUMBER"):
        Settings.from_environment({"OUTREACH_INVOICE_NUMBER": number})

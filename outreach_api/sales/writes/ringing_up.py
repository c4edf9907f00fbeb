"""What stands on a receipt and what it comes to: lines at the prices and rates of the day, discounts, ways of paying."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Warn
from outreach_api.ledger.visit_facts import VisitFrame
from outreach_api.sales import rules
from outreach_api.sales.rules.receipts import settled, taken_off
from outreach_api.sales.writes.price_list import PriceList
from schemas.vocabulary import ItemCategory, Payment, ServiceMode, TaxCategory

_Row = tuple[Any, ...]
"""sale_id, line, item_id, category, quantity, unit_price_yen, rate_percent, discount_yen, off_yen"""
_CATEGORY, _QUANTITY, _PRICE, _RATE, _OFF = 3, 4, 5, 6, 8


class RungUp(NamedTuple):
    """What stands on a receipt: rows of its lines, and what they come to in yen after their own discounts."""

    lines: list[_Row]
    goods_yen: int
    taxable: dict[int, int]
    by_category: dict[str, int]
    warnings: list[Warn]


class Bill(NamedTuple):
    """A receipt after all that was taken off, with the money that came in; `ways` only if it was paid in several."""

    lines: list[_Row]
    total_yen: int
    taxable: dict[int, int]
    by_category: dict[str, int]
    warnings: list[Warn]
    ways: dict[str, int] | None
    ticket_count: int
    ticket_face_yen: int


def ring_up(
    sale_id: uuid.UUID, given: Mapping[str, Any], frame: VisitFrame, mode: ServiceMode, price_list: PriceList
) -> RungUp | Refusal:
    """The lines at the prices and rates of the visit's day, or what is wrong with which of them.

    A price that differs from the list stands, because that money was taken; the sender is told.
    """
    if "rush_yen" in given:
        rate = price_list.rate(TaxCategory.FOOD, mode, frame.local_day)
        if rate is None:
            return _faulty([Problem("/rush_yen", "tax_rate_missing", {"day": frame.local_day})])
        yen, category = given["rush_yen"], ItemCategory.SWEETS.value
        line = (sale_id, 0, None, category, 1, yen, rate, None, None)
        return RungUp([line], yen, {rate: yen}, {category: yen}, [])
    offers = price_list.offers(frame.local_day, mode)
    lines: list[_Row] = []
    goods_yen = 0
    taxable: dict[int, int] = {}
    by_category: dict[str, int] = {}
    warnings: list[Warn] = []
    faults: list[Problem] = []
    for number, line in enumerate(given["lines"]):
        item_id, quantity = line["item_id"], line["quantity"]
        offer = offers.get(item_id.int)
        if offer is None:
            faults.append(Problem(f"/lines/{number}/item_id", "item_unknown"))
            continue
        category, listed_yen, rate = offer
        price_yen = line.get("unit_price_yen", listed_yen)
        if price_yen is None:
            faults.append(
                Problem(f"/lines/{number}/unit_price_yen", "price_missing", {"day": frame.local_day})
            )
        elif rate is None:
            faults.append(Problem(f"/lines/{number}", "tax_rate_missing", {"day": frame.local_day}))
        else:
            yen = quantity * price_yen
            discount_yen = line.get("discount_yen")
            if discount_yen is not None:
                if discount_yen > yen:
                    faults.append(
                        Problem(f"/lines/{number}/discount_yen", "discount_too_large", {"most_yen": yen})
                    )
                    continue
                yen -= discount_yen
            lines.append(
                (sale_id, number, item_id, category, quantity, price_yen, rate, discount_yen, discount_yen)
            )
            goods_yen += yen
            taxable[rate] = taxable.get(rate, 0) + yen
            by_category[category] = by_category.get(category, 0) + yen
            if listed_yen != price_yen and listed_yen is not None:
                differs = {"listed_yen": listed_yen, "given_yen": price_yen}
                warnings.append(Warn("price_differs", f"/lines/{number}/unit_price_yen", differs))
    return _faulty(faults) if faults else RungUp(lines, goods_yen, taxable, by_category, warnings)


def charge(rung_up: RungUp, given: Mapping[str, Any]) -> Bill | Refusal:
    """Take the receipt's discount off, and see how it was paid. Only receipts with either are reckoned anew.

    What tickets pay is money that came when they were bought: it is taken off like a discount, as nothing sold.
    """
    lines, goods_yen, taxable, by_category, warnings = rung_up
    payment: Payment = given["payment"]
    discount_yen = given.get("discount_yen", 0)
    if discount_yen > goods_yen:
        return _wrong(Problem("/discount_yen", "discount_too_large", {"most_yen": goods_yen}))
    due_yen = goods_yen - discount_yen
    if payment is not Payment.MIXED:
        count = given.get("ticket_count", 0)
        face_yen = given["ticket_face_yen"] if count else 0
        if discount_yen:
            lines, taxable, by_category = _less(lines, discount_yen)
        total_yen = due_yen if rules.brings_money(payment) else 0
        return Bill(lines, total_yen, taxable, by_category, warnings, None, count, face_yen)
    paid = settled(due_yen, given["payments"])
    if paid is None:
        return _wrong(Problem("/payments", "payments_differ", {"due_yen": due_yen}))
    tickets: Mapping[str, Any] = next(
        (part for part in given["payments"] if part["payment"] is Payment.TICKET), {}
    )
    off_yen = discount_yen + paid.ticket_yen
    if off_yen:
        lines, taxable, by_category = _less(lines, off_yen)
    count = tickets.get("ticket_count", 0)
    face_yen = tickets["ticket_face_yen"] if count else 0
    total_yen = due_yen - paid.ticket_yen
    return Bill(lines, total_yen, taxable, by_category, warnings, paid.money, count, face_yen)


def _less(lines: Iterable[_Row], off_yen: int) -> tuple[list[_Row], dict[int, int], dict[str, int]]:
    """Lines with their shares of what is taken off, and what is left by rate and by category."""
    rows = list(lines)
    left = [row[_QUANTITY] * row[_PRICE] - (row[_OFF] or 0) for row in rows]
    shares = taken_off([(yen, row[_RATE]) for yen, row in zip(left, rows, strict=True)], off_yen)
    taxable: dict[int, int] = {}
    by_category: dict[str, int] = {}
    made = []
    for row, yen, share in zip(rows, left, shares, strict=True):
        made.append((*row[:_OFF], (row[_OFF] or 0) + share or None, *row[_OFF + 1 :]))
        taxable[row[_RATE]] = taxable.get(row[_RATE], 0) + yen - share
        by_category[row[_CATEGORY]] = by_category.get(row[_CATEGORY], 0) + yen - share
    return made, taxable, by_category


def _wrong(fault: Problem) -> Refusal:
    return Refusal(fault.code, 422, fault.params, (fault,))


def _faulty(faults: list[Problem]) -> Refusal:
    """A refusal by the first fault, with the place of every one. The office may still add an item or a price."""
    passing = any(fault.code != "discount_too_large" for fault in faults)
    return Refusal(faults[0].code, 422, faults[0].params, tuple(faults), passing=passing)

"""What stands on a receipt and what it comes to: lines at the prices and rates of the day, discounts, ways of paying."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.ledger.kinds import Warn
from outreach_api.ledger.visit_facts import VisitFrame
from outreach_api.sales import rules
from outreach_api.sales.rules.receipts import settled, shared_out
from outreach_api.sales.writes.price_list import Offer, PriceList
from schemas.vocabulary import ItemCategory, Payment, ServiceMode, TaxCategory

_Row = tuple[Any, ...]
"""sale_id, line, item_id, category, quantity, unit_price_yen, rate_percent, discount_yen, set_id, off_yen"""
_CATEGORY, _QUANTITY, _PRICE, _RATE, _OFF = 3, 4, 5, 6, 9


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


NUMBERS_DIFFER = Refusal("numbers_differ", 422, {}, (Problem("/ticket_numbers", "numbers_differ"),))


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
        line = (sale_id, 0, None, category, 1, yen, rate, None, None, None)
        return RungUp([line], yen, {rate: yen}, {category: yen}, [])
    offers = price_list.offers(frame.local_day, mode)
    sheet = RungUp([], 0, {}, {}, [])
    goods_yen = 0
    faults: list[Problem] = []
    for number, line in enumerate(given["lines"]):
        item_id, quantity = line["item_id"], line["quantity"]
        offer = offers.get(item_id.int)
        if offer is None:
            faults.append(Problem(f"/lines/{number}/item_id", "item_unknown"))
            continue
        listed_yen = offer.price_yen
        price_yen = line.get("unit_price_yen", listed_yen)
        if price_yen is None:
            faults.append(
                Problem(f"/lines/{number}/unit_price_yen", "price_missing", {"day": frame.local_day})
            )
            continue
        yen = quantity * price_yen
        discount_yen = line.get("discount_yen")
        if discount_yen is not None:
            if discount_yen > yen:
                faults.append(
                    Problem(f"/lines/{number}/discount_yen", "discount_too_large", {"most_yen": yen})
                )
                continue
            yen -= discount_yen
        goods_yen += yen
        if offer.parts is not None:
            lacking = _unpack(sheet, sale_id, line, offer.parts, offers, yen)
            if lacking is not None:
                faults.append(Problem(f"/lines/{number}", lacking, {"day": frame.local_day}))
        elif offer.rate_percent is None:
            faults.append(Problem(f"/lines/{number}", "tax_rate_missing", {"day": frame.local_day}))
        else:
            row = (offer.category, quantity, price_yen, offer.rate_percent, discount_yen, None, discount_yen)
            _put(sheet, sale_id, item_id, row, yen)
        if listed_yen != price_yen and listed_yen is not None:
            differs = {"listed_yen": listed_yen, "given_yen": price_yen}
            sheet.warnings.append(Warn("price_differs", f"/lines/{number}/unit_price_yen", differs))
    return _faulty(faults) if faults else sheet._replace(goods_yen=goods_yen)


def _put(sheet: RungUp, sale_id: uuid.UUID, item_id: uuid.UUID, row: _Row, yen: int) -> None:
    """One more row, and what it comes to."""
    category, rate = row[0], row[3]
    sheet.lines.append((sale_id, len(sheet.lines), item_id, *row))
    sheet.taxable[rate] = sheet.taxable.get(rate, 0) + yen
    sheet.by_category[category] = sheet.by_category.get(category, 0) + yen


def _unpack(
    sheet: RungUp,
    sale_id: uuid.UUID,
    line: Mapping[str, Any],
    parts: Iterable[tuple[uuid.UUID, int]],
    offers: Mapping[int, Offer],
    yen: int,
) -> str | None:
    """Rows of what is in a set, each at its own price and rate, with the set's price shared out over them.

    A set at one price of goods at several rates is divided in proportion to their own prices, as a discount over them
    would be; answers the code of what the catalogue lacks.
    """
    inside: list[tuple[uuid.UUID, Offer, int, int]] = []
    for item_id, pieces in parts:
        offer = offers[item_id.int]
        if offer.price_yen is None or offer.rate_percent is None:
            return "price_missing" if offer.price_yen is None else "tax_rate_missing"
        inside.append((item_id, offer, line["quantity"] * pieces, offer.rate_percent))
    worth = [(quantity * (offer.price_yen or 0), offer.rate_percent or 0) for _, offer, quantity, _ in inside]
    costs = shared_out(yen, worth)
    for (item_id, offer, quantity, rate), (single, _), cost in zip(inside, worth, costs, strict=True):
        off = single - cost
        row = (offer.category, quantity, offer.price_yen, rate, off, line["item_id"], off)
        _put(sheet, sale_id, item_id, row, cost)
    return None


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
        if len(given.get("ticket_numbers", ())) not in (0, count):
            return NUMBERS_DIFFER
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
    if len(given.get("ticket_numbers", ())) not in (0, count):
        return NUMBERS_DIFFER
    return Bill(lines, total_yen, taxable, by_category, warnings, paid.money, count, face_yen)


def _less(lines: Iterable[_Row], off_yen: int) -> tuple[list[_Row], dict[int, int], dict[str, int]]:
    """Lines with their shares of what is taken off, and what is left by rate and by category."""
    rows = list(lines)
    left = [row[_QUANTITY] * row[_PRICE] - (row[_OFF] or 0) for row in rows]
    shares = shared_out(off_yen, [(yen, row[_RATE]) for yen, row in zip(left, rows, strict=True)])
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

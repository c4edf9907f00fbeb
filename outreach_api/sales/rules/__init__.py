"""What holds at the counter: prices and rates of a day, the tax of a receipt, whose receipts count, the till."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach_api.kernel.ids import derived
from outreach_api.kernel.money import Rounding, tax_included
from schemas.vocabulary import Payment, ServiceMode, TaxCategory, TaxClass

TAX_RATES_ID = derived("tax_rates")
"""Phones take the few rates together, as one thing with this id."""


def sold_out_id(van_id: uuid.UUID) -> uuid.UUID:
    """Phones take what their van is out of together, as one thing with this id."""
    return derived("sold_out", van_id)


Dated = Sequence[tuple[date, int]]
"""Values with the day from which each is in force."""


def in_force(dated: Dated, day: date) -> int | None:
    """The value of the latest row that begins on or before the day, or None."""
    return max((row for row in dated if row[0] <= day), default=(day, None))[1]


def tax_class(category: TaxCategory, mode: ServiceMode) -> TaxClass:
    """Food taken away is taxed at the reduced rate; eaten on our seats it is a meal served, at the standard one.

    Source: Consumption Tax Act, appendix 1 (reduced rate: food and drink except served meals).
    """
    if category is TaxCategory.EXEMPT:
        return TaxClass.EXEMPT
    if category is TaxCategory.FOOD and mode is ServiceMode.TAKEOUT:
        return TaxClass.REDUCED
    return TaxClass.STANDARD


ClassRules = Mapping[tuple[TaxCategory, ServiceMode], Sequence[tuple[date, TaxClass]]]
"""Where a later law says it otherwise: the class of goods by how they are eaten, with the day from which it holds."""


def tax_class_on(day: date, category: TaxCategory, mode: ServiceMode, since: ClassRules) -> TaxClass:
    """The class that holds on a day: as a rule has it that begins on or before it, else as the law had it."""
    begun = [rule for rule in since.get((category, mode), ()) if rule[0] <= day]
    return max(begun)[1] if begun else tax_class(category, mode)


def brings_money(payment: Payment) -> bool:
    """A ticket's money came when it was bought; a gift brings none."""
    return payment is not Payment.TICKET and payment is not Payment.FREE


def pieces_of(item_id: uuid.UUID | None, quantity: int, unit_price_yen: int) -> int:
    """In how many pieces a line can be given back: of an amount without items, each yen is one."""
    return quantity if item_id is not None else quantity * unit_price_yen


def taxes(taxable: Mapping[int, int], rounding: Rounding) -> list[dict[str, int]]:
    """The tax inside a receipt by rate in percent, rounded once for each rate, lowest rate first; all in yen."""
    return [
        {"rate_percent": rate, "taxable_yen": yen, "tax_yen": tax_included(yen, rate, rounding)}
        for rate, yen in sorted(taxable.items())
    ]


@dataclass(frozen=True, slots=True)
class Pool:
    """Tickets issued and redeemed, and overdrafts that were made good, in pieces or in yen."""

    issued: int
    redeemed: int
    settled: int = 0

    @property
    def owed(self) -> int:
        return max(0, self.issued + self.settled - self.redeemed)

    @property
    def overdraft(self) -> int:
        """What was honoured though nobody has paid for it yet."""
        return max(0, self.redeemed - self.issued - self.settled)


def counted_yen(pieces: Mapping[str, int]) -> int:
    """What coins and notes are worth, by their face value in yen."""
    return sum(int(face) * number for face, number in pieces.items())


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did something at the till: the token's holder (a van's phone is often shared), and the person if known."""

    holder_id: uuid.UUID
    person_id: uuid.UUID | None


def is_another(approver: Hand, counter: Hand) -> bool:
    """Whether the one who approves is another than the one who counted; two named people may share a phone."""
    if approver.person_id is not None and counter.person_id is not None:
        return approver.person_id != counter.person_id
    return approver.holder_id != counter.holder_id

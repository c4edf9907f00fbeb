"""What goes back for some of a receipt. However it is divided up, all parts together are the receipt, to the yen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.money import Rounding, tax_included, up_to
from schemas.vocabulary import MONEY


@dataclass(slots=True)
class SoldLine:
    """A line with what came back of it so far. Of an amount without items each yen is a piece."""

    pieces: int
    taken_yen: int
    rate_percent: int
    category: str
    back: int = 0

    @property
    def left_yen(self) -> int:
        return self.taken_yen - up_to(self.taken_yen, self.back, self.pieces)


@dataclass(slots=True)
class Sold:
    """A receipt as it stands after what was given back already."""

    lines: dict[int, SoldLine]
    money: dict[str, int]
    tickets: int
    tax: dict[int, int] = field(default_factory=dict)

    def taxable(self, rate_percent: int) -> int:
        return sum(line.left_yen for line in self.lines.values() if line.rate_percent == rate_percent)


class Refund(NamedTuple):
    """What one refund gives back."""

    yen: dict[int, int]
    by_category: dict[str, int]
    taxes: list[dict[str, int]]
    payments: dict[str, int]
    tickets: int
    beyond: bool
    """More went back in some way than had come in that way."""


def give_back(
    sold: Sold,
    asked: Sequence[tuple[int, int]],
    payments: Mapping[str, int] | None,
    tickets: int | None,
    rounding: Rounding,
) -> Refund | Refusal:
    """Give pieces of lines back, and change `sold` to what is left; nothing is changed where it can't be done.

    The tax that goes back is what the tax of the rest is less than before, so that after the last piece none is left.
    """
    for place, (number, pieces) in enumerate(asked):
        line = sold.lines.get(number)
        left = 0 if line is None else line.pieces - line.back
        if pieces > left:
            return _refused(Problem(f"/lines/{place}/quantity", "refund_too_large", {"left": left}))
    yen = {
        number: up_to(line.taken_yen, line.back + pieces, line.pieces)
        - up_to(line.taken_yen, line.back, line.pieces)
        for number, pieces in asked
        for line in (sold.lines[number],)
    }
    total_yen = sum(yen.values())
    went = _as_it_came(sold.money, total_yen) if payments is None else dict(payments)
    if sum(went.values()) != total_yen:
        return _refused(Problem("/paid_back", "refund_differs", {"total_yen": total_yen}))
    coming = dict(asked)
    last = all(line.back + coming.get(number, 0) == line.pieces for number, line in sold.lines.items())
    given = tickets if tickets is not None else (sold.tickets if last else 0)
    if given > sold.tickets:
        return _refused(Problem("/ticket_count", "refund_too_many_tickets", {"left": sold.tickets}))
    by_category: dict[str, int] = {}
    rates: dict[int, int] = {}
    for number, pieces in asked:
        line = sold.lines[number]
        line.back += pieces
        if yen[number]:
            by_category[line.category] = by_category.get(line.category, 0) + yen[number]
            rates[line.rate_percent] = rates.get(line.rate_percent, 0) + yen[number]
    taxes = []
    for rate, taxable in sorted(rates.items()):
        before = sold.tax.get(rate, 0)
        # Never above what there was: the rounding may have been set otherwise since.
        after = min(before, tax_included(sold.taxable(rate), rate, rounding))
        sold.tax[rate] = after
        taxes.append({"rate_percent": rate, "taxable_yen": taxable, "tax_yen": before - after})
    beyond = any(part > sold.money.get(way, 0) for way, part in went.items())
    for way, part in went.items():
        sold.money[way] = sold.money.get(way, 0) - part
    sold.tickets -= given
    return Refund(yen, by_category, taxes, went, given, beyond)


def _refused(fault: Problem) -> Refusal:
    return Refusal(fault.code, 409, fault.params, (fault,))


def _as_it_came(money: Mapping[str, int], yen: int) -> dict[str, int]:
    """Cash first, then the others, each up to what is left of what it had brought."""
    went = {}
    for way in MONEY:
        part = min(yen, max(0, money.get(way.value, 0)))
        if part:
            went[way.value] = part
            yen -= part
    return went

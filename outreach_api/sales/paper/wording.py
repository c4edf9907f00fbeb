"""What stands on a receipt, line by line, as words: both forms are made of this one tree.

With the fields of a 適格簡易請求書 (消費税法 art. 57-4 (2)): issuer and registration number, day, goods with a mark where the
reduced rate applies, sums by rate with tax, and the tax in them, rounded once a rate. Without a number the rest stays.
What was given back says its own day, goods, sums by rate and tax (適格返還請求書, art. 57-4 (3)).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from outreach_api.kernel.week import TOKYO
from outreach_api.messages import Language, say
from schemas.vocabulary import Payment


class Row(NamedTuple):
    """Words on the left, an amount on the right; `strong` for what the eye looks for, `small` for what explains."""

    words: str
    amount: str = ""
    strong: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Issuer:
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    head: Sequence[str]
    notice: str | None
    """That it does not stand any more, if so."""
    blocks: Sequence[Sequence[Row]]
    foot: Sequence[str]


def receipt(
    sale: Mapping[str, Any],
    names: Mapping[uuid.UUID, str],
    reduced_percent: int | None,
    issuer: Issuer,
    lang: Language,
) -> Paper:
    """`sale` as schemas.sales.SaleOut has it; `names` of its items in that language; `reduced_percent` the reduced
    rate of its day, None if there is none apart from the standard one."""
    words = _Words(sale, names, reduced_percent, lang)
    voided = sale["voided"]
    blocks = [
        [row for _, lines in groupby(sale["lines"], _in_set) for row in words.goods(list(lines))],
        words.sums(),
        words.taxes(sale["taxes"], "receipt_of_rate"),
        words.ways(sale["payments"]),
        *(words.refund(refund) for refund in sale["refunds"]),
    ]
    if sale["refunds"] and voided is None:
        blocks.append(words.rest())
    marked = any(line["rate_percent"] == reduced_percent for line in sale["lines"])
    foot = [
        *([say("receipt_reduced", lang)] if marked else []),
        *([say("receipt_free_rule", lang, {"rule": sale["free_rule"]})] if sale["free_rule"] else []),
        say(f"receipt_{sale['service_mode']}", lang),
    ]
    head = [
        issuer.name,
        *([say("receipt_number", lang, {"number": issuer.number})] if issuer.number else []),
        _moment(sale["occurred_at"]),
        say("receipt_no", lang, {"id": str(sale["id"])[-12:].upper()}),
    ]
    notice = None if voided is None else say("receipt_voided", lang, {"at": _moment(voided["occurred_at"])})
    return Paper(say("receipt", lang), head, notice, [block for block in blocks if block], foot)


class _Words:
    def __init__(
        self,
        sale: Mapping[str, Any],
        names: Mapping[uuid.UUID, str],
        reduced_percent: int | None,
        lang: Language,
    ) -> None:
        self.sale, self.lang = sale, lang
        self._names, self._reduced = names, reduced_percent

    def say(self, code: str, **numbers: Any) -> str:
        return say(code, self.lang, numbers)

    def name(self, line: Mapping[str, Any]) -> str:
        name = self._names.get(line["item_id"]) or self.say("receipt_rush")
        return f"{name} ※" if line["rate_percent"] == self._reduced else name

    def goods(self, lines: Sequence[Mapping[str, Any]]) -> Iterable[Row]:
        """Lines by themselves; those of a set below its name, which has the price."""
        set_id = lines[0]["set_id"]
        if set_id is None:
            for line in lines:
                yield from self.line(line)
            return
        costs = sum(line["amount_yen"] - line["discount_yen"] for line in lines)
        yield Row(self._names.get(set_id, self.say("receipt_set")), yen(costs))
        for line in lines:
            part = yen(line["amount_yen"] - line["discount_yen"])
            yield Row(f"  {self.name(line)} × {line['quantity']}  ({part})", small=True)

    def line(self, line: Mapping[str, Any]) -> Iterable[Row]:
        yield Row(self.name(line), yen(line["amount_yen"]))
        if line["quantity"] > 1:
            yield Row(f"  {yen(line['unit_price_yen'])} × {line['quantity']}", small=True)
        if line["discount_yen"]:
            yield Row("  " + self.say("receipt_discount"), yen(-line["discount_yen"]), small=True)

    def sums(self) -> list[Row]:
        sale = self.sale
        own = sum(line["discount_yen"] for line in sale["lines"])
        off = sale["discount_yen"] - own
        due = sale["goods_yen"] - sale["discount_yen"]
        unpaid = due - sale["total_yen"]
        rows = []
        if off or unpaid:
            rows.append(Row(self.say("receipt_subtotal"), yen(sale["goods_yen"] - own)))
        if off:
            rows.append(Row(self.say("receipt_discount"), yen(-off)))
        if sale["payment"] == Payment.FREE:
            rows.append(Row(self.say("receipt_gift"), yen(-unpaid)))
        elif sale["ticket_count"]:
            rows.append(Row(self.say("receipt_tickets", count=sale["ticket_count"]), yen(-unpaid)))
        rows.append(Row(self.say("receipt_total"), yen(sale["total_yen"]), strong=True))
        return rows

    def taxes(self, taxes: Iterable[Mapping[str, int]], code: str, sign: int = 1) -> list[Row]:
        rows = []
        for tax in taxes:
            rows.append(Row(self.say(code, percent=tax["rate_percent"]), yen(sign * tax["taxable_yen"])))
            rows.append(Row("  " + self.say("receipt_tax"), yen(sign * tax["tax_yen"]), small=True))
        return rows

    def ways(self, payments: Iterable[Mapping[str, Any]], sign: int = 1) -> list[Row]:
        return [
            Row(self.say(f"report_word.payment.{part['payment']}"), yen(sign * part["yen"]))
            for part in payments
        ]

    def refund(self, refund: Mapping[str, Any]) -> list[Row]:
        lines = {line["line"]: line for line in self.sale["lines"]}
        rows = [Row(self.say("receipt_refund", at=_moment(refund["occurred_at"])), strong=True)]
        for back in refund["lines"]:
            line = lines[back["line"]]
            pieces = "" if line["item_id"] is None else f" × {back['quantity']}"
            rows.append(Row(f"{self.name(line)}{pieces}", yen(-back["yen"])))
        if refund["ticket_count"]:
            rows.append(Row(self.say("receipt_tickets_back", count=refund["ticket_count"])))
        rows.append(Row(self.say("receipt_refunded"), yen(-refund["total_yen"]), strong=True))
        rows += self.taxes(refund["taxes"], "receipt_of_rate", -1)
        return rows + self.ways(refund["payments"], -1)

    def rest(self) -> list[Row]:
        """What the receipt comes to after all that was given back."""
        left = {tax["rate_percent"]: [tax["taxable_yen"], tax["tax_yen"]] for tax in self.sale["taxes"]}
        for refund in self.sale["refunds"]:
            for tax in refund["taxes"]:
                left[tax["rate_percent"]][0] -= tax["taxable_yen"]
                left[tax["rate_percent"]][1] -= tax["tax_yen"]
        total = self.sale["total_yen"] - sum(refund["total_yen"] for refund in self.sale["refunds"])
        taxes = [
            {"rate_percent": rate, "taxable_yen": taxable, "tax_yen": tax}
            for rate, (taxable, tax) in sorted(left.items())
        ]
        rows = [Row(self.say("receipt_rest"), yen(total), strong=True)]
        return rows + self.taxes(taxes, "receipt_of_rate")


def _in_set(line: Mapping[str, Any]) -> uuid.UUID | None:
    found: uuid.UUID | None = line["set_id"]
    return found


def yen(amount: int) -> str:
    return f"-¥{-amount:,}" if amount < 0 else f"¥{amount:,}"


def _moment(at: dt.datetime) -> str:
    return at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")

"""Records receipts, hundreds at a time: a handful of SELECTs and three bulk INSERTs whatever their number."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from outreach_api.kernel.errors import Problem, Refusal
from outreach_api.kernel.money import Rounding
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import FACT_COLUMNS, VISIT_UNKNOWN, VisitFrame, fact_values, frames
from outreach_api.sales import rules
from outreach_api.sales.writes import tickets
from outreach_api.sales.writes.price_list import PriceList
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleLine, TicketEntry
from schemas.vocabulary import ItemCategory, Payment, ServiceMode, Source, TaxCategory, TicketEvent

_SALE = (
    *FACT_COLUMNS,
    "van_id",
    "payment",
    "service_mode",
    "total_yen",
    "taxes",
    "ticket_count",
    "ticket_face_yen",
    "source",
    "counted",
)
_LINE = ("sale_id", "line", "item_id", "category", "quantity", "unit_price_yen", "rate_percent")


class _Visit:
    """What a batch adds to the totals of one visit: few sums, where each receipt would make four tallies."""

    def __init__(self, visit_id: uuid.UUID, index: int) -> None:
        self._id = visit_id
        self._index = index
        self._sums: dict[tuple[str, str], int] = {}

    def add(self, addends: Iterable[takings.Addend]) -> None:
        sums = self._sums
        for measure, key, value in addends:
            sums[measure, key] = sums.get((measure, key), 0) + value

    def tell(self, answers: list[Applied | Refusal]) -> None:
        """Put the sums to the first answer about the visit: a batch is written whole or not at all."""
        answer = answers[self._index]
        if isinstance(answer, Applied):
            tallies = tuple(Tally(self._id, measure, key, n) for (measure, key), n in self._sums.items())
            answers[self._index] = msgspec.structs.replace(answer, tallies=answer.tallies + tallies)


class _Rows:
    """What a batch writes: rows of three tables, in tuples because they come by the thousand."""

    def __init__(self) -> None:
        self.sales: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []
        self.tickets: list[dict[str, Any]] = []

    def insert(self, work: Work) -> None:
        bulk.append_values(work.session, Sale, _SALE, self.sales)
        bulk.append_values(work.session, SaleLine, _LINE, self.lines)
        bulk.append(work.session, TicketEntry, self.tickets)


def record_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Write receipts in one go; each gets its own answer."""
    found = frames(work, [accepted.values["visit_id"] for accepted in batch])
    price_list = PriceList(
        work.session,
        [line["item_id"] for accepted in batch for line in accepted.values.get("lines", ())],
    )
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    paid_with_tickets = any(accepted.values["payment"] is Payment.TICKET for accepted in batch)
    pool = tickets.Pool(work.session) if paid_with_tickets else None
    rounding = Rounding(work.settings.tax_rounding)
    answers: list[Applied | Refusal] = []
    rows = _Rows()
    visits: dict[int, _Visit] = {}
    for accepted in batch:
        given = accepted.values
        frame = found.get(given["visit_id"])
        if frame is None:
            answers.append(VISIT_UNKNOWN)
            continue
        mode = _service_mode(given, frame)
        rung_up = _ring_up(accepted.operation.entity_id, given, frame, mode, price_list)
        if isinstance(rung_up, Refusal):
            answers.append(rung_up)
            continue
        source, counted = Source.APP, True
        if told.in_sight:  # else nothing here was told on paper
            source = told.source(given["source"], frame)
            counted = standing.take(frame.id, source)
            told.answered(frame, len(answers))
        visit = visits.get(frame.id.int)
        if visit is None:
            visit = visits[frame.id.int] = _Visit(frame.id, len(answers))
        answers.append(
            _record(work, accepted, frame, mode, rung_up, source, counted, pool, rounding, rows, visit)
        )
    rows.insert(work)
    for visit in visits.values():
        visit.tell(answers)
    told.add_to(answers, standing.settle())
    return answers


def _service_mode(given: Mapping[str, Any], frame: VisitFrame) -> ServiceMode:
    mode: ServiceMode | None = given.get("service_mode")
    return mode or (ServiceMode.EAT_IN if frame.seating_by_us else ServiceMode.TAKEOUT)


class _RungUp(NamedTuple):
    """What stands on a receipt: rows of its lines, and what they come to in yen."""

    lines: list[tuple[Any, ...]]
    goods_yen: int
    taxable: dict[int, int]
    by_category: dict[str, int]
    warnings: list[Warn]


def _ring_up(
    sale_id: uuid.UUID, given: Mapping[str, Any], frame: VisitFrame, mode: ServiceMode, price_list: PriceList
) -> _RungUp | Refusal:
    """The lines at the prices and rates of the visit's day, or what is wrong with which of them.

    A price that differs from the list stands, because that money was taken; the sender is told.
    """
    if "rush_yen" in given:
        rate = price_list.rate(TaxCategory.FOOD, mode, frame.local_day)
        if rate is None:
            return _faulty([Problem("/rush_yen", "tax_rate_missing", {"day": frame.local_day})])
        yen, category = given["rush_yen"], ItemCategory.SWEETS.value
        return _RungUp([(sale_id, 0, None, category, 1, yen, rate)], yen, {rate: yen}, {category: yen}, [])
    offers = price_list.offers(frame.local_day, mode)
    lines: list[tuple[Any, ...]] = []
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
            lines.append((sale_id, number, item_id, category, quantity, price_yen, rate))
            yen = quantity * price_yen
            goods_yen += yen
            taxable[rate] = taxable.get(rate, 0) + yen
            by_category[category] = by_category.get(category, 0) + yen
            if listed_yen != price_yen and listed_yen is not None:
                differs = {"listed_yen": listed_yen, "given_yen": price_yen}
                warnings.append(Warn("price_differs", f"/lines/{number}/unit_price_yen", differs))
    return _faulty(faults) if faults else _RungUp(lines, goods_yen, taxable, by_category, warnings)


def _faulty(faults: list[Problem]) -> Refusal:
    """A refusal by the first fault, with the place of every one. The office may still add an item or a price."""
    return Refusal(faults[0].code, 422, faults[0].params, tuple(faults), passing=True)


def _record(
    work: Work,
    accepted: Accepted,
    frame: VisitFrame,
    mode: ServiceMode,
    rung_up: _RungUp,
    source: Source,
    counted: bool,
    pool: tickets.Pool | None,
    rounding: Rounding,
    rows: _Rows,
    visit: _Visit,
) -> Applied:
    """Add the rows of one receipt, and say what it adds to the totals and what the sender should see."""
    given = accepted.values
    sale_id = accepted.operation.entity_id
    payment: Payment = given["payment"]
    lines, goods_yen, taxable, by_category, warnings = rung_up
    # A ticket's money came when it was bought, and a gift brings none: nothing sold, nothing taxed.
    brings_money = rules.brings_money(payment)
    total_yen = goods_yen if brings_money else 0
    taxes = rules.taxes(taxable, rounding) if brings_money else []
    ticket_count = given.get("ticket_count", 0)
    face_yen = given["ticket_face_yen"] if ticket_count else 0
    fact = fact_values(work, accepted, frame)
    words = str(payment), str(mode)  # drivers take longer for members of an enumeration
    rows.sales.append(
        (*fact, frame.van_id, *words, total_yen, taxes, ticket_count, face_yen, str(source), counted)
    )
    rows.lines += lines
    if ticket_count:
        rows.tickets.append(
            tickets.entry_of(
                dict(zip(FACT_COLUMNS, fact, strict=True)),
                sale_id=sale_id,
                quantity=ticket_count,
                face_yen=face_yen,
                source=str(source),
                counted=counted,
            )
        )
    if not counted:
        kept_beside = (held_back(frame.id, tellings.RECEIPTS),)
        return Applied(sale_id, tallies=kept_beside, warnings=(*warnings, Warn("receipt_held_back")))
    visit.add(takings.addends_of_sale(words[0], total_yen, taxes, by_category))
    tallies: tuple[Tally, ...] = ()
    if pool is not None and ticket_count:
        tallies = takings.of_tickets(frame.id, TicketEvent.REDEEMED, ticket_count, face_yen)
        warnings += pool.redeem(ticket_count)
    return Applied(sale_id, tallies=tallies, warnings=tuple(warnings))

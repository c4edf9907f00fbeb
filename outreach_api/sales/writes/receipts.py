"""Records receipts, hundreds at a time: a handful of SELECTs and three bulk INSERTs whatever their number."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from outreach_api.kernel.errors import Refusal
from outreach_api.kernel.money import Rounding
from outreach_api.ledger import takings
from outreach_api.ledger.kinds import Accepted, Applied, Tally, Warn, Work
from outreach_api.ledger.tellings import receipts as tellings
from outreach_api.ledger.tellings.sources import Told, held_back
from outreach_api.ledger.visit_facts import FACT_COLUMNS, VISIT_UNKNOWN, VisitFrame, fact_values, frames
from outreach_api.sales import rules
from outreach_api.sales.writes import tickets
from outreach_api.sales.writes.pool import Numbers, Pool
from outreach_api.sales.writes.price_list import PriceList
from outreach_api.sales.writes.ringing_up import Bill, charge, ring_up
from outreach_api.storage import bulk
from outreach_api.storage.sales import Sale, SaleLine, TicketEntry, TicketNumber
from schemas.vocabulary import FreeReason, Payment, ServiceMode, Source, TicketEvent

_SALE = (
    *FACT_COLUMNS,
    "van_id",
    "payment",
    "service_mode",
    "total_yen",
    "taxes",
    "ticket_count",
    "ticket_face_yen",
    "discount_yen",
    "payments",
    "cash_yen",
    "free_reason",
    "free_rule",
    "source",
    "counted",
)
_LINE = (
    "sale_id",
    "line",
    "item_id",
    "category",
    "quantity",
    "unit_price_yen",
    "rate_percent",
    "discount_yen",
    "set_id",
    "off_yen",
)


_WITH_TICKETS = (Payment.TICKET, Payment.MIXED)


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
        self.numbers: list[dict[str, Any]] = []

    def insert(self, work: Work) -> None:
        bulk.append_values(work.session, Sale, _SALE, self.sales)
        bulk.append_values(work.session, SaleLine, _LINE, self.lines)
        bulk.append(work.session, TicketEntry, self.tickets)
        bulk.append(work.session, TicketNumber, self.numbers)


def record_sales(work: Work, batch: Sequence[Accepted]) -> list[Applied | Refusal]:
    """Write receipts in one go; each gets its own answer."""
    found = frames(work, [accepted.values["visit_id"] for accepted in batch])
    price_list = PriceList(
        work.session,
        [line["item_id"] for accepted in batch for line in accepted.values.get("lines", ())],
    )
    told = Told(work, found, batch)
    standing = tellings.Standing(work.session, told.in_sight)
    paid_with_tickets = any(accepted.values["payment"] in _WITH_TICKETS for accepted in batch)
    pool = Pool(work.session) if paid_with_tickets else None
    numbers = Numbers(work.session, (accepted.values.get("ticket_numbers", ()) for accepted in batch))
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
        rung_up = ring_up(accepted.operation.entity_id, given, frame, mode, price_list)
        bill = rung_up if isinstance(rung_up, Refusal) else charge(rung_up, given)
        if isinstance(bill, Refusal):
            answers.append(bill)
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
            _record(work, accepted, frame, mode, bill, source, counted, pool, numbers, rounding, rows, visit)
        )
    rows.insert(work)
    for visit in visits.values():
        visit.tell(answers)
    told.add_to(answers, standing.settle())
    return answers


def _service_mode(given: Mapping[str, Any], frame: VisitFrame) -> ServiceMode:
    mode: ServiceMode | None = given.get("service_mode")
    return mode or (ServiceMode.EAT_IN if frame.seating_by_us else ServiceMode.TAKEOUT)


def _record(
    work: Work,
    accepted: Accepted,
    frame: VisitFrame,
    mode: ServiceMode,
    bill: Bill,
    source: Source,
    counted: bool,
    pool: Pool | None,
    numbers: Numbers,
    rounding: Rounding,
    rows: _Rows,
    visit: _Visit,
) -> Applied:
    """Add the rows of one receipt, and say what it adds to the totals and what the sender should see."""
    given = accepted.values
    sale_id = accepted.operation.entity_id
    payment: Payment = given["payment"]
    lines, total_yen, taxable, by_category, warnings, ways, ticket_count, face_yen = bill
    # A ticket's money came when it was bought, and a gift brings none: nothing sold, nothing taxed.
    taxes = rules.taxes(taxable, rounding) if rules.brings_money(payment) else []
    fact = fact_values(work, accepted, frame)
    words = str(payment), str(mode)  # drivers take longer for members of an enumeration
    payments = None if ways is None else [{"payment": way, "yen": yen} for way, yen in ways.items()]
    rows.sales.append(
        (
            *fact,
            frame.van_id,
            *words,
            total_yen,
            taxes,
            ticket_count,
            face_yen,
            given.get("discount_yen"),
            payments,
            None if ways is None else ways.get(Payment.CASH.value, 0),
            *_gift(given, work.settings.free_rule),
            str(source),
            counted,
        )
    )
    rows.lines += lines
    tallies: tuple[Tally, ...] = ()
    if ticket_count:
        named = given.get("ticket_numbers", ())
        beyond = 0
        if counted and pool is not None:
            beyond, told = pool.redeem(ticket_count)
            warnings += told + numbers.use(named, frame.local_day, "/ticket_numbers")
            tallies = takings.of_tickets(frame.id, TicketEvent.REDEEMED, ticket_count, face_yen)
        entry = tickets.entry_of(
            dict(zip(FACT_COLUMNS, fact, strict=True)),
            sale_id=sale_id,
            quantity=ticket_count,
            face_yen=face_yen,
            source=str(source),
            counted=counted,
            beyond=beyond,
        )
        rows.tickets.append(entry)
        rows.numbers += tickets.numbered(entry["id"], named)
    if not counted:
        kept_beside = (held_back(frame.id, tellings.RECEIPTS),)
        return Applied(sale_id, tallies=kept_beside, warnings=(*warnings, Warn("receipt_held_back")))
    visit.add(takings.addends_of_sale(words[0], total_yen, taxes, by_category, payments))
    return Applied(sale_id, tallies=tallies, warnings=tuple(warnings))


def _gift(given: Mapping[str, Any], rule: str) -> tuple[str | None, str | None]:
    """Why something was free, and the rule for children as it hangs there today."""
    reason: FreeReason | None = given.get("free_reason")
    if reason is None:
        return None, None
    return reason.value, (rule or None) if reason is FreeReason.CHILD else None

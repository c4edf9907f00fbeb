"""Receipts and their voids on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.amounts import (
    HIGHEST_FACE_YEN,
    HIGHEST_PRICE_YEN,
    MOST_KEPT_LINES,
    MOST_LINES,
    MOST_PIECES,
    MOST_RUSH_YEN,
    MOST_TICKETS,
    USUAL_FACE_YEN,
    WAYS,
)
from schemas.base import SOURCE_DEFAULT, Out, PageQuery, Query, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, QueryWhole, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.refunds import RefundOut, SalePaymentOut, SaleTaxOut
from schemas.vocabulary import MONEY, FreeReason, ItemCategory, Payment, ReceiptForm, ServiceMode, Source


class SaleLineIn(WireSchema):
    item_id = Id(required=True)
    quantity = Whole(1, MOST_PIECES, required=True)
    unit_price_yen = Whole(
        0,
        HIGHEST_PRICE_YEN,
        metadata={
            "description": "What was taken, tax included; the catalogue's price of the day if left out."
        },
    )
    discount_yen = Whole(1, MOST_RUSH_YEN, metadata={"description": "Taken off this line."})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "discount_yen" in data and "unit_price_yen" in data:
            most = data["quantity"] * data["unit_price_yen"]
            if data["discount_yen"] > most:
                raise Coded("discount_too_large", most_yen=most)


class SalePaymentIn(WireSchema):
    """One of the ways in which a receipt was paid."""

    payment = Word(Payment, required=True, metadata={"description": "cash, paypay, other_qr or ticket."})
    yen = Whole(
        1,
        MOST_RUSH_YEN,
        metadata={"description": "Money of this way. One may leave it out: it pays what the others leave."},
    )
    ticket_count = Whole(1, MOST_TICKETS, metadata={"description": "With ticket, and only then."})
    ticket_face_yen = Whole(1, HIGHEST_FACE_YEN, load_default=USUAL_FACE_YEN)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["payment"] is Payment.TICKET:
            if "ticket_count" not in data:
                raise Coded("ticket_count_required")
            if "yen" in data:
                raise Coded("ticket_yen_unwanted")
        elif "ticket_count" in data:
            raise Coded("ticket_count_unwanted")
        elif data["payment"] not in MONEY:
            raise Coded("payment_not_money")


class SaleIn(WireSchema):
    """One receipt: lines, or one amount for a rush of penny sweets.

    Paid in one way, or mixed: then `payments` say how. Money and tickets must come to what is due: tickets pay what is
    left of it, up to their worth, and no change is given for them.
    """

    visit_id = Id(required=True)
    payment = Word(Payment, required=True)
    service_mode = Word(
        ServiceMode, metadata={"description": "If left out: eat_in where the seats are ours, else takeout."}
    )
    lines = Many(Nested(SaleLineIn), MOST_LINES, fewest=1)
    rush_yen = Whole(1, MOST_RUSH_YEN, metadata={"description": "Sweets rung up as one amount."})
    ticket_count = Whole(1, MOST_TICKETS, metadata={"description": "With payment ticket, and only then."})
    ticket_face_yen = Whole(
        1, HIGHEST_FACE_YEN, load_default=USUAL_FACE_YEN, metadata={"description": "Of one ticket."}
    )
    discount_yen = Whole(
        1,
        MOST_RUSH_YEN,
        metadata={
            "description": "Taken off the whole receipt, after the lines' own discounts; shared out among rates in "
            "proportion to what they come to."
        },
    )
    payments = Many(
        Nested(SalePaymentIn),
        WAYS,
        fewest=2,
        metadata={"description": "With payment mixed, and only then; each way once."},
    )
    free_reason = Word(
        FreeReason,
        metadata={
            "description": "With payment free. `child`: under the rule for children (OUTREACH_FREE_RULE), which then "
            "stands on the receipt."
        },
    )
    ticket_numbers = Many(
        Text(20, form="[A-Z0-9-]{1,20}"),
        200,
        fewest=1,
        unique=True,
        metadata={"description": "As printed on the tickets, if they have numbers; as many as tickets."},
    )
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("lines" in data) == ("rush_yen" in data):
            raise Coded("lines_or_rush")
        if (data["payment"] is Payment.MIXED) != ("payments" in data):
            raise Coded("payments_with_mixed")
        if "payments" in data:
            _check_payments(data["payments"])
        if "free_reason" in data and data["payment"] is not Payment.FREE:
            raise Coded("free_reason_unwanted")
        if data["payment"] is Payment.TICKET:
            if "ticket_count" not in data:
                raise Coded("ticket_count_required")
        elif "ticket_count" in data:
            raise Coded("ticket_count_unwanted")

    example: ClassVar = {
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "payment": "cash",
        "lines": [
            {"item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601", "quantity": 2},
            {"item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f602", "quantity": 1, "unit_price_yen": 300},
        ],
    }


def _check_payments(payments: list[dict[str, Any]]) -> None:
    if len({part["payment"] for part in payments}) != len(payments):
        raise Coded("payment_twice")
    if sum(part["payment"] is not Payment.TICKET and "yen" not in part for part in payments) > 1:
        raise Coded("payment_rest_twice")


class SaleVoidBody(WireSchema):
    reason = Text(120, required=True)

    example: ClassVar = {"reason": "打ち間違い"}


class SaleVoidIn(SaleVoidBody):
    """Takes a receipt back, as a new fact. The receipt itself stays."""

    sale_id = Id(required=True)

    example: ClassVar = {"sale_id": "019ac5d1-7c00-7a3b-8c4d-5e6f70819203", "reason": "打ち間違い"}


class SaleLineOut(Out):
    line = Whole(0, metadata={"description": "Its number, which a refund names."})
    item_id = Id(allow_none=True, metadata={"description": "Null for a rush of sweets."})
    category = Word(ItemCategory)
    quantity = Whole(1)
    unit_price_yen = Whole(0)
    amount_yen = Whole(0, metadata={"description": "Quantity times price."})
    set_id = Id(allow_none=True, metadata={"description": "The set that it was sold in."})
    discount_yen = Whole(
        -MOST_RUSH_YEN,
        metadata={
            "description": "Its own, without the receipt's; of a set's part, what the set's price takes off it."
        },
    )
    taken_yen = Whole(0, metadata={"description": "Money that came in for it."})
    refunded_quantity = Whole(0, metadata={"description": "Pieces (of a rush: yen) given back by now."})
    rate_percent = Whole(0, 100)


class VoidedOut(Out):
    id = Id()
    reason = Text(120)
    occurred_at = Instant()
    received_at = Instant()


class SaleOut(Out):
    id = Id()
    visit_id = Id()
    van_id = Id()
    local_day = Day()
    occurred_at = Instant()
    received_at = Instant()
    payment = Word(Payment)
    service_mode = Word(ServiceMode)
    source = Word(Source)
    lines = Many(Nested(SaleLineOut), MOST_KEPT_LINES)
    goods_yen = Whole(0, metadata={"description": "What the goods cost, before discounts."})
    discount_yen = Whole(
        -MOST_RUSH_YEN, metadata={"description": "All discounts: of lines, sets and the receipt."}
    )
    total_yen = Whole(0, metadata={"description": "Money taken: 0 for gifts and tickets."})
    payments = Many(
        Nested(SalePaymentOut),
        WAYS,
        metadata={
            "description": "Money by way of paying. What tickets paid is goods less discounts and total."
        },
    )
    taxes = Many(Nested(SaleTaxOut), 10, metadata={"description": "Inside total_yen, by rate."})
    ticket_count = Whole(0)
    ticket_face_yen = Whole(0)
    free_reason = Word(FreeReason, allow_none=True)
    free_rule = Text(200, allow_none=True, metadata={"description": "As it hung at the counter then."})
    counted = Flag(
        metadata={
            "description": "False while the visit's other telling (paper or app) of its receipts stands."
        }
    )
    refunds = Many(Nested(RefundOut), 10_000)
    voided = Nested(VoidedOut, allow_none=True)

    example: ClassVar = {
        "id": "019ac5d1-7c00-7a3b-8c4d-5e6f70819203",
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "local_day": "2026-11-28",
        "occurred_at": "2026-11-28T02:15:00Z",
        "received_at": "2026-11-28T02:15:03Z",
        "payment": "cash",
        "service_mode": "takeout",
        "source": "app",
        "lines": [
            {
                "line": 0,
                "item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601",
                "category": "sweets",
                "quantity": 2,
                "unit_price_yen": 15,
                "amount_yen": 30,
                "set_id": None,
                "discount_yen": 0,
                "taken_yen": 30,
                "refunded_quantity": 0,
                "rate_percent": 8,
            },
            {
                "line": 1,
                "item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f602",
                "category": "drink",
                "quantity": 1,
                "unit_price_yen": 300,
                "amount_yen": 300,
                "set_id": None,
                "discount_yen": 0,
                "taken_yen": 300,
                "refunded_quantity": 0,
                "rate_percent": 8,
            },
        ],
        "goods_yen": 330,
        "discount_yen": 0,
        "total_yen": 330,
        "payments": [{"payment": "cash", "yen": 330}],
        "taxes": [{"rate_percent": 8, "taxable_yen": 330, "tax_yen": 24}],
        "ticket_count": 0,
        "ticket_face_yen": 0,
        "free_reason": None,
        "free_rule": None,
        "counted": True,
        "refunds": [],
        "voided": None,
    }


class SaleDoneOut(SaleOut):
    """A receipt after a change, with what the sender should look at."""

    warnings = Many(Nested(FaultOut), 200)

    example: ClassVar = {**SaleOut.example, "warnings": []}


class ReceiptQuery(Query):
    """How a receipt is shown to the customer."""

    form = Word(ReceiptForm, load_default=ReceiptForm.HTML)
    columns = QueryWhole(
        24,
        80,
        load_default=48,
        metadata={"description": "Of the text, in narrow letters: 48 on 80 mm, 32 on 58 mm."},
    )


class SaleQuery(PageQuery):
    visit_id = Id(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)

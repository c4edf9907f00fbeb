"""Receipts and their voids on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import SOURCE_DEFAULT, Out, PageQuery, WireSchema
from schemas.catalogue import HIGHEST_PRICE_YEN
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import ItemCategory, Payment, ServiceMode, Source

MOST_LINES = 50
MOST_PIECES = 1_000
MOST_RUSH_YEN = 10_000_000
"""A whole day's till, when paper totals are entered as one amount."""
MOST_TICKETS = 1_000
HIGHEST_FACE_YEN = 10_000
USUAL_FACE_YEN = 100


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


class SaleIn(WireSchema):
    """One receipt: lines, or one amount for a rush of penny sweets."""

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
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("lines" in data) == ("rush_yen" in data):
            raise Coded("lines_or_rush")
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


class SaleVoidBody(WireSchema):
    reason = Text(120, required=True)

    example: ClassVar = {"reason": "打ち間違い"}


class SaleVoidIn(SaleVoidBody):
    """Takes a receipt back, as a new fact. The receipt itself stays."""

    sale_id = Id(required=True)

    example: ClassVar = {"sale_id": "019ac5d1-7c00-7a3b-8c4d-5e6f70819203", "reason": "打ち間違い"}


class SaleLineOut(Out):
    item_id = Id(allow_none=True, metadata={"description": "Null for a rush of sweets."})
    category = Word(ItemCategory)
    quantity = Whole(1)
    unit_price_yen = Whole(0)
    amount_yen = Whole(0)
    rate_percent = Whole(0, 100)


class SaleTaxOut(Out):
    """Consumption tax inside the receipt, once per rate: taxable × r / (100 + r)."""

    rate_percent = Whole(0, 100)
    taxable_yen = Whole(0)
    tax_yen = Whole(0)


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
    lines = Many(Nested(SaleLineOut), MOST_LINES)
    goods_yen = Whole(0, metadata={"description": "What the goods cost."})
    total_yen = Whole(0, metadata={"description": "Money taken: 0 for gifts and tickets."})
    taxes = Many(Nested(SaleTaxOut), 10, metadata={"description": "Inside total_yen, by rate."})
    ticket_count = Whole(0)
    ticket_face_yen = Whole(0)
    counted = Flag(
        metadata={
            "description": "False while the visit's other telling (paper or app) of its receipts stands."
        }
    )
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
                "item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f601",
                "category": "sweets",
                "quantity": 2,
                "unit_price_yen": 15,
                "amount_yen": 30,
                "rate_percent": 8,
            },
            {
                "item_id": "3c1f0a52-9c3d-4e8f-9a01-b2c3d4e5f602",
                "category": "drink",
                "quantity": 1,
                "unit_price_yen": 300,
                "amount_yen": 300,
                "rate_percent": 8,
            },
        ],
        "goods_yen": 330,
        "total_yen": 330,
        "taxes": [{"rate_percent": 8, "taxable_yen": 330, "tax_yen": 24}],
        "ticket_count": 0,
        "ticket_face_yen": 0,
        "counted": True,
        "voided": None,
    }


class SaleDoneOut(SaleOut):
    """A receipt after a change, with what the sender should look at."""

    warnings = Many(Nested(FaultOut), 200)

    example: ClassVar = {**SaleOut.example, "warnings": []}


class SaleQuery(PageQuery):
    visit_id = Id(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)

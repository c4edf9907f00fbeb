"""What is given back of a receipt, on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.amounts import MOST_KEPT_LINES, MOST_RUSH_YEN, MOST_TICKETS, WAYS
from schemas.base import Out, WireSchema
from schemas.fields import Coded, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.vocabulary import MONEY, Payment


class RefundedLineIn(WireSchema):
    line = Whole(
        0, MOST_KEPT_LINES - 1, required=True, metadata={"description": "Its number on the receipt."}
    )
    quantity = Whole(
        1,
        MOST_RUSH_YEN,
        required=True,
        metadata={"description": "Pieces that came back; of an amount without items, yen of it."},
    )


class RefundPaymentIn(WireSchema):
    payment = Word(Payment, required=True, metadata={"description": "cash, paypay or other_qr."})
    yen = Whole(1, MOST_RUSH_YEN, required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["payment"] not in MONEY:
            raise Coded("payment_not_money")


class SaleRefundBody(WireSchema):
    """Some of a receipt given back, as a new fact; the receipt itself stays.

    The money that goes back for a line is what came in for it (after discounts, without what tickets paid) in
    proportion to the pieces, so that all of them together are exactly that. Tax goes back in whole yen likewise: what
    remains is the tax of what remains, rounded once a rate.
    """

    lines = Many(Nested(RefundedLineIn), MOST_KEPT_LINES, fewest=1, required=True)
    reason = Text(120, required=True)
    paid_back = Many(
        Nested(RefundPaymentIn),
        len(MONEY),
        fewest=1,
        metadata={
            "description": "How the money went back. If left out: as it came; of a mixed receipt cash first, then "
            "the others, each up to what it had brought."
        },
    )
    ticket_count = Whole(
        0,
        MOST_TICKETS,
        metadata={
            "description": "Tickets given back; if left out, all of them with the last piece, else none."
        },
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if len({line["line"] for line in data["lines"]}) != len(data["lines"]):
            raise Coded("repeated")
        payments = data.get("paid_back", ())
        if len({part["payment"] for part in payments}) != len(payments):
            raise Coded("payment_twice")

    example: ClassVar = {"lines": [{"line": 0, "quantity": 1}], "reason": "袋がやぶれていた"}


class SaleRefundIn(SaleRefundBody):
    sale_id = Id(required=True)

    example: ClassVar = {"sale_id": "019ac5d1-7c00-7a3b-8c4d-5e6f70819203", **SaleRefundBody.example}


class SalePaymentOut(Out):
    payment = Word(Payment)
    yen = Whole(0)


class SaleTaxOut(Out):
    """Consumption tax inside the receipt, once per rate: taxable × r / (100 + r)."""

    rate_percent = Whole(0, 100)
    taxable_yen = Whole(0)
    tax_yen = Whole(0)


class RefundedLineOut(Out):
    line = Whole(0)
    quantity = Whole(1)
    yen = Whole(0)


class RefundOut(Out):
    id = Id()
    reason = Text(120)
    occurred_at = Instant()
    received_at = Instant()
    lines = Many(Nested(RefundedLineOut), MOST_KEPT_LINES)
    total_yen = Whole(0, metadata={"description": "Money given back."})
    payments = Many(Nested(SalePaymentOut), WAYS)
    taxes = Many(Nested(SaleTaxOut), 10, metadata={"description": "That went back with it, by rate."})
    ticket_count = Whole(0)

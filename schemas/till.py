"""The counting of tills on the wire."""

from typing import ClassVar

from marshmallow import fields

from schemas.base import SOURCE_DEFAULT, Out, PageQuery, WireSchema
from schemas.cash import CashMovementOut
from schemas.fields import Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import Payment, Source

DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1)
MOST_PIECES = 10_000
MOST_FLOAT_YEN = 10_000_000


Denominations = type(
    "Denominations",
    (WireSchema,),
    {
        "__doc__": "Pieces by face value in yen; what is left out is none.",
        **{str(face): Whole(0, MOST_PIECES) for face in DENOMINATIONS},
    },
)


class CashUpIn(WireSchema):
    """One counting of the till of one visit."""

    visit_id = Id(required=True)
    opening_float_yen = Whole(0, MOST_FLOAT_YEN, required=True)
    counts = Nested(Denominations, required=True)
    counted_by = Id(load_default=None, metadata={"description": "A person; the token's own if left out."})
    difference_reason = Text(
        200,
        load_default=None,
        lines=True,
        metadata={"description": "Required when the difference is above the tolerated one."},
    )
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    example: ClassVar = {
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "opening_float_yen": 10_000,
        "counts": {"1000": 18, "500": 3, "100": 42, "50": 4, "10": 31, "5": 2},
        "counted_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
    }


class CashUpApproveIn(WireSchema):
    approved_by = Id(load_default=None, metadata={"description": "A person; the token's own if left out."})

    example: ClassVar = {"approved_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f608"}


class LateSaleOut(Out):
    """A receipt that arrived after its till was counted."""

    id = Id()
    occurred_at = Instant()
    payment = Word(Payment)
    total_yen = Whole(0)
    counted = Flag()
    voided = Flag()


class LateVoidOut(Out):
    """A receipt that was taken back after its till was counted."""

    id = Id()
    sale_id = Id()
    occurred_at = Instant()
    payment = Word(Payment)
    total_yen = Whole(0)


class CashUpOut(Out):
    id = Id()
    visit_id = Id()
    van_id = Id()
    local_day = Day()
    occurred_at = Instant()
    received_at = Instant()
    opening_float_yen = Whole(0)
    counts = Nested(Denominations)
    counted_yen = Whole(0)
    expected_yen = fields.Integer(
        metadata={
            "description": "Float, cash receipts less refunds in cash, tickets sold for cash, cash in less cash out."
        }
    )
    difference_yen = fields.Integer(metadata={"description": "Counted minus expected."})
    difference_reason = Text(200, allow_none=True, lines=True)
    counted_by = Id(allow_none=True)
    approved_by = Id(allow_none=True)
    approved_at = Instant(allow_none=True)
    source = Word(Source)
    counted = Flag(
        metadata={
            "description": "False while another counting of the same till stands; its difference is not added."
        }
    )
    late_cash_yen = fields.Integer(
        metadata={
            "description": "Cash of the visit that counts now, less what was expected then: what arrived, was taken "
            "back or chosen after the counting. It never changes expected_yen."
        }
    )
    late_sales = Many(Nested(LateSaleOut), 1_000_000)
    late_voids = Many(Nested(LateVoidOut), 1_000_000)
    late_movements = Many(Nested(CashMovementOut), 1_000_000)

    example: ClassVar = {
        "id": "019ac5f0-0000-7a3b-8c4d-5e6f70819204",
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "local_day": "2026-11-28",
        "occurred_at": "2026-11-28T07:15:00Z",
        "received_at": "2026-11-28T07:15:02Z",
        "opening_float_yen": 10_000,
        "counts": {"1000": 18, "500": 3, "100": 42, "50": 4, "10": 31, "5": 2},
        "counted_yen": 24_220,
        "expected_yen": 24_250,
        "difference_yen": -30,
        "difference_reason": None,
        "counted_by": "1f0b7a52-6c3d-4e8f-9a01-b2c3d4e5f607",
        "approved_by": None,
        "approved_at": None,
        "source": "app",
        "counted": True,
        "late_cash_yen": 0,
        "late_sales": [],
        "late_voids": [],
        "late_movements": [],
    }


class CashUpDoneOut(CashUpOut):
    """A counting after it was sent, with what the sender should look at."""

    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar = {**CashUpOut.example, "warnings": []}


class CashUpQuery(PageQuery):
    visit_id = Id(load_default=None)
    from_day = Day(load_default=None)
    to_day = Day(load_default=None)

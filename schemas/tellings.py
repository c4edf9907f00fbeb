"""The two tellings of one visit, by the phones and on paper, side by side; and the choice between them."""

from typing import Any, ClassVar

from marshmallow import fields, validates_schema

from schemas.base import Out, WireSchema
from schemas.fields import Coded, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.vocabulary import Source


class ChooseTellingIn(WireSchema):
    """Which telling of a visit stands. What is not named stays as it is; choosing back undoes it."""

    heads = Word(Source, load_default=None, metadata={"description": "Whose head counts count."})
    receipts = Word(
        Source,
        load_default=None,
        metadata={"description": "Whose receipts and tickets count, and whose counting of the till."},
    )

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("heads") is None and data.get("receipts") is None:
            raise Coded("nothing_chosen")

    example: ClassVar = {"heads": "paper", "receipts": "paper"}


class HeadsToldOut(Out):
    """What one source told of the heads, whether it counts or not."""

    total = Whole(-1_000_000)
    children = Whole(-1_000_000)
    by_band = fields.Dict(keys=fields.String(), values=fields.Integer())
    entries = Whole(1, metadata={"description": "Head counts that it sent: taps, or lines of totals."})
    first_received_at = Instant()
    last_received_at = Instant()

    example: ClassVar = {
        "total": 38,
        "children": 30,
        "by_band": {"adult": 8, "elem_low": 30},
        "entries": 1,
        "first_received_at": "2026-11-29T01:00:00Z",
        "last_received_at": "2026-11-29T01:00:00Z",
    }


class TillToldOut(Out):
    id = Id()
    expected_yen = fields.Integer()
    counted_yen = fields.Integer()
    difference_yen = fields.Integer()
    counted = Flag(metadata={"description": "Its difference is in the report."})

    example: ClassVar = {
        "id": "019ac5f0-0000-7a3b-8c4d-5e6f70819204",
        "expected_yen": 22_000,
        "counted_yen": 21_950,
        "difference_yen": -50,
        "counted": True,
    }


class ReceiptsToldOut(Out):
    """What one source told of the counter, without what it took back."""

    receipts = Whole(0)
    receipts_by_payment = fields.Dict(keys=fields.String(), values=fields.Integer())
    total_yen = Whole(0, metadata={"description": "Money taken by receipts."})
    by_payment_yen = fields.Dict(keys=fields.String(), values=fields.Integer())
    tickets_issued = Whole(0)
    tickets_redeemed = Whole(0, metadata={"description": "With receipts and without."})
    cash_in_yen = Whole(0, metadata={"description": "Put into the till besides sales."})
    cash_out_yen = Whole(0)
    tills = Many(Nested(TillToldOut), 1_000)
    first_received_at = Instant()
    last_received_at = Instant()

    example: ClassVar = {
        "receipts": 2,
        "receipts_by_payment": {"cash": 1, "paypay": 1},
        "total_yen": 15_000,
        "by_payment_yen": {"cash": 12_000, "paypay": 3_000},
        "tickets_issued": 5,
        "tickets_redeemed": 3,
        "cash_in_yen": 0,
        "cash_out_yen": 880,
        "tills": [TillToldOut.example],
        "first_received_at": "2026-11-29T01:00:00Z",
        "last_received_at": "2026-11-29T01:05:00Z",
    }


class HeadsTellingsOut(Out):
    stands = Word(
        Source, allow_none=True, metadata={"description": "Whose heads count; null: nobody told any."}
    )
    app = Nested(HeadsToldOut, allow_none=True)
    paper = Nested(HeadsToldOut, allow_none=True)


class ReceiptsTellingsOut(Out):
    stands = Word(
        Source, allow_none=True, metadata={"description": "Whose counter counts; null: nobody told any."}
    )
    app = Nested(ReceiptsToldOut, allow_none=True)
    paper = Nested(ReceiptsToldOut, allow_none=True)


class TellingsOut(Out):
    """Side by side: what the phones told of a visit, and what was told on paper. Of each pair one counts."""

    visit_id = Id()
    version = Whole(1, metadata={"description": "Of the visit; choosing wants it as If-Match."})
    stop_name = Text(120)
    heads = Nested(HeadsTellingsOut)
    receipts = Nested(ReceiptsTellingsOut)

    example: ClassVar = {
        "visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0",
        "version": 3,
        "stop_name": "常盤平団地 中央広場",
        "heads": {
            "stands": "app",
            "app": {
                **HeadsToldOut.example,
                "total": 4,
                "children": 4,
                "by_band": {"elem_low": 4},
                "entries": 3,
                "first_received_at": "2026-11-28T02:00:00Z",
                "last_received_at": "2026-11-28T02:05:00Z",
            },
            "paper": HeadsToldOut.example,
        },
        "receipts": {"stands": "paper", "app": None, "paper": ReceiptsToldOut.example},
    }

"""Cash that goes into tills and out of them besides sales, on the wire."""

from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.base import SOURCE_DEFAULT, Out, WireSchema
from schemas.fields import Coded, Day, Flag, Id, Instant, Many, Nested, Text, Whole, Word
from schemas.problem import FaultOut
from schemas.vocabulary import CASH_GOES, CashDirection, CashReason, Source

MOST_CASH_YEN = 10_000_000


class CashMovementIn(WireSchema):
    """Cash put into the till or taken out, for one reason. A mistake is taken back by another with `correction`."""

    visit_id = Id(required=True)
    direction = Word(CashDirection, required=True)
    reason = Word(
        CashReason,
        required=True,
        metadata={
            "description": "change_fetched goes in; supplies and banked go out; correction and other go either way."
        },
    )
    amount_yen = Whole(1, MOST_CASH_YEN, required=True)
    note = Text(200, load_default=None, lines=True, metadata={"description": "Required with other."})
    source = Word(Source, load_default=None, metadata={"description": SOURCE_DEFAULT})

    @validates_schema
    def check(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["direction"] not in CASH_GOES[data["reason"]]:
            raise Coded("cash_goes_other_way")
        if data["reason"] is CashReason.OTHER and data.get("note") is None:
            raise Coded("cash_note_required")

    example: ClassVar[Any] = {
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "direction": "out",
        "reason": "supplies",
        "amount_yen": 880,
        "note": "紙コップ",
    }


class CashMovementOut(Out):
    id = Id()
    visit_id = Id()
    local_day = Day()
    occurred_at = Instant()
    received_at = Instant()
    direction = Word(CashDirection)
    reason = Word(CashReason)
    amount_yen = Whole(1)
    note = Text(200, allow_none=True, lines=True)
    source = Word(Source)
    counted = Flag(metadata={"description": "False while the other telling of the counter stands."})

    example: ClassVar[Any] = {
        "id": "019ac5f0-0000-7a3b-8c4d-5e6f70819205",
        "visit_id": "8d3e2c1b-0a9f-5e8d-b7c6-a5f4e3d2c1b0",
        "local_day": "2026-11-28",
        "occurred_at": "2026-11-28T05:15:00Z",
        "received_at": "2026-11-28T05:15:02Z",
        "direction": "out",
        "reason": "supplies",
        "amount_yen": 880,
        "note": "紙コップ",
        "source": "app",
        "counted": True,
    }


class CashMovementDoneOut(CashMovementOut):
    """A movement after it was sent, with what the sender should look at."""

    warnings = Many(Nested(FaultOut), 10)

    example: ClassVar[Any] = {**CashMovementOut.example, "warnings": []}

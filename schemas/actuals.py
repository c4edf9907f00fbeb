"""What was planned against what happened, on the wire."""

from typing import ClassVar

from schemas.base import Out
from schemas.fields import Day, Id, LocalTime, Many, Nested, Text, Whole, Word
from schemas.vocabulary import CancelReason, PlanStatus, StayState

_PLAN_STOP = "6d5a1f0e-7b3c-4d2e-8f10-a1b2c3d4e5f6"
_STOP = "0b0e6c1e-0d5e-4f0e-9d0a-5a3e3a1c7a01"


class StayOut(Out):
    """One planned stay against what happened. Times are local to Asia/Tokyo."""

    plan_stop_id = Id()
    visit_id = Id()
    stop_id = Id()
    stop_name = Text(120)
    state = Word(StayState)
    cancel_reason = Word(CancelReason, allow_none=True)
    planned_arrive = LocalTime()
    planned_depart = LocalTime()
    opened = LocalTime(allow_none=True)
    closed = LocalTime(allow_none=True)
    late_minutes = Whole(
        -10_000_000,
        allow_none=True,
        metadata={"description": "Opened after it was planned; early is negative."},
    )
    overrun_minutes = Whole(
        -10_000_000,
        allow_none=True,
        metadata={"description": "Closed after it was planned; early is negative."},
    )
    attendance = Whole(-1_000_000, metadata={"description": "延べ人数"})

    example: ClassVar = {
        "plan_stop_id": _PLAN_STOP,
        "visit_id": "6f1c9b64-30fd-5d0a-9b0e-3a4a0f6a1d22",
        "stop_id": _STOP,
        "stop_name": "常盤平団地 中央広場",
        "state": "held",
        "cancel_reason": None,
        "planned_arrive": "10:00",
        "planned_depart": "13:00",
        "opened": "10:05",
        "closed": "13:10",
        "late_minutes": 5,
        "overrun_minutes": 10,
        "attendance": 51,
    }


class AdHocStayOut(Out):
    visit_id = Id()
    stop_id = Id()
    stop_name = Text(120)
    state = Word(StayState)
    cancel_reason = Word(CancelReason, allow_none=True)
    opened = LocalTime(allow_none=True)
    closed = LocalTime(allow_none=True)
    attendance = Whole(-1_000_000)

    example: ClassVar = {
        "visit_id": "3f0d2c4b-1a59-5e68-b7c6-d5e4f3a2b1c0",
        "stop_id": _STOP,
        "stop_name": "小金原 たけのこ公園",
        "state": "held",
        "cancel_reason": None,
        "opened": "15:00",
        "closed": "16:00",
        "attendance": 12,
    }


class ActualOut(Out):
    plan_id = Id()
    van_id = Id()
    local_day = Day()
    status = Word(PlanStatus)
    revision = Whole(0)
    stays = Many(Nested(StayOut), 1_000)
    ad_hoc = Many(
        Nested(AdHocStayOut), 1_000, metadata={"description": "Visits of the van on that day in no plan."}
    )

    example: ClassVar = {
        "plan_id": "8c7b6a59-4838-4271-9605-f4e3d2c1b0a9",
        "van_id": "7d9f1f8e-2b5e-4c0c-8c9d-0f1e2d3c4b5a",
        "local_day": "2026-11-28",
        "status": "published",
        "revision": 1,
        "stays": [StayOut.example],
        "ad_hoc": [AdHocStayOut.example],
    }
